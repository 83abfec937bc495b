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
    for &model in &order[first..] {
        let target = ScoreTarget {
            compute: runs[model].compute,
            size: runs[model].size,
        };
        steps.extend(combined(&fit, &target).map(|forecast| Step { model, forecast }));
    }
    steps
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
