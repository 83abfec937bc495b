//! Quantiles of a·C^b + c, exact if the residuals are linear in the curve.
//!
//! For one exponent the sum of tilted absolute residuals is a linear program in the other two
//! parameters (Koenker & Bassett 1978). Its minimum is a curve through two runs. Steps along the
//! edges reach it, each to a weighted quantile. The result is a function of the exponent alone,
//! which is scanned and refined.

use super::basin::Basin;
use super::objective::Objective;
use crate::numeric::{self, EXPONENTS, Limits, PowerProblem, minima, minimise_to};

/// Exponents of the first scan.
const NODES: usize = 240;
/// Width to which an exponent is refined.
const FINEST: f64 = 1e-12;

/// The tilted sum over the runs, in the units of a [`PowerProblem`].
struct Tilted<'a> {
    problem: &'a PowerProblem,
    objective: Objective,
    share: f64,
    constant: bool,
    limits: Limits,
}

/// s and c of the best curve of an exponent.
type Curve = (f64, f64);

/// Every basin of the quantile `share`, best first; `None` if the exponent may leave the range of
/// the laws.
pub(super) fn basins(
    problem: &PowerProblem,
    share: f64,
    constant: bool,
    limits: Limits,
) -> Option<Vec<Basin>> {
    let tilted = Tilted {
        problem,
        objective: Objective::Quantile { q: share },
        share,
        constant,
        limits,
    };
    let (low, high) = limits.b;
    let nodes: Vec<f64> = if low == high {
        vec![low]
    } else if EXPONENTS.0 <= low && high <= EXPONENTS.1 {
        let step = (low / high).powf(1.0 / (NODES - 1) as f64);
        let node = |k| (high * step.powi(k)).max(low);
        (0..NODES as i32).map(node).collect()
    } else {
        return None;
    };
    let mut near = (0.5, 0.5);
    let mut values = Vec::with_capacity(nodes.len());
    for b in &nodes {
        let (value, curve) = tilted.best(*b, near);
        near = curve;
        values.push(value);
    }
    let refined = |k: usize| {
        let [above, below] = [k.saturating_sub(1), (k + 1).min(nodes.len() - 1)];
        let found = minimise_to(
            |b| tilted.best(b, near).0,
            nodes[below].min(nodes[above]),
            nodes[below].max(nodes[above]),
            FINEST,
        );
        // The ends of the range may be minima too.
        [found, nodes[k]]
            .into_iter()
            .map(|b| (tilted.best(b, near), b))
            .min_by(|p, q| p.0.0.total_cmp(&q.0.0))
    };
    let lowest = minima(&values).into_iter().filter_map(refined);
    let basin = |((objective, (s, c)), b): ((f64, Curve), f64)| {
        let centred = numeric::Basin {
            s,
            b,
            c,
            rss: 0.0,
            converged: true,
        };
        Basin {
            parameters: problem.raw(&centred)[..if constant { 3 } else { 2 }].to_vec(),
            objective,
            converged: true,
        }
    };
    Some(Basin::distinct(lowest.map(basin).collect()))
}

impl Tilted<'_> {
    /// The smallest sum at an exponent and its curve; the search starts at `near`.
    fn best(&self, b: f64, near: Curve) -> (f64, Curve) {
        let e: Vec<f64> = self.problem.u.iter().map(|u| (b * u).exp()).collect();
        let a = |limit: f64| match limit.is_finite() {
            true => limit * (b * self.problem.log_reference).exp() / self.problem.unit,
            false => limit,
        };
        let s_range = (a(self.limits.a.0), a(self.limits.a.1));
        let c_range = (
            self.limits.c.0 / self.problem.unit,
            self.limits.c.1 / self.problem.unit,
        );
        let mut tried: Vec<Curve> = Vec::new();
        if self.constant && c_range.0 < c_range.1 {
            let (s, c) = self.corner(&e, near);
            let inside = |x: f64, range: (f64, f64)| range.0 <= x && x <= range.1;
            if inside(s, s_range) && inside(c, c_range) {
                return (self.value(&e, (s, c)), (s, c));
            }
            // The sum is convex, so its minimum within the ranges lies on an end of one of them.
            for s in [s_range.0, s_range.1].into_iter().filter(|s| s.is_finite()) {
                let c = self.along(&e, (s, 0.0), (0.0, 1.0)).0;
                tried.push((s, c.clamp(c_range.0, c_range.1)));
            }
        }
        for c in [c_range.0, c_range.1].into_iter().filter(|c| c.is_finite()) {
            let s = self.along(&e, (0.0, c), (1.0, 0.0)).0;
            tried.push((s.clamp(s_range.0, s_range.1), c));
        }
        let all = tried
            .into_iter()
            .map(|curve| (self.value(&e, curve), curve));
        all.min_by(|p, q| p.0.total_cmp(&q.0))
            .unwrap_or((f64::INFINITY, near))
    }

    fn residual(&self, e: &[f64], i: usize, (s, c): Curve) -> f64 {
        self.problem.q[i] * (s * e[i] + c - self.problem.y[i])
    }

    fn value(&self, e: &[f64], curve: Curve) -> f64 {
        let rho = |i| self.objective.rho(self.residual(e, i, curve));
        (0..e.len()).map(rho).sum()
    }

    /// The best step from a curve in a direction, and the run that the new curve goes through.
    fn along(&self, e: &[f64], from: Curve, (ds, dc): Curve) -> (f64, usize) {
        let mut steps: Vec<(f64, f64, usize)> = Vec::with_capacity(e.len());
        let mut slope = 0.0;
        for (i, e_i) in e.iter().enumerate() {
            let d = self.problem.q[i] * (ds * e_i + dc);
            if d == 0.0 {
                continue;
            }
            slope -= if d > 0.0 {
                self.share * d
            } else {
                (self.share - 1.0) * d
            };
            steps.push((-self.residual(e, i, from) / d, d.abs(), i));
        }
        steps.sort_unstable_by(|p, q| p.0.total_cmp(&q.0));
        for (step, size, i) in &steps {
            slope += size;
            if slope >= 0.0 {
                return (*step, *i);
            }
        }
        steps.last().map_or((0.0, 0), |last| (last.0, last.2))
    }

    /// The curve of the smallest sum without bounds, which goes through two runs.
    fn corner(&self, e: &[f64], near: Curve) -> Curve {
        let (step, first) = self.along(e, near, (0.0, 1.0));
        let mut at = (near.0, near.1 + step);
        let mut value = self.value(e, at);
        let mut held = first;
        let mut tried: Vec<usize> = Vec::new();
        for _ in 0..20 * e.len() {
            // Move along the curves through the held run.
            let direction = (1.0, -e[held]);
            let (step, met) = self.along(e, at, direction);
            let next = (at.0 + step * direction.0, at.1 + step * direction.1);
            let lower = self.value(e, next);
            tried.push(held);
            if lower < value {
                (at, value) = (next, lower);
                tried.clear();
                tried.push(held);
                held = met;
                continue;
            }
            // Several runs may lie on the curve, and any two of them may have to be released.
            let size = |i: usize| self.residual(e, i, at).abs() <= 1e-12 * self.problem.q[i].abs();
            match (0..e.len()).find(|i| size(*i) && !tried.contains(i)) {
                Some(other) => held = other,
                None => break,
            }
        }
        at
    }
}
