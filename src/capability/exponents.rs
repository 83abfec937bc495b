//! Every problem with an exponent of its own: ln λ_i(C) = a_i + b_i·u + ε_im, with u = ln C from
//! the models' mean.
//!
//! Levels a_i and slopes b_i = −k_i come from two independent normal distributions over problems,
//! ε_im from one of standard deviation τ, and the counts are binomial. Means and variances of the
//! distributions are those that make all counts together most likely, by the EM algorithm with
//! Laplace's approximation for each problem (Tierney and Kadane 1986). A problem without a pass
//! says only that its λ is large, and is left to the distribution. Where all exponents are equal,
//! the variance of the slopes vanishes and this is the one law.

use super::cells::Cells;
use crate::runs::Count;
use nalgebra::{Matrix2, Vector2};

/// Values of τ that are tried, the smallest first. A likelihood is flat between neighbours.
const SCATTERS: [f64; 8] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7];
/// The search over τ ends where the log likelihood has fallen so far below its best.
const WORSE: f64 = 3.0;
/// Steps of the EM algorithm at most, and the gain in log likelihood at which it ends.
const STEPS: usize = 80;
const GAIN: f64 = 0.01;
/// Newton steps for one problem, at first and once its mode is nearly known.
const NEWTON: (usize, usize) = (25, 6);
/// The largest Newton step of a level.
const STRIDE: f64 = 1.5;
/// Below these, variances of levels and slopes count as zero.
const LEAST: [f64; 2] = [1e-6, 1e-8];

/// Level and slope of one problem: what its counts and the distributions say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    pub(super) mode: Vector2<f64>,
    pub(super) covariance: Matrix2<f64>,
}

/// Levels and slopes of all problems.
#[derive(Debug, Clone)]
pub(super) struct Exponents {
    /// Mean of the models' ln C.
    pub(super) center: f64,
    /// The largest ln C.
    pub(super) last: f64,
    /// Standard deviation of ε.
    pub(super) tau: f64,
    pub(super) problems: Vec<Own>,
}

/// The distributions of levels and slopes.
#[derive(Debug, Clone, Copy)]
struct Prior {
    mean: Vector2<f64>,
    variance: Vector2<f64>,
}

impl Prior {
    fn precision(&self) -> Matrix2<f64> {
        Matrix2::from_diagonal(&self.variance.map(|v| 1.0 / v))
    }
}

/// One run of the EM algorithm.
struct Fitted {
    value: f64,
    prior: Prior,
    problems: Vec<Own>,
}

impl Exponents {
    /// `rows` has the counts of one model each, `x` its ln C.
    pub(super) fn fit(rows: &[&[Count]], x: &[f64]) -> Exponents {
        let center = x.iter().sum::<f64>() / x.len() as f64;
        let u: Vec<f64> = x.iter().map(|x| x - center).collect();
        let (mut prior, mut modes) = start(rows);
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
        let (tau, problems) = best.map_or((0.0, Vec::new()), |(tau, fit)| (tau, fit.problems));
        Exponents {
            center,
            last: x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            tau,
            problems,
        }
    }
}

/// Distributions and modes from the corrected plug-in of ln λ.
fn start(rows: &[&[Count]]) -> (Prior, Vec<Vector2<f64>>) {
    let log = |c: &Count| {
        let rate = (c.passes as f64 + 0.5) / (c.samples as f64 + 1.0);
        (-rate.ln()).ln()
    };
    let levels: Vec<f64> = (0..rows[0].len())
        .map(|i| rows.iter().map(|row| log(&row[i])).sum::<f64>() / rows.len() as f64)
        .collect();
    let n = levels.len() as f64;
    let mean = levels.iter().sum::<f64>() / n;
    let variance = levels.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / n;
    let prior = Prior {
        mean: Vector2::new(mean, -0.1),
        variance: Vector2::new(variance + 0.2, 5e-3),
    };
    let modes = levels.iter().map(|l| Vector2::new(*l, -0.1)).collect();
    (prior, modes)
}

/// The EM algorithm from these distributions and modes.
fn climb(cells: &Cells, u: &[f64], mut prior: Prior, modes: &[Vector2<f64>]) -> Fitted {
    let mut modes = modes.to_vec();
    let mut last = f64::NEG_INFINITY;
    let n = modes.len() as f64;
    for step in 0.. {
        let precision = prior.precision();
        let newton = if step == 0 { NEWTON.0 } else { NEWTON.1 };
        let mut value = 0.0;
        let mut problems = Vec::with_capacity(modes.len());
        for (i, mode) in modes.iter_mut().enumerate() {
            let (log, own) = one(cells, i, u, &prior, &precision, *mode, newton);
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
        let mean = problems.iter().map(|own| own.mode).sum::<Vector2<f64>>() / n;
        let spread = |own: &Own| {
            let off = own.mode - mean;
            off.component_mul(&off) + own.covariance.diagonal()
        };
        let variance = problems.iter().map(spread).sum::<Vector2<f64>>() / n;
        prior = Prior {
            mean,
            variance: variance + Vector2::from(LEAST),
        };
    }
    unreachable!("the loop ends after its last step")
}

/// One problem's marginal log likelihood and its level and slope.
fn one(
    cells: &Cells,
    problem: usize,
    u: &[f64],
    prior: &Prior,
    precision: &Matrix2<f64>,
    from: Vector2<f64>,
    newton: usize,
) -> (f64, Own) {
    let look = |at: &Vector2<f64>| {
        let (mut value, mut score) = (0.0, precision * (prior.mean - at));
        let mut information = *precision;
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
        // It is at least the precision of the prior, which is positive definite.
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
    let off = mode - prior.mean;
    let log = value
        - 0.5 * off.dot(&(precision * off))
        - 0.5 * information.determinant().ln()
        - 0.5 * prior.variance.map(f64::ln).sum();
    let covariance = information.try_inverse().unwrap_or_else(Matrix2::zeros);
    (log, Own { mode, covariance })
}
