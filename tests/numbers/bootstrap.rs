//! The residual bootstrap of a·C^b + c, compared with repetitions of the same experiment.

use rand_chacha::rand_core::SeedableRng;
use scalewise::fit::Code;
use scalewise::internal::standard_normal;
use scalewise::law::{Chinchilla, Law, Power, Saturating};
use scalewise::{Dataset, ErrorKind, Fit, FitResult, Kind, Method, Target};

const TRUTH: [f64; 3] = [2.0, -0.2, 1.2];
const TARGET: f64 = 1e4;
const NOISE: f64 = 0.01;

fn ladder(runs: usize, seed: u64) -> Dataset {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let run = |k: usize| {
        let c = 10f64.powf(4.0 * k as f64 / (runs - 1) as f64 - 2.0);
        let noise = 1.0 + NOISE * standard_normal(&mut rng);
        (c, Saturating.predict(&[c], &TRUTH) * noise)
    };
    Dataset::from_runs((0..runs).map(run)).unwrap()
}

fn fit(runs: usize, seed: u64) -> FitResult {
    Fit::new(Saturating).run(&ladder(runs, seed)).unwrap()
}

fn ends(fit: &FitResult, method: Method, kind: Kind, replicates: usize, seed: u64) -> (f64, f64) {
    let forecast = fit
        .forecast(Target::at(TARGET))
        .levels(&[0.9])
        .methods(&[method])
        .refits(replicates, seed)
        .force(true)
        .run()
        .unwrap();
    let i = forecast.interval(method, 0.9, kind).unwrap();
    (i.lower, i.upper)
}

/// Standard error of a share of 400 at 90 %: 1.5 %. Percentiles of 24 runs are known to be a little
/// too narrow.
#[test]
fn intervals_hold_about_as_often_as_they_say() {
    const EXPERIMENTS: u64 = 400;
    let truth = Saturating.predict(&[TARGET], &TRUTH);
    let (mut curve, mut run) = (0, 0);
    for seed in 0..EXPERIMENTS {
        let fit = fit(24, seed);
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(10_000 + seed);
        let new = truth * (1.0 + NOISE * standard_normal(&mut rng));
        let inside = |(low, high): (f64, f64), value: f64| low <= value && value <= high;
        curve += u64::from(inside(
            ends(&fit, Method::Bootstrap, Kind::Confidence, 200, 0),
            truth,
        ));
        run += u64::from(inside(
            ends(&fit, Method::Bootstrap, Kind::Prediction, 200, 0),
            new,
        ));
    }
    let percent = |count: u64| 100.0 * count as f64 / EXPERIMENTS as f64;
    println!(
        "90 % bootstrap: curve {} %, new run {} %",
        percent(curve),
        percent(run)
    );
    assert!((84.0..94.0).contains(&percent(curve)), "{}", percent(curve));
    assert!((84.0..94.0).contains(&percent(run)), "{}", percent(run));
}

/// The refits have the spread of the estimate: quantiles of the forecasts of 2,000 experiments
/// agree with the mean ends of 40 bootstraps within a tenth of their width.
#[test]
fn refits_spread_as_experiments_do() {
    let point = |seed: u64| fit(24, 50_000 + seed).predict(&[TARGET]);
    let mut forecasts: Vec<f64> = (0..2_000).map(point).collect();
    forecasts.sort_by(f64::total_cmp);
    let width = forecasts[1899] - forecasts[100];
    let found: Vec<f64> = (0..40)
        .map(|seed| {
            ends(
                &fit(24, seed),
                Method::Bootstrap,
                Kind::Confidence,
                400,
                seed,
            )
        })
        .map(|(low, high)| high - low)
        .collect();
    let mean = found.iter().sum::<f64>() / found.len() as f64;
    assert!((mean / width - 1.0).abs() < 0.1, "{mean} {width}");
}

