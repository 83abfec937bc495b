//! Pass counts: estimators against exact expectations, tables and messages, recovery, verdicts.
#![allow(clippy::unwrap_used)]

use scalewise::capability::{
    About, Benchmark, Estimator, Fit, Rule, Truth, Verdict, code, pass_at_k,
};
use scalewise::data::{Count, CountOptions, CountTable, PassCounts, PassRates, read_counts};
use scalewise::fit::Severity;
use scalewise::{ErrorKind, Kind, Method};

/// Exact binomial probabilities by the ratio of neighbours, from the mode outwards.
fn binomial(n: u64, p: f64) -> Vec<f64> {
    let mut weights = vec![0.0; n as usize + 1];
    if p >= 1.0 {
        weights[n as usize] = 1.0;
        return weights;
    }
    let mode = ((n as f64 + 1.0) * p).floor().min(n as f64) as usize;
    weights[mode] = 1.0;
    let odds = p / (1.0 - p);
    for c in mode..n as usize {
        weights[c + 1] = weights[c] * odds * (n as usize - c) as f64 / (c + 1) as f64;
    }
    for c in (0..mode).rev() {
        weights[c] = weights[c + 1] / odds * (c + 1) as f64 / (n as usize - c) as f64;
    }
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

const RATES: [f64; 9] = [1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.99, 1.0];

fn value(estimator: Estimator, n: u64, c: u64) -> f64 {
    estimator.estimate(n, c).unwrap().value
}

#[test]
fn harmonic_is_unbiased_for_the_truncated_series() {
    for n in [1u64, 2, 5, 20, 100, 300, 1000] {
        for p in RATES {
            let expected: f64 = (1..=n)
                .rev()
                .map(|j| (1.0 - p).powf(j as f64) / j as f64)
                .sum();
            let mean: f64 = binomial(n, p)
                .iter()
                .enumerate()
                .map(|(c, w)| w * value(Estimator::Harmonic, n, c as u64))
                .sum();
            assert!(
                (mean - expected).abs() < 1e-10,
                "n {n}, p {p}: {mean} {expected}"
            );
        }
    }
    // The figure of the design: n = 100, p = 0.01.
    let mean: f64 = binomial(100, 0.01)
        .iter()
        .enumerate()
        .map(|(c, w)| w * value(Estimator::Harmonic, 100, c as u64))
        .sum();
    assert!((mean - 4.390).abs() < 1e-3, "{mean}");
}

#[test]
fn until_is_unbiased_and_so_is_its_variance() {
    for (p, r) in [
        (0.5f64, 1u64),
        (0.05, 1),
        (0.05, 2),
        (0.05, 5),
        (0.3, 3),
        (1.0, 2),
    ] {
        // P(K = k) = C(k − 1, r − 1) p^r (1 − p)^(k − r), by the ratio of neighbours.
        let (mut weight, mut mean, mut square, mut variance) = (p.powi(r as i32), 0.0, 0.0, 0.0);
        for k in r..r + 4000 {
            let estimate = Estimator::Until.estimate(k, r).unwrap();
            mean += weight * estimate.value;
            square += weight * estimate.value * estimate.value;
            variance += weight * estimate.stderr.unwrap().powi(2);
            weight *= k as f64 / (k + 1 - r) as f64 * (1.0 - p);
        }
        assert!((mean + p.ln()).abs() < 1e-10, "p {p}, r {r}: {mean}");
        assert!(
            (square - mean * mean - variance).abs() < 1e-9,
            "p {p}, r {r}"
        );
    }
    // Standard deviations at small p: √ψ′(r).
    for (r, sd) in [(1, 1.28), (2, 0.80), (5, 0.47)] {
        let estimate = Estimator::Until.estimate(1_000_000, r).unwrap();
        assert!((estimate.stderr.unwrap() - sd).abs() < 0.005);
    }
}

#[test]
fn plug_in_and_its_correction() {
    assert!((value(Estimator::PlugIn, 7, 3) - (7.0f64 / 3.0).ln()).abs() < 1e-15);
    assert!(value(Estimator::PlugIn, 7, 0).is_infinite());
    assert_eq!(Estimator::PlugIn.estimate(7, 0).unwrap().stderr, None);
    assert!((value(Estimator::PlugInCc, 7, 0) - 15f64.ln()).abs() < 1e-15);
    // Where passes are many, the correction removes the bias of order 1/n: (1 − p)/(2np).
    for (n, p) in [(1000u64, 0.05), (300, 0.3)] {
        let weights = binomial(n, p);
        let bias = |e: Estimator| -> f64 {
            let each = weights.iter().enumerate().skip(1);
            each.map(|(c, w)| w * value(e, n, c as u64)).sum::<f64>() + p.ln()
        };
        let first = (1.0 - p) / (2.0 * n as f64 * p);
        assert!((bias(Estimator::PlugIn) / first - 1.0).abs() < 0.1);
        assert!(bias(Estimator::PlugInCc).abs() < 0.03 * first);
    }
}

#[test]
fn standard_errors_are_those_of_the_estimates() {
    // Where n·p is large, the mean of the stated variance is the variance.
    for estimator in [Estimator::Harmonic, Estimator::PlugIn, Estimator::PlugInCc] {
        for (n, p) in [(1000u64, 0.05), (1000, 0.5), (300, 0.3)] {
            let (mut mean, mut square, mut stated) = (0.0, 0.0, 0.0);
            for (c, w) in binomial(n, p).iter().enumerate().skip(1) {
                let e = estimator.estimate(n, c as u64).unwrap();
                mean += w * e.value;
                square += w * e.value * e.value;
                stated += w * e.stderr.unwrap().powi(2);
            }
            let variance = square - mean * mean;
            assert!(
                (stated / variance - 1.0).abs() < 0.06,
                "{estimator:?} {n} {p}"
            );
        }
    }
}

#[test]
fn pass_at_k_is_unbiased_and_so_is_its_variance() {
    for (n, k) in [(20u64, 1u64), (20, 5), (20, 10), (20, 20), (1000, 100)] {
        for p in RATES {
            let (mut mean, mut square, mut stated) = (0.0, 0.0, 0.0);
            for (c, w) in binomial(n, p).iter().enumerate() {
                let e = pass_at_k(n, c as u64, k).unwrap();
                mean += w * e.value;
                square += w * e.value * e.value;
                stated += w * e.stderr.unwrap().powi(2);
            }
            let expected = 1.0 - (1.0 - p).powf(k as f64);
            assert!((mean - expected).abs() < 1e-10, "n {n}, k {k}, p {p}");
            if 2 * k <= n {
                assert!(
                    (square - mean * mean - stated).abs() < 1e-10,
                    "n {n}, k {k}, p {p}"
                );
            }
        }
    }
    // −ln p = Σ_j (1 − pass@j)/j, term by term for the estimates.
    let sum: f64 = (1..=50)
        .map(|j| (1.0 - pass_at_k(50, 7, j).unwrap().value) / j as f64)
        .sum();
    assert!((sum - value(Estimator::Harmonic, 50, 7)).abs() < 1e-12);
    assert_eq!(pass_at_k(10, 3, 11).unwrap_err().kind(), ErrorKind::Usage);
    assert_eq!(pass_at_k(10, 11, 1).unwrap_err().kind(), ErrorKind::Data);
}

fn counts(csv: &str) -> PassCounts {
    match read_counts(csv.as_bytes(), "t.csv", &CountOptions::default()).unwrap() {
        CountTable::Counts(counts) => counts,
        CountTable::Rates(_) => panic!("rates"),
    }
}

fn rates(csv: &str, options: &CountOptions) -> PassRates {
    match read_counts(csv.as_bytes(), "t.csv", options).unwrap() {
        CountTable::Rates(rates) => rates,
        CountTable::Counts(_) => panic!("counts"),
    }
}

#[test]
fn the_three_forms_are_read() {
    let long = counts(
        "model,compute,task_id,n,n_correct\nl,1e20,a,4,3\ns,1e18,a,4,1\nl,1e20,b,4,4\ns,1e18,b,4,0\n",
    );
    let samples = counts(
        "model,n_params,n_tokens,problem,passed\nl,1e9,1e11,a,1\nl,1e9,1e11,a,true\ns,1e8,1e9,a,0\nl,1e9,1e11,a,0\n\
         s,1e8,1e9,a,yes\ns,1e8,1e9,a,F\n"
            .replace(",F\n", ",false\n")
            .as_str(),
    );
    assert_eq!(long.models[0].name, "s");
    assert_eq!(
        long.counts[1][1],
        Count {
            samples: 4,
            passes: 4
        }
    );
    assert_eq!((long.solved(0), long.solved(1)), (1, 2));
    assert_eq!(samples.models[1].compute, 6e20);
    assert_eq!(
        samples.counts[1][0],
        Count {
            samples: 3,
            passes: 2
        }
    );
    assert_eq!(samples.compute_name, "6ND");
    let aggregate = rates(
        "compute,pass_rate,n\n1e18,0.2,164\n1e17,0.1,\n",
        &CountOptions::default(),
    );
    assert_eq!(aggregate.rates[0].rate, 0.1);
    assert_eq!(
        (aggregate.rates[0].samples, aggregate.rates[1].samples),
        (None, Some(164))
    );
    let per_cent = rates(
        "N,pass_at_1_pct\n1e8,2.5\n1e9,5\n",
        &CountOptions {
            compute_col: Some("N".into()),
            pass_rate_col: Some("pass_at_1_pct".into()),
            ..CountOptions::default()
        },
    );
    assert_eq!(per_cent.rates[0].rate, 0.025);
}

#[test]
fn filters_exclude_rows_with_their_reason() {
    let options = CountOptions {
        filters: vec!["benchmark = MATH".parse().unwrap()],
        fit_below: Some(1e19),
        ..CountOptions::default()
    };
    let csv = "model,compute,problem,n,passes,benchmark\ns,1e18,a,9,1,MATH\ns,1e18,a,9,2,CODE\nl,1e20,a,9,3,MATH\n";
    let CountTable::Counts(read) = read_counts(csv.as_bytes(), "t.csv", &options).unwrap() else {
        panic!("rates")
    };
    assert_eq!((read.rows, read.excluded.len()), (3, 1));
    assert_eq!(read.excluded[0].line, 3);
    assert_eq!(
        read.excluded[0].reason,
        "--where 'benchmark = MATH' not met"
    );
    assert_eq!(read.fitted(), [0]);
}

#[test]
fn every_bad_table_has_its_message() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/bad_counts");
    let expected = [
        ("blank_model", "blank_model.csv:2: the model has no name"),
        (
            "blank_problem",
            "blank_problem.csv:2: the problem has no name",
        ),
        (
            "counts_without_samples",
            "counts_without_samples.csv:2: n_correct is '12', not a yes or no",
        ),
        (
            "duplicate",
            "duplicate.csv:3: model 's' and problem 'a' are counted twice (first on line 2)",
        ),
        (
            "half_a_pass",
            "half_a_pass.csv:2: n_correct is no whole number ('2.5')",
        ),
        ("maybe", "maybe.csv:3: passed is 'maybe', not a yes or no"),
        (
            "missing_cell",
            "missing_cell.csv: model 'l' has no row for problem 'b' (1 of 4 cells are missing)",
        ),
        (
            "missing_compute",
            "missing_compute.csv: no column for the compute; the columns are model, problem, n_samples, n_correct",
        ),
        (
            "missing_problem",
            "missing_problem.csv: no column for the problem; the columns are model, compute, n_samples, n_correct",
        ),
        (
            "missing_rate",
            "missing_rate.csv: no column for the pass rate; the columns are model, compute, score",
        ),
        (
            "model_without_compute",
            "model_without_compute.csv:3: model 'l' has no compute: compute is blank",
        ),
        (
            "more_passes_than_samples",
            "more_passes_than_samples.csv:3: n_correct = 21 is more than n_samples = 20",
        ),
        ("nan", "nan.csv:2: n_correct is not a number ('NaN')"),
        ("negative", "negative.csv:2: n_correct is negative ('-1')"),
        ("no_samples", "no_samples.csv:2: n_samples is zero ('0')"),
        (
            "no_usable_rate",
            "no_usable_rate.csv: no row is usable: line 2: pass_rate is blank",
        ),
        (
            "per_cent",
            "per_cent.csv:2: pass_rate is '28.81', not between 0 and 1",
        ),
        (
            "rate_of_a_problem",
            "rate_of_a_problem.csv: column 'pass_rate' holds a rate for each 'problem': the passes and the samples are needed",
        ),
        (
            "two_candidates",
            "two_candidates.csv: 2 columns could be the passes: n_correct, passes",
        ),
        (
            "two_computes",
            "two_computes.csv:3: model 's' has compute '1e19' here and '1e18' on line 2",
        ),
        (
            "zero_compute",
            "zero_compute.csv:3: model 'l' has no compute: compute is zero: its logarithm is needed",
        ),
    ];
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().replace(".csv", ""))
        .collect();
    files.sort();
    assert_eq!(files, expected.map(|e| e.0.to_owned()));
    for (name, message) in expected {
        let bytes = std::fs::read(format!("{folder}/{name}.csv")).unwrap();
        let error =
            read_counts(&bytes, &format!("{name}.csv"), &CountOptions::default()).unwrap_err();
        assert_eq!(error.to_string(), message, "{name}");
        assert_eq!(error.kind(), ErrorKind::Data, "{name}");
        assert!(error.hint().is_some(), "{name} has no hint");
    }
}

