//! Problems with their own exponents: ln λ_i(C) = a_i + b_i·u + ε_im, with u = ln C minus its mean
//! over the models.
//!
//! Levels a_i have the distribution of difficulties that the likelihood with one exponent found.
//! Slopes b_i = −k_i are normal over problems, and ε_im is normal with standard deviation τ. The
//! mean and variance of the slopes and τ maximise the likelihood of all counts, by the EM algorithm
//! with Laplace's approximation for each problem (Tierney and Kadane 1986). The counts of a problem
//! without a pass show only that its λ is large; the distributions do the rest. If all exponents
//! are equal, the variance of the slopes vanishes and the law with one exponent results.

use super::cells::Cells;
use super::hierarchy::Hierarchy;
use super::mixing::{Mixing, statistics};
use crate::runs::Count;
use nalgebra::{Matrix2, Vector2};

/// Values of τ that are tried, smallest first. The likelihood changes little between neighbours.
const SCATTERS: [f64; 8] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7];
/// The search over τ ends when the log likelihood is this far below its best.
const WORSE: f64 = 3.0;
/// Most steps of the EM algorithm, and the gain in log likelihood at which it ends.
const STEPS: usize = 80;
const GAIN: f64 = 0.01;
/// Newton steps for one problem: in the first EM step, and later when its mode is nearly known.
const NEWTON: (usize, usize) = (25, 6);
/// The largest Newton step of a level.
const STRIDE: f64 = 1.5;
/// First mean and variance of the slopes.
const SLOPE: (f64, f64) = (-0.1, 5e-3);
/// Below this, the variance of the slopes counts as zero.
const LEAST: f64 = 1e-8;
/// Prior precision of a level, which keeps the information positive definite.
const RIDGE: f64 = 1e-6;

/// Level and slope of one problem, given its counts and the distributions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    pub(super) mode: Vector2<f64>,
    pub(super) covariance: Matrix2<f64>,
}

/// Levels and slopes of all problems.
#[derive(Debug, Clone)]
pub(super) struct Exponents {
    /// Mean of ln C over the models.
    pub(super) center: f64,
    /// The largest ln C.
    pub(super) last: f64,
    /// Standard deviation of ε.
    pub(super) tau: f64,
    /// Variance of the slopes over problems.
    pub(super) variance: f64,
    pub(super) problems: Vec<Own>,
}

/// The distributions of levels and slopes.
#[derive(Clone, Copy)]
struct Prior<'a> {
    /// Distribution of the levels minus `shift`.
    mixing: &'a Mixing,
    shift: f64,
    /// Mean and variance of the slopes.
    mean: f64,
    variance: f64,
}

/// One run of the EM algorithm.
struct Fitted<'a> {
    value: f64,
    prior: Prior<'a>,
    problems: Vec<Own>,
}

impl Exponents {
    /// `rows` has the counts of one model each, `x` its ln C, and `one` is the fit with one
    /// exponent.
    pub(super) fn fit(rows: &[&[Count]], x: &[f64], one: &Hierarchy) -> Exponents {
        let center = x.iter().sum::<f64>() / x.len() as f64;
        let u: Vec<f64> = x.iter().map(|x| x - center).collect();
        let mut prior = Prior {
            mixing: &one.mixing,
            shift: one.levels.beta.iter().sum::<f64>() / x.len() as f64,
            mean: SLOPE.0,
            variance: SLOPE.1,
        };
        let mut modes = start(rows);
        let mut best: Option<(f64, Fitted)> = None;
        for tau in SCATTERS {
            let cells = Cells::new(rows, tau);
            let fitted = climb(&cells, &u, prior, &modes);
            prior = fitted.prior;
            modes = fitted.problems.iter().map(|own| own.mode).collect();
            match &best {
                Some((_, other)) if fitted.value < other.value - WORSE => break,
                Some((_, other)) if fitted.value <= other.value => {}
                _ => best = Some((tau, fitted)),
            }
        }
        let (tau, variance, problems) = match best {
            Some((tau, fit)) => (tau, fit.prior.variance, fit.problems),
            None => (0.0, LEAST, Vec::new()),
        };
        Exponents {
            center,
            last: x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            tau,
            variance,
            problems,
        }
    }
}

