//! The settings of a fit.

use super::objective::{Objective, Residuals, Weights};
use super::prior::Penalty;
use crate::law::{Input, Law};
use crate::numeric::Limits;

/// What was minimised and within which bounds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// The loss applied to the residuals.
    pub objective: Objective,
    /// Their scale.
    pub(crate) residuals: Residuals,
    /// What was known about the noise.
    pub(crate) weights: Weights,
    /// Lower bounds in the order of the law's parameters.
    pub lower: Vec<f64>,
    /// Upper bounds; equal bounds fix a parameter.
    pub upper: Vec<f64>,
    /// The prior of the parameters, if any.
    pub(crate) prior: Option<Penalty>,
}

impl Settings {
    pub(crate) fn fixed(&self) -> Vec<bool> {
        self.lower
            .iter()
            .zip(&self.upper)
            .map(|(l, u)| l == u)
            .collect()
    }

    /// Whether losses may be zero or negative. Then no logarithm of them is taken, and a parameter
    /// that is usually positive may be negative.
    pub(crate) fn admit_negative(&self, law: &dyn Law) -> bool {
        let mut lower = law.parameters().iter().zip(&self.lower);
        let is_below = lower.any(|(p, lower)| p.lower >= 0.0 && *lower < 0.0);
        self.residuals == Residuals::Absolute
            && (law.typed().is_some() || law.inputs() == [Input::Compute] && is_below)
    }

    /// Whether anything is fixed, bounded or has a prior, beyond the law's own bounds.
    pub(crate) fn are_informed(&self, law: &dyn Law) -> bool {
        let bounds = self.lower.iter().zip(&self.upper);
        let mut own = law.parameters().iter().zip(bounds);
        self.prior.is_some() || !own.all(|(p, (low, high))| p.lower == *low && p.upper == *high)
    }

    pub(crate) fn free_count(&self) -> usize {
        self.fixed().iter().filter(|fixed| !**fixed).count()
    }

    pub(crate) fn power_limits(&self, constant: bool) -> Limits {
        let range = |k: usize| (self.lower[k], self.upper[k]);
        Limits {
            a: range(0),
            b: range(1),
            c: if constant { range(2) } else { (0.0, 0.0) },
        }
    }
}
