//! The forecasts of a page of scores at other sizes.

use super::model_size::ModelSize;
use super::scores_answer::{ScoresAnswer, ScoresWhatIf};
use super::scores_request::{ScoresRequest, Suite};
use super::what_if::targets;
use crate::scores::hidden::ScoreTarget;
use crate::size::Size;

impl ScoresRequest {
    /// The same suite at other targets. Parameters and tokens grow geometrically from the largest
    /// model through the requested one. `None` if no target is larger than the models.
    pub(super) fn what_if(&self, suite: &Suite, answer: &ScoresAnswer) -> Option<ScoresWhatIf> {
        let asked = answer.targets.last()?;
        let models = answer.tasks.iter().flat_map(|task| &task.fit.runs);
        let last = models.max_by(|a, b| a.compute.total_cmp(&b.compute))?;
        let (computes, place) = targets(last.compute, asked.compute)?;
        let whole = (asked.compute / last.compute).ln();
        let size = |compute: f64| {
            let part = (compute / last.compute).ln() / whole;
            let (from, to) = last.size.zip(asked.size)?;
            let between = |a: f64, b: f64| a * (b / a).powf(part);
            Some((between(from.0, to.0), between(from.1, to.1)))
        };
        let at = |compute: f64, size: Option<(f64, f64)>| match size {
            Some((params, tokens)) => ModelSize::Trained { params, tokens },
            None => ModelSize::Compute(Size::Of(compute)),
        };
        let all = computes
            .iter()
            .enumerate()
            .map(|(k, compute)| match k == place {
                true => at(asked.compute, asked.size),
                false => at(*compute, size(*compute)),
            });
        let request = ScoresRequest {
            at: all.collect(),
            ..self.clone()
        };
        let answer = request.of(suite).ok()?;
        let near = |t: &ScoreTarget| (t.compute / asked.compute).ln().abs() < 1e-9;
        let asked = answer.targets.iter().position(near)?;
        Some(ScoresWhatIf { asked, answer })
    }
}