/// Counts that follow the law to rounding: passes to the nearest whole number.
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
                    Count {
                        samples,
                        passes: ((-lambda).exp() * samples as f64).round() as u64,
                    }
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
        let fit = Fit::new().rule(rule).run(&exact(0.12, samples)).unwrap();
        let (k, _) = fit.overall.exponent().unwrap();
        assert!((k - 0.12).abs() < 2e-4 * loose, "{rule:?}: {k}");
        let forecast = fit.overall.forecast(1e24, &[0.9], false).unwrap();
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

#[test]
fn units_of_compute_and_the_order_of_rows_do_not_matter() {
    let simulated = Benchmark {
        samples: 20,
        seed: 4,
        ..Benchmark::default()
    }
    .simulate()
    .unwrap();
    let base = Fit::new().buckets(3).run(&simulated.counts).unwrap();
    let forecast = |fit: &scalewise::capability::Capability, c: f64| {
        fit.overall.forecast(c, &[0.9], false).unwrap()
    };
    let at = forecast(&base, 1e24);
    let mut scaled = simulated.counts.clone();
    for model in &mut scaled.models {
        model.compute *= 1e-9;
    }
    let other = forecast(&Fit::new().run(&scaled).unwrap(), 1e15);
    assert!((at.metric.value / other.metric.value - 1.0).abs() < 1e-8);
    assert!(
        (at.metric.intervals[0].interval.lower / other.metric.intervals[0].interval.lower - 1.0)
            .abs()
            < 1e-8
    );
    let mut turned = simulated.counts.clone();
    turned.problems.reverse();
    for row in &mut turned.counts {
        row.reverse();
    }
    let other = forecast(&Fit::new().run(&turned).unwrap(), 1e24);
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
        let fit = Fit::new().hardest(15).run(counts).unwrap();
        fit.buckets.iter().map(|b| b.problems.clone()).collect()
    };
    let before = parts(&simulated.counts);
    assert_eq!(
        before.iter().map(Vec::len).collect::<Vec<_>>(),
        [25, 25, 25, 25, 25, 24]
    );
    let mut changed = simulated.counts.clone();
    for count in changed.counts[3..].iter_mut().flatten() {
        count.passes = count.samples - count.passes;
    }
    assert_eq!(parts(&changed), before);
}

