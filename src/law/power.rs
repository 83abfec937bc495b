//! L(C) = a·C^b + c and L(C) = a·C^b (Henighan et al. 2020; GPT-4 technical report, §3).

use super::definition::{Form, Law, Parameter, Search};
use crate::numeric::EXPONENTS;

pub(super) const A: Parameter = Parameter::new("a", Search::Linear).within(0.0, f64::INFINITY);
pub(super) const B: Parameter =
    Parameter::new("b", Search::Log(EXPONENTS.0, EXPONENTS.1)).within(EXPONENTS.0, EXPONENTS.1);
pub(super) const C: Parameter = Parameter::new("c", Search::Linear).within(0.0, f64::INFINITY);

#[derive(Debug)]
pub(super) struct Saturating;

impl Law for Saturating {
    fn name(&self) -> &str {
        "saturating"
    }

    fn formula(&self) -> &str {
        "L(C) = a*C^b + c"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(C):\n    return a * C**b + c")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(C) = <a>\,C^{<b>} + <c>")
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 3] = [A, B, C];
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

#[derive(Debug)]
pub(super) struct Power;

impl Law for Power {
    fn name(&self) -> &str {
        "power"
    }

    fn formula(&self) -> &str {
        "L(C) = a*C^b"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(C):\n    return a * C**b")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(C) = <a>\,C^{<b>}")
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 2] = [A, B];
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
