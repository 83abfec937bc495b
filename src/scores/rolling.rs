//! Rolling origin within a ladder: its larger models forecast from its smaller ones.

use super::combine::{Combined, combined};
use super::task::{Law, ScoreTarget, TaskFit, TaskRun};

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
