//! Exact least squares for a·C^b + c: variable projection on the exponent.
//!
//! For a fixed exponent the law is linear in its other parameters, so the residual sum of squares
//! is a smooth function RSS(b) of one variable (Golub & Pereyra 1973). It is scanned over every
//! plausible exponent. Every local minimum is refined by Brent's method and finished by
//! Gauss–Newton steps on an orthogonal decomposition of the Jacobian. No start is needed and no
//! basin is missed. The work is done in u = ln(C/C_max) and in units of the median loss, so the
//! answer does not depend on the units of compute and loss.

use super::brent::minimise_on_interval;
use super::elementary::exp_scaled;
use super::linear::gauss_newton_step;
use super::moments::{EXPONENTS, Moments, NODES_IN_RANGE, node};
use super::nodes::{exponents_between, minima};
use super::vector::widest;

/// One local minimum of the objective, in the centred parameters of [`PowerProblem`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Basin {
    pub b: f64,
    /// a·C_max^b, in units of the median loss.
    pub s: f64,
    /// In units of the median loss.
    pub c: f64,
    pub rss: f64,
    pub converged: bool,
}

/// Allowed ranges in raw parameters; the default is the law's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    pub a: (f64, f64),
    pub b: (f64, f64),
    pub c: (f64, f64),
}

impl Limits {
    pub(crate) fn natural(constant: bool) -> Limits {
        Limits {
            a: (0.0, f64::INFINITY),
            b: EXPONENTS,
            c: (0.0, if constant { f64::INFINITY } else { 0.0 }),
        }
    }
}

/// Least squares of s·e^(b·u) + c, u = ln(C/C_max), on relative or absolute residuals.
#[derive(Debug, Clone)]
pub(crate) struct PowerProblem {
    /// ln(C/C_max) ≤ 0.
    pub u: Vec<f64>,
    /// Observed values in units of `unit`.
    pub y: Vec<f64>,
    /// Factor that turns f − y into a weighted residual.
    pub q: Vec<f64>,
    /// The weights of relative residuals, for which `q` depends on the losses.
    relative: Option<Vec<f64>>,
    /// ln C_max.
    pub log_reference: f64,
    /// The median loss.
    pub unit: f64,
    constant: bool,
    limits: Limits,
    natural: bool,
    /// e^(b·u) of the last exponent.
    pub scratch: Vec<f64>,
}

impl PowerProblem {
    /// The problem for values `y` at arguments `x`, with weighted residuals, relative or absolute.
    pub(crate) fn weighted(
        x: &[f64],
        y: &[f64],
        weight: &[f64],
        relative: bool,
        constant: bool,
        limits: Limits,
    ) -> PowerProblem {
        let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let unit = median(y).abs();
        let unit = if unit > 0.0 { unit } else { 1.0 };
        let factor = |(weight, y): (&f64, &f64)| match relative {
            false => weight * unit,
            true => weight * unit / y,
        };
        PowerProblem {
            relative: relative.then(|| weight.to_vec()),
            u: x.iter().map(|x| (x / largest).ln()).collect(),
            y: y.iter().map(|y| y / unit).collect(),
            q: weight.iter().zip(y).map(factor).collect(),
            log_reference: largest.ln(),
            unit,
            constant,
            limits,
            natural: limits == Limits::natural(constant),
            scratch: vec![0.0; x.len()],
        }
    }

    /// Relative residuals of `y` as a function of `u`, which is ln C minus its largest value.
    pub(crate) fn centred(u: Vec<f64>, y: Vec<f64>) -> PowerProblem {
        let limits = Limits::natural(true);
        PowerProblem {
            q: y.iter().map(|y| 1.0 / y).collect(),
            relative: None,
            scratch: vec![0.0; u.len()],
            u,
            y,
            log_reference: 0.0,
            unit: 1.0,
            constant: true,
            limits,
            natural: true,
        }
    }

    /// The sums over the runs that the scan uses.
    pub(crate) fn moments(&self) -> Moments {
        Moments::new(&self.u, &self.y, &self.q, self.constant)
    }

