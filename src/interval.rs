//! Intervals with their level, their kind and the method that made them.

use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What an interval covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The loss of a new run: the curve's uncertainty and the run's own noise.
    Prediction,
    /// The curve itself: the average of many runs.
    Confidence,
}

impl Kind {
    /// Both kinds.
    #[doc(hidden)]
    pub const ALL: [Kind; 2] = [Kind::Confidence, Kind::Prediction];

    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Prediction => "prediction",
            Kind::Confidence => "confidence",
        }
    }
}

/// The method of an interval.
///
/// Delta, profile and bootstrap intervals are valid only if the fitted law is exactly right.
/// Envelope and quadrature assume no single law, and give intervals only for a new run
/// ([`Kind::Prediction`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Method {
    /// A combination of quadrature, envelope and two more forecasts, whose width was checked
    /// against real extrapolations: the interval to quote (`docs/calibration.md`).
    Calibrated,
    /// exp(ln f ± t·se): the law linearised at its minimum, with Student's t for n − p degrees of
    /// freedom (normal if σ is given).
    Delta,
    /// Profile likelihood of the forecast itself: every value for which some choice of the
    /// parameters fits almost as well (F with 1 and n − p degrees of freedom).
    Profile,
    /// Percentiles of refits to the law with its resampled residuals (Efron 1979), for least
    /// squares.
    Bootstrap,
    /// Bounds over all positive mixtures of power laws that pass through the runs within their
    /// noise.
    Envelope,
    /// Deterministic Bayes over plateau → power law → soft floor, with a discrepancy process.
    Quadrature,
}

impl Method {
    /// All methods.
    #[doc(hidden)]
    pub const ALL: [Method; 6] = [
        Method::Calibrated,
        Method::Delta,
        Method::Profile,
        Method::Bootstrap,
        Method::Envelope,
        Method::Quadrature,
    ];

    /// The methods without random numbers, in the same order.
    #[doc(hidden)]
    pub const DETERMINISTIC: [Method; 5] = [
        Method::Calibrated,
        Method::Delta,
        Method::Profile,
        Method::Envelope,
        Method::Quadrature,
    ];

    /// The default methods of a forecast: the one to quote, and two for the fitted law if it is
    /// exactly right.
    #[doc(hidden)]
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

    /// Whether the interval is valid only if the fitted law is exactly right.
    pub(crate) fn parametric(self) -> bool {
        matches!(self, Method::Delta | Method::Profile | Method::Bootstrap)
    }

    /// What the method does and when its interval is valid, for readers who do not know it.
    pub(crate) fn explained(self) -> &'static str {
        match self {
            Method::Calibrated => {
                "Calibrated: the point is the median of five numbers: four members and their mean. The members are a Bayesian quadrature over plateau, power law \
             and soft floor, the midpoint of all mixtures of power laws that pass through the runs within their noise, the mean of four \
             published forms, and the slope of the largest runs, continued at 65 % of its size. The width of the interval depends on how \
             far the members disagree, on the kind of curve and on the number of runs, and was checked on published curves that were cut \
             off and continued."
            }
            Method::Delta => {
                "Delta: the law linearised at its minimum, Student's t for the noise estimated from the residuals. It holds if the law is \
             exactly right and its parameters are well determined."
            }
            Method::Profile => {
                "Profile: every value for which some choice of the parameters fits almost as well as the best. It holds if the law is \
             exactly right, however badly its parameters are determined."
            }
            Method::Bootstrap => {
                "Bootstrap: percentiles of refits to the law with its own residuals put back at random. It holds if the law is exactly right."
            }
            Method::Envelope => {
                "Envelope: the smallest and largest value over all positive mixtures of power laws that pass through the runs within their \
             noise, by two linear programs."
            }
            Method::Quadrature => {
                "Quadrature: deterministic Bayes on a grid over plateau, power law and soft floor, with a process for what none of these \
             explains."
            }
        }
    }

    /// Whether the method gives intervals of this kind.
    pub(crate) fn gives(self, kind: Kind) -> bool {
        self.parametric() || kind == Kind::Prediction
    }
}

/// An interval with its level, kind and method.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interval {
    /// Nominal probability, such as 0.9.
    pub level: f64,
    /// Whether it is for the curve or for a new run.
    pub kind: Kind,
    /// Its method.
    pub method: Method,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// An interval that is not given, with the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Abstention {
    /// The requested level.
    pub level: f64,
    /// The requested kind.
    pub kind: Kind,
    /// The method that abstains.
    pub method: Method,
    /// The code of the reason.
    pub code: Code,
    /// The reason in words.
    pub reason: String,
}

/// The allowed levels of an interval. Closer to 0 and 1 the quantiles of Student's t and of F lose
/// their digits to rounding; at 0 and 1 an interval has no width or no ends.
pub(crate) const LEVELS: RangeInclusive<f64> = 0.001..=0.999_999;

/// Checks that a level lies within 0.001 to 0.999999.
///
/// # Errors
/// [`ErrorKind::Usage`] if it does not.
pub fn check_level(level: f64) -> Result<()> {
    if LEVELS.contains(&level) {
        return Ok(());
    }
    let message = format!(
        "a level must lie between {} and {}, and {} does not: beyond these the ends of an interval cannot be computed",
        LEVELS.start(),
        LEVELS.end(),
        written(level)
    );
    Err(Error::new(ErrorKind::Usage, message)
        .with_hint("a level is a probability, such as 0.9 for an interval of 90 %"))
}

fn written(level: f64) -> String {
    match level.is_finite() {
        true => format!("{level:?}"),
        false => "what is no finite number".to_owned(),
    }
}

/// Checks that an interval can be computed at every level.
pub(crate) fn check_levels(levels: &[f64]) -> Result<()> {
    levels.iter().try_for_each(|level| check_level(*level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_round_to_nothing_or_everything_are_refused() {
        for level in [0.001, 0.5, 0.9, 0.99, 0.999_999] {
            assert!(check_level(level).is_ok(), "{level}");
        }
        for level in [
            0.0,
            -0.0,
            1e-308,
            5e-324,
            1e-200,
            9.99e-4,
            0.999_999_1,
            0.999_999_999_999_999_9,
            1.0,
            1.5,
            -0.9,
            1e308,
            f64::NAN,
            f64::INFINITY,
        ] {
            let refused = check_level(level).err();
            let kind = refused.as_ref().map(Error::kind);
            assert_eq!(kind, Some(ErrorKind::Usage), "{level}");
            let text = refused.map(|e| e.to_string()).unwrap_or_default();
            assert!(text.contains("0.001 and 0.999999"), "{text}");
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}
