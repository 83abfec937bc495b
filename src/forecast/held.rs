//! A curve above a known floor, and the knowledge of its exponent.

/// The knowledge of the exponent −b.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slope {
    Open,
    Between(f64, f64),
    Normal { mean: f64, sd: f64 },
}

/// Describes a curve whose losses are measured from a floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Held {
    pub(super) floor: f64,
    /// Whether the losses approach exactly this floor, rather than one above it.
    pub(super) only: bool,
    pub(super) slope: Slope,
    /// Relative standard deviation of a run, if it is known.
    pub(super) noise: Option<f64>,
}
