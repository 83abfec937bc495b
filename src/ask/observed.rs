//! What was observed.

use crate::runs::{CountTable, Dataset, PassCounts};

/// Runs or pass counts, for requests that can be about either.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Observed {
    /// Losses of runs.
    Runs(Dataset),
    /// Pass counts or pass rates of models.
    Counts(CountTable),
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
