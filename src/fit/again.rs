//! The same fit of other losses, for simulations.

use super::builder::Fit;
use super::observations::Observations;
use super::result::FitResult;
use super::settings::Settings;
use crate::error::Result;
use crate::law::Law;
use std::sync::Arc;

impl Fit {
    /// The law, and what is minimised for these observations.
    pub(crate) fn problem(&self, o: &Observations) -> Result<(Arc<dyn Law>, Settings)> {
        Ok((Arc::clone(&self.law), self.bare_settings(o)?))
    }
}

impl FitResult {
    /// The parameters that the same fit gives where its runs, in canonical order, have these
    /// losses; no verdict.
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
}
