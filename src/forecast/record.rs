//! How often forecasts like this one contained the outcome.

use super::grade::Grade;
use super::record_table::{ALL, DATASET_SIZE, LADDER, TRAINING_RUN};
use crate::number::{digits, percent};
use crate::runs::CurveKind;
use serde::Serialize;

/// How forecasts of one grade did on published curves that were cut off and continued
/// (`docs/calibration.md`). The widths for each forecast were chosen without its own source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// The kind of curve; `None` for curves of all kinds.
    pub curve: Option<CurveKind>,
    /// Level of the interval.
    pub level: f64,
    /// Number of forecasts.
    pub forecasts: u32,
    /// Share of them whose interval contained the outcome.
    pub held: f64,
    /// Median of |forecast ÷ outcome − 1|, in ln L.
    pub median_error: f64,
}

/// Fewest forecasts for a record of a single kind. The share of fewer is too uncertain, and most of
/// them come from one source.
const FEWEST: u32 = 25;

impl Record {
    /// The record of a grade on a kind of curve. A kind with one source, or with too few forecasts
    /// of this grade, has the record of all kinds.
    pub(super) fn of(grade: Grade, kind: CurveKind) -> Option<Record> {
        let row = match grade {
            Grade::Refused => return None,
            Grade::Low => 0,
            Grade::Moderate => 1,
            Grade::High => 2,
        };
        let own = match kind {
            CurveKind::Ladder => Some(&LADDER),
            CurveKind::TrainingRun => Some(&TRAINING_RUN),
            CurveKind::DatasetSize => Some(&DATASET_SIZE),
            CurveKind::Samples | CurveKind::Unknown => None,
        };
        let own = own.map(|rows| rows[row]).filter(|row| row.0 >= FEWEST);
        let (forecasts, held, median_error) = own.unwrap_or(ALL[row]);
        Some(Record {
            curve: own.map(|_| kind),
            level: 0.9,
            forecasts,
            held: f64::from(held) / f64::from(forecasts.max(1)),
            median_error,
        })
    }

    /// The record in a sentence.
    #[must_use]
    #[doc(hidden)]
    pub fn sentence(&self, grade: Grade) -> String {
        let of = match self.curve {
            Some(kind) => format!("published curves over {}", kind.points()),
            None => "published curves of all kinds".to_owned(),
        };
        format!(
            "of {} forecasts of grade {grade} on {of}, the {} interval contained {} of the outcomes; median error {} %",
            self.forecasts,
            percent(self.level),
            percent((100.0 * self.held).round() / 100.0),
            digits(100.0 * self.median_error, 2),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_one_source_has_the_record_of_all_kinds() {
        for grade in [Grade::Low, Grade::Moderate, Grade::High] {
            let of = |kind| Record::of(grade, kind).unwrap();
            assert_eq!(of(CurveKind::Samples), of(CurveKind::Unknown));
            assert_eq!(of(CurveKind::Samples).curve, None);
            for kind in [
                CurveKind::Ladder,
                CurveKind::TrainingRun,
                CurveKind::Unknown,
            ] {
                let record = of(kind);
                assert!(record.forecasts >= FEWEST);
                assert!((0.5..=1.0).contains(&record.held));
            }
        }
        assert!(Record::of(Grade::Refused, CurveKind::Ladder).is_none());
    }
}
