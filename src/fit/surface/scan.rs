//! The scan of (α, β): for fixed exponents the law is linear in (A, B, E), so each cell of the grid
//! is a linear least-squares problem with non-negative coefficients (variable projection, Golub &
//! Pereyra 1973), reweighted for the robust losses. No start is needed.

use super::kernel::{Centred, Point, Rho};
use super::newton::Limits;
use crate::fit::Residuals;
use crate::law::SURFACE_EXPONENTS;

/// A cell of the grid with its best (A, B, E).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    pub p: Point,
    pub value: f64,
}

/// How finely and how long to scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub nodes: usize,
    /// Solutions of the reweighted problem a cell; 1 is plain least squares.
    pub solutions: usize,
    /// Starts kept at most.
    pub kept: usize,
}

/// Flattest exponent on the grid: flatter ones look like a line in ln N and are reached from it.
const FLATTEST: f64 = 0.02;

/// The best local minima of the grid, then the best other cells, up to `grid.kept`.
pub(super) fn scan(data: &Centred, rho: Rho, limits: &Limits, grid: Grid) -> Vec<Cell> {
    let alphas = nodes(limits, 3, grid.nodes);
    let betas = if limits.tied {
        vec![0.0]
    } else {
        nodes(limits, 4, grid.nodes)
    };
    let table = |exponents: &[f64], x: &[f64]| -> Vec<Vec<f64>> {
        exponents
            .iter()
            .map(|k| x.iter().map(|x| (-k * x).exp()).collect())
            .collect()
    };
    let first = table(&alphas, &data.x);
    let second = if limits.tied {
        table(&alphas, &data.z)
    } else {
        table(&betas, &data.z)
    };
    let mut rows = Rows::new(data, rho);
    let fixed = (limits.lower[2] == limits.upper[2]).then_some(limits.lower[2]);
    let mut values = vec![f64::INFINITY; alphas.len() * betas.len()];
    let mut cells = Vec::with_capacity(values.len());
    for (j, alpha) in alphas.iter().enumerate() {
        for k in 0..betas.len() {
            let at = if limits.tied { j } else { k };
            let beta = if limits.tied { *alpha } else { betas[k] };
            let (solution, value) = rows.solve(&first[j], &second[at], fixed, grid.solutions);
            let [a, b, e] = solution;
            let p = limits.clamp([a, b, e, *alpha, beta]);
            values[j * betas.len() + k] = value;
            cells.push(Cell { p, value });
        }
    }
    choose(&cells, &values, betas.len(), grid.kept)
}

fn choose(cells: &[Cell], values: &[f64], width: usize, kept: usize) -> Vec<Cell> {
    let height = values.len() / width;
    let is_minimum = |at: usize| {
        let (j, k) = (at / width, at % width);
        let near = |c: usize, n: usize| c.saturating_sub(1)..=(c + 1).min(n - 1);
        near(j, height)
            .flat_map(|jj| near(k, width).map(move |kk| jj * width + kk))
            .all(|other| values[other] >= values[at])
    };
    let mut order: Vec<usize> = (0..cells.len())
        .filter(|&at| values[at].is_finite())
        .collect();
    order.sort_by(|&i, &k| values[i].total_cmp(&values[k]));
    let (minima, others): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|&at| is_minimum(at));
    let chosen = minima.into_iter().chain(others).take(kept);
    chosen.map(|at| cells[at]).collect()
}

fn nodes(limits: &Limits, k: usize, count: usize) -> Vec<f64> {
    let (low, high) = (limits.lower[k], limits.upper[k]);
    if low >= high {
        return vec![low];
    }
    let low = low.max(FLATTEST).min(high);
    let high = high.min(SURFACE_EXPONENTS.1).max(low);
    (0..count)
        .map(|i| low * (high / low).powf(i as f64 / (count - 1).max(1) as f64))
        .collect()
}

