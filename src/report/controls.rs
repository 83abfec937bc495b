//! A choice among answers of a page.

use serde::Serialize;

/// Answers that were computed when the page was written; a reader chooses among them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Controls {
    /// What the targets are sizes of.
    pub(crate) target: String,
    pub(crate) targets: Vec<String>,
    /// The target that is shown first.
    pub(crate) asked: usize,
    /// The names of the forecasts, and what each says of every target.
    pub(crate) choices: Vec<(String, Vec<String>)>,
}
