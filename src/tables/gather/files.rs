//! One file, or the folder of one run, to a table.

use super::document::{self, Json};
use super::extract::{Object, format_of};
use super::format::{Format, Run, Shape};
use super::known::FORMATS;
use super::paths::Item;
use super::run_name::stem;
use super::{Gather, event_file, file_name, mlflow, spreadsheet, text_log, wandb};
use crate::tables::log::{self, MEMORY, RawTable, Source};
use crate::tables::roles::{GROUP, MODEL};
use crate::{ErrorKind, Result};
use regex_lite::Regex;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The table of one file.
pub(super) struct FileTable {
    /// The file, or the folder where that is the run: the run may be named by it.
    pub(super) place: PathBuf,
    /// The name of the run, where more than the place says it.
    pub(super) run: Option<String>,
    /// What it is known as.
    pub(super) format: Option<&'static str>,
    pub(super) table: RawTable,
    /// Columns of one value, that of the file.
    pub(super) added: Vec<(String, String)>,
    one_run: bool,
}

impl FileTable {
    pub(super) fn new(place: &Path, table: RawTable) -> FileTable {
        FileTable {
            place: place.to_owned(),
            run: None,
            format: None,
            table,
            added: Vec::new(),
            one_run: false,
        }
    }

    /// Whether its rows say which run they are of.
    pub(super) fn names_its_runs(&self) -> bool {
        let named = |name: &String| GROUP.is_first(name) || MODEL.is_first(name);
        self.table.header.iter().any(named)
    }

    /// Whether all of it is one run.
    pub(super) fn is_one_run(&self) -> bool {
        self.one_run
    }

    /// The models of its rows, where only models tell runs apart.
    pub(super) fn models(&self) -> Vec<String> {
        let header = &self.table.header;
        if header
            .iter()
            .any(|name| GROUP.is_first(name) && !MODEL.is_first(name))
        {
            return Vec::new();
        }
        let Some(model) = header.iter().position(|name| MODEL.is_first(name)) else {
            return Vec::new();
        };
        let models: HashSet<&str> = self.table.rows.iter().map(|row| row.cell(model)).collect();
        models.into_iter().map(str::to_owned).collect()
    }

    /// One run, named by its place.
    pub(super) fn of_one_run(place: &Path, table: RawTable, format: &'static str) -> FileTable {
        FileTable {
            one_run: true,
            format: Some(format),
            ..FileTable::new(place, table)
        }
    }

    /// What a known format says of the file.
    fn known(mut self, format: &'static Format) -> FileTable {
        self.format = Some(format.name);
        self.one_run = format.run != Run::InRows;
        let of_file = stem(file_name(&self.place)).to_owned();
        if format.run == Run::Folder
            && let Some(folder) = self
                .place
                .parent()
                .filter(|folder| !file_name(folder).is_empty())
        {
            self.place = folder.to_owned();
        }
        let regex = (!format.file.is_empty())
            .then(|| Regex::new(format.file).ok())
            .flatten();
        let Some(regex) = regex else { return self };
        for name in [&*of_file, file_name(&self.place.clone())] {
            let Some(found) = regex.captures(name) else {
                continue;
            };
            for group in regex.capture_names().flatten() {
                let Some(text) = found.name(group).map(|m| m.as_str().to_owned()) else {
                    continue;
                };
                match group {
                    "run" => self.run = Some(text),
                    "value" => self.rename("Value", &text),
                    _ => self.added.push((group.to_owned(), text)),
                }
            }
            break;
        }
        self
    }

    fn rename(&mut self, column: &str, name: &str) {
        if let Some(column) = self
            .table
            .header
            .iter_mut()
            .find(|header| *header == column)
        {
            name.clone_into(column);
        }
    }
}

/// What a file turns out to be.
pub(super) enum Looked {
    /// A table that the reader of rows reads as it is.
    Plain(Source<'static>),
    /// Something else.
    Other(Source<'static>, FileShape),
}

/// How a file that is no plain table is read.
pub(super) enum FileShape {
    Rows(Vec<Object>, Option<&'static Format>),
    Table(&'static Format),
    Events,
    Spreadsheet,
}

/// Looks at how a file begins.
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

/// The table of one of many; `None` where a folder holds a file that is no table.
pub(super) fn of_item(item: &Item, how: &Gather) -> Result<Option<FileTable>> {
    let (path, met) = match item {
        Item::Wandb(folder) => return wandb::read(folder).and_then(of_run).map(Some),
        Item::Mlflow(folder) => return mlflow::read(folder).map(Some),
        Item::Named(path) => (path, false),
        Item::Met(path) => (path, true),
    };
    let source = Source::open(path)?;
    if !how.log_lines.is_empty() {
        let table = text_log::read(&source, &how.log_lines)?;
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
        // A folder has other documents too, such as the configuration of a model.
        Looked::Other(_, FileShape::Rows(rows, None)) if met && rows.len() == 1 => return Ok(None),
        Looked::Other(source, shape) => of_shape(path, &source, shape),
    };
    match table {
        Err(error) if met && error.kind() == ErrorKind::Data && !is_text_table(path) => Ok(None),
        table => table.map(Some),
    }
}

/// Whether the name promises a table: then what is wrong with it is said, and the file is not
/// passed over.
fn is_text_table(path: &Path) -> bool {
    let name = file_name(path);
    !name.contains(".json") || name.contains(".jsonl")
}

/// The run of a folder that holds its summary and its configuration.
pub(super) fn of_run(run: wandb::Run) -> Result<FileTable> {
    let name = run.folder.to_string_lossy().into_owned();
    let Some(format) = format_of(&run.document, Shape::Document) else {
        let table = of_objects(&name, &[run.document])?;
        return Ok(FileTable::of_one_run(&run.folder, table, wandb::NAME));
    };
    let table = of_objects(&name, &format.rows_of(run.document))?;
    // The folder is the run itself, and not what stands in it.
    let file = FileTable::of_one_run(&run.folder.join("files"), table, wandb::NAME).known(format);
    Ok(FileTable {
        format: Some(wandb::NAME),
        run: run.name.or(file.run),
        ..file
    })
}

/// Objects as a table, by the reader of JSON Lines.
pub(super) fn of_objects(name: &str, rows: &[Object]) -> Result<RawTable> {
    let mut text = String::new();
    for row in rows {
        text += &serde_json::to_string(row).unwrap_or_default();
        text.push('\n');
        if text.len() > MEMORY {
            return Err(log::too_large(name, 0));
        }
    }
    log::read(&Source::bytes(text.as_bytes(), name))
}
