//! Common parts of every bootstrap: limits on the number of refits, random draws, and percentiles.

use crate::error::{Error, ErrorKind, Result};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Fewest refits for percentiles.
pub(crate) const FEWEST: usize = 50;

/// Most refits: they are kept in memory, and more do not change their percentiles.
const MOST: usize = 1_000_000;

/// Checks that the number of refits is enough for percentiles, and not too large.
pub(crate) fn check_replicates(asked: usize) -> Result<()> {
    let (wrong, hint) = match asked {
        0..FEWEST => (
            "too few for an interval",
            format!("ask for {FEWEST} or more; 1000 is the default"),
        ),
        FEWEST..=MOST => return Ok(()),
        _ => (
            "more than an interval needs",
            format!("ask for {MOST} or less; 1000 is the default"),
        ),
    };
    let message = format!("{asked} replicates are {wrong}");
    Err(Error::new(ErrorKind::Usage, message).with_hint(hint))
}

/// Whether at least one refit is expected beyond each end of an interval of this level. Otherwise
/// its ends are the outermost refits at any level.
pub(crate) fn reaches_beyond(refits: usize, level: f64) -> bool {
    tail(level) * refits as f64 >= 1.0 - 1e-9
}

/// The share of the refits beyond each end of an interval of this level.
pub(crate) fn tail(level: f64) -> f64 {
    0.5 * (1.0 - level)
}

/// The random numbers of one refit. Each refit has its own stream, so the first hundred do not
/// depend on the number of refits.
pub(crate) fn stream(seed: u64, refit: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(refit as u64);
    rng
}

/// A uniform integer below `n` from 32 random bits (the bias is below n/2³²).
pub(crate) fn below(rng: &mut impl RngCore, n: usize) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// The quantiles with the share `tail` of the values beyond each.
pub(crate) fn percentiles(mut values: Vec<f64>, tail: f64) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (quantile(&values, tail), quantile(&values, 1.0 - tail))
}

/// Linear interpolation between order statistics.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + part * (sorted[above] - sorted[below])
}
