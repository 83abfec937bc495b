//! The scan of (α, β). For fixed exponents the law is linear in (A, B, E), so each cell of the grid
//! is a linear least-squares problem with non-negative coefficients (variable projection, Golub &
//! Pereyra 1973). All its sums except one belong to a row or a column of the grid, so a cell costs
//! one dot product. The robust losses reweight and scan again. The scan needs no start.

use super::centred::{Centred, Point};
use super::kernel::Rho;
use super::newton::Limits;
use super::sums::{dot, dot3};
use crate::fit::Residuals;
use crate::numeric::exp_scaled;

/// A cell of the grid with its best (A, B, E).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    pub p: Point,
    value: f64,
    /// Place on the grid.
    at: usize,
}

/// Nodes of an axis over the usual exponents: neighbours differ by a factor of 1.2.
const NODES: usize = 28;
/// The usual exponents. Flatter and steeper ones, up to the bounds, have coarser nodes.
const USUAL: (f64, f64) = (0.02, 2.5);
/// Largest ratio of neighbours among the flatter and the steeper exponents.
const COARSE: (f64, f64) = (2.3, 1.45);
/// Scans with new weights for the robust losses.
const REWEIGHTINGS: usize = 4;
/// The most local minima of a scan that are descended from; ordinary runs have one or two.
const KEPT: usize = 12;
/// Blocks of this many nodes per axis. The best cells of the best blocks are starts too: a minimum
/// of another loss may not be a local minimum of the scan.
const BLOCK: usize = 4;
/// Best blocks for least squares and for the robust losses. Descents of least squares are cheap,
/// and the blocks are its only protection against outliers.
const BLOCKS_KEPT: (usize, usize) = (10, 3);
/// Further blocks of the first and of the last scan, if the descents from those do not agree.
const BLOCKS_MORE: usize = 24;

/// Where to descend from.
pub(super) struct Starts {
    /// The local minima of the grid and the best cells of the best blocks. For a robust loss the
    /// grid is also scanned by least squares reweighted at the best cell of the previous scan.
    pub first: Vec<Cell>,
    /// The best cells of more blocks, needed if the first starts do not all lead to one minimum.
    pub more: Vec<Cell>,
}

pub(super) fn scan(data: &Centred, rho: Rho, limits: &Limits) -> Starts {
    let mut grid = Grid::new(data, limits);
    let mut chosen = grid.minima(true);
    let mut more = grid.spread(BLOCKS_MORE);
    let delta = match rho {
        Rho::Squared => f64::INFINITY,
        Rho::Huber(delta) => delta,
    };
    let reweightings = match (delta.is_finite(), data.residuals) {
        (true, _) => REWEIGHTINGS,
        // Weights turn relative residuals into log residuals.
        (false, Residuals::Log) => 1,
        (false, _) => 0,
    };
    let mut at = chosen.first().copied();
    for k in 1..=reweightings {
        let Some(best) = at else { break };
        if !grid.reweight(&best.p, delta) {
            break;
        }
        // Scans in between serve only to find the weights.
        let found = grid.minima(k == reweightings);
        at = found.first().copied();
        for cell in found {
            // Keep the coefficients of the newer weights.
            chosen.retain(|c| c.at != cell.at);
            chosen.push(cell);
        }
    }
    chosen.reverse();
    let blocks = if delta.is_finite() {
        BLOCKS_KEPT.1
    } else {
        BLOCKS_KEPT.0
    };
    let mut spread = grid.spread(BLOCKS_MORE);
    let rest = spread.split_off(blocks.min(spread.len()));
    for cell in spread {
        if chosen.iter().all(|c| c.at != cell.at) {
            chosen.push(cell);
        }
    }
    more.splice(0..0, rest);
    Starts {
        first: chosen,
        more,
    }
}

/// The nodes of an axis, flattest first, including both bounds.
fn nodes(limits: &Limits, k: usize) -> Vec<f64> {
    let (low, high) = (limits.lower[k], limits.upper[k]);
    if low >= high {
        return vec![low];
    }
    let (from, to) = (low.max(USUAL.0).min(high), high.min(USUAL.1).max(low));
    let mut all = spaced(low, from, COARSE.0);
    all.extend(if from < to {
        let ratio = to / from;
        (0..NODES)
            .map(|i| from * ratio.powf(i as f64 / (NODES - 1) as f64))
            .collect()
    } else {
        vec![from]
    });
    let mut steep = spaced(high, to, 1.0 / COARSE.1);
    steep.reverse();
    all.extend(steep);
    all
}

fn usual(exponent: f64) -> bool {
    (USUAL.0..=USUAL.1).contains(&exponent)
}

/// From one exponent towards another, which is excluded, in equal ratios of at most `ratio`.
fn spaced(from: f64, to: f64, ratio: f64) -> Vec<f64> {
    // A bound of zero has no ratio to its neighbour.
    let from = if from > 0.0 { from } else { to * 0.01 };
    let count = ((to / from).ln() / ratio.ln())
        .ceil()
        .clamp(0.0, NODES as f64) as usize;
    (0..count)
        .map(|i| from * (to / from).powf(i as f64 / count as f64))
        .collect()
}

