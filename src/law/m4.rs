//! L − c = a·C^b·((l0 − L)/(l0 − c))^α: the law M4 of Alabdulmohsin et al. (2022).

use super::definition::{Law, Parameter, Rows, Search};
use super::power;
use super::rows::{Lane, ROWS, in_blocks, ordinary};
use super::start::{compute, floors, least_squares, lowest, range};
use crate::numeric::{EXPONENTS, PowerProblem, exp_scaled, ln_all};

/// The law M4. `CALIBRATED` is the variant behind the calibrated intervals: for a run at l0 it uses
/// the slopes of the equation, which differ from those of the loss there. The levels of these
/// intervals were measured with it, so other slopes would need new measurements.
#[derive(Debug)]
pub(crate) struct Implicit<const CALIBRATED: bool>;

pub(super) const M4: Implicit<false> = Implicit;
pub(crate) const CALIBRATED_M4: Implicit<true> = Implicit;

/// The largest α. Above it the curve is that of l0 → ∞ with α/l0 fixed.
const MAX_ALPHA: f64 = 8.0;

/// The equation has one solution between c and l0, found by bisection.
const PYTHON: &str = "\
from math import log

def loss(C):
    low, high = c, l0
    while True:
        L = (low + high) / 2
        if L in (low, high):
            return L
        if log((L - c) / a) > b * log(C) + alpha * log((l0 - L) / (l0 - c)):
            high = L
        else:
            low = L";

impl<const CALIBRATED: bool> Law for Implicit<CALIBRATED> {
    fn name(&self) -> &str {
        "m4"
    }

    fn formula(&self) -> &str {
        "L - c = a*C^b*((l0 - L)/(l0 - c))^alpha"
    }

    fn python(&self) -> Option<&str> {
        Some(PYTHON)
    }

    fn latex(&self) -> Option<&str> {
        Some(r"L - <c> = <a>\,C^{<b>}\left(\frac{<l0> - L}{<l0> - <c>}\right)^{<alpha>}")
    }

    fn parameters(&self) -> &[Parameter] {
        static LIST: [Parameter; 5] = [
            Parameter::new("a", Search::Log(1e-2, 1e2)).within(0.0, f64::INFINITY),
            power::B,
            Parameter::new("c", Search::Even(0.0, 1.0)).within(0.0, f64::INFINITY),
            Parameter::new("l0", Search::Log(1.0, 10.0)).within(0.0, f64::INFINITY),
            Parameter::new("alpha", Search::Even(0.0, 2.0)).within(0.0, MAX_ALPHA),
        ];
        &LIST
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        Solution::new(x[0].ln(), p).value(p)
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        self.predict_with_gradient(x, p, out);
    }

