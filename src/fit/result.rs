//! A fitted law with its verdict.

use super::basin::Basin;
use super::inference::Inference;
use super::kept::Kept;
use super::objective::Objective;
use super::observations::Observations;
use super::profile::PowerProfile;
use super::settings::Settings;
use super::status::{Diagnosis, FitStatus, Severity};
use crate::error::Result;
use crate::interval::Interval;
use crate::law::{Form, Input, Law};
use crate::numeric::{Limits, PowerProblem};
use crate::runs::{Dataset, Role, Run, Variable};
use crate::said::decades;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// An estimated parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParameterEstimate {
    /// The parameter's name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Its standard error; `None` if the parameter is fixed, on a bound or cannot be estimated.
    pub stderr: Option<f64>,
    /// Confidence intervals.
    pub intervals: Vec<Interval>,
}

/// A fitted law: estimates, covariance, residuals, every basin, and a verdict.
#[derive(Debug, Clone)]
pub struct FitResult {
    pub(crate) law: Arc<dyn Law>,
    pub(crate) settings: Settings,
    pub(crate) data: Dataset,
    /// Place of each run among the fitted runs of the data, in canonical order.
    pub(super) places: Vec<usize>,
    pub(crate) parameters: Vec<ParameterEstimate>,
    pub(crate) vcov: Option<Vec<Vec<Option<f64>>>>,
    pub(crate) basins: Vec<Basin>,
    pub(crate) status: FitStatus,
    pub(crate) diagnoses: Vec<Diagnosis>,
    /// A value that a later stage derives from the fit, once requested.
    pub(crate) kept: Kept,
    /// The parameters without each run in turn, once requested.
    pub(super) without: Arc<OnceLock<Vec<Option<Vec<f64>>>>>,
    /// How many starts reached the best minimum, and how many were tried: (agreeing, tried).
    pub(crate) starts: Option<(usize, usize)>,
    /// The user's starting values, by parameter.
    pub(super) start: Vec<(String, f64)>,
    /// How the verdict that a law file states differs from the one that its runs give.
    pub(super) claimed_otherwise: Option<String>,
}

impl FitResult {
    /// The law.
    #[must_use]
    pub fn law(&self) -> &dyn Law {
        &*self.law
    }

    /// The quantity that a law of one variable is about.
    #[must_use]
    pub(crate) fn variable(&self) -> Variable {
        self.data.variable
    }

    /// The law's formula in that variable.
    #[must_use]
    pub(crate) fn formula(&self) -> String {
        match self.law.inputs() {
            [Input::Compute] => self.variable().written(self.law.formula()),
            _ => self.law.formula().to_owned(),
        }
    }

    /// What was minimised.
    #[must_use]
    #[doc(hidden)]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether some losses may be zero or negative. Then nothing that takes their logarithm is
    /// defined.
    pub(crate) fn signed(&self) -> bool {
        self.data.runs.iter().any(|run| run.loss <= 0.0)
    }

    /// The data: runs used, actuals, and rows left out.
    #[must_use]
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// The estimates in the law's order.
    #[must_use]
    pub fn parameters(&self) -> &[ParameterEstimate] {
        &self.parameters
    }

