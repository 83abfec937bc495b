//! Data of any kind.

use super::usage;
use crate::error::{Error, Result};
use crate::runs::{CountTable, Dataset, PassCounts, RunLog};

/// Runs, pass counts or a log, for requests that can be about any of them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Observed {
    /// Losses of runs.
    Runs(Dataset),
    /// Pass counts or pass rates of models.
    Counts(CountTable),
    /// The log of one training run.
    Log(RunLog),
}

impl Observed {
    pub(super) fn runs(self) -> Result<Dataset> {
        match self {
            Observed::Runs(data) => Ok(data),
            other => Err(other.instead_of("the losses of runs")),
        }
    }

    pub(super) fn counts(self) -> Result<CountTable> {
        match self {
            Observed::Counts(table) => Ok(table),
            other => Err(other.instead_of("pass counts")),
        }
    }

    pub(super) fn log(self) -> Result<RunLog> {
        match self {
            Observed::Log(log) => Ok(log),
            other => Err(other.instead_of("the log of a run")),
        }
    }

    fn instead_of(&self, asked: &str) -> Error {
        let given = match self {
            Observed::Runs(_) => "a table of runs",
            Observed::Counts(_) => "a table of pass counts",
            Observed::Log(_) => "a log",
        };
        usage(format!(
            "the question is about {asked}, and {given} was given"
        ))
    }
}

impl From<Dataset> for Observed {
    fn from(data: Dataset) -> Observed {
        Observed::Runs(data)
    }
}

impl From<PassCounts> for Observed {
    fn from(counts: PassCounts) -> Observed {
        Observed::Counts(CountTable::Counts(counts))
    }
}

impl From<RunLog> for Observed {
    fn from(log: RunLog) -> Observed {
        Observed::Log(log)
    }
}
