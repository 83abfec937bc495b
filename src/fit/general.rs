//! Any law, any objective: damped Gauss–Newton from given starts, inside box bounds.

use super::basin::Basin;
use super::objective::Objective;
use super::observations::Observations;
use super::prior::Penalty;
use super::settings::Settings;
use crate::law::Law;
use crate::numeric::{QrFactor, descend};
use nalgebra::{DMatrix, DVector};

/// How far a descent goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// To the minimum.
    Exact,
    /// Close to the minimum: it ends after a step that changes the sum of squares by less than 1e-5
    /// of it, or after this many passes over the runs.
    Quick(usize),
    /// To the minimum, with at most this many passes over the runs.
    Bounded(usize),
}

/// A law, its data, an objective and box bounds (equal bounds fix a parameter).
#[derive(Debug, Clone)]
pub(crate) struct Problem<'a> {
    pub law: &'a dyn Law,
    pub observations: &'a Observations,
    pub objective: Objective,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// The prior as rows beside those of the runs, for least squares only.
    pub prior: Option<&'a Penalty>,
}

/// Residuals and Jacobian at a point.
pub(super) struct Local {
    pub(super) r: DVector<f64>,
    pub(super) j: DMatrix<f64>,
}

impl<'a> Problem<'a> {
    /// The problem of a fit with these settings.
    pub(super) fn new(
        law: &'a dyn Law,
        observations: &'a Observations,
        settings: &'a Settings,
    ) -> Problem<'a> {
        Problem {
            law,
            observations,
            objective: settings.objective,
            lower: settings.lower.clone(),
            upper: settings.upper.clone(),
            prior: settings.prior.as_ref(),
        }
    }
}

