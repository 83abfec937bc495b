//! Compares laws of scores with SciPy, and checks properties that hold for any numbers.

use super::combine::covariance;
use super::hidden::*;
use crate::fit::Severity;
use crate::interval::Kind;
use approx::assert_relative_eq;

/// The models of the published ladder, on one task.
fn ladder(task: &str) -> Vec<TaskRun> {
    let text = include_str!("../../data/olmo_ladder_tasks.csv");
    let rows = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>());
    let number = |cell: &str| cell.parse::<f64>().unwrap();
    rows.filter(|row| row[4] == task && row[8] == "ladder")
        .map(|row| TaskRun {
            compute: number(row[3]),
            size: Some((number(row[1]), number(row[2]))),
            score: number(row[6]),
            sampling: Sampling::Unknown,
            chance: number(row[5]),
            loss: Some(number(row[7])),
        })
        .collect()
}

const TARGET: ScoreTarget = ScoreTarget {
    compute: 6.0 * 13e9 * 5e12,
    size: Some((13e9, 5e12)),
};

/// `studies/references/benchmarks.py` prints the numbers: terms at the largest model, exponents and
/// scatter. Both programs stop when a step leaves nine digits unchanged.
#[test]
fn the_laws_are_those_of_scipy() {
    for (task, compute, size) in [
        (
            "hellaswag",
            (vec![0.640609984, 0.246004389], 0.000442096022),
            (
                vec![0.350260021, 0.61371894, 0.29558374, 0.412481423],
                0.00011082373,
            ),
        ),
        (
            "piqa",
            (vec![0.670123658, 0.128107892], 0.000173392241),
            (
                vec![0.425393824, 0.2848773, 0.252004599, 0.25159701],
                0.000107432617,
            ),
        ),
    ] {
        let runs = ladder(task);
        let fit = TaskFit::new(&runs, &[ScoreLaw::Compute, ScoreLaw::Size]);
        let largest = |of: fn(&TaskRun) -> f64| runs.iter().map(of).fold(0.0, f64::max);
        let sizes = [
            largest(|r| r.size.unwrap().0),
            largest(|r| r.size.unwrap().1),
        ];
        for (law, (wanted, scatter)) in fit.laws.iter().zip([compute, size]) {
            let named: Vec<f64> = law.named(0.25).iter().map(|p| p.1).collect();
            let units = match law.law {
                ScoreLaw::Compute => vec![largest(|r| r.compute)],
                _ => sizes.to_vec(),
            };
            for (k, unit) in units.iter().enumerate() {
                let term = named[2 * k] * unit.powf(-named[2 * k + 1]);
                assert_relative_eq!(term, wanted[2 * k], max_relative = 1e-5);
                assert_relative_eq!(named[2 * k + 1], wanted[2 * k + 1], max_relative = 1e-5);
            }
            assert_relative_eq!(law.scatter, scatter, max_relative = 1e-5);
            assert!(law.converged);
        }
    }
}

#[test]
fn a_law_without_noise_is_found_again() {
    let mut runs = ladder("hellaswag");
    for run in &mut runs {
        let (n, d) = run.size.unwrap();
        let loss = 40.0 * n.powf(-0.25) + 90.0 * d.powf(-0.22);
        run.score = 0.25 + 0.75 * f64::exp(-loss);
    }
    let fit = TaskFit::new(&runs, &[ScoreLaw::Size]);
    let wanted = [40.0, 0.25, 90.0, 0.22];
    for (found, wanted) in fit.laws[0].named(0.25).iter().zip(wanted) {
        // The prior of the exponents has almost no weight against scores without noise.
        assert_relative_eq!(found.1, wanted, max_relative = 1e-3);
    }
}

#[test]
fn units_do_not_matter() {
    let runs = ladder("piqa");
    let scaled: Vec<TaskRun> = (runs.iter())
        .map(|run| TaskRun {
            compute: run.compute * 1e-15,
            size: run.size.map(|(n, d)| (n * 1e-9, d * 1e-12)),
            ..run.clone()
        })
        .collect();
    let target = ScoreTarget {
        compute: TARGET.compute * 1e-15,
        size: Some((13.0, 5.0)),
    };
    let of =
        |runs: &[TaskRun], target| combined(&TaskFit::new(runs, &ScoreLaw::ALL), target).unwrap();
    let (one, other) = (of(&runs, &TARGET), of(&scaled, &target));
    assert_relative_eq!(one.point(), other.point(), max_relative = 1e-6);
    assert_relative_eq!(one.variance, other.variance, max_relative = 1e-4);
}

