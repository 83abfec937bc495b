//! A curve above a floor that is known, and what is known of its exponent.

/// The exponent −b, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slope {
    Open,
    Between(f64, f64),
    Normal { mean: f64, sd: f64 },
}

/// A curve whose losses are counted from a floor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Held {
    pub(super) floor: f64,
    /// Whether the losses approach this floor, and none above it.
    pub(super) only: bool,
    pub(super) slope: Slope,
    /// Relative standard deviation of a run, where it is known.
    pub(super) noise: Option<f64>,
}
