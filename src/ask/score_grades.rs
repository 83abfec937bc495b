//! The grade of a forecast of a score, and the record of such forecasts.

use crate::forecast::Grade;
use crate::interval::Kind;
use crate::number::digits;
use crate::said::Said;
use crate::scores::hidden::Combined;

/// Largest half-width of the 90 % interval of a forecast of grade high; and of grade moderate.
const HIGH: f64 = 0.05;
const MODERATE: f64 = 0.15;
/// The farthest extrapolation whose outcome is known (`docs/capability.md`).
const FARTHEST_CHECKED: f64 = 202.0;

/// The record of forecasts of grade low, moderate and high: their number, how many 90 % intervals
/// held, and the median error. The study `scores` writes the table.
pub const SCORE_RECORD: [(u32, u32, f64); 3] = [(8, 8, 0.118), (63, 63, 0.027), (217, 201, 0.012)];

/// The grade of a forecast at `factor` times the largest model, and the reason for it.
pub fn score_grade(combined: &Combined, factor: f64) -> (Grade, String) {
    let (lower, upper) = combined.interval(0.9, Kind::Prediction);
    let half = 0.5 * (upper - lower);
    let mut grade = match half {
        h if h <= HIGH => Grade::High,
        h if h <= MODERATE => Grade::Moderate,
        _ => Grade::Low,
    };
    let mut because = format!(
        "the 90 % interval reaches {:.1} points to either side",
        Said(100.0 * half)
    );
    if factor > FARTHEST_CHECKED && grade > Grade::Low {
        let farther = factor > 10.0 * FARTHEST_CHECKED;
        grade = grade.min(if farther { Grade::Low } else { Grade::Moderate });
        because += "; no forecast that goes so far beyond its models was ever checked";
    }
    (grade, because)
}

/// The reasons for the grade of a forecast at `factor` times the largest model: why it has it, by
/// which rule, and how far the record reaches.
pub(crate) fn reasons(because: &str, factor: f64) -> String {
    let far = match factor {
        f if f > FARTHEST_CHECKED => String::new(),
        f => format!(
            "; the target has {} times the compute of the largest model, and the record goes up \
             to {FARTHEST_CHECKED} times",
            digits(f, 3)
        ),
    };
    format!(
        "{}; at most {} points are of grade high, and at most {} of grade moderate{far}",
        because,
        Said(100.0 * HIGH),
        Said(100.0 * MODERATE)
    )
}

/// The record of forecasts of this grade at `factor` times the largest model, in a sentence.
pub(crate) fn record(grade: Grade, factor: f64) -> String {
    if factor > FARTHEST_CHECKED {
        return format!(
            "no record: no outcome more than {FARTHEST_CHECKED} times beyond its models is known"
        );
    }
    let row = match grade {
        Grade::High => SCORE_RECORD[2],
        Grade::Moderate => SCORE_RECORD[1],
        _ => SCORE_RECORD[0],
    };
    format!(
        "of {} forecasts of grade {grade} of eight benchmarks within one published ladder, the \
         90 % interval contained {:.0} % of the outcomes; median error {:.1} points",
        row.0,
        Said(100.0 * f64::from(row.1) / f64::from(row.0.max(1))),
        Said(100.0 * row.2)
    )
}
