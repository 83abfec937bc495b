//! A second minimiser for E + A/N^α + B/D^β: a dense grid of exponents over all that the law allows,
//! coefficients by non-negative least squares, and descents by the solver for laws of any form.

use crate::normal::normal;
use crate::random::Random;
use scalewise::Fit;
use scalewise::fit::{Objective, Residuals};
use scalewise::internal::Observations;
use scalewise::law::{BuiltIn, Chinchilla, ChinchillaTied, Input, Law, Parameter};

/// (N, D, L) of every run.
pub type Runs = Vec<(f64, f64, f64)>;

/// What the losses of a table look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Usual,
    FewRuns,
    Outliers,
    RisingInParams,
    RisingInTokens,
    RisingInBoth,
    NearlyFlat,
    Cliff,
    FlatAndCliff,
    NoTrend,
    Plateau,
}

pub const SHAPES: [Shape; 11] = [
    Shape::Usual,
    Shape::FewRuns,
    Shape::Outliers,
    Shape::RisingInParams,
    Shape::RisingInTokens,
    Shape::RisingInBoth,
    Shape::NearlyFlat,
    Shape::Cliff,
    Shape::FlatAndCliff,
    Shape::NoTrend,
    Shape::Plateau,
];

/// Runs of this shape: 6 to 60, on a grid, at random, or on budgets, with noise from 1e-4 to 0.1.
pub fn runs(shape: Shape, seed: u64) -> Runs {
    let mut random = Random::seeded(seed);
    let n = match shape {
        Shape::FewRuns => random.uniform(6.0, 12.0),
        _ => random.uniform(8.0, 61.0),
    } as usize;
    let exponent = |random: &mut Random| match shape {
        Shape::NearlyFlat => 10_f64.powf(random.uniform(-3.0, -1.0)),
        Shape::Cliff => random.uniform(1.0, 8.0),
        _ => random.uniform(0.1, 0.7),
    };
    let (alpha, beta) = match shape {
        Shape::FlatAndCliff => (0.004, random.uniform(3.0, 9.0)),
        _ => (exponent(&mut random), exponent(&mut random)),
    };
    let (a, b) = (random.uniform(0.05, 2.0), random.uniform(0.05, 2.0));
    let e = random.uniform(0.0, 3.0);
    let noise = 10_f64.powf(random.uniform(-4.0, -1.0));
    let (wide, tall) = (random.uniform(0.5, 3.5), random.uniform(0.5, 3.5));
    let design = random.uniform(0.0, 3.0) as usize;
    let side = (n as f64).sqrt().ceil() as usize;
    let mut rows = Vec::new();
    for i in 0..n {
        let (s, t) = match design {
            0 => {
                let at = |k: usize| k as f64 / (side - 1) as f64;
                (at(i % side), at(i / side))
            }
            1 => (random.uniform(0.0, 1.0), random.uniform(0.0, 1.0)),
            _ => {
                let budget = (i % 4) as f64 / 3.0;
                let off = random.uniform(-0.3, 0.3);
                (0.5 * budget + 0.25 + off, 0.5 * budget + 0.25 - off)
            }
        };
        let (x, z) = (10_f64.powf(wide * s), 10_f64.powf(tall * t));
        let (n_term, d_term) = (a * x.powf(-alpha), b * z.powf(-beta));
        let mut y = match shape {
            Shape::RisingInParams => e + 2.0 * a - n_term + d_term,
            Shape::RisingInTokens => e + 2.0 * b + n_term - d_term,
            Shape::RisingInBoth => e + 2.0 * (a + b) - n_term - d_term,
            Shape::NoTrend => e + 1.0,
            Shape::Plateau => (e + n_term + d_term).max(e + 0.5 * (a + b)),
            _ => e + n_term + d_term,
        };
        y *= (noise * normal(&mut random)).exp();
        if shape == Shape::Outliers && random.uniform(0.0, 1.0) < 0.15 {
            y *= 1.0 + random.uniform(-0.5, 1.0);
        }
        rows.push((3e7 * x, 6e8 * z, y));
    }
    rows
}

pub fn observations(runs: &Runs, residuals: Residuals) -> Observations {
    let x = runs.iter().map(|r| vec![r.0, r.1]).collect();
    Observations::new(x, runs.iter().map(|r| r.2).collect(), residuals).unwrap()
}

