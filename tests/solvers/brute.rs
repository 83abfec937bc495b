//! Brute force for a·C^b + c: the other parameters by least squares at thousands of exponents.

use crate::sets::Runs;

/// The exponents that the law allows, steepest first.
pub const EXPONENTS: (f64, f64) = (-2.5, -0.004);

/// Exponents tried: steps of 0.27 %.
const NODES: usize = 2_400;

/// ln(C/C_max) and y of every run.
pub struct Brute {
    rows: Vec<(f64, f64)>,
}

impl Brute {
    pub fn new(runs: &Runs) -> Brute {
        let largest = runs.iter().map(|run| run.0).fold(0.0, f64::max);
        let rows = runs.iter().map(|&(x, y)| ((x / largest).ln(), y));
        Brute {
            rows: rows.collect(),
        }
    }

    /// Smallest Σ(1 − f/y)² over s ≥ 0 and c ≥ 0 at one exponent.
    pub fn rss(&self, b: f64) -> f64 {
        // Columns of the 2×2 problem: g = e/y and h = 1/y, to be combined to 1.
        let columns: Vec<(f64, f64)> = self
            .rows
            .iter()
            .map(|&(u, y)| ((b * u).exp() / y, 1.0 / y))
            .collect();
        let rss = |s: f64, c: f64| -> f64 {
            columns
                .iter()
                .map(|(g, h)| (s * g + c * h - 1.0).powi(2))
                .sum()
        };
        let dot = |f: &dyn Fn(&(f64, f64)) -> f64| -> f64 { columns.iter().map(f).sum() };
        let (gg, gh, hh) = (
            dot(&|r| r.0 * r.0),
            dot(&|r| r.0 * r.1),
            dot(&|r| r.1 * r.1),
        );
        let (g1, h1) = (dot(&|r| r.0), dot(&|r| r.1));
        // Orthogonalise g on h, and repeat it on the residuals to reduce rounding.
        let (mut s, mut c) = (0.0, 0.0);
        for _ in 0..2 {
            let (mut along, mut length) = (0.0, 0.0);
            for (g, h) in &columns {
                let d = g - gh / hh * h;
                along += d * (1.0 - s * g - c * h);
                length += d * d;
            }
            s += along / length;
            c += columns
                .iter()
                .map(|(g, h)| h * (1.0 - s * g - c * h))
                .sum::<f64>()
                / hh;
        }
        if s >= 0.0 && c >= 0.0 {
            return rss(s, c);
        }
        rss(g1 / gg, 0.0).min(rss(0.0, h1 / hh))
    }

    /// The smallest RSS.
    pub fn lowest(&self) -> f64 {
        let minima = self.minima();
        let inside = minima.iter().map(|minimum| minimum.1);
        // A curve that does not fall has the same RSS at every exponent, and no minimum inside.
        let ends = [EXPONENTS.0, EXPONENTS.1].map(|b| self.rss(b));
        inside.chain(ends).fold(f64::INFINITY, f64::min)
    }

    /// Every local minimum as (exponent, RSS), refined by golden sections; a minimum at an end of
    /// the range counts.
    pub fn minima(&self) -> Vec<(f64, f64)> {
        let node = |k: usize| {
            let t = k as f64 / (NODES - 1) as f64;
            EXPONENTS.0 * (EXPONENTS.1 / EXPONENTS.0).powf(t)
        };
        let values: Vec<f64> = (0..NODES).map(|k| self.rss(node(k))).collect();
        (0..NODES)
            .filter(|&k| {
                let left = k == 0 || values[k] < values[k - 1];
                left && (k + 1 == NODES || values[k] < values[k + 1])
            })
            .map(|k| {
                let (mut low, mut high) = (node(k.saturating_sub(1)), node((k + 1).min(NODES - 1)));
                let ratio = 0.5 * (5_f64.sqrt() - 1.0);
                for _ in 0..60 {
                    let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
                    if self.rss(left) < self.rss(right) {
                        high = right;
                    } else {
                        low = left;
                    }
                }
                let b = 0.5 * (low + high);
                let refined = self.rss(b);
                if refined < values[k] {
                    (b, refined)
                } else {
                    (node(k), values[k])
                }
            })
            .collect()
    }
}
