//! A choice among the answers on a page.

use serde::Serialize;

/// Answers that were computed when the page was written, among which a reader chooses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Controls {
    /// The name of the target variable.
    pub(crate) target: String,
    pub(crate) targets: Vec<String>,
    /// The target that is shown first.
    pub(crate) asked: usize,
    /// The names of the forecasts, and the text of each at every target.
    pub(crate) choices: Vec<(String, Vec<String>)>,
}
