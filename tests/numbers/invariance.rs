//! Changes that must not affect the answer: units, the order of the rows, the form of weights.

use crate::normal;
use crate::random;

use normal::normal;
use random::Random;
use scalewise::ReadOptions;
use scalewise::fit::{Code, Objective, Residuals, Weights};
use scalewise::internal::{Observations, best_fit};
use scalewise::law::{Chinchilla, Law, M3, Saturating};
use scalewise::tables::Needs;
use scalewise::{Dataset, Fit, FitResult, Kind, Method, Target};

/// Noisy data sets on which each invariance is tested.
const SETS: u64 = 100;

/// Tolerance between fits in different units: rounding (1e-16) times the condition, which reaches
/// 1e5 for the flattest of these curves.
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

/// The results of a fit, free of units: the law at and beyond the largest run and c as multiples of
/// `loss`, the exponent, and the ends of the intervals.
fn answer(fit: &FitResult, loss: f64) -> (Vec<f64>, Vec<f64>) {
    let largest = fit.data().largest_fitted().unwrap();
    let p = fit.values();
    let forecast = fit
        .forecast(Target::at(100.0 * largest))
        .methods(&[Method::Delta, Method::Profile])
        .force(true)
        .run();
    let forecast = forecast.unwrap();
    let law = vec![
        p[1],
        1.0 + p[2] / loss,
        fit.predict(&[largest]) / loss,
        forecast.law_point / loss,
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

/// Fits every data set as it is and changed by `change`, with losses in another unit.
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

/// The original positions of the rows of a shuffled table.
fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..rows).collect();
    let mut random = Random::seeded(seed);
    for i in (1..rows).rev() {
        places.swap(i, random.uniform(0.0, (i + 1) as f64) as usize);
    }
    places
}

/// The same runs in another order, with replicates and copies among them: every number has the same
/// bits, the lists of runs and residuals keep the given order, and weights stay with their runs.
#[test]
fn the_order_of_the_rows_does_not_matter() {
    for seed in 0..SETS {
        let mut runs = noisy(seed);
        let (size, loss) = runs[runs.len() / 2];
        runs.push((size, 1.01 * loss));
        runs.extend([runs[0], runs[runs.len() - 2]]);
        let places = shuffled(runs.len(), seed);
        let weights: Vec<f64> = (0..runs.len())
            .map(|i| f64::from(1 + i as u32 % 3))
            .collect();
        let moved: Runs = places.iter().map(|&i| runs[i]).collect();
        let moved_weights: Vec<f64> = places.iter().map(|&i| weights[i]).collect();
        let objective = [
            Objective::Squared,
            Objective::Lad,
            Objective::Huber { delta: 1e-3 },
        ][seed as usize % 3];
        let weighted = [Weights::Relative, Weights::Counts][seed as usize % 2];
        let fitted = |runs: &Runs, weights: Weights| {
            let data = Dataset::from_runs(runs.iter().copied()).unwrap();
            let request = Fit::new(Saturating).loss(objective).weights(weights);
            request.run(&data).unwrap()
        };
        for equal in [true, false] {
            let of = |values: &[f64]| {
                if equal {
                    Weights::Equal
                } else {
                    weighted(values.to_vec())
                }
            };
            let a = fitted(&runs, of(&weights));
            let b = fitted(&moved, of(&moved_weights));
            assert_eq!(a.basins(), b.basins(), "seed {seed}");
            assert_eq!(a.vcov(), b.vcov(), "seed {seed}");
            assert_eq!(a.diagnoses(), b.diagnoses(), "seed {seed}");
            assert_eq!(answer(&a, 1.0), answer(&b, 1.0), "seed {seed}");
            let (in_a, in_b) = (a.residuals(), b.residuals());
            for (k, run) in b.data().fit_runs().enumerate() {
                assert_eq!((run.x(), run.loss()), moved[k]);
                assert_eq!(in_b[k], in_a[places[k]], "seed {seed}");
            }
        }
    }
}

#[test]
fn the_order_of_observations_does_not_matter() {
    for seed in 0..10 {
        let runs = noisy(seed);
        let observations = |runs: &Runs| {
            let (x, y) = runs.iter().map(|&(x, y)| (vec![x], y)).unzip();
            Observations::new(x, y, Residuals::Relative).unwrap()
        };
        let places = shuffled(runs.len(), seed);
        let a = observations(&runs);
        let b = observations(&places.iter().map(|&i| runs[i]).collect());
        let fit = Fit::new(Saturating);
        assert_eq!(fit.run_observations(&a), fit.run_observations(&b));
        for law in [&Saturating as &dyn Law, &M3] {
            assert_eq!(best_fit(law, &a), best_fit(law, &b));
        }
    }
}