/// First levels, from the corrected plug-in estimate of ln λ.
fn start(rows: &[&[Count]]) -> Vec<Vector2<f64>> {
    let log = |c: &Count| {
        let rate = (c.passes as f64 + 0.5) / (c.samples as f64 + 1.0);
        (-rate.ln()).ln()
    };
    let level = |i: usize| rows.iter().map(|row| log(&row[i])).sum::<f64>() / rows.len() as f64;
    (0..rows[0].len())
        .map(|i| Vector2::new(level(i), SLOPE.0))
        .collect()
}

/// The EM algorithm, started from these distributions and modes.
fn climb<'a>(cells: &Cells, u: &[f64], mut prior: Prior<'a>, modes: &[Vector2<f64>]) -> Fitted<'a> {
    let mut modes = modes.to_vec();
    let mut last = f64::NEG_INFINITY;
    let n = modes.len() as f64;
    for step in 0.. {
        let newton = if step == 0 { NEWTON.0 } else { NEWTON.1 };
        let mut value = 0.0;
        let mut problems = Vec::with_capacity(modes.len());
        for (i, mode) in modes.iter_mut().enumerate() {
            let (log, own) = one(cells, i, u, &prior, *mode, newton);
            *mode = own.mode;
            value += log;
            problems.push(own);
        }
        if (value - last).abs() < GAIN || step == STEPS {
            return Fitted {
                value,
                prior,
                problems,
            };
        }
        last = value;
        let mean = problems.iter().map(|own| own.mode[1]).sum::<f64>() / n;
        let spread = |own: &Own| (own.mode[1] - mean).powi(2) + own.covariance[(1, 1)];
        prior = Prior {
            mean,
            variance: problems.iter().map(spread).sum::<f64>() / n + LEAST,
            ..prior
        };
    }
    unreachable!("the loop ends after its last step")
}

