//! L(C) = a·(1/C + g)^(−b): the law M3 of Alabdulmohsin et al. (2022).

use super::definition::{Law, Parameter, Rows, Search};
use super::power;
use super::rows::{Lane, Powers, in_blocks, ordinary};
use super::start::{compute, least_squares, log_spaced, lowest, range};
use crate::numeric::EXPONENTS;

#[derive(Debug)]
pub(super) struct M3;

impl Law for M3 {
    fn name(&self) -> &str {
        "m3"
    }

    fn formula(&self) -> &str {
        "L(C) = a*(1/C + g)^(-b)"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(C):\n    return a * (1 / C + g)**(-b)")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(C) = <a>\,(1/C + <g>)^{-<b>}")
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 3] = [
            power::A,
            power::B,
            Parameter::new("g", Search::Log(3e-4, 50.0)).within(0.0, f64::INFINITY),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] * (x[0].recip() + p[2]).powf(-p[1])
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        self.predict_with_gradient(x, p, out);
    }

    fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
        let base = x[0].recip() + p[2];
        let power = base.powf(-p[1]);
        out[0] = power;
        out[1] = -p[0] * power * base.ln();
        out[2] = -p[0] * p[1] * power / base;
        p[0] * power
    }

    fn predict_rows(&self, p: &[f64], rows: &mut Rows<'_>) {
        if !(ordinary(rows.x) && p[2] >= 0.0) {
            return rows.one_by_one(self, p);
        }
        in_blocks(
            rows,
            #[inline(always)]
            |x, values, [of_a, of_b, of_g]: &mut [Lane; 3]| {
                let Powers { base, log, power } = Powers::new(x, -p[1], |x| x.recip() + p[2]);
                for i in 0..x.len() {
                    of_a[i] = power[i];
                    of_b[i] = -p[0] * power[i] * log[i];
                    of_g[i] = -p[0] * p[1] * power[i] / base[i];
                    values[i] = p[0] * power[i];
                }
            },
        );
    }

    /// For every g on a grid ln L is linear in ln a and b.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const CROSSOVERS: usize = 80;
        let x = compute(x);
        let (_, largest) = range(&x);
        let log_y: Vec<f64> = y.iter().map(|y| y.ln()).collect();
        let mean_y = log_y.iter().sum::<f64>() / log_y.len() as f64;
        // From hardly bent at the largest run to nearly flat everywhere.
        let (hardly, nearly_flat) = (-8.0_f64, 4.0_f64);
        let crossovers = log_spaced(hardly.exp(), nearly_flat.exp(), CROSSOVERS);
        let mut rows = vec![[0.0; 4]; x.len()];
        let path = std::iter::once(0.0).chain(crossovers).map(|g| {
            let g = g / largest;
            let z = |x: &f64| (x.recip() + g).ln();
            let mean_z = x.iter().map(z).sum::<f64>() / x.len() as f64;
            for ((row, x), y) in rows.iter_mut().zip(&x).zip(&log_y) {
                *row = [z(x) - mean_z, 0.0, 0.0, y - mean_y];
            }
            let (slope, rest) = least_squares(&mut rows, 1).unwrap_or_default();
            let b = (-slope[0]).clamp(EXPONENTS.0, EXPONENTS.1);
            // If the bound changed the slope, the sum of squares is no longer valid.
            let rest = if b == -slope[0] { rest } else { f64::INFINITY };
            (rest, vec![(mean_y + b * mean_z).exp(), b, g])
        });
        lowest(&[path.collect()])
    }

    /// With the exponent at either of its bounds, a follows from g, which is tried over a wider
    /// range.
    fn more_starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const CROSSOVERS: usize = 40;
        let x = compute(x);
        let (_, largest) = range(&x);
        let mean_y = y.iter().map(|y| y.ln()).sum::<f64>() / y.len() as f64;
        let path = |b: f64| {
            let cell = |g: f64| {
                let g = g / largest;
                let z: Vec<f64> = x.iter().map(|x| (x.recip() + g).ln()).collect();
                let mean_z = z.iter().sum::<f64>() / z.len() as f64;
                let rest = z.iter().zip(y);
                let rest = rest.map(|(z, y)| (y.ln() - mean_y + b * (z - mean_z)).powi(2));
                (rest.sum(), vec![(mean_y + b * mean_z).exp(), b, g])
            };
            log_spaced(1e-4, 1e5, CROSSOVERS).map(cell).collect()
        };
        lowest(&[path(EXPONENTS.0), path(EXPONENTS.1)])
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let a = p[0] * x_unit[0].powf(p[1]) / y_unit;
        Some(vec![a, p[1], p[2] * x_unit[0]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::start::tests::{check_gradient, check_units};
    use super::*;

    #[test]
    fn gradient_and_units() {
        for x in [1e-3, 0.4, 30.0] {
            check_gradient(&M3, x, &[1.3, -0.4, 0.7]);
            check_gradient(&M3, x, &[0.9, -1.8, 20.0]);
        }
        check_units(&M3, 2e20, &[3e4, -0.21, 5e-22]);
    }
}
