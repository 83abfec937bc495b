//! [`FitResult`] + target → [`Forecast`]: a point and intervals that carry their level, kind and method.

mod bootstrap;
mod combine;
mod curve;
mod delta;
mod envelope;
mod free;
mod level_table;
mod levels;
mod lp;
mod own_backtest;
mod prepared;
mod profile;
mod profile_general;
mod quadrature;
mod reach;

pub use levels::LEVELS;
pub use reach::{Reach, ReachInterval};

use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult, Severity, code};
use crate::law::Input;
use crate::said::{Said, decades};
pub(crate) use curve::Curve;
pub(crate) use free::{Free, FreeAt};
pub(crate) use levels::{check_level, measured, not_measured};
pub(crate) use prepared::{Prepared, Refits};
use serde::{Deserialize, Serialize};

/// What an interval is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The loss of a new run: the curve's uncertainty and the run's own noise.
    Prediction,
    /// The curve itself: what many runs would average to.
    Confidence,
}

impl Kind {
    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Prediction => "prediction",
            Kind::Confidence => "confidence",
        }
    }
}

/// How an interval was made.
///
/// Delta, profile and bootstrap are right only if the fitted law is exactly right. Envelope and quadrature assume
/// no one law, and speak of a new run only ([`Kind::Prediction`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Method {
    /// From envelope and quadrature together, of a width that was checked against real
    /// extrapolations: the interval to quote (`docs/calibration.md`).
    Calibrated,
    /// exp(ln f ± t·se): the law linearised at its minimum, Student's t with n − p degrees of
    /// freedom (normal when σ is given).
    Delta,
    /// Profile likelihood of the forecast itself: every value for which some choice of the
    /// parameters fits almost as well (F with 1 and n − p degrees of freedom).
    Profile,
    /// Percentiles of refits to the law with its own residuals put back at random (Efron 1979): a·C^b + c and a·C^b by
    /// least squares.
    Bootstrap,
    /// Bounds over all positive mixtures of power laws that pass through the runs within their noise.
    Envelope,
    /// Deterministic Bayes over plateau → power law → soft floor with a discrepancy process.
    Quadrature,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 6] = [
        Method::Calibrated,
        Method::Delta,
        Method::Profile,
        Method::Bootstrap,
        Method::Envelope,
        Method::Quadrature,
    ];

    /// Those that draw nothing at random, in the same order.
    pub const DETERMINISTIC: [Method; 5] = [
        Method::Calibrated,
        Method::Delta,
        Method::Profile,
        Method::Envelope,
        Method::Quadrature,
    ];

    /// The methods of a forecast that asks for none: the one to quote, then what the fitted law
    /// says if it is exactly right.
    pub const DEFAULT: [Method; 3] = [Method::Calibrated, Method::Delta, Method::Profile];

    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Calibrated => "calibrated",
            Method::Delta => "delta",
            Method::Profile => "profile",
            Method::Bootstrap => "bootstrap",
            Method::Envelope => "envelope",
            Method::Quadrature => "quadrature",
        }
    }

    /// Whether the interval is right only if the fitted law is exactly right.
    #[must_use]
    pub fn parametric(self) -> bool {
        matches!(self, Method::Delta | Method::Profile | Method::Bootstrap)
    }

    /// Whether the method gives intervals of this kind.
    #[must_use]
    pub fn gives(self, kind: Kind) -> bool {
        self.parametric() || kind == Kind::Prediction
    }
}

/// An interval that says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Nominal probability, such as 0.9.
    pub level: f64,
    /// Of the curve or of a new run.
    pub kind: Kind,
    /// How it was made.
    pub method: Method,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// An interval that is not given, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Abstention {
    /// The level asked for.
    pub level: f64,
    /// The kind asked for.
    pub kind: Kind,
    /// The method that abstains.
    pub method: Method,
    /// The code of the reason.
    pub code: String,
    /// The reason in words.
    pub reason: String,
}

/// Where a law is evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    compute: f64,
}

impl Target {
    /// Training compute C, in the unit of the fitted runs.
    #[must_use]
    pub fn compute(compute: f64) -> Target {
        Target { compute }
    }
}

