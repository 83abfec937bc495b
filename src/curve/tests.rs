//! Simulated curves with a known truth.

use super::hidden::*;
use crate::random::standard_normal;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The true L0, A·S^(−α) at the end of a constant run, α and amplitude.
const TRUTH: [f64; 4] = [3.0, 0.3, 0.5, 0.12];

/// A run of the multi-power law under a schedule of 20,000 steps, with a point every 100 steps.
pub(super) fn simulated(schedule: &str, sigma: f64, seed: u64) -> (Schedule, Vec<CurvePoint>) {
    let schedule = Schedule::parse(schedule).expect("a schedule");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let point = |k: i32| CurvePoint {
        step: f64::from(k) * 100.0,
        loss: 1.0,
        lr: None,
    };
    let run = RecipeRun {
        size: None,
        name: "truth".to_owned(),
        points: (4..=200).map(point).collect(),
        schedule: Some(schedule.clone()),
    };
    let [floor, reducible, exponent, amplitude] = TRUTH;
    let truth = LawParameters {
        floor,
        reducible,
        exponent,
        amplitude,
        response: Some(Response::MultiPower {
            speed: 0.1,
            beta: 0.6,
            gamma: 0.6,
        }),
        unit: 20_000.0,
    };
    let losses = curve_losses(CurveLaw::MultiPower, &truth, &run, None);
    let points = run.points.iter().zip(losses);
    let noisy = points.map(|(p, (_, loss))| CurvePoint {
        loss: loss * (1.0 + sigma * standard_normal(&mut random)),
        ..*p
    });
    (schedule, noisy.collect())
}

pub(super) fn until(points: &[CurvePoint], step: f64) -> Vec<CurvePoint> {
    points.iter().filter(|p| p.step <= step).copied().collect()
}

#[test]
fn the_end_of_simulated_runs_is_within_the_interval() {
    for schedule in [
        "constant:warmup=300",
        "cosine:warmup=300,end=10%",
        "linear:warmup=300",
        "wsd:warmup=300",
    ] {
        for share in [0.5, 0.9] {
            let (schedule, points) = simulated(schedule, 5e-4, 7);
            let mut question = CurveQuestion::new(20_000.0);
            question.schedule = Some(schedule.clone());
            let known = until(&points, share * 20_000.0);
            let told = forecast_curve(&known, &question).expect("a forecast");
            let truth = points[points.len() - 1].loss;
            let interval = told.intervals[0];
            let inside = interval.lower <= truth && truth <= interval.upper;
            assert!(inside, "{schedule} at {share}: {truth} and {interval:?}");
            assert!(told.worth <= told.used as f64 && told.used <= told.read);
        }
    }
}

#[test]
fn the_interval_grows_with_what_is_to_come() {
    let (schedule, points) = simulated("cosine:warmup=300,end=10%", 5e-4, 3);
    let width = |share: f64| {
        let mut question = CurveQuestion::new(20_000.0);
        question.schedule = Some(schedule.clone());
        let known = until(&points, share * 20_000.0);
        let told = forecast_curve(&known, &question).expect("a forecast");
        told.intervals[0].upper / told.intervals[0].lower
    };
    assert!(width(0.3) > width(0.6) && width(0.6) > width(0.9));
}

#[test]
fn several_runs_give_back_the_law_that_made_them() {
    let run = |text: &str| {
        let (schedule, points) = simulated(text, 0.0, 1);
        RecipeRun {
            size: None,
            name: text.to_owned(),
            points,
            schedule: Some(schedule),
        }
    };
    let runs = [
        run("constant:warmup=300"),
        run("cosine:warmup=300,end=10%"),
        run("wsd:warmup=300,decay-start=9000,shape=sqrt"),
    ];
    let effort = CurveEffort {
        delta: f64::INFINITY,
        descents: 4,
    };
    let fit = fit_curves(&runs, CurveLaw::MultiPower, effort).expect("a fit");
    let p = fit.parameters;
    let last = p.reducible * (p.unit / 20_000.0).powf(p.exponent);
    let [floor, reducible, exponent, amplitude] = TRUTH;
    // Without noise only the tolerance of the descent remains.
    for (found, truth) in [
        (p.floor, floor),
        (last, reducible),
        (p.exponent, exponent),
        (p.amplitude, amplitude),
    ] {
        assert!((found / truth - 1.0).abs() < 1e-3, "{p:?}");
    }
}

