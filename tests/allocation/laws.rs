//! Laws of parameters and tokens: derivatives against differences, values against publications.

use scalewise::internal::central_difference;
use scalewise::law::{Chinchilla, ChinchillaTied, DataConstrained, Kaplan, Law};

/// Relative tolerance of central differences, which have about ten digits.
const DIFFERENCES: f64 = 2e-7;

fn check_gradient(law: &dyn Law, x: &[f64], p: &[f64]) {
    let mut exact = vec![0.0; p.len()];
    let mut differences = vec![0.0; p.len()];
    law.gradient(x, p, &mut exact);
    central_difference(law, x, p, &mut differences);
    for (k, (e, d)) in exact.iter().zip(&differences).enumerate() {
        // The difference of two losses is exact only to their rounding.
        let step = 6e-6 * p[k].abs().max(1e-6);
        let rounding = 2e-15 * law.predict(x, p) / step;
        assert!(
            (e - d).abs() <= DIFFERENCES * e.abs().max(d.abs()) + rounding,
            "{}: {} at {x:?}: {e} against {d}",
            law.name(),
            law.parameters()[k].name
        );
    }
}

const SURFACE: [f64; 5] = [406.4, 410.7, 1.69, 0.34, 0.28];

#[test]
fn gradients_agree_with_differences() {
    for n in [7e7, 3e9, 2e11] {
        for d in [1e9, 5e10, 3e12] {
            check_gradient(&Chinchilla, &[n, d], &SURFACE);
            check_gradient(&ChinchillaTied, &[n, d], &SURFACE[..4]);
            check_gradient(&Kaplan, &[n, d], &[6.4e13, 1.8e13, 0.076, 0.103]);
            // More and less than the tokens, so that repetition and excess parameters occur.
            for unique in [0.3 * d, 0.01 * d, 2.0 * d] {
                let p = [521.0, 1488.0, 1.87, 0.35, 0.37, 15.4, 5.3];
                check_gradient(&DataConstrained, &[n, d, unique], &p);
            }
        }
    }
}

/// Muennighoff et al. (2023): the loss that the authors' code gives for two of their models.
/// `studies/references/published.py` gives the same.
#[test]
fn the_data_constrained_law_reproduces_the_published_losses() {
    let p = [
        6.255414_f64.exp(),
        7.3049974_f64.exp(),
        0.6254804_f64.exp(),
        0.3526596,
        0.3526596,
        15.387756,
        5.309743,
    ];
    for (x, loss) in [
        ([6.34e9, 242e9, 25e9], 2.2256440889984477),
        ([8.67e9, 178e9, 25e9], 2.2269634075087867),
    ] {
        approx::assert_relative_eq!(DataConstrained.predict(&x, &p), loss, max_relative = 1e-14);
    }
}

#[test]
fn repetition_never_helps_beyond_fresh_tokens() {
    let p = [521.0, 1488.0, 1.87, 0.35, 0.37, 15.4, 5.3];
    let fresh = DataConstrained.predict(&[1e9, 1e11, 1e11], &p);
    let repeated = DataConstrained.predict(&[1e9, 1e11, 1e10], &p);
    let once = DataConstrained.predict(&[1e9, 1e10, 1e10], &p);
    assert!(
        fresh < repeated && repeated < once,
        "{fresh} {repeated} {once}"
    );
}