    /// The weighted residual of an error as large as the loss itself, averaged over the runs.
    fn size_of_a_loss(&self) -> f64 {
        let sizes = self.q.iter().zip(&self.y).map(|(q, y)| (q * y).abs());
        sizes.sum::<f64>() / self.y.len().max(1) as f64
    }

    /// The best basin to about three digits.
    pub(crate) fn best_rough(&mut self) -> Basin {
        let moments = self.moments();
        let rss = moments.scan();
        let best = (0..NODES_IN_RANGE).min_by(|&i, &k| rss[i].total_cmp(&rss[k]));
        let at_node = -node(best.unwrap_or(0));
        let (b, _) = moments.polish(at_node);
        let b = b.clamp(EXPONENTS.0, EXPONENTS.1);
        let (s, c, rss) = self.project(b);
        Basin {
            b,
            s,
            c,
            rss,
            converged: false,
        }
    }

    /// (a·C_max^b, b, c) of the best basin for other losses of the same runs.
    pub(crate) fn refit(&mut self, losses: &[f64]) -> Option<[f64; 3]> {
        for (slot, loss) in self.y.iter_mut().zip(losses) {
            *slot = loss / self.unit;
        }
        if let Some(weights) = &self.relative {
            for ((q, w), y) in self.q.iter_mut().zip(weights).zip(&self.y) {
                *q = w / y;
            }
        }
        let best = *self.basins().first()?;
        let found = [best.s * self.unit, best.b, best.c * self.unit];
        found.iter().all(|v| v.is_finite()).then_some(found)
    }

    /// Fixes c at 0 from now on.
    pub(crate) fn forbid_constant(&mut self) {
        self.constant = false;
        self.limits = Limits::natural(false);
        self.natural = true;
    }

    /// (a, b, c) of a basin.
    pub(crate) fn raw(&self, basin: &Basin) -> [f64; 3] {
        let a = basin.s * self.unit * (-basin.b * self.log_reference).exp();
        [a, basin.b, basin.c * self.unit]
    }

    /// Best (s, c, RSS) for one exponent, with residuals computed directly.
    pub(crate) fn project(&mut self, b: f64) -> (f64, f64, f64) {
        let (s, c) = self.linear(b);
        (s, c, self.projected_rss(s, c))
    }

    /// Leaves e^(b·u) of every run in `scratch`.
    pub(crate) fn exponentials(&mut self, b: f64) {
        let (u, out) = (&self.u, &mut self.scratch);
        widest(
            #[inline(always)]
            || exp_scaled(b, u, out),
        );
    }

    /// Best (s, c) for one exponent; leaves the exponentials in `scratch`.
    fn linear(&mut self, b: f64) -> (f64, f64) {
        let (mut w, mut we, mut wy) = (0.0, 0.0, 0.0);
        self.exponentials(b);
        for ((e, y), q) in self.scratch.iter().zip(&self.y).zip(&self.q) {
            let q2 = q * q;
            w += q2;
            we += q2 * e;
            wy += q2 * y;
        }
        let (mean_e, mean_y) = (we / w, wy / w);
        let (mut see, mut sey) = (0.0, 0.0);
        for ((e, y), q) in self.scratch.iter().zip(&self.y).zip(&self.q) {
            let d = e - mean_e;
            let weighted = q * q * d;
            see += weighted * d;
            sey += weighted * (y - mean_y);
        }
        let (c_low, c_high) = (self.limits.c.0 / self.unit, self.limits.c.1 / self.unit);
        let (s_low, s_high) = self.s_range(b);
        let slope = if see > 0.0 { sey / see } else { 0.0 };
        let (s, c) = (slope, mean_y - slope * mean_e);
        let inside = (s_low..=s_high).contains(&s) && (c_low..=c_high).contains(&c);
        if inside && self.constant {
            return (s, c);
        }
        // The optimum of a convex problem outside its box is on an edge: try both.
        let edge_s = s.clamp(s_low, s_high);
        let c_there = (mean_y - edge_s * mean_e).clamp(c_low, c_high);
        let edge_c = c.clamp(c_low, c_high);
        let (mut ee, mut ey) = (0.0, 0.0);
        for ((e, y), q) in self.scratch.iter().zip(&self.y).zip(&self.q) {
            let weighted = q * q * e;
            ee += weighted * e;
            ey += weighted * (y - edge_c);
        }
        let s_there = (ey / ee).clamp(s_low, s_high);
        let (on_s, on_c) = ((edge_s, c_there), (s_there, edge_c));
        if self.projected_rss(on_s.0, on_s.1) < self.projected_rss(on_c.0, on_c.1) {
            on_s
        } else {
            on_c
        }
    }