#[test]
fn the_law_of_compute_is_not_counted_where_sizes_are_known() {
    let fit = TaskFit::new(&ladder("piqa"), &ScoreLaw::ALL);
    let weights = |target: &ScoreTarget| -> Vec<(ScoreLaw, bool)> {
        let made = combined(&fit, target).unwrap();
        made.members
            .iter()
            .map(|m| (m.law, m.weight > 0.0))
            .collect()
    };
    let known = weights(&TARGET);
    assert_eq!(known[0], (ScoreLaw::Compute, false));
    assert!(known[1].1 && known[2].1);
    let unknown = ScoreTarget {
        size: None,
        ..TARGET
    };
    assert_eq!(weights(&unknown), [(ScoreLaw::Compute, true)]);
}

#[test]
fn intervals_lie_inside_of_zero_and_one() {
    for task in ["mmlu", "hellaswag", "openbookqa"] {
        let fit = TaskFit::new(&ladder(task), &ScoreLaw::ALL);
        for factor in [1.0, 1e3, 1e9] {
            let target = ScoreTarget {
                compute: factor * TARGET.compute,
                size: Some((13e9 * factor, 5e12)),
            };
            let made = combined(&fit, &target).unwrap();
            for level in [0.5, 0.9, 0.999] {
                let (lower, upper) = made.interval(level, Kind::Prediction);
                assert!(0.0 <= lower && lower <= made.point());
                assert!(made.point() <= upper && upper <= 1.0);
            }
        }
    }
}

#[test]
fn models_that_guess_are_used_as_what_they_are() {
    let mut runs = ladder("hellaswag");
    let with = |runs: &[TaskRun]| TaskFit::new(runs, &[ScoreLaw::Compute]).said(&TARGET)[0].point();
    let before = with(&runs);
    // A small model below the level of chance, for which −ln Q has no value.
    runs.push(TaskRun {
        compute: 1e16,
        score: 0.24,
        ..runs[0].clone()
    });
    let after = with(&runs);
    assert!(after.is_finite() && after != before);
    assert_relative_eq!(after, before, epsilon = 0.02);
}

#[test]
fn an_average_of_errors_that_go_together_is_as_uncertain_as_one_task() {
    let fit = TaskFit::new(&ladder("piqa"), &ScoreLaw::ALL);
    let made = combined(&fit, &TARGET).unwrap();
    let sd = |correlation| average(&[&made; 4], correlation).unwrap().sd.1;
    assert_relative_eq!(sd(0.0), 0.5 * sd(1.0), max_relative = 1e-12);
    let opposite = [vec![(1, 1.0), (2, -1.0)], vec![(1, -1.0), (2, 1.0)]];
    assert_eq!(together(&opposite), 0.0);
    assert_eq!(together(&[opposite[0].clone(), opposite[0].clone()]), 1.0);
    assert_eq!(together(&[]), 1.0);
}

/// Sixteen models whose scores follow a law of size exactly, each with this many examples.
fn exact(examples: f64) -> Vec<TaskRun> {
    let mut runs = Vec::new();
    for n in [1.9e8_f64, 3.7e8, 7.6e8, 1.3e9] {
        for ratio in [20.0, 40.0, 100.0, 200.0] {
            let d = ratio * n;
            let loss = 0.5 * (n / 1e9).powf(-0.35) + 0.4 * (d / 1e11).powf(-0.3);
            runs.push(TaskRun {
                compute: 6.0 * n * d,
                size: Some((n, d)),
                score: 0.25 + 0.75 * (-loss).exp(),
                sampling: Sampling::Examples(examples),
                chance: 0.25,
                loss: Some(loss),
            });
        }
    }
    runs
}

/// Compares with central differences of the fit itself.
#[test]
fn the_pull_of_each_score_is_the_derivative_of_the_forecast() {
    let runs = exact(1e6);
    let law = ScoreLaw::Size;
    let said = |runs: &[TaskRun]| TaskFit::new(runs, &[law]).said(&TARGET).remove(0);
    let made = said(&runs);
    for k in 0..runs.len() {
        let p = runs[k].score;
        let step = 1e-4;
        let moved = |by: f64| {
            let mut runs = runs.clone();
            runs[k].score += by;
            said(&runs).eta
        };
        let derivative = (moved(step) - moved(-step)) / (2.0 * step);
        let told = made.influence[k] / (p * (1.0 - p) / 1e6).sqrt();
        // With a million examples the prior has almost no effect.
        assert_relative_eq!(told, derivative, max_relative = 0.01, epsilon = 0.01);
    }
}

