//! The forms of every answer: a document for people, a table and JSON for programs.

use super::document::Document;
use super::forecast_rows::ForecastRow;
use super::rows::records;
use crate::ask::{Ask, Trust};
use crate::backtest::Scores;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::Diagnosis;
use serde::Serialize;

/// An answer that can be shown: those of [`ask`](crate::ask), a [`Ledger`](crate::ledger::Ledger),
/// and how a table was understood.
///
/// An answer holds everything that is shown; nothing is computed for display.
pub trait Answer {
    /// For people.
    fn document(&self) -> Document;

    /// For programs: one table, as CSV with a header and at full precision.
    fn table(&self) -> String;

    /// For programs: all of it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written as JSON.
    fn json(&self) -> Result<String>;
}

impl<A: Shown> Answer for A {
    fn document(&self) -> Document {
        Shown::document(self)
    }

    fn table(&self) -> String {
        Shown::table(self)
    }

    fn json(&self) -> Result<String> {
        Shown::json(self)
    }
}

/// An [`Answer`], with what the command line needs besides.
#[doc(hidden)]
pub trait Shown: Serialize {
    /// For people.
    fn document(&self) -> Document;

    /// For programs: one table, as CSV with a header and at full precision.
    fn table(&self) -> String;

    /// How far it can be relied on.
    fn trust(&self) -> Trust;

    /// The code of a finding that forbids numbers, and its words.
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

/// An answer that can be listed with those for other series.
#[doc(hidden)]
pub trait Among: Shown {
    /// The request that it answers.
    type Request: Ask<Answer = Self>;

    /// The name of the use case.
    const NAME: &'static str;

    /// The columns of its rows in a table of many series, after the series' name.
    fn columns(request: &Self::Request) -> Vec<&'static str>;

    /// Its rows in that table.
    fn rows(&self) -> Vec<Vec<String>> {
        records(&self.table())
    }

    /// Its rows by target, if it has forecasts at targets.
    fn target_rows(&self) -> Vec<Vec<ForecastRow>> {
        Vec::new()
    }

    /// The columns of its line in a table of many series for people.
    fn head(request: &Self::Request) -> Vec<String>;

    /// Its line in that table.
    fn line(&self) -> Vec<String>;

    /// Numbers of cuts and scores that can be pooled with other series, if any.
    fn scores(&self) -> Option<(usize, Scores)> {
        None
    }
}

/// Pretty JSON with a final newline.
///
/// # Errors
/// [`ErrorKind::Io`] when the value cannot be written as JSON.
pub fn json(value: &(impl Serialize + ?Sized)) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(not_json)?;
    Ok(text + "\n")
}

/// JSON on one line with a newline.
///
/// # Errors
/// [`ErrorKind::Io`] when the value cannot be written as JSON.
pub fn json_line(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(not_json)? + "\n")
}

/// The error for a value that cannot be written as JSON.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(super) fn not_json(error: serde_json::Error) -> Error {
    let message = format!("the result cannot be written as JSON: {error}");
    Error::new(ErrorKind::Io, message)
}

/// The code and the words of a finding.
pub(super) fn code_and_words(found: &Diagnosis) -> (String, String) {
    (found.code.to_string(), found.message.clone())
}
