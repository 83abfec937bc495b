//! The posterior of the loss at other steps, from the points of a run and the priors.
//!
//! L0, A and the amplitude B of the falls are linear in a law, so they are solved exactly for any
//! exponent α and any response to falls. The exponents form a grid and the responses a list, so no
//! basin is missed; the posterior is the mixture over all of them. B has a normal prior about a
//! known share of A·S^(−α). If no fall has been seen, B follows its prior, and the width of the
//! prior is in the result.

use crate::numeric::minimise_to;

/// The range of exponents.
const EXPONENTS: (f64, f64) = (0.05, 2.0);
/// Number of exponents that find the range that matters, and number that then divide that range.
const GRID: (usize, usize) = (24, 24);
/// Cells whose log weight lies this far below the highest are negligible.
const NEGLIGIBLE: f64 = 12.0;
/// Residuals count as at least this share of the loss.
const ROUNDING: f64 = 2e-5;
/// Parameters subtracted from the degrees of freedom: L0, A and α.
const PARAMETERS: f64 = 3.0;

/// The points and targets in the columns of one law.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Losses in units of the last one.
    pub y: &'a [f64],
    pub weights: &'a [f64],
    /// S at the points, in units of its value at the last point.
    pub s: &'a [f64],
    /// The responses at the points.
    pub falls: &'a [f64],
    /// (s, response) at the steps of the forecast.
    pub targets: &'a [(f64, f64)],
}

/// The priors of the parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    /// ln α and its standard deviation.
    pub exponent: (f64, f64),
    /// B as a share of A·S^(−α) at s = `at`, and its relative standard deviation.
    pub amplitude: (f64, f64),
    pub at: f64,
}

/// One exponent with its best linear parameters.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub alpha: f64,
    pub floor: f64,
    /// A·S^(−α) at the last point.
    pub reducible: f64,
    /// B.
    pub amplitude: f64,
    /// The logarithm of its weight.
    pub weight: f64,
    /// Sum of squares, including the penalty of the prior and the least size of residuals.
    pub sum: f64,
    /// The mean, and the variance in units of the variance of a residual, at each target.
    pub told: Vec<(f64, f64)>,
}

/// The size of the residuals and how many are independent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scatter {
    /// The variance of a residual of weight 1.
    pub variance: f64,
    /// Number of independent residuals that they are worth.
    pub worth: f64,
    /// The part of the variance that every law has, since none describes a run exactly.
    pub misfit: f64,
}

/// So many exponents between two, evenly spaced in their logarithm.
fn exponents(count: usize, (low, high): (f64, f64)) -> impl Iterator<Item = f64> {
    (0..count).map(move |k| low * (high / low).powf(k as f64 / (count - 1) as f64))
}

/// The cell with the least sum of squares, without priors; `tolerance` is that of ln α.
pub(super) fn closest(seen: &Seen<'_>, tolerance: f64) -> Option<Cell> {
    let free = |alpha: f64| solved(seen, alpha, None);
    let (coarse, _) = GRID;
    let cells: Vec<Cell> = exponents(coarse, EXPONENTS).filter_map(free).collect();
    let best = cells.iter().min_by(|p, q| p.sum.total_cmp(&q.sum))?;
    let step = (EXPONENTS.1 / EXPONENTS.0).powf(1.0 / (coarse - 1) as f64);
    let near = (best.alpha / step, best.alpha * step);
    let sum = |ln: f64| free(ln.exp()).map_or(f64::INFINITY, |cell| cell.sum.ln());
    let alpha = minimise_to(sum, near.0.ln(), near.1.ln(), tolerance).exp();
    let finer = free(alpha).filter(|cell| cell.sum <= best.sum);
    Some(finer.unwrap_or_else(|| best.clone()))
}

