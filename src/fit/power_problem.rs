//! The runs of a fit as a problem of a·C^b + c.

use super::objective::Residuals;
use super::observations::Observations;
use crate::numeric::{Limits, PowerProblem};

impl PowerProblem {
    /// `None` when the residuals are logarithmic: those are not linear in (s, c).
    pub(crate) fn new(
        observations: &Observations,
        constant: bool,
        limits: Limits,
    ) -> Option<PowerProblem> {
        let relative = match observations.residuals {
            Residuals::Absolute => false,
            Residuals::Relative => true,
            Residuals::Log => return None,
        };
        let x: Vec<f64> = (0..observations.len())
            .map(|i| observations.input(i)[0])
            .collect();
        Some(PowerProblem::weighted(
            &x,
            &observations.y,
            &observations.weight,
            relative,
            constant,
            limits,
        ))
    }
}
