//! Known laws are recovered, whatever the unit, the order and the rule.

use super::*;
use scalewise::ask::{CapabilityRequest, ProblemChoice};

/// Counts that follow the law up to rounding to whole passes.
fn exact(exponent: f64, samples: u64) -> PassCounts {
    let models: Vec<(String, f64)> = (0..5)
        .map(|m| (format!("m{m}"), 1e18 * 10f64.powf(0.75 * f64::from(m))))
        .collect();
    let rows = models
        .iter()
        .map(|(_, c)| {
            (0..40)
                .map(|i| {
                    let lambda = 0.05 * f64::from(i + 1) * (c / 1e18).powf(-exponent);
                    Count::new(((-lambda).exp() * samples as f64).round() as u64, samples)
                })
                .collect()
        })
        .collect();
    PassCounts::new(models, (0..40).map(|i| i.to_string()).collect(), rows).unwrap()
}

#[test]
fn every_rule_recovers_an_exact_law() {
    let truth = 0.05 * 20.5 * 10f64.powf(-0.12 * 6.0);
    // The split's halves are random: their error is about 1/√(np) of a problem.
    for (rule, samples, loose) in [
        (Rule::SolvedByAll, 10_000_000, 1.0),
        (Rule::Likelihood, 10_000_000, 1.0),
        (Rule::Split, 10_000, 20.0),
    ] {
        let fit = CapabilityFit::new()
            .rule(rule)
            .run(&exact(0.12, samples))
            .unwrap();
        let (k, _) = fit.overall.exponent().unwrap();
        assert!((k - 0.12).abs() < 2e-4 * loose, "{rule:?}: {k}");
        let forecast = fit.overall.forecast(1e24).levels(&[0.9]).run().unwrap();
        assert!(
            (forecast.metric.value / truth - 1.0).abs() < 2e-3 * loose,
            "{rule:?}: {}",
            forecast.metric.value
        );
        let mean: f64 = (1..=40)
            .map(|i| (-0.05 * f64::from(i) * 10f64.powf(-0.12 * 6.0)).exp() / 40.0)
            .sum();
        let found = forecast.mean_pass_rate.unwrap().value;
        assert!(
            (found - mean).abs() < 1e-3 * loose,
            "{rule:?}: {found} {mean}"
        );
        assert!(found > forecast.geometric_mean_pass_rate.value);
        for bucket in &fit.buckets {
            assert!(
                (bucket.exponent().unwrap().0 - 0.12).abs() < 2e-3 * loose,
                "{rule:?} {}",
                bucket.name
            );
        }
    }
}

fn models(counts: &PassCounts) -> Vec<(String, f64)> {
    let models = counts.models().iter();
    models.map(|m| (m.name.clone(), m.compute)).collect()
}

fn rows(counts: &PassCounts) -> Vec<Vec<Count>> {
    let models = 0..counts.models().len();
    models.map(|model| counts.counts(model).to_vec()).collect()
}

#[test]
fn units_of_compute_and_the_order_of_rows_do_not_matter() {
    let simulated = Benchmark {
        samples: 20,
        seed: 4,
        ..Benchmark::default()
    }
    .simulate()
    .unwrap();
    let base = CapabilityFit::new()
        .buckets(3)
        .run(&simulated.counts)
        .unwrap();
    let forecast = |fit: &scalewise::capability::Capability, c: f64| {
        fit.overall.forecast(c).levels(&[0.9]).run().unwrap()
    };
    let at = forecast(&base, 1e24);
    let counts = &simulated.counts;
    let scaled = {
        let mut models = models(counts);
        models.iter_mut().for_each(|model| model.1 *= 1e-9);
        PassCounts::new(models, counts.problems().to_vec(), rows(counts)).unwrap()
    };
    let other = forecast(&CapabilityFit::new().run(&scaled).unwrap(), 1e15);
    assert!((at.metric.value / other.metric.value - 1.0).abs() < 1e-8);
    assert!(
        (at.metric.intervals[0].interval.lower / other.metric.intervals[0].interval.lower - 1.0)
            .abs()
            < 1e-8
    );
    let turned = {
        // Names whose alphabetical order is reversed.
        let names = (0..counts.problems().len()).rev().map(|i| i.to_string());
        PassCounts::new(models(counts), names.collect(), rows(counts)).unwrap()
    };
    let other = forecast(&CapabilityFit::new().run(&turned).unwrap(), 1e24);
    assert!((at.metric.value / other.metric.value - 1.0).abs() < 1e-6);
}

#[test]
fn buckets_are_judged_by_small_models_alone() {
    let simulated = Benchmark {
        seed: 9,
        ..Benchmark::default()
    }
    .simulate()
    .unwrap();
    let parts = |counts: &PassCounts| -> Vec<Vec<usize>> {
        let fit = CapabilityFit::new().hardest(15).run(counts).unwrap();
        fit.buckets.iter().map(|b| b.problems.clone()).collect()
    };
    let before = parts(&simulated.counts);
    assert_eq!(
        before.iter().map(Vec::len).collect::<Vec<_>>(),
        [25, 25, 25, 25, 25, 24]
    );
    let counts = &simulated.counts;
    let mut changed = rows(counts);
    for count in changed[3..].iter_mut().flatten() {
        count.passes = count.samples - count.passes;
    }
    let changed = PassCounts::new(models(counts), counts.problems().to_vec(), changed).unwrap();
    assert_eq!(parts(&changed), before);
}

#[test]
fn weak_models_are_dropped_in_the_open() {
    let count = |passes| Count::new(passes, 50);
    let rows = vec![
        vec![count(0); 12],
        (0..12).map(|i| count(1 + i)).collect(),
        (0..12).map(|i| count(4 + 2 * i)).collect(),
        (0..12).map(|i| count(8 + 3 * i)).collect(),
    ];
    let names = ["none", "s", "m", "l"];
    let models = names
        .iter()
        .zip([1e17, 1e18, 1e19, 1e20])
        .map(|(n, c)| ((*n).to_owned(), c))
        .collect();
    let table = PassCounts::new(models, (0..12).map(|i| i.to_string()).collect(), rows).unwrap();
    let fit = CapabilityFit::new()
        .rule(Rule::SolvedByAll)
        .buckets(1)
        .run(&table)
        .unwrap();
    let problems = ProblemChoice::default().rule(Rule::SolvedByAll);
    let request = CapabilityRequest::default().problems(problems);
    let answer = request.of(&CountTable::Counts(table.clone()));
    let answer = serde_json::to_value(answer.unwrap()).unwrap();
    assert_eq!(
        answer["trade_off"],
        serde_json::json!([
            {"without": null, "models": 4, "problems": 0, "used": false},
            {"without": "none", "models": 3, "problems": 12, "used": true},
        ])
    );
    assert_eq!(fit.models[0].role, "dropped");
    assert_eq!(fit.verdict(), Verdict::OnlyWhereSolved);
    // The likelihood drops nothing.
    assert_eq!(
        CapabilityFit::new()
            .run(&table)
            .unwrap()
            .overall
            .problems
            .len(),
        12
    );
}
