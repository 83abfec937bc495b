//! The laws shifted, m3, m4 and broken: truths are recovered, units do not matter, no random start
//! finds a lower minimum, and every objective works.

use crate::normal;
use crate::random;

use normal::normal;
use random::Random;
use scalewise::Fit;
use scalewise::fit::{Basin, Objective, Residuals};
use scalewise::internal::Observations;
use scalewise::internal::best_fit;
use scalewise::law::{self, Law};

const NAMES: [&str; 4] = ["shifted", "m3", "m4", "broken"];

/// The largest run of every truth.
const LARGEST: f64 = 1e21;

fn named(name: &str) -> law::BuiltIn {
    law::by_name(name).unwrap()
}

/// Parameters for compute in units of the largest run and a loss near 2.
fn truths(name: &str) -> Vec<Vec<f64>> {
    match name {
        "shifted" => vec![
            vec![0.8, -0.3, 1.2, 0.004],
            vec![1.5, -0.9, 0.6, 0.1],
            vec![0.5, -0.15, 0.9, 0.001],
        ],
        "m3" => vec![
            vec![1.2, -0.2, 0.3],
            vec![0.7, -0.5, 2.0],
            vec![2.0, -0.08, 1.0],
        ],
        "m4" => vec![
            vec![0.8, -0.3, 1.2, 5.0, 1.0],
            vec![0.5, -0.6, 0.5, 4.0, 2.0],
            vec![0.3, -0.5, 1.0, 3.0, 0.5],
        ],
        _ => vec![
            vec![0.8, -0.1, 0.9, -0.5, 0.01, 0.4],
            vec![0.4, -0.5, 1.0, -0.15, 0.02, 0.3],
            vec![1.0, -0.05, 0.5, -0.3, 0.05, 1.0],
        ],
    }
}

fn compute(n: usize, decades: f64) -> Vec<f64> {
    (0..n)
        .map(|k| LARGEST * 10_f64.powf(-decades * (1.0 - k as f64 / (n - 1) as f64)))
        .collect()
}

fn observe(x: &[f64], y: Vec<f64>, residuals: Residuals) -> Observations {
    Observations::new(x.iter().map(|x| vec![*x]).collect(), y, residuals).unwrap()
}

fn losses(law: &dyn Law, p: &[f64], x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| law.predict(&[x / LARGEST], p)).collect()
}

/// Largest error of a noise-free fit a hundred times beyond the largest run. It is set by the
/// broken law, the least determined.
const RECOVERY: f64 = 1e-7;

/// The same for the quick fit at the largest run, whose descents are shortened on flat ground.
const QUICK_RECOVERY: f64 = 1e-3;

#[test]
fn every_law_comes_back_from_runs_without_noise() {
    for name in NAMES {
        let law = named(name);
        for p in truths(name) {
            let x = compute(14, 5.0);
            let o = observe(&x, losses(&law, &p, &x), Residuals::Relative);
            let found = Fit::new(law).run_observations(&o).unwrap().swap_remove(0);
            let truth = law.predict(&[100.0], &p);
            let error = |b: &Basin| law.predict(&[100.0 * LARGEST], &b.parameters) / truth - 1.0;
            let quick = best_fit(&law, &o).unwrap();
            let at_largest =
                law.predict(&[LARGEST], &quick.parameters) / law.predict(&[1.0], &p) - 1.0;
            println!("{name}: {:.1e}, quick {:.1e}", error(&found), error(&quick));
            assert!(error(&found).abs() < RECOVERY, "{name} {p:?} {found:?}");
            assert!(at_largest.abs() < QUICK_RECOVERY, "{name} {p:?} {quick:?}");
        }
    }
}

/// Runs of a random truth with noise.
fn noisy(name: &str, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random::seeded(seed);
    let all = truths(name);
    let p = &all[seed as usize % all.len()];
    let x = compute(random.uniform(9.0, 16.0) as usize, random.uniform(3.0, 5.0));
    let noise = 10_f64.powf(random.uniform(-3.5, -2.0));
    let y = losses(&named(name), p, &x)
        .into_iter()
        .map(|y| y * (noise * normal(&mut random)).exp())
        .collect();
    (x, y)
}

/// Tolerance between fits of losses in different units. On flat ground the runs determine the sum
/// of squares, up to rounding, and not the parameters.
const SAME_SUM: f64 = 1e-6;

#[test]
fn no_unit_matters() {
    for name in NAMES {
        let law = named(name);
        for seed in 0..12 {
            let (x, y) = noisy(name, seed);
            for residuals in [Residuals::Relative, Residuals::Absolute, Residuals::Log] {
                let (x_unit, y_unit) = (8.64e19, 0.693);
                let scaled_x: Vec<f64> = x.iter().map(|x| x / x_unit).collect();
                let scaled_y = y.iter().map(|y| y / y_unit).collect();
                let here = observe(&x, y.clone(), residuals);
                let there = observe(&scaled_x, scaled_y, residuals);
                let fit = |o| Fit::new(law).run_observations(o).unwrap().swap_remove(0);
                let (here, there) = (fit(&here), fit(&there));
                let unit = if residuals == Residuals::Absolute {
                    y_unit * y_unit
                } else {
                    1.0
                };
                let ratio = here.objective / (there.objective * unit);
                assert!((ratio - 1.0).abs() < SAME_SUM, "{name} {seed} {ratio}");
                for x in &x {
                    let one = law.predict(&[*x], &here.parameters);
                    let other = y_unit * law.predict(&[x / x_unit], &there.parameters);
                    assert!(
                        (one / other - 1.0).abs() < 1e-5,
                        "{name} {seed} {one} {other}"
                    );
                }
            }
        }
    }
}

