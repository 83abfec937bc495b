//! Joint intervals: the intervals of N*, D*, L* and the exponents at one budget contain all true
//! values at once with the stated probability.
//!
//! The delta and the profile method use the joint confidence region of the directions that these
//! quantities have (Scheffé 1953; Rao 1973, §4b): F with as many degrees of freedom instead of t.
//! The bootstrap widens its percentiles until the wanted share of the refits lies inside all of
//! them.

use super::bootstrap::Bootstrap;
use super::quantity::Functional;
use crate::fit::Inference;
use crate::resampling::reaches_beyond;

/// Independent directions among N*, D*, L*, a and b at one budget: D* follows from N* and b from a.
const DIRECTIONS: usize = 3;

/// Half-width of joint intervals in standard errors. With tied exponents a and b are known, and
/// with fewer free parameters there are fewer directions.
pub(super) fn quantile(inference: &Inference, tied: bool, level: f64) -> f64 {
    let directions = if tied { DIRECTIONS - 1 } else { DIRECTIONS };
    inference.joint_quantile(level, directions.min(inference.free.len()).max(1))
}

/// The share of refits cut off at each end of every quantity so that `level` of the refits lies
/// inside all of their intervals; `None` with too few refits.
pub(super) fn tail(bootstrap: &Bootstrap, functionals: &[Functional], level: f64) -> Option<f64> {
    let count = bootstrap.replicates.len();
    if !reaches_beyond(count, level) {
        return None;
    }
    // Rank distance of each refit from the nearest end, for its most extreme quantity.
    let mut depth = vec![usize::MAX; count];
    for functional in functionals {
        let values = bootstrap.values(functional);
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&i, &k| values[i].total_cmp(&values[k]));
        // A quantity with one value in all refits, such as a known exponent, excludes none of them.
        if values[order[0]] == values[order[count - 1]] {
            continue;
        }
        for (rank, &i) in order.iter().enumerate() {
            depth[i] = depth[i].min(rank.min(count - 1 - rank));
        }
    }
    depth.sort_unstable();
    let outside = ((1.0 - level) * count as f64).floor() as usize;
    let cut = *depth.get(outside)?;
    (count > 1 && cut < usize::MAX).then(|| cut as f64 / (count - 1) as f64)
}
