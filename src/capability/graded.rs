//! The grade of a forecast of pass rates.

use super::calibrated::Calibrated;
use super::curve::{About, Curve, PassInterval};
use super::standing::{FARTHEST_CHECKED, Graded, LEVEL, PassStanding};
use crate::forecast::Grade;
use crate::interval::{Interval, Kind, Method};
use crate::said::Said;

/// A forecast this many times farther than the farthest checked one is of grade low.
const MUCH_FARTHER: f64 = 10.0;

/// The grade of a forecast and its reason. `ends` are those of the 90 % interval, `factor` is the
/// target divided by the largest model, and `whole` says whether it is about all problems.
fn graded(what: Graded, whole: bool, ends: (f64, f64), factor: f64) -> (Grade, String) {
    let half = what.half_width(ends);
    let class = what.class(ends);
    let mut because = match what {
        Graded::Metric => format!(
            "the 90 % interval of -mean ln p reaches a factor of {:.2} to either side",
            Said(half.exp())
        ),
        Graded::Rate => format!(
            "the 90 % interval of the mean pass rate reaches {:.1} points to either side",
            Said(100.0 * half)
        ),
    };
    let mut grade = match (what, class) {
        (Graded::Rate, 2) if whole => Grade::High,
        (Graded::Metric, 2) => {
            because += ", and intervals as narrow held much less often than they say";
            Grade::Low
        }
        (Graded::Rate, 2) => {
            because += ", and intervals of buckets as narrow held less often than they say";
            Grade::Moderate
        }
        (_, 1) => Grade::Moderate,
        _ => Grade::Low,
    };
    if factor > FARTHEST_CHECKED {
        grade = grade.min(match factor > MUCH_FARTHER * FARTHEST_CHECKED {
            true => Grade::Low,
            false => Grade::Moderate,
        });
        because += "; no forecast that goes so far beyond its models was ever checked";
    }
    (grade, because)
}

impl Curve {
    /// The standing of a forecast of the metric.
    pub(super) fn metric_standing(
        &self,
        compute: f64,
        recommended: &Calibrated<'_>,
    ) -> PassStanding {
        self.standing(Graded::Metric, compute, recommended, Some)
    }

    /// The standing of a forecast of the mean pass rate.
    pub(super) fn rate_standing(
        &self,
        compute: f64,
        recommended: &Calibrated<'_>,
        law: f64,
    ) -> PassStanding {
        self.standing(Graded::Rate, compute, recommended, |(lower, upper)| {
            let interval = PassInterval {
                about: About::TheseProblems,
                interval: Interval {
                    level: LEVEL,
                    kind: Kind::Prediction,
                    method: Method::Calibrated,
                    lower,
                    upper,
                },
            };
            let made = self.mean_pass_rate(compute, law, recommended.point(), &[interval])?;
            let interval = made.intervals.first()?.interval;
            Some((interval.lower, interval.upper))
        })
    }

    /// `ends` turns the ends of the metric's interval into those of the graded number.
    fn standing(
        &self,
        what: Graded,
        compute: f64,
        recommended: &Calibrated<'_>,
        ends: impl Fn((f64, f64)) -> Option<(f64, f64)>,
    ) -> PassStanding {
        let ungraded = |grade, because| PassStanding {
            grade,
            because,
            record: None,
        };
        if let Some(refusal) = self.refusal() {
            return ungraded(Grade::Refused, refusal.message.clone());
        }
        let found = match recommended.bounds(LEVEL) {
            Err(why) => Err(why.reason),
            Ok(metric) => ends(metric)
                .filter(|(lower, upper)| lower.is_finite() && upper.is_finite() && *upper > 0.0)
                .ok_or_else(|| "the models put no limit on the forecast".to_owned()),
        };
        let ends = match found {
            Ok(ends) => ends,
            Err(why) => {
                return ungraded(
                    Grade::Low,
                    format!("there is no calibrated interval: {why}"),
                );
            }
        };
        let factor = compute / self.largest_fitted();
        let whole = self.name == "all";
        let (mut grade, mut because) = graded(what, whole, ends, factor);
        if !matches!(recommended, Calibrated::Trend { .. }) {
            grade = grade.min(Grade::Moderate);
            because += "; forecasts by this rule, or of so few models, have no record";
            return ungraded(grade, because);
        }
        let like_it = factor <= FARTHEST_CHECKED && (whole || self.name.starts_with("bucket"));
        PassStanding {
            grade,
            because,
            record: what.record(whole, what.class(ends)).filter(|_| like_it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_grades_and_what_was_never_checked_lowers() {
        let metric = |half: f64, factor| {
            let ends = (2.0 * (-half).exp(), 2.0 * half.exp());
            graded(Graded::Metric, true, ends, factor).0
        };
        assert_eq!(metric(0.3, 10.0), Grade::Moderate);
        assert_eq!(metric(0.5, 10.0), Grade::Low);
        assert_eq!(metric(0.1, 10.0), Grade::Low);
        let rate = |half: f64, factor, whole| {
            graded(Graded::Rate, whole, (0.5 - half, 0.5 + half), factor).0
        };
        assert_eq!(rate(0.04, 1000.0, true), Grade::High);
        assert_eq!(rate(0.04, 1002.0, true), Grade::Moderate);
        assert_eq!(rate(0.04, 10_011.0, true), Grade::Low);
        assert_eq!(rate(0.04, 10.0, false), Grade::Moderate);
        assert_eq!(rate(0.1, 10.0, true), Grade::Moderate);
        assert_eq!(rate(0.2, 10.0, true), Grade::Low);
    }
}