#[test]
fn weak_models_are_dropped_in_the_open() {
    let count = |passes| Count {
        samples: 50,
        passes,
    };
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
    let fit = Fit::new()
        .rule(Rule::SolvedByAll)
        .buckets(1)
        .run(&table)
        .unwrap();
    let steps: Vec<_> = fit
        .trade_off
        .iter()
        .map(|t| (t.without.as_deref(), t.models, t.problems, t.used))
        .collect();
    assert_eq!(steps, [(None, 4, 0, false), (Some("none"), 3, 12, true)]);
    assert_eq!(fit.models[0].role, "dropped");
    assert_eq!(fit.verdict(), Verdict::OnlyWhereSolved);
    // The likelihood needs to drop nothing.
    assert_eq!(Fit::new().run(&table).unwrap().overall.problems.len(), 12);
}

fn verdict(
    rows: &[(f64, f64)],
    samples: u64,
    chance: Option<f64>,
) -> (Verdict, Vec<(String, Severity)>) {
    let mut csv = "compute,pass_rate,n\n".to_owned();
    for (c, p) in rows {
        csv += &format!("{c:e},{p},{samples}\n");
    }
    let fit = Fit::new()
        .chance(chance)
        .run_rates(&rates(&csv, &CountOptions::default()))
        .unwrap();
    (
        fit.verdict(),
        fit.overall
            .diagnoses
            .iter()
            .map(|d| (d.code.clone(), d.severity))
            .collect(),
    )
}

