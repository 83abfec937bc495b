//! How much wider the intervals needed to be to contain the outcomes of the user's own runs.

use super::HeldOut;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

/// Fewest forecasts that give a widening, whatever the level.
const FEWEST: usize = 10;

/// The factor by which log half-widths have to be multiplied.
///
/// z = (ln actual − ln point) ÷ (half-width on ln L ÷ q), where q is the normal quantile of the
/// level (1.645 at 90 %). The factor is max(1, Q/q), where Q is the ⌈(m + 1)·level⌉-th smallest of
/// the m values of |z|: the order statistic that covers the next exchangeable value with the
/// probability `level`. The forecasts of one curve share runs, so this is a correction, not a
/// guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub(crate) struct Widening {
    /// At least 1; absent with too few forecasts.
    pub(crate) factor: Option<f64>,
    /// Forecasts it comes from.
    pub(crate) forecasts: usize,
    /// Forecasts needed for it: the larger of 10 and level/(1 − level).
    pub(crate) needed: usize,
}

impl Widening {
    pub(super) fn of(forecasts: &[HeldOut], level: f64) -> Widening {
        let q = Normal::standard().inverse_cdf(0.5 * (1.0 + level));
        let mut z: Vec<f64> = forecasts
            .iter()
            .filter_map(|f| {
                let band = f.band?;
                let (lower, upper) = band.log_ends();
                let error = f.actual.ln() - band.point.ln();
                // An interval of width zero either misses or is exactly right.
                let sd = 0.5 * (upper - lower) / q;
                Some(if error == 0.0 {
                    0.0
                } else {
                    (error / sd).abs()
                })
            })
            .collect();
        z.sort_by(f64::total_cmp);
        let needed = FEWEST.max(rank_needed(level));
        // (m + 1)·level can be an integer in decimals; rounding must not raise it.
        let rank = ((z.len() as f64 + 1.0) * level - 1e-9).ceil() as usize;
        let factor = (z.len() >= needed)
            .then(|| z.get(rank.max(1) - 1))
            .flatten()
            .map(|value| (value / q).max(1.0))
            .filter(|factor| factor.is_finite());
        Widening {
            factor,
            forecasts: z.len(),
            needed,
        }
    }
}

/// Smallest m with ⌈(m + 1)·level⌉ ≤ m.
fn rank_needed(level: f64) -> usize {
    (level / (1.0 - level) - 1e-9).ceil() as usize
}