impl Problem<'_> {
    /// The objective at `p`; infinite where the law has no value.
    pub(crate) fn value(&self, p: &[f64]) -> f64 {
        let o = self.observations;
        let sum: f64 = (0..o.len())
            .map(|i| {
                self.objective
                    .rho(o.residual(i, self.law.predict(o.input(i), p)))
            })
            .sum();
        let sum = sum + self.prior.map_or(0.0, |prior| prior.value(p));
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// How many rows the runs and the prior have together.
    pub(super) fn rows(&self) -> usize {
        self.observations.len() + self.prior.map_or(0, Penalty::len)
    }

    /// The rows of the prior.
    pub(super) fn prior_rows(&self) -> impl Iterator<Item = (usize, &Penalty)> {
        self.prior
            .into_iter()
            .flat_map(|prior| (0..prior.len()).map(move |row| (row, prior)))
    }

    /// The weight of a run with which least squares of f − y has the same stationary point as this
    /// objective.
    pub(crate) fn weight(&self, i: usize, f: f64) -> f64 {
        // Under least absolute deviations a run on the curve would get infinite weight.
        const ON_THE_CURVE: f64 = 1e-6;
        let (r, slope) = (
            self.observations.residual(i, f),
            self.observations.slope(i, f),
        );
        if r.abs() < ON_THE_CURVE {
            return self.objective.psi(ON_THE_CURVE) / ON_THE_CURVE * slope * slope;
        }
        self.objective.psi(r) * slope / (f - self.observations.y[i])
    }

    pub(super) fn local(&self, p: &[f64]) -> Option<Local> {
        let o = self.observations;
        let (n, k) = (o.len(), p.len());
        let mut local = Local {
            r: DVector::zeros(self.rows()),
            j: DMatrix::zeros(self.rows(), k),
        };
        let mut gradient = vec![0.0; k];
        for i in 0..n {
            let f = self.law.predict(o.input(i), p);
            local.r[i] = o.residual(i, f);
            self.law.gradient(o.input(i), p, &mut gradient);
            let slope = o.slope(i, f);
            for (column, g) in gradient.iter().enumerate() {
                local.j[(i, column)] = slope * g;
            }
        }
        for (row, prior) in self.prior_rows() {
            local.r[n + row] = prior.residual(row, p);
            for (column, slope) in prior.slopes(row).iter().enumerate() {
                local.j[(n + row, column)] = *slope;
            }
        }
        let finite = local.r.iter().chain(local.j.iter()).all(|v| v.is_finite());
        finite.then_some(local)
    }

    /// Parameters that may move: not fixed, not pressed against a bound by the gradient, and with
    /// some effect (an exponent has none while its coefficient is 0).
    fn free(&self, p: &[f64], local: &Local, downhill: &DVector<f64>) -> Vec<usize> {
        (0..p.len())
            .filter(|&k| {
                self.may_move(p, k, downhill[k]) && local.j.column(k).iter().any(|v| *v != 0.0)
            })
            .collect()
    }

    /// Whether a parameter is neither fixed nor pressed against a bound.
    pub(super) fn may_move(&self, p: &[f64], k: usize, downhill: f64) -> bool {
        self.lower[k] < self.upper[k]
            && !(p[k] <= self.lower[k] && downhill <= 0.0)
            && !(p[k] >= self.upper[k] && downhill >= 0.0)
    }

    pub(super) fn clamp(&self, p: &mut [f64]) {
        for (k, value) in p.iter_mut().enumerate() {
            *value = value.clamp(self.lower[k], self.upper[k]);
        }
    }

    /// Descends from `start` to a minimum; `None` if the law has no value there.
    pub(crate) fn minimise(&self, start: &[f64]) -> Option<Basin> {
        self.minimise_with(start, Effort::Exact)
    }

    /// The same with this effort; robust objectives always descend to the minimum.
    pub(crate) fn minimise_with(&self, start: &[f64], effort: Effort) -> Option<Basin> {
        let mut p = start.to_vec();
        self.clamp(&mut p);
        if !self.value(&p).is_finite() {
            return None;
        }
        let mut found = match self.objective {
            Objective::Squared => self.squared(p, effort),
            Objective::Huber { delta } => self.robust(p, delta, delta.is_infinite()),
            Objective::Lad | Objective::Quantile { .. } => self.robust(p, 0.0, false),
        }?;
        found.converged &= !self.ran_flat(&found.parameters);
        Some(found)
    }

    /// The point that the first steps of least squares reach from `start`; `None` if the law has no
    /// value there.
    pub(crate) fn first_steps(&self, start: &[f64], looks: usize) -> Option<Basin> {
        let mut p = start.to_vec();
        self.clamp(&mut p);
        self.squared(p, Effort::Bounded(looks))
    }

    /// The lowest point found by trying other values of each parameter that has no effect at `p`,
    /// with the linear ones by least squares; `None` if none is lower than `p`.
    pub(crate) fn best_with_inert(&self, p: &[f64]) -> Option<Vec<f64>> {
        const VALUES: usize = 60;
        let local = self.local(p)?;
        let mut best = (self.squared_value(p), None);
        for k in 0..p.len() {
            let (low, high) = (self.lower[k], self.upper[k]);
            let inert = local.j.column(k).iter().all(|slope| *slope == 0.0);
            if !(inert && 0.0 < low && low < high && high.is_finite()) {
                continue;
            }
            for i in 0..VALUES {
                let mut q = p.to_vec();
                q[k] = low * (high / low).powf(i as f64 / (VALUES - 1) as f64);
                self.clamp(&mut q);
                if self.project(&mut q).is_some() && self.squared_value(&q) < best.0 {
                    best = (self.squared_value(&q), Some(q));
                }
            }
        }
        best.1
    }

    /// The point with every parameter that has no effect at `p` set to zero, such as the exponent
    /// of a vanished term. Points that differ only in such parameters become equal.
    pub(crate) fn without_inert(&self, p: &[f64]) -> Vec<f64> {
        let mut same = p.to_vec();
        if let Some(local) = self.local(p) {
            for (value, column) in same.iter_mut().zip(local.j.column_iter()) {
                if column.iter().all(|slope| *slope == 0.0) {
                    *value = 0.0;
                }
            }
        }
        same
    }

    /// Whether a parameter has run to where the curve no longer depends on it, which is not a
    /// minimum. Points on a bound do not count: with a coefficient at its bound 0, the exponent may
    /// take any value.
    pub(super) fn ran_flat(&self, p: &[f64]) -> bool {
        let moves = |k: usize| self.lower[k] < self.upper[k];
        let on_bound = |k: usize| moves(k) && (p[k] <= self.lower[k] || p[k] >= self.upper[k]);
        if (0..p.len()).any(on_bound) {
            return false;
        }
        let inert = |local: Local| {
            (0..p.len()).any(|k| moves(k) && local.j.column(k).iter().all(|v| *v == 0.0))
        };
        self.local(p).is_none_or(inert)
    }

    /// Writes the point one step away to `next`. `solve` gives the best step of the moving
    /// parameters, given the steps already taken by the others. A parameter that would cross its
    /// bound stops there and the rest are solved again, so a step along a bound is still optimal.
    pub(super) fn step_within_bounds(
        &self,
        p: &[f64],
        free: &[usize],
        next: &mut [f64],
        mut solve: impl FnMut(&[usize], &[f64], &mut [f64]) -> Option<()>,
    ) -> Option<()> {
        next.copy_from_slice(p);
        let mut moving = free.to_vec();
        let mut taken = vec![0.0; p.len()];
        let mut step = vec![0.0; p.len()];
        while !moving.is_empty() {
            let step = &mut step[..moving.len()];
            solve(&moving, &taken, step)?;
            let mut stopped = false;
            for (&k, d) in moving.iter().zip(&*step) {
                let wanted = p[k] + d;
                next[k] = wanted.clamp(self.lower[k], self.upper[k]);
                if next[k] != wanted {
                    taken[k] = next[k] - p[k];
                    stopped = true;
                }
            }
            if !stopped {
                break;
            }
            moving.retain(|&k| taken[k] == 0.0 && next[k] != p[k]);
        }
        Some(())
    }

    /// Huber's loss and least absolute deviations: L-BFGS on the wanted objective, then Newton on
    /// the active quadratic piece along a path of thresholds that shrinks to the wanted one.
    fn robust(&self, start: Vec<f64>, delta: f64, quadratic: bool) -> Option<Basin> {
        let widest = self.largest_residual(&start)?;
        let lad = self.objective.is_absolute();
        let rounding = 1e-12 * self.observations.size_of_a_loss();
        let target = if lad {
            widest.max(rounding) * 1e-9
        } else {
            delta
        };
        let mut candidates = vec![start.clone()];
        if !lad && !quadratic {
            candidates.push(self.lbfgs(&start));
        }
        let mut best: Option<Basin> = None;
        for candidate in candidates {
            let mut p = candidate;
            // The start is already near its minimum. A wide threshold would lead back to the
            // minimum of least squares.
            let mut threshold = self.median_residual(&p).unwrap_or(widest).max(target);
            let mut converged;
            loop {
                threshold = if quadratic {
                    delta
                } else {
                    (threshold * 0.1).max(target)
                };
                (p, converged) = self.newton_piece(p, threshold)?;
                if quadratic || threshold <= target {
                    break;
                }
            }
            if lad {
                p = self.vertex(p);
                converged = true;
            }
            let found = Basin {
                objective: self.value(&p),
                parameters: p,
                converged,
            };
            if best.as_ref().is_none_or(|b| found.objective < b.objective) {
                best = Some(found);
            }
        }
        best
    }

    fn largest_residual(&self, p: &[f64]) -> Option<f64> {
        self.local(p).map(|local| local.r.amax())
    }

    fn median_residual(&self, p: &[f64]) -> Option<f64> {
        let mut sizes: Vec<f64> = self.local(p)?.r.iter().map(|r| r.abs()).collect();
        let middle = sizes.len() / 2;
        Some(*sizes.select_nth_unstable_by(middle, f64::total_cmp).1)
    }

    fn lbfgs(&self, start: &[f64]) -> Vec<f64> {
        let scale: Vec<f64> = start
            .iter()
            .map(|v| if *v == 0.0 { 1.0 } else { v.abs() })
            .collect();
        let unscale = |z: &[f64]| -> Vec<f64> {
            let mut p: Vec<f64> = z.iter().zip(&scale).map(|(z, s)| z * s).collect();
            self.clamp(&mut p);
            p
        };
        let unit = self.value(start);
        if !(unit > 0.0 && unit.is_finite()) {
            return start.to_vec();
        }
        let objective = |z: &[f64], gradient: &mut [f64]| {
            let p = unscale(z);
            let Some(local) = self.local(&p) else {
                return f64::NAN;
            };
            let psi = local.r.map(|r| self.objective.psi(r));
            let g = local.j.tr_mul(&psi);
            for k in 0..gradient.len() {
                let moved = self.lower[k] < self.upper[k];
                gradient[k] = if moved { g[k] * scale[k] / unit } else { 0.0 };
            }
            self.value(&p) / unit
        };
        let z = start.iter().zip(&scale).map(|(v, s)| v / s).collect();
        unscale(&descend(objective, z, 300))
    }

    /// Minimises Σ Huber_δ(r), tilted for a quantile, by damped Newton steps whose Hessian is that
    /// of the quadratic piece.
    fn newton_piece(&self, mut p: Vec<f64>, delta: f64) -> Option<(Vec<f64>, bool)> {
        let huber = Objective::Huber { delta };
        let side = |r: f64| self.objective.side(r);
        let piece_value = |p: &[f64]| {
            let o = self.observations;
            let rho = |i: usize| {
                let r = o.residual(i, self.law.predict(o.input(i), p));
                side(r) * huber.rho(r)
            };
            let sum: f64 = (0..o.len()).map(rho).sum();
            if sum.is_finite() { sum } else { f64::INFINITY }
        };
        let mut value = piece_value(&p);
        let mut damping = 1e-4;
        for _ in 0..200 {
            let local = self.local(&p)?;
            let psi = local.r.map(|r| side(r) * huber.psi(r));
            let downhill = -local.j.tr_mul(&psi);
            let free = self.free(&p, &local, &downhill);
            if free.is_empty() || value == 0.0 {
                return Some((p, true));
            }
            let inside = local.r.map(|r| side(r) * f64::from(r.abs() <= delta));
            // Majorising weights ψ(r)/r give the damping its scale, so that it stays positive
            // where no residual lies inside the threshold.
            let majorant = local.r.map(|r| {
                if r.abs() <= delta {
                    side(r)
                } else {
                    side(r) * delta / r.abs()
                }
            });
            let newton = weighted_gram(&local.j, &inside);
            let safe = weighted_gram(&local.j, &majorant);
            let mut moved = false;
            while damping < 1e10 {
                let h = &newton + &safe * damping;
                let solve = |moving: &[usize], taken: &[f64], step: &mut [f64]| {
                    let taken = DVector::from_column_slice(taken);
                    let g = (&downhill - &h * taken).select_rows(moving);
                    let h = h.select_rows(moving).select_columns(moving);
                    step.copy_from_slice(h.cholesky()?.solve(&g).as_slice());
                    Some(())
                };
                let mut next = p.clone();
                if self
                    .step_within_bounds(&p, &free, &mut next, solve)
                    .is_none()
                {
                    damping *= 10.0;
                    continue;
                };
                let size = relative_change(&p, &next);
                let trial = piece_value(&next);
                if trial < value {
                    (p, value, moved) = (next, trial, true);
                    damping = (damping * 0.1).max(1e-15);
                    if size < 1e-14 {
                        return Some((p, true));
                    }
                    break;
                }
                if size < 1e-11 {
                    return Some((p, true));
                }
                damping *= 10.0;
            }
            if !moved {
                return Some((p, false));
            }
        }
        Some((p, false))
    }

    /// Least absolute deviations end on a vertex: as many residuals are zero as parameters are
    /// free. Newton's method on those equations gives it to rounding.
    fn vertex(&self, p: Vec<f64>) -> Vec<f64> {
        let mut best = p.clone();
        let mut at = p;
        let moving: Vec<usize> = (0..at.len())
            .filter(|&k| at[k] > self.lower[k] && at[k] < self.upper[k])
            .collect();
        let Some(local) = self.local(&at) else {
            return best;
        };
        let mut order: Vec<usize> = (0..local.r.len()).collect();
        order.sort_by(|&i, &k| local.r[i].abs().total_cmp(&local.r[k].abs()));
        if order.len() < moving.len() || moving.is_empty() {
            return best;
        }
        let rows = &order[..moving.len()];
        for _ in 0..20 {
            let Some(local) = self.local(&at) else {
                return best;
            };
            let square = local.j.select_rows(rows).select_columns(&moving);
            let rhs = local.r.select_rows(rows);
            let Some(step) = QrFactor::new(&square).and_then(|f| f.solve(&rhs)) else {
                return best;
            };
            for (k, d) in moving.iter().zip(step.iter()) {
                at[*k] -= d;
            }
            self.clamp(&mut at);
            if self.value(&at) <= self.value(&best) {
                best.clone_from(&at);
            }
        }
        best
    }
}

fn weighted_gram(j: &DMatrix<f64>, weight: &DVector<f64>) -> DMatrix<f64> {
    let mut weighted = j.clone();
    for (mut row, w) in weighted.row_iter_mut().zip(weight.iter()) {
        row *= *w;
    }
    weighted.tr_mul(j)
}

/// Largest change of a parameter, relative to its size.
pub(crate) fn relative_change(p: &[f64], q: &[f64]) -> f64 {
    p.iter()
        .zip(q)
        .map(|(p, q)| {
            let size = p.abs().max(q.abs());
            if size == 0.0 {
                0.0
            } else {
                (p - q).abs() / size
            }
        })
        .fold(0.0, f64::max)
}
