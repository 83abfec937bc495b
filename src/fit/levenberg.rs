//! Levenberg–Marquardt on an orthogonal decomposition of the damped Jacobian. The loop allocates
//! nothing for the runs.

use super::basin::Basin;
use super::general::{Effort, Problem, relative_change};
use super::objective::Residuals;
use crate::law::{Rows, Search};

/// A point with its residuals and Jacobian.
struct Point {
    p: Vec<f64>,
    /// Sum of squares; infinite where the law or its gradient has no value.
    value: f64,
    /// The columns of the Jacobian, then the residuals.
    columns: Vec<f64>,
}

/// Scratch for one damped step.
struct Scratch {
    /// Columns of the stacked matrix, then the right-hand side.
    stacked: Vec<f64>,
    /// R with a unit diagonal, row by row.
    r: Vec<f64>,
}

impl Problem<'_> {
    /// Descends until the step is at rounding level. With less effort it also ends when a step is
    /// expected to gain little and does, or after a number of passes over the runs.
    pub(super) fn squared(&self, p: Vec<f64>, effort: Effort) -> Option<Basin> {
        let (n, k) = (self.rows(), p.len());
        let mut gradient = vec![0.0; k];
        let mut at = Point {
            p: p.clone(),
            value: f64::INFINITY,
            columns: vec![0.0; n * (k + 1)],
        };
        let mut next = Point {
            p,
            value: f64::INFINITY,
            columns: vec![0.0; n * (k + 1)],
        };
        let mut scratch = Scratch {
            stacked: vec![0.0; (n + k) * (k + 1)],
            r: vec![0.0; k * (k + 1)],
        };
        self.look(&mut at, &mut gradient);
        if at.value.is_infinite() {
            return None;
        }
        let mut damping = 1e-3;
        let mut last_step = f64::INFINITY;
        let mut converged = false;
        let amplitude = self.amplitude();
        let (enough, patience, looks) = match effort {
            // On flat ground the sum changes only by rounding, for several steps in a row.
            Effort::Exact => (1e-14, 10, usize::MAX),
            Effort::Quick(looks) => (1e-5, 1, looks),
            Effort::Bounded(looks) => (1e-14, 10, looks),
        };
        let (mut little_in_a_row, mut looked) = (0, 0);
        'outer: for _ in 0..2000 {
            let free = self.free_at(&at, n);
            if free.is_empty() || at.value == 0.0 {
                converged = true;
                break;
            }
            loop {
                let mut rest = 0.0;
                let stepped =
                    self.step_within_bounds(&at.p, &free, &mut next.p, |moving, taken, step| {
                        rest = scratch.step(&at, moving, taken, damping, step)?;
                        Some(())
                    });
                if stepped.is_none() {
                    damping = f64::max(damping, 1e-12) * 10.0;
                    if damping > 1e12 {
                        break 'outer;
                    }
                    continue;
                }
                if looked >= looks {
                    break 'outer;
                }
                looked += 1;
                let size = relative_change(&at.p, &next.p);
                self.look(&mut next, &mut gradient);
                if let Some(k) = amplitude {
                    self.rescale(&mut next, k, &mut gradient);
                }
                // At the minimum rounding may raise the sum a little. Gauss–Newton steps still
                // improve the parameters there, which are only accurate to the square root of the
                // sum's rounding.
                if next.value < at.value
                    || (next.value <= at.value * (1.0 + 1e-12)
                        && damping < 1e-6
                        && size < last_step)
                {
                    let least = enough * at.value;
                    let little = at.value - next.value <= least && at.value - rest <= least;
                    std::mem::swap(&mut at, &mut next);
                    little_in_a_row = if little { little_in_a_row + 1 } else { 0 };
                    if size < 1e-13 || (little_in_a_row >= patience && damping <= 1.0) {
                        converged = true;
                        break 'outer;
                    }
                    damping = if damping < 1e-9 { 0.0 } else { damping * 0.1 };
                    last_step = size;
                    break;
                }
                if size < 1e-9 {
                    converged = true;
                    break 'outer;
                }
                damping = f64::max(damping, 1e-12) * 10.0;
                if damping > 1e12 {
                    break 'outer;
                }
            }
        }
        Some(Basin {
            parameters: at.p,
            objective: at.value,
            converged,
        })
    }

    /// A parameter that the law is linear in, if residuals are linear in the law.
    fn amplitude(&self) -> Option<usize> {
        let linear = |&k: &usize| {
            self.law.parameters()[k].search == Search::Linear && self.lower[k] < self.upper[k]
        };
        (self.observations.residuals != Residuals::Log)
            .then(|| (0..self.lower.len()).find(linear))?
    }

    /// Solves the amplitude of the curve again after a step of the others. This straightens a bent
    /// valley, such as that of a·(C + d)^b for large d.
    fn rescale(&self, point: &mut Point, k: usize, gradient: &mut [f64]) {
        let n = self.rows();
        if point.value.is_infinite() {
            return;
        }
        let column = &point.columns[k * n..(k + 1) * n];
        let residuals = &point.columns[point.p.len() * n..];
        let (along, norm2) = (dot(column, residuals), dot(column, column));
        // A small gain is not worth another pass over the runs.
        if along * along > 0.01 * norm2 * point.value {
            let wanted = point.p[k] - along / norm2;
            point.p[k] = wanted.clamp(self.lower[k], self.upper[k]);
            self.look(point, gradient);
        }
    }

    /// Computes the residuals, the Jacobian and the sum of squares of a point.
    fn look(&self, point: &mut Point, gradient: &mut [f64]) {
        let o = self.observations;
        let (runs, n) = (o.len(), self.rows());
        let mut sum = 0.0;
        let mut all_finite = true;
        let parameters = gradient.len();
        let (all, residuals) = point.columns.split_at_mut(parameters * n);
        let values = &mut residuals[..runs];
        let mut rows = Rows {
            x: o.inputs(),
            values,
            slopes: &mut *all,
            stride: n,
            room: gradient,
        };
        self.law.predict_rows(&point.p, &mut rows);
        for (i, value) in values.iter_mut().enumerate() {
            let (r, slope) = (o.residual(i, *value), o.slope(i, *value));
            *value = r;
            sum += r * r;
            for k in 0..parameters {
                let entry = &mut all[k * n + i];
                *entry *= slope;
                all_finite &= entry.is_finite();
            }
        }
        for (row, prior) in self.prior_rows() {
            let r = prior.residual(row, &point.p);
            sum += r * r;
            for (k, slope) in prior.slopes(row).iter().enumerate() {
                point.columns[k * n + runs + row] = *slope;
            }
            point.columns[gradient.len() * n + runs + row] = r;
        }
        point.value = if all_finite && sum.is_finite() {
            sum
        } else {
            f64::INFINITY
        };
    }

    /// Parameters that may move: not fixed, not pressed against a bound by the gradient, and with
    /// some effect (an exponent has none while its coefficient is 0).
    fn free_at(&self, at: &Point, n: usize) -> Vec<usize> {
        let (jacobian, residuals) = at.columns.split_at(at.p.len() * n);
        (0..at.p.len())
            .filter(|&k| {
                let column = &jacobian[k * n..(k + 1) * n];
                let downhill = -dot(column, residuals);
                self.may_move(&at.p, k, downhill) && column.iter().any(|v| *v != 0.0)
            })
            .collect()
    }
}

