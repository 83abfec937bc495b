//! Random counts of successes among drawn samples, in a time that does not grow with the samples.

use crate::random::uniform;
use rand_chacha::rand_core::RngCore;

/// Up to this many samples are drawn one by one. This takes as long as one draw by rejection, and
/// gives the same counts for a seed as earlier versions.
const ONE_BY_ONE: u64 = 4096;

/// The number of successes among `drawn` items that are drawn at random from `total` items with
/// `successes` successes. Its distribution is hypergeometric.
///
/// `successes` and `drawn` must be at most `total`.
pub(crate) fn hypergeometric(
    total: u64,
    successes: u64,
    drawn: u64,
    rng: &mut impl RngCore,
) -> u64 {
    if drawn > ONE_BY_ONE {
        let counts = Hypergeometric::new(total, successes, drawn);
        return log_concave(counts.mode(), |count| counts.ln_chance(count), rng);
    }
    let (mut left, mut successes_left, mut found) = (total, successes, 0);
    for _ in 0..drawn {
        // A draw without replacement is a success with the remaining share of successes.
        if uniform(rng) * (left as f64) < successes_left as f64 {
            successes_left -= 1;
            found += 1;
        }
        left -= 1;
    }
    found
}

/// The number of successes among `samples` independent samples of equal probability.
pub(crate) fn binomial(samples: u64, probability: f64, rng: &mut impl RngCore) -> u64 {
    if samples > ONE_BY_ONE {
        // A probability that is not a number counts as 0.
        let p = if probability > 0.0 {
            probability.min(1.0)
        } else {
            0.0
        };
        let mode = ((samples as f64 + 1.0) * p).floor().min(samples as f64);
        return log_concave(mode as u64, |count| ln_binomial(samples, p, count), rng);
    }
    (0..samples).filter(|_| uniform(rng) < probability).count() as u64
}

/// C(total − successes, drawn)/C(total, drawn): the probability that no drawn item is a success.
pub(crate) fn chance_of_none(total: u64, successes: u64, drawn: u64) -> f64 {
    Hypergeometric::new(total, successes, drawn)
        .ln_chance(0)
        .exp()
}

/// Draws a count by rejection from any log-concave distribution (Devroye 1987, *Computing* 39, 87).
///
/// With p the probability of the mode m, such a distribution lies below p·min(1, exp(1 − p·|k −
/// m|)). The area under this hat is below 5, so five tries are needed on average, whatever the
/// numbers.
fn log_concave(mode: u64, ln_chance: impl Fn(u64) -> f64, rng: &mut impl RngCore) -> u64 {
    let ln_peak = ln_chance(mode);
    let peak = ln_peak.exp();
    // Half a step more, because the hat is a step function but is sampled as a curve.
    let flat = 1.0 + peak / 2.0;
    loop {
        let distance = if uniform(rng) * (1.0 + flat) < flat {
            uniform(rng) * flat
        } else {
            flat - uniform(rng).ln()
        };
        let is_above = uniform(rng) < 0.5;
        let ln_height = uniform(rng).ln() + (flat - distance).min(0.0);
        let steps = (distance / peak).round() as u64;
        let count = match is_above {
            true => mode.checked_add(steps),
            false => mode.checked_sub(steps),
        };
        if let Some(count) = count
            && ln_height <= ln_chance(count) - ln_peak
        {
            return count;
        }
    }
}

/// The distribution of the number of successes among the drawn items.
struct Hypergeometric {
    total: u64,
    successes: u64,
    drawn: u64,
    /// The part of the log probability that does not depend on the count.
    constant: f64,
}

impl Hypergeometric {
    fn new(total: u64, successes: u64, drawn: u64) -> Hypergeometric {
        let margins = [successes, total - successes, drawn, total - drawn];
        Hypergeometric {
            total,
            successes,
            drawn,
            constant: margins.map(beyond_stirling).iter().sum::<f64>() - beyond_stirling(total),
        }
    }

