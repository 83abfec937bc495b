//! The forecast of a score: the mean of the laws, and its intervals.

use super::from_logit;
use super::noise::spread;
use super::says::Said;
use super::task::{Law, ScoreTarget, TaskFit};
use crate::fit::central_quantile;
use crate::interval::Kind;

/// How far the truth drifts from the mean of the laws: its standard deviation on the scale of
/// ln(p/(1 − p)), per factor e of compute beyond the largest model. The smallest of six values with
/// which the intervals hold within the ladder and in every row of the simulation (`docs/scores.md`).
pub const DRIFT: f64 = 0.02;

/// Laws whose standard errors are well below this, on the scale of ln(p/(1 − p)), count alike: none
/// of them is exactly right. It was chosen with [`BY_CHANCE`] (`docs/scores.md`).
const EVEN: f64 = 0.4;

/// The part of the disagreement expected by chance that is taken off the disagreement seen. With
/// the whole of it, laws that agree by accident would make an interval too narrow. With none of
/// it, the errors of the scores would be counted twice.
const BY_CHANCE: f64 = 0.6;

/// What one law says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Which law.
    pub law: Law,
    /// Its part of the mean.
    pub weight: f64,
    /// The score.
    pub point: f64,
    /// Ends of its delta interval of 90 %.
    pub delta: (f64, f64),
}

/// The mean of the laws.
#[derive(Debug, Clone, PartialEq)]
pub struct Combined {
    /// ln(p/(1 − p)).
    pub eta: f64,
    /// Variance of that: of the laws, of their disagreement, and of the drift.
    pub variance: f64,
    /// Variance of a new model's score about it.
    pub noise: f64,
    /// Degrees of freedom of Student's t.
    pub dof: f64,
    /// What every law says.
    pub members: Vec<Member>,
    /// What was said, for those who need the standard errors.
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

/// The mean of what the laws say of a model; `None` where none says anything.
pub fn combined(fit: &TaskFit, target: &ScoreTarget) -> Option<Combined> {
    let said = fit.said(target);
    if said.is_empty() {
        return None;
    }
    // The law of compute knows nothing of the tokens that a parameter gets. Where another law does,
    // it is shown and not counted.
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
    // Every law counts alike here: one with little weight may be the right one all the same.
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

/// The covariance of the errors of two laws of the same models.
pub(super) fn covariance(a: &Said, b: &Said) -> f64 {
    match a.law == b.law {
        true => a.se * a.se,
        false => (a.influence.iter().zip(&b.influence))
            .map(|(x, y)| x * y)
            .sum(),
    }
}
