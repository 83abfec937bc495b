//! What is kept of a fit of counts beside its curves.

use super::hierarchy::Hierarchy;

/// What pass@k of the fitted models needs beside their counts.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) hierarchy: Hierarchy,
    /// Places of the fitted models in the table.
    pub(super) models: Vec<usize>,
}
