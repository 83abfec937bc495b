//! Many files, folders and files of other programs → one table.
//!
//! ```text
//! paths (files, patterns, folders) -> files -> one table each -> the run's name -> one table
//! ```
//!
//! One plain table (CSV, JSON Lines, Parquet) stays a [`Source`] and is read row by row. Everything
//! else is read whole into memory.

mod csv_line;
mod document;
mod event_file;
mod extract;
mod file_table;
mod files;
mod format;
mod known;
mod mlflow;
mod name;
mod objects;
mod orientation;
mod paths;
mod protobuf;
mod run_name;
mod settings;
mod spreadsheet;
mod text_log;
mod unite;
mod wandb;
mod wandb_log;

use super::log::Source;
use crate::Result;
use file_table::FileTable;
use paths::{Found, Item};
pub use run_name::RunFrom;
use std::path::{Path, PathBuf};
pub use text_log::LogLine;

/// How files become one table: where the names of the runs come from, and what the lines of text
/// logs look like.
///
/// ```
/// use scalewise::tables::Gather;
/// let how = Gather::default().run_from("folder".parse()?).log_lines(["modded-nanogpt".parse()?]);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Gather {
    run_from: Option<RunFrom>,
    log_lines: Vec<LogLine>,
}

impl Gather {
    /// Which part of a path names the run. The default is the file's name without its ending, or
    /// the folder that tells apart files of the same name.
    #[must_use]
    pub fn run_from(mut self, rule: RunFrom) -> Gather {
        self.run_from = Some(rule);
        self
    }

    /// The files are text logs; lines that match one of these patterns are rows.
    #[must_use]
    pub fn log_lines(mut self, lines: impl IntoIterator<Item = LogLine>) -> Gather {
        self.log_lines = lines.into_iter().collect();
        self
    }
}

impl Source<'_> {
    /// One table from files, patterns such as `runs/*.csv`, and folders, which are searched for
    /// tables.
    ///
    /// The table has the columns of all files. Where the files do not name their runs, a column
    /// `run` is added. `-` is standard input.
    ///
    /// ```no_run
    /// use scalewise::tables::{Gather, Source};
    /// let table = Source::gather(&["history/".into()], &Gather::default())?;
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a path is missing, a folder holds no table, a file has no known format, or more than 2
    /// GiB would be held in memory.
    pub fn gather(paths: &[PathBuf], how: &Gather) -> Result<Source<'static>> {
        let found = paths::find(paths)?;
        if let ([Item::Named(path)], None, []) =
            (&found.items[..], &how.run_from, &how.log_lines[..])
        {
            let source = Source::open(path)?;
            return match files::looked_at(source)? {
                files::Looked::Plain(source) => Ok(source),
                files::Looked::Other(source, shape) => {
                    let table = files::of_shape(path, &source, shape)?;
                    united(&found, vec![table], how, paths)
                }
            };
        }
        let mut tables = Vec::with_capacity(found.items.len());
        let mut passed_over = Vec::new();
        let of_settings = settings::among(&found.items);
        for item in &found.items {
            if of_settings.contains(&item.path()) {
                passed_over.push(item.path());
                continue;
            }
            match files::of_item(item, &how.log_lines)? {
                Some(table) => tables.push(table),
                None => passed_over.push(item.path()),
            }
        }
        let mut found = found;
        found.settings = settings::add(&mut tables, &mut passed_over);
        found.passed_over.extend(passed_over);
        if tables.is_empty() {
            return Err(paths::nothing(paths, &found));
        }
        united(&found, tables, how, paths)
    }
}

/// A table beside that of the runs, such as a table of targets, as text: a file in any format, or
/// the table that a pattern or a folder becomes.
///
/// # Errors
/// As [`Source::gather`], and when it is larger than 512 MiB.
pub fn read_beside(path: &Path) -> Result<Vec<u8>> {
    Source::gather(&[path.to_owned()], &Gather::default())?.beside()
}

/// The table of one file in memory. `log` names the program that wrote a text log.
///
/// # Errors
/// As [`Source::gather`].
pub fn foreign_table(bytes: Vec<u8>, name: &str, log: Option<&str>) -> Result<Source<'static>> {
    let path = Path::new(name);
    let source = Source::made(name.to_owned(), bytes);
    let table = match (log, wandb_log::read(&source.opening())) {
        (Some(program), _) => {
            let table = text_log::read(&source, &[program.parse()?])?;
            FileTable::of_one_run(path, table, text_log::NAME)
        }
        (None, Some(logged)) => files::of_run(wandb::Run::of_log(path, logged))?,
        (None, None) => match files::looked_at(source)? {
            files::Looked::Plain(source) => return Ok(source),
            files::Looked::Other(source, shape) => files::of_shape(path, &source, shape)?,
        },
    };
    united(
        &Found::default(),
        vec![table],
        &Gather::default(),
        &[path.to_owned()],
    )
}

/// The files that paths stand for, so that callers do not write over them.
///
/// # Errors
/// As [`Source::gather`], when a path is missing or a folder holds no table.
pub fn gathered_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let found = paths::find(paths)?;
    Ok(found
        .items
        .iter()
        .map(|item| item.path().to_owned())
        .collect())
}

/// Unites several tables and records what was done.
fn united(
    found: &Found,
    tables: Vec<FileTable>,
    how: &Gather,
    paths: &[PathBuf],
) -> Result<Source<'static>> {
    let names = run_name::of_tables(&tables, how.run_from.as_ref())?;
    let mut notes = found.notes();
    notes.extend(unite::note(&tables, &names));
    let name = match paths {
        [one] => one.to_string_lossy().into_owned(),
        _ => format!(
            "{} and {} more",
            paths.first().map_or("", |p| p.to_str().unwrap_or("files")),
            paths.len().saturating_sub(1)
        ),
    };
    unite::unite(name, tables, names, notes)
}
