//! The grade of a forecast: how far it can be relied on.
//!
//! On published curves the half-width of the 90 % interval predicts the size of the error. The
//! number of runs, the kind of curve, the distance and the disagreement of the members act through
//! it (`docs/calibration.md`). The grade is lowered further by anything that the record does not
//! cover.

use super::band::Band;
use crate::number::digits;
use crate::said::Said;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a forecast can be relied on.
///
/// Every grade except `Refused` has a [`Record`](super::Record): how often such forecasts contained
/// the outcome.
///
/// ```
/// use scalewise::{Dataset, Fit, Target, forecast::Grade, law::Saturating};
/// let runs = [1e18, 1e19, 1e20, 1e21, 1e22, 1e23].map(|c: f64| (c, 20.0 * c.powf(-0.06) + 1.5));
/// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
/// assert_eq!(fit.forecast(Target::at(3e23)).run()?.grade, Grade::High);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Grade {
    /// A finding forbids the number.
    Refused,
    /// The 90 % interval is wide, or no forecast of this sort was checked.
    Low,
    /// The 90 % interval reaches 5 % to 45 % about the point, in ln L.
    Moderate,
    /// The 90 % interval reaches at most 5 % about the point.
    High,
}

/// Half-widths of the 90 % interval, in ln L, up to which a forecast is of grade high and moderate.
const HIGH: f64 = 0.05;
const MODERATE: f64 = 0.45;
/// The farthest forecasts that were checked: 10,000 times the largest run, in the GPT-4 report and
/// in the simulations of `docs/calibration.md`.
pub(super) const FARTHEST_CHECKED: f64 = 1e4;
/// The farthest forecast on the published curves, as a multiple of the largest run. Nothing beyond
/// has a record.
pub(crate) const FARTHEST_RECORDED: f64 = 350.0;

impl Grade {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Grade::Refused => "refused",
            Grade::Low => "low",
            Grade::Moderate => "moderate",
            Grade::High => "high",
        }
    }

    /// The grade by the 90 % interval alone.
    fn of_width(band: &Band) -> Grade {
        let half_width = 0.5 * (band.upper / band.lower).ln();
        match half_width {
            w if w <= HIGH => Grade::High,
            w if w <= MODERATE => Grade::Moderate,
            _ => Grade::Low,
        }
    }

    /// Which half-widths decide a grade, and how far the record of the grades reaches.
    pub(super) fn rule(factor: f64) -> String {
        let share = |half_width: f64| Said(100.0 * half_width);
        let far = match factor {
            f if f > FARTHEST_RECORDED => String::new(),
            f if f > 1.0 + 1e-9 => format!(
                "; the target is {} times the largest run, and the record goes up to \
                 {FARTHEST_RECORDED} times",
                digits(f, 3)
            ),
            _ => "; the target is not beyond the largest run".to_owned(),
        };
        format!(
            "a half-width of at most {} % (in ln L) is of grade high, and one of at most {} % of \
             grade moderate{far}",
            share(HIGH),
            share(MODERATE)
        )
    }

    /// The grade by the 90 % interval and by whether the curve falls.
    pub(super) fn of_curve(band: &Band, falls: bool) -> Grade {
        match falls {
            true => Grade::of_width(band),
            false => Grade::Low,
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The facts that decide a grade.
#[derive(Debug)]
pub(super) struct Grounds<'a> {
    /// The calibrated 90 % interval, or why there is none.
    pub band: Result<&'a Band, &'a str>,
    /// Whether the runs fall by more than their scatter.
    pub falls: bool,
    /// Target ÷ largest run.
    pub factor: f64,
    /// The finding that forbids the number.
    pub refusal: Option<&'a str>,
    /// Warnings about the rows, which no interval accounts for.
    pub doubts: Vec<&'a str>,
    /// Whether the forecast uses knowledge besides the runs.
    pub informed: bool,
}

impl Grounds<'_> {
    /// The grade, its reason, and why published curves have no record of such forecasts, if they
    /// have none.
    pub(super) fn grade(&self) -> (Grade, String, Option<String>) {
        if let Some(refusal) = self.refusal {
            let none = "a finding forbids the number".to_owned();
            return (Grade::Refused, refusal.to_owned(), Some(none));
        }
        let (mut grade, mut because) = match self.band {
            Ok(band) => (Grade::of_width(band), vec![reach(band)]),
            Err(why) => (
                Grade::Low,
                vec![format!("there is no calibrated interval: {why}")],
            ),
        };
        let mut lower = |to: Grade, why: String| {
            if to < grade || to == Grade::Low {
                grade = grade.min(to);
                because.push(why);
            }
        };
        if !self.falls {
            let why = "the runs do not fall by more than their scatter";
            lower(Grade::Low, why.to_owned());
        }
        if self.factor > FARTHEST_CHECKED * (1.0 + 1e-9) {
            let why = "no forecast of more than 10,000 times the largest run was ever checked";
            lower(Grade::Low, why.to_owned());
        }
        if self.informed {
            let why = "what was given beside the runs has no record";
            lower(Grade::Moderate, why.to_owned());
        }
        for doubt in &self.doubts {
            lower(Grade::Low, (*doubt).to_owned());
        }
        // This is said of every grade, because a grade without a record rests on the width alone.
        if self.factor > FARTHEST_RECORDED && self.factor <= FARTHEST_CHECKED * (1.0 + 1e-9) {
            grade = grade.min(Grade::Moderate);
            because.push("no published curve goes that far beyond its runs".to_owned());
        }
        (grade, because.join("; "), self.no_record())
    }

    /// Why published curves have no record of such forecasts, if they have none.
    fn no_record(&self) -> Option<String> {
        if self.band.is_err() {
            return Some("no forecast without a calibrated interval was checked".to_owned());
        }
        if self.factor > FARTHEST_RECORDED {
            return Some(format!(
                "no published curve goes more than {FARTHEST_RECORDED} times beyond its runs"
            ));
        }
        if !self.doubts.is_empty() {
            return Some("no forecast from rows in doubt was checked".to_owned());
        }
        let informed = "no forecast with knowledge beside its runs was checked";
        self.informed.then(|| informed.to_owned())
    }
}

