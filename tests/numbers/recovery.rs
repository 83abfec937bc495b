//! Noise-free runs give back their law to ten digits of each parameter.

use crate::truths;

use scalewise::fit::FitStatus;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit};
use truths::{TRUTHS, Truth};

/// Errors allowed: a and b relative to themselves, c to the largest loss. The flattest laws bend
/// by 3e-5 of the loss over one decade, so rounding of the losses alone (1e-16) moves their
/// parameters by some 4e-12; another machine's `powf` may round differently.
const RECOVERY: f64 = 1e-10;

#[test]
fn every_law_comes_back_from_runs_without_noise() {
    let mut worst = [0.0_f64; 3];
    for k in 0..TRUTHS {
        let truth = Truth::new(k);
        let data = Dataset::from_runs(truth.runs.iter().copied()).unwrap();
        let fit = Fit::new(Saturating).run(&data).unwrap();
        assert_eq!(fit.status(), FitStatus::Converged, "truth {k}");
        let found = fit.values();
        let errors = [
            (found[0] / truth.a - 1.0).abs(),
            (found[1] / truth.b - 1.0).abs(),
            (found[2] - truth.c).abs() / truth.largest_loss(),
        ];
        assert!(
            errors.iter().all(|e| *e < RECOVERY),
            "truth {k}: {errors:?}"
        );
        for (slot, error) in worst.iter_mut().zip(errors) {
            *slot = slot.max(error);
        }
    }
    let [a, b, c] = worst;
    println!("worst errors over {TRUTHS} truths: a {a:.1e}, b {b:.1e}, c {c:.1e}");
}

/// Runs that lie on their curve up to the last written digit: rounding keeps the steps of the
/// search from vanishing, which is not a failure.
#[test]
fn runs_rounded_to_six_digits_are_fitted_to_the_end() {
    let mut refused = 0;
    for k in 0..300 {
        let (b, c) = (
            -0.05 - 0.001 * f64::from(k % 150),
            0.3 + 0.01 * f64::from(k),
        );
        let runs = (0..8).map(|i| {
            let compute = 1e17 * (1.0 + 0.01 * f64::from(k)) * 2.7_f64.powi(i);
            let loss = (compute / 1e18_f64).powf(b) + c;
            (compute, (loss * 1e6).round() / 1e6)
        });
        let data = Dataset::from_runs(runs).unwrap();
        let fit = Fit::new(Saturating).run(&data).unwrap();
        refused += u32::from(fit.status() == FitStatus::NotConverged);
    }
    assert_eq!(refused, 0);
}
