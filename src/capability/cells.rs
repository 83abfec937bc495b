//! The likelihood of one count as a function of μ, the logarithm of λ = −ln p that the law
//! predicts.
//!
//! From model to model the λ of a problem scatters about the law: ln λ has a normal error with
//! standard deviation τ. So L(μ) = ∫ Binomial(c | n, e^(−λ)) N(ln λ; μ, τ²) d ln λ. For each τ the
//! likelihood of a count is tabulated once, equal counts share a table, and the fit evaluates a
//! cubic between table entries.

use crate::runs::Count;
use std::collections::HashMap;

/// The range of ln λ: p from 1 − 1e-6 down to e^(−148).
pub(super) const LOWEST: f64 = -14.0;
pub(super) const HIGHEST: f64 = 5.0;
/// Distance of two entries of a table.
const STEP: f64 = 0.1;
/// Number of entries of a table.
const ENTRIES: usize = 191;
/// Largest step of the convolution, as a share of the likelihood's width and of half the kernel's.
const RESOLUTION: f64 = 0.35;
/// The convolution extends this many τ to either side.
const REACH: f64 = 6.0;
/// With at least this many passes and failures, the likelihood of ln λ is approximated by a normal
/// density.
const MANY: u64 = 30;

/// ln L with its first two derivatives at one μ.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct At {
    pub(super) value: f64,
    pub(super) slope: f64,
    pub(super) bend: f64,
}

/// The likelihood of one count, and the mean and mean square of λ given the count and μ.
#[derive(Debug)]
pub(super) enum Cell {
    /// ln L = peak − (center − μ)²/(2·(own + scatter)).
    Normal {
        peak: f64,
        center: f64,
        own: f64,
        scatter: f64,
    },
    /// Hermite data (value, slope) at every entry.
    Table {
        likelihood: Vec<(f64, f64)>,
        /// ln E\[λ | count, μ\] and ln E\[λ² | count, μ\]; empty if τ = 0, where λ = e^μ.
        moments: Vec<(f64, f64)>,
    },
}

/// One point of the kernel of the convolution.
struct Tap {
    offset: f64,
    log: f64,
    weight: f64,
    lift: f64,
}

impl Tap {
    /// Adds a term to the sums of 1, ε, e^ε and e^(2ε).
    fn add(&self, x: f64, sums: &mut [f64; 4]) {
        sums[0] += x;
        sums[1] += x * self.offset;
        sums[2] += x * self.lift;
        sums[3] += x * self.lift * self.lift;
    }
}

/// ln of the binomial likelihood, up to its constant, and its derivative with respect to ln λ.
fn binomial(count: Count, mu: f64) -> (f64, f64) {
    let lambda = mu.exp();
    let (c, f) = (count.passes as f64, (count.samples - count.passes) as f64);
    let mut value = -c * lambda;
    let mut slope = -c * lambda;
    if f > 0.0 {
        // ln(1 − e^(−λ)), and λ/(e^λ − 1).
        value += f * (-(-lambda).exp_m1()).ln();
        slope += f * lambda / lambda.exp_m1();
    }
    (value, slope)
}

impl Cell {
    pub(super) fn new(count: Count, tau: f64) -> Cell {
        if tau <= 0.0 {
            let likelihood = (0..ENTRIES)
                .map(|k| binomial(count, LOWEST + STEP * k as f64))
                .collect();
            return Cell::Table {
                likelihood,
                moments: Vec::new(),
            };
        }
        let failures = count.samples - count.passes;
        if count.passes.min(failures) >= MANY {
            let (n, c) = (count.samples as f64, count.passes as f64);
            let lambda = (n / c).ln();
            let own = failures as f64 / (n * c * lambda * lambda);
            let scatter = tau * tau;
            return Cell::Normal {
                peak: binomial(count, lambda.ln()).0 + 0.5 * (own / (own + scatter)).ln(),
                center: lambda.ln(),
                own,
                scatter,
            };
        }
        Cell::convolved(count, tau)
    }