    fn predict_with_gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
        let value = slopes(x, p, out);
        if !CALIBRATED && at_the_top(x, p) {
            out.copy_from_slice(&[0.0, 0.0, 0.0, 1.0, 0.0]);
        }
        value
    }

    fn predict_rows(&self, p: &[f64], rows: &mut Rows<'_>) {
        if !ordinary(rows.x) {
            return rows.one_by_one(self, p);
        }
        in_blocks(
            rows,
            #[inline(always)]
            |x, values, out: &mut [Lane; 5]| several_slopes(x, p, values, out),
        );
        let all = 0..rows.x.len();
        for i in all.filter(|i| !CALIBRATED && at_the_top(&rows.x[*i..], p)) {
            for k in 0..5 {
                rows.slopes[k * rows.stride + i] = if k == 3 { 1.0 } else { 0.0 };
            }
        }
    }

    /// For every (c, l0) on a grid ln(L − c) is linear in ln a, b and α. Residuals of ln(L − c) are
    /// weighted so that they count as relative residuals of L.
    fn starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const FLOORS: usize = 14;
        const TOPS: [f64; 4] = [1.02, 1.1, 1.3, 2.0];
        let u: Vec<f64> = compute(x).iter().map(|x| x.ln()).collect();
        let (smallest, largest) = range(y);
        let below_top = TOPS.map(|t| y.iter().map(|y| (largest * t - y).ln()).collect::<Vec<_>>());
        let mut rows = vec![[0.0; 4]; y.len()];
        let path = floors(smallest, FLOORS).map(|c| {
            let log_y: Vec<f64> = y.iter().map(|y| (y - c).ln()).collect();
            let cells = TOPS.iter().zip(&below_top).map(|(top, below)| {
                let l0 = largest * top;
                let mut fill = |alpha: f64| {
                    for i in 0..y.len() {
                        // Relative change of L per unit of H, at the observed loss.
                        let weight = 1.0 / (y[i] / (y[i] - c) + alpha * y[i] / (l0 - y[i]));
                        let room = below[i] - (l0 - c).ln();
                        rows[i] = [weight, weight * u[i], weight * room, weight * log_y[i]];
                    }
                    let free = least_squares(&mut rows, 3)?;
                    if free.0[2] >= 0.0 {
                        return Some(free);
                    }
                    for i in 0..y.len() {
                        let weight = (y[i] - c) / y[i];
                        rows[i] = [weight, weight * u[i], 0.0, weight * log_y[i]];
                    }
                    let (plain, rest) = least_squares(&mut rows, 2)?;
                    Some(([plain[0], plain[1], 0.0], rest))
                };
                let found = fill(1.0).and_then(|(first, _)| fill(first[2].min(MAX_ALPHA)));
                match found {
                    Some(([log_a, b, alpha], rest)) if (EXPONENTS.0..0.0).contains(&b) => {
                        (rest, vec![log_a.exp(), b, c, l0, alpha])
                    }
                    _ => (f64::INFINITY, vec![1.0, EXPONENTS.1, c, l0, 0.0]),
                }
            });
            cells
                .min_by(|p, q| p.0.total_cmp(&q.0))
                .unwrap_or((f64::INFINITY, vec![1.0, EXPONENTS.1, c, 2.0 * largest, 0.0]))
        });
        lowest(&[path.collect()])
    }

    /// With α = 0 the loss is l0 for the smallest runs and a saturating law for the others. There
    /// is one start for each number of runs at l0.
    fn more_starts(&self, x: &[&[f64]], y: &[f64]) -> Vec<Vec<f64>> {
        const MOST_AT_THE_TOP: usize = 8;
        const FEWEST_BELOW: usize = 4;
        if CALIBRATED {
            return Vec::new();
        }
        let mut runs: Vec<(f64, f64)> = compute(x).into_iter().zip(y.iter().copied()).collect();
        runs.sort_by(|p, q| p.0.total_cmp(&q.0));
        let largest = runs.last().map_or(1.0, |run| run.0);
        let most = runs.len().saturating_sub(FEWEST_BELOW).min(MOST_AT_THE_TOP);
        (1..=most)
            .map(|k| {
                let (top, below) = runs.split_at(k);
                let u = below.iter().map(|run| (run.0 / largest).ln()).collect();
                let losses = below.iter().map(|run| run.1).collect();
                let best = PowerProblem::centred(u, losses).best_rough();
                let l0 = top.iter().map(|run| run.1).sum::<f64>() / k as f64;
                vec![best.s * largest.powf(-best.b), best.b, best.c, l0, 0.0]
            })
            .collect()
    }

    fn change_units(&self, p: &[f64], x_unit: &[f64], y_unit: f64) -> Option<Vec<f64>> {
        let a = p[0] * x_unit[0].powf(p[1]) / y_unit;
        Some(vec![a, p[1], p[2] / y_unit, p[3] / y_unit, p[4]])
    }
}

/// Whether α = 0 and the power law is above l0: then the loss is l0, whatever the other parameters.
fn at_the_top(x: &[f64], p: &[f64]) -> bool {
    p[4] == 0.0 && p[0].ln() + p[1] * x[0].ln() >= (p[3] - p[2]).ln()
}

/// The loss and its derivatives. With H = ln(L − c) − α·ln((l0 − L)/(l0 − c)) − ln a − b·ln C = 0,
/// the implicit function theorem gives ∂L/∂p = −H_p/H_L.
fn slopes(x: &[f64], p: &[f64], out: &mut [f64]) -> f64 {
    let log_x = x[0].ln();
    let at = Solution::new(log_x, p);
    let slope = at.above + p[4] * at.below;
    // 1/H_L
    let sensitivity = at.width * at.below * at.above / slope;
    out[0] = sensitivity / p[0];
    out[1] = sensitivity * log_x;
    out[2] = at.above * (1.0 + p[4] * at.below) / slope;
    out[3] = p[4] * at.below * at.below / slope;
    out[4] = sensitivity * at.above.ln();
    at.value(p)
}

/// [`slopes`] for several rows at a time.
#[inline(always)]
fn several_slopes(x: &[f64], p: &[f64], values: &mut [f64], out: &mut [Lane; 5]) {
    let m = x.len();
    let (alpha, width) = (p[4], p[3] - p[2]);
    let (log_a, log_width) = (p[0].ln(), width.ln());
    let [mut log_x, mut r, mut t, mut e] = [[0.0; ROWS]; 4];
    let [mut below, mut above, mut log_below, mut log_above] = [[0.5; ROWS]; 4];
    // 1 until the step of a row is small, then 0: rows end as if each were alone.
    let mut moves = [1.0; ROWS];
    ln_all(x, &mut log_x[..m]);
    for i in 0..m {
        r[i] = log_a + p[1] * log_x[i] - log_width;
        let start = if r[i] < 0.0 { r[i] } else { r[i] / alpha };
        t[i] = within(if r[i].is_nan() { f64::NAN } else { start });
    }
    for step in 0..=NEWTON_STEPS {
        for i in 0..m {
            e[i] = t[i].abs();
        }
        exp_scaled(-1.0, &e[..m], &mut log_below[..m]);
        for i in 0..m {
            let e = log_below[i];
            let (near, far) = (1.0 / (1.0 + e), e / (1.0 + e));
            below[i] = if t[i] < 0.0 { far } else { near };
            above[i] = if t[i] < 0.0 { near } else { far };
        }
        if step == NEWTON_STEPS || moves[..m].iter().sum::<f64>() == 0.0 {
            break;
        }
        ln_all(&below[..m], &mut log_below[..m]);
        ln_all(&above[..m], &mut log_above[..m]);
        for i in 0..m {
            let step = r[i] - log_below[i] + alpha * log_above[i];
            let next = within(t[i] + step / (above[i] + alpha * below[i]));
            let change = (next - t[i]).abs();
            t[i] = if moves[i] > 0.0 { next } else { t[i] };
            moves[i] = if change > CLOSE { moves[i] } else { 0.0 };
        }
    }
    ln_all(&above[..m], &mut log_above[..m]);
    for i in 0..m {
        let slope = above[i] + alpha * below[i];
        let sensitivity = width * below[i] * above[i] / slope;
        out[0][i] = sensitivity / p[0];
        out[1][i] = sensitivity * log_x[i];
        out[2][i] = above[i] * (1.0 + alpha * below[i]) / slope;
        out[3][i] = alpha * below[i] * below[i] / slope;
        out[4][i] = sensitivity * log_above[i];
        values[i] = p[2] + width * below[i];
    }
}