/// `studies/references/curves.py` sums the same curve step by step and fits it with SciPy.
#[test]
fn the_annealing_law_agrees_with_scipy() {
    let truth = LawParameters {
        floor: 3.0,
        reducible: 0.3,
        exponent: 0.5,
        amplitude: 0.12,
        response: Some(Response::Annealing { time: 400.0 }),
        unit: 20_000.0,
    };
    let point = |k: u32| CurvePoint {
        step: f64::from(k) * 100.0,
        loss: 1.0,
        lr: None,
    };
    let mut run = RecipeRun {
        size: None,
        name: "simulated".to_owned(),
        points: (4..=200).map(point).collect(),
        schedule: Schedule::parse("wsd:decay=40%").ok(),
    };
    let losses = curve_losses(CurveLaw::Annealing, &truth, &run, None);
    for (point, (_, loss)) in run.points.iter_mut().zip(losses) {
        point.loss = loss * (1.0 + 1e-3 * (0.37 * point.step).sin());
    }
    // Falls of a hundredth of the peak are merged, and act from their middle.
    let expected = [5.119_587_63, 3.417_514_08, 3.302_712_89, 3.218_189_53];
    for (place, loss) in [0, 100, 150, 196].into_iter().zip(expected) {
        assert!(
            (run.points[place].loss / loss - 1.0).abs() < 1e-5,
            "{place}"
        );
    }
    let effort = CurveEffort {
        delta: f64::INFINITY,
        descents: 4,
    };
    let fit = fit_curves(&[run], CurveLaw::Annealing, effort).expect("a fit");
    let p = fit.parameters;
    let Some(Response::Annealing { time }) = p.response else {
        panic!("another response: {p:?}");
    };
    let reducible = p.reducible * (p.unit / 20_000.0).powf(p.exponent);
    for (found, scipy) in [
        (p.floor, 3.000_845_91),
        (reducible, 0.299_265_78),
        (p.exponent, 0.500_693_07),
        (p.amplitude, 0.120_221_48),
        (time, 401.478_464_31),
        (fit.objective, 4.907_051_900_7e-5),
    ] {
        assert!((found / scipy - 1.0).abs() < 1e-3, "{found} and {scipy}");
    }
}

#[test]
fn restarts_and_spikes_are_found_and_left_out() {
    let (_, mut points) = simulated("constant:warmup=300", 5e-4, 5);
    let whole = points.len();
    let again: Vec<CurvePoint> = points[100..110].to_vec();
    points.splice(110..110, again);
    points[60].loss *= 1.3;
    points[61].loss *= 1.2;
    points[20].loss = f64::NAN;
    let cleaned = Cleaned::new(&points);
    assert_eq!(cleaned.restarts.len(), 1);
    assert_eq!(cleaned.restarts[0].to, points[100].step);
    assert_eq!(cleaned.replaced, 10);
    assert_eq!(cleaned.unusable, 1);
    assert_eq!((cleaned.spikes.len(), cleaned.spiked), (1, 2));
    assert_eq!(cleaned.spikes[0].from, points[60].step);
    assert_eq!(cleaned.points.len(), whole - 3);
}

#[test]
fn no_log_makes_a_panic_or_a_number_that_is_none() {
    let steps = [
        0.0,
        1.0,
        1.0,
        2.0,
        1e300,
        -3.0,
        f64::NAN,
        5.0,
        6.0,
        7.0,
        8.0,
    ];
    let losses = [
        1e-300,
        1e300,
        3.0,
        0.0,
        -1.0,
        2.0,
        f64::INFINITY,
        2.0,
        2.0,
        2.0,
        2.0,
    ];
    let schedules = ["constant", "linear", "power:exponent=3", "wsd:decay=100%"];
    for shift in 0..steps.len() {
        for schedule in schedules {
            let point = |k: usize| CurvePoint {
                step: steps[k],
                loss: losses[(k + shift) % losses.len()],
                lr: k.is_multiple_of(3).then_some(losses[k]),
            };
            let points: Vec<CurvePoint> = (0..steps.len()).map(point).collect();
            for end in [9.0, 1e9, 1e305] {
                let mut question = CurveQuestion::new(end);
                question.schedule = Schedule::parse(schedule).ok();
                if let Ok(told) = forecast_curve(&points, &question) {
                    let ends = told.intervals.iter().flat_map(|i| [i.lower, i.upper]);
                    let numbers: Vec<f64> = ends.chain([told.point, told.worth]).collect();
                    assert!(numbers.iter().all(|v| v.is_finite()), "{told:?}");
                }
            }
        }
    }
}

