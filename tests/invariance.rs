//! What must not change the answer does not: units, the order of the rows, how weights are told.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "common/normal.rs"]
mod normal;
#[path = "common/random.rs"]
mod random;

use normal::normal;
use random::Random;
use scalewise::fit::Weights;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, FitResult, Kind, Method, Target};

/// Noisy data sets each invariance is shown on.
const SETS: u64 = 100;

/// Two fits of the same problem in other units differ by rounding (1e-16) times its condition,
/// which reaches 1e5 for the flattest of these curves.
const SAME: f64 = 1e-10;

/// FLOP in a PF-day.
const PF_DAY: f64 = 8.64e19;

type Runs = Vec<(f64, f64)>;

fn noisy(seed: u64) -> Runs {
    let mut random = Random::seeded(seed);
    let n = random.uniform(6.0, 60.0) as usize;
    let b = -random.uniform(0.03, 0.5);
    let c = random.uniform(0.0, 2.0);
    let noise = random.uniform(1e-3, 2e-2);
    let decades = random.uniform(1.5, 6.0);
    (0..n)
        .map(|i| {
            let x = 10_f64.powf(decades * i as f64 / (n - 1) as f64);
            (
                x,
                (2.0 * x.powf(b) + c) * (noise * normal(&mut random)).exp(),
            )
        })
        .collect()
}

fn fit(runs: &Runs, weights: Weights) -> FitResult {
    let data = Dataset::from_runs(runs.iter().copied()).unwrap();
    Fit::new(Saturating).weights(weights).run(&data).unwrap()
}

/// What a user reads off a fit, free of units: the law at and beyond the largest run and c as
/// multiples of `loss`, the exponent, and the ends of the intervals.
fn answer(fit: &FitResult, loss: f64) -> (Vec<f64>, Vec<f64>) {
    let largest = fit.largest_fitted();
    let p = fit.values();
    let forecast = fit
        .forecast(Target::compute(100.0 * largest))
        .methods(&[Method::Delta, Method::Profile])
        .force(true)
        .run();
    let forecast = forecast.unwrap();
    let law = vec![
        p[1],
        1.0 + p[2] / loss,
        fit.predict(&[largest]) / loss,
        forecast.point / loss,
    ];
    let mut ends = Vec::new();
    for method in [Method::Delta, Method::Profile] {
        for kind in [Kind::Confidence, Kind::Prediction] {
            if let Some(i) = forecast.interval(method, 0.9, kind) {
                ends.extend([i.lower / loss, i.upper / loss]);
            }
        }
    }
    (law, ends)
}

/// Fits every data set as it is and as `change` gives it, with losses in another unit.
fn unchanged(loss: f64, change: impl Fn(&Runs) -> (Runs, Weights)) {
    same(loss, |runs| [(runs.clone(), Weights::Equal), change(runs)]);
}

/// Compares the fits of two problems made of each data set.
fn same(loss: f64, problems: impl Fn(&Runs) -> [(Runs, Weights); 2]) {
    let mut worst = 0.0_f64;
    for seed in 0..SETS {
        let runs = noisy(seed);
        let [(runs, weights), (changed, new_weights)] = problems(&runs);
        let (law, ends) = answer(&fit(&runs, weights), 1.0);
        let (new_law, new_ends) = answer(&fit(&changed, new_weights), loss);
        let mut compare = |old: &[f64], new: &[f64]| {
            assert_eq!(old.len(), new.len(), "seed {seed}: {old:?} {new:?}");
            for (o, n) in old.iter().zip(new) {
                let difference = (n - o).abs() / o.abs();
                assert!(difference < SAME, "seed {seed}: {old:?} {new:?}");
                worst = worst.max(difference);
            }
        };
        compare(&law, &new_law);
        compare(&ends, &new_ends);
    }
    println!("largest difference {worst:.1e}");
}

#[test]
fn the_unit_of_compute_does_not_matter() {
    for unit in [PF_DAY, 1.0 / PF_DAY] {
        unchanged(1.0, |runs| {
            let changed = runs.iter().map(|&(x, y)| (x * unit, y)).collect();
            (changed, Weights::Equal)
        });
    }
}

#[test]
fn the_unit_of_loss_does_not_matter() {
    for unit in [1e6, 1e-6] {
        unchanged(unit, |runs| {
            let changed = runs.iter().map(|&(x, y)| (x, y * unit)).collect();
            (changed, Weights::Equal)
        });
    }
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    unchanged(1.0, |runs| {
        let mut changed = runs.clone();
        let mut random = Random::seeded(runs.len() as u64);
        for i in (1..changed.len()).rev() {
            changed.swap(i, random.uniform(0.0, (i + 1) as f64) as usize);
        }
        (changed, Weights::Equal)
    });
}

#[test]
fn equal_relative_weights_are_no_weights() {
    unchanged(1.0, |runs| {
        (runs.clone(), Weights::Relative(vec![7.0; runs.len()]))
    });
}

#[test]
fn a_count_of_two_is_a_row_twice() {
    same(1.0, |runs| {
        let twice = runs.iter().flat_map(|&run| [run, run]).collect();
        let counts = Weights::Counts(vec![2.0; runs.len()]);
        [(twice, Weights::Equal), (runs.clone(), counts)]
    });
}

/// The forms among the members end where their sum of squares is flat to rounding: parameters that
/// the runs hardly determine, and forecasts from them, agree to its root.
const SAME_WITHOUT_A_LAW: f64 = 1e-7;

#[test]
fn no_unit_matters_to_the_methods_without_a_law() {
    const METHODS: [Method; 3] = [Method::Calibrated, Method::Envelope, Method::Quadrature];
    let numbers = |runs: &Runs, loss: f64| -> Vec<f64> {
        let fit = fit(runs, Weights::Equal);
        let target = Target::compute(100.0 * fit.largest_fitted());
        let request = fit.forecast(target).levels(&[0.9]).methods(&METHODS);
        let forecast = request.force(true).run().unwrap();
        let ends = forecast.intervals.iter().flat_map(|i| [i.lower, i.upper]);
        ends.chain([forecast.point]).map(|v| v / loss).collect()
    };
    for seed in 0..15 {
        let runs = noisy(seed);
        let changed: Runs = runs
            .iter()
            .rev()
            .map(|&(x, y)| (x / PF_DAY, y * 1e6))
            .collect();
        let (old, new) = (numbers(&runs, 1.0), numbers(&changed, 1e6));
        assert_eq!(old.len(), new.len(), "seed {seed}");
        for (o, n) in old.iter().zip(&new) {
            assert!(
                (n / o - 1.0).abs() < SAME_WITHOUT_A_LAW,
                "seed {seed}: {old:?} {new:?}"
            );
        }
    }
}
