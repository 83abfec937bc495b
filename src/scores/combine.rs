//! The forecast of a score: the mean of the laws, with its intervals.

use super::from_logit;
use super::noise::spread;
use super::says::Said;
use super::task::{Law, ScoreTarget, TaskFit};
use crate::fit::central_quantile;
use crate::interval::Kind;

/// Standard deviation of the truth about the mean of the laws, on the scale of ln(p/(1 − p)), per
/// factor e of compute beyond the largest model. It is the smallest of six values at which the
/// intervals cover often enough within the ladder and in every row of the simulation
/// (`docs/scores.md`).
pub const DRIFT: f64 = 0.02;

/// Laws whose standard errors are well below this, on the scale of ln(p/(1 − p)), weigh about the
/// same, since none of them is exactly right. It was chosen together with [`BY_CHANCE`]
/// (`docs/scores.md`).
const EVEN: f64 = 0.4;

/// The share of the disagreement expected by chance that is subtracted from the observed one.
/// Subtracting all of it would make the interval too narrow if laws agree by accident. Subtracting
/// none would count the errors of the scores twice.
const BY_CHANCE: f64 = 0.6;

/// The forecast of one law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// The law.
    pub law: Law,
    /// Its weight in the mean.
    pub weight: f64,
    /// The score.
    pub point: f64,
    /// Ends of its 90 % delta interval.
    pub delta: (f64, f64),
}

/// The weighted mean of the laws.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    /// ln(p/(1 − p)) of the forecast.
    pub eta: f64,
    /// Variance of `eta`: that of the laws, of their disagreement and of the drift.
    pub variance: f64,
    /// Variance of a new model's ln(p/(1 − p)) about `eta`.
    pub noise: f64,
    /// Degrees of freedom of Student's t.
    pub dof: f64,
    /// The forecast of every law.
    pub members: Vec<Member>,
    /// The forecasts with their standard errors.
    pub said: Vec<Said>,
}

impl Combined {
    /// The score.
    pub fn point(&self) -> f64 {
        from_logit(self.eta)
    }

    /// The standard deviation on the scale of ln(p/(1 − p)).
    pub fn sd(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Confidence => self.variance.sqrt(),
            Kind::Prediction => (self.variance + self.noise).sqrt(),
        }
    }

    /// The ends of an interval, inside (0, 1).
    pub fn interval(&self, level: f64, kind: Kind) -> (f64, f64) {
        let reach = central_quantile(level, Some(self.dof)) * self.sd(kind);
        (from_logit(self.eta - reach), from_logit(self.eta + reach))
    }
}

/// The mean of the laws' forecasts for a model; `None` if no law gives one.
pub fn combined(fit: &TaskFit, target: &ScoreTarget) -> Option<Combined> {
    let said = fit.said(target);
    if said.is_empty() {
        return None;
    }
    // The law of compute does not see the ratio of tokens to parameters. If the law of size is
    // available, the law of compute is shown but gets no weight.
    let by_size = said.iter().any(|s| s.law == Law::Size);
    let weight = |s: &Said| match s.law {
        Law::Compute if by_size => 0.0,
        _ => 1.0 / (s.se * s.se + EVEN * EVEN),
    };
    let all: f64 = said.iter().map(weight).sum();
    let mean =
        |of: &dyn Fn(&Said) -> f64| said.iter().map(|s| weight(s) * of(s)).sum::<f64>() / all;
    let eta = mean(&|s| s.eta);
    let counted: Vec<&Said> = said.iter().filter(|s| weight(s) > 0.0).collect();
    let with_mean = |s: &Said| {
        let parts = counted.iter().map(|t| weight(t) * covariance(s, t));
        parts.sum::<f64>() / all
    };
    let laws = mean(&with_mean);
    let average = |of: &dyn Fn(&Said) -> f64| {
        counted.iter().map(|s| of(s)).sum::<f64>() / counted.len() as f64
    };
    // Every law has equal weight here, since a law with little weight may still be the right one.
    let apart = average(&|s| (s.eta - eta).powi(2));
    let by_chance = average(&|s| s.se * s.se - 2.0 * with_mean(s) + laws);
    let apart = (apart - BY_CHANCE * by_chance).max(0.0);
    let beyond = (target.compute / fit.largest()).ln().max(0.0);
    let p = from_logit(eta);
    let of_law = |law: Law| fit.laws.iter().find(|l| l.law == law);
    let dof = counted.iter().map(|s| s.dof).fold(f64::INFINITY, f64::min);
    let scatter = mean(&|s| of_law(s.law).map_or(0.0, |l| l.scatter));
    let mut sampling: Vec<f64> = fit.runs.iter().map(|r| r.sampling.variance(p)).collect();
    sampling.sort_by(f64::total_cmp);
    let sampling = sampling.get(sampling.len() / 2).copied().unwrap_or(0.0);
    let member = |s: &Said| {
        let reach = central_quantile(0.9, Some(s.dof)) * s.se;
        Member {
            law: s.law,
            weight: weight(s) / all,
            point: s.point(),
            delta: (from_logit(s.eta - reach), from_logit(s.eta + reach)),
        }
    };
    Some(Combined {
        eta,
        variance: laws + apart + (DRIFT * beyond).powi(2),
        noise: (sampling + scatter * spread(p)) / spread(p).powi(2),
        dof,
        members: said.iter().map(member).collect(),
        said,
    })
}

/// The covariance of the errors of two laws fitted to the same models.
pub(super) fn covariance(a: &Said, b: &Said) -> f64 {
    match a.law == b.law {
        true => a.se * a.se,
        false => (a.influence.iter().zip(&b.influence))
            .map(|(x, y)| x * y)
            .sum(),
    }
}
