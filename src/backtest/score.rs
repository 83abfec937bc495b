//! Scores of forecasts, computed on the logarithm of the loss.

use super::{Band, HeldOut};
use serde::Serialize;

/// Scores of a set of forecasts. Errors are ln(forecast) − ln(actual), so 0.01 is one percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Scores {
    /// Number of forecasts given.
    pub forecasts: usize,
    /// Number of abstentions.
    pub abstained: usize,
    /// Mean error, positive if forecasts are too high. This and all following fields are absent
    /// without a forecast.
    pub bias: Option<f64>,
    /// Mean absolute error.
    pub mae: Option<f64>,
    /// Root of the mean squared error.
    pub(crate) rmse: Option<f64>,
    /// Share of the actual losses inside their interval, ends included.
    pub coverage: Option<f64>,
    /// Mean interval score on ln L (Winkler 1972; Gneiting & Raftery 2007, eq. 43): the width of
    /// the interval plus 2/(1 − level) times the distance of the actual loss from it. Smaller is
    /// better.
    pub(crate) interval_score: Option<f64>,
}

/// An interval end further than this factor from the point counts as this far, so that a lower end
/// of 0 has a logarithm.
const FARTHEST_END: f64 = 50.0;

impl Band {
    /// ln of the ends, limited to a factor of 50 from the point.
    pub(crate) fn log_ends(&self) -> (f64, f64) {
        let lower = self.lower.max(self.point / FARTHEST_END);
        let upper = self.upper.min(self.point * FARTHEST_END);
        (lower.ln(), upper.ln())
    }

    /// Whether an actual value with this logarithm lies inside, ends included.
    pub(crate) fn covers(&self, ln_actual: f64) -> bool {
        let (lower, upper) = self.log_ends();
        lower <= ln_actual && ln_actual <= upper
    }

    /// The interval score on the logarithm; see [`Scores::interval_score`].
    pub(crate) fn interval_score(&self, ln_actual: f64, level: f64) -> f64 {
        let (lower, upper) = self.log_ends();
        let miss = (lower - ln_actual).max(0.0) + (ln_actual - upper).max(0.0);
        upper - lower + 2.0 / (1.0 - level) * miss
    }
}

impl Scores {
    /// The scores of several sets together: means over the forecasts, not over the sets.
    pub(crate) fn pooled<'a>(sets: impl Iterator<Item = &'a Scores> + Clone) -> Scores {
        let forecasts = sets.clone().map(|s| s.forecasts).sum();
        let mean = |value: fn(&Scores) -> Option<f64>| {
            let total = sets
                .clone()
                .filter_map(|s| Some(s.forecasts as f64 * value(s)?));
            (forecasts > 0).then(|| total.sum::<f64>() / forecasts as f64)
        };
        Scores {
            forecasts,
            abstained: sets.clone().map(|s| s.abstained).sum(),
            bias: mean(|s| s.bias),
            mae: mean(|s| s.mae),
            rmse: mean(|s| Some(s.rmse?.powi(2))).map(f64::sqrt),
            coverage: mean(|s| s.coverage),
            interval_score: mean(|s| s.interval_score),
        }
    }

    /// Scores of these forecasts at a nominal level.
    pub(crate) fn of(forecasts: &[HeldOut], level: f64) -> Scores {
        let given: Vec<(Band, f64)> = forecasts
            .iter()
            .filter_map(|f| Some((f.band?, f.actual.ln())))
            .collect();
        let n = given.len();
        let mean = |value: &dyn Fn(&Band, f64) -> f64| {
            (n > 0).then(|| given.iter().map(|(b, y)| value(b, *y)).sum::<f64>() / n as f64)
        };
        let error = |band: &Band, y: f64| band.point.ln() - y;
        Scores {
            forecasts: n,
            abstained: forecasts.len() - n,
            bias: mean(&error),
            mae: mean(&|band, y| error(band, y).abs()),
            rmse: mean(&|band, y| error(band, y).powi(2)).map(f64::sqrt),
            coverage: mean(&|band, y| f64::from(u8::from(band.covers(y)))),
            interval_score: mean(&|band, y| band.interval_score(y, level)),
        }
    }
}
