//! The 27 models of the NIST nonlinear regression sets as user laws.

use crate::dual::Dual;
use scalewise::law::{Law, Parameter, Search};
use std::f64::consts::PI;

/// One model: its formula, as NIST prints it and as code on dual numbers.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    name: &'static str,
    formula: &'static str,
    parameters: &'static [Parameter],
    f: fn(&[f64], &[Dual]) -> Dual,
}

impl Model {
    fn at(&self, x: &[f64], p: &[f64]) -> Dual {
        let b: Vec<Dual> = (0..p.len()).map(|k| Dual::variable(p[k], k)).collect();
        (self.f)(x, &b)
    }
}

impl Law for Model {
    fn name(&self) -> &str {
        self.name
    }

    fn formula(&self) -> &str {
        self.formula
    }

    fn parameters(&self) -> &[Parameter] {
        self.parameters
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        self.at(x, p).value
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let slope = self.at(x, p).slope;
        out.copy_from_slice(&slope[..out.len()]);
    }
}

const fn anywhere(name: &'static str) -> Parameter {
    Parameter::new(name, Search::Linear)
}

static B: [Parameter; 9] = [
    anywhere("b1"),
    anywhere("b2"),
    anywhere("b3"),
    anywhere("b4"),
    anywhere("b5"),
    anywhere("b6"),
    anywhere("b7"),
    anywhere("b8"),
    anywhere("b9"),
];
const fn first(count: usize) -> &'static [Parameter] {
    B.split_at(count).0
}

const TWO: &[Parameter] = first(2);
const THREE: &[Parameter] = first(3);
const FOUR: &[Parameter] = first(4);
const FIVE: &[Parameter] = first(5);
const SIX: &[Parameter] = first(6);
const SEVEN: &[Parameter] = first(7);
const EIGHT: &[Parameter] = first(8);

/// A shifted power law: linear in b1, and (b2, b3) are looked for over wide ranges.
const BENNETT: &[Parameter] = &[
    anywhere("b1"),
    Parameter::new("b2", Search::Log(1.0, 1000.0)).within(0.0, f64::INFINITY),
    Parameter::new("b3", Search::Log(0.1, 10.0)).within(0.01, f64::INFINITY),
];

/// Σ of three exponentials.
fn lanczos(x: &[f64], b: &[Dual]) -> Dual {
    b[0] * (-b[1] * x[0]).exp() + b[2] * (-b[3] * x[0]).exp() + b[4] * (-b[5] * x[0]).exp()
}

/// An exponential and two peaks.
fn gauss(x: &[f64], b: &[Dual]) -> Dual {
    let peak = |height: Dual, centre: Dual, width: Dual| {
        height * (-((x[0] - centre) / width).square()).exp()
    };
    b[0] * (-b[1] * x[0]).exp() + peak(b[2], b[3], b[4]) + peak(b[5], b[6], b[7])
}

fn cubic_over_cubic(x: &[f64], b: &[Dual]) -> Dual {
    let x = x[0];
    (b[0] + b[1] * x + b[2] * (x * x) + b[3] * (x * x * x))
        / (1.0 + b[4] * x + b[5] * (x * x) + b[6] * (x * x * x))
}

fn chwirut(x: &[f64], b: &[Dual]) -> Dual {
    (-b[0] * x[0]).exp() / (b[1] + b[2] * x[0])
}

fn enso(x: &[f64], b: &[Dual]) -> Dual {
    let turn = 2.0 * PI * x[0];
    let year = turn / 12.0;
    b[0] + b[1] * year.cos()
        + b[2] * year.sin()
        + b[4] * (turn / b[3]).cos()
        + b[5] * (turn / b[3]).sin()
        + b[7] * (turn / b[6]).cos()
        + b[8] * (turn / b[6]).sin()
}

macro_rules! models {
    ($($name:literal $parameters:ident $formula:literal $f:expr;)*) => {
        /// Every model, in alphabetical order.
        pub static MODELS: &[Model] = &[$(Model {
            name: $name,
            formula: $formula,
            parameters: $parameters,
            f: $f,
        }),*];
    };
}