#[test]
fn shapes_that_no_power_law_has_are_refused_by_name() {
    let curve = |p: [f64; 6]| -> Vec<(f64, f64)> {
        (0..6)
            .map(|k| (10f64.powi(18 + k), p[k as usize]))
            .collect()
    };
    let good = curve([0.10, 0.14, 0.19, 0.25, 0.31, 0.37]);
    let cases = [
        (good.clone(), None, None),
        (
            curve([0.50, 0.45, 0.40, 0.33, 0.28, 0.22]),
            None,
            Some(code::INVERSE_SCALING),
        ),
        (
            curve([0.30, 0.22, 0.15, 0.25, 0.38, 0.50]),
            None,
            Some(code::U_SHAPED),
        ),
        (
            curve([0.10, 0.20, 0.35, 0.30, 0.20, 0.12]),
            None,
            Some(code::NON_MONOTONE),
        ),
        (
            curve([0.25, 0.26, 0.24, 0.25, 0.26, 0.25]),
            Some(0.25),
            Some(code::AT_CHANCE),
        ),
        (
            curve([0.991, 0.993, 0.995, 0.996, 0.997, 0.998]),
            None,
            Some(code::AT_CEILING),
        ),
        (
            curve([0.050, 0.052, 0.054, 0.60, 0.61, 0.62]),
            None,
            Some(code::JUMP),
        ),
        (
            curve([0.30, 0.30, 0.30, 0.30, 0.30, 0.30]),
            None,
            Some(code::NO_TREND),
        ),
    ];
    for (rows, chance, refused) in cases {
        let (verdict, codes) = verdict(&rows, 2000, chance);
        match refused {
            Some(code) => {
                assert_eq!(verdict, Verdict::NotPredictable, "{code}");
                let refusal = (code.to_owned(), Severity::Refuse);
                assert!(codes.contains(&refusal), "{code}: {codes:?}");
            }
            None => assert_eq!(verdict, Verdict::Predictable, "{codes:?}"),
        }
    }
    // Some models at chance: a warning, no refusal.
    let (found, codes) = verdict(&good, 2000, Some(0.1));
    assert_eq!(found, Verdict::Predictable);
    assert!(codes.contains(&(code::AT_CHANCE.to_owned(), Severity::Warn)));
}