#[test]
fn draws_are_fixed_by_the_seed_and_more_refits_keep_the_first() {
    let fit = fit(10, 3);
    let of = |replicates, seed| ends(&fit, Method::Bootstrap, Kind::Prediction, replicates, seed);
    assert_eq!(of(100, 1), of(100, 1));
    assert_ne!(of(100, 1), of(100, 2));
    assert_ne!(of(100, 1), of(101, 1));
}

/// With few draws, the percentiles for a new run might by chance lie inside those for the curve.
#[test]
fn what_a_new_run_may_give_holds_what_the_curve_may() {
    for seed in 0..40 {
        let fit = fit(24, seed);
        let of = |kind| ends(&fit, Method::Bootstrap, kind, 50, seed);
        let (curve, run) = (of(Kind::Confidence), of(Kind::Prediction));
        assert!(run.0 <= curve.0 && curve.1 <= run.1, "{curve:?} {run:?}");
    }
}

#[test]
fn where_there_is_no_bootstrap_the_reason_is_said() {
    let data = ladder(12, 1);
    let asked = |fit: &FitResult, replicates| {
        fit.forecast(Target::at(TARGET))
            .methods(&[Method::Bootstrap])
            .refits(replicates, 0)
            .run()
    };
    let code = |fit: Fit| asked(&fit.run(&data).unwrap(), 100).unwrap().abstentions[0].code;
    assert_eq!(
        code(Fit::new(Saturating).huber_from_data()),
        Code::BootstrapUndefined
    );
    let few = ladder(5, 1);
    let forecast = asked(&Fit::new(Saturating).run(&few).unwrap(), 100).unwrap();
    assert_eq!(forecast.abstentions[0].code, Code::TooFewRuns);
    let power = Fit::new(Power).run(&data).unwrap();
    assert!(asked(&power, 100).unwrap().abstentions.is_empty());
    let error = asked(&power, 49).unwrap_err().to_string();
    assert!(error.contains("49 replicates are too few"), "{error}");
    let error = asked(&power, 1_000_001).unwrap_err().to_string();
    assert!(error.contains("more than an interval needs"), "{error}");
    assert!(Fit::new(Chinchilla).run(&data).is_err());
}

#[test]
fn the_compute_to_reach_a_loss_is_where_the_bootstrap_of_a_forecast_ends() {
    let fit = fit(24, 3);
    let loss = 1.01 * fit.predict(&[TARGET]);
    for kind in [Kind::Confidence, Kind::Prediction] {
        let asked = |replicates| {
            fit.reach(loss)
                .methods(&[Method::Bootstrap])
                .kinds(&[kind])
                .levels(&[0.9])
                .refits(replicates, 7)
                .run()
        };
        let reach = asked(200).unwrap();
        let [interval] = &reach.intervals[..] else {
            unreachable!("one level, one kind: {reach:?}");
        };
        assert_eq!(interval.method, Method::Bootstrap);
        let at = |x: f64| {
            let forecast = (fit.forecast(Target::at(x)).methods(&[Method::Bootstrap]))
                .levels(&[0.9])
                .refits(200, 7)
                .run();
            *forecast
                .unwrap()
                .interval(Method::Bootstrap, 0.9, kind)
                .unwrap()
        };
        let (low, high) = (interval.lower.unwrap(), interval.upper.unwrap());
        // Half a unit in the last place of log10 C changes the loss by less than this.
        let same = |end: f64| (end / loss - 1.0).abs() < 1e-10;
        assert!(same(at(low).lower), "{:?} {loss}", at(low));
        assert!(same(at(high).upper), "{:?} {loss}", at(high));
        let within = at(reach.x.unwrap());
        assert!(within.lower < loss && loss < within.upper, "{within:?}");

        let refused = asked(49).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Usage);
        assert!(refused.message().contains("49 replicates"), "{refused}");
        assert!(refused.hint().unwrap().contains("50 or more"));
    }
}
