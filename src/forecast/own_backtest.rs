//! The factor on the calibrated interval from a back-test on the runs themselves.
//!
//! Rolling origin by compute: the smallest values of compute forecast larger ones. The factor is
//! the 90 % quantile of the errors in half-widths, if that is above one.

use super::curve::Curve;
use super::free::Free;
use crate::interval::Method;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::ops::Range;

/// Fewest forecasts for a quantile. Widening published curves of ten runs by it did not improve
/// coverage and worsened the score.
const FEWEST_FORECASTS: usize = 20;
/// Smallest number of values of compute to forecast from.
const SMALLEST_ORIGIN: usize = 5;
/// The most origins, and targets per origin; evenly spaced if there are more.
const MOST: usize = 6;
/// Nominal coverage of the interval whose half-widths measure the errors.
const LEVEL: f64 = 0.9;

/// The factor, at least 1; exactly 1 with too few runs.
pub(super) fn widening(curve: &Curve) -> f64 {
    let groups = curve.groups();
    let distinct = groups.len();
    if distinct <= SMALLEST_ORIGIN {
        return 1.0;
    }
    let origins = chosen(SMALLEST_ORIGIN, distinct - 1);
    let count = |k: usize| chosen(k, distinct - 1).len();
    if origins.iter().map(|k| count(*k)).sum::<usize>() < FEWEST_FORECASTS {
        return 1.0;
    }
    let mut errors: Vec<f64> = origins
        .into_par_iter()
        .flat_map_iter(|k| errors_from(curve, &groups, k))
        .collect();
    if errors.len() < FEWEST_FORECASTS {
        return 1.0;
    }
    errors.sort_by(f64::total_cmp);
    let rank = (LEVEL * errors.len() as f64).ceil() as usize;
    errors[rank - 1].max(1.0)
}

/// Errors of the forecasts of larger runs from the smallest `k` values of compute, in half-widths.
fn errors_from(curve: &Curve, groups: &[Range<usize>], k: usize) -> Vec<f64> {
    let last = groups[k - 1].end;
    let free = Free::of_curve(curve.first(last), &[Method::Calibrated]);
    let reference = curve.u[last - 1];
    let error = |target: usize| {
        let range = groups[target].clone();
        let size = range.len() as f64;
        let loss = curve.y[range.clone()].iter().sum::<f64>() / size;
        let band = free
            .at_distance(curve.u[range.start] - reference, &[Method::Calibrated])
            .calibrated
            .ok()?;
        let end = if loss < band.point {
            band.lower
        } else {
            band.upper
        };
        let error = (loss / band.point).ln() / (end / band.point).ln();
        error.is_finite().then_some(error)
    };
    chosen(k, groups.len() - 1)
        .into_iter()
        .filter_map(error)
        .collect()
}

/// Up to [`MOST`] whole numbers from `first` to `last`, including both.
fn chosen(first: usize, last: usize) -> Vec<usize> {
    let count = (last - first + 1).min(MOST);
    if count == 1 {
        return vec![first];
    }
    (0..count)
        .map(|i| first + i * (last - first) / (count - 1))
        .collect()
}
