//! One set of problems: its metric at every model, the law through it, and forecasts of it.

use super::calibrated::Calibrated;
use super::line::{Line, OnLine};
use super::standing::PassStanding;
use super::trend::Trend;
use super::verdict::Verdict;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Code, Diagnosis, Severity, central_quantile};
use crate::forecast::{self, Abstain, Free};
use crate::interval::{Abstention, Interval, Kind, Method, check_levels};
use crate::runs::Role;
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// The metric of one model on a set of problems.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurvePoint {
    /// The model's name.
    pub model: String,
    /// Its compute.
    pub compute: f64,
    /// Mean of −ln(pass rate); absent if it cannot be estimated.
    pub metric: Option<f64>,
    /// Its standard error for these problems, which more samples would remove.
    pub stderr: Option<f64>,
    /// Used by the fit, or kept as an actual.
    pub role: Role,
}

/// What a number or interval is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum About {
    /// The problems of the table.
    TheseProblems,
    /// The problems of which these are a random sample.
    ProblemsLikeThese,
}

impl About {
    /// Its name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            About::TheseProblems => "these-problems",
            About::ProblemsLikeThese => "problems-like-these",
        }
    }
}

/// An interval, and which problems it is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PassInterval {
    /// Which problems.
    pub about: About,
    /// Level, kind, method and ends.
    #[serde(flatten)]
    pub interval: Interval,
}

/// A number with its intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PassQuantity {
    /// The forecast by the law.
    pub value: f64,
    /// The recommended forecast; absent if its methods abstain.
    pub calibrated: Option<f64>,
    /// Its intervals.
    pub intervals: Vec<PassInterval>,
    /// How far the calibrated forecast can be relied on; absent if it is not graded.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub standing: Option<PassStanding>,
}

impl PassQuantity {
    /// The forecast that belongs to intervals of this method.
    #[must_use]
    #[doc(hidden)]
    pub fn point_of(&self, method: Method) -> f64 {
        match method {
            Method::Calibrated => self.calibrated.unwrap_or(self.value),
            _ => self.value,
        }
    }
}

/// A forecast for one set of problems.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurveForecast {
    /// The target.
    pub compute: f64,
    /// Target ÷ largest fitted compute.
    pub extrapolation: f64,
    /// Mean of −ln(pass rate).
    pub metric: PassQuantity,
    /// Intervals that were requested but not given, with the reason.
    pub abstentions: Vec<Abstention>,
    /// exp(−metric).
    pub geometric_mean_pass_rate: PassQuantity,
    /// The mean pass rate, from problems with their own exponents if single problems are modelled.
    /// Absent if only the rates of a benchmark are known: the metric is then −ln of the mean
    /// itself.
    pub mean_pass_rate: Option<PassQuantity>,
}

/// A set of problems with its law α·C^(−k).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Curve {
    /// `all`, `bucket 1` (the easiest), …
    pub name: String,
    /// Places of its problems in the table; empty if only rates are known.
    #[doc(hidden)]
    pub problems: Vec<usize>,
    /// The metric of every model, by growing compute.
    #[doc(hidden)]
    pub points: Vec<CurvePoint>,
    /// Its findings.
    pub diagnoses: Vec<Diagnosis>,
    /// The share of the metric that comes from problems that no fitted model solved.
    pub(crate) unsolved_share: f64,
    /// Standard deviation of ln λ of a problem about the law, beyond sampling; absent if it is not
    /// estimated.
    pub(crate) problem_scatter: Option<f64>,
    pub(super) line: Option<Line>,
    /// The trend of its problems; absent if single problems are not modelled.
    pub(super) trend: Option<Trend>,
    /// The law-free methods, made at the first forecast.
    pub(super) free: Arc<OnceLock<Free>>,
    /// For every problem, possible difficulties in units of the mean, each with its probability.
    pub(super) difficulties: Vec<Vec<(f64, f64)>>,
    /// Squared coefficient of variation of the difficulties.
    pub(super) relative_variance: f64,
}

impl Curve {
    /// A curve with only its line; the other fields are set later.
    pub(super) fn new(
        name: String,
        problems: &[usize],
        points: Vec<CurvePoint>,
        line: Option<Line>,
    ) -> Curve {
        Curve {
            name,
            problems: problems.to_vec(),
            points,
            diagnoses: Vec::new(),
            unsolved_share: 0.0,
            problem_scatter: None,
            line,
            trend: None,
            free: Arc::default(),
            difficulties: Vec::new(),
            relative_variance: 0.0,
        }
    }

