//! a·C^b + c as s·e^(b·u) + c, with u = ln(C/C_max) and losses in units of their median.

use super::objective::Residuals;
use super::observations::Observations;
use crate::law::{Law, Parameter, Search};
use crate::numeric::PowerProblem;

/// The same observations with residuals linear in f: log residuals become relative ones.
pub(super) fn relative(o: &Observations) -> Observations {
    let mut linear = o.clone();
    if linear.residuals == Residuals::Log {
        linear.residuals = Residuals::Relative;
    }
    linear
}

/// s·e^(b·u) + c as a law of u, for the general solver.
#[derive(Debug)]
pub(super) struct Centred {
    pub(super) constant: bool,
}

impl Law for Centred {
    fn name(&self) -> &str {
        "centred"
    }

    fn formula(&self) -> &str {
        "s*exp(b*u) + c"
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 3] = [
            Parameter::new("s", Search::Linear),
            Parameter::new("b", Search::Linear),
            Parameter::new("c", Search::Linear),
        ];
        if self.constant { &LIST } else { &LIST[..2] }
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] * (p[1] * x[0]).exp() + p.get(2).copied().unwrap_or(0.0)
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let e = (p[1] * x[0]).exp();
        out[0] = e;
        out[1] = p[0] * x[0] * e;
        if let Some(slot) = out.get_mut(2) {
            *slot = 1.0;
        }
    }
}

/// The observations as a function of u, in units of the median loss; residuals keep their value.
pub(super) fn centre(o: &Observations, problem: &PowerProblem) -> Observations {
    let mut centred = o.map_arguments(|i| vec![problem.u[i]]);
    for (slot, y) in centred.y.iter_mut().zip(&problem.y) {
        *slot = *y;
    }
    if o.residuals == Residuals::Absolute {
        for weight in &mut centred.weight {
            *weight *= problem.unit;
        }
    }
    centred
}
