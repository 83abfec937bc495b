//! The forecasts under several fixed floors. A forecast far beyond the runs depends mostly on the
//! floor, which the runs determine least.

use crate::fit::{Fit, FitResult};
use crate::forecast::Target;
use crate::interval::{Kind, Method};
use serde::Serialize;

/// How many floors are shown.
const FLOORS: usize = 5;
/// Level of the intervals.
const LEVEL: f64 = super::LEVEL;

/// The forecasts with the floor held at one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[doc(hidden)]
pub struct ByFloor {
    /// The floor.
    pub floor: f64,
    /// Relative standard deviation of the residuals under this floor.
    pub noise: Option<f64>,
    /// One per target; `None` if there is no forecast.
    pub at: Vec<Option<AtFloor>>,
}

/// A forecast with a fixed floor.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[doc(hidden)]
pub struct AtFloor {
    /// The number to quote.
    pub point: f64,
    /// The ends of its 90 % calibrated interval.
    pub interval: Option<(f64, f64)>,
}

/// The forecasts with the floor fixed at values across its interval. Empty if the law has no floor
/// or the interval of the floor is unknown.
pub(super) fn by_floor(fit: &FitResult, targets: &[f64]) -> Vec<ByFloor> {
    let place = fit.parameters().iter().position(|p| p.name == "c");
    let Some(c) = place.filter(|_| fit.law().name() == super::CURVE) else {
        return Vec::new();
    };
    let Some(interval) = fit.parameters()[c].intervals.first() else {
        return Vec::new();
    };
    let smallest = (fit.fitted_runs().map(|run| run.loss)).fold(f64::INFINITY, f64::min);
    // A floor cannot lie above the runs.
    let (low, high) = (interval.lower, interval.upper.min(0.995 * smallest));
    if high.is_nan() || low >= high {
        return Vec::new();
    }
    let floors = (0..FLOORS).map(|k| low + (high - low) * k as f64 / (FLOORS - 1) as f64);
    floors
        .filter_map(|floor| of_floor(fit, floor, targets))
        .collect()
}

fn of_floor(fit: &FitResult, floor: f64, targets: &[f64]) -> Option<ByFloor> {
    let held = Fit::again(fit).holding("c", floor).run(fit.data()).ok()?;
    let one = |x: &f64| {
        let asked = held.forecast(Target::at(*x)).levels(&[LEVEL]).force(true);
        let asked = asked.methods(&[Method::Calibrated]).run().ok()?;
        let interval = asked.interval(Method::Calibrated, LEVEL, Kind::Prediction);
        Some(AtFloor {
            point: asked.point,
            interval: interval.map(|i| (i.lower, i.upper)),
        })
    };
    Some(ByFloor {
        floor,
        noise: held.residual_sd().map(|(sd, _)| sd),
        at: targets.iter().map(one).collect(),
    })
}
