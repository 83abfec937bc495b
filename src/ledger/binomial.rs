//! The interval of a probability from a number of hits.

use statrs::distribution::{Beta, ContinuousCDF};

/// The Clopper–Pearson interval of a probability after `hits` in `trials` independent trials. It
/// covers the true probability with probability at least `level`, whatever the truth (Clopper &
/// Pearson 1934; computed from quantiles of the beta distribution).
///
/// ```
/// let (lower, upper) = scalewise::internal::clopper_pearson(9, 10, 0.95);
/// assert!((lower - 0.55498).abs() < 1e-5 && (upper - 0.99747).abs() < 1e-5);
/// assert_eq!(scalewise::internal::clopper_pearson(0, 0, 0.95), (0.0, 1.0));
/// ```
#[must_use]
pub fn clopper_pearson(hits: usize, trials: usize, level: f64) -> (f64, f64) {
    let misses = trials.saturating_sub(hits);
    let tail = (0.5 * (1.0 - level)).clamp(0.0, 0.5);
    let quantile = |a: usize, b: usize, p: f64, otherwise: f64| {
        Beta::new(a as f64, b as f64).map_or(otherwise, |beta| beta.inverse_cdf(p))
    };
    // The beta distribution has no shape of 0; the end is then 0 or 1.
    (
        quantile(hits, misses + 1, tail, 0.0),
        quantile(hits + 1, misses, 1.0 - tail, 1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(X ≥ k) for X ~ Bin(n, p), as a sum of its terms.
    fn at_least(k: usize, n: usize, p: f64) -> f64 {
        let term = |j: usize| {
            let ways: f64 = (0..j).map(|i| ((n - i) as f64 / (j - i) as f64).ln()).sum();
            (ways + j as f64 * p.ln() + (n - j) as f64 * (-p).ln_1p()).exp()
        };
        (k..=n).map(term).sum()
    }

    /// By definition the binomial tails at each end have probability (1 − level)/2.
    #[test]
    fn the_tails_at_the_ends_are_those_of_the_binomial() {
        for n in [1usize, 2, 10, 57, 200] {
            for hits in [0, 1, n / 2, n - 1, n] {
                for level in [0.5, 0.9, 0.99] {
                    let (lower, upper) = clopper_pearson(hits, n, level);
                    let tail = 0.5 * (1.0 - level);
                    match hits {
                        0 => assert_eq!(lower, 0.0),
                        _ => assert!((at_least(hits, n, lower) - tail).abs() < 1e-9),
                    }
                    match n - hits {
                        0 => assert_eq!(upper, 1.0),
                        _ => assert!((1.0 - at_least(hits + 1, n, upper) - tail).abs() < 1e-9),
                    }
                }
            }
        }
    }
}
