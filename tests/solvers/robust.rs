//! A second minimiser for any loss: reweighted least squares on a grid of exponents, Nelder & Mead
//! from the best of them, and for least absolute deviations every curve through three runs.

use crate::brute::EXPONENTS;
use crate::sets::Runs;
use scalewise::fit::{Objective, Residuals};

pub struct Robust {
    /// (ln(C/C_max), y).
    rows: Vec<(f64, f64)>,
    objective: Objective,
    residuals: Residuals,
}

/// (s, b, c) of s·e^(b·u) + c.
type Curve = [f64; 3];

impl Robust {
    pub fn new(runs: &Runs, objective: Objective, residuals: Residuals) -> Robust {
        let largest = runs.iter().map(|run| run.0).fold(0.0, f64::max);
        let rows = runs.iter().map(|&(x, y)| ((x / largest).ln(), y));
        Robust {
            rows: rows.collect(),
            objective,
            residuals,
        }
    }

    fn residual(&self, [s, b, c]: Curve, (u, y): (f64, f64)) -> f64 {
        let f = c + s * (b * u).exp();
        match self.residuals {
            Residuals::Absolute => f - y,
            Residuals::Relative => f / y - 1.0,
            Residuals::Log => (f / y).ln(),
            other => unreachable!("{other:?}"),
        }
    }

    /// ρ(r) and the weight ψ(r)/r that gives it as least squares.
    fn loss(&self, r: f64) -> (f64, f64) {
        let size = r.abs();
        match self.objective {
            Objective::Squared => (r * r, 1.0),
            Objective::Huber { delta } if size <= delta => (0.5 * r * r, 1.0),
            Objective::Huber { delta } => (delta * (size - 0.5 * delta), delta / size),
            Objective::Lad => (size, 1.0 / size.max(1e-9)),
            other => unreachable!("{other:?}"),
        }
    }

    fn allowed([s, b, c]: Curve) -> bool {
        s >= 0.0 && c >= 0.0 && (EXPONENTS.0..=EXPONENTS.1).contains(&b)
    }

    fn value(&self, curve: Curve) -> f64 {
        if !Robust::allowed(curve) {
            return f64::INFINITY;
        }
        let rows = self.rows.iter();
        rows.map(|&row| self.loss(self.residual(curve, row)).0)
            .sum()
    }

    /// The smallest objective found by any means.
    pub fn minimum(&self) -> f64 {
        const GRID: usize = 60;
        const DESCENTS: usize = 5;
        let mut grid: Vec<(f64, Curve)> = (0..GRID)
            .map(|k| EXPONENTS.0 * (EXPONENTS.1 / EXPONENTS.0).powf(k as f64 / (GRID - 1) as f64))
            .map(|b| self.reweighted(b))
            .map(|curve| (self.value(curve), curve))
            .collect();
        grid.sort_by(|p, q| p.0.total_cmp(&q.0));
        let descents = grid.iter().take(DESCENTS).map(|g| self.nelder_mead(g.1));
        let least = descents.fold(f64::INFINITY, f64::min);
        if self.objective == Objective::Lad {
            least.min(self.best_interpolant())
        } else {
            least
        }
    }

    /// (s, c) for one exponent by reweighted least squares on residuals linear in f.
    fn reweighted(&self, b: f64) -> Curve {
        let mut curve = [0.0, b, 0.0];
        let mut weights = vec![1.0; self.rows.len()];
        for _ in 0..30 {
            let (mut w, mut we, mut wy, mut wee, mut wey) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (&(u, y), weight) in self.rows.iter().zip(&weights) {
                let e = (b * u).exp();
                let scale = if self.residuals == Residuals::Absolute {
                    1.0
                } else {
                    y
                };
                let q = weight / (scale * scale);
                w += q;
                we += q * e;
                wy += q * y;
                wee += q * e * e;
                wey += q * e * y;
            }
            let s = (w * wey - we * wy) / (w * wee - we * we);
            curve = [s, b, (wy - s * we) / w];
            if curve[2] < 0.0 {
                curve = [wey / wee, b, 0.0];
            } else if s.is_nan() || s <= 0.0 {
                curve = [0.0, b, wy / w];
            }
            for (&row, weight) in self.rows.iter().zip(&mut weights) {
                *weight = self.loss(self.residual(curve, row)).1;
            }
        }
        curve
    }

