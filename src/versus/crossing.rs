//! Where the laws of two recipes cross.

use super::estimate::Estimate;
use crate::numeric::bisect;
use serde::Serialize;

/// A compute at which both laws have the same loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Crossing {
    /// The compute of the crossing.
    pub(crate) compute: f64,
    /// Whether it lies within the runs of both.
    pub(crate) within_runs: bool,
    /// Intervals of the compute.
    pub(crate) intervals: Vec<CrossingInterval>,
}

/// An interval of a crossing: the computes at which the losses do not differ significantly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct CrossingInterval {
    /// Nominal probability.
    pub(crate) level: f64,
    /// Lower end; absent if they do not differ significantly down to the lowest compute searched.
    pub(crate) lower: Option<f64>,
    /// Upper end; absent if they do not differ significantly up to the largest compute searched.
    pub(crate) upper: Option<f64>,
}

/// Number of steps into which the searched range is divided.
const STEPS: usize = 240;

/// Every crossing between two computes, given as u; `runs` is the range in which both recipes have
/// runs.
pub(super) fn all(
    estimate: &Estimate<'_>,
    (low, high): (f64, f64),
    runs: (f64, f64),
    levels: &[f64],
) -> Vec<Crossing> {
    let at = |k: usize| low + (high - low) * k as f64 / STEPS as f64;
    let path = estimate.path();
    let difference = |u: f64| path.difference_with_gradient(u).0;
    let compute = |u: f64| (u + estimate.task.design.reference).exp();
    let mut found = Vec::new();
    for k in 0..STEPS {
        let (left, right) = (at(k), at(k + 1));
        let sign = difference(left);
        if sign == 0.0 || sign * difference(right) > 0.0 || low >= high {
            continue;
        }
        let u = bisect(left, right, |u| difference(u) * sign > 0.0).1;
        let interval = |level: &f64| {
            // Whether the losses do not differ significantly.
            let alike = |u: f64| {
                let known = estimate.known(path.difference_with_gradient(u));
                known.is_none_or(|k| k.value.abs() <= k.reach(*level))
            };
            let toward = |end: f64| {
                let step = (end - u) / STEPS as f64;
                let outside = (1..=STEPS).find(|k| !alike(u + step * *k as f64))?;
                let inner = u + step * (outside - 1) as f64;
                Some(compute(bisect(inner, inner + step, alike).1))
            };
            CrossingInterval {
                level: *level,
                lower: toward(low),
                upper: toward(high),
            }
        };
        let enough = estimate
            .known(path.difference_with_gradient(u))
            .is_some_and(|known| known.enough());
        let intervals = levels.iter().filter(|_| enough).map(interval).collect();
        found.push(Crossing {
            compute: compute(u),
            within_runs: runs.0 <= u && u <= runs.1,
            intervals,
        });
    }
    found
}