/// A forecast that can be asked for more than its defaults; made by [`FitResult::forecast`].
#[derive(Debug, Clone)]
pub struct Request<'a> {
    fit: &'a FitResult,
    target: Target,
    levels: Vec<f64>,
    kinds: Vec<Kind>,
    methods: Vec<Method>,
    refits: Refits,
    force: bool,
}

/// The law's value beyond its runs, with intervals and with how far beyond.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    /// The target.
    pub compute: f64,
    /// The number to quote: the recommended combination where the method `calibrated` was asked for
    /// and gives one, the law's value otherwise.
    pub point: f64,
    /// The fitted law's value.
    pub law_point: f64,
    /// The points that the recommended combination is made of.
    pub members: Vec<Member>,
    /// Target ÷ largest fitted compute.
    pub extrapolation: f64,
    /// Decades of compute that the fitted runs span.
    pub span_decades: f64,
    /// Intervals, grouped by method, then level, then kind.
    pub intervals: Vec<Interval>,
    /// Intervals that were asked for and are not given.
    pub abstentions: Vec<Abstention>,
    /// Findings about the fit, with the influence of single runs judged at this target.
    pub diagnoses: Vec<Diagnosis>,
}

/// One of the points that the recommended combination is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// A method or a law.
    pub name: &'static str,
    /// Its point.
    pub point: f64,
}

impl Forecast {
    /// The interval of this method, level and kind, if it is given.
    #[must_use]
    pub fn interval(&self, method: Method, level: f64, kind: Kind) -> Option<&Interval> {
        self.intervals
            .iter()
            .find(|i| i.method == method && i.kind == kind && (i.level - level).abs() < 1e-12)
    }

    /// The point of a method: the fitted law's for delta and profile.
    #[must_use]
    pub fn point_of(&self, method: Method) -> Option<f64> {
        match method {
            Method::Calibrated => Some(self.point).filter(|_| self.recommends()),
            Method::Delta | Method::Profile | Method::Bootstrap => Some(self.law_point),
            // Its bounds lie evenly about it; as a member of the recommended point it may have more room.
            Method::Envelope => self
                .intervals
                .iter()
                .find(|i| i.method == method)
                .map(|i| i.lower * (i.upper / i.lower).sqrt()),
            Method::Quadrature => self
                .members
                .iter()
                .find(|m| m.name == method.name())
                .map(|m| m.point),
        }
    }

    /// Whether the point is the recommended combination, which needs no interval at the levels asked for.
    fn recommends(&self) -> bool {
        let calibrated = |method: Method| method == Method::Calibrated;
        let given = self.intervals.iter().any(|i| calibrated(i.method));
        let level = |a: &Abstention| calibrated(a.method) && a.code == code::LEVEL_NOT_MEASURED;
        given || self.abstentions.iter().any(level)
    }

    fn add(
        &mut self,
        method: Method,
        level: f64,
        kind: Kind,
        bounds: std::result::Result<(f64, f64), Abstain>,
    ) {
        match bounds {
            Ok((lower, upper)) => self.intervals.push(Interval {
                level,
                kind,
                method,
                lower,
                upper,
            }),
            Err(why) => self.abstentions.push(why.at(method, level, kind)),
        }
    }

    /// Whether nothing was found against the forecast.
    #[must_use]
    pub fn trustworthy(&self) -> bool {
        self.diagnoses.iter().all(|d| d.severity == Severity::Note)
    }
}

impl FitResult {
    /// Asks for a forecast at `target`; [`Request::run`] gives it.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Kind, Method, Target, law::Saturating};
    /// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1), (1e23, 1.98)];
    /// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
    /// let forecast = fit.forecast(Target::compute(1e25)).levels(&[0.9]).run()?;
    /// let interval = forecast.interval(Method::Profile, 0.9, Kind::Prediction).unwrap();
    /// assert!(interval.lower < forecast.point && forecast.point < interval.upper);
    /// assert!((forecast.extrapolation - 100.0).abs() < 1e-9);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn forecast(&self, target: Target) -> Request<'_> {
        Request {
            fit: self,
            target,
            levels: vec![0.8, 0.9],
            kinds: vec![Kind::Prediction, Kind::Confidence],
            methods: Method::DEFAULT.to_vec(),
            refits: Refits::default(),
            force: false,
        }
    }
}

