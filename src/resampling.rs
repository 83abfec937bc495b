//! What every bootstrap needs: how few refits are too few, draws, and percentiles.

use crate::error::{Error, ErrorKind, Result};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Fewest refits for percentiles.
pub(crate) const FEWEST: usize = 50;

/// Most refits: they are held in memory, and their percentiles no longer move.
const MOST: usize = 1_000_000;

/// Refuses a number of refits from which no percentile can be taken, or that would never end.
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

/// Whether a refit is expected beyond each end of an interval of this level: else its ends are the
/// outermost refits, whatever the level.
pub(crate) fn reaches_beyond(refits: usize, level: f64) -> bool {
    tail(level) * refits as f64 >= 1.0 - 1e-9
}

/// The share of the refits beyond each end of an interval of this level.
pub(crate) fn tail(level: f64) -> f64 {
    0.5 * (1.0 - level)
}

/// The random numbers of one refit. Each refit has a stream of its own, so that the first hundred
/// are the same however many there are.
pub(crate) fn stream(seed: u64, refit: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(refit as u64);
    rng
}

/// Uniform below `n` from 32 random bits (the bias is below n/2³²).
pub(crate) fn below(rng: &mut impl RngCore, n: usize) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// The values that leave the share `tail` of all of them at each end.
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
