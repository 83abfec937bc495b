//! The forecasters that a back-test scores.

use crate::fit::{Fit, FitResult};
use crate::forecast::{Prepared, Refits, check_target};
use crate::interval::{Kind, Method, check_level};
use crate::runs::Dataset;
use serde::Serialize;

/// A point forecast with its interval.
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
    /// Whether the point is positive and finite and the ends are in order. Any other band counts as
    /// an abstention.
    pub(super) fn is_usable(&self) -> bool {
        self.point > 0.0 && self.point.is_finite() && self.lower <= self.upper
    }
}

/// Forecasts from a data set; any `Fn(&Dataset, f64) -> Option<Band>` is one.
pub trait Forecaster: Sync {
    /// The forecast at each target from the runs of `past`, in the order of the targets; `None` is
    /// an abstention.
    fn forecasts(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>>;
}

impl<F: Fn(&Dataset, f64) -> Option<Band> + Sync> Forecaster for F {
    fn forecasts(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        targets.iter().map(|&target| self(past, target)).collect()
    }
}

/// Forecasts by fitting a law, with the prediction interval of one method.
///
/// ```
/// use scalewise::backtest::{ByFit, backtest};
/// use scalewise::{Dataset, Fit, Method, law::Power};
/// let runs = [3.1, 2.75, 2.46, 2.18, 1.95, 1.73, 1.54, 1.37];
/// let data = Dataset::from_runs(runs.iter().enumerate().map(|(k, l)| (10f64.powi(18 + k as i32), *l)))?;
/// let by_fit = ByFit::new(Fit::new(Power)).method(Method::Delta);
/// let tested = backtest(&data, &by_fit).smallest(3).run()?;
/// assert_eq!(tested.cuts[0].runs, 5); // two parameters and three degrees of freedom
/// assert!(tested.total.mae.unwrap() < 0.02);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ByFit {
    pub(crate) fit: Fit,
    method: Method,
    level: f64,
    force: bool,
}

impl ByFit {
    /// A forecaster with calibrated intervals at 90 %.
    #[must_use]
    pub fn new(fit: Fit) -> ByFit {
        ByFit {
            fit,
            method: Method::Calibrated,
            level: 0.9,
            force: false,
        }
    }

    /// Sets the method of the interval.
    #[must_use]
    pub fn method(mut self, method: Method) -> ByFit {
        self.method = method;
        self
    }

    /// Sets the nominal probability of the interval.
    #[must_use]
    pub fn level(mut self, level: f64) -> ByFit {
        self.level = level;
        self
    }

    /// Forecasts even if a diagnosis refuses the numbers.
    #[must_use]
    pub fn force(mut self, force: bool) -> ByFit {
        self.force = force;
        self
    }
}

impl Forecaster for ByFit {
    fn forecasts(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        let fitted = self.fit.run(past).ok();
        let fitted = fitted.filter(|fit| self.force || fit.refusal().is_none());
        bands(fitted.as_ref(), self.method, self.level, targets)
    }
}

/// Prediction intervals of one method at every target; `None` for each without a fit.
///
/// It makes no findings: they cost more than the forecast, above all the influence of single runs
/// at the target, and no score uses them.
pub(super) fn bands(
    fit: Option<&FitResult>,
    method: Method,
    level: f64,
    targets: &[f64],
) -> Vec<Option<Band>> {
    let methods = [method];
    let fit = fit.filter(|_| check_level(level).is_ok());
    let prepared =
        fit.and_then(|fit| Prepared::for_intervals(fit, &methods, Refits::default()).ok());
    let band = |target: &f64| {
        let asked = (prepared.as_ref()?, check_target(*target).ok()?);
        let forecast = asked.0.at(*target, &[level], &[Kind::Prediction]).ok()?;
        let interval = forecast.interval(method, level, Kind::Prediction)?;
        Some(Band {
            point: forecast.point_of(method)?,
            lower: interval.lower,
            upper: interval.upper,
        })
    };
    targets.iter().map(band).collect()
}