#[test]
fn a_refusal_gives_no_number_unless_forced() {
    let csv = "compute,pass_rate,n\n1e18,0.5,500\n1e19,0.4,500\n1e20,0.3,500\n1e21,0.2,500\n";
    let fit = Fit::new()
        .run_rates(&rates(csv, &CountOptions::default()))
        .unwrap();
    let error = fit.overall.forecast(1e23, &[0.9], false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFit);
    assert!(error.message().starts_with("INVERSE SCALING"));
    let forced = fit.overall.forecast(1e23, &[0.9], true).unwrap();
    assert!(forced.geometric_mean_pass_rate.value < 0.2);
}

#[test]
fn zeros_are_said_and_weigh_on_the_verdict() {
    let few = Benchmark {
        samples: 20,
        truth: Truth::LogNormal { sigma: 1.2 },
        seed: 1,
        ..Benchmark::default()
    };
    let fit = Fit::new().run(&few.simulate().unwrap().counts).unwrap();
    assert_eq!(fit.verdict(), Verdict::OnlyWhereSolved);
    let found = fit
        .overall
        .diagnoses
        .iter()
        .find(|d| d.code == code::ZERO_PASS_CELLS)
        .unwrap();
    assert!(found.message.contains("1/20"), "{}", found.message);
    let many = Benchmark {
        samples: 1000,
        seed: 1,
        ..Benchmark::default()
    };
    assert_eq!(
        Fit::new()
            .run(&many.simulate().unwrap().counts)
            .unwrap()
            .verdict(),
        Verdict::Predictable
    );
}

