//! L(N, D) = E + A/N^α + B/D^β (Hoffmann et al. 2022, eq. 2), with free or tied exponents.

use super::definition::{Form, Input, Law, Parameter, Search};

/// Range of the exponents of a surface: from nearly flat to very steep. The minimum of a few noisy
/// runs may have exponents far steeper than any published one.
pub(crate) const SURFACE_EXPONENTS: (f64, f64) = (0.004, 10.0);

const fn coefficient(name: &'static str) -> Parameter {
    Parameter::new(name, Search::Linear).within(0.0, f64::INFINITY)
}

const fn exponent(name: &'static str) -> Parameter {
    Parameter::new(name, Search::Log(0.02, 2.5)).within(SURFACE_EXPONENTS.0, SURFACE_EXPONENTS.1)
}

const INPUTS: [Input; 2] = [Input::Params, Input::Tokens];

#[derive(Debug)]
pub(super) struct Chinchilla;

impl Law for Chinchilla {
    fn name(&self) -> &str {
        "chinchilla"
    }

    fn formula(&self) -> &str {
        "L(N, D) = E + A/N^alpha + B/D^beta"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(N, D):\n    return E + A / N**alpha + B / D**beta")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(N, D) = <E> + \frac{<A>}{N^{<alpha>}} + \frac{<B>}{D^{<beta>}}")
    }

    fn inputs(&self) -> &[Input] {
        &INPUTS
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 5] = [
            coefficient("A"),
            coefficient("B"),
            coefficient("E"),
            exponent("alpha"),
            exponent("beta"),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[2] + p[0] * x[0].powf(-p[3]) + p[1] * x[1].powf(-p[4])
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let (n, d) = (x[0].powf(-p[3]), x[1].powf(-p[4]));
        out[0] = n;
        out[1] = d;
        out[2] = 1.0;
        out[3] = -p[0] * n * x[0].ln();
        out[4] = -p[1] * d * x[1].ln();
    }

    fn form(&self) -> Form {
        Form::Surface
    }
}

#[derive(Debug)]
pub(super) struct ChinchillaTied;

impl Law for ChinchillaTied {
    fn name(&self) -> &str {
        "chinchilla-tied"
    }

    fn formula(&self) -> &str {
        "L(N, D) = E + A/N^alpha + B/D^alpha"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(N, D):\n    return E + A / N**alpha + B / D**alpha")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(N, D) = <E> + \frac{<A>}{N^{<alpha>}} + \frac{<B>}{D^{<alpha>}}")
    }

    fn inputs(&self) -> &[Input] {
        &INPUTS
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 4] = [
            coefficient("A"),
            coefficient("B"),
            coefficient("E"),
            exponent("alpha"),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        Chinchilla.predict(x, &[p[0], p[1], p[2], p[3], p[3]])
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let mut free = [0.0; 5];
        Chinchilla.gradient(x, &[p[0], p[1], p[2], p[3], p[3]], &mut free);
        out.copy_from_slice(&[free[0], free[1], free[2], free[3] + free[4]]);
    }

    fn form(&self) -> Form {
        Form::Surface
    }
}
