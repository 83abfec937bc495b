//! A forecast of a run that was held out.

use super::forecaster::Band;
use serde::Serialize;

/// One forecast of a run that was held out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeldOut {
    /// Runs the forecaster saw.
    pub(crate) runs: usize,
    /// Line of the run in its table (0: made in memory).
    pub(crate) line: u64,
    /// Its compute, or its parameters or tokens where the law is a law of these.
    #[serde(rename = "compute")]
    pub x: f64,
    /// `x` ÷ the largest one that the forecaster saw.
    pub(crate) factor: f64,
    /// Its loss.
    pub actual: f64,
    /// What was forecast; absent where the forecaster abstained.
    pub band: Option<Band>,
}