    /// RSS at (s, c), with the exponentials in `scratch`.
    pub(crate) fn sum_of_squares(&self, s: f64, c: f64) -> f64 {
        let rows = self.scratch.iter().zip(&self.y).zip(&self.q);
        rows.map(|((e, y), q)| {
            let r = q * (c + s * e - y);
            r * r
        })
        .sum()
    }

    /// The same, infinite where it is not a number.
    fn projected_rss(&self, s: f64, c: f64) -> f64 {
        let rss = self.sum_of_squares(s, c);
        if rss.is_finite() { rss } else { f64::INFINITY }
    }

    fn s_range(&self, b: f64) -> (f64, f64) {
        let factor = (b * self.log_reference).exp() / self.unit;
        let (low, high) = self.limits.a;
        // The factor may be infinite, and zero times infinity is no number.
        let scaled = |end: f64| match end == 0.0 || end.is_infinite() {
            true => end,
            false => end * factor,
        };
        (scaled(low), scaled(high))
    }

    /// Every local minimum, best first; empty if nothing is finite.
    pub(crate) fn basins(&mut self) -> Vec<Basin> {
        let mut found: Vec<Basin> = Vec::new();
        if self.natural {
            let moments = self.moments();
            let rss = moments.scan();
            let (low, high) = self.limits.b;
            for k in minima(&rss[..NODES_IN_RANGE]) {
                let (first, last) = (k == 0, k + 1 == NODES_IN_RANGE);
                if let Some(end) = self.minimum_at_end(first, last) {
                    found.push(end);
                    continue;
                }
                let left = if last { low } else { -node(k + 1) };
                let right = if first { high } else { -node(k - 1) };
                let rough = minimise_on_interval(|b| moments.rss(-b), left, right);
                let (near, curvature) = moments.polish(rough);
                // If the sums lose their digits, the polish may leave the cell of the minimum.
                let near = near.clamp(left, right);
                let b = self.refine(near, curvature, (left, right));
                found.push(self.finish(b));
            }
        } else {
            let nodes = exponents_between(self.limits.b);
            let rss: Vec<f64> = nodes.iter().map(|&b| self.project(b).2).collect();
            for k in minima(&rss) {
                let (left, right) = (
                    nodes[k.saturating_sub(1)],
                    nodes[(k + 1).min(nodes.len() - 1)],
                );
                let b = if left < right {
                    minimise_on_interval(|b| self.project(b).2, left, right)
                } else {
                    left
                };
                let (s, c, rss) = self.project(b);
                found.push(Basin {
                    b,
                    s,
                    c,
                    rss,
                    converged: true,
                });
            }
        }
        found.retain(|basin| basin.rss.is_finite());
        found.sort_by(|p, q| p.rss.total_cmp(&q.rss));
        let mut distinct: Vec<Basin> = Vec::new();
        for basin in found {
            if distinct
                .iter()
                .all(|d| (d.b - basin.b).abs() > 1e-5 * basin.b.abs())
            {
                distinct.push(basin);
            }
        }
        distinct
    }

    /// Half of dRSS/db = 2s·Σq²·r·u·e^(bu) at the best (s, c) for `b`.
    fn slope(&mut self, b: f64) -> f64 {
        let (s, c) = self.linear(b);
        let rows = self
            .scratch
            .iter()
            .zip(&self.y)
            .zip(self.q.iter().zip(&self.u));
        s * rows
            .map(|((e, y), (q, u))| q * q * (c + s * e - y) * u * e)
            .sum::<f64>()
    }