    /// The most probable count.
    fn mode(&self) -> u64 {
        let wide = |count: u64| u128::from(count);
        let product = (wide(self.successes) + 1).saturating_mul(wide(self.drawn) + 1);
        let mode = u64::try_from(product / (wide(self.total) + 2)).unwrap_or(u64::MAX);
        mode.min(self.successes).min(self.drawn)
    }

    /// The log probability of a count; −∞ for an impossible one.
    ///
    /// The four cells (drawn or not, success or not) differ from their expectations by the same
    /// amount, which is computed exactly from integers. So there is no cancellation, however large
    /// the numbers. A difference of log-gamma values for 1e15 samples would be wrong by several
    /// units.
    fn ln_chance(&self, count: u64) -> f64 {
        let Hypergeometric {
            total,
            successes,
            drawn,
            ..
        } = *self;
        let others = total - successes;
        if count > successes || count > drawn || drawn - count > others {
            return f64::NEG_INFINITY;
        }
        let cells = [
            count,
            successes - count,
            drawn - count,
            others - (drawn - count),
        ];
        let (left, total_) = (total - drawn, total as f64);
        let expected = |row: u64, column: u64| row as f64 * (column as f64 / total_);
        let expectations = [
            expected(successes, drawn),
            expected(successes, left),
            expected(others, drawn),
            expected(others, left),
        ];
        let miss = difference(count, total, successes, drawn) / total_;
        let misses = [miss, -miss, -miss, miss];
        let mut ln = self.constant;
        for ((cell, expectation), miss) in cells.into_iter().zip(expectations).zip(misses) {
            ln -= deviance(cell as f64, expectation, miss) + beyond_stirling(cell);
        }
        ln
    }
}

/// a·b − c·d, exact until it is converted to a float.
fn difference(a: u64, b: u64, c: u64, d: u64) -> f64 {
    let (ab, cd) = (u128::from(a) * u128::from(b), u128::from(c) * u128::from(d));
    match ab >= cd {
        true => (ab - cd) as f64,
        false => -((cd - ab) as f64),
    }
}

/// The log probability of a count of successes among independent samples.
fn ln_binomial(samples: u64, p: f64, count: u64) -> f64 {
    if count > samples {
        return f64::NEG_INFINITY;
    }
    let (n, failures) = (samples as f64, samples - count);
    let of = |cell: u64, expectation: f64| {
        let x = cell as f64;
        deviance(x, expectation, x - expectation) + beyond_stirling(cell)
    };
    let ln = beyond_stirling(samples) - of(count, n * p) - of(failures, n * (1.0 - p));
    // For a probability of 0 or 1, impossible counts give NaN.
    if ln.is_nan() { f64::NEG_INFINITY } else { ln }
}

/// x·ln(x/e) − (x − e), without loss of digits if x is close to e (Loader 2000, *Fast and accurate
/// computation of binomial probabilities*). `miss` is x − e.
fn deviance(x: f64, expectation: f64, miss: f64) -> f64 {
    if x == 0.0 {
        return expectation;
    }
    let v = miss / (x + expectation);
    if v.abs() > 0.1 {
        return x * (x / expectation).ln() - miss;
    }
    // 2x·artanh(v) − miss; the first term of the series is combined with `miss`.
    let (mut sum, mut power, mut odd) = (miss * v, 2.0 * x * v, 1.0);
    loop {
        power *= v * v;
        odd += 2.0;
        let more = sum + power / odd;
        if more == sum {
            return sum;
        }
        sum = more;
    }
}