/// The linear problem of one cell: residuals q·(f − y), which for log residuals are relative.
struct Rows<'a> {
    y: &'a [f64],
    q: Vec<f64>,
    q2: Vec<f64>,
    /// The weights of the last solution.
    w: Vec<f64>,
    multiplicity: &'a [f64],
    rho: Rho,
}

impl<'a> Rows<'a> {
    fn new(data: &'a Centred, rho: Rho) -> Rows<'a> {
        let log = data.residuals == Residuals::Log;
        let q: Vec<f64> = data
            .slope
            .iter()
            .zip(&data.y)
            .map(|(s, y)| if log { s / y } else { *s })
            .collect();
        let q2: Vec<f64> = q
            .iter()
            .zip(&data.multiplicity)
            .map(|(q, m)| q * q * m)
            .collect();
        Rows {
            y: &data.y,
            w: q2.clone(),
            q,
            q2,
            multiplicity: &data.multiplicity,
            rho,
        }
    }

    /// Best (A, B, E) and the objective there.
    fn solve(
        &mut self,
        e1: &[f64],
        e2: &[f64],
        fixed: Option<f64>,
        solutions: usize,
    ) -> ([f64; 3], f64) {
        let robust = match self.rho {
            Rho::Huber(delta) if delta.is_finite() => Some(delta),
            _ => None,
        };
        let mut solution = Moments::new(&self.q2, e1, e2, self.y).solve(fixed);
        let Some(delta) = robust else {
            return (solution, self.squares(solution, e1, e2));
        };
        for _ in 1..solutions {
            let scale = self.reweight(solution, e1, e2, delta);
            if scale == 0.0 {
                break;
            }
            solution = Moments::new(&self.w, e1, e2, self.y).solve(fixed);
        }
        (solution, self.huber(solution, e1, e2, delta))
    }

    fn residuals<'b>(
        &'b self,
        [a, b, e]: [f64; 3],
        e1: &'b [f64],
        e2: &'b [f64],
    ) -> impl Iterator<Item = f64> + 'b {
        let law = e1.iter().zip(e2).map(move |(e1, e2)| e + a * e1 + b * e2);
        let rows = law.zip(self.y).zip(&self.q);
        rows.map(|((f, y), q)| q * (f - y))
    }

    fn squares(&self, solution: [f64; 3], e1: &[f64], e2: &[f64]) -> f64 {
        let r = self.residuals(solution, e1, e2);
        r.zip(self.multiplicity).map(|(r, m)| m * r * r).sum()
    }

    fn huber(&self, solution: [f64; 3], e1: &[f64], e2: &[f64], delta: f64) -> f64 {
        let r = self.residuals(solution, e1, e2);
        r.zip(self.multiplicity)
            .map(|(r, m)| {
                let inside = r.abs().min(delta);
                m * inside * (r.abs() - 0.5 * inside)
            })
            .sum()
    }

    /// Weights ψ(r)/r, with a threshold that is not so small that a few rows get all the weight.
    fn reweight(&mut self, solution: [f64; 3], e1: &[f64], e2: &[f64], delta: f64) -> f64 {
        let (mut total, mut count) = (0.0, 0.0);
        let r: Vec<f64> = self.residuals(solution, e1, e2).collect();
        for (r, m) in r.iter().zip(self.multiplicity) {
            total += m * r.abs();
            count += m;
        }
        let threshold = delta.max(0.1 * total / count);
        for ((w, q2), r) in self.w.iter_mut().zip(&self.q2).zip(&r) {
            *w = q2 * (threshold / r.abs().max(threshold));
        }
        total
    }
}

/// Weighted sums of the columns (e1, e2, 1) and of y with them.
struct Moments {
    w: f64,
    e: [f64; 2],
    ee: [f64; 3],
    y: f64,
    ey: [f64; 2],
}

