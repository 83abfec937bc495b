//! L(N, D) = E + A/N^α + B/D^β (Hoffmann et al. 2022, eq. 2), with free or tied exponents.

use super::{Form, Input, Law, Parameter, Search};

/// The exponents a surface may have: from nearly flat to a cliff. Few noisy runs can have their
/// minimum at exponents far steeper than any that was published.
pub(crate) const SURFACE_EXPONENTS: (f64, f64) = (0.004, 10.0);

const fn coefficient(name: &'static str) -> Parameter {
    Parameter {
        name,
        lower: 0.0,
        upper: f64::INFINITY,
        search: Search::Linear,
    }
}

const fn exponent(name: &'static str) -> Parameter {
    Parameter {
        name,
        lower: SURFACE_EXPONENTS.0,
        upper: SURFACE_EXPONENTS.1,
        search: Search::Log(0.02, 2.5),
    }
}

const INPUTS: [Input; 2] = [Input::Params, Input::Tokens];

/// L(N, D) = E + A/N^α + B/D^β with parameters (A, B, E, α, β): an irreducible loss E, a term for
/// the limited number of parameters N and one for the limited number of training tokens D.
///
/// ```
/// use scalewise::law::{Chinchilla, Law};
/// // Chinchilla itself with the coefficients printed by Hoffmann et al. (2022)
/// let loss = Chinchilla.predict(&[70e9, 1.4e12], &[406.4, 410.7, 1.69, 0.34, 0.28]);
/// assert!((loss - 1.937).abs() < 5e-4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chinchilla;

impl Chinchilla {
    /// Second derivatives of the law with respect to (A, B, E, α, β), written to `out`.
    pub fn hessian(x: &[f64], p: &[f64], out: &mut [[f64; 5]; 5]) {
        let (ln_n, ln_d) = (x[0].ln(), x[1].ln());
        let (n, d) = (x[0].powf(-p[3]), x[1].powf(-p[4]));
        *out = [[0.0; 5]; 5];
        let mut set = |i: usize, k: usize, value: f64| {
            out[i][k] = value;
            out[k][i] = value;
        };
        set(0, 3, -ln_n * n);
        set(1, 4, -ln_d * d);
        set(3, 3, p[0] * ln_n * ln_n * n);
        set(4, 4, p[1] * ln_d * ln_d * d);
    }
}

impl Law for Chinchilla {
    fn name(&self) -> &'static str {
        "chinchilla"
    }

    fn formula(&self) -> &'static str {
        "L(N, D) = E + A/N^alpha + B/D^beta"
    }

    fn inputs(&self) -> &'static [Input] {
        &INPUTS
    }

    fn parameters(&self) -> &'static [Parameter] {
        const LIST: [Parameter; 5] = [
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

/// L(N, D) = E + A/N^α + B/D^α with parameters (A, B, E, α): one exponent for both terms, so that
/// compute-optimal N and D grow equally fast (Muennighoff et al. 2023, appendix).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChinchillaTied;

impl Law for ChinchillaTied {
    fn name(&self) -> &'static str {
        "chinchilla-tied"
    }

    fn formula(&self) -> &'static str {
        "L(N, D) = E + A/N^alpha + B/D^alpha"
    }

    fn inputs(&self) -> &'static [Input] {
        &INPUTS
    }

    fn parameters(&self) -> &'static [Parameter] {
        const LIST: [Parameter; 4] = [
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
