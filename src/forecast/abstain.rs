//! Why a method gives no interval.

use crate::fit::{Code, Inference};
use crate::interval::{Abstention, Kind, Method};

/// Why a method gives no interval.
#[derive(Debug, Clone)]
pub(crate) struct Abstain {
    pub(super) code: Code,
    pub(crate) reason: String,
}

impl Abstain {
    pub(crate) fn new(code: Code, reason: impl Into<String>) -> Abstain {
        Abstain {
            code,
            reason: reason.into(),
        }
    }

    /// A placeholder for a method that was not requested; never shown.
    pub(super) fn not_asked() -> Abstain {
        Abstain::new(Code::Unknown, "")
    }

    /// Too few runs to estimate the noise.
    pub(super) fn too_few_runs(inference: &Inference) -> Abstain {
        let dof = inference.dof.unwrap_or(0.0);
        Abstain::new(
            Code::TooFewRuns,
            format!("{dof} degrees of freedom are too few to estimate the noise"),
        )
    }

    /// The abstention from one requested interval.
    pub(crate) fn at(self, method: Method, level: f64, kind: Kind) -> Abstention {
        Abstention {
            level,
            kind,
            method,
            code: self.code,
            reason: self.reason,
        }
    }
}

/// These ends of an interval, or an abstention if the lower is not positive or the upper not
/// finite.
pub(super) fn limited(
    (lower, upper): (f64, f64),
    code: Code,
    reason: &str,
) -> Result<(f64, f64), Abstain> {
    match lower > 0.0 && upper.is_finite() {
        true => Ok((lower, upper)),
        false => Err(Abstain::new(code, reason)),
    }
}