/// The same t, kept where its exponential is finite. What is not a number stays so.
#[inline(always)]
fn within(t: f64) -> f64 {
    let t = if t < -700.0 { -700.0 } else { t };
    if t > 700.0 { 700.0 } else { t }
}

/// The most steps of Newton's method, and the change of t after which the next step is about its
/// square.
const NEWTON_STEPS: usize = 60;
const CLOSE: f64 = 1e-8;

/// The place of the loss between c and l0 at one compute.
struct Solution {
    /// l0 − c.
    width: f64,
    /// (L − c)/(l0 − c).
    below: f64,
    /// (l0 − L)/(l0 − c).
    above: f64,
}

impl Solution {
    /// Solves ln σ(t) − α·ln σ(−t) = r for the logit t of (L − c)/(l0 − c). The left side rises, is
    /// convex for α ≥ 1 and concave for α ≤ 1, and is nearly straight outside a few units of t. So
    /// Newton's steps are monotone from the second on.
    fn new(log_x: f64, p: &[f64]) -> Solution {
        let [a, b, c, l0, alpha] = [p[0], p[1], p[2], p[3], p[4]];
        let width = l0 - c;
        let r = a.ln() + b * log_x - width.ln();
        // The asymptote on the side of the root.
        let mut t = if r < 0.0 { r } else { r / alpha };
        t = within(if r.is_nan() { f64::NAN } else { t });
        let (mut below, mut above) = logistic(t);
        for _ in 0..NEWTON_STEPS {
            let step = (r - below.ln() + alpha * above.ln()) / (above + alpha * below);
            let next = within(t + step);
            let change = (next - t).abs();
            t = next;
            (below, above) = logistic(t);
            if change <= CLOSE || change.is_nan() {
                break;
            }
        }
        Solution {
            width,
            below,
            above,
        }
    }

    fn value(&self, p: &[f64]) -> f64 {
        p[2] + self.width * self.below
    }
}

/// σ(t) and σ(−t), both with full relative precision.
fn logistic(t: f64) -> (f64, f64) {
    let e = (-t.abs()).exp();
    let (near, far) = (1.0 / (1.0 + e), e / (1.0 + e));
    if t < 0.0 { (far, near) } else { (near, far) }
}

#[cfg(test)]
mod tests {
    use super::super::start::tests::{check_gradient, check_units};
    use super::*;

    #[test]
    fn gradient_and_units() {
        for x in [1e-3, 0.4, 30.0] {
            check_gradient(&M4, x, &[1.3, -0.4, 0.7, 3.0, 0.6]);
            check_gradient(&M4, x, &[0.3, -1.1, 0.1, 2.5, 2.5]);
        }
        check_units(&M4, 2e20, &[3e4, -0.21, 1.4, 8.0, 0.7]);
    }

    #[test]
    fn a_run_at_the_top_moves_with_l0_alone() {
        let (x, p) = ([1e-6], [2.0, -0.5, 1.0, 3.0, 0.0]);
        let mut out = [f64::NAN; 5];
        assert_eq!(M4.predict_with_gradient(&x, &p, &mut out), 3.0);
        assert_eq!(out, [0.0, 0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn the_prediction_solves_the_equation_everywhere() {
        for alpha in [0.0, 1e-3, 0.5, 1.0, 2.0, MAX_ALPHA] {
            for log10_x in -30..=30 {
                let x = 10_f64.powi(log10_x);
                let p = [2.0, -0.3, 1.0, 5.0, alpha];
                let at = Solution::new(x.ln(), &p);
                let side = (at.width * at.below).ln() - alpha * at.above.ln();
                let right = p[0].ln() + p[1] * x.ln();
                // Losses above l0 cannot be reached with α = 0.
                let reached = alpha >= 1e-2 || right < 1.3;
                let error = (side - right).abs();
                assert!(
                    !reached || error < 1e-11 * right.abs().max(1.0),
                    "{alpha} {x} {error}"
                );
                let loss = M4.predict(&[x], &p);
                assert!((1.0..=5.0).contains(&loss), "{alpha} {x} {loss}");
            }
        }
    }
}
