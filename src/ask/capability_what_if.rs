//! The forecasts of a page of a capability at other targets.

use super::capability::{CapabilityAnswer, CurveForecasts};
use super::what_if::targets;

/// The forecasts at targets around the largest requested one.
#[derive(Debug, Clone)]
pub(crate) struct CapabilityWhatIf {
    /// The targets, from the largest fitted model on.
    pub(crate) targets: Vec<f64>,
    /// The index of the requested target.
    pub(crate) asked: usize,
    /// All problems together first, then each bucket: its name and its forecasts.
    pub(crate) choices: Vec<(String, CurveForecasts)>,
}

impl CapabilityWhatIf {
    /// `None` if no target is larger than the models.
    pub(super) fn of(answer: &CapabilityAnswer) -> Option<CapabilityWhatIf> {
        let farthest = answer.targets.iter().copied().reduce(f64::max)?;
        let fit = &answer.fit;
        let (targets, asked) = targets(fit.overall.largest_fitted(), farthest)?;
        let curves = std::iter::once(&fit.overall).chain(&fit.buckets);
        let choices = curves.map(|curve| {
            let made = answer.request.forecasts(curve, &targets);
            (curve.name.clone(), made)
        });
        Some(CapabilityWhatIf {
            choices: choices.collect(),
            targets,
            asked,
        })
    }
}