    fn convolved(count: Count, tau: f64) -> Cell {
        let p = (count.passes as f64 + 0.5) / (count.samples as f64 + 1.0);
        let own = ((1.0 - p) / (count.samples as f64 * p)).sqrt() / -p.ln();
        let widest = (RESOLUTION * own).min(2.0 * RESOLUTION * tau);
        let fine = (STEP / widest).ceil().clamp(1.0, 200.0) as usize;
        let h = STEP / fine as f64;
        let reach = (REACH * tau / h).ceil() as usize;
        let total = (ENTRIES - 1) * fine + 1 + 2 * reach;
        let lowest = LOWEST - h * reach as f64;
        let logs: Vec<f64> = (0..total)
            .map(|j| binomial(count, lowest + h * j as f64).0)
            .collect();
        let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let values: Vec<f64> = logs.iter().map(|l| (l - highest).exp()).collect();
        let kernel: Vec<Tap> = (0..=2 * reach)
            .map(|j| {
                let offset = h * (j as f64 - reach as f64);
                let log = -0.5 * (offset / tau).powi(2);
                Tap {
                    offset,
                    log,
                    weight: log.exp(),
                    lift: offset.exp(),
                }
            })
            .collect();
        let norm: f64 = kernel.iter().map(|k| k.weight).sum();
        let entry = |k: usize| {
            let from = k * fine;
            let (mut peak, mut sums) = (highest, [0.0; 4]);
            for (value, tap) in values[from..].iter().zip(&kernel) {
                tap.add(value * tap.weight, &mut sums);
            }
            if sums[0] < 1e-250 {
                // Far from where the count is likely the sum underflows: sum relative to the
                // largest term.
                let terms = || {
                    logs[from..]
                        .iter()
                        .zip(&kernel)
                        .map(|(l, k)| (l + k.log, k))
                };
                peak = terms().map(|t| t.0).fold(f64::NEG_INFINITY, f64::max);
                sums = [0.0; 4];
                for (log, tap) in terms().filter(|t| t.0 > peak - 40.0) {
                    tap.add((log - peak).exp(), &mut sums);
                }
            }
            let mu = LOWEST + STEP * k as f64;
            // d/dμ ln ∫ f(μ + ε) φ(ε) dε = E[ε]/τ².
            let likelihood = (
                peak + (sums[0] / norm).ln(),
                sums[1] / sums[0] / (tau * tau),
            );
            let moments = (
                mu + (sums[2] / sums[0]).ln(),
                2.0 * mu + (sums[3] / sums[0]).ln(),
            );
            (likelihood, moments)
        };
        let (likelihood, moments) = (0..ENTRIES).map(entry).unzip();
        Cell::Table {
            likelihood,
            moments,
        }
    }

    /// ln L at μ with its first two derivatives.
    pub(super) fn at(&self, mu: f64) -> At {
        match self {
            Cell::Normal {
                peak,
                center,
                own,
                scatter,
            } => {
                let weight = 1.0 / (own + scatter);
                let off = center - mu;
                At {
                    value: peak - 0.5 * off * off * weight,
                    slope: off * weight,
                    bend: -weight,
                }
            }
            Cell::Table { likelihood, .. } => {
                // Beyond the table the likelihood continues as a line. A cubic would turn upwards
                // and grow without limit.
                let inside = mu.clamp(LOWEST, HIGHEST);
                let (k, x) = place(inside);
                let ((a, da), (b, db)) = (likelihood[k], likelihood[k + 1]);
                let (da, db, rise) = (da * STEP, db * STEP, b - a);
                // a + da·x + q·x² + r·x³
                let q = 3.0 * rise - 2.0 * da - db;
                let r = da + db - 2.0 * rise;
                if mu != inside {
                    let (value, slope) = if mu < inside {
                        likelihood[0]
                    } else {
                        likelihood[ENTRIES - 1]
                    };
                    return At {
                        value: value + slope * (mu - inside),
                        slope,
                        bend: 0.0,
                    };
                }
                At {
                    value: a + x * (da + x * (q + x * r)),
                    slope: (da + x * (2.0 * q + 3.0 * x * r)) / STEP,
                    bend: (2.0 * q + 6.0 * x * r) / (STEP * STEP),
                }
            }
        }
    }

    /// E\[λ | count, μ\], its derivative with respect to μ, and E\[λ² | count, μ\].
    pub(super) fn lambda(&self, mu: f64) -> (f64, f64, f64) {
        match self {
            Cell::Normal {
                center,
                own,
                scatter,
                ..
            } => {
                let share = own / (own + scatter);
                let mean = share * mu + (1.0 - share) * center;
                let spread = share * scatter;
                let first = (mean + 0.5 * spread).exp();
                (first, share * first, (2.0 * mean + 2.0 * spread).exp())
            }
            Cell::Table { moments, .. } if moments.is_empty() => {
                let lambda = mu.exp();
                (lambda, lambda, lambda * lambda)
            }
            Cell::Table { moments, .. } => {
                let (k, x) = place(mu);
                let (a, b) = (moments[k], moments[k + 1]);
                let first = (a.0 + x * (b.0 - a.0)).exp();
                let slope = first * (b.0 - a.0) / STEP;
                (first, slope, (a.1 + x * (b.1 - a.1)).exp())
            }
        }
    }
}

