//! Estimators against exact expectations, by summation over the binomial.

use super::*;

/// Exact binomial probabilities by the ratio of neighbours, from the mode outwards.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    let mut weights = vec![0.0; n as usize + 1];
    if p >= 1.0 {
        weights[n as usize] = 1.0;
        return weights;
    }
    let mode = ((n as f64 + 1.0) * p).floor().min(n as f64) as usize;
    weights[mode] = 1.0;
    let odds = p / (1.0 - p);
    for c in mode..n as usize {
        weights[c + 1] = weights[c] * odds * (n as usize - c) as f64 / (c + 1) as f64;
    }
    for c in (0..mode).rev() {
        weights[c] = weights[c + 1] / odds * (c + 1) as f64 / (n as usize - c) as f64;
    }
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

const RATES: [f64; 9] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.99, 1.0];

fn value(estimator: Estimator, n: u64, c: u64) -> f64 {
    estimator.estimate(n, c).unwrap().value
}

#[test]
fn harmonic_is_unbiased_for_the_truncated_series() {
    for n in [1u64, 2, 5, 20, 100, 300, 1000] {
        for p in RATES {
            let expected: f64 = (1..=n)
                .rev()
                .map(|j| (1.0 - p).powf(j as f64) / j as f64)
                .sum();
            let mean: f64 = binomial(n, p)
                .iter()
                .enumerate()
                .map(|(c, w)| w * value(Estimator::Harmonic, n, c as u64))
                .sum();
            assert!(
                (mean - expected).abs() < 1e-10,
                "n {n}, p {p}: {mean} {expected}"
            );
        }
    }
    // The figure of the design: n = 100, p = 0.01.
    let mean: f64 = binomial(100, 0.01)
        .iter()
        .enumerate()
        .map(|(c, w)| w * value(Estimator::Harmonic, 100, c as u64))
        .sum();
    assert!((mean - 4.390).abs() < 1e-3, "{mean}");
}

#[test]
fn until_is_unbiased_and_so_is_its_variance() {
    for (p, r) in [
        (0.5f64, 1u64),
        (0.05, 1),
        (0.05, 2),
        (0.05, 5),
        (0.3, 3),
        (1.0, 2),
    ] {
        // P(K = k) = C(k − 1, r − 1) p^r (1 − p)^(k − r), by the ratio of neighbours.
        let (mut weight, mut mean, mut square, mut variance) = (p.powi(r as i32), 0.0, 0.0, 0.0);
        for k in r..r + 4000 {
            let estimate = Estimator::Until.estimate(k, r).unwrap();
            mean += weight * estimate.value;
            square += weight * estimate.value * estimate.value;
            variance += weight * estimate.stderr.unwrap().powi(2);
            weight *= k as f64 / (k + 1 - r) as f64 * (1.0 - p);
        }
        assert!((mean + p.ln()).abs() < 1e-10, "p {p}, r {r}: {mean}");
        assert!(
            (square - mean * mean - variance).abs() < 1e-9,
            "p {p}, r {r}"
        );
    }
    // Standard deviations at small p: √ψ′(r).
    for (r, sd) in [(1, 1.28), (2, 0.80), (5, 0.47)] {
        let estimate = Estimator::Until.estimate(1_000_000, r).unwrap();
        assert!((estimate.stderr.unwrap() - sd).abs() < 0.005);
    }
}

#[test]
fn plug_in_and_its_correction() {
    assert!((value(Estimator::PlugIn, 7, 3) - (7.0f64 / 3.0).ln()).abs() < 1e-15);
    assert!(value(Estimator::PlugIn, 7, 0).is_infinite());
    assert_eq!(Estimator::PlugIn.estimate(7, 0).unwrap().stderr, None);
    assert!((value(Estimator::PlugInCc, 7, 0) - 15f64.ln()).abs() < 1e-15);
    // Where passes are many, the correction removes the bias of order 1/n: (1 − p)/(2np).
    for (n, p) in [(1000u64, 0.05), (300, 0.3)] {
        let weights = binomial(n, p);
        let bias = |e: Estimator| -> f64 {
            let each = weights.iter().enumerate().skip(1);
            each.map(|(c, w)| w * value(e, n, c as u64)).sum::<f64>() + p.ln()
        };
        let first = (1.0 - p) / (2.0 * n as f64 * p);
        assert!((bias(Estimator::PlugIn) / first - 1.0).abs() < 0.1);
        assert!(bias(Estimator::PlugInCc).abs() < 0.03 * first);
    }
}

#[test]
fn standard_errors_are_those_of_the_estimates() {
    // Where n·p is large, the mean of the stated variance is the variance.
    for estimator in [Estimator::Harmonic, Estimator::PlugIn, Estimator::PlugInCc] {
        for (n, p) in [(1000u64, 0.05), (1000, 0.5), (300, 0.3)] {
            let (mut mean, mut square, mut stated) = (0.0, 0.0, 0.0);
            for (c, w) in binomial(n, p).iter().enumerate().skip(1) {
                let e = estimator.estimate(n, c as u64).unwrap();
                mean += w * e.value;
                square += w * e.value * e.value;
                stated += w * e.stderr.unwrap().powi(2);
            }
            let variance = square - mean * mean;
            assert!(
                (stated / variance - 1.0).abs() < 0.06,
                "{estimator:?} {n} {p}"
            );
        }
    }
}

#[test]
fn pass_at_k_is_unbiased_and_so_is_its_variance() {
    for (n, k) in [(20u64, 1u64), (20, 5), (20, 10), (20, 20), (1000, 100)] {
        for p in RATES {
            let (mut mean, mut square, mut stated) = (0.0, 0.0, 0.0);
            for (c, w) in binomial(n, p).iter().enumerate() {
                let e = pass_at_k(n, c as u64, k).unwrap();
                mean += w * e.value;
                square += w * e.value * e.value;
                stated += w * e.stderr.unwrap().powi(2);
            }
            let expected = 1.0 - (1.0 - p).powf(k as f64);
            assert!((mean - expected).abs() < 1e-10, "n {n}, k {k}, p {p}");
            if 2 * k <= n {
                assert!(
                    (square - mean * mean - stated).abs() < 1e-10,
                    "n {n}, k {k}, p {p}"
                );
            }
        }
    }
    // −ln p = Σ_j (1 − pass@j)/j, term by term for the estimates.
    let sum: f64 = (1..=50)
        .map(|j| (1.0 - pass_at_k(50, 7, j).unwrap().value) / j as f64)
        .sum();
    assert!((sum - value(Estimator::Harmonic, 50, 7)).abs() < 1e-12);
    assert_eq!(pass_at_k(10, 3, 11).unwrap_err().kind(), ErrorKind::Usage);
    assert_eq!(pass_at_k(10, 11, 1).unwrap_err().kind(), ErrorKind::Data);
}
