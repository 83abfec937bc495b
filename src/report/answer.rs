//! What every answer can be shown as: a document for people, a table and JSON for programs.

use super::document::Document;
use crate::ask::{Ask, Trust};
use crate::backtest::Scores;
use crate::error::{Error, ErrorKind, Result};
use serde::Serialize;

/// An answer that can be shown. Everything it shows is in it: nothing is computed for being shown.
pub trait Answer: Serialize {
    /// For people.
    fn document(&self) -> Document;

    /// For programs: one table, as CSV with a header and at full precision.
    fn table(&self) -> String;

    /// How far it can be relied on.
    fn trust(&self) -> Trust;

    /// The code of a finding that forbids numbers, and the same in words.
    fn forbidden(&self) -> Option<(String, String)> {
        None
    }

    /// For programs: all of it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written as JSON.
    fn json(&self) -> Result<String> {
        json(self)
    }
}

/// An answer that can stand among those of other series.
pub trait Among: Answer {
    /// The request that it answers.
    type Request: Ask<Answer = Self>;

    /// The name of the use case.
    const NAME: &'static str;

    /// The columns of its rows in a table of many series, after the name of the series.
    fn columns(request: &Self::Request) -> Vec<String>;

    /// Its rows in that table.
    fn rows(&self) -> Vec<Vec<String>> {
        records(&self.table())
    }

    /// The columns of its line in a table of many series for people.
    fn head(request: &Self::Request) -> Vec<String>;

    /// Its line in that table.
    fn line(&self) -> Vec<String>;

    /// Cuts and scores that can be pooled with those of other series, if it has any.
    fn scores(&self) -> Option<(usize, Scores)> {
        None
    }
}

/// Pretty JSON with a final newline.
///
/// # Errors
/// [`ErrorKind::Io`] when the value cannot be written as JSON.
pub fn json(value: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|e| {
            Error::new(
                ErrorKind::Io,
                format!("the result cannot be written as JSON: {e}"),
            )
        })
}

/// The rows of a CSV text without its header.
pub(super) fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().filter_map(std::result::Result::ok);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}
