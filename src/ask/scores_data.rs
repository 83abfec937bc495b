//! Tables of scores: whether a table is one, and how it is read.

use super::CapabilityRequest;
use super::read::AskTable;
use super::scores_answer::ScoresAnswer;
use super::scores_request::{ScoresRequest, Suite};
use super::table::CountChoice;
use crate::error::Result;
use crate::runs::Series;
use crate::tables::{Source, opens_with_scores};

/// Whether a table has a score for every model, and not passes for every problem.
///
/// # Errors
/// When the choice is invalid.
pub fn holds_scores(table: &Source<'_>, choice: &CountChoice) -> Result<bool> {
    let options = choice.options()?;
    Ok(opens_with_scores(&table.opening(), &options))
}

impl ScoresRequest {
    /// Reads a table and answers the request.
    ///
    /// # Errors
    /// As for [`ScoresRequest::of`], and when the table cannot be read.
    pub fn answer(&self, table: &Source<'_>) -> Result<ScoresAnswer> {
        self.of(&self.read(table)?)
    }

    /// The capability request that reads the same table.
    pub(super) fn as_counts(&self) -> CapabilityRequest {
        CapabilityRequest::default()
            .table(self.table.clone())
            .force(self.force)
    }

    /// The scores of a table.
    ///
    /// # Errors
    /// When the table cannot be read, or a finding forbids its rows.
    #[doc(hidden)]
    pub fn read(&self, table: &Source<'_>) -> Result<Suite> {
        let counts = self.as_counts();
        Suite::of(match &self.by {
            Some(by) => counts.read_by(table, by)?,
            None => vec![Series {
                key: String::new(),
                data: Ok(counts.read(table)?),
            }],
        })
    }
}