/// One problem's marginal log likelihood and its level and slope.
fn one(
    cells: &Cells,
    problem: usize,
    u: &[f64],
    prior: &Prior<'_>,
    from: Vector2<f64>,
    newton: usize,
) -> (f64, Own) {
    let look = |at: &Vector2<f64>| {
        let t = at[0] - prior.shift;
        let theta = t.exp();
        let [b, a, q] = prior.mixing.shape;
        let off = (at[1] - prior.mean) / prior.variance;
        let mut value = prior.mixing.log_density(&statistics(t, theta))
            - 0.5 * off * (at[1] - prior.mean)
            - 0.5 * prior.variance.ln();
        let mut score = Vector2::new(b - a * theta - q * t, -off);
        let known = Vector2::new(a * theta + q + RIDGE, 1.0 / prior.variance);
        let mut information = Matrix2::from_diagonal(&known);
        for (m, u) in u.iter().enumerate() {
            let cell = cells.cell(problem, m).at(at[0] + at[1] * u);
            let bend = (-cell.bend).max(0.0);
            value += cell.value;
            score += Vector2::new(cell.slope, cell.slope * u);
            information += bend * Matrix2::new(1.0, *u, *u, u * u);
        }
        (value, score, information)
    };
    let mut mode = from;
    let (mut value, mut score, mut information) = look(&mode);
    for _ in 0..newton {
        // The information is positive definite, and finite while the level is.
        let step = information
            .try_inverse()
            .map_or_else(Vector2::zeros, |inverse| inverse * score);
        let short = (STRIDE / step[0].abs().max(1e-9)).min(1.0);
        mode += step * short;
        (value, score, information) = look(&mode);
        if step.amax() < 1e-3 {
            break;
        }
    }
    let log = value - 0.5 * information.determinant().ln();
    let covariance = information.try_inverse().unwrap_or_else(Matrix2::zeros);
    (log, Own { mode, covariance })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row per problem, one column per model.
    const PASSES: [[u64; 5]; 8] = [
        [1, 3, 6, 10, 14],
        [0, 0, 1, 1, 3],
        [12, 15, 17, 19, 20],
        [5, 4, 6, 5, 7],
        [0, 2, 7, 15, 19],
        [3, 8, 6, 11, 13],
        [0, 0, 0, 0, 0],
        [9, 8, 11, 10, 13],
    ];

    /// `studies/references/own_exponents.py`: level, slope, and the entries of their covariance,
    /// for slopes of mean −0.12 and variance 0.004.
    const BY_SCIPY: [[f64; 5]; 8] = [
        [0.123_157, -0.182_269, 0.026_975, 0.000_328, 0.001_665],
        [1.237_482, -0.127_337, 0.040_502, -0.003_336, 0.002_240],
        [-1.755_919, -0.182_965, 0.068_877, 0.003_650, 0.002_571],
        [0.261_407, -0.062_765, 0.023_527, 0.000_220, 0.001_445],
        [-0.097_797, -0.272_585, 0.033_303, 0.000_529, 0.002_017],
        [-0.116_095, -0.135_405, 0.026_915, 0.000_656, 0.001_610],
        [1.795_012, -0.089_288, 0.092_397, -0.005_025, 0.003_146],
        [-0.406_099, -0.086_522, 0.029_119, 0.000_685, 0.001_653],
    ];

    fn cells() -> (Cells, Vec<f64>, Mixing) {
        let row = |m: usize| PASSES.iter().map(|row| Count::new(row[m], 20)).collect();
        let rows: Vec<Vec<Count>> = (0..5).map(row).collect();
        let rows: Vec<&[Count]> = rows.iter().map(Vec::as_slice).collect();
        let u = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|decades| decades * 10f64.ln());
        (
            Cells::new(&rows, 0.2),
            u.to_vec(),
            Mixing::new([0.8, 0.5, 0.3]),
        )
    }

    /// Modes agree to a hundredth of their standard deviation, covariances to 3 % of the variances.
    /// The tables are cubics between entries, whose second derivative is less accurate.
    #[test]
    fn scipy_agrees_on_the_problems_of_a_small_table() {
        let (cells, u, mixing) = cells();
        let prior = Prior {
            mixing: &mixing,
            shift: 0.0,
            mean: -0.12,
            variance: 0.004,
        };
        for (i, expected) in BY_SCIPY.iter().enumerate() {
            let from = Vector2::new(0.0, SLOPE.0);
            let (_, own) = one(&cells, i, &u, &prior, from, NEWTON.0);
            let c = &own.covariance;
            let found = [own.mode[0], own.mode[1], c[(0, 0)], c[(0, 1)], c[(1, 1)]];
            let sd = [expected[2].sqrt(), expected[4].sqrt()];
            let near = [
                0.01 * sd[0],
                0.01 * sd[1],
                0.03 * sd[0] * sd[0],
                0.03 * sd[0] * sd[1],
                0.03 * sd[1] * sd[1],
            ];
            for ((found, expected), near) in found.iter().zip(expected).zip(near) {
                assert!((found - expected).abs() < near, "{i}: {found} {expected}");
            }
        }
    }

    /// The maximum of the likelihood with levels and slopes integrated out, for τ = 0.2. Laplace's
    /// approximation and the end of the EM algorithm cause small differences.
    #[test]
    fn scipy_agrees_on_the_slopes_of_all_problems() {
        let (cells, u, mixing) = cells();
        let prior = Prior {
            mixing: &mixing,
            shift: 0.0,
            mean: SLOPE.0,
            variance: SLOPE.1,
        };
        let fitted = climb(&cells, &u, prior, &[Vector2::new(0.0, SLOPE.0); 8]);
        let (mean, sd) = (fitted.prior.mean, fitted.prior.variance.sqrt());
        assert!((mean + 0.176_78).abs() < 0.01, "{mean}");
        assert!((sd / 0.127_48 - 1.0).abs() < 0.1, "{sd}");
    }
}