    /// The exponent k and its standard error; absent if there is no law.
    #[must_use]
    pub fn exponent(&self) -> Option<(f64, Option<f64>)> {
        self.line.as_ref().map(Line::exponent)
    }

    /// α and the standard error of ln α.
    #[must_use]
    pub fn alpha(&self) -> Option<(f64, Option<f64>)> {
        self.line.as_ref().map(Line::alpha)
    }

    /// Standard deviation of ln metric of a model about the law, beyond sampling.
    #[must_use]
    #[doc(hidden)]
    pub fn model_scatter(&self) -> Option<f64> {
        self.line.as_ref().map(|line| line.scatter.sqrt())
    }

    /// The verdict on the curve.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.diagnoses)
    }

    /// The largest fitted compute.
    pub(crate) fn largest_fitted(&self) -> f64 {
        let fitted = self.points.iter().filter(|p| p.role == Role::Fit);
        fitted.map(|p| p.compute).fold(f64::NAN, f64::max)
    }

    /// The finding that forbids a forecast, if there is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.diagnoses
            .iter()
            .find(|d| d.severity == Severity::Refuse)
    }

    /// The metric on the law at a compute, whatever the verdict; absent if there is no law.
    pub(crate) fn predict(&self, compute: f64) -> Option<f64> {
        Some(self.line.as_ref()?.at(compute.ln()).log.exp())
    }

    /// Asks for the metric, the geometric-mean and the mean pass rate at a compute.
    /// [`CurveForecastBuilder::run`] computes them.
    #[must_use]
    pub fn forecast(&self, compute: f64) -> CurveForecastBuilder<'_> {
        CurveForecastBuilder {
            curve: self,
            compute,
            levels: vec![0.8, 0.9],
            force: false,
        }
    }

    /// The delta prediction interval of the law for these problems, if there is one.
    pub(crate) fn law_interval(&self, compute: f64, level: f64) -> Option<(f64, f64)> {
        let line = self.line.as_ref()?;
        line.exponent().1?;
        let at = line.at(compute.ln());
        let half = at.half_width(level, true);
        Some(((at.log - half).exp(), (at.log + half).exp()))
    }

    fn intervals(
        &self,
        line: &Line,
        at: OnLine,
        calibrated: &Calibrated<'_>,
        levels: &[f64],
    ) -> (Vec<PassInterval>, Vec<Abstention>) {
        let (mut intervals, mut abstentions) = (Vec::new(), Vec::new());
        let mut unlimited = Vec::new();
        let known = line.exponent().1.is_some();
        let sampled = self.relative_variance / self.problems.len().max(1) as f64;
        for (about, more) in [
            (About::TheseProblems, 0.0),
            (About::ProblemsLikeThese, sampled),
        ] {
            if about == About::ProblemsLikeThese && self.problems.is_empty() {
                continue;
            }
            // The choice of the problems is independent of the errors about them.
            let luck = |level| central_quantile(level, None) * f64::sqrt(more);
            let mut add = |method, level, kind, point: f64, lower: f64, upper: f64| {
                let reach = |end: f64| (end / point).ln().hypot(luck(level)).exp();
                let (lower, upper) = (point / reach(lower), point * reach(upper));
                if lower.is_finite() && upper.is_finite() {
                    intervals.push(PassInterval {
                        about,
                        interval: Interval {
                            level,
                            kind,
                            method,
                            lower,
                            upper,
                        },
                    });
                } else if about == About::TheseProblems {
                    let none = Abstain::new(
                        Code::IllConditioned,
                        "the models put no limit on the forecast at this level",
                    );
                    unlimited.push(none.at(method, level, kind));
                }
            };
            let law = at.log.exp();
            for &level in levels {
                let kind = Kind::Prediction;
                match calibrated.bounds(level) {
                    Ok((lower, upper)) => {
                        let point = calibrated.point().unwrap_or(law);
                        add(Method::Calibrated, level, kind, point, lower, upper);
                    }
                    Err(why) if about == About::TheseProblems => {
                        abstentions.push(why.at(Method::Calibrated, level, kind));
                    }
                    Err(_) => {}
                }
            }
            if !known {
                continue;
            }
            for &level in levels {
                for kind in [Kind::Prediction, Kind::Confidence] {
                    let half = at.half_width(level, kind == Kind::Prediction).exp();
                    add(Method::Delta, level, kind, law, law / half, law * half);
                }
            }
        }
        abstentions.append(&mut unlimited);
        (intervals, abstentions)
    }
}

