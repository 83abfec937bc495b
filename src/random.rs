//! Uniform and normal deviates.

use rand_chacha::rand_core::RngCore;
use statrs::distribution::{ContinuousCDF, Normal};

/// A standard normal deviate by inversion: one draw each, so that streams stay aligned.
pub fn standard_normal(rng: &mut impl RngCore) -> f64 {
    Normal::standard().inverse_cdf(uniform(rng))
}

/// A uniform deviate from 53 random bits, never 0 or 1.
pub fn uniform(rng: &mut impl RngCore) -> f64 {
    ((rng.next_u64() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}