    /// Secant steps on the slope, the first with an approximate curvature. Unlike Gauss–Newton
    /// steps they stay fast if residuals are large.
    fn refine(&mut self, near: f64, curvature: f64, (left, right): (f64, f64)) -> f64 {
        let (mut before, mut slope_before) = (near, self.slope(near));
        let mut b = before - slope_before / curvature;
        for _ in 0..12 {
            if !(left..=right).contains(&b) {
                return near;
            }
            if (b - before).abs() <= 1e-9 * b.abs() {
                // The next error is the product of the last two, which is at rounding level.
                break;
            }
            let slope = self.slope(b);
            let next = b - slope * (b - before) / (slope - slope_before);
            (before, slope_before, b) = (b, slope, next);
        }
        // If the slope is only rounding, the last step may be far off.
        if (left..=right).contains(&b) { b } else { near }
    }

    /// The basin at the flat or the steep end of the exponents if RSS(b) still falls there: steps
    /// towards the end would never reach it.
    fn minimum_at_end(&mut self, flat: bool, steep: bool) -> Option<Basin> {
        let ends = [(flat, EXPONENTS.1, 1.0), (steep, EXPONENTS.0, -1.0)];
        let (_, b, outwards) = ends.into_iter().find(|(here, ..)| *here)?;
        let slope = self.slope(b);
        let (s, c, rss) = self.project(b);
        (s > 0.0 && slope * outwards <= 0.0).then_some(Basin {
            b,
            s,
            c,
            rss,
            converged: true,
        })
    }

    /// Gauss–Newton from an exponent near a minimum until the step is at rounding level.
    fn finish(&mut self, start: f64) -> Basin {
        let (mut s, mut c, mut rss) = self.project(start);
        let mut b = start;
        if s <= 0.0 {
            return Basin {
                b,
                s,
                c,
                rss,
                converged: true,
            };
        }
        let n = self.u.len();
        // Columns of the Jacobian and, as the last one, the residual.
        let mut rows = vec![[0.0; 4]; n];
        let mut converged = false;
        let mut last = [f64::INFINITY; 3];
        for _ in 0..60 {
            let free_c = self.constant && c > 0.0;
            // `scratch` holds e^(b·u) of the current point.
            let exponentials = self.scratch.iter().zip(&self.u);
            let observed = self.q.iter().zip(&self.y);
            for (row, ((e, u), (q, y))) in rows.iter_mut().zip(exponentials.zip(observed)) {
                let qe = q * e;
                let third = if free_c { *q } else { 0.0 };
                *row = [qe, s * u * qe, third, q * (c + s * e - y)];
            }
            let Some(step) = gauss_newton_step(&mut rows, if free_c { 3 } else { 2 }) else {
                break;
            };
            if step_is_small(step, (s, b, c), 1e-13) {
                converged = true;
                break;
            }
            last = step;
            // Only the exponent takes the step. The others are projected again, so that c may reach
            // or leave its bound on the way.
            let mut fraction = 1.0;
            let mut better = None;
            while better.is_none() && fraction > 1e-6 {
                let next = (b - fraction * step[1]).clamp(EXPONENTS.0, EXPONENTS.1);
                let (s, c, trial) = self.project(next);
                // At the minimum rounding may raise the sum a little.
                let no_worse = trial <= rss * (1.0 + 1e-12) + f64::MIN_POSITIVE;
                better = no_worse.then_some((s, next, c, trial));
                fraction *= 0.5;
            }
            let Some(next) = better else {
                // The sum no longer falls along the step: it is at its rounding level.
                converged = step_is_small(step, (s, b, c), 1e-6);
                break;
            };
            (s, b, c, rss) = next;
        }
        // If the runs lie on the curve up to their last digits, rounding keeps the steps from
        // getting smaller.
        converged |= step_is_small(last, (s, b, c), 1e-10);
        Basin {
            b,
            s,
            c,
            rss,
            converged: converged || rss <= n as f64 * (1e-12 * self.size_of_a_loss()).powi(2),
        }
    }
}

fn step_is_small(step: [f64; 3], (s, b, c): (f64, f64, f64), tolerance: f64) -> bool {
    let scales = [s.abs(), b.abs(), c.abs().max(s.abs())];
    step.iter()
        .zip(scales)
        .all(|(d, scale)| d.abs() <= tolerance * scale)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    let middle = sorted.len() / 2;
    if sorted.is_empty() {
        return 1.0;
    }
    *sorted.select_nth_unstable_by(middle, f64::total_cmp).1
}
