//! Rolling origin within a ladder: its larger models forecast from its smaller ones.

use super::combine::{Combined, combined};
use super::logit;
use super::task::{Law, ScoreTarget, TaskFit, TaskRun};
use crate::interval::Kind;

/// Scores so near to 0 and 1 have the logit of this one.
const EDGE: f64 = 1e-4;

/// One forecast whose outcome is in the ladder.
#[derive(Debug, Clone)]
pub struct Step {
    /// Place of the model in the ladder.
    pub model: usize,
    /// The forecast from smaller models alone.
    pub forecast: Combined,
}

/// Forecasts of every model beyond an origin from the models up to it. The origins leave at least
/// two thirds of the models of the ladder, and at least six, to be fitted.
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

/// The errors of these forecasts in standard deviations of a new model's score, each with the place
/// of its model.
pub fn errors(runs: &[TaskRun], steps: &[Step]) -> Vec<(usize, f64)> {
    let of = |step: &Step| {
        let eta = logit(runs[step.model].score.clamp(EDGE, 1.0 - EDGE));
        let sd = step.forecast.sd(Kind::Prediction);
        (step.model, (step.forecast.eta - eta) / sd)
    };
    steps.iter().map(of).collect()
}