#[test]
fn calibrated_intervals_are_those_of_the_metrics_as_a_curve() {
    let simulated = Benchmark {
        samples: 1000,
        model_scatter: 0.03,
        seed: 5,
        ..Benchmark::default()
    }
    .simulate()
    .unwrap();
    let fit = Fit::new().run(&simulated.counts).unwrap();
    let curve = &fit.overall;
    let forecast = curve.forecast(1e23, &[0.8, 0.9], false).unwrap();
    // The same metrics with the same errors, handed to the forecast of losses.
    let scatter = curve.model_scatter().unwrap();
    let mut table = String::from("compute,loss,sigma\n");
    for p in &curve.points {
        let metric = p.metric.unwrap();
        let sigma = p.stderr.unwrap().hypot(metric * scatter);
        table += &format!("{},{metric},{sigma}\n", p.compute);
    }
    let options = scalewise::data::ReadOptions {
        sigma_col: Some("sigma".to_owned()),
        ..Default::default()
    };
    let runs = scalewise::Dataset::from_csv_bytes(table.as_bytes(), "metrics", &options).unwrap();
    let losses = scalewise::Fit::new(scalewise::law::Saturating)
        .run(&runs)
        .unwrap()
        .forecast(scalewise::Target::compute(1e23))
        .run()
        .unwrap();
    for level in [0.8, 0.9] {
        let expected = losses
            .interval(Method::Calibrated, level, Kind::Prediction)
            .unwrap();
        let found = forecast.metric.intervals.iter().find(|i| {
            i.about == About::TheseProblems
                && i.interval.method == Method::Calibrated
                && i.interval.level == level
        });
        let found = found.unwrap().interval;
        // And the law's own interval inside it.
        let law = forecast.metric.intervals.iter().find(|i| {
            i.about == About::TheseProblems
                && (i.interval.method, i.interval.kind) == (Method::Delta, Kind::Prediction)
                && i.interval.level == level
        });
        let law = law.unwrap().interval;
        let (lower, upper) = (expected.lower.min(law.lower), expected.upper.max(law.upper));
        assert!((found.lower / lower - 1.0).abs() < 1e-9);
        assert!((found.upper / upper - 1.0).abs() < 1e-9);
    }
    let point = forecast.metric.calibrated.unwrap();
    assert!((point / losses.point - 1.0).abs() < 1e-9);
    // Far beyond few models nothing but the law holds the forecast: the calibrated interval is the wider one.
    let width = |method| {
        let intervals = forecast.metric.intervals.iter();
        intervals
            .filter(|i| i.interval.method == method && i.interval.level == 0.9)
            .map(|i| (i.interval.upper / i.interval.lower).ln())
            .fold(f64::INFINITY, f64::min)
    };
    assert!(width(Method::Calibrated) > width(Method::Delta));
}

#[test]
fn three_models_give_no_calibrated_interval_and_say_why() {
    let few = Benchmark {
        models: 3,
        ..Benchmark::default()
    };
    let fit = Fit::new().run(&few.simulate().unwrap().counts).unwrap();
    let forecast = fit.overall.forecast(1e24, &[0.9], true).unwrap();
    assert_eq!(forecast.metric.calibrated, None);
    assert_eq!(forecast.abstentions.len(), 1);
    assert_eq!(forecast.abstentions[0].code, "too-few-runs");
    assert!(!forecast.metric.intervals.is_empty());
}

#[test]
fn intervals_of_problems_like_these_are_wider() {
    let simulated = Benchmark {
        seed: 2,
        ..Benchmark::default()
    }
    .simulate()
    .unwrap();
    let fit = Fit::new().run(&simulated.counts).unwrap();
    let forecast = fit.overall.forecast(1e24, &[0.5, 0.9], false).unwrap();
    let width = |about, kind, level: f64| {
        let found = forecast.metric.intervals.iter().find(|i| {
            i.about == about && i.interval.kind == kind && (i.interval.level - level).abs() < 1e-9
        });
        let i = found.unwrap().interval;
        (i.upper / i.lower).ln()
    };
    let these = width(About::TheseProblems, Kind::Confidence, 0.9);
    assert!(these < width(About::ProblemsLikeThese, Kind::Confidence, 0.9));
    assert!(these <= width(About::TheseProblems, Kind::Prediction, 0.9));
    assert!(width(About::TheseProblems, Kind::Confidence, 0.5) < these);
}

/// Published counts and long simulations: `cargo test --release --features corpus`.
#[cfg(feature = "corpus")]
mod corpus {
    use super::*;
    use scalewise::capability::Capability;