/// The law in a form that no scan recognises.
#[derive(Debug)]
struct Plain(BuiltIn);

impl Law for Plain {
    fn name(&self) -> &str {
        "plain"
    }

    fn formula(&self) -> &str {
        self.0.formula()
    }

    fn inputs(&self) -> &[Input] {
        self.0.inputs()
    }

    fn parameters(&self) -> &[Parameter] {
        self.0.parameters()
    }

    fn predict(&self, x: &[f64], p: &[f64]) -> f64 {
        self.0.predict(x, p)
    }

    fn gradient(&self, x: &[f64], p: &[f64], out: &mut [f64]) {
        self.0.gradient(x, p, out);
    }
}

/// Exponents on each axis: neighbours differ by a factor of 1.14.
const NODES: usize = 60;
/// Reweightings in every cell.
const REWEIGHTINGS: usize = 6;
/// Cells from which descents start.
const DESCENTS: usize = 24;

pub struct Brute {
    /// (N, D) in units of their geometric means, L in units of its median.
    rows: Runs,
    objective: Objective,
    residuals: Residuals,
    tied: bool,
}

impl Brute {
    pub fn new(runs: &Runs, objective: Objective, residuals: Residuals, tied: bool) -> Brute {
        let n = runs.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| {
            (runs.iter().map(|r| of(r).ln()).sum::<f64>() / n).exp()
        };
        let (x, z) = (mean(&|r| r.0), mean(&|r| r.1));
        let rows = runs.iter().map(|r| (r.0 / x, r.1 / z, r.2)).collect();
        Brute {
            rows,
            objective,
            residuals,
            tied,
        }
    }

    fn residual(&self, f: f64, y: f64) -> f64 {
        match self.residuals {
            Residuals::Absolute => f - y,
            Residuals::Relative => f / y - 1.0,
            _ => (f / y).ln(),
        }
    }

    /// ρ(r) and the weight ψ(r)/r that gives it as least squares.
    fn loss(&self, r: f64) -> (f64, f64) {
        let size = r.abs();
        match self.objective {
            Objective::Huber { delta } if size <= delta => (0.5 * r * r, 1.0),
            Objective::Huber { delta } => (delta * (size - 0.5 * delta), delta / size),
            Objective::Lad => (size, 1.0 / size.max(1e-6)),
            _ => (r * r, 1.0),
        }
    }

    /// The smallest objective found by any means.
    pub fn minimum(&self) -> f64 {
        let node = |k: usize| 0.004 * 2500_f64.powf(k as f64 / (NODES - 1) as f64);
        let across = if self.tied { 1 } else { NODES };
        let mut cells = Vec::new();
        for j in 0..NODES {
            for k in 0..across {
                let k = if self.tied { j } else { k };
                cells.push(self.reweighted(node(j), node(k)));
            }
        }
        let near = |k: usize, n: usize| k.saturating_sub(1)..=(k + 1).min(n - 1);
        let lowest_nearby = |c: &usize| {
            near(c / across, NODES)
                .flat_map(|j| near(c % across, across).map(move |k| j * across + k))
                .all(|o| cells[o].0 >= cells[*c].0)
        };
        let mut starts: Vec<usize> = (0..cells.len()).filter(lowest_nearby).collect();
        starts.sort_by(|p, q| cells[*p].0.total_cmp(&cells[*q].0));
        starts.dedup_by(|p, q| cells[*p].0 == cells[*q].0);
        starts.truncate(DESCENTS);
        let ends = starts.iter().map(|c| self.descend(&cells[*c].1));
        let least = cells.iter().map(|c| c.0).fold(f64::INFINITY, f64::min);
        ends.fold(least, f64::min)
    }

    fn descend(&self, p: &[f64; 5]) -> f64 {
        let law = Plain(if self.tied {
            ChinchillaTied
        } else {
            Chinchilla
        });
        let o = observations(&self.rows, self.residuals);
        let mut fit = Fit::new(law).loss(self.objective);
        let names = ["A", "B", "E", "alpha", "beta"];
        for (name, value) in names.iter().zip(p).take(if self.tied { 4 } else { 5 }) {
            fit = fit.start(name, *value);
        }
        fit.run_observations(&o)
            .map_or(f64::INFINITY, |b| b[0].objective)
    }

