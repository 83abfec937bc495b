//! The result of a forecast.

use super::abstain::Abstain;
use super::grade::Grade;
use super::record::Record;
use crate::fit::Diagnosis;
use crate::interval::{Abstention, Interval, Kind, Method};
use crate::runs::Variable;
use serde::Serialize;

/// The forecast at a target, with its intervals and its distance from the runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Forecast {
    /// The target.
    #[serde(rename = "compute")]
    pub x: f64,
    /// The quantity that the target is a value of.
    #[serde(skip)]
    pub(crate) variable: Variable,
    /// The number to quote, whichever intervals were requested: the recommended combination if the
    /// runs allow one, otherwise the law's value.
    pub point: f64,
    /// The fitted law's value.
    pub law_point: f64,
    /// Whether the point is the recommended combination.
    #[serde(skip)]
    pub(super) is_recommended: bool,
    /// How far the forecast can be relied on.
    pub grade: Grade,
    /// Why it has that grade, in words.
    pub because: String,
    /// How often forecasts of this grade contained the outcome; absent if it is refused or has no
    /// calibrated interval.
    pub record: Option<Record>,
    /// Why there is no record, if there is none.
    #[serde(skip)]
    pub(crate) no_record: Option<String>,
    /// The members of the recommended combination.
    #[doc(hidden)]
    pub members: Vec<ForecastMember>,
    /// Target ÷ largest fitted compute.
    pub extrapolation: f64,
    /// Decades of compute that the fitted runs span.
    pub(crate) span_decades: f64,
    /// The share of the variance of the law's value here that comes from the prior; `None` without
    /// a prior. The rest comes from the runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior_share: Option<f64>,
    /// Intervals, grouped by method, then level, then kind.
    pub intervals: Vec<Interval>,
    /// Intervals that were requested but not given, with the reason.
    pub abstentions: Vec<Abstention>,
    /// Findings about the fit, with the influence of single runs judged at this target.
    pub diagnoses: Vec<Diagnosis>,
}

/// One of the points that the recommended combination is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ForecastMember {
    /// The name of a method or a law.
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

    /// The point of a method. For the methods that assume the fitted law it is the law's value.
    #[must_use]
    pub fn point_of(&self, method: Method) -> Option<f64> {
        match method {
            Method::Calibrated => self.is_recommended.then_some(self.point),
            // The bounds lie evenly about the point. The member of the recommended point may come
            // from wider bands.
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
            _ => Some(self.law_point),
        }
    }

    pub(super) fn add(
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

    /// The reasons for the grade: why it has it, by which rule, and how far the record reaches.
    pub(crate) fn reasons(&self) -> String {
        match self.is_recommended && self.grade != Grade::Refused {
            true => format!("{}; {}", self.because, Grade::rule(self.extrapolation)),
            false => self.because.clone(),
        }
    }

    /// Whether the forecast is of grade moderate or high.
    #[must_use]
    pub fn trustworthy(&self) -> bool {
        self.grade >= Grade::Moderate
    }
}