/// Weighted cells that cover the exponents that matter.
pub(super) fn cells(seen: &Seen<'_>, before: &Before, scatter: Scatter) -> Vec<Cell> {
    let (coarse, fine) = GRID;
    let blind = Seen {
        targets: &[],
        ..*seen
    };
    let known = |seen: &Seen<'_>, alpha: f64| solved(seen, alpha, Some((before, scatter)));
    let first: Vec<f64> = exponents(coarse, EXPONENTS).collect();
    let weights: Vec<f64> = first
        .iter()
        .map(|alpha| known(&blind, *alpha).map_or(f64::NEG_INFINITY, |cell| cell.weight))
        .collect();
    let highest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let matters = |k: &usize| weights[*k] > highest - NEGLIGIBLE;
    let (Some(low), Some(high)) = ((0..coarse).find(matters), (0..coarse).rev().find(matters))
    else {
        return Vec::new();
    };
    let stretch = (
        first[low.saturating_sub(1)],
        first[(high + 1).min(coarse - 1)],
    );
    // Every cell represents its part of the range.
    let part = ((stretch.1 / stretch.0).ln() / (fine - 1) as f64).ln();
    let fine = exponents(fine, stretch).filter_map(|alpha| known(seen, alpha));
    let weighted = fine.map(|mut cell| {
        cell.weight += part;
        cell
    });
    weighted.collect()
}

/// The residuals of a cell, in units of the last loss.
pub(super) fn residuals(seen: &Seen<'_>, cell: &Cell) -> Vec<f64> {
    let points = seen.y.iter().zip(seen.s).zip(seen.falls);
    let residual = |((y, s), fall): ((&f64, &f64), &f64)| {
        let power = cell.reducible * s.powf(-cell.alpha);
        y - (cell.floor + power - cell.amplitude * fall)
    };
    points.map(residual).collect()
}

/// Weighted sums of products of two columns and the losses, about their means or about zero.
struct Sums {
    means: [f64; 3],
    aa: f64,
    af: f64,
    ff: f64,
    ay: f64,
    fy: f64,
    yy: f64,
}

impl Sums {
    /// The sums for the power and the falls; `share` of the falls is part of the power's column.
    fn new(seen: &Seen<'_>, power: &[f64], share: f64, centred: bool) -> Sums {
        let mut means = [0.0; 3];
        let rows = || {
            let columns = power.iter().zip(seen.falls).zip(seen.y);
            let columns = columns.map(|((p, f), y)| [p - share * f, -f, *y]);
            columns.zip(seen.weights)
        };
        if centred {
            let total: f64 = seen.weights.iter().sum();
            for (row, w) in rows() {
                for (mean, value) in means.iter_mut().zip(row) {
                    *mean += w * value / total;
                }
            }
        }
        let mut sums = Sums {
            means,
            aa: 0.0,
            af: 0.0,
            ff: 0.0,
            ay: 0.0,
            fy: 0.0,
            yy: 0.0,
        };
        for ([a, f, y], w) in rows() {
            let (a, f, y) = (a - means[0], f - means[1], y - means[2]);
            sums.aa += w * a * a;
            sums.af += w * a * f;
            sums.ff += w * f * f;
            sums.ay += w * a * y;
            sums.fy += w * f * y;
            sums.yy += w * y * y;
        }
        sums
    }

    /// The coefficients of the power and of the deviation of the falls, and the sum of squares.
    fn solve(&self, penalty: f64) -> Option<(f64, f64, f64)> {
        let ff = self.ff + penalty;
        let det = self.aa * ff - self.af * self.af;
        // Without falls only the coefficient of the power can be estimated.
        let (r, d) = match self.separates(det, ff) {
            true => (
                (self.ay * ff - self.fy * self.af) / det,
                (self.aa * self.fy - self.af * self.ay) / det,
            ),
            false => (self.ay / self.aa, 0.0),
        };
        let penalised = if d == 0.0 { 0.0 } else { d * d * penalty };
        let fitted = 2.0 * (r * self.ay + d * self.fy);
        let own = r * r * self.aa + 2.0 * r * d * self.af + d * d * self.ff + penalised;
        let sum = (self.yy - fitted + own).max(0.0);
        (r.is_finite() && d.is_finite() && sum.is_finite()).then_some((r, d, sum))
    }

    /// Whether the two columns can be separated.
    fn separates(&self, det: f64, ff: f64) -> bool {
        det.is_finite() && det > 1e-12 * self.aa * ff
    }

    /// The part of the falls' sum of squares that the power does not explain.
    fn own_falls(&self) -> f64 {
        let rest = self.ff - self.af * self.af / self.aa;
        if rest.is_finite() { rest.max(0.0) } else { 0.0 }
    }

