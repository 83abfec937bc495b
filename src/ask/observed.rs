//! What was observed.

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