impl Moments {
    fn new(w: &[f64], e1: &[f64], e2: &[f64], y: &[f64]) -> Moments {
        const LANES: usize = 4;
        let mut s = [[0.0; LANES]; 9];
        let columns = e1.chunks_exact(LANES).zip(e2.chunks_exact(LANES));
        let rows = w.chunks_exact(LANES).zip(y.chunks_exact(LANES));
        for ((w, y), (e1, e2)) in rows.zip(columns) {
            for l in 0..LANES {
                let (we1, we2) = (w[l] * e1[l], w[l] * e2[l]);
                s[0][l] += w[l];
                s[1][l] += we1;
                s[2][l] += we2;
                s[3][l] += we1 * e1[l];
                s[4][l] += we1 * e2[l];
                s[5][l] += we2 * e2[l];
                s[6][l] += w[l] * y[l];
                s[7][l] += we1 * y[l];
                s[8][l] += we2 * y[l];
            }
        }
        let s = s.map(|parts| parts.iter().sum::<f64>());
        Moments {
            w: s[0],
            e: [s[1], s[2]],
            ee: [s[3], s[4], s[5]],
            y: s[6],
            ey: [s[7], s[8]],
        }
    }

    /// The non-negative (A, B, E) of least squares; E may be held.
    fn solve(&self, fixed: Option<f64>) -> [f64; 3] {
        if let Some(e) = fixed {
            let rhs = [self.ey[0] - e * self.e[0], self.ey[1] - e * self.e[1]];
            let [a, b] = non_negative(self.ee, rhs).0;
            return [a, b, e];
        }
        // With a constant: the same problem for columns without their means.
        let (mean, mean_y) = ([self.e[0] / self.w, self.e[1] / self.w], self.y / self.w);
        let centred = [
            self.ee[0] - self.e[0] * mean[0],
            self.ee[1] - self.e[0] * mean[1],
            self.ee[2] - self.e[1] * mean[1],
        ];
        let rhs = [
            self.ey[0] - self.e[0] * mean_y,
            self.ey[1] - self.e[1] * mean_y,
        ];
        let ([a, b], _) = non_negative(centred, rhs);
        let e = mean_y - a * mean[0] - b * mean[1];
        if e >= 0.0 {
            return [a, b, e];
        }
        let ([a, b], _) = non_negative(self.ee, self.ey);
        [a, b, 0.0]
    }
}

/// The non-negative minimiser of xᵀGx/2 − hᵀx for a 2×2 matrix (g11, g12, g22), and its gain hᵀx.
fn non_negative([g11, g12, g22]: [f64; 3], [h1, h2]: [f64; 2]) -> ([f64; 2], f64) {
    let determinant = g11 * g22 - g12 * g12;
    if determinant > 1e-14 * g11 * g22 {
        let x = [
            (h1 * g22 - h2 * g12) / determinant,
            (h2 * g11 - h1 * g12) / determinant,
        ];
        if x[0] >= 0.0 && x[1] >= 0.0 {
            return (x, h1 * x[0] + h2 * x[1]);
        }
    }
    let single = |h: f64, g: f64| if g > 0.0 { (h / g).max(0.0) } else { 0.0 };
    let (first, second) = (single(h1, g11), single(h2, g22));
    if h1 * first >= h2 * second {
        ([first, 0.0], h1 * first)
    } else {
        ([0.0, second], h2 * second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_non_negative_solution_is_the_best_of_all_active_sets() {
        for k in 0..2000 {
            let t = f64::from(k);
            let (a, b, c) = ((t * 1.3).sin(), (t * 0.7).cos(), (t * 2.1).sin());
            let g = [1.0 + a * a, a * b, 0.5 + b * b];
            let h = [b + c, a - c];
            let (x, _) = non_negative(g, h);
            assert!(x[0] >= 0.0 && x[1] >= 0.0);
            // Karush, Kuhn and Tucker: the gradient is zero inside and not negative on a bound.
            let gradient = [
                g[0] * x[0] + g[1] * x[1] - h[0],
                g[1] * x[0] + g[2] * x[1] - h[1],
            ];
            for k in 0..2 {
                assert!(gradient[k] > -1e-10, "{gradient:?} at {x:?}");
                assert!(x[k] == 0.0 || gradient[k].abs() < 1e-10);
            }
        }
    }
}
