//! Who makes the forecasts of a back-test.

use crate::data::Dataset;
use crate::fit::{Fit, FitResult};
use crate::forecast::{Kind, Method, Target};
use serde::Serialize;

/// A point and an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// The forecast.
    pub point: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Band {
    /// Whether it is a positive, finite point with ends in order; anything else is an abstention.
    pub(super) fn is_usable(&self) -> bool {
        self.point > 0.0 && self.point.is_finite() && self.lower <= self.upper
    }
}

/// Forecasts from a data set; any `Fn(&Dataset, f64) -> Option<Band>` is one.
pub trait Forecaster: Sync {
    /// The forecast at compute `target` from the runs of `past`; `None` to abstain.
    fn forecast(&self, past: &Dataset, target: f64) -> Option<Band>;

    /// The forecasts at several targets, in their order. Override it where the work on `past` can be
    /// shared.
    fn forecast_all(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        targets.iter().map(|&t| self.forecast(past, t)).collect()
    }
}

impl<F: Fn(&Dataset, f64) -> Option<Band> + Sync> Forecaster for F {
    fn forecast(&self, past: &Dataset, target: f64) -> Option<Band> {
        self(past, target)
    }
}

/// Forecasts by fitting a law, with the prediction interval of one method.
///
/// ```
/// use scalewise::backtest::{ByFit, backtest};
/// use scalewise::{Dataset, Fit, Method, law::Power};
/// let runs = [3.1, 2.75, 2.46, 2.18, 1.95, 1.73, 1.54, 1.37];
/// let data = Dataset::from_runs(runs.iter().enumerate().map(|(k, l)| (10f64.powi(18 + k as i32), *l)))?;
/// let by_fit = ByFit { fit: Fit::new(Power), method: Method::Delta, level: 0.9, force: false };
/// let tested = backtest(&data, 0.9, 3, &by_fit)?;
/// assert_eq!(tested.cuts[0].runs, 5); // two parameters and three degrees of freedom
/// assert!(tested.total.mae.unwrap() < 0.02);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ByFit {
    /// What is fitted.
    pub fit: Fit,
    /// How the interval is made.
    pub method: Method,
    /// Its nominal probability.
    pub level: f64,
    /// Whether numbers are given where a diagnosis refuses them.
    pub force: bool,
}

impl ByFit {
    fn band(&self, fitted: &FitResult, target: f64) -> Option<Band> {
        let forecast = fitted
            .forecast(Target::compute(target))
            .levels(&[self.level])
            .kinds(&[Kind::Prediction])
            .methods(&[self.method])
            .force(self.force)
            .run()
            .ok()?;
        let interval = forecast.interval(self.method, self.level, Kind::Prediction)?;
        Some(Band {
            point: forecast.point_of(self.method)?,
            lower: interval.lower,
            upper: interval.upper,
        })
    }
}

impl Forecaster for ByFit {
    fn forecast(&self, past: &Dataset, target: f64) -> Option<Band> {
        self.band(&self.fit.run(past).ok()?, target)
    }

    fn forecast_all(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        let fitted = self.fit.run(past).ok();
        targets
            .iter()
            .map(|&target| self.band(fitted.as_ref()?, target))
            .collect()
    }
}