    /// Nelder & Mead (1965), restarted with a fresh simplex while that helps.
    fn nelder_mead(&self, start: Curve) -> f64 {
        let mut best = (self.value(start), start);
        for size in [0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6] {
            let found = self.simplex(best.1, size);
            if found.0 < best.0 {
                best = found;
            }
        }
        best.0
    }

    fn simplex(&self, start: Curve, size: f64) -> (f64, Curve) {
        let corner = |k: usize| {
            let mut p = start;
            if k > 0 {
                // Downwards, so that upper bounds are respected; a zero moves off its bound.
                p[k - 1] -= size * p[k - 1].abs();
                if p[k - 1] == 0.0 {
                    p[k - 1] = size * self.rows[0].1;
                }
            }
            (self.value(p), p)
        };
        let mut simplex: [(f64, Curve); 4] = std::array::from_fn(corner);
        for _ in 0..120 {
            simplex.sort_by(|p, q| p.0.total_cmp(&q.0));
            let worst = simplex[3];
            let centre: Curve =
                std::array::from_fn(|j| simplex[..3].iter().map(|v| v.1[j]).sum::<f64>() / 3.0);
            let along = |t: f64| {
                let p = std::array::from_fn(|j| centre[j] + t * (worst.1[j] - centre[j]));
                (self.value(p), p)
            };
            let reflected = along(-1.0);
            let candidate = if reflected.0 < simplex[0].0 {
                let expanded = along(-2.0);
                if expanded.0 < reflected.0 {
                    expanded
                } else {
                    reflected
                }
            } else if reflected.0 < simplex[2].0 {
                reflected
            } else {
                along(if reflected.0 < worst.0 { -0.5 } else { 0.5 })
            };
            if candidate.0 < worst.0 {
                simplex[3] = candidate;
                continue;
            }
            let best = simplex[0].1;
            for corner in &mut simplex[1..] {
                corner.1 = std::array::from_fn(|j| 0.5 * (corner.1[j] + best[j]));
                corner.0 = self.value(corner.1);
            }
        }
        simplex.sort_by(|p, q| p.0.total_cmp(&q.0));
        simplex[0]
    }

    /// The best of all curves through three runs, and through two with c = 0.
    fn best_interpolant(&self) -> f64 {
        let mut best = f64::INFINITY;
        let rows = &self.rows;
        for (i, &p) in rows.iter().enumerate() {
            for (j, &q) in rows.iter().enumerate().skip(i + 1) {
                let b = (p.1 / q.1).ln() / (p.0 - q.0);
                best = best.min(self.value([p.1 * (-b * p.0).exp(), b, 0.0]));
                for &r in &rows[j + 1..] {
                    best = best.min(curve_through(p, q, r).map_or(best, |c| self.value(c)));
                }
            }
        }
        best
    }
}

/// The law through three runs in order of compute; `None` if no exponent in range gives it.
fn curve_through(p: (f64, f64), q: (f64, f64), r: (f64, f64)) -> Option<Curve> {
    let rise = |b: f64| ((b * p.0).exp() - (b * q.0).exp()) / ((b * q.0).exp() - (b * r.0).exp());
    let wanted = (p.1 - q.1) / (q.1 - r.1);
    let (mut steep, mut flat) = EXPONENTS;
    if !(rise(flat) < wanted && wanted < rise(steep)) {
        return None;
    }
    for _ in 0..60 {
        let middle = 0.5 * (steep + flat);
        if rise(middle) > wanted {
            steep = middle;
        } else {
            flat = middle;
        }
    }
    let b = 0.5 * (steep + flat);
    let s = (p.1 - r.1) / ((b * p.0).exp() - (b * r.0).exp());
    Some([s, b, r.1 - s * (b * r.0).exp()])
}
