//! A forecast of a held-out run.

use super::forecaster::Band;
use serde::Serialize;

/// One forecast of a held-out run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeldOut {
    /// Number of runs that the forecaster saw.
    pub(crate) runs: usize,
    /// Line of the run in its table; 0 if it was made in memory.
    pub(crate) line: u64,
    /// Its compute, or its parameters or tokens if the law is in these.
    #[serde(rename = "compute")]
    pub x: f64,
    /// `x` divided by the largest `x` that the forecaster saw.
    pub(crate) factor: f64,
    /// Its loss.
    pub actual: f64,
    /// The forecast; `None` if the forecaster abstained.
    pub band: Option<Band>,
}
