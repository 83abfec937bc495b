//! The verdict: [`FitStatus`] and named [`Diagnosis`] entries.

pub use crate::finding::{Diagnosis, Severity};
use serde::{Deserialize, Serialize};

/// The verdict on a fit. Its checks can reject a fit for which the optimiser reported convergence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FitStatus {
    /// A minimum inside the bounds.
    Converged,
    /// A parameter lies on a bound.
    AtBound,
    /// Rounding errors decide the parameters, because the data hardly determine them.
    IllConditioned,
    /// Another basin explains the data about as well, or too few starts reached the best one.
    StartsDisagree,
    /// No minimum was reached.
    NotConverged,
}

impl FitStatus {
    /// Its name in files.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            FitStatus::Converged => "converged",
            FitStatus::AtBound => "at-bound",
            FitStatus::IllConditioned => "ill-conditioned",
            FitStatus::StartsDisagree => "starts-disagree",
            FitStatus::NotConverged => "not-converged",
        }
    }
}
