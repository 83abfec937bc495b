//! Reads one file, or the folder of one run, as a table.

use super::document::{self, Json};
use super::extract::format_of;
use super::file_table::FileTable;
use super::format::{Format, Shape};
use super::known::FORMATS;
use super::name::file_name;
use super::objects::{Object, of_objects};
use super::paths::Item;
use super::text_log::LogLine;
use super::{event_file, mlflow, spreadsheet, text_log, wandb};
use crate::tables::log::{self, Source};
use crate::{ErrorKind, Result};
use std::path::Path;

/// What a file turns out to be.
pub(super) enum Looked {
    /// A table that the row reader takes as it is.
    Plain(Source<'static>),
    /// A file that has to be converted.
    Other(Source<'static>, FileShape),
}

/// How a file that is not a plain table is read.
pub(super) enum FileShape {
    Rows(Vec<Object>, Option<&'static Format>),
    Table(&'static Format),
    Events,
    Spreadsheet,
}

/// Decides from the beginning of a file how to read it.
pub(super) fn looked_at(source: Source<'static>) -> Result<Looked> {
    if file_name(Path::new(source.name())).contains("tfevents") {
        return Ok(Looked::Other(source, FileShape::Events));
    }
    if spreadsheet::is_one(&source)? {
        return Ok(Looked::Other(source, FileShape::Spreadsheet));
    }
    let (source, json) = document::look(source)?;
    Ok(match json {
        Json::Rows(rows, format) => Looked::Other(source, FileShape::Rows(rows, format)),
        Json::Lines(Some(format)) => Looked::Other(source, FileShape::Table(format)),
        Json::Lines(None) => Looked::Plain(source),
        Json::None => match delimited(&source) {
            Some(format) => Looked::Other(source, FileShape::Table(format)),
            None => match text_log::written_by(&source) {
                Some(program) => return Err(text_log::as_table(source.name(), program)),
                None => Looked::Plain(source),
            },
        },
    })
}

/// The format of a table by the names of its columns.
fn delimited(source: &Source<'_>) -> Option<&'static Format> {
    let opening = source.opening();
    let line = opening.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let names: Vec<&str> = line
        .trim_start_matches('\u{feff}')
        .trim_end()
        .split(',')
        .map(|name| name.trim_matches('"'))
        .collect();
    FORMATS
        .iter()
        .find(|format| format.shape == Shape::Delimited && names == format.has)
}

/// The table of a file of this shape.
pub(super) fn of_shape(path: &Path, source: &Source<'_>, shape: FileShape) -> Result<FileTable> {
    Ok(match shape {
        FileShape::Events => {
            let folder = path.parent().filter(|folder| !file_name(folder).is_empty());
            let table = event_file::read(source)?;
            FileTable::of_one_run(folder.unwrap_or(path), table, event_file::NAME)
        }
        FileShape::Spreadsheet => {
            let mut file = FileTable::new(path, spreadsheet::read(source)?);
            file.format = Some(spreadsheet::NAME);
            file
        }
        FileShape::Rows(rows, format) => {
            let file = FileTable::new(path, of_objects(source.name(), &rows)?);
            match format {
                Some(format) => file.known(format),
                None => file,
            }
        }
        FileShape::Table(format) => FileTable::new(path, log::read(source)?).known(format),
    })
}

/// The table of one item of several; `None` if a folder holds a file that is not a table.
pub(super) fn of_item(item: &Item, lines: &[LogLine]) -> Result<Option<FileTable>> {
    let (path, met) = match item {
        Item::Wandb(folder) => return wandb::read(folder).and_then(of_run).map(Some),
        Item::Mlflow(folder) => return mlflow::read(folder).map(Some),
        Item::Named(path) => (path, false),
        Item::Met(path) => (path, true),
    };
    let source = Source::open(path)?;
    if !lines.is_empty() {
        let table = text_log::read(&source, lines)?;
        return Ok(Some(FileTable::of_one_run(path, table, text_log::NAME)));
    }
    let table = match looked_at(source)? {
        Looked::Plain(source) if document::is_ours(&String::from_utf8_lossy(&source.opening())) => {
            return match met {
                true => Ok(None),
                false => Err(
                    log::bad(source.name(), None, "a file of this program, and no table")
                        .with_hint("name it alone, without settings that read tables"),
                ),
            };
        }
        Looked::Plain(source) => log::read(&source).map(|table| FileTable::new(path, table)),
        // A folder also holds other documents, such as the configuration of a model.
        Looked::Other(_, FileShape::Rows(rows, None)) if met && rows.len() == 1 => return Ok(None),
        Looked::Other(source, shape) => of_shape(path, &source, shape),
    };
    match table {
        Err(error) if met && error.kind() == ErrorKind::Data && !is_text_table(path) => Ok(None),
        table => table.map(Some),
    }
}

/// Whether the file's name promises a table. Then a defect is reported and the file is not skipped.
fn is_text_table(path: &Path) -> bool {
    let name = file_name(path);
    !name.contains(".json") || name.contains(".jsonl")
}

/// The run of a folder that holds its summary and configuration.
pub(super) fn of_run(run: wandb::Run) -> Result<FileTable> {
    let name = run.folder.to_string_lossy().into_owned();
    let Some(format) = format_of(&run.document, Shape::Document) else {
        let table = of_objects(&name, &[run.document])?;
        return Ok(FileTable::of_one_run(&run.folder, table, wandb::NAME));
    };
    let table = of_objects(&name, &format.rows_of(run.document))?;
    // The folder itself is the run, not the files in it.
    let mut file =
        FileTable::of_one_run(&run.folder.join("files"), table, wandb::NAME).known(format);
    file.format = Some(wandb::NAME);
    file.run = run.name.or(file.run);
    Ok(file)
}
