//! L(N, D) = [(Nc/N)^(αN/αD) + Dc/D]^αD (Kaplan et al. 2020, eq. 1.5).

use super::definition::{Input, Law, Parameter, Search};
use super::start::{least_squares, log_spaced, lowest_cells, range};

#[derive(Debug)]
pub(super) struct Kaplan;

/// Below the lower end a surface is flat, and its coefficients overflow.
const EXPONENTS: (f64, f64) = (0.004, 2.5);

impl Law for Kaplan {
    fn name(&self) -> &str {
        "kaplan"
    }

    fn formula(&self) -> &str {
        "L(N, D) = ((Nc/N)^(alpha_N/alpha_D) + Dc/D)^alpha_D"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(N, D):\n    return ((Nc / N)**(alpha_N / alpha_D) + Dc / D)**alpha_D")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(N, D) = \left((<Nc>/N)^{<alpha_N>/<alpha_D>} + <Dc>/D\right)^{<alpha_D>}")
    }

    fn inputs(&self) -> &[Input] {
        &[Input::Params, Input::Tokens]
    }

    fn parameters(&self) -> &[Parameter] {
        const fn scale(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Log(1e-6, 1e3)).within(0.0, f64::INFINITY)
        }
        const fn exponent(name: &'static str) -> Parameter {
            Parameter::new(name, Search::Log(0.03, 1.0)).within(EXPONENTS.0, EXPONENTS.1)
        }
        static LIST: [Parameter; 4] = [
            scale("Nc"),
            scale("Dc"),
            exponent("alpha_N"),
            exponent("alpha_D"),
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

    /// For every ratio r of the exponents and weight w of the parameters, ln L is linear in
    /// ln(w/N^r + 1/D), with slope alpha_D.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const RATIOS: usize = 33;
        const WEIGHTS: usize = 17;
        const KEPT: usize = 12;
        /// Range of the weights, in e-folds beyond those at which the two terms are equal in some
        /// run.
        const BEYOND: f64 = 3.0;
        let steepest = EXPONENTS.1 / EXPONENTS.0;
        let mut rows = vec![[0.0; 4]; y.len()];
        let mut terms = vec![0.0; y.len()];
        let mut cell = |r: f64, w: f64, powers: &[f64]| {
            for ((row, term), ((x, y), power)) in
                (rows.iter_mut().zip(&mut terms)).zip(x.iter().zip(y).zip(powers))
            {
                *term = (w * power + x[1].recip()).ln();
                *row = [1.0, *term, 0.0, y.ln()];
            }
            let (low, high) = (
                EXPONENTS.0.max(EXPONENTS.0 / r),
                EXPONENTS.1.min(EXPONENTS.1 / r),
            );
            let slope = least_squares(&mut rows, 2).map_or(low, |([_, slope, _], _)| slope);
            let alpha_d = slope.clamp(low, high);
            let rest = |(term, y): (&f64, &f64)| y.ln() - alpha_d * term;
            let log_size = terms.iter().zip(y).map(rest).sum::<f64>() / y.len() as f64;
            let sum = (terms.iter().zip(y))
                .map(|run| ((log_size - rest(run)).exp() - 1.0).powi(2))
                .sum();
            let log_dc = log_size / alpha_d;
            let log_nc = (log_dc + w.ln()) / r;
            (sum, vec![log_nc.exp(), log_dc.exp(), r * alpha_d, alpha_d])
        };
        let paths: Vec<_> = log_spaced(steepest.recip(), steepest, RATIOS)
            .map(|r| {
                let powers: Vec<f64> = x.iter().map(|x| x[0].powf(-r)).collect();
                let equal: Vec<f64> = (x.iter().zip(&powers))
                    .map(|(x, power)| (x[1] * power).recip())
                    .collect();
                let (low, high) = range(&equal);
                log_spaced(low * (-BEYOND).exp(), high * BEYOND.exp(), WEIGHTS)
                    .map(|w| cell(r, w, &powers))
                    .collect()
            })
            .collect();
        lowest_cells(&paths, KEPT)
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let scale = |k: usize| p[k] / x_unit[k] * y_unit.powf(-p[k + 2].recip());
        let scaled = vec![scale(0), scale(1), p[2], p[3]];
        scaled.iter().all(|v| v.is_finite()).then_some(scaled)
    }
}

#[cfg(test)]
mod tests {
    use super::super::start::tests::check_all_units;
    use super::*;

    #[test]
    fn units() {
        let p = [6.4e13, 1.8e13, 0.076, 0.103];
        check_all_units(&Kaplan, &[1.5e9, 23e9], &[4e10, 7e11], &p);
    }
}
