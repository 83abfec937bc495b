//! L(N, D) = [(Nc/N)^(αN/αD) + Dc/D]^αD (Kaplan et al. 2020, eq. 1.5).

use super::{Input, Law, Parameter, Search};

/// L(N, D) = [(Nc/N)^(αN/αD) + Dc/D]^αD with parameters (Nc, Dc, αN, αD): no irreducible loss.
///
/// ```
/// use scalewise::law::{Kaplan, Law};
/// // table 2 of the paper: αN = 0.076, αD = 0.103, Nc = 6.4e13, Dc = 1.8e13
/// let loss = Kaplan.predict(&[1.5e9, 23e9], &[6.4e13, 1.8e13, 0.076, 0.103]);
/// assert!((loss - 2.3101).abs() < 1e-4);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kaplan;

impl Law for Kaplan {
    fn name(&self) -> &'static str {
        "kaplan"
    }

    fn formula(&self) -> &'static str {
        "L(N, D) = ((Nc/N)^(alpha_N/alpha_D) + Dc/D)^alpha_D"
    }

    fn inputs(&self) -> &'static [Input] {
        &[Input::Params, Input::Tokens]
    }

    fn parameters(&self) -> &'static [Parameter] {
        const fn positive(name: &'static str, upper: f64, search: Search) -> Parameter {
            Parameter {
                name,
                lower: 0.0,
                upper,
                search,
            }
        }
        const LIST: [Parameter; 4] = [
            positive("Nc", f64::INFINITY, Search::Log(1e9, 1e17)),
            positive("Dc", f64::INFINITY, Search::Log(1e9, 1e17)),
            positive("alpha_N", 2.5, Search::Log(0.03, 1.0)),
            positive("alpha_D", 2.5, Search::Log(0.03, 1.0)),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        ((p[0] / x[0]).powf(p[2] / p[3]) + p[1] / x[1]).powf(p[3])
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        let (ratio, log) = (p[2] / p[3], (p[0] / x[0]).ln());
        let n = (p[0] / x[0]).powf(ratio);
        let d = p[1] / x[1];
        let sum = n + d;
        let value = sum.powf(p[3]);
        // dL/d(sum)
        let outer = p[3] * value / sum;
        out[0] = outer * n * ratio / p[0];
        out[1] = outer / x[1];
        out[2] = outer * n * log / p[3];
        out[3] = value * sum.ln() - outer * n * log * ratio / p[3];
    }
}
