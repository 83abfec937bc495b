//! Adds the original file and line to messages about rows of united tables.

use super::log::Source;
use crate::runs::{CountTable, Excluded};
use crate::{Error, Result};

impl Source<'_> {
    /// The error about a row, placed where the row comes from.
    pub(crate) fn placed<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.placed_error(error))
    }

    pub(super) fn placed_error(&self, error: Error) -> Error {
        let place = error.line().and_then(|line| self.origin(line));
        match place.map(|(file, line)| (file.to_owned(), line)) {
            Some((file, line)) => error.moved_to(&file, line),
            None => error,
        }
    }

    /// Adds to the reasons of excluded rows where the rows come from.
    pub(super) fn place(&self, excluded: &mut [Excluded]) {
        for row in excluded {
            if let Some((file, line)) = self.origin(row.line) {
                row.reason = format!("{} ({file}:{line})", row.reason);
            }
        }
    }

    /// As [`Source::place`] for a table about passing.
    pub(crate) fn place_in(&self, table: &mut CountTable) {
        self.place(match table {
            CountTable::Counts(counts) => &mut counts.excluded,
            CountTable::Rates(rates) => &mut rates.excluded,
        });
    }
}