/// One axis of the grid: an exponent and its column e^(−kx) a node.
struct Axis {
    exponents: Vec<f64>,
    columns: Vec<Vec<f64>>,
    /// Of each column under the current weights: mean, centred square, product with centred y.
    mean: Vec<f64>,
    square: Vec<f64>,
    with_y: Vec<f64>,
}

impl Axis {
    fn new(exponents: Vec<f64>, x: &[f64]) -> Axis {
        let columns = exponents.iter().map(|k| {
            let mut column = vec![0.0; x.len()];
            exp_scaled(-k, x, &mut column);
            column
        });
        let zeros = vec![0.0; exponents.len()];
        Axis {
            columns: columns.collect(),
            mean: zeros.clone(),
            square: zeros.clone(),
            with_y: zeros,
            exponents,
        }
    }

    fn weigh(&mut self, w: &[f64], wy: &[f64], total: f64, mean_y: f64) {
        for (k, column) in self.columns.iter().enumerate() {
            let mean = dot(w, column) / total;
            self.mean[k] = mean;
            self.square[k] = dot3(w, column, column) - mean * mean * total;
            self.with_y[k] = dot(wy, column) - mean * mean_y * total;
        }
    }
}

struct Grid<'a> {
    data: &'a Centred,
    limits: &'a Limits,
    first: Axis,
    second: Axis,
    /// Squared factors of f − y in the residuals. Log residuals start as relative ones.
    w: Vec<f64>,
    /// The cells of the last scan, and how many form one row.
    last: Vec<Cell>,
    width: usize,
}

impl<'a> Grid<'a> {
    fn new(data: &'a Centred, limits: &'a Limits) -> Grid<'a> {
        let log = data.residuals == Residuals::Log;
        let w: Vec<f64> = (0..data.x.len())
            .map(|i| {
                let q = if log {
                    data.slope[i] / data.y[i]
                } else {
                    data.slope[i]
                };
                q * q * data.multiplicity[i]
            })
            .collect();
        let alphas = nodes(limits, 3);
        let betas = if limits.tied {
            alphas.clone()
        } else {
            nodes(limits, 4)
        };
        Grid {
            data,
            limits,
            first: Axis::new(alphas, &data.x),
            second: Axis::new(betas, &data.z),
            w,
            last: Vec::new(),
            width: 1,
        }
    }

    /// Sets the weights to ψ(r)·r/(f − y)², with which Σ w·(f − y)² has the derivatives of the
    /// objective at `p`. The threshold is kept large enough that no few rows get all the weight.
    /// Returns `false` if every residual is zero.
    fn reweight(&mut self, p: &Point, delta: f64) -> bool {
        let data = self.data;
        let log = data.residuals == Residuals::Log;
        // The residual and the square of its ratio to f − y.
        let rows: Vec<(f64, f64)> = (0..data.x.len())
            .map(|i| {
                let f = p[2] + p[0] * (-p[3] * data.x[i]).exp() + p[1] * (-p[4] * data.z[i]).exp();
                let (s, y) = (data.slope[i], data.y[i]);
                let relative = f / y - 1.0;
                if !log {
                    (s * (f - y), s * s)
                } else if relative.abs() < 1e-6 {
                    (s * relative, s * s / (y * y))
                } else {
                    let r = s * relative.ln_1p();
                    (r, (r / (f - y)).powi(2))
                }
            })
            .collect();
        let m = &data.multiplicity;
        let total: f64 = rows.iter().zip(m).map(|((r, _), m)| m * r.abs()).sum();
        let count: f64 = m.iter().sum();
        let threshold = delta.max(0.1 * total / count);
        for ((w, (r, ratio)), m) in self.w.iter_mut().zip(&rows).zip(m) {
            let robust = if r.abs() > threshold {
                threshold / r.abs()
            } else {
                1.0
            };
            *w = m * ratio * robust;
        }
        total > 0.0
    }

    /// The best local minima of the grid under the current weights, best first: over all exponents
    /// if `everywhere`, otherwise over the usual ones.
    fn minima(&mut self, everywhere: bool) -> Vec<Cell> {
        let (w, y) = (&self.w, &self.data.y);
        let total: f64 = w.iter().sum();
        let mean_y = dot(w, y) / total;
        let wy: Vec<f64> = w.iter().zip(y).map(|(w, y)| w * y).collect();
        self.first.weigh(w, &wy, total, mean_y);
        self.second.weigh(w, &wy, total, mean_y);
        let square_y = dot(&wy, y) - mean_y * mean_y * total;
        let fixed = (self.limits.lower[2] == self.limits.upper[2]).then_some(self.limits.lower[2]);
        let width = if self.limits.tied {
            1
        } else {
            self.second.exponents.len()
        };
        let mut cells = Vec::with_capacity(self.first.exponents.len() * width);
        let mut weighted = vec![0.0; w.len()];
        for (j, column) in self.first.columns.iter().enumerate() {
            let mean = self.first.mean[j];
            for ((slot, w), e) in weighted.iter_mut().zip(w).zip(column) {
                *slot = w * (e - mean);
            }
            for k in 0..width {
                let k = if self.limits.tied { j } else { k };
                let (alpha, beta) = (self.first.exponents[j], self.second.exponents[k]);
                if !(everywhere || usual(alpha) && usual(beta)) {
                    cells.push(Cell {
                        p: [0.0, 0.0, 0.0, alpha, beta],
                        value: f64::INFINITY,
                        at: cells.len(),
                    });
                    continue;
                }
                let moments = Moments {
                    total,
                    mean: [mean, self.second.mean[k]],
                    mean_y,
                    square: [
                        self.first.square[j],
                        dot(&weighted, &self.second.columns[k]),
                        self.second.square[k],
                    ],
                    with_y: [self.first.with_y[j], self.second.with_y[k]],
                    square_y,
                };
                let ([a, b, e], value) = moments.solve(fixed);
                let point = [a, b, e, alpha, beta];
                cells.push(Cell {
                    p: self.limits.clamp(point),
                    value,
                    at: cells.len(),
                });
            }
        }
        let found = local_minima(&cells, width);
        self.last = cells;
        self.width = width;
        found
    }

    /// The best cells of the best blocks of the last scan.
    fn spread(&self, kept: usize) -> Vec<Cell> {
        let across = self.width.div_ceil(BLOCK);
        let block = |c: &Cell| c.at / self.width / BLOCK * across + c.at % self.width / BLOCK;
        let mut best: Vec<Option<Cell>> = vec![None; self.last.len()];
        for cell in self.last.iter().filter(|c| c.value.is_finite()) {
            let slot = &mut best[block(cell)];
            if slot.is_none_or(|b| cell.value < b.value) {
                *slot = Some(*cell);
            }
        }
        let mut best: Vec<Cell> = best.into_iter().flatten().collect();
        best.sort_by(|p, q| p.value.total_cmp(&q.value));
        best.truncate(kept);
        best
    }
}

