//! One training run, and a row that could not be one.

use serde::{Deserialize, Serialize};

/// Whether a run is used by the fit or kept to compare the forecast with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Used by the fit.
    Fit,
    /// Shown as what really happened; never used by the fit.
    Actual,
}

/// One training run: one row of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// 1-based line in the file it came from (0: made in memory).
    pub line: u64,
    /// Training compute C in FLOP (> 0, finite), or what else the loss is fitted against ([`Dataset::variable`](super::Dataset::variable)).
    pub compute: f64,
    /// Parameters N.
    pub params: Option<f64>,
    /// Training tokens D.
    pub tokens: Option<f64>,
    /// Unique tokens among them, where some are repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_tokens: Option<f64>,
    /// Final loss L (> 0, finite).
    pub loss: f64,
    /// Known standard deviation of the loss, in units of the loss.
    pub sigma: Option<f64>,
    /// The run or model this row belongs to.
    pub group: Option<String>,
    /// Used by the fit, or kept as an actual.
    pub role: Role,
}

/// A row that was read and not used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// 1-based line in the file.
    pub line: u64,
    /// Why, in words.
    pub reason: String,
}