models! {
    "Bennett5" BENNETT "b1*(b2+x)^(-1/b3)" |x, b| b[0] * (b[1] + x[0]).pow(-b[2].recip());
    "BoxBOD" TWO "b1*(1-exp(-b2*x))" |x, b| b[0] * (1.0 - (-b[1] * x[0]).exp());
    "Chwirut1" THREE "exp(-b1*x)/(b2+b3*x)" chwirut;
    "Chwirut2" THREE "exp(-b1*x)/(b2+b3*x)" chwirut;
    "DanWood" TWO "b1*x^b2" |x, b| b[0] * Dual::from(x[0]).pow(b[1]);
    "ENSO" ALL "b1 + three sine waves of period 12, b4 and b7" enso;
    "Eckerle4" THREE "(b1/b2)*exp(-0.5*((x-b3)/b2)^2)" |x, b| {
        b[0] / b[1] * (-0.5 * ((x[0] - b[2]) / b[1]).square()).exp()
    };
    "Gauss1" EIGHT "an exponential and two Gaussian peaks" gauss;
    "Gauss2" EIGHT "an exponential and two Gaussian peaks" gauss;
    "Gauss3" EIGHT "an exponential and two Gaussian peaks" gauss;
    "Hahn1" SEVEN "a cubic over a cubic" cubic_over_cubic;
    "Kirby2" FIVE "(b1+b2*x+b3*x^2)/(1+b4*x+b5*x^2)" |x, b| {
        let x = x[0];
        (b[0] + b[1] * x + b[2] * (x * x)) / (1.0 + b[3] * x + b[4] * (x * x))
    };
    "Lanczos1" SIX "three exponentials" lanczos;
    "Lanczos2" SIX "three exponentials" lanczos;
    "Lanczos3" SIX "three exponentials" lanczos;
    "MGH09" FOUR "b1*(x^2+x*b2)/(x^2+x*b3+b4)" |x, b| {
        let x = x[0];
        b[0] * (x * x + b[1] * x) / (x * x + b[2] * x + b[3])
    };
    "MGH10" THREE "b1*exp(b2/(x+b3))" |x, b| b[0] * (b[1] / (x[0] + b[2])).exp();
    "MGH17" FIVE "b1+b2*exp(-x*b4)+b3*exp(-x*b5)" |x, b| {
        b[0] + b[1] * (-b[3] * x[0]).exp() + b[2] * (-b[4] * x[0]).exp()
    };
    "Misra1a" TWO "b1*(1-exp(-b2*x))" |x, b| b[0] * (1.0 - (-b[1] * x[0]).exp());
    "Misra1b" TWO "b1*(1-(1+b2*x/2)^-2)" |x, b| {
        b[0] * (1.0 - (1.0 + b[1] * x[0] / 2.0).square().recip())
    };
    "Misra1c" TWO "b1*(1-(1+2*b2*x)^-0.5)" |x, b| {
        b[0] * (1.0 - (1.0 + 2.0 * b[1] * x[0]).pow(-0.5))
    };
    "Misra1d" TWO "b1*b2*x/(1+b2*x)" |x, b| b[0] * b[1] * x[0] / (1.0 + b[1] * x[0]);
    "Nelson" THREE "b1-b2*x1*exp(-b3*x2)" |x, b| b[0] - b[1] * x[0] * (-b[2] * x[1]).exp();
    "Rat42" THREE "b1/(1+exp(b2-b3*x))" |x, b| b[0] / (1.0 + (b[1] - b[2] * x[0]).exp());
    "Rat43" FOUR "b1/(1+exp(b2-b3*x))^(1/b4)" |x, b| {
        b[0] / (1.0 + (b[1] - b[2] * x[0]).exp()).pow(b[3].recip())
    };
    "Roszman1" FOUR "b1-b2*x-atan(b3/(x-b4))/pi" |x, b| {
        b[0] - b[1] * x[0] - (b[2] / (x[0] - b[3])).atan() / PI
    };
    "Thurber" SEVEN "a cubic over a cubic" cubic_over_cubic;
}

const ALL: &[Parameter] = &B;
