//! The variance of a score about its law: from the sample of examples, and from the model.

use crate::numeric::bisect;

/// The sampling error of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// The score is the share of so many examples, with variance p(1 − p)/n.
    Examples(f64),
    /// Its standard error.
    StandardError(f64),
    /// Unknown: all scatter is attributed to the models.
    Unknown,
}

/// Scores closer than this to 0 or 1 have the variance at this distance.
const EDGE: f64 = 1e-4;

/// p(1 − p), bounded away from 0 at the ends.
pub(super) fn spread(p: f64) -> f64 {
    let p = p.clamp(EDGE, 1.0 - EDGE);
    p * (1.0 - p)
}

impl Sampling {
    /// The variance of a score of mean p over samples of examples.
    pub(super) fn variance(self, p: f64) -> f64 {
        match self {
            Sampling::Examples(n) => spread(p) / n,
            Sampling::StandardError(s) => s * s,
            Sampling::Unknown => 0.0,
        }
    }

    /// The variance of a score if models scatter about the law by `scatter`·p(1 − p); for counted
    /// examples it is that of a beta-binomial count (Williams 1982).
    pub(super) fn total(self, p: f64, scatter: f64) -> f64 {
        let models = match self {
            Sampling::Examples(n) => scatter * spread(p) * (1.0 - 1.0 / n),
            _ => scatter * spread(p),
        };
        (self.variance(p) + models).max(1e-12)
    }
}

/// The scatter of models about the law: the value at which the weighted sum of squares equals its
/// expectation (Williams 1982; Paule and Mandel 1982), and at least 0.
pub(super) fn scatter(residuals: &[f64], fitted: &[f64], sampling: &[Sampling], dof: f64) -> f64 {
    if dof <= 0.0 {
        return 0.0;
    }
    let sum = |scatter: f64| -> f64 {
        let rows = residuals.iter().zip(fitted).zip(sampling);
        rows.map(|((r, p), s)| r * r / s.total(*p, scatter)).sum()
    };
    if sum(0.0) <= dof {
        return 0.0;
    }
    // The sum decreases from above `dof` to about 0.
    bisect(0.0, 10.0, |s| sum(s) > dof).0
}