/// ln x! − (x ln x − x): the remainder of Stirling's formula after its first two terms.
fn beyond_stirling(count: u64) -> f64 {
    /// From this count on the series is exact to the last digit.
    const SERIES: u64 = 16;
    if count == 0 {
        return 0.0;
    }
    let x = count as f64;
    if count < SERIES {
        let factorial: f64 = (2..=count).map(|k| k as f64).product();
        return factorial.ln() - (x * x.ln() - x);
    }
    let r = 1.0 / (x * x);
    let series = 1.0 / 12.0
        - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0))));
    0.5 * (std::f64::consts::TAU * x).ln() + series / x
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    const DRAWS: usize = 20_000;

    /// The probabilities of all counts, from the mode outwards by the exact ratio of neighbours.
    fn chances(total: u64, successes: u64, drawn: u64) -> Vec<f64> {
        let (least, most) = (
            drawn.saturating_sub(total - successes),
            drawn.min(successes),
        );
        let ratio = |k: u64| {
            (successes - k) as f64 * (drawn - k) as f64
                / ((k + 1) as f64 * (total - successes + k + 1 - drawn) as f64)
        };
        let mode = Hypergeometric::new(total, successes, drawn).mode();
        let mut weights = vec![0.0; most as usize + 1];
        weights[mode as usize] = 1.0;
        for k in mode..most {
            weights[k as usize + 1] = weights[k as usize] * ratio(k);
        }
        for k in (least..mode).rev() {
            weights[k as usize] = weights[k as usize + 1] / ratio(k);
        }
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }

    /// The p value of a chi-square test, with counts pooled into cells of at least 10 expected.
    fn p_value(chances: &[f64], mut draw: impl FnMut() -> u64) -> f64 {
        let mut seen = vec![0u32; chances.len()];
        for _ in 0..DRAWS {
            seen[draw() as usize] += 1;
        }
        let (mut chi2, mut cells) = (0.0, 0.0);
        let (mut expected, mut found) = (0.0, 0.0);
        let mut left = DRAWS as f64;
        for (chance, count) in chances.iter().zip(&seen) {
            expected += chance * DRAWS as f64;
            found += f64::from(*count);
            if expected >= 10.0 && left - expected >= 10.0 {
                chi2 += (found - expected).powi(2) / expected;
                cells += 1.0;
                left -= expected;
                (expected, found) = (0.0, 0.0);
            }
        }
        chi2 += (found - expected).powi(2) / expected;
        ChiSquared::new(cells).map_or(0.0, |known| known.sf(chi2))
    }

    const TABLES: [(u64, u64, u64); 9] = [
        (21, 8, 10),
        (100, 3, 50),
        (100, 97, 50),
        (1_000, 500, 500),
        (1_001, 999, 500),
        (5_000, 40, 2_500),
        (20_000, 9_000, 10_000),
        (100_001, 12, 50_000),
        (200_000, 199_000, 100_000),
    ];

    #[test]
    fn counts_by_rejection_have_the_exact_hypergeometric_distribution() {
        for (total, successes, drawn) in TABLES {
            let counts = Hypergeometric::new(total, successes, drawn);
            let mut rng = ChaCha8Rng::seed_from_u64(total ^ successes);
            let p = p_value(&chances(total, successes, drawn), || {
                log_concave(counts.mode(), |k| counts.ln_chance(k), &mut rng)
            });
            assert!(p > 0.001, "{total} {successes} {drawn}: {p}");
        }
    }

    #[test]
    fn counts_one_by_one_have_the_same_distribution() {
        for (total, successes, drawn) in &TABLES[..3] {
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            let p = p_value(&chances(*total, *successes, *drawn), || {
                hypergeometric(*total, *successes, *drawn, &mut rng)
            });
            assert!(p > 0.001, "{total} {successes} {drawn}: {p}");
        }
    }

    #[test]
    fn chances_of_every_count_are_exact() {
        for (total, successes, drawn) in TABLES {
            let counts = Hypergeometric::new(total, successes, drawn);
            for (k, chance) in chances(total, successes, drawn).into_iter().enumerate() {
                let found = counts.ln_chance(k as u64).exp();
                assert!(
                    (found - chance).abs() < 1e-11 * chance + 1e-300,
                    "{total} {successes} {drawn} {k}: {found} {chance}"
                );
            }
            assert_eq!(counts.ln_chance(successes + 1), f64::NEG_INFINITY);
        }
    }

    #[test]
    fn chances_of_huge_counts_are_exact_too() {
        for (total, successes) in [
            (1_000_000_000_000_000, 400_000_000_000_000),
            ((1 << 53) - 1, 1 << 50),
            (u64::MAX, u64::MAX / 3),
        ] {
            let drawn = total / 2;
            let counts = Hypergeometric::new(total, successes, drawn);
            let mode = counts.mode();
            let steps = 1_000_000;
            // The log ratio of each two neighbours, whose numerator and denominator are integers.
            let exact: f64 = (mode..mode + steps)
                .map(|k| {
                    let (a, b) = (u128::from(successes - k), u128::from(drawn - k));
                    let c = u128::from(k + 1);
                    let d = u128::from(total - successes - drawn + k + 1);
                    let (up, down) = (a * b, c * d);
                    let more = if up >= down {
                        (up - down) as f64
                    } else {
                        -((down - up) as f64)
                    };
                    (more / down as f64).ln_1p()
                })
                .sum();
            let found = counts.ln_chance(mode + steps) - counts.ln_chance(mode);
            assert!((found - exact).abs() < 1e-9, "{total}: {found} {exact}");
        }
    }

    #[test]
    fn huge_counts_have_their_mean_and_variance() {
        for (total, successes) in [
            (1_000_000_000, 300_000_000),
            (1_000_000_000, 12),
            (1_000_000_000_000_000, 1_000_000),
            (1_000_000_000_000_000, 999_999_999_999_000),
            (u64::MAX, u64::MAX / 7),
        ] {
            let drawn = total / 2;
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            let counts: Vec<f64> = (0..DRAWS)
                .map(|_| hypergeometric(total, successes, drawn, &mut rng))
                .map(|count| difference(count, total, successes, drawn) / total as f64)
                .collect();
            let (n, t) = (DRAWS as f64, total as f64);
            let share = successes as f64 / t;
            let variance = drawn as f64 * share * (1.0 - share) * (t - drawn as f64) / (t - 1.0);
            let mean = counts.iter().sum::<f64>() / n;
            let spread = counts.iter().map(|c| c * c).sum::<f64>() / n;
            let error = (variance / n).sqrt();
            assert!(mean.abs() < 4.0 * error, "{total} {successes}: {mean}");
            // The variance of a squared normal deviate is 2; it is slightly more for small counts.
            let ratio = spread / variance - 1.0;
            assert!(
                ratio.abs() < 5.0 * (2.0 / n).sqrt(),
                "{total} {successes}: {ratio}"
            );
        }
    }

    #[test]
    fn what_is_certain_is_drawn() {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        for total in [10_001, 1_000_000_000_000_000, u64::MAX] {
            let half = total / 2;
            assert_eq!(hypergeometric(total, 0, half, &mut rng), 0);
            assert_eq!(hypergeometric(total, total, half, &mut rng), half);
            assert_eq!(hypergeometric(total, total - 7, total, &mut rng), total - 7);
            assert_eq!(binomial(total, 0.0, &mut rng), 0);
            assert_eq!(binomial(total, 1.0, &mut rng), total);
            assert_eq!(binomial(total, f64::NAN, &mut rng), 0);
        }
    }

    #[test]
    fn many_samples_have_the_exact_binomial_distribution() {
        for (samples, p) in [(5_000, 0.5), (5_000, 1e-4), (8_000, 0.999), (60_000, 0.02)] {
            let ln = |k| ln_binomial(samples, p, k);
            let chances: Vec<f64> = (0..=samples).map(|k| ln(k).exp()).collect();
            let sum: f64 = chances.iter().sum();
            assert!((sum - 1.0).abs() < 1e-10, "{samples} {p}: {sum}");
            let mut rng = ChaCha8Rng::seed_from_u64(samples);
            let p_value = p_value(&chances, || binomial(samples, p, &mut rng));
            assert!(p_value > 0.001, "{samples} {p}: {p_value}");
        }
    }

    #[test]
    fn the_chance_that_none_is_a_success_is_a_ratio_of_binomials() {
        // C(7, 3)/C(10, 3) = 35/120.
        assert!((chance_of_none(10, 3, 3) - 35.0 / 120.0).abs() < 1e-14);
        let (n, c, k) = (1_000_000u64, 3_000u64, 2_000u64);
        let product: f64 = (0..k).map(|j| 1.0 - c as f64 / (n - j) as f64).product();
        assert!((chance_of_none(n, c, k) / product - 1.0).abs() < 1e-11);
        assert_eq!(chance_of_none(10, 8, 3), 0.0);
    }
}
