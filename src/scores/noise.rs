//! The variance of a score about its law: of the sample of examples, and of the model.

use crate::numeric::bisect;

/// What is known of the sampling error of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampling {
    /// It is the share of so many examples: p(1 − p)/n.
    Examples(f64),
    /// Its standard error.
    StandardError(f64),
    /// Nothing: all scatter is that of the models.
    Unknown,
}

/// Scores so near to 0 and 1 have the variance of this one.
const EDGE: f64 = 1e-4;

/// p(1 − p), away from 0 at the ends.
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

    /// The variance of a score where models scatter about the law by `scatter`·p(1 − p): that of a
    /// beta-binomial count where the examples are counted (Williams 1982).
    pub(super) fn total(self, p: f64, scatter: f64) -> f64 {
        let models = match self {
            Sampling::Examples(n) => scatter * spread(p) * (1.0 - 1.0 / n),
            _ => scatter * spread(p),
        };
        (self.variance(p) + models).max(1e-12)
    }
}

/// The scatter of models about the law: that for which the weighted sum of squares is what it is
/// expected to be (Williams 1982; Paule and Mandel 1982), and at least 0.
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
    // The sum falls from above dof to about 0.
    bisect(0.0, 10.0, |s| sum(s) > dof).0
}