/// The extent of the 90 % interval, in words.
fn reach(band: &Band) -> String {
    let share = |end: f64| 100.0 * (end / band.point - 1.0).abs();
    format!(
        "the 90 % interval reaches from {:.1} % below to {:.1} % above the point",
        Said(share(band.lower)),
        Said(share(band.upper))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(half_width: f64) -> Band {
        Band {
            point: 2.0,
            lower: 2.0 * (-half_width).exp(),
            upper: 2.0 * half_width.exp(),
        }
    }

    fn grounds<'a>(band: &'a Band) -> Grounds<'a> {
        Grounds {
            band: Ok(band),
            falls: true,
            factor: 10.0,
            refusal: None,
            doubts: Vec::new(),
            informed: false,
        }
    }

    #[test]
    fn the_width_grades_and_what_has_no_record_lowers() {
        for (half_width, grade) in [
            (0.02, Grade::High),
            (0.2, Grade::Moderate),
            (0.6, Grade::Low),
        ] {
            assert_eq!(grounds(&band(half_width)).grade().0, grade);
        }
        let narrow = band(0.02);
        let graded = |change: &dyn Fn(&mut Grounds)| {
            let mut grounds = grounds(&narrow);
            change(&mut grounds);
            grounds.grade()
        };
        assert_eq!(graded(&|g| g.factor = 1000.0).0, Grade::Moderate);
        assert_eq!(graded(&|g| g.factor = 2e4).0, Grade::Low);
        assert_eq!(graded(&|g| g.falls = false).0, Grade::Low);
        assert_eq!(graded(&|g| g.doubts = vec!["rows were lost"]).0, Grade::Low);
        assert_eq!(graded(&|g| g.band = Err("too few runs")).0, Grade::Low);
        let (refused, why, _) = graded(&|g| g.refusal = Some("the loss rises"));
        assert_eq!((refused, why.as_str()), (Grade::Refused, "the loss rises"));
        assert_eq!(graded(&|g| g.falls = false).2, None);
    }

    /// Beyond the published curves every grade says that the record does not reach that far.
    #[test]
    fn a_grade_beyond_the_record_says_so() {
        for half_width in [0.02, 0.2, 0.6] {
            let band = band(half_width);
            let far = Grounds {
                factor: 5000.0,
                ..grounds(&band)
            };
            let (grade, because, no_record) = far.grade();
            assert!(grade <= Grade::Moderate);
            assert!(
                because.contains("no published curve goes that far"),
                "{because}"
            );
            assert!(no_record.is_some_and(|why| why.contains("350 times")));
        }
    }

    #[test]
    fn grades_are_ordered() {
        assert!(Grade::Refused < Grade::Low && Grade::Moderate < Grade::High);
    }
}
