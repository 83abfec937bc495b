//! How often the finding `held-out-misses` comes in: for simulated tasks that follow a law of the
//! forecast, for tasks that do not, and for the tasks of the published ladder.

use crate::ladder::{Cell, tasks};
use crate::simulated::{TRUTHS, Truth, ladder, model};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::Kind;
use scalewise::fit::Severity;
use scalewise::internal::scores::{
    HeldOut, ScoreLaw, ScoreTarget, TaskFit, TaskRun, combined, findings,
};
use std::fmt::Write as _;

/// Simulated ladders of a row.
const COUNT: u64 = 500;
/// Added to the seeds, so that the ladders are others than those of the table of coverage, and than
/// those on which the test was chosen.
const SEEDS: u64 = 1_000_000;

/// Curves that no law of the forecast has.
const OTHERS: [(&str, Truth); 2] = [
    ("logistic of ln C", Truth::Logistic(0.46, 1e21)),
    ("jump: steep logistic", Truth::Logistic(3.0, 1e21)),
];

/// The models of a simulated table.
#[derive(Clone, Copy)]
enum Models {
    /// Sixteen models with parameters, tokens and a loss.
    Grid,
    /// So many models over four decades, of which only the compute is known.
    Compute(usize),
}

impl Models {
    fn name(self) -> String {
        match self {
            Models::Grid => "16, with sizes and a loss".to_owned(),
            Models::Compute(count) => format!("{count}, compute alone"),
        }
    }

    fn runs(self, truth: Truth, examples: f64, rng: &mut ChaCha8Rng) -> Vec<TaskRun> {
        let Models::Compute(count) = self else {
            return ladder(truth, examples, rng);
        };
        let at = |k: usize| 1e18 * 1e4f64.powf(k as f64 / (count - 1) as f64);
        let runs = (0..count).map(|k| TaskRun {
            size: None,
            loss: None,
            ..model(truth, size(at(k)), examples, rng)
        });
        runs.collect()
    }

    /// A model with 100 times the compute of the largest.
    fn target(self) -> (f64, f64) {
        match self {
            Models::Grid => (1.28e10, 2.56e12),
            Models::Compute(_) => size(1e24),
        }
    }
}

/// Parameters, with twenty tokens for each.
fn size(compute: f64) -> (f64, f64) {
    let n = (compute / 120.0).sqrt();
    (n, 20.0 * n)
}

/// Whether the finding comes in, and whether the interval contains the score of the target. `None`
/// if there is no forecast.
fn one(models: Models, truth: Truth, examples: f64, seed: u64) -> Option<(bool, bool)> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEEDS + seed);
    let truth = truth.drawn(&mut rng);
    let runs = models.runs(truth, examples, &mut rng);
    let found = finds(&runs)?;
    let (n, d) = models.target();
    let target = ScoreTarget {
        compute: 6.0 * n * d,
        size: runs[0].size.map(|_| (n, d)),
    };
    let made = combined(&TaskFit::new(&runs, &ScoreLaw::ALL), &target)?;
    let (lower, upper) = made.interval(0.9, Kind::Confidence);
    let p = truth.score(n, d);
    Some((found, lower <= p && p <= upper))
}

/// Whether the finding comes in. `None` if another finding refuses a forecast.
fn finds(runs: &[TaskRun]) -> Option<bool> {
    let fit = TaskFit::new(runs, &ScoreLaw::ALL);
    let found = findings(runs, &fit);
    let refused = found.iter().any(|d| d.severity == Severity::Refuse);
    let held_out = HeldOut::of(runs, &ScoreLaw::ALL).filter(|_| !refused)?;
    Some(held_out.finding().is_some())
}

/// One row per curve, models and number of examples, and one of the published ladder.
pub fn table(cells: &[Cell]) -> String {
    let mut text = "| score | models | examples | forecasts | finding | interval at 100x holds |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    let laws = TRUTHS.iter().map(|(name, _, truth)| (*name, *truth));
    for (name, truth) in laws.chain(OTHERS) {
        let few = [Models::Compute(8), Models::Compute(12)];
        for models in [&[Models::Grid][..], &few].concat() {
            // Without sizes and losses there is only the law of compute.
            let of_law = matches!(truth, Truth::Size(_) | Truth::Sigmoid(_));
            if of_law && matches!(models, Models::Compute(_)) {
                continue;
            }
            for examples in [200.0, 1000.0] {
                let all = (0..COUNT).into_par_iter();
                let all: Vec<(bool, bool)> = all
                    .filter_map(|seed| one(models, truth, examples, seed))
                    .collect();
                let share = |of: fn(&(bool, bool)) -> bool| {
                    100.0 * all.iter().filter(|row| of(row)).count() as f64 / all.len() as f64
                };
                let _ = writeln!(
                    text,
                    "| {name} | {} | {examples} | {} | {:.1} % | {:.1} % |",
                    models.name(),
                    all.len(),
                    share(|row| row.0),
                    share(|row| row.1)
                );
            }
        }
    }
    let found: Vec<bool> = (tasks(cells).iter())
        .filter_map(|task| {
            let own = cells.iter().filter(|c| c.task == *task && !c.target);
            finds(&own.map(|c| c.run.clone()).collect::<Vec<_>>())
        })
        .collect();
    let _ = writeln!(
        text,
        "| eight published tasks | 16, with sizes and a loss | - | {} | {} of {0} | - |",
        found.len(),
        found.iter().filter(|found| **found).count()
    );
    text
}