    /// The variance of r·x + d·z in units of the variance of a residual.
    fn variance(&self, x: f64, z: f64, penalty: f64) -> f64 {
        let ff = self.ff + penalty;
        let det = self.aa * ff - self.af * self.af;
        match self.separates(det, ff) {
            true => ((x * x * ff - 2.0 * x * z * self.af + z * z * self.aa) / det).max(0.0),
            false => x * x / self.aa,
        }
    }
}

/// The best linear parameters for an exponent, with priors or without.
fn solved(seen: &Seen<'_>, alpha: f64, known: Option<(&Before, Scatter)>) -> Option<Cell> {
    let power: Vec<f64> = seen.s.iter().map(|s| s.powf(-alpha)).collect();
    let share = known.map_or(0.0, |(before, _)| {
        before.amplitude.0 * before.at.powf(-alpha)
    });
    let about = Sums::new(seen, &power, share, true);
    let penalty = match known {
        None => 0.0,
        Some((before, scatter)) => {
            let reducible = (about.ay / about.aa).abs().max(1e-6);
            let deviation = before.amplitude.1 * share * reducible;
            let penalty = scatter.variance * (seen.y.len() as f64 / scatter.worth);
            (penalty / deviation.powi(2)).clamp(1e-12, 1e12)
        }
    };
    let fitted = Fitted::new(seen, &power, share, penalty, about)?;
    let total: f64 = seen.weights.iter().sum();
    let least = known.map_or(0.0, |(_, scatter)| scatter.misfit);
    let sum = fitted.sum + total * least.max(ROUNDING.powi(2));
    let weight = known.map_or(0.0, |(before, scatter)| {
        let (centre, deviation) = before.exponent;
        let prior = -0.5 * ((alpha.ln() - centre) / deviation).powi(2);
        let degrees = (scatter.worth - PARAMETERS).max(1.0);
        prior - 0.5 * degrees * sum.ln() - 0.5 * (fitted.sums.own_falls() / penalty).ln_1p()
    });
    let told = |(s, fall): &(f64, f64)| {
        let (x, z) = (s.powf(-alpha) - fitted.share * fall, -fall);
        let mean = fitted.floor + fitted.r * x + fitted.d * z;
        (mean, fitted.variance(x, z, total))
    };
    Some(Cell {
        alpha,
        floor: fitted.floor,
        reducible: fitted.r,
        amplitude: fitted.d + fitted.share * fitted.r,
        weight,
        sum,
        told: seen.targets.iter().map(told).collect(),
    })
}

/// The linear parameters within their bounds: all are at least zero.
struct Fitted {
    sums: Sums,
    share: f64,
    penalty: f64,
    floor: f64,
    r: f64,
    d: f64,
    sum: f64,
}

impl Fitted {
    /// `None` if the loss would not fall with the power.
    fn new(seen: &Seen<'_>, power: &[f64], share: f64, penalty: f64, sums: Sums) -> Option<Fitted> {
        let within = |share: f64, penalty: f64, sums: Sums| {
            let (r, d, sum) = sums.solve(penalty)?;
            let floor = sums.means[2] - r * sums.means[0] - d * sums.means[1];
            let fitted = |sums: Sums, floor: f64, (r, d, sum): (f64, f64, f64)| Fitted {
                sums,
                share,
                penalty,
                floor,
                r,
                d,
                sum,
            };
            if floor >= 0.0 {
                return Some(fitted(sums, floor, (r, d, sum)));
            }
            let sums = Sums::new(seen, power, share, false);
            let solution = sums.solve(penalty)?;
            Some(fitted(sums, 0.0, solution))
        };
        let free = within(share, penalty, sums)?;
        if free.r > 0.0 && free.d + share * free.r >= 0.0 {
            return Some(free);
        }
        // A negative amplitude would mean that the loss rises when the rate falls; fit without
        // falls instead.
        let alone = within(0.0, f64::INFINITY, Sums::new(seen, power, 0.0, true))?;
        (alone.r > 0.0).then_some(alone)
    }

    /// The variance of the forecast, in units of the variance of a residual.
    fn variance(&self, x: f64, z: f64, total: f64) -> f64 {
        let [mx, mz, _] = self.sums.means;
        let level = if self.floor > 0.0 { 1.0 / total } else { 0.0 };
        self.sums.variance(x - mx, z - mz, self.penalty) + level
    }
}
