//! What a fit of counts keeps for pass@k.

use super::hierarchy::Hierarchy;

/// The parts of the fit that pass@k needs, in addition to the counts.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) hierarchy: Hierarchy,
    /// Places of the fitted models in the table.
    pub(super) models: Vec<usize>,
}
