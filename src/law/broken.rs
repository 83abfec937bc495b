//! A smoothly broken power law with one break (Caballero et al. 2023).

use super::definition::{Law, Parameter, Rows, Search};
use super::power;
use super::rows::{Lane, ROWS, in_blocks, ordinary};
use super::start::{compute, floors, least_squares, log_spaced, lowest, range};
use crate::numeric::{EXPONENTS, exp_scaled, ln_all};

#[derive(Debug)]
pub(super) struct Broken;

/// Widths of the break: from a corner to the usual range of the runs.
const WIDTHS: (f64, f64) = (0.05, 3.0);

const PYTHON: &str = "\
from math import exp, log, log1p

def loss(C):
    z = log(C / d) / f
    turned = max(z, 0) + log1p(exp(-abs(z)))
    return c + a * exp(b * log(C) + (b2 - b) * f * turned)";

impl Law for Broken {
    fn name(&self) -> &str {
        "broken"
    }

    fn formula(&self) -> &str {
        "L(C) = c + a*C^b*(1 + (C/d)^(1/f))^(f*(b2 - b))"
    }

    fn python(&self) -> Option<&str> {
        Some(PYTHON)
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L(C) = <c> + <a>\,C^{<b>}\left(1 + (C/<d>)^{1/<f>}\right)^{<f>\,(<b2> - <b>)}")
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 6] = [
            power::A,
            power::B.within(EXPONENTS.0, 0.0),
            power::C,
            Parameter::new("b2", Search::Log(EXPONENTS.0, EXPONENTS.1))
                .within(EXPONENTS.0, EXPONENTS.1),
            Parameter::new("d", Search::Log(1e-4, 1.0)).within(0.0, f64::INFINITY),
            Parameter::new("f", Search::Log(WIDTHS.0, WIDTHS.1)).within(WIDTHS.0, WIDTHS.1),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        let log_x = x[0].ln();
        let (turned, _) = softplus((log_x - p[4].ln()) / p[5]);
        p[2] + p[0] * (p[1] * log_x + (p[3] - p[1]) * p[5] * turned).exp()
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        self.predict_with_gradient(x, p, out);
    }

    fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
        let log_x = x[0].ln();
        let z = (log_x - p[4].ln()) / p[5];
        let (turned, share) = softplus(z);
        let change = p[3] - p[1];
        let shape = (p[1] * log_x + change * p[5] * turned).exp();
        let reducible = p[0] * shape;
        out[0] = shape;
        out[1] = reducible * (log_x - p[5] * turned);
        out[2] = 1.0;
        out[3] = reducible * p[5] * turned;
        out[4] = -reducible * change * share / p[4];
        out[5] = reducible * change * (turned - z * share);
        p[2] + reducible
    }

    fn predict_rows(&self, p: &[f64], rows: &mut Rows<'_>) {
        if !ordinary(rows.x) {
            return rows.one_by_one(self, p);
        }
        let (log_d, change) = (p[4].ln(), p[3] - p[1]);
        in_blocks(
            rows,
            #[inline(always)]
            |x, values, [of_a, of_b, of_c, of_b2, of_d, of_f]: &mut [Lane; 6]| {
                let m = x.len();
                let [mut log_x, mut z, mut e, mut one_more] = [[0.0; ROWS]; 4];
                let [mut log_one_more, mut turned, mut power, mut shape] = [[0.0; ROWS]; 4];
                ln_all(x, &mut log_x[..m]);
                for i in 0..m {
                    z[i] = (log_x[i] - log_d) / p[5];
                    power[i] = z[i].abs();
                }
                exp_scaled(-1.0, &power[..m], &mut e[..m]);
                for i in 0..m {
                    one_more[i] = 1.0 + e[i];
                }
                ln_all(&one_more[..m], &mut log_one_more[..m]);
                for i in 0..m {
                    // ln(1 + e) without the rounding of 1 + e (Kahan).
                    let kept = one_more[i] - 1.0;
                    let tail = if kept == 0.0 {
                        e[i]
                    } else {
                        log_one_more[i] * (e[i] / kept)
                    };
                    turned[i] = z[i].max(0.0) + tail;
                    power[i] = p[1] * log_x[i] + change * p[5] * turned[i];
                }
                exp_scaled(1.0, &power[..m], &mut shape[..m]);
                for i in 0..m {
                    let share = if z[i] < 0.0 { e[i] } else { 1.0 } / one_more[i];
                    let reducible = p[0] * shape[i];
                    of_a[i] = shape[i];
                    of_b[i] = reducible * (log_x[i] - p[5] * turned[i]);
                    of_c[i] = 1.0;
                    of_b2[i] = reducible * p[5] * turned[i];
                    of_d[i] = -reducible * change * share / p[4];
                    of_f[i] = reducible * change * (turned[i] - z[i] * share);
                    values[i] = p[2] + reducible;
                }
            },
        );
    }

    /// For every (d, f, c) on a grid ln(L − c) is linear in ln a, b and b2. Residuals of ln(L − c)
    /// are weighted so that they count as relative residuals of L.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const BREAKS: usize = 9;
        const FLOORS: usize = 7;
        const TURNS: [f64; 3] = [0.15, 0.6, 2.0];
        let x = compute(x);
        let u: Vec<f64> = x.iter().map(|x| x.ln()).collect();
        let (first, last) = range(&x);
        let (smallest, _) = range(y);
        let floors: Vec<(f64, Vec<f64>)> = floors(smallest, FLOORS)
            .map(|c| (c, y.iter().map(|y| (y - c).ln()).collect()))
            .collect();
        let mut rows = vec![[0.0; 4]; y.len()];
        let mut turned = vec![0.0; y.len()];
        let mut best_floor = |d: f64, f: f64| {
            for (slot, u) in turned.iter_mut().zip(&u) {
                *slot = f * softplus((u - d.ln()) / f).0;
            }
            let mut best = (f64::INFINITY, vec![1.0, 0.0, 0.0, EXPONENTS.1, d, f]);
            for (c, log_y) in &floors {
                for i in 0..y.len() {
                    let weight = (y[i] - c) / y[i];
                    let (before, after) = (u[i] - turned[i], turned[i]);
                    rows[i] = [weight, weight * before, weight * after, weight * log_y[i]];
                }
                let Some(([log_a, b, b2], rest)) = least_squares(&mut rows, 3) else {
                    continue;
                };
                let falls = (EXPONENTS.0..=0.0).contains(&b) && (EXPONENTS.0..0.0).contains(&b2);
                if falls && rest < best.0 {
                    best = (rest, vec![log_a.exp(), b, *c, b2, d, f]);
                }
            }
            best
        };
        let mut paths = Vec::new();
        for f in TURNS {
            let breaks = log_spaced(first, last, BREAKS + 2).skip(1).take(BREAKS);
            paths.push(breaks.map(|d| best_floor(d, f)).collect());
        }
        lowest(&paths)
    }

    /// Steps and corners. A logarithm of L − c cannot show them if c is above the smallest loss.
    /// For extreme exponents and widths it takes the best places of the break, with a and c by
    /// least squares.
    fn more_starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const BREAKS: usize = 60;
        const FLAT: f64 = EXPONENTS.1;
        const STEEP: f64 = EXPONENTS.0;
        const TURNS: [(f64, f64); 6] = [
            (0.0, STEEP),
            (-0.3, STEEP),
            (STEEP, FLAT),
            (-0.3, FLAT),
            (0.0, -0.3),
            (-1.0, -0.1),
        ];
        let x = compute(x);
        let (first, last) = range(&x);
        let mut rows = vec![[0.0; 4]; y.len()];
        let mut cell = |d: f64, f: f64, (b, b2): (f64, f64)| {
            let p = [1.0, b, 0.0, b2, d, f];
            for ((row, x), y) in rows.iter_mut().zip(&x).zip(y) {
                *row = [Broken.predict(&[*x], &p) / y, 1.0 / y, 0.0, 1.0];
            }
            let usable = |([a, c, _], rest): ([f64; 3], f64)| {
                (a > 0.0 && c >= 0.0).then_some((rest, vec![a, b, c, b2, d, f]))
            };
            let worst = || (f64::INFINITY, vec![1.0, b, 0.0, b2, d, f]);
            least_squares(&mut rows, 2)
                .and_then(usable)
                .unwrap_or_else(worst)
        };
        let mut starts = Vec::new();
        for turn in TURNS {
            for f in [WIDTHS.0, 0.5] {
                let breaks = log_spaced(first, last, BREAKS);
                let path = breaks.map(|d| cell(d, f, turn)).collect();
                starts.extend(lowest(&[path]).into_iter().take(2));
            }
        }
        starts
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let a = p[0] * x_unit[0].powf(p[1]) / y_unit;
        Some(vec![a, p[1], p[2] / y_unit, p[3], p[4] / x_unit[0], p[5]])
    }
}

/// ln(1 + e^z) and its derivative.
fn softplus(z: f64) -> (f64, f64) {
    let e = (-z.abs()).exp();
    let share = if z < 0.0 { e } else { 1.0 } / (1.0 + e);
    (z.max(0.0) + e.ln_1p(), share)
}

#[cfg(test)]
mod tests {
    use super::super::start::tests::{check_gradient, check_units};
    use super::*;

    #[test]
    fn gradient_and_units() {
        for x in [1e-3, 0.4, 30.0] {
            check_gradient(&Broken, x, &[1.3, -0.1, 0.7, -0.8, 0.3, 0.4]);
            check_gradient(&Broken, x, &[0.3, -1.1, 0.1, -0.2, 0.01, 1.5]);
        }
        check_units(&Broken, 2e20, &[3e4, -0.21, 1.4, -0.4, 7e19, 0.7]);
    }
}
