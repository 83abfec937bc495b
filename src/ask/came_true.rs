//! What came true of a forecast: the held-out runs at its target.

use crate::fit::FitResult;
use crate::forecast::Forecast;
use crate::interval::{Interval, Kind, Method};
use crate::runs::Run;
use serde::Serialize;

/// Runs whose sizes differ by less than this fraction are one target, since budgets are never met
/// exactly.
pub(crate) const NEAR: f64 = 0.01;

/// Held-out runs with exactly this compute.
pub(crate) fn actuals_at(fit: &FitResult, target: f64) -> impl Iterator<Item = &Run> {
    let all = fit.data().actuals_in_order().into_iter();
    all.filter(move |run| (run.x / target - 1.0).abs() < NEAR)
}

/// The mean loss of the held-out runs with exactly this compute, if there are any.
pub(crate) fn mean_actual(fit: &FitResult, target: f64) -> Option<f64> {
    let losses: Vec<f64> = actuals_at(fit, target).map(|run| run.loss).collect();
    let count = losses.len() as f64;
    (!losses.is_empty()).then(|| losses.iter().sum::<f64>() / count)
}

/// The sizes of the held-out runs, each once, in growing order.
pub(super) fn held_out(fit: &FitResult) -> Vec<f64> {
    let actuals = fit.data().actuals_in_order();
    let mut sizes: Vec<f64> = actuals.iter().filter_map(|run| run.known_x()).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup_by(|next, kept| *next <= *kept * (1.0 + NEAR));
    sizes
}

/// The widest prediction interval of the first method that gives one: calibrated, profile or delta.
pub(crate) fn main_interval(forecast: &Forecast) -> Option<&Interval> {
    let of = |method| {
        let mut all = forecast.intervals.iter();
        all.rfind(|i| i.method == method && i.kind == Kind::Prediction)
    };
    of(Method::Calibrated)
        .or_else(|| of(Method::Profile))
        .or_else(|| of(Method::Delta))
}

/// A forecast with the runs that came true at its target.
#[derive(Serialize)]
pub(super) struct WithActuals<'a> {
    #[serde(flatten)]
    forecast: &'a Forecast,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actuals: Vec<CameTrue<'a>>,
}

/// A held-out run beside its forecast.
#[derive(Serialize)]
struct CameTrue<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    loss: f64,
    /// The relative error: the forecast less the loss, divided by the loss.
    error: f64,
    /// Whether the interval to quote contains the loss; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    inside: Option<bool>,
}

impl<'a> WithActuals<'a> {
    pub(super) fn of(fit: &'a FitResult, forecast: &'a Forecast) -> WithActuals<'a> {
        let one = |run: &'a Run| CameTrue {
            line: run.line,
            run: run.group.as_deref(),
            loss: run.loss,
            error: forecast.point / run.loss - 1.0,
            inside: main_interval(forecast).map(|i| i.lower <= run.loss && run.loss <= i.upper),
        };
        WithActuals {
            forecast,
            actuals: actuals_at(fit, forecast.x).map(one).collect(),
        }
    }
}
