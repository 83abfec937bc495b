//! Data that cannot be extrapolated are refused with a code.

use super::*;

fn verdict(
    rows: &[(f64, f64)],
    samples: u64,
    chance: Option<f64>,
) -> (Verdict, Vec<(Code, Severity)>) {
    let mut csv = "compute,pass_rate,n\n".to_owned();
    for (c, p) in rows {
        csv += &format!("{c:e},{p},{samples}\n");
    }
    let fit = CapabilityFit::new()
        .chance(chance)
        .run_rates(&rates(&csv, &CountOptions::default()))
        .unwrap();
    (
        fit.verdict(),
        fit.overall
            .diagnoses
            .iter()
            .map(|d| (d.code, d.severity))
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
            Some(Code::InverseScaling),
        ),
        (
            curve([0.30, 0.22, 0.15, 0.25, 0.38, 0.50]),
            None,
            Some(Code::UShaped),
        ),
        (
            curve([0.10, 0.20, 0.35, 0.30, 0.20, 0.12]),
            None,
            Some(Code::NonMonotone),
        ),
        (
            curve([0.25, 0.26, 0.24, 0.25, 0.26, 0.25]),
            Some(0.25),
            Some(Code::AtChance),
        ),
        (
            curve([0.991, 0.993, 0.995, 0.996, 0.997, 0.998]),
            None,
            Some(Code::AtCeiling),
        ),
        (
            curve([0.050, 0.052, 0.054, 0.60, 0.61, 0.62]),
            None,
            Some(Code::Jump),
        ),
        (
            curve([0.30, 0.30, 0.30, 0.30, 0.30, 0.30]),
            None,
            Some(Code::NoTrend),
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
    assert!(codes.contains(&(Code::AtChance, Severity::Warn)));
}

#[test]
fn a_refusal_gives_no_number_unless_forced() {
    let csv = "compute,pass_rate,n\n1e18,0.5,500\n1e19,0.4,500\n1e20,0.3,500\n1e21,0.2,500\n";
    let fit = CapabilityFit::new()
        .run_rates(&rates(csv, &CountOptions::default()))
        .unwrap();
    let error = fit.overall.forecast(1e23).levels(&[0.9]).run().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFit);
    assert!(error.message().starts_with("INVERSE SCALING"));
    let forced = fit
        .overall
        .forecast(1e23)
        .levels(&[0.9])
        .force(true)
        .run()
        .unwrap();
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
    let fit = CapabilityFit::new()
        .run(&few.simulate().unwrap().counts)
        .unwrap();
    assert_eq!(fit.verdict(), Verdict::OnlyWhereSolved);
    let found = fit
        .overall
        .diagnoses
        .iter()
        .find(|d| d.code == Code::ZeroPassCells)
        .unwrap();
    assert!(found.message.contains("1/20"), "{}", found.message);
    let many = Benchmark {
        samples: 1000,
        seed: 1,
        ..Benchmark::default()
    };
    assert_eq!(
        CapabilityFit::new()
            .run(&many.simulate().unwrap().counts)
            .unwrap()
            .verdict(),
        Verdict::Predictable
    );
}

/// Seeds of one compute, of which every second is a third worse on every problem, say nothing about
/// compute: their mean follows the law.
#[test]
fn seeds_of_one_compute_are_no_turn() {
    let mut models = Vec::new();
    let mut rows = Vec::new();
    for step in 0..5 {
        for seed in 0..4 {
            let compute = 10f64.powi(18 + step);
            models.push((format!("m{step} seed {seed}"), compute));
            let worse = if seed % 2 == 0 { 1.0 } else { 1.35 };
            let row = (0..40).map(|i| {
                let lambda = 0.08 * f64::from(i + 1) * worse * (compute / 1e18).powf(-0.12);
                Count::new(((-lambda).exp() * 1000.0).round() as u64, 1000)
            });
            rows.push(row.collect());
        }
    }
    let names = (0..40).map(|i| i.to_string()).collect();
    let table = PassCounts::new(models, names, rows).unwrap();
    let fit = CapabilityFit::new()
        .rule(Rule::SolvedByAll)
        .run(&table)
        .unwrap();
    let refused: Vec<&str> = fit
        .overall
        .diagnoses
        .iter()
        .filter(|d| d.severity == Severity::Refuse)
        .map(|d| d.code.as_str())
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// Seven problems and nine models: some contrast of the models has no error in the covariance of
/// seven, so a step seemed to be known to thousands of standard errors.
#[test]
fn few_problems_show_no_jump() {
    let mut jumps = 0;
    for seed in 0..40 {
        let benchmark = Benchmark {
            problems: 7,
            models: 9,
            samples: 1000,
            problem_scatter: 0.4,
            seed,
            ..Benchmark::default()
        };
        let counts = benchmark.simulate().unwrap().counts;
        let fit = CapabilityFit::new()
            .rule(Rule::SolvedByAll)
            .buckets(1)
            .run(&counts);
        let found = fit.is_ok_and(|f| f.overall.diagnoses.iter().any(|d| d.code == Code::Jump));
        jumps += usize::from(found);
    }
    assert!(jumps <= 1, "{jumps} of 40");
}

/// Models of one compute show no trend (found by fuzzing: k was NaN, and the verdict predictable).
#[test]
fn models_of_one_compute_give_no_law() {
    let table = counts("model,compute,problem,passed\nm0,1e20,p1,1\nm2,1e20,p1,0\nm2,1e20,p1,1\n");
    let fit = CapabilityFit::new().run(&table).unwrap();
    let refusal = fit.overall.refusal().unwrap();
    assert_eq!(refusal.code, Code::TooFewRuns);
    assert!(
        refusal.message.contains("two computes"),
        "{}",
        refusal.message
    );
    assert!(
        fit.overall
            .forecast(1e22)
            .levels(&[0.9])
            .force(true)
            .run()
            .is_err()
    );
    let csv = "model,compute,pass_rate\na,1e20,0.5\nb,1e20,0.6\n";
    let fit = CapabilityFit::new().run_rates(&rates(csv, &CountOptions::default()));
    assert!(fit.unwrap().overall.refusal().is_some());
}