/// The interval of the table that contains μ, and the place in it. Beyond the ends it is the first
/// or the last interval.
fn place(mu: f64) -> (usize, f64) {
    let at = (mu - LOWEST) / STEP;
    let k = at.clamp(0.0, (ENTRIES - 2) as f64) as usize;
    (k, at - k as f64)
}

/// The cells of every problem and model. Equal counts share one.
#[derive(Debug)]
pub(super) struct Cells {
    distinct: Vec<Cell>,
    /// The cell of problem i and model m, at i·models + m.
    which: Vec<u32>,
    models: usize,
}

impl Cells {
    /// `counts` has one row per model.
    pub(super) fn new(counts: &[&[Count]], tau: f64) -> Cells {
        let (models, problems) = (counts.len(), counts.first().map_or(0, |row| row.len()));
        let mut places: HashMap<(u64, u64), u32> = HashMap::new();
        let mut distinct = Vec::new();
        let mut which = Vec::with_capacity(models * problems);
        for i in 0..problems {
            for row in counts {
                let count = row[i];
                let place = *places
                    .entry((count.samples, count.passes))
                    .or_insert_with(|| {
                        distinct.push(Cell::new(count, tau));
                        (distinct.len() - 1) as u32
                    });
                which.push(place);
            }
        }
        Cells {
            distinct,
            which,
            models,
        }
    }

    pub(super) fn cell(&self, problem: usize, model: usize) -> &Cell {
        &self.distinct[self.which[problem * self.models + model] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Count = Count {
        samples: 20,
        passes: 0,
    };

    #[test]
    fn tables_follow_the_binomial() {
        let cell = Cell::new(
            Count {
                samples: 20,
                passes: 7,
            },
            0.0,
        );
        for mu in [-3.03, -0.47, 0.0, 0.512, 1.77] {
            let (value, slope) = binomial(
                Count {
                    samples: 20,
                    passes: 7,
                },
                mu,
            );
            let at = cell.at(mu);
            assert!((at.value - value).abs() < 2e-4, "{mu}");
            assert!(
                (at.slope - slope).abs() < 5e-3 * (1.0 + slope.abs()),
                "{mu}"
            );
        }
    }

    #[test]
    fn scatter_is_integrated() {
        // Compared with Simpson's rule with 20,000 intervals.
        for (count, tau) in [
            (NONE, 0.3),
            (
                Count {
                    samples: 10_000,
                    passes: 12,
                },
                0.2,
            ),
            (
                Count {
                    samples: 20,
                    passes: 19,
                },
                0.05,
            ),
        ] {
            let cell = Cell::new(count, tau);
            let lowest = (0..600)
                .map(|j| binomial(count, -3.0 + 0.01 * f64::from(j)).0)
                .fold(f64::NEG_INFINITY, f64::max);
            // Around the most likely μ of the count.
            let c = count.passes as f64 + 0.5;
            let middle = ((count.samples as f64 + 1.0) / c).ln().ln();
            for mu in [middle - 0.4, middle, middle + 0.5] {
                let m = 20_000;
                let h = 2.0 * REACH * tau / f64::from(m);
                let mut sums = [0.0; 2];
                for j in 0..=m {
                    let e = -REACH * tau + h * f64::from(j);
                    let weight = match j {
                        0 => 1.0,
                        j if j == m => 1.0,
                        j if j % 2 == 1 => 4.0,
                        _ => 2.0,
                    };
                    let x = (binomial(count, mu + e).0 - lowest - 0.5 * (e / tau).powi(2)).exp();
                    sums[0] += weight * x;
                    sums[1] += weight * x * (mu + e).exp();
                }
                let scale = h / 3.0 / (tau * std::f64::consts::TAU.sqrt());
                let expected = (sums[0] * scale).ln() + lowest;
                assert!(
                    (cell.at(mu).value - expected).abs() < 1e-3,
                    "{count:?} {mu}"
                );
                let mean = cell.lambda(mu).0;
                assert!(
                    (mean / (sums[1] / sums[0]) - 1.0).abs() < 1e-3,
                    "{count:?} {mu}"
                );
            }
        }
    }

    #[test]
    fn many_counts_are_normal() {
        let count = Count {
            samples: 10_000,
            passes: 2_000,
        };
        let exact = Cell::convolved(count, 0.2);
        let normal = Cell::new(count, 0.2);
        for mu in [0.0, 0.3, 0.8] {
            let (a, b) = (exact.at(mu).value, normal.at(mu).value);
            assert!((a - b).abs() < 0.05, "{mu}: {a} {b}");
            let (a, b) = (exact.lambda(mu), normal.lambda(mu));
            assert!(
                (a.0 / b.0 - 1.0).abs() < 2e-3 && (a.2 / b.2 - 1.0).abs() < 4e-3,
                "{mu}"
            );
        }
    }
}