    fn pythia(below: f64) -> PassCounts {
        let folder = std::env::var("SCALEWISE_CORPUS").unwrap_or_else(|_| "../shared".to_owned());
        let bytes = std::fs::read(format!("{folder}/data/pythia_math_pass_counts.csv")).unwrap();
        let options = CountOptions {
            fit_below: Some(below),
            ..CountOptions::default()
        };
        match read_counts(&bytes, "pythia.csv", &options).unwrap() {
            CountTable::Counts(counts) => counts,
            CountTable::Rates(_) => panic!("rates"),
        }
    }

    fn metrics(fit: &Capability) -> Vec<f64> {
        fit.models.iter().map(|m| m.metric.unwrap()).collect()
    }

    /// Brown et al. 2024, as the design document measured them by an independent program.
    #[test]
    fn pythia_by_the_plain_rule() {
        let table = pythia(2e22);
        let solved: Vec<usize> = (0..7).map(|m| table.solved(m)).collect();
        assert_eq!(solved, [34, 73, 84, 95, 104, 107, 112]);
        for (estimator, expected, k, at_12b) in [
            (
                Estimator::PlugIn,
                [7.486, 5.559, 5.310, 5.216, 4.386, 4.423, 4.155],
                0.1029,
                3.9426,
            ),
            (
                Estimator::Harmonic,
                [7.310, 5.534, 5.283, 5.187, 4.375, 4.411, 4.146],
                0.0996,
                3.9513,
            ),
        ] {
            let fit = Fit::new()
                .rule(Rule::SolvedByAll)
                .estimator(estimator)
                .buckets(1)
                .run(&table)
                .unwrap();
            assert_eq!(fit.overall.problems.len(), 34);
            for (found, expected) in metrics(&fit).iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-3,
                    "{estimator:?}: {found} {expected}"
                );
            }
            assert!((fit.overall.exponent().unwrap().0 - k).abs() < 1e-4);
            let forecast = fit.overall.forecast(2.16e22, &[0.9], false).unwrap();
            assert!(
                (forecast.metric.value - at_12b).abs() < 5e-4,
                "{}",
                forecast.metric.value
            );
        }
    }

    #[test]
    fn pythia_by_the_likelihood() {
        for below in [2e22, 1e22] {
            let fit = Fit::new().run(&pythia(below)).unwrap();
            let solved = fit.solved_by_all.as_ref().unwrap();
            assert_eq!(solved.problems.len(), 34);
            let forecast = solved.forecast(2.16e22, &[0.9], true).unwrap();
            for method in [Method::Calibrated, Method::Delta] {
                let inside = forecast.metric.intervals.iter().any(|i| {
                    i.interval.method == method
                        && i.interval.kind == Kind::Prediction
                        && i.interval.lower <= 4.155
                        && 4.155 <= i.interval.upper
                });
                assert!(inside, "{below:e}: {method:?} {forecast:?}");
            }
        }
    }

    /// One standard error of a count of 500 that is expected to be 450.
    const STANDARD_ERROR: usize = 7;

    /// Bias at most 2 %, coverage of nominal 90 % between 86 and 94 % give or take a standard error, over 500 seeds at
    /// n = 20, 100, 1,000; the standard error of the bias is about 0.3 %.
    #[test]
    fn forecasts_are_unbiased_and_intervals_hold() {
        for samples in [20, 100, 1000] {
            let (mut bias, mut inside) = (0.0, 0);
            for seed in 0..500 {
                let simulated = Benchmark {
                    samples,
                    seed,
                    ..Benchmark::default()
                }
                .simulate()
                .unwrap();
                let fit = Fit::new().buckets(1).run(&simulated.counts).unwrap();
                let forecast = fit.overall.forecast(1e24, &[0.9], true).unwrap();
                let truth = simulated.metric(&fit.overall.problems, 1e24);
                bias += (forecast.metric.value / truth - 1.0) / 500.0;
                let i = forecast
                    .metric
                    .intervals
                    .iter()
                    .find(|i| {
                        i.about == About::TheseProblems && i.interval.kind == Kind::Confidence
                    })
                    .unwrap()
                    .interval;
                inside += usize::from(i.lower <= truth && truth <= i.upper);
            }
            assert!(bias.abs() < 0.02, "n {samples}: bias {bias}");
            assert!(
                (430 - STANDARD_ERROR..=470 + STANDARD_ERROR).contains(&inside),
                "n {samples}: {inside} of 500"
            );
        }
    }
}
