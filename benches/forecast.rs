//! Speed of the intervals that assume no single law: one series with one target, and many series.

use divan::{Bencher, black_box};
use scalewise::internal::Ladder;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, FitResult, Kind, Method, Target};

fn main() {
    divan::main();
}

const SIZES: [usize; 3] = [10, 50, 1000];
const METHODS: [Method; 5] = Method::DETERMINISTIC;
/// The number of cases in `docs/calibration.md`, each a series of ten runs.
const SERIES: u64 = 177;

fn data(runs: usize, seed: u64) -> Option<Dataset> {
    let ladder = Ladder {
        law: &Saturating,
        parameters: vec![2.0 * 1e18_f64.powf(0.15), -0.15, 1.7],
        plus: Vec::new(),
        range: (1e17, 1e22),
        runs,
        beyond: Vec::new(),
        noise: 0.01,
        seed,
    };
    Dataset::from_runs(ladder.simulate().ok()?.iter().map(|r| (r.compute, r.loss))).ok()
}

fn fitted(runs: usize) -> Option<FitResult> {
    Fit::new(Saturating).run(&data(runs, 1)?).ok()
}

fn one_method(bencher: Bencher, runs: usize, methods: &[Method]) {
    let Some(fit) = fitted(runs) else { return };
    bencher.bench(|| {
        black_box(&fit)
            .forecast(Target::at(1e24))
            .levels(&[0.9])
            .kinds(&[Kind::Prediction])
            .methods(methods)
            .run()
    });
}

/// The delta interval, as the base cost of every other method.
#[divan::bench(args = SIZES)]
fn delta(bencher: Bencher, runs: usize) {
    one_method(bencher, runs, &[Method::Delta]);
}

#[divan::bench(args = SIZES)]
fn envelope(bencher: Bencher, runs: usize) {
    one_method(bencher, runs, &[Method::Envelope]);
}

#[divan::bench(args = SIZES)]
fn quadrature(bencher: Bencher, runs: usize) {
    one_method(bencher, runs, &[Method::Quadrature]);
}

/// Envelope, quadrature, the four forms and, above ten runs, the back-test of the runs themselves.
#[divan::bench(args = SIZES)]
fn calibrated(bencher: Bencher, runs: usize) {
    one_method(bencher, runs, &[Method::Calibrated]);
}

/// Fit, verdict and the five methods that refit nothing for every series, on one core.
#[divan::bench(sample_count = 10)]
fn all_methods_of_many_series(bencher: Bencher) {
    let series: Vec<Dataset> = (0..SERIES).filter_map(|seed| data(10, seed)).collect();
    bencher.bench(|| {
        for data in &series {
            let fit = Fit::new(Saturating).run(data);
            let forecast = fit.and_then(|fit| {
                fit.forecast(Target::at(1e24))
                    .levels(&[0.9])
                    .methods(&METHODS)
                    .run()
            });
            let _ = black_box(forecast);
        }
    });
}