fn local_minima(cells: &[Cell], width: usize) -> Vec<Cell> {
    let height = cells.len() / width;
    let near = |c: usize, n: usize| c.saturating_sub(1)..=(c + 1).min(n - 1);
    // The exponent of a missing term has no effect: of equal cells the first counts.
    let lower = |other: usize, cell: &Cell| {
        let value = cells[other].value;
        value < cell.value || (value == cell.value && other < cell.at)
    };
    let is_minimum = |cell: &&Cell| {
        !near(cell.at / width, height)
            .flat_map(|j| near(cell.at % width, width).map(move |k| j * width + k))
            .any(|other| lower(other, cell))
    };
    let finite = cells.iter().filter(|c| c.value.is_finite());
    let mut minima: Vec<Cell> = finite.filter(is_minimum).copied().collect();
    minima.sort_by(|p, q| p.value.total_cmp(&q.value));
    minima.truncate(KEPT);
    minima
}

/// Weighted sums of the columns (e1, e2) and of y about their means.
struct Moments {
    total: f64,
    mean: [f64; 2],
    mean_y: f64,
    square: [f64; 3],
    with_y: [f64; 2],
    square_y: f64,
}

impl Moments {
    /// The non-negative least-squares (A, B, E) and their sum of squares; E may be fixed.
    fn solve(&self, fixed: Option<f64>) -> ([f64; 3], f64) {
        if fixed.is_none() {
            let ([a, b], gain) = non_negative(self.square, self.with_y);
            let e = self.mean_y - a * self.mean[0] - b * self.mean[1];
            if e >= 0.0 {
                return ([a, b, e], self.square_y - gain);
            }
        }
        // E is fixed or on its bound: use sums about E instead of about the means.
        let e = fixed.unwrap_or(0.0);
        let ([m1, m2], y) = (self.mean, self.mean_y - e);
        let square = [
            self.square[0] + self.total * m1 * m1,
            self.square[1] + self.total * m1 * m2,
            self.square[2] + self.total * m2 * m2,
        ];
        let with_y = [
            self.with_y[0] + self.total * m1 * y,
            self.with_y[1] + self.total * m2 * y,
        ];
        let ([a, b], gain) = non_negative(square, with_y);
        ([a, b, e], self.square_y + self.total * y * y - gain)
    }
}

/// The non-negative minimiser of xᵀGx/2 − hᵀx for a 2×2 matrix (g11, g12, g22), and its gain hᵀx.
fn non_negative(square: [f64; 3], with_y: [f64; 2]) -> ([f64; 2], f64) {
    let largest = square[0].max(square[2]);
    if PRODUCTS.contains(&largest) || !(largest > 0.0 && largest.is_finite()) {
        return solved(square, with_y);
    }
    // Products of two sums would leave the range of a float. Scaling by a power of two is exact.
    let unit = largest.log2().round().clamp(-1000.0, 1000.0).exp2();
    let (x, gain) = solved(square.map(|g| g / unit), with_y.map(|h| h / unit));
    (x, gain * unit)
}

/// Range of sums whose products stay finite and normal.
const PRODUCTS: std::ops::Range<f64> = 1e-120..1e120;

fn solved([g11, g12, g22]: [f64; 3], [h1, h2]: [f64; 2]) -> ([f64; 2], f64) {
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
