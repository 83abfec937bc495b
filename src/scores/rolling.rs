//! Rolling origin within a ladder: forecasts its larger models from its smaller ones.

use super::combine::{Combined, combined};
use super::logit;
use super::task::{Law, ScoreTarget, TaskFit, TaskRun};
use crate::interval::Kind;

/// Scores closer than this to 0 or 1 have the logit at this distance.
const EDGE: f64 = 1e-4;

/// One forecast whose outcome is in the ladder.
#[derive(Debug, Clone)]
pub struct Step {
    /// Index of the model in the ladder.
    pub model: usize,
    /// The forecast from smaller models.
    pub forecast: Combined,
}

/// Forecasts the largest models of the ladder from the others. At least two thirds of the models,
/// and at least six, are fitted.
pub fn origins(runs: &[TaskRun], laws: &[Law]) -> Vec<Step> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|&a, &b| runs[a].compute.total_cmp(&runs[b].compute));
    let mut steps = Vec::new();
    let first = 6.max((2 * runs.len()).div_ceil(3));
    if first >= runs.len() {
        return steps;
    }
    let fitted: Vec<TaskRun> = order[..first].iter().map(|&k| runs[k].clone()).collect();
    let fit = TaskFit::new(&fitted, laws);
    let larger = order[first..].iter();
    steps.extend(larger.filter_map(|&model| step(&fit, model, &runs[model])));
    steps
}

/// Largest number of values of compute that [`one_by_one`] forecasts; more would cost time and say
/// little more.
const MOST: usize = 32;

/// Forecasts each of the larger models from all models with less compute. The larger models are
/// those of the larger half of the values of compute, and at least four values are smaller.
pub fn one_by_one(runs: &[TaskRun], laws: &[Law]) -> Vec<Step> {
    let mut all: Vec<f64> = runs.iter().map(|run| run.compute).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let first = (all.len() / 2).max(4).max(all.len().saturating_sub(MOST));
    let mut steps = Vec::new();
    for &compute in all.iter().skip(first) {
        let smaller = runs.iter().filter(|run| run.compute < compute);
        let fit = TaskFit::new(&smaller.cloned().collect::<Vec<_>>(), laws);
        let same = runs
            .iter()
            .enumerate()
            .filter(|(_, run)| run.compute == compute);
        steps.extend(same.filter_map(|(model, run)| step(&fit, model, run)));
    }
    steps
}

fn step(fit: &TaskFit, model: usize, run: &TaskRun) -> Option<Step> {
    let target = ScoreTarget {
        compute: run.compute,
        size: run.size,
    };
    combined(fit, &target).map(|forecast| Step { model, forecast })
}

/// The errors of these forecasts in standard deviations of a new model's score, each with the index
/// of its model.
pub fn errors(runs: &[TaskRun], steps: &[Step]) -> Vec<(usize, f64)> {
    let of = |step: &Step| {
        let eta = logit(runs[step.model].score.clamp(EDGE, 1.0 - EDGE));
        let sd = step.forecast.sd(Kind::Prediction);
        (step.model, (step.forecast.eta - eta) / sd)
    };
    steps.iter().map(of).collect()
}
