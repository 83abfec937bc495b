//! How far a forecast of pass rates can be relied on: its grade, and the record of such forecasts.

use crate::forecast::Grade;
use crate::number::{digits, percent};
use crate::said::Said;
use serde::Serialize;

/// Largest half-widths of the 90 % interval of ln metric that count as narrow and as medium.
const OF_METRIC: [f64; 2] = [0.2, 0.45];
/// The same of the mean pass rate, as a fraction.
const OF_RATE: [f64; 2] = [0.05, 0.15];
/// The level of the interval that decides a grade.
pub(super) const LEVEL: f64 = 0.9;
/// The farthest forecast with a known outcome, as a multiple of its largest model.
pub(super) const FARTHEST_CHECKED: f64 = 1001.0;
/// Fewest forecasts for a record.
const FEWEST: u32 = 10;

/// Outcomes of forecasts with wide, medium and narrow intervals, in this order. For each: their
/// number, how many 90 % intervals contained the outcome, the median error, and the farthest target
/// as a multiple of the largest model.
pub type PassOutcomes = [(u32, u32, f64, f64); 3];

/// Outcomes by ladder, by what was forecast, and by set of problems. Ladders: first that of this
/// repository, then that and the published Pythia counts together. Forecasts: first of the metric,
/// with errors of ln metric, then of the mean pass rate. Problems: first all of them, then buckets.
/// The study `passes` writes the table of `docs/capability.md` and checks these numbers.
pub const PASS_RECORD: [[[PassOutcomes; 2]; 2]; 2] = [
    [
        [
            [
                (36, 36, 0.1232, 1000.5),
                (26, 24, 0.135, 10.0),
                (13, 2, 0.2185, 3.2),
            ],
            [
                (138, 136, 0.1988, 1000.5),
                (188, 170, 0.1007, 316.2),
                (124, 78, 0.0789, 10.0),
            ],
        ],
        [
            [
                (2, 2, 0.0332, 1000.5),
                (38, 38, 0.0322, 316.2),
                (35, 33, 0.0059, 10.0),
            ],
            [
                (4, 1, 0.1729, 1000.5),
                (235, 202, 0.0389, 1000.5),
                (211, 144, 0.0143, 56.2),
            ],
        ],
    ],
    [
        [
            [
                (39, 39, 0.1232, 1000.5),
                (29, 27, 0.1337, 10.0),
                (13, 2, 0.2185, 3.2),
            ],
            [
                (157, 155, 0.1905, 1000.5),
                (199, 181, 0.1023, 316.2),
                (130, 84, 0.075, 10.0),
            ],
        ],
        [
            [
                (2, 2, 0.0332, 1000.5),
                (40, 40, 0.0322, 316.2),
                (39, 37, 0.0088, 10.0),
            ],
            [
                (9, 6, 0.0665, 1000.5),
                (248, 215, 0.0389, 1000.5),
                (229, 160, 0.0121, 56.2),
            ],
        ],
    ],
];
/// Number of sets of fitted models behind these forecasts, on both ladders together.
pub const PASS_ORIGINS: u32 = 11;
/// Forecasts of the metric of all problems on both ladders: their number, and how many 90 %
/// prediction intervals by the law alone contained the outcome.
pub const LAW_RECORD: (u32, u32) = (81, 6);

/// How far a forecast of passing can be relied on.
///
/// ```
/// use scalewise::{capability::CapabilityFit, forecast::Grade, internal::Benchmark};
/// let counts = Benchmark::default().simulate()?.counts;
/// let forecast = CapabilityFit::new().run(&counts)?.overall.forecast(1e22).run()?;
/// let standing = forecast.mean_pass_rate.unwrap().standing.unwrap();
/// assert_eq!(standing.grade, Grade::High);
/// assert!(standing.because.contains("90 % interval") && standing.record.is_some());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PassStanding {
    /// The grade, from the record of forecasts with such intervals and from what was never checked.
    pub grade: Grade,
    /// Why it has that grade.
    pub because: String,
    /// The record of forecasts with such intervals; absent if too few were checked.
    pub record: Option<PassRecord>,
}

