//! What is minimised.

use super::objective::{Objective, Residuals, Weights};
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
}

impl Settings {
    pub(crate) fn fixed(&self) -> Vec<bool> {
        self.lower
            .iter()
            .zip(&self.upper)
            .map(|(l, u)| l == u)
            .collect()
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
