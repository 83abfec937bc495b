//! Problems with their own exponents, and pass@k.

use super::*;
use scalewise::Size;
use scalewise::ask::{CapabilityRequest, ProblemChoice};
use scalewise::capability::PassQuantity;

/// λ of problem i at a compute: half of the problems have k = 0.05, the others k = 0.15.
fn lambda(i: usize, compute: f64) -> f64 {
    let exponent = if i.is_multiple_of(2) { 0.05 } else { 0.15 };
    (0.3 + 0.1 * i as f64) * (compute / 1e18).powf(-exponent)
}

/// Counts that follow these up to rounding.
fn exact(samples: u64) -> PassCounts {
    let computes: Vec<f64> = (0..6)
        .map(|m| 1e18 * 10f64.powf(0.5 * f64::from(m)))
        .collect();
    let row = |c: &f64| {
        let passes = |i: usize| ((-lambda(i, *c)).exp() * samples as f64).round() as u64;
        (0..40).map(|i| Count::new(passes(i), samples)).collect()
    };
    PassCounts::new(
        computes
            .iter()
            .enumerate()
            .map(|(m, c)| (format!("m{m}"), *c))
            .collect(),
        (0..40).map(|i| i.to_string()).collect(),
        computes.iter().map(row).collect(),
    )
    .unwrap()
}

fn calibrated(quantity: &PassQuantity) -> (f64, f64) {
    let interval = quantity
        .intervals
        .iter()
        .find(|i| i.about == About::TheseProblems && i.interval.method == Method::Calibrated);
    let interval = interval.unwrap().interval;
    (interval.lower, interval.upper)
}

#[test]
fn exponents_of_their_own_are_found() {
    let fit = CapabilityFit::new()
        .buckets(1)
        .run(&exact(100_000))
        .unwrap();
    let target = 1e23;
    let mean = |of: &dyn Fn(f64) -> f64| (0..40).map(|i| of(lambda(i, target))).sum::<f64>() / 40.0;
    let (metric, rate) = (mean(&|l| l), mean(&|l| (-l).exp()));
    let forecast = fit
        .overall
        .forecast(target)
        .levels(&[0.9])
        .force(true)
        .run()
        .unwrap();
    // Slopes are known to about 1e-3 per e-fold over six of them, while the law is far off.
    let found = forecast.metric.calibrated.unwrap();
    assert!((found / metric - 1.0).abs() < 0.01, "{found} {metric}");
    assert!(
        (forecast.metric.value / metric - 1.0).abs() > 0.05,
        "{}",
        forecast.metric.value
    );
    let pass = forecast.mean_pass_rate.unwrap();
    assert!((pass.value - rate).abs() < 0.005, "{} {rate}", pass.value);
}

/// A known weakness of a constant spread: at 1e14 FLOP the mean pass rate of the own ladder was
/// above its interval.
#[test]
fn the_ladder_s_mean_pass_rate_is_inside_its_interval() {
    let table = include_bytes!("../../data/ladder/pass_counts.csv");
    for below in [1.05e12, 1.05e13] {
        let options = CountOptions {
            fit_below: Some(below),
            ..CountOptions::default()
        };
        let CountTable::Counts(counts) = read_counts(table, "pass_counts.csv", &options).unwrap()
        else {
            panic!("rates")
        };
        let fit = CapabilityFit::new().buckets(1).run(&counts).unwrap();
        let forecast = fit
            .overall
            .forecast(1e14)
            .levels(&[0.9])
            .force(true)
            .run()
            .unwrap();
        // The exact metric and mean pass rate of the run at 1e14 FLOP.
        for (quantity, actual) in [
            (&forecast.metric, 2.361),
            (forecast.mean_pass_rate.as_ref().unwrap(), 0.3974),
        ] {
            let (lower, upper) = calibrated(quantity);
            assert!(
                lower < actual && actual < upper,
                "{below:e}: {lower} {upper}"
            );
            let off = quantity.calibrated.unwrap() / actual;
            assert!((0.8..1.25).contains(&off), "{below:e}: {off}");
        }
    }
}

#[test]
fn pass_at_k_goes_beyond_the_samples() {
    let simulated = Benchmark {
        samples: 50,
        seed: 2,
        ..Benchmark::default()
    };
    let simulated = simulated.simulate().unwrap();
    let answer = CapabilityRequest::default()
        .problems(ProblemChoice::default().buckets(1))
        .at([Size::Times(10.0)])
        .levels([0.9])
        .pass_at([500, 10, 10])
        .of(&CountTable::Counts(simulated.counts.clone()))
        .unwrap();
    let rows = answer.pass_at();
    assert_eq!(rows.len(), 12, "each k once, at five models and a target");
    let problems = simulated.lambda.len();
    for row in rows {
        let u = (row.compute / simulated.reference).ln();
        let truth: f64 = (0..problems)
            .map(|i| {
                let lambda = simulated.lambda[i] * (-simulated.exponents[i] * u).exp();
                -(row.k as f64 * (-(-lambda).exp()).ln_1p()).exp_m1()
            })
            .sum();
        let truth = truth / problems as f64;
        let value = row.rate.value;
        // 164 problems with 50 samples: an error of about a point and a half each.
        assert!(
            (value - truth).abs() < 0.05,
            "k = {}: {value} {truth}",
            row.k
        );
        let inside = row.rate.intervals.iter().all(|i| {
            let (lower, upper) = (i.interval.lower, i.interval.upper);
            0.0 <= lower && lower <= value && value <= upper && upper <= 1.0
        });
        assert!(inside && !row.rate.intervals.is_empty());
        assert_eq!(row.unbiased.is_some(), row.k <= 50 && row.model.is_some());
        assert_eq!(row.beta_binomial.is_some(), row.model.is_some());
    }
    for (few, many) in rows[..6].iter().zip(&rows[6..]) {
        assert!(few.k == 10 && many.k == 500 && few.rate.value < many.rate.value);
    }
    let split = CapabilityRequest::default()
        .problems(ProblemChoice::default().rule(Rule::Split))
        .pass_at([10]);
    let refused = split.of(&CountTable::Counts(simulated.counts)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Usage);
}