impl Scratch {
    /// The step of the moving parameters that minimises |J·d + r|² + damping·|D·d|², D the column
    /// lengths and r the residuals after the steps already taken; returns that minimum. Modified
    /// Gram–Schmidt on the columns and r together: as accurate as Householder's QR (Björck 1967).
    fn step(
        &mut self,
        at: &Point,
        moving: &[usize],
        taken: &[f64],
        damping: f64,
        step: &mut [f64],
    ) -> Option<f64> {
        let n = at.columns.len() / (at.p.len() + 1);
        let m = moving.len();
        if damping == 0.0 && n < m {
            return None;
        }
        let length = n + if damping == 0.0 { 0 } else { m };
        let stacked = &mut self.stacked[..length * (m + 1)];
        for (j, &k) in moving.iter().enumerate() {
            let column = &at.columns[k * n..(k + 1) * n];
            let norm2 = dot(column, column);
            if !norm2.is_finite() {
                return None;
            }
            let (top, bottom) = stacked[j * length..(j + 1) * length].split_at_mut(n);
            top.copy_from_slice(column);
            bottom.fill(0.0);
            if let Some(slot) = bottom.get_mut(j) {
                *slot = (damping * norm2).sqrt();
            }
        }
        let (top, bottom) = stacked[m * length..].split_at_mut(n);
        top.copy_from_slice(&at.columns[at.p.len() * n..]);
        bottom.fill(0.0);
        for (k, d) in taken.iter().enumerate().filter(|(_, d)| **d != 0.0) {
            let column = &at.columns[k * n..(k + 1) * n];
            top.iter_mut().zip(column).for_each(|(r, j)| *r += d * j);
        }
        for k in 0..m {
            let (done, rest) = stacked.split_at_mut((k + 1) * length);
            let pivot = &done[k * length..];
            let norm2 = dot(pivot, pivot);
            if !(norm2 > 0.0 && norm2.is_finite()) {
                return None;
            }
            for (j, column) in rest.chunks_exact_mut(length).enumerate() {
                let share = dot(pivot, column) / norm2;
                self.r[k * (m + 1) + k + 1 + j] = share;
                column
                    .iter_mut()
                    .zip(pivot)
                    .for_each(|(c, p)| *c -= share * p);
            }
        }
        for k in (0..m).rev() {
            let row = &self.r[k * (m + 1)..(k + 1) * (m + 1)];
            let known: f64 = (k + 1..m).map(|j| row[j] * step[j]).sum();
            step[k] = -row[m] - known;
        }
        let rest = &stacked[m * length..];
        step.iter().all(|d| d.is_finite()).then(|| dot(rest, rest))
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
