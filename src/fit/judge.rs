//! Turns the basins of a search into a fit with its verdict.

use super::basin::Basin;
use super::diagnose;
use super::inference::Inference;
use super::influence;
use super::kept::Kept;
use super::order::canonical_places;
use super::result::{FitResult, ParameterEstimate};
use super::settings::Settings;
use super::status::{Diagnosis, FitStatus};
use crate::code::Code;
use crate::error::Result;
use crate::law::Law;
use crate::runs::Dataset;
use std::sync::Arc;

impl FitResult {
    /// The fit that follows from the basins: estimates, findings and status.
    pub(crate) fn judge(
        law: Arc<dyn Law>,
        settings: Settings,
        data: Dataset,
        basins: Vec<Basin>,
        starts: Option<(usize, usize)>,
        level: f64,
    ) -> Result<FitResult> {
        let mut result = FitResult {
            law,
            places: canonical_places(&data.runs, &settings.weights),
            settings,
            data,
            parameters: Vec::new(),
            vcov: None,
            basins,
            status: FitStatus::Converged,
            diagnoses: Vec::new(),
            kept: Kept::default(),
            without: Arc::default(),
            starts,
            start: Vec::new(),
            claimed_otherwise: None,
        };
        let names = result.law.parameters();
        result.parameters = names
            .iter()
            .zip(&result.basins[0].parameters)
            .map(|(p, value)| ParameterEstimate {
                name: p.name.to_string(),
                value: *value,
                stderr: None,
                intervals: Vec::new(),
            })
            .collect();
        let inference = result.inference()?;
        result.fill_covariance(&inference);
        result.fill_intervals(&inference, level);
        (result.status, result.diagnoses) = diagnose::judge(&result, &inference, starts);
        Ok(result)
    }

    /// The findings, with the influence of single runs judged at `factor` times the largest run.
    pub(crate) fn diagnoses_at(&self, inference: &Inference, factor: f64) -> Vec<Diagnosis> {
        let code = Code::OneRunDecides;
        let mut found: Vec<Diagnosis> = self
            .diagnoses
            .iter()
            .filter(|d| d.code != code)
            .cloned()
            .collect();
        found.extend(influence::one_run_decides(self, inference, factor));
        found
    }
}
