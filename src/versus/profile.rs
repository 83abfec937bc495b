//! The profile interval of a multiplier: every value at which some pair of laws fits almost as well
//! as the best pair.

use super::estimate::Estimate;
use super::joint::Pin;
use super::surface::Along;
use crate::fit::central_quantile;

/// An end further than this from the estimate, in ln m, counts as unlimited.
const FARTHEST: f64 = 70.0;

/// ln m at the ends of an interval of this level at `u` of a line; `None` without a limit. `at` is
/// the estimate, `step` about half the half-width, and `dof` the degrees of freedom.
pub(super) fn ends(
    estimate: &Estimate<'_>,
    (along, u): (Along, f64),
    (at, step): (f64, f64),
    level: f64,
    dof: Option<f64>,
) -> [Option<f64>; 2] {
    let limit = central_quantile(level, dof).powi(2);
    [-1.0, 1.0].map(|sign| end(estimate, (along, u), at, sign * step, limit))
}

fn end(
    estimate: &Estimate<'_>,
    (along, u): (Along, f64),
    at: f64,
    step: f64,
    limit: f64,
) -> Option<f64> {
    let mut start = estimate.solution.full;
    let least = estimate.solution.rss;
    let mut inside = |log_m: f64| {
        let pin = Some(Pin { along, u, log_m });
        match estimate.task.solve(&start, pin, None) {
            Some(found) if found.rss - least <= limit => {
                start = found.full;
                true
            }
            _ => false,
        }
    };
    let (mut low, mut step) = (at, step);
    loop {
        let next = low + step;
        if (next - at).abs() > FARTHEST {
            return None;
        }
        if !inside(next) {
            let (_, high) = halved(low, next, inside);
            return Some(high);
        }
        low = next;
        step *= 1.5;
    }
}

/// Bisects a bracket to a part in 10⁷ of its width, far below the reported precision.
fn halved(mut low: f64, mut high: f64, mut stays: impl FnMut(f64) -> bool) -> (f64, f64) {
    for _ in 0..24 {
        let middle = 0.5 * (low + high);
        match stays(middle) {
            true => low = middle,
            false => high = middle,
        }
    }
    (low, high)
}
