//! L(C) = a·C^b + c and L(C) = a·C^b (Henighan et al. 2020; GPT-4 technical report, §3).

use super::{Form, Law, Parameter, Search};
use crate::numeric::EXPONENTS;

pub(super) const A: Parameter = Parameter {
    name: "a",
    lower: 0.0,
    upper: f64::INFINITY,
    search: Search::Linear,
};
pub(super) const B: Parameter = Parameter {
    name: "b",
    lower: EXPONENTS.0,
    upper: EXPONENTS.1,
    search: Search::Log(EXPONENTS.0, EXPONENTS.1),
};
pub(super) const C: Parameter = Parameter {
    name: "c",
    lower: 0.0,
    upper: f64::INFINITY,
    search: Search::Linear,
};

/// L(C) = a·C^b + c: a power law above an irreducible loss c ≥ 0, with a > 0 and b < 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saturating;

impl Law for Saturating {
    fn name(&self) -> &'static str {
        "saturating"
    }

    fn formula(&self) -> &'static str {
        "L(C) = a*C^b + c"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const LIST: [Parameter; 3] = [A, B, C];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] * x[0].powf(p[1]) + p[2]
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        Power.gradient(x, p, out);
        out[2] = 1.0;
    }

    fn form(&self) -> Form {
        Form::PowerPlusConstant
    }
}

/// L(C) = a·C^b: the power law without an irreducible loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Power;

impl Law for Power {
    fn name(&self) -> &'static str {
        "power"
    }

    fn formula(&self) -> &'static str {
        "L(C) = a*C^b"
    }

    fn parameters(&self) -> &'static [Parameter] {
        const LIST: [Parameter; 2] = [A, B];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] * x[0].powf(p[1])
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let power = x[0].powf(p[1]);
        out[0] = power;
        out[1] = p[0] * power * x[0].ln();
    }

    fn form(&self) -> Form {
        Form::Power
    }
}