/// How often intervals of similar width contained the outcome on real pass counts, for all problems
/// or for buckets of them.
///
/// ```
/// # use scalewise::{capability::CapabilityFit, internal::Benchmark};
/// let counts = Benchmark::default().simulate()?.counts;
/// let forecast = CapabilityFit::new().run(&counts)?.overall.forecast(1e22).run()?;
/// let record = forecast.metric.standing.unwrap().record.unwrap();
/// assert!(record.forecasts > 0 && (0.0..=1.0).contains(&record.held));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PassRecord {
    /// Level of the interval.
    pub level: f64,
    /// Number of forecasts. Many of them share models and problems.
    pub forecasts: u32,
    /// Number of sets of fitted models behind all forecasts.
    pub origins: u32,
    /// Share of them whose interval contained the outcome.
    pub held: f64,
    /// Median size of the error: of ln metric, or of the mean pass rate as a fraction.
    pub median_error: f64,
    /// The farthest target among them, as a multiple of its largest model.
    pub farthest: f64,
}

/// The graded number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graded {
    /// The mean of −ln pass rate.
    Metric,
    /// The mean pass rate.
    Rate,
}

impl Graded {
    pub(super) fn half_width(self, (lower, upper): (f64, f64)) -> f64 {
        match self {
            Graded::Metric => 0.5 * (upper / lower).ln(),
            Graded::Rate => 0.5 * (upper - lower),
        }
    }

    /// Whether the 90 % interval with these ends is wide (0), medium (1) or narrow (2).
    pub fn class(self, ends: (f64, f64)) -> usize {
        let [narrow, middle] = match self {
            Graded::Metric => OF_METRIC,
            Graded::Rate => OF_RATE,
        };
        match self.half_width(ends) {
            h if h <= narrow => 2,
            h if h <= middle => 1,
            _ => 0,
        }
    }

    pub(super) fn record(self, whole: bool, class: usize) -> Option<PassRecord> {
        let rows = PASS_RECORD[1][self as usize][usize::from(!whole)];
        let (forecasts, held, median_error, farthest) = rows[class];
        (forecasts >= FEWEST).then(|| PassRecord {
            level: LEVEL,
            forecasts,
            origins: PASS_ORIGINS,
            held: f64::from(held) / f64::from(forecasts),
            median_error,
            farthest,
        })
    }
}

impl PassStanding {
    /// The record in a sentence.
    pub(crate) fn sentence(&self, what: Graded) -> String {
        let Some(record) = &self.record else {
            return "no record: too few forecasts like it were checked".to_owned();
        };
        let error = match what {
            Graded::Metric => format!("{} %", digits(100.0 * record.median_error, 2)),
            Graded::Rate => format!("{:.1} points", Said(100.0 * record.median_error)),
        };
        format!(
            "of {} forecasts with intervals of similar width, from {} sets of models of two ladders, the {} interval \
             contained {} of the outcomes; median error {error}",
            record.forecasts,
            record.origins,
            percent(record.level),
            percent((100.0 * record.held).round() / 100.0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_of_many_forecasts() {
        assert!(Graded::Rate.record(true, 0).is_none());
        let record = Graded::Metric.record(true, 1).unwrap();
        assert_eq!((record.forecasts, record.origins), (29, 11));
        assert!((record.held - 27.0 / 29.0).abs() < 1e-12);
        // The own ladder has at most as many forecasts as both together.
        for (own, both) in PASS_RECORD[0]
            .iter()
            .flatten()
            .zip(PASS_RECORD[1].iter().flatten())
        {
            assert!(
                own.iter()
                    .zip(both)
                    .all(|(own, both)| own.0 <= both.0 && own.1 <= both.1)
            );
        }
    }
}