impl Request<'_> {
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

    /// Methods (default [`Method::DEFAULT`]).
    #[must_use]
    pub fn methods(mut self, methods: &[Method]) -> Self {
        self.methods = methods.to_vec();
        self
    }

    /// How often the method `bootstrap` refits, 50 times or more, and the seed of its draws (default 1000 and 0).
    #[must_use]
    pub fn refits(mut self, replicates: usize, seed: u64) -> Self {
        self.refits = Refits { replicates, seed };
        self
    }

    /// Gives numbers even where a diagnosis refuses them.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Computes the forecast.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a target, a level or a number of refits that makes no sense; [`ErrorKind::NoFit`] when a
    /// diagnosis of severity refuse forbids a number, or the law has no positive value at the target.
    pub fn run(&self) -> Result<Forecast> {
        let fit = self.fit;
        let usage = |message: String| Err(Error::new(ErrorKind::Usage, message));
        let compute = self.target.compute;
        check_target(compute)?;
        check_levels(&self.levels)?;
        if fit.law().inputs() != [Input::Compute] {
            return usage(format!(
                "law '{}' is not a function of compute alone",
                fit.law().name()
            ));
        }
        if !self.force {
            fit.refuse()?;
        }
        let prepared = Prepared::new(fit, &self.methods, self.refits)?;
        let mut forecast = prepared.at(compute, &self.levels, &self.kinds)?;
        let mut diagnoses = fit.diagnoses_at(prepared.inference(), forecast.extrapolation);
        diagnoses.append(&mut forecast.diagnoses);
        diagnoses.extend(below_runs(fit, compute));
        diagnoses.extend(far_beyond(fit, compute));
        forecast.diagnoses = diagnoses;
        Ok(forecast)
    }
}

/// A target far below every run is mostly a slip: a number of parameters given for a compute.
fn below_runs(fit: &FitResult, compute: f64) -> Option<Diagnosis> {
    let smallest = fit.smallest_fitted();
    (compute < 0.1 * smallest).then(|| {
        Diagnosis::new(
            code::TARGET_BELOW_RUNS,
            Severity::Warn,
            format!(
                "the target lies {:.1} decades below the smallest run, where nothing was checked",
                Said(decades(compute, smallest))
            ),
            "give a target in the unit of the runs; --over params or tokens makes a law of these",
        )
    })
}

/// The farthest forecasts that came true or were checked: 10,000 times, in the GPT-4 report and in the simulations of
/// `docs/calibration.md`.
const FARTHEST_CHECKED: f64 = 1e4;

fn far_beyond(fit: &FitResult, compute: f64) -> Option<Diagnosis> {
    let factor = compute / fit.largest_fitted();
    // A target of exactly 10,000 times may be one rounding more.
    (factor > FARTHEST_CHECKED * (1.0 + 1e-9)).then(|| {
        Diagnosis::new(
            code::TARGET_FAR_BEYOND,
            Severity::Warn,
            format!(
                "the target lies {:.1} decades beyond the largest run: no forecast of more than four was ever checked",
                Said(decades(fit.largest_fitted(), compute))
            ),
            "train larger runs first, or take the interval for no more than a guess",
        )
    })
}

/// Refuses a compute that nothing can be forecast at.
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

/// Refuses levels at which no interval can be computed.
pub(crate) fn check_levels(levels: &[f64]) -> Result<()> {
    levels.iter().try_for_each(|level| check_level(*level))
}

/// Why a method gives no interval.
#[derive(Debug, Clone)]
pub(crate) struct Abstain {
    code: &'static str,
    reason: String,
}

impl Abstain {
    /// In place of a method that nobody asked for; never shown.
    fn not_asked() -> Abstain {
        Abstain::new("", "")
    }

    /// Of one interval that was asked for.
    pub(crate) fn at(self, method: Method, level: f64, kind: Kind) -> Abstention {
        Abstention {
            level,
            kind,
            method,
            code: self.code.to_owned(),
            reason: self.reason,
        }
    }

    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Abstain {
        Abstain {
            code,
            reason: reason.into(),
        }
    }
}