/// The same formula for two laws: with weights w and 1 − w, their mean squared distance from the
/// mean is (w² + (1 − w)²)/2 times their squared difference.
#[test]
fn what_laws_differ_by_chance_is_not_counted_twice() {
    for examples in [20.0, 5000.0] {
        let fit = TaskFit::new(&exact(examples), &ScoreLaw::ALL);
        let made = combined(&fit, &TARGET).unwrap();
        let of = |law: ScoreLaw| made.said.iter().find(|s| s.law == law).unwrap();
        let weight = |law| made.members.iter().find(|m| m.law == law).unwrap().weight;
        let (a, b) = (of(ScoreLaw::Size), of(ScoreLaw::TwoStep));
        let (w, v) = (weight(ScoreLaw::Size), weight(ScoreLaw::TwoStep));
        assert_relative_eq!(w + v, 1.0, max_relative = 1e-12);
        let both = covariance(a, b);
        assert!(both > 0.0 && both < a.se * b.se);
        let mean = (w * a.se).powi(2) + (v * b.se).powi(2) + 2.0 * w * v * both;
        let by_chance = a.se * a.se + b.se * b.se - 2.0 * both;
        let apart = ((a.eta - b.eta).powi(2) - 0.6 * by_chance).max(0.0);
        let drift = DRIFT * (TARGET.compute / fit.largest()).ln();
        let wanted = mean + 0.5 * (w * w + v * v) * apart + drift * drift;
        assert_relative_eq!(made.variance, wanted, max_relative = 1e-9);
    }
}

#[test]
fn what_cannot_be_extrapolated_is_named() {
    let with = |scores: &dyn Fn(f64) -> f64| -> Vec<String> {
        let runs: Vec<TaskRun> = (0..12)
            .map(|k| {
                let x = f64::from(k) / 11.0;
                TaskRun {
                    compute: 1e18 * 10f64.powf(4.0 * x),
                    size: None,
                    score: scores(x) + 0.004 * f64::from((k * 7) % 5 - 2),
                    sampling: Sampling::Unknown,
                    chance: 0.25,
                    loss: None,
                }
            })
            .collect();
        let fit = TaskFit::new(&runs, &[ScoreLaw::Compute]);
        let found = findings(&runs, &fit).into_iter();
        let refuses = found.filter(|d| d.severity == Severity::Refuse);
        refuses.map(|d| d.code.to_string()).collect()
    };
    assert!(with(&|x| 0.3 + 0.3 * x).is_empty());
    // A score that flattens does not turn.
    assert!(with(&|x| 0.3 + 0.4 * (1.0 - (-3.0 * x).exp())).is_empty());
    assert_eq!(with(&|x| 0.6 - 0.2 * x), ["inverse-scaling"]);
    assert_eq!(with(&|x| 0.4 + 0.6 * (x - 0.6).powi(2)), ["u-shaped"]);
    assert_eq!(with(&|x| 0.6 - 0.6 * (x - 0.5).powi(2)), ["non-monotone"]);
    assert_eq!(with(&|_| 0.5), ["no-trend"]);
    assert_eq!(with(&|_| 0.25), ["at-chance", "no-trend"]);
}

/// Models that guess may fall by accident before larger ones rise from chance. That is no turn, as
/// it is once the falling models were better than guessing.
#[test]
fn a_fall_among_models_that_guess_is_no_turn() {
    let scores = [
        0.2564, 0.2510, 0.2498, 0.2470, 0.2399, 0.2525, 0.2494, 0.2510, 0.2474, 0.2621, 0.2562,
        0.2715,
    ];
    let codes = |chance: f64| -> Vec<String> {
        let run = |(k, score): (usize, &f64)| TaskRun {
            compute: 2.7e18 * 2f64.powi(k as i32),
            size: None,
            score: *score,
            sampling: Sampling::Examples(14_042.0),
            chance,
            loss: None,
        };
        let runs: Vec<TaskRun> = scores.iter().enumerate().map(run).collect();
        let fit = TaskFit::new(&runs, &[ScoreLaw::Compute]);
        let found = findings(&runs, &fit).into_iter();
        let refuses = found.filter(|d| d.severity == Severity::Refuse);
        refuses.map(|d| d.code.to_string()).collect()
    };
    assert!(codes(0.25).is_empty(), "{:?}", codes(0.25));
    assert_eq!(codes(0.1), ["u-shaped"]);
}

/// Without three values of each, the terms of the law cannot be told apart, and the reason says so.
#[test]
fn sizes_of_too_few_values_are_named() {
    let with = |tokens: &dyn Fn(usize) -> f64| {
        let mut runs = ladder("hellaswag");
        for (k, run) in runs.iter_mut().enumerate() {
            run.size = Some((1e8 * 2f64.powi(k as i32), tokens(k)));
        }
        let fit = TaskFit::new(&runs, &[ScoreLaw::Size]);
        fit.without.first().map(|(_, why)| why.clone())
    };
    let one = "all models have one value of tokens, and the law needs three";
    assert_eq!(with(&|_| 1e11).as_deref(), Some(one));
    let two = "the models have two values of tokens, and the law needs three";
    assert_eq!(with(&|k| [1e11, 2e11][k % 2]).as_deref(), Some(two));
}
