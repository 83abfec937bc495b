//! L(C) = a·(C + d)^b + c: a power law of compute shifted by d.

use super::definition::{Law, Parameter, Rows, Search};
use super::power;
use super::rows::{Lane, Powers, in_blocks, ordinary};
use super::start::{compute, log_spaced, lowest, range};
use crate::numeric::PowerProblem;

#[derive(Debug)]
pub(super) struct Shifted;

impl Law for Shifted {
    fn name(&self) -> &str {
        "shifted"
    }

    fn formula(&self) -> &str {
        "L(C) = a*(C + d)^b + c"
    }

    fn python(&self) -> Option<&str> {
        Some("def loss(C):\n    return a * (C + d)**b + c")
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(C) = <a>\,(C + <d>)^{<b>} + <c>")
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 4] = [
            power::A,
            power::B,
            power::C,
            Parameter::new("d", Search::Log(1e-4, 10.0)).within(0.0, f64::INFINITY),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        p[0] * (x[0] + p[3]).powf(p[1]) + p[2]
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        self.predict_with_gradient(x, p, out);
    }

    fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
        let shifted = x[0] + p[3];
        let power = shifted.powf(p[1]);
        out[0] = power;
        out[1] = p[0] * power * shifted.ln();
        out[2] = 1.0;
        out[3] = p[0] * p[1] * power / shifted;
        p[0] * power + p[2]
    }

    fn predict_rows(&self, p: &[f64], rows: &mut Rows<'_>) {
        if !(ordinary(rows.x) && p[3] >= 0.0) {
            return rows.one_by_one(self, p);
        }
        in_blocks(
            rows,
            #[inline(always)]
            |x, values, [of_a, of_b, of_c, of_d]: &mut [Lane; 4]| {
                let Powers { base, log, power } = Powers::new(x, p[1], |x| x + p[3]);
                for i in 0..x.len() {
                    of_a[i] = power[i];
                    of_b[i] = p[0] * power[i] * log[i];
                    of_c[i] = 1.0;
                    of_d[i] = p[0] * p[1] * power[i] / base[i];
                    values[i] = p[0] * power[i] + p[2];
                }
            },
        );
    }

    /// For every d on a grid the law is a·x^b + c in x = C + d, which the scan solves exactly.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const SHIFTS: usize = 14;
        let x = compute(x);
        let (smallest, largest) = range(&x);
        let mut problem = PowerProblem::centred(vec![0.0; x.len()], y.to_vec());
        let shifts = std::iter::once(0.0).chain(log_spaced(0.1 * smallest, 1.5 * largest, SHIFTS));
        let path = shifts.map(|d| {
            for (u, x) in problem.u.iter_mut().zip(&x) {
                *u = ((x + d) / (largest + d)).ln();
            }
            let best = problem.best_rough();
            let a = best.s * (largest + d).powf(-best.b);
            (best.rss, vec![a, best.b, best.c, d])
        });
        lowest(&[path.collect()])
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let a = p[0] * x_unit[0].powf(p[1]) / y_unit;
        Some(vec![a, p[1], p[2] / y_unit, p[3] / x_unit[0]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::start::tests::{check_gradient, check_units};
    use super::*;

    #[test]
    fn gradient_and_units() {
        for x in [1e-3, 0.4, 30.0] {
            check_gradient(&Shifted, x, &[1.3, -0.4, 0.7, 0.02]);
            check_gradient(&Shifted, x, &[0.9, -1.8, 0.1, 2.0]);
        }
        check_units(&Shifted, 2e20, &[3e4, -0.21, 1.4, 5e18]);
    }
}