    /// The estimate of one parameter.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        self.parameters
            .iter()
            .find(|p| p.name == name)
            .map(|p| p.value)
    }

    /// All estimates as the law takes them.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| p.value).collect()
    }

    /// Covariance of the estimates, one row per parameter; `None` in the row and column of a fixed
    /// parameter.
    #[must_use]
    pub fn vcov(&self) -> Option<&[Vec<Option<f64>>]> {
        self.vcov.as_deref()
    }

    /// Every local minimum found, best first; the first is the fit.
    #[must_use]
    pub fn basins(&self) -> &[Basin] {
        &self.basins
    }

    /// How many different starts reached the best minimum, and how many there were; `None` if the
    /// fit needs no start. Starts that meet after their first step count as one.
    #[must_use]
    #[doc(hidden)]
    pub fn starts(&self) -> Option<(usize, usize)> {
        self.starts
    }

    /// The unscaled minimum of the objective.
    #[must_use]
    #[doc(hidden)]
    pub fn objective(&self) -> f64 {
        self.basins[0].objective
    }

    /// The verdict.
    #[must_use]
    pub fn status(&self) -> FitStatus {
        self.status
    }

    /// Named findings.
    #[must_use]
    pub fn diagnoses(&self) -> &[Diagnosis] {
        &self.diagnoses
    }

    /// Whether the minimum is unique, and neither a finding about the rows nor a refusal speaks
    /// against a forecast. Parameters may still be badly determined, which the findings and the
    /// intervals show. A forecast has its own [`Grade`](crate::forecast::Grade).
    #[must_use]
    pub fn trustworthy(&self) -> bool {
        let in_doubt = [FitStatus::NotConverged, FitStatus::StartsDisagree];
        let mut rows = self.data.findings.iter();
        self.refusal().is_none()
            && !in_doubt.contains(&self.status)
            && rows.all(|d| d.severity == Severity::Note)
    }

    /// Whether the fit converged inside its bounds and has only notes among its findings. Answers
    /// made from the parameters themselves need this.
    #[must_use]
    pub(crate) fn has_sound_parameters(&self) -> bool {
        self.status == FitStatus::Converged
            && self.diagnoses.iter().all(|d| d.severity == Severity::Note)
    }

    /// How the verdict that a law file states differs from this one, which was derived from the
    /// runs in the file; `None` if they agree, and for a fit that was not read from a file.
    #[must_use]
    #[doc(hidden)]
    pub fn claimed_otherwise(&self) -> Option<&str> {
        self.claimed_otherwise.as_deref()
    }

    /// The finding that forbids a forecast, if there is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.diagnoses
            .iter()
            .find(|d| d.severity == Severity::Refuse)
    }

    /// The law at `x` (in the order of its inputs) with the fitted parameters.
    #[must_use]
    pub fn predict(&self, x: &[f64]) -> f64 {
        self.law.predict(x, &self.values())
    }

    /// The runs that were fitted, in the order of the file.
    pub(crate) fn fitted_runs(&self) -> impl Iterator<Item = &Run> {
        self.data.runs.iter().filter(|run| run.role == Role::Fit)
    }

    /// The same runs in canonical order, which is that of the fit's observations.
    pub(crate) fn runs_in_order(&self) -> Vec<&Run> {
        let fitted: Vec<&Run> = self.fitted_runs().collect();
        self.places.iter().map(|&place| fitted[place]).collect()
    }

    /// Residuals of the fitted runs on the fit's scale, before weighting, in the order of
    /// [`Dataset::fit_runs`].
    #[must_use]
    pub fn residuals(&self) -> Vec<f64> {
        let mut residuals = vec![0.0; self.places.len()];
        for (&place, (_, residual)) in self.places.iter().zip(self.residuals_in_order()) {
            residuals[place] = residual;
        }
        residuals
    }

    /// The fitted runs in canonical order, each with its residual on the fit's scale, before
    /// weighting.
    pub(crate) fn residuals_in_order(&self) -> Vec<(&Run, f64)> {
        let Ok(o) = self.observations() else {
            return Vec::new();
        };
        let residual = |i| o.residual(i, self.predict(o.input(i))) / o.weight[i];
        (self.runs_in_order().into_iter().enumerate())
            .map(|(i, run)| (run, residual(i)))
            .collect()
    }

    /// The place of each run of the canonical order among the fitted runs.
    pub(crate) fn places(&self) -> &[usize] {
        &self.places
    }

    /// Residual standard deviation on the fit's scale and its degrees of freedom; `None` when no
    /// degrees of freedom are left or σ was given.
    #[must_use]
    pub(crate) fn residual_sd(&self) -> Option<(f64, f64)> {
        let inference = self.inference().ok()?;
        // With a prior the residuals are in units of this noise.
        let unit = self.settings.prior.as_ref().map_or(1.0, |p| p.noise);
        Some((unit * inference.noise?, inference.dof?))
    }

    /// Largest compute among the fitted runs.
    #[must_use]
    pub(crate) fn largest_fitted(&self) -> f64 {
        self.fitted_runs()
            .map(|run| run.x)
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// Smallest compute among the fitted runs.
    pub(crate) fn smallest_fitted(&self) -> f64 {
        self.fitted_runs()
            .map(|run| run.x)
            .fold(f64::INFINITY, f64::min)
    }

    /// Decades of compute that the fitted runs span.
    pub(crate) fn span_decades(&self) -> f64 {
        decades(self.smallest_fitted(), self.largest_fitted())
    }

    pub(crate) fn observations(&self) -> Result<Observations> {
        let s = &self.settings;
        let o = Observations::from_places(
            &*self.law,
            &self.data.runs,
            &self.places,
            s.residuals,
            &s.weights,
        )?;
        Ok(match &s.prior {
            Some(prior) => o.with_noise(prior.noise),
            None => o,
        })
    }

    pub(crate) fn inference(&self) -> Result<Inference> {
        Ok(Inference::new(
            &*self.law,
            self.observations()?,
            self.settings.objective,
            &self.values(),
            &self.settings.fixed(),
            self.settings.prior.as_ref(),
        ))
    }

    /// The least sum of squares of the runs alone, in units of their noise; `None` without a prior.
    pub(super) fn without_prior(&self) -> Option<f64> {
        let o = self.observations().ok()?;
        let settings = Settings {
            prior: None,
            ..self.settings.clone()
        };
        let alone = match self.law.form() {
            Form::PowerPlusConstant | Form::Power => {
                super::power::basins(&*self.law, &o, &settings)
            }
            Form::General | Form::Surface => {
                let problem = super::general::Problem::new(&*self.law, &o, &settings);
                problem.minimise(&self.values()).into_iter().collect()
            }
        };
        let prior = self.settings.prior.as_ref()?;
        let at = self.objective() - prior.value(&self.values());
        // The descent may end higher than the fit with the prior.
        Some(alone.first().map_or(at, |basin| basin.objective.min(at)))
    }

    /// The published 4,500 starts on the same problem, as a cross-check.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for a law that is not a surface, or with
    /// bounds on A or B.
    #[doc(hidden)]
    pub fn exhaustive(&self) -> Result<super::surface::Exhaustive> {
        super::surface::exhaustive(&*self.law, &self.observations()?, &self.settings, 1)
    }

    /// Whether the parameter `k` is on a bound (and not fixed).
    pub(crate) fn on_bound(&self, k: usize) -> bool {
        let (low, high) = (self.settings.lower[k], self.settings.upper[k]);
        let value = self.parameters[k].value;
        low < high && (value <= low || value >= high || near(value, low) || near(value, high))
    }

    /// The profile of a least-squares power-form fit within the law's own bounds.
    pub(crate) fn power_profile(&self, o: &Observations) -> Option<PowerProfile> {
        PowerProfile::new(o, self.plain_power()?)
    }

    /// The problem of such a fit, to be solved again for other losses; `None` for log residuals.
    pub(crate) fn power_problem(&self, o: &Observations) -> Option<PowerProblem> {
        let constant = self.plain_power()?;
        PowerProblem::new(o, constant, Limits::natural(constant))
    }

    /// For least squares of a power form within its own bounds, whether the law has a constant;
    /// otherwise `None`.
    fn plain_power(&self) -> Option<bool> {
        let constant = match self.law.form() {
            Form::PowerPlusConstant => true,
            Form::Power => false,
            Form::Surface | Form::General => return None,
        };
        let natural = self.settings.power_limits(constant) == Limits::natural(constant);
        let own = self.settings.objective == Objective::Squared && self.settings.prior.is_none();
        (own && natural).then_some(constant)
    }

    /// Sum of squares below which a value is inside an interval of this level (F with 1 and n − p
    /// degrees of freedom, χ² with 1 if σ is given); `None` without enough degrees of freedom.
    pub(crate) fn threshold(&self, inference: &Inference, level: f64) -> Option<f64> {
        let noise = inference.noise?;
        let quantile = inference.quantile(level);
        inference
            .enough()
            .then(|| self.objective() + noise * noise * quantile * quantile)
    }

    /// Turns a finding of severity refuse into an error, for callers that need a number.
    pub(crate) fn refuse(&self) -> Result<()> {
        match self.refusal() {
            None => Ok(()),
            Some(d) => Err(d.to_error()),
        }
    }
}

fn near(value: f64, bound: f64) -> bool {
    bound.is_finite() && (value - bound).abs() <= 1e-9 * bound.abs()
}