/// A forecast to be made of one set of problems; [`Curve::forecast`] asks for it.
#[derive(Debug, Clone)]
pub struct CurveForecastBuilder<'a> {
    curve: &'a Curve,
    compute: f64,
    levels: Vec<f64>,
    force: bool,
}

impl CurveForecastBuilder<'_> {
    /// Levels of the intervals (default 0.8 and 0.9).
    #[must_use]
    pub fn levels(mut self, levels: &[f64]) -> Self {
        self.levels = levels.to_vec();
        self
    }

    /// Gives numbers even if the verdict is against them.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Computes the forecast, with intervals for every level.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an impossible compute or level; [`ErrorKind::NoFit`] if there is no
    /// law, or if a finding forbids a forecast and [`CurveForecastBuilder::force`] is not set.
    pub fn run(&self) -> Result<CurveForecast> {
        let (curve, compute) = (self.curve, self.compute);
        forecast::check_target(compute)?;
        check_levels(&self.levels)?;
        if let Some(d) = curve.refusal().filter(|_| !self.force) {
            return Err(Error::new(ErrorKind::NoFit, d.message.clone()).with_hint(d.hint.clone()));
        }
        let Some(line) = &curve.line else {
            return Err(Error::new(
                ErrorKind::NoFit,
                "no law can be fitted to these rates",
            ));
        };
        let at = line.at(compute.ln());
        let law = at.log.exp();
        if !(law > 0.0 && law.is_finite()) {
            let message = format!("the law has no value at {compute:e} that a number can hold");
            return Err(Error::new(ErrorKind::NoFit, message)
                .with_hint("give a target nearer to the models"));
        }
        let recommended = curve.calibrated(line, compute);
        let (intervals, abstentions) = curve.intervals(line, at, &recommended, &self.levels);
        let calibrated = recommended.point();
        let turned = |i: &PassInterval| PassInterval {
            interval: Interval {
                lower: (-i.interval.upper).exp(),
                upper: (-i.interval.lower).exp(),
                ..i.interval
            },
            ..*i
        };
        let mean_pass_rate = curve.mean_pass_rate(compute, law, calibrated, &intervals);
        Ok(CurveForecast {
            compute,
            extrapolation: compute / curve.largest_fitted(),
            geometric_mean_pass_rate: PassQuantity {
                value: (-law).exp(),
                calibrated: calibrated.map(|metric| (-metric).exp()),
                intervals: intervals.iter().map(turned).collect(),
                standing: None,
            },
            mean_pass_rate: mean_pass_rate.map(|rate| PassQuantity {
                standing: Some(curve.rate_standing(compute, &recommended, law)),
                ..rate
            }),
            metric: PassQuantity {
                value: law,
                calibrated,
                intervals,
                standing: Some(curve.metric_standing(compute, &recommended)),
            },
            abstentions,
        })
    }
}

impl Curve {
    /// The recommended forecast at a compute.
    pub(super) fn calibrated(&self, line: &Line, compute: f64) -> Calibrated<'_> {
        let x = compute.ln();
        let at = line.at(x);
        match self.trend.as_ref().filter(|trend| trend.suffices()) {
            Some(trend) => Calibrated::Trend { trend, x, law: at },
            None => Calibrated::Free {
                free: Box::new(self.law_free(line).at(compute, &[Method::Calibrated])),
                law: line.exponent().1.map(|_| at),
            },
        }
    }

    /// The law-free methods for losses, applied to the metrics of the fitted models.
    fn law_free(&self, line: &Line) -> &Free {
        self.free.get_or_init(|| {
            let rows = self.points.iter().filter(|p| p.role == Role::Fit);
            Free::whole(forecast::Curve::new(rows.filter_map(|p| {
                let metric = p.metric?;
                // If the errors are known only from the scatter about the line, these methods
                // estimate their own.
                let known = p.stderr.filter(|_| line.chi_squared.is_some());
                let sigma = known.map(|stderr| (stderr / metric).hypot(line.scatter.sqrt()));
                Some((p.compute, metric, sigma))
            })))
        })
    }
}
