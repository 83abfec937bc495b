//! The distribution of difficulty over problems: θ = e^t with log density b·t − a·e^t − q·t²/2 − ln
//! Z.
//!
//! This exponential family contains the gamma distribution (q = 0), the lognormal distribution (a =
//! 0) and everything between. Its tails of λ = −ln p range from exponential, as a beta distribution
//! of p gives, to lognormal. Its mean is finite. Because θ is one of its statistics, the mean of
//! the fitted distribution equals the mean of the problems' estimates.

use super::cells::{HIGHEST, LOWEST};

/// Number of its parameters.
pub(super) const SHAPE: usize = 3;
/// Points of the quadrature over t.
const POINTS: usize = 381;

/// (b, a, q).
pub(super) type Shape = [f64; SHAPE];

/// The statistics (t, −e^t, −t²/2) at t.
pub(super) fn statistics(t: f64, theta: f64) -> Shape {
    [t, -theta, -0.5 * t * t]
}

/// A member of the family with its moments.
#[derive(Debug, Clone)]
pub(super) struct Mixing {
    pub(super) shape: Shape,
    /// ln Z.
    log_norm: f64,
    /// Means of the statistics.
    pub(super) mean: Shape,
    /// Their covariance.
    pub(super) covariance: [[f64; SHAPE]; SHAPE],
}

impl Mixing {
    pub(super) fn new(shape: Shape) -> Mixing {
        let step = (HIGHEST - LOWEST) / (POINTS - 1) as f64;
        let nodes: Vec<(Shape, f64)> = (0..POINTS)
            .map(|k| {
                let t = LOWEST + step * k as f64;
                let s = statistics(t, t.exp());
                (s, dot(&shape, &s))
            })
            .collect();
        let peak = nodes.iter().map(|n| n.1).fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        let mut mean = [0.0; SHAPE];
        let mut covariance = [[0.0; SHAPE]; SHAPE];
        for (s, log) in &nodes {
            let weight = (log - peak).exp();
            total += weight;
            for j in 0..SHAPE {
                mean[j] += weight * s[j];
                for k in 0..=j {
                    covariance[j][k] += weight * s[j] * s[k];
                }
            }
        }
        mean = mean.map(|m| m / total);
        for j in 0..SHAPE {
            for k in 0..=j {
                covariance[j][k] = covariance[j][k] / total - mean[j] * mean[k];
                covariance[k][j] = covariance[j][k];
            }
        }
        Mixing {
            shape,
            log_norm: peak + (total * step).ln(),
            mean,
            covariance,
        }
    }

    /// Log density of t.
    pub(super) fn log_density(&self, statistics: &Shape) -> f64 {
        dot(&self.shape, statistics) - self.log_norm
    }
}

fn dot(a: &Shape, b: &Shape) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_square_it_is_the_gamma_distribution() {
        let (b, a) = (1.7, 0.6);
        let g = Mixing::new([b, a, 0.0]);
        assert!((-g.mean[1] - b / a).abs() < 1e-8);
        assert!((g.covariance[1][1] - b / (a * a)).abs() < 1e-8);
    }

    #[test]
    fn without_the_exponential_it_is_lognormal() {
        let g = Mixing::new([0.4, 0.0, 2.0]);
        assert!((g.mean[0] - 0.2).abs() < 1e-9 && (g.covariance[0][0] - 0.5).abs() < 1e-9);
        assert!((-g.mean[1] - (0.2f64 + 0.25).exp()).abs() < 1e-8);
    }
}
