//! Published counts and long simulations: `cargo test --release --features corpus`.

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

/// Brown et al. 2024, with the results of an independent program from the design document.
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
        let fit = CapabilityFit::new()
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
        let forecast = fit.overall.forecast(2.16e22).levels(&[0.9]).run().unwrap();
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
        let fit = CapabilityFit::new().run(&pythia(below)).unwrap();
        let solved = fit.solved_by_all.as_ref().unwrap();
        assert_eq!(solved.problems.len(), 34);
        let forecast = solved
            .forecast(2.16e22)
            .levels(&[0.9])
            .force(true)
            .run()
            .unwrap();
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
            let fit = CapabilityFit::new()
                .buckets(1)
                .run(&simulated.counts)
                .unwrap();
            let forecast = fit
                .overall
                .forecast(1e24)
                .levels(&[0.9])
                .force(true)
                .run()
                .unwrap();
            let truth = simulated.metric(&fit.overall.problems, 1e24);
            bias += (forecast.metric.value / truth - 1.0) / 500.0;
            let i = forecast
                .metric
                .intervals
                .iter()
                .find(|i| i.about == About::TheseProblems && i.interval.kind == Kind::Confidence)
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
