//! What every bootstrap needs: how few refits are too few, draws, and percentiles.

use crate::error::{Error, ErrorKind, Result};
use rand_chacha::rand_core::RngCore;

/// Fewest refits for percentiles.
pub(crate) const FEWEST: usize = 50;

/// Refuses a number of refits from which no percentile can be taken.
pub(crate) fn check_replicates(asked: usize) -> Result<()> {
    if asked >= FEWEST {
        return Ok(());
    }
    let message = format!("{asked} replicates are too few for an interval");
    Err(Error::new(ErrorKind::Usage, message)
        .with_hint(format!("ask for {FEWEST} or more; 1000 is the default")))
}

/// Uniform below `n` from 32 random bits (the bias is below n/2³²).
pub(crate) fn below(rng: &mut impl RngCore, n: usize) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// Linear interpolation between order statistics.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + part * (sorted[above] - sorted[below])
}
