//! The answer of one approach at one compute, and the influence of one budget on it.

use crate::allocation::AllocationInterval;
use crate::forecast::Grade;
use serde::Serialize;

/// One approach at one compute.
#[derive(Debug, Clone, Serialize)]
pub struct ApproachRow {
    /// 1, 2 or 3.
    pub(crate) approach: u8,
    /// The approach in words.
    pub(crate) name: &'static str,
    /// a in N* ∝ C^a.
    pub(crate) exponent: Option<f64>,
    /// Confidence interval of a.
    pub(crate) interval: Option<(f64, f64)>,
    /// Compute of the optimum.
    pub(crate) compute: f64,
    /// N* at that compute.
    pub(crate) params: Option<f64>,
    /// D* at that compute.
    pub(crate) tokens: Option<f64>,
    /// Confidence intervals of a, N* and D*.
    pub(crate) intervals: Vec<AllocationInterval>,
    /// Relative error of N* that the approach makes on the noise-free fitted surface at these
    /// sizes.
    pub(crate) bias_params: Option<f64>,
    /// `ok`, or why there is no answer.
    pub(crate) status: String,
    /// How far the answer can be relied on; absent if there is no answer, or the approach has no
    /// standard errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grade: Option<Grade>,
    /// Why it has that grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) because: Option<String>,
}

impl ApproachRow {
    /// 1, 2 or 3.
    #[must_use]
    pub fn approach(&self) -> u8 {
        self.approach
    }

    /// a in N* ∝ C^a.
    #[must_use]
    pub fn exponent(&self) -> Option<f64> {
        self.exponent
    }

    /// N* and D* at the compute; `None` if the approach has no answer.
    #[must_use]
    pub fn sizes(&self) -> Option<(f64, f64)> {
        Some((self.params?, self.tokens?))
    }

    /// Confidence intervals of a, N* and D* at the compute.
    #[must_use]
    pub fn intervals(&self) -> &[AllocationInterval] {
        &self.intervals
    }

    /// How far the answer can be relied on; absent if there is no answer, or the approach has no
    /// standard errors.
    #[must_use]
    pub fn grade(&self) -> Option<Grade> {
        self.grade
    }

    /// `ok`, or why there is no answer.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }
}

/// The effect on Approach 2 of leaving out one budget.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Influence {
    /// The budget left out.
    pub(crate) budget: f64,
    /// Compute of the optimum.
    pub(crate) compute: f64,
    /// N* at that compute without the budget.
    pub(crate) params: f64,
    /// The relative change of N*.
    pub(crate) change: f64,
}