/// Without replicates a single law minimises the absolute residuals, and there is no false alarm.
/// With two runs at every compute but one there are many minima, and the one returned has the
/// smallest sum of squares of those between the pairs.
#[test]
fn a_minimum_is_said_to_be_one_of_many_where_it_is_and_nowhere_else() {
    let not_unique = |fit: &FitResult| {
        let mut found = fit.diagnoses().iter();
        found.any(|d| d.code == Code::MinimumNotUnique)
    };
    let objectives = [
        Objective::Lad,
        Objective::Huber { delta: 1e-3 },
        Objective::Huber { delta: 3e-2 },
    ];
    let fitted = |runs: &Runs, objective| {
        let data = Dataset::from_runs(runs.iter().copied()).unwrap();
        Fit::new(Saturating).loss(objective).run(&data).unwrap()
    };
    for seed in 0..SETS {
        let runs = noisy(seed);
        for objective in objectives {
            assert!(
                !not_unique(&fitted(&runs, objective)),
                "seed {seed}: {objective:?}"
            );
        }
    }
    for seed in 0..20 {
        let mut random = Random::seeded(seed);
        let mut runs: Runs = Vec::new();
        for k in 0..5 {
            let x = 10_f64.powi(k);
            let middle = 2.0 * x.powf(-0.2) + 1.0;
            let gap = random.uniform(0.01, 0.04);
            runs.push((x, middle * (1.0 + gap)));
            runs.push((x, middle * (1.0 - gap)));
        }
        // Only one run of the last pair remains, well inside what the others allow.
        runs.pop();
        runs[8].1 /= 1.0 + random.uniform(0.005, 0.01);
        let fit = fitted(&runs, Objective::Lad);
        assert!(not_unique(&fit), "seed {seed}");
        let p = fit.values();
        let sums = |p: &[f64]| {
            let r = |(x, y): &(f64, f64)| (Saturating.predict(&[*x], p) / y).ln();
            let absolute: f64 = runs.iter().map(|run| r(run).abs()).sum();
            let squares: f64 = runs.iter().map(|run| r(run).powi(2)).sum();
            (absolute, squares)
        };
        let (absolute, squares) = sums(&p);
        // Curves through the last run with slightly different exponents and floors.
        let mut equal = 0;
        for _ in 0..20_000 {
            let reach = 10_f64.powf(random.uniform(-4.0, -1.0));
            let b = p[1] * (1.0 + random.uniform(-reach, reach));
            let c = p[2] * (1.0 + random.uniform(-reach, reach));
            let (x, y) = runs[8];
            let a = (y - c) / x.powf(b);
            let other = sums(&[a, b, c]);
            if other.0 <= absolute * (1.0 + 1e-12) {
                equal += 1;
                assert!(
                    other.1 >= squares * (1.0 - 1e-9),
                    "seed {seed}: {a} {b} {c} against {p:?}: {:e} {:e}",
                    other.1 / squares - 1.0,
                    other.0 / absolute - 1.0
                );
            }
        }
        assert!(equal > 100, "seed {seed}: {equal}");
    }
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

/// Tolerance for the member forms, whose searches end where the sum of squares is flat to rounding:
/// poorly determined parameters, and forecasts from them, agree only to the root of that.
const SAME_WITHOUT_A_LAW: f64 = 1e-7;

#[test]
fn no_unit_matters_to_the_methods_without_a_law() {
    const METHODS: [Method; 3] = [Method::Calibrated, Method::Envelope, Method::Quadrature];
    let numbers = |runs: &Runs, loss: f64| -> Vec<f64> {
        let fit = fit(runs, Weights::Equal);
        let target = Target::at(100.0 * fit.data().largest_fitted().unwrap());
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

/// The results of a fit with losses in units of `unit`: its verdict, findings, law and intervals.
fn said(law: &str, residuals: Residuals, runs: &Runs, unit: f64) -> (String, Vec<f64>) {
    let scaled = runs.iter().map(|(c, l)| (*c, l * unit));
    let data = Dataset::from_runs(scaled).unwrap();
    let fit = Fit::new(scalewise::law::by_name(law).unwrap()).residuals(residuals);
    let fit = fit.run(&data).unwrap();
    let largest = fit.data().largest_fitted().unwrap();
    let codes: Vec<&str> = fit.diagnoses().iter().map(|d| d.code.as_str()).collect();
    let mut numbers: Vec<f64> = [0.01, 1.0, 100.0]
        .map(|factor| fit.predict(&[factor * largest]) / unit)
        .to_vec();
    let forecast = fit.forecast(Target::at(10.0 * largest)).force(true).run();
    let forecast = forecast.unwrap();
    numbers.push(forecast.point / unit);
    for i in &forecast.intervals {
        numbers.extend([i.lower / unit, i.upper / unit]);
    }
    (format!("{:?} {codes:?}", fit.status()), numbers)
}

#[test]
fn losses_may_be_counted_in_any_unit_that_is_accepted() {
    for law in ["saturating", "power", "m3", "m4", "shifted"] {
        for residuals in [Residuals::Relative, Residuals::Absolute] {
            let runs = noisy(3);
            let (verdict, numbers) = said(law, residuals, &runs, 1.0);
            // Powers of two, so that the losses are not rounded: 1.7e138 and its inverse.
            for unit in [2f64.powi(459), 2f64.powi(-459)] {
                let (scaled, found) = said(law, residuals, &runs, unit);
                assert_eq!(scaled, verdict, "{law} {residuals:?} {unit:e}");
                assert_eq!(found.len(), numbers.len(), "{law} {residuals:?} {unit:e}");
                for (a, b) in found.iter().zip(&numbers) {
                    assert!(
                        (a / b - 1.0).abs() < 1e-7,
                        "{law} {residuals:?} {unit:e}: {a} {b}"
                    );
                }
            }
        }
    }
}

/// The same for a surface, with objectives that depend on the size of residuals.
#[test]
fn losses_of_surfaces_may_be_counted_in_any_unit_that_is_accepted() {
    let table = |unit: f64| {
        let row = |k: i32| {
            let (n, d) = (1e8 * 3f64.powi(k / 4), 2e9 * 4f64.powi(k % 4));
            let loss = 1.8 + 482.0 / n.powf(0.35) + 2085.0 / d.powf(0.37);
            format!(
                "{n:e},{d:e},{:e}\n",
                unit * loss * (1.0 + 0.002 * f64::from((k * 7) % 5 - 2))
            )
        };
        "params,tokens,loss\n".to_owned() + &(0..16).map(row).collect::<String>()
    };
    let options = ReadOptions {
        needs: Needs::SURFACE,
        ..ReadOptions::default()
    };
    let said = |objective, residuals, unit: f64| {
        let data = Dataset::from_csv_bytes(table(unit).as_bytes(), "runs.csv", &options).unwrap();
        let fit = Fit::new(Chinchilla).loss(objective).residuals(residuals);
        let fit = fit.run(&data).unwrap();
        let codes: Vec<&str> = fit.diagnoses().iter().map(|d| d.code.as_str()).collect();
        let values = fit.predict(&[1e10, 1e12]) / unit;
        (format!("{:?} {codes:?}", fit.status()), values)
    };
    for (objective, residuals) in [
        (Objective::Squared, Residuals::Log),
        (Objective::Squared, Residuals::Absolute),
        (Objective::Lad, Residuals::Absolute),
    ] {
        let (verdict, value) = said(objective, residuals, 1.0);
        for unit in [
            2f64.powi(-459),
            2f64.powi(-200),
            2f64.powi(-40),
            2f64.powi(40),
            2f64.powi(100),
            2f64.powi(200),
            2f64.powi(300),
            2f64.powi(459),
        ] {
            let (scaled, found) = said(objective, residuals, unit);
            assert_eq!(scaled, verdict, "{objective:?} {residuals:?} {unit:e}");
            assert!(
                (found / value - 1.0).abs() < 1e-6,
                "{objective:?} {residuals:?} {unit:e}: {found} {value}"
            );
        }
    }
}

#[test]
fn numbers_whose_squares_leave_the_range_of_a_float_are_refused() {
    let run = |compute: f64, loss: f64| Dataset::from_runs([(compute, loss)]);
    for (compute, loss) in [(1e-100, 2.0), (1e100, 2.0), (1e20, 1e-140), (1e20, 1e140)] {
        assert!(run(compute, loss).is_ok(), "{compute:e} {loss:e}");
    }
    for (compute, loss, range) in [
        (1e-101, 2.0, "1e-100 to 1e100"),
        (1e101, 2.0, "1e-100 to 1e100"),
        (5e-324, 2.0, "1e-100 to 1e100"),
        (1e20, 1e-200, "1e-140 to 1e140"),
        (1e20, 1e200, "1e-140 to 1e140"),
    ] {
        let refused = run(compute, loss).unwrap_err();
        assert_eq!(refused.kind(), scalewise::ErrorKind::Data);
        assert!(refused.to_string().contains(range), "{refused}");
    }
}
