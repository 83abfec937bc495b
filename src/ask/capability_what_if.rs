//! The forecasts of a page of a capability at other targets.

use super::capability::{CapabilityAnswer, CapabilityWhatIf};
use super::what_if::targets;

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
