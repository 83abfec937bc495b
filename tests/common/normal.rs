//! Normal random numbers.

use super::random::Random;

/// Normal with mean 0 and variance 1 (Box & Muller 1958).
pub fn normal(random: &mut Random) -> f64 {
    let radius = (-2.0 * (1.0 - random.uniform(0.0, 1.0)).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.uniform(0.0, 1.0)).cos()
}
