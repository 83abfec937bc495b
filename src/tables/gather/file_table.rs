//! The table of one file, and what its path says about it.

use super::format::{Format, Run};
use super::name::{file_name, stem};
use crate::tables::count_roles::MODEL;
use crate::tables::log::RawTable;
use crate::tables::roles::GROUP;
use regex_lite::Regex;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The column of the run's name.
pub(super) const RUN: &str = "run";

/// The table of one file.
pub(super) struct FileTable {
    /// The file, or its folder if the folder is the run: the run may be named after it.
    pub(super) place: PathBuf,
    /// The name of the run, if more than the path gives it.
    pub(super) run: Option<String>,
    /// The name of its format.
    pub(super) format: Option<&'static str>,
    pub(super) table: RawTable,
    /// Columns with one value for the whole file.
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

    /// Whether its rows name their runs.
    pub(super) fn names_its_runs(&self) -> bool {
        let named = |name: &String| GROUP.is_first(name) || MODEL.is_first(name);
        self.table.header.iter().any(named)
    }

    /// Whether all of it is one run.
    pub(super) fn is_one_run(&self) -> bool {
        self.one_run
    }

    /// The models of its rows, if only models tell runs apart.
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

    /// One run, named after its path.
    pub(super) fn of_one_run(place: &Path, table: RawTable, format: &'static str) -> FileTable {
        FileTable {
            one_run: true,
            format: Some(format),
            ..FileTable::new(place, table)
        }
    }

    /// Adds what a known format says about the file.
    pub(super) fn known(mut self, format: &'static Format) -> FileTable {
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