/// Largest relative amount by which a random start may end below the fit.
const NOT_LOWER: f64 = 1e-4;

/// Random starts a data set, each a full descent of its own.
const RANDOM_STARTS: u64 = 40;

#[test]
fn no_random_start_ends_lower() {
    for name in NAMES {
        let law = named(name);
        let (mut lower, mut worst, mut sets) = (0, 0.0_f64, 0);
        for seed in 100..112 {
            let (x, y) = noisy(name, seed);
            let o = observe(&x, y, Residuals::Relative);
            let found = Fit::new(law).run_observations(&o).unwrap()[0].objective;
            let mut random = Random::seeded(7 * seed);
            let reference = (0..RANDOM_STARTS)
                .filter_map(|_| {
                    let mut fit = Fit::new(law);
                    let b = -(10_f64.powf(random.uniform(-1.5, 0.3)));
                    for p in law.parameters() {
                        let value = match &*p.name {
                            "a" => random.uniform(0.3, 3.0) * LARGEST.powf(-b),
                            "b" => b,
                            "b2" => -(10_f64.powf(random.uniform(-1.5, 0.3))),
                            "c" => random.uniform(0.0, 1.5),
                            "d" => LARGEST * 10_f64.powf(random.uniform(-5.0, 0.5)),
                            "g" => 10_f64.powf(random.uniform(-3.0, 2.0)) / LARGEST,
                            "l0" => random.uniform(3.0, 20.0),
                            "alpha" => random.uniform(0.0, 4.0),
                            _ => random.uniform(0.05, 2.0),
                        };
                        fit = fit.start(&p.name, value);
                    }
                    Some(fit.run_observations(&o).ok()?[0].objective)
                })
                .fold(f64::INFINITY, f64::min);
            let excess = found / reference - 1.0;
            sets += 1;
            worst = worst.max(excess);
            if excess > NOT_LOWER {
                lower += 1;
                println!("{name} {seed}: {excess:.1e} above");
            }
        }
        println!("{name}: {lower} of {sets} sets with a lower minimum, worst {worst:.1e}");
        assert_eq!(lower, 0, "{name}");
    }
}

/// Without noise but with one outlier, Huber's loss and least absolute deviations recover the
/// truth.
const ROBUST: f64 = 2e-3;

#[test]
fn every_objective_works() {
    for name in NAMES {
        let law = named(name);
        let p = &truths(name)[0];
        let x = compute(16, 5.0);
        let mut y = losses(&law, p, &x);
        y[7] *= 1.05;
        let objectives = [Objective::Huber { delta: 1e-3 }, Objective::Lad];
        for objective in objectives {
            for residuals in [Residuals::Log, Residuals::Relative] {
                let o = observe(&x, y.clone(), residuals);
                let fit = Fit::new(law).loss(objective);
                let found = fit.run_observations(&o).unwrap().swap_remove(0);
                let at = law.predict(&[LARGEST], &found.parameters);
                let truth = law.predict(&[1.0], p);
                assert!(
                    (at / truth - 1.0).abs() < ROBUST,
                    "{name} {objective:?} {at} {truth}"
                );
            }
        }
    }
}

#[test]
fn a_parameter_can_be_held() {
    for name in NAMES {
        let law = named(name);
        let p = &truths(name)[0];
        let x = compute(14, 5.0);
        let o = observe(&x, losses(&law, p, &x), Residuals::Relative);
        let held = if name == "m3" {
            ("b", p[1])
        } else {
            ("c", p[2])
        };
        let fit = Fit::new(law).fix(held.0, held.1);
        let found = fit.run_observations(&o).unwrap().swap_remove(0);
        let at = law.predict(&[LARGEST], &found.parameters);
        let truth = law.predict(&[1.0], p);
        assert!((at / truth - 1.0).abs() < 1e-4, "{name} {found:?} {p:?}");
        let k = law
            .parameters()
            .iter()
            .position(|q| q.name == held.0)
            .unwrap();
        assert_eq!(found.parameters[k], held.1, "{name}");
    }
}

/// Real curves: every case with at least as many runs as parameters has a decreasing, positive fit.
#[cfg(feature = "corpus")]
#[test]
fn every_real_curve_has_a_fit() {
    let corpus = std::env::var_os("SCALEWISE_CORPUS").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        std::path::PathBuf::from,
    );
    let path = corpus.join("data/extrapolation_dev/runs.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut cases = std::collections::BTreeMap::<&str, Vec<(f64, f64)>>::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let run = (cells[1].parse().unwrap(), cells[2].parse().unwrap());
        cases.entry(cells[0]).or_default().push(run);
    }
    assert_eq!(cases.len(), 177);
    for name in NAMES {
        let law = named(name);
        for (case, runs) in &cases {
            if runs.len() < law.parameters().len() {
                continue;
            }
            let (x, y): (Vec<f64>, Vec<f64>) = runs.iter().copied().unzip();
            let largest = x.iter().copied().fold(0.0, f64::max);
            let o = observe(&x, y, Residuals::Relative);
            for p in [
                best_fit(&law, &o).unwrap().parameters,
                Fit::new(law).run_observations(&o).unwrap()[0]
                    .parameters
                    .clone(),
            ] {
                let mut before = law.predict(&[largest], &p);
                for decade in 1..=6 {
                    let next = law.predict(&[largest * 10_f64.powi(decade)], &p);
                    let falls = next <= before * (1.0 + 1e-12);
                    assert!(next > 0.0 && falls, "{name} {case} {p:?} {before} {next}");
                    before = next;
                }
            }
        }
    }
}
