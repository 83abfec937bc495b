//! Refits a law to other losses, for simulations.

use super::basin::Basin;
use super::builder::Fit;
use super::general::{Effort, Problem};
use super::objective::Objective;
use super::observations::Observations;
use super::projected;
use super::result::FitResult;
use super::settings::Settings;
use crate::error::Result;
use crate::law::Law;
use std::sync::Arc;

/// Most passes over the runs in the last descent.
const LAST_LOOKS: usize = 20;
/// The descent has converged when the last passes lower the sum by no more than this share of it.
const SETTLED: f64 = 1e-10;

impl Fit {
    /// The law and the settings of a fit to these observations.
    pub(crate) fn problem(&self, o: &Observations) -> Result<(Arc<dyn Law>, Settings)> {
        Ok((Arc::clone(&self.law), self.bare_settings(o)?))
    }
}

impl FitResult {
    /// The parameters that the same fit gives when its runs, in canonical order, have these losses.
    /// No verdict is computed.
    pub(crate) fn parameters_of(&self, losses: &[f64]) -> Option<Vec<f64>> {
        let mut o = self.observations().ok()?;
        if losses.len() != o.len() || losses.iter().any(|loss| !loss.is_finite()) {
            return None;
        }
        o.y = losses.to_vec();
        let o = o.in_order();
        let (basins, _) = Fit::again(self).search(&o, &self.settings).ok()?;
        Some(basins.first()?.parameters.clone())
    }

    /// The minimum that descents from `start` reach on other observations of the same law.
    pub(crate) fn minimum_near(&self, o: &Observations, start: &[f64]) -> Option<Basin> {
        let settings = &self.settings;
        let problem = Problem::new(&*self.law, o, settings);
        let is_plain = settings.objective == Objective::Squared && settings.prior.is_none();
        let Some(law) = self.law.typed().filter(|_| is_plain) else {
            return problem.minimise(start);
        };
        // The projected descent is much faster. A few passes of the general one then give the last
        // digits.
        let near = projected::near(law, o, settings, start)?;
        let before = problem.value(&near);
        let found = problem.minimise_with(&near, Effort::Bounded(LAST_LOOKS))?;
        match before - found.objective <= SETTLED * before {
            true => Some(Basin {
                converged: true,
                ..found
            }),
            // Not converged: the valley is long and flat.
            false => problem.minimise(&found.parameters),
        }
    }
}