#[test]
fn schedules_are_read_and_written() {
    for text in [
        "constant",
        "cosine:peak=0.0003,end=0.00003,warmup=2160",
        "linear:end=10%,warmup=2%",
        "wsd:peak=0.001,end=0%,decay-start=8000,shape=sqrt,warmup=100",
        "wsd:end=0%,decay=25%,shape=linear",
        "power:exponent=0.5,warmup=10,steps=1000",
    ] {
        let read = Schedule::parse(text).expect("a schedule");
        let again = Schedule::parse(&read.to_string()).expect("what it wrote");
        assert_eq!(read, again, "{text}");
    }
    let error = |text: &str| {
        let error = Schedule::parse(text).expect_err("no schedule");
        format!("{error}; {}", error.hint().unwrap_or(""))
    };
    assert!(error("cosin").contains("did you mean 'cosine'"));
    assert!(error("cosine:peek=1").contains("did you mean 'peak'"));
    assert!(error("cosine:peak=abc").contains("peak cannot be 'abc'"));
    assert!(error("cosine:end=1e-5").contains("no peak"));
    assert!(error("cosine:decay=10%").contains("says nothing of cosine"));
    assert!(error("wsd:decay=150%").contains("between 0% and 100%"));
}

#[test]
fn noise_and_its_correlation_are_those_of_the_simulation() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (mut deviation, correlation, sigma): (f64, f64, f64) = (0.0, 0.6, 2e-3);
    let fresh = (1.0 - correlation * correlation).sqrt();
    let mut point = |k: u32| {
        deviation = correlation * deviation + fresh * standard_normal(&mut random);
        let step = 1000.0 + f64::from(k);
        CurvePoint {
            step,
            loss: (3.0 + 10.0 / step.sqrt()) * (1.0 + sigma * deviation),
            lr: None,
        }
    };
    let points: Vec<CurvePoint> = (0..20_000).map(&mut point).collect();
    let told = forecast_curve(&points, &CurveQuestion::new(40_000.0)).expect("a forecast");
    // 20,000 points determine σ to about 1 % and the correlation to about 0.01; the blocks take a
    // little of both.
    assert!(
        (told.noise.sigma / sigma - 1.0).abs() < 0.05,
        "{:?}",
        told.noise
    );
    assert!((told.noise.correlation - correlation).abs() < 0.05);
    let worth = 20_000.0 * (1.0 - correlation) / (1.0 + correlation);
    assert!(told.worth < 1.1 * worth, "{} of {worth}", told.worth);
}

/// A log with few points after its warm-up is used whole, and the answer says that nothing was left
/// out.
#[test]
fn a_short_log_is_used_whole() {
    let (schedule, points) = simulated("cosine:warmup=4000,end=10%", 5e-4, 7);
    for (last, whole) in [(4_200.0, true), (9_000.0, false)] {
        let log = until(&points, last);
        let mut question = CurveQuestion::new(20_000.0);
        question.schedule = Some(schedule.clone());
        let made = forecast_curve(&log, &question).expect("a forecast");
        assert_eq!(made.left_out_until == 0.0, whole, "{last}");
        assert_eq!(made.used == log.len(), whole, "{last}");
    }
}

/// The past is the log's alone: a plan that starts below the last logged rate has yet to bring its
/// fall, whichever plan it is.
#[test]
fn what_has_been_seen_does_not_depend_on_the_plan() {
    let log: Vec<(f64, f64)> = (0..=50).map(|k| (f64::from(k) * 100.0, 1e-3)).collect();
    for plan in ["cosine", "linear", "wsd", "constant"] {
        let schedule = Schedule::parse(plan).expect("a schedule");
        let path = super::path::Path::new(&log, Some(&schedule), 20_000.0, None);
        assert!(path.fallen(5_000.0).abs() < 1e-9, "{plan}");
    }
}
