//! The request of a forecast: the target, the intervals and the methods.

use super::bootstrap::Refits;
use super::grade::FARTHEST_CHECKED;
use super::prepared::Prepared;
use super::result::Forecast;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, Diagnosis, FitResult, Severity};
use crate::interval::{Kind, Method, check_levels};
use crate::law::of_one_variable;
use crate::progress::{Listener, Progress};
use crate::remedy::Setting;
use crate::said::{Said, decades};

/// The value of the variable at which a forecast is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    x: f64,
}

impl Target {
    /// A value of the law's variable, in the unit of the fitted runs: training compute, or
    /// parameters or tokens if the runs were read so.
    #[must_use]
    pub fn at(x: f64) -> Target {
        Target { x }
    }
}

/// Builds a forecast with settings other than the defaults: of the loss at a [`Target`], by
/// [`FitResult::forecast`], or of the compute that reaches a loss, by [`FitResult::reach`].
#[derive(Debug, Clone)]
pub struct ForecastBuilder<'a, Question = Target> {
    pub(super) fit: &'a FitResult,
    pub(super) question: Question,
    pub(super) levels: Vec<f64>,
    pub(super) kinds: Vec<Kind>,
    pub(super) methods: Vec<Method>,
    pub(super) refits: Refits<'a>,
    pub(super) force: bool,
}

impl FitResult {
    /// Asks for a forecast at `target`. [`ForecastBuilder::run`] computes it.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Kind, Method, Target, law::Saturating};
    /// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1), (1e23, 1.98)];
    /// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
    /// let forecast = fit.forecast(Target::at(1e25)).levels(&[0.9]).run()?;
    /// let interval = forecast.interval(Method::Profile, 0.9, Kind::Prediction).unwrap();
    /// assert!(interval.lower < forecast.point && forecast.point < interval.upper);
    /// assert!((forecast.extrapolation - 100.0).abs() < 1e-9);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn forecast(&self, target: Target) -> ForecastBuilder<'_> {
        ForecastBuilder::new(self, target)
    }
}

impl<'a, Question> ForecastBuilder<'a, Question> {
    pub(super) fn new(fit: &'a FitResult, question: Question) -> Self {
        ForecastBuilder {
            fit,
            question,
            levels: vec![0.8, 0.9],
            kinds: vec![Kind::Prediction, Kind::Confidence],
            methods: Method::DEFAULT.to_vec(),
            refits: Refits::default(),
            force: false,
        }
    }

    /// Levels of the intervals (default 0.8 and 0.9).
    #[must_use]
    pub fn levels(mut self, levels: &[f64]) -> Self {
        self.levels = levels.to_vec();
        self
    }

    /// Kinds of interval (default both).
    #[must_use]
    pub fn kinds(mut self, kinds: &[Kind]) -> Self {
        self.kinds = kinds.to_vec();
        self
    }

    /// Methods (default calibrated, delta and profile).
    #[must_use]
    pub fn methods(mut self, methods: &[Method]) -> Self {
        self.methods = methods.to_vec();
        self
    }

    /// Number of refits of the method `bootstrap`, at least 50, and the seed of its draws (default
    /// 1000 and 0).
    #[must_use]
    pub fn refits(mut self, replicates: usize, seed: u64) -> Self {
        self.refits = Refits {
            replicates,
            seed,
            ..self.refits
        };
        self
    }

    /// Reports every refit of the method `bootstrap` to `progress`, which can stop it.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.refits.listener = Listener(progress);
        self
    }

    /// Gives numbers even if a finding refuses them.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Checks what every question needs: possible levels, a law of one variable, and a fit without
    /// a refusal.
    pub(super) fn check(&self) -> Result<()> {
        check_levels(&self.levels)?;
        of_one_variable(self.fit.law())?;
        match self.force {
            true => Ok(()),
            false => self.fit.refuse(),
        }
    }
}

impl ForecastBuilder<'_> {
    /// Computes the forecast.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an impossible target, level or number of refits;
    /// [`ErrorKind::NoFit`] if a finding refuses a number, or the law has no positive value at the
    /// target; [`ErrorKind::Cancelled`] if the listener stops it.
    pub fn run(&self) -> Result<Forecast> {
        let fit = self.fit;
        let compute = self.question.x;
        check_target(compute)?;
        self.check()?;
        let prepared = Prepared::new(fit, &self.methods, self.refits)?;
        let mut forecast = prepared.at(compute, &self.levels, &self.kinds)?;
        let mut diagnoses = fit.diagnoses_at(prepared.inference(), forecast.extrapolation);
        diagnoses.append(&mut forecast.diagnoses);
        diagnoses.extend(below_runs(fit, compute));
        diagnoses.extend(far_beyond(forecast.extrapolation));
        forecast.diagnoses = diagnoses;
        Ok(forecast)
    }
}

/// A warning for a target far below every run, often a number of parameters given as compute.
fn below_runs(fit: &FitResult, compute: f64) -> Option<Diagnosis> {
    let smallest = fit.smallest_fitted();
    (compute < 0.1 * smallest).then(|| {
        Diagnosis::new(
            Code::TargetBelowRuns,
            Severity::Warn,
            format!(
                "the target lies {:.1} decades below the smallest run, where nothing was checked",
                Said(decades(compute, smallest))
            ),
            "give a target in the unit of the runs, or make a law of parameters or of tokens",
        )
        .with_remedy(Setting::Over.to("params"))
        .with_remedy(Setting::Over.to("tokens"))
    })
}

/// A warning for a target that is farther beyond the runs than any forecast that was checked;
/// `factor` is the target divided by the largest run.
pub(crate) fn far_beyond(factor: f64) -> Option<Diagnosis> {
    // Rounding may put a target of exactly 10,000 times slightly above.
    (factor > FARTHEST_CHECKED * (1.0 + 1e-9)).then(|| {
        Diagnosis::new(
            Code::TargetFarBeyond,
            Severity::Warn,
            format!(
                "the target lies {:.1} decades beyond the largest run: no forecast of more than four was ever checked",
                Said(factor.log10())
            ),
            "train larger runs first, or take the interval for no more than a guess",
        )
    })
}

/// Refuses a compute that is not positive and finite.
pub(crate) fn check_target(compute: f64) -> Result<()> {
    if compute > 0.0 && compute.is_finite() {
        return Ok(());
    }
    let message = format!(
        "a target must be positive and finite, not {}",
        Said(compute)
    );
    Err(Error::new(ErrorKind::Usage, message))
}
