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
const COUNT: u64 = 500;
const CHANCE: f64 = 0.25;
/// Relative standard deviation of a loss on the task.
const LOSS_NOISE: f64 = 0.003;

/// What makes the scores.
#[derive(Clone, Copy)]
struct Truth {
    name: &'static str,
    law: ScoreLaw,
    score: fn(f64, f64) -> f64,
}

const TRUTHS: [Truth; 3] = [
    Truth {
        name: "−ln Q of compute",
        law: ScoreLaw::Compute,
        score: |n, d| of_loss(1.6 * (6.0 * n * d / 1e20).powf(-0.14)),
    },
    Truth {
        name: "−ln Q of size",
        law: ScoreLaw::Size,
        score: |n, d| of_loss(0.9 * (n / 4e8).powf(-0.35) + 0.8 * (d / 2e10).powf(-0.3)),
    },
    Truth {
        name: "sigmoid of a loss",
        law: ScoreLaw::TwoStep,
        score: |n, d| 0.25 + 0.7 / (1.0 + (6.0 * (task_loss(n, d) - 0.95)).exp()),
    },
];

fn of_loss(loss: f64) -> f64 {
    CHANCE + (1.0 - CHANCE) * (-loss).exp()
}

fn task_loss(n: f64, d: f64) -> f64 {
    0.45 + 0.32 * (n / 4e8).powf(-0.3) + 0.3 * (d / 2e10).powf(-0.3)
}

/// Four sizes with four numbers of tokens each.
fn ladder(truth: Truth, examples: f64, seed: u64) -> Vec<TaskRun> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut runs = Vec::new();
    for n in [1.9e8, 3.7e8, 7.6e8, 1.28e9] {
        for ratio in [20.0, 40.0, 100.0, 200.0] {
            let d = ratio * n;
            let p = (truth.score)(n, d);
            let passed = (0..examples as u64)
                .filter(|_| uniform(&mut rng) < p)
                .count();
            let loss = task_loss(n, d) * (1.0 + LOSS_NOISE * standard_normal(&mut rng));
            runs.push(TaskRun {
                compute: 6.0 * n * d,
                size: Some((n, d)),
                score: passed as f64 / examples,
                sampling: Sampling::Examples(examples),
                chance: CHANCE,
                loss: Some(loss),
            });
        }
    }
    runs
}

/// Whether the interval of the law, and that of the forecast, hold; the half-width of both.
fn one(truth: Truth, examples: f64, seed: u64) -> Option<[(bool, f64); 2]> {
    let runs = ladder(truth, examples, seed);
    let (n, d) = (1.28e10, 2.56e12);
    let target = ScoreTarget {
        compute: 6.0 * n * d,
        size: Some((n, d)),
    };
    let p = (truth.score)(n, d);
    let made = combined(&TaskFit::new(&runs, &ScoreLaw::ALL), &target)?;
    let law = made.members.iter().find(|m| m.law == truth.law)?.delta;
    let whole = made.interval(0.9, Kind::Confidence);
    Some([law, whole].map(|(lower, upper)| (lower <= p && p <= upper, 50.0 * (upper - lower))))
}

/// One row a truth and number of examples.
pub fn table() -> Result<String> {
    let mut text = "| truth | examples | law's delta interval holds | half-width | forecast's interval holds | half-width |\n|---|---|---|---|---|---|\n".to_owned();
    for truth in TRUTHS {
        for examples in [100.0, 1000.0] {
            let all: Vec<[(bool, f64); 2]> = (0..COUNT)
                .into_par_iter()
                .filter_map(|seed| one(truth, examples, seed))
                .collect();
            let column = |k: usize| {
                let held = all.iter().filter(|row| row[k].0).count();
                let mut half: Vec<f64> = all.iter().map(|row| row[k].1).collect();
                half.sort_by(f64::total_cmp);
                (100.0 * held as f64 / all.len() as f64, half[half.len() / 2])
            };
            let (law, whole) = (column(0), column(1));
            let _ = writeln!(
                text,
                "| {} | {examples} | {:.1} | {:.1} | {:.1} | {:.1} |",
                truth.name, law.0, law.1, whole.0, whole.1
            );
        }
    }
    Ok(text)
}
