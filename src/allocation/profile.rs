//! Profile intervals of a quantity: all values that some surface with an almost equal fit gives.

use super::quantity::{Functional, Scaled};
use crate::fit::surface::{
    Point, Rho, SurfaceProblem, Workspace, descend_tilted, fold, solve_positive,
};
use crate::fit::{Inference, Objective};

/// The profile of one fit.
pub(crate) struct Profile<'a> {
    problem: &'a SurfaceProblem,
    p: Point,
    rho: Rho,
    best: f64,
    /// Increase of the objective per squared standard error.
    unit: f64,
}

/// Relative accuracy of the excess at an end. The end is then accurate to half of that.
const MET: f64 = 1e-4;
const TRIES: usize = 40;
/// A smaller excess is lost in the rounding of the objective. The runs have no noise, and the
/// second derivatives give the end.
const ROUNDING: f64 = 1e-20;

impl<'a> Profile<'a> {
    /// `None` with too few degrees of freedom, and for least absolute deviations and quantiles.
    pub(crate) fn new(
        problem: &'a SurfaceProblem,
        w: &mut Workspace,
        inference: &Inference,
        p: Point,
    ) -> Option<Profile<'a>> {
        if !inference.enough() {
            return None;
        }
        let rho = match problem.objective {
            Objective::Squared => Rho::Squared,
            Objective::Huber { delta } => Rho::Huber(delta),
            Objective::Lad | Objective::Quantile { .. } => return None,
        };
        let best = w.value(&problem.data, &p, rho);
        let unit = problem.unit_excess(w, rho, inference)?;
        Some(Profile {
            problem,
            p,
            rho,
            best,
            unit,
        })
    }

    /// The ends of the interval at `quantile` standard errors; an end is absent if the data do not
    /// limit it.
    pub(crate) fn interval(
        &self,
        w: &mut Workspace,
        functional: Functional<'_>,
        quantile: f64,
    ) -> (Option<f64>, Option<f64>) {
        let excess = self.unit * quantile * quantile;
        let end = |w: &mut Workspace, sign: f64| self.end(w, functional, excess, sign);
        (end(w, -1.0), end(w, 1.0))
    }

    /// Minimises S − μ·g for the μ at which S exceeds its minimum by `excess`.
    fn end(
        &self,
        w: &mut Workspace,
        functional: Functional<'_>,
        excess: f64,
        sign: f64,
    ) -> Option<f64> {
        let data = &self.problem.data;
        w.value(data, &self.p, self.rho);
        w.derivatives(data, &self.p, self.rho);
        let (_, gradient) = functional.both(&self.p);
        let (mut g, mut majorant) = (gradient, w.majorant(&self.p));
        let limits = &self.problem.limits;
        fold(limits.tied, &mut g, &mut majorant);
        let free = std::array::from_fn(|k| limits.moves(k));
        let d = solve_positive(&majorant, &g, free)?;
        let curvature: f64 = (0..5).filter(|k| free[*k]).map(|k| d[k] * g[k]).sum();
        // S − S_min = μ²·gᵀH⁻¹g/2 for a quadratic objective.
        let mut mu = (2.0 * excess / curvature).sqrt();
        if excess < ROUNDING {
            let end = functional.value(&self.p) + sign * (2.0 * excess * curvature).sqrt();
            return Some(end).filter(|end| end.is_finite());
        }
        let (mut low, mut high) = (0.0, f64::INFINITY);
        let mut p = self.p;
        for _ in 0..TRIES {
            let tilt = Scaled {
                functional,
                factor: sign * mu,
            };
            let found = descend_tilted(
                data,
                w,
                self.rho,
                &self.problem.limits,
                p,
                1e-9,
                Some(&tilt),
            );
            let over = w.value(data, &found.p, self.rho) - self.best;
            let runaway = !found.converged || !over.is_finite() || over > 1e3 * excess;
            if runaway {
                high = mu;
                mu = 0.5 * (low + mu);
            } else if (over / excess - 1.0).abs() < MET {
                let value = functional.value(&found.p);
                // The remaining error of the excess changes the end only in second order.
                return Some(value);
            } else {
                p = found.p;
                if over < excess {
                    low = mu;
                } else {
                    high = mu;
                }
                let wanted = mu * (excess / over.max(1e-12 * excess)).sqrt();
                mu = if wanted > low && wanted < high {
                    wanted.min(4.0 * mu)
                } else if high.is_finite() {
                    0.5 * (low + high)
                } else {
                    2.0 * mu
                };
            }
            if high - low < 1e-9 * high {
                break;
            }
        }
        None
    }
}
