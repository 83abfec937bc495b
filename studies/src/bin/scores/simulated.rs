//! Tasks with known laws: how often the delta interval of the true law, and the forecast's interval,
//! hold the score of a model with 100 times the compute.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::internal::scores::{Sampling, ScoreLaw, ScoreTarget, TaskFit, TaskRun, combined};
use scalewise::internal::{standard_normal, uniform};
use scalewise::{Kind, Result};
use std::fmt::Write as _;

/// Simulated ladders of a row.
const COUNT: u64 = 5000;
const CHANCE: f64 = 0.25;
/// Relative standard deviation of a loss on the task.
const LOSS_NOISE: f64 = 0.003;

/// The curve behind the scores.
#[derive(Clone, Copy)]
pub enum Truth {
    /// The level and exponent of −ln Q.
    Compute(f64, f64),
    /// Level and exponent in N, then in D.
    Size([f64; 4]),
    /// Ceiling, slope and middle of the sigmoid.
    Sigmoid([f64; 3]),
    /// Slope and middle of a logistic curve of ln C, which is not a law of the forecast.
    Logistic(f64, f64),
}

/// Names, the law of the same form, a fixed truth and how another one is drawn.
pub const TRUTHS: [(&str, ScoreLaw, Truth); 3] = [
    (
        "−ln Q of compute",
        ScoreLaw::Compute,
        Truth::Compute(1.6, 0.14),
    ),
    (
        "−ln Q of size",
        ScoreLaw::Size,
        Truth::Size([0.9, 0.35, 0.8, 0.3]),
    ),
    (
        "sigmoid of a loss",
        ScoreLaw::TwoStep,
        Truth::Sigmoid([0.7, 6.0, 0.95]),
    ),
];

impl Truth {
    /// Another truth of the same form. Levels and exponents are uniform in their logarithms, within
    /// the ranges of published ladders.
    pub fn drawn(self, rng: &mut ChaCha8Rng) -> Truth {
        let mut between = |low: f64, high: f64| low * (high / low).powf(uniform(rng));
        match self {
            Truth::Compute(..) => Truth::Compute(between(0.8, 3.0), between(0.07, 0.3)),
            Truth::Size(_) => Truth::Size([
                between(0.4, 1.6),
                between(0.15, 0.6),
                between(0.4, 1.6),
                between(0.15, 0.6),
            ]),
            Truth::Sigmoid(_) => {
                Truth::Sigmoid([between(0.5, 0.75), between(3.0, 10.0), between(0.75, 1.1)])
            }
            Truth::Logistic(k, _) => {
                Truth::Logistic(k * between(2.0 / 3.0, 1.5), between(1e20, 1e22))
            }
        }
    }

    pub fn score(self, n: f64, d: f64) -> f64 {
        match self {
            Truth::Compute(a, alpha) => of_loss(a * (6.0 * n * d / 1e20).powf(-alpha)),
            Truth::Size([a, alpha, b, beta]) => {
                of_loss(a * (n / 4e8).powf(-alpha) + b * (d / 2e10).powf(-beta))
            }
            Truth::Sigmoid([ceiling, k, middle]) => {
                CHANCE + ceiling / (1.0 + (k * (task_loss(n, d) - middle)).exp())
            }
            Truth::Logistic(k, middle) => {
                CHANCE + (1.0 - CHANCE) / (1.0 + (6.0 * n * d / middle).powf(-k))
            }
        }
    }
}

fn of_loss(loss: f64) -> f64 {
    CHANCE + (1.0 - CHANCE) * (-loss).exp()
}

fn task_loss(n: f64, d: f64) -> f64 {
    0.45 + 0.32 * (n / 4e8).powf(-0.3) + 0.3 * (d / 2e10).powf(-0.3)
}

/// Four sizes with four numbers of tokens each.
pub fn ladder(truth: Truth, examples: f64, rng: &mut ChaCha8Rng) -> Vec<TaskRun> {
    let mut runs = Vec::new();
    for n in [1.9e8, 3.7e8, 7.6e8, 1.28e9] {
        for ratio in [20.0, 40.0, 100.0, 200.0] {
            runs.push(model(truth, (n, ratio * n), examples, rng));
        }
    }
    runs
}

/// A model with its score and its loss.
pub fn model(truth: Truth, (n, d): (f64, f64), examples: f64, rng: &mut ChaCha8Rng) -> TaskRun {
    let p = truth.score(n, d);
    let passed = (0..examples as u64).filter(|_| uniform(rng) < p).count();
    let loss = task_loss(n, d) * (1.0 + LOSS_NOISE * standard_normal(rng));
    TaskRun {
        compute: 6.0 * n * d,
        size: Some((n, d)),
        score: passed as f64 / examples,
        sampling: Sampling::Examples(examples),
        chance: CHANCE,
        loss: Some(loss),
    }
}

/// Whether the interval of the law, and that of the forecast, hold; the half-width of both.
fn one(law: ScoreLaw, truth: Truth, drawn: bool, examples: f64, seed: u64) -> Option<[Shown; 2]> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let truth = match drawn {
        true => truth.drawn(&mut rng),
        false => truth,
    };
    let runs = ladder(truth, examples, &mut rng);
    let (n, d) = (1.28e10, 2.56e12);
    let target = ScoreTarget {
        compute: 6.0 * n * d,
        size: Some((n, d)),
    };
    let p = truth.score(n, d);
    let made = combined(&TaskFit::new(&runs, &ScoreLaw::ALL), &target)?;
    let law = made.members.iter().find(|m| m.law == law)?.delta;
    let whole = made.interval(0.9, Kind::Confidence);
    Some([law, whole].map(|(lower, upper)| Shown {
        holds: lower <= p && p <= upper,
        half: 50.0 * (upper - lower),
    }))
}

/// An interval and the truth.
struct Shown {
    holds: bool,
    /// Half its width, in points.
    half: f64,
}

/// One row per truth and number of examples.
pub fn table() -> Result<String> {
    let mut text = "| truth | examples | shapes | law's delta interval holds | half-width \
                    | forecast's interval holds | half-width |\n|---|---|---|---|---|---|---|\n"
        .to_owned();
    for (name, law, truth) in TRUTHS {
        for (drawn, shapes) in [(false, "one"), (true, "drawn")] {
            for examples in [100.0, 1000.0] {
                let all: Vec<[Shown; 2]> = (0..COUNT)
                    .into_par_iter()
                    .filter_map(|seed| one(law, truth, drawn, examples, seed))
                    .collect();
                let column = |k: usize| {
                    let held = all.iter().filter(|row| row[k].holds).count();
                    let mut half: Vec<f64> = all.iter().map(|row| row[k].half).collect();
                    half.sort_by(f64::total_cmp);
                    (100.0 * held as f64 / all.len() as f64, half[half.len() / 2])
                };
                let (law, whole) = (column(0), column(1));
                let _ = writeln!(
                    text,
                    "| {name} | {examples} | {shapes} | {:.1} | {:.1} | {:.1} | {:.1} |",
                    law.0, law.1, whole.0, whole.1
                );
            }
        }
    }
    Ok(text)
}
