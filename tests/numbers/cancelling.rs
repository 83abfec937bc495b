//! Long computations end at once when their listener cancels them.
#![allow(clippy::unwrap_used)]

use crate::surfaces;

use scalewise::allocation::{Resampling, Uncertainty};
use scalewise::ask::{Ask, CompareRequest};
use scalewise::backtest::{ByFit, backtest};
use scalewise::law::{Chinchilla, Power, Saturating};
use scalewise::progress::Progress;
use scalewise::{Dataset, ErrorKind, Fit, Method, Target};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Cancels after this many steps.
struct After {
    allowed: usize,
    done: AtomicUsize,
}

impl After {
    fn steps(allowed: usize) -> After {
        let done = AtomicUsize::new(0);
        After { allowed, done }
    }

    fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }
}

impl Progress for After {
    fn expect(&self, _steps: usize) {}

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.done() >= self.allowed
    }
}

fn curve() -> Dataset {
    let noisy = |k: i32| 20.0 * 0.8f64.powi(k) * (1.0 + 0.002 * f64::from((k * 7) % 5 - 2)) + 1.5;
    Dataset::from_runs((0..12).map(|k| (10f64.powi(16 + k), noisy(k)))).unwrap()
}

const REPLICATES: usize = 100_000;

#[test]
fn a_bootstrap_of_a_curve_is_cancelled() {
    let fit = Fit::new(Saturating).run(&curve()).unwrap();
    let after = After::steps(20);
    let asked = fit.forecast(Target::at(1e30)).methods(&[Method::Bootstrap]);
    let error = asked
        .refits(REPLICATES, 0)
        .progress(&after)
        .run()
        .unwrap_err();
    assert_eq!((error.kind(), after.done()), (ErrorKind::Cancelled, 20));
    assert_eq!(error.kind().exit_code(), 6);
}

#[test]
fn a_bootstrap_of_a_surface_is_cancelled() {
    let fit = Fit::new(Chinchilla)
        .run(&surfaces::dataset(&surfaces::rows(
            &surfaces::TRUTHS[0],
            0.01,
        )))
        .unwrap();
    let after = After::steps(20);
    let mut uncertainty = Uncertainty::new(&fit).unwrap().progress(&after);
    let made = uncertainty.resample(Resampling::Cases, REPLICATES, 0);
    assert_eq!(made.unwrap_err().kind(), ErrorKind::Cancelled);
    // Each thread finishes the refit that it has begun.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    assert!(
        (20..=20 + threads).contains(&after.done()),
        "{}",
        after.done()
    );
}

#[test]
fn back_tests_are_cancelled() {
    let by_fit = ByFit::new(Fit::new(Power)).method(Method::Delta);
    let (data, after) = (curve(), After::steps(0));
    let tested = backtest(&data, &by_fit).smallest(3).progress(&after).run();
    assert_eq!(tested.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_comparison_of_laws_is_cancelled() {
    let compared = CompareRequest::default().watched(&curve(), &After::steps(1));
    assert_eq!(compared.unwrap_err().kind(), ErrorKind::Cancelled);
}