    /// The objective and (A, B, E, α, β) for two exponents, by reweighted non-negative least squares.
    fn reweighted(&self, alpha: f64, beta: f64) -> (f64, [f64; 5]) {
        let columns: Vec<[f64; 3]> = self
            .rows
            .iter()
            .map(|r| [r.0.powf(-alpha), r.1.powf(-beta), 1.0])
            .collect();
        let scale = |y: f64| {
            if self.residuals == Residuals::Absolute {
                1.0
            } else {
                y
            }
        };
        let mut weights: Vec<f64> = self.rows.iter().map(|r| scale(r.2).powi(-2)).collect();
        let mut best = (f64::INFINITY, [0.0, 0.0, 0.0, alpha, beta]);
        for _ in 0..REWEIGHTINGS {
            let [a, b, e] = self.non_negative(&columns, &weights);
            let mut value = 0.0;
            for ((c, row), w) in columns.iter().zip(&self.rows).zip(&mut weights) {
                let (f, y) = (a * c[0] + b * c[1] + e, row.2);
                let r = self.residual(f, y);
                let (rho, weight) = self.loss(r);
                value += rho;
                let ratio = if (f - y).abs() > 1e-9 * y {
                    r / (f - y)
                } else {
                    1.0 / scale(y)
                };
                *w = weight * ratio * ratio;
            }
            if value < best.0 {
                best = (value, [a, b, e, alpha, beta]);
            }
            if !value.is_finite()
                || (self.objective, self.residuals) == (Objective::Squared, Residuals::Relative)
            {
                break;
            }
        }
        best
    }

    /// The best of all active sets of non-negative least squares.
    fn non_negative(&self, columns: &[[f64; 3]], weights: &[f64]) -> [f64; 3] {
        let (mut g, mut h, mut total) = ([[0.0; 3]; 3], [0.0; 3], 0.0);
        for ((c, row), w) in columns.iter().zip(&self.rows).zip(weights) {
            for i in 0..3 {
                for k in 0..3 {
                    g[i][k] += w * c[i] * c[k];
                }
                h[i] += w * c[i] * row.2;
            }
            total += w * row.2 * row.2;
        }
        let mut best = (total, [0.0; 3]);
        for set in 1..8_usize {
            let Some(x) = solve(&g, &h, set) else {
                continue;
            };
            if x.iter().any(|v| *v < 0.0) {
                continue;
            }
            let gain: f64 = (0..3).map(|i| h[i] * x[i]).sum();
            if total - gain < best.0 {
                best = (total - gain, x);
            }
        }
        best.1
    }
}

/// The solution over the unknowns in `set`, the others zero, by elimination with pivots.
fn solve(g: &[[f64; 3]; 3], h: &[f64; 3], set: usize) -> Option<[f64; 3]> {
    let mut rows: Vec<([f64; 3], f64)> = (0..3)
        .map(|i| {
            let inside = |k: usize| set & (1 << k) != 0;
            if inside(i) {
                let row = std::array::from_fn(|k| if inside(k) { g[i][k] } else { 0.0 });
                (row, h[i])
            } else {
                (std::array::from_fn(|k| f64::from(k == i)), 0.0)
            }
        })
        .collect();
    for k in 0..3 {
        let size = rows[k].0[k].abs();
        let pivot = (k..3).max_by(|i, j| rows[*i].0[k].abs().total_cmp(&rows[*j].0[k].abs()))?;
        rows.swap(k, pivot);
        let top = rows[k];
        if top.0[k].abs() <= 1e-13 * size || top.0[k] == 0.0 {
            return None;
        }
        for (i, row) in rows.iter_mut().enumerate() {
            if i != k {
                let share = row.0[k] / top.0[k];
                for j in 0..3 {
                    row.0[j] -= share * top.0[j];
                }
                row.1 -= share * top.1;
            }
        }
    }
    let x: [f64; 3] = std::array::from_fn(|k| rows[k].1 / rows[k].0[k]);
    x.iter().all(|v| v.is_finite()).then_some(x)
}
