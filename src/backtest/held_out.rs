//! A forecast of a run that was held out.

use super::forecaster::Band;
use serde::Serialize;

/// One forecast of a run that was held out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldOut {
    /// Runs the forecaster saw.
    pub runs: usize,
    /// Line of the run in its table (0: made in memory).
    pub line: u64,
    /// Its compute.
    pub compute: f64,
    /// Its compute ÷ the largest compute that the forecaster saw.
    pub factor: f64,
    /// Its loss.
    pub actual: f64,
    /// What was forecast; absent where the forecaster abstained.
    pub band: Option<Band>,
}
