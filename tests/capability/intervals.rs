//! Intervals: the methods that give them, and their quantities.

use super::*;

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
    // This rule does not model single problems.
    let fit = CapabilityFit::new()
        .rule(Rule::Split)
        .run(&simulated.counts)
        .unwrap();
    let curve = &fit.overall;
    let forecast = curve.forecast(1e23).levels(&[0.8, 0.9]).run().unwrap();
    // The same metrics and errors, passed to the forecast of losses.
    let scatter = curve.model_scatter().unwrap();
    let mut table = String::from("compute,loss,sigma\n");
    for p in &curve.points {
        let metric = p.metric.unwrap();
        let sigma = p.stderr.unwrap().hypot(metric * scatter);
        table += &format!("{},{metric},{sigma}\n", p.compute);
    }
    let options = scalewise::ReadOptions {
        sigma_col: Some("sigma".to_owned()),
        ..Default::default()
    };
    let runs = scalewise::Dataset::from_csv_bytes(table.as_bytes(), "metrics", &options).unwrap();
    let losses = scalewise::Fit::new(scalewise::law::Saturating)
        .run(&runs)
        .unwrap()
        .forecast(scalewise::Target::at(1e23))
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
        // The law's own interval is inside it.
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
    // Far beyond a few models only the law limits the forecast, so the calibrated interval is
    // wider.
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
    let fit = CapabilityFit::new()
        .run(&few.simulate().unwrap().counts)
        .unwrap();
    let forecast = fit
        .overall
        .forecast(1e24)
        .levels(&[0.9])
        .force(true)
        .run()
        .unwrap();
    assert_eq!(forecast.metric.calibrated, None);
    assert_eq!(forecast.abstentions.len(), 1);
    assert_eq!(forecast.abstentions[0].code, Code::TooFewRuns);
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
    let fit = CapabilityFit::new().run(&simulated.counts).unwrap();
    let forecast = fit
        .overall
        .forecast(1e24)
        .levels(&[0.5, 0.9])
        .run()
        .unwrap();
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
