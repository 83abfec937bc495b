//! Ladders of a known law with a prior of its floor, right or wrong.

use crate::score::{Scores, interval};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scalewise::fit::Prior;
use scalewise::internal::standard_normal;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, FitResult, Kind, Method, Result, Target};
use std::fmt::Write as _;

/// Noise of a run, and the loss of the largest run.
const NOISE: f64 = 0.003;
const LAST: f64 = 2.5;
const LARGEST: f64 = 1e20;
/// Standard deviation of the prior of c.
const SD: f64 = 0.1;
const FLOORS: [f64; 3] = [1.0, 1.7, 2.2];
const EXPONENTS: [f64; 3] = [0.1, 0.2, 0.35];
const BEYOND: f64 = 100.0;
const SEEDS: u64 = 100;
/// How far the prior lies from the truth, in its standard deviations.
const OFF: [f64; 5] = [0.0, 1.0, -1.0, 2.0, -2.0];
const METHODS: [Method; 2] = [Method::Calibrated, Method::Delta];

/// A ladder and the run that is forecast.
struct Simulated {
    floor: f64,
    data: Dataset,
    actual: f64,
}

fn simulated(floor: f64, exponent: f64, runs: usize, decades: f64, seed: u64) -> Result<Simulated> {
    let law = |x: f64| floor + (LAST - floor) * x.powf(-exponent);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut noisy = |x: f64| law(x) * (1.0 + NOISE * standard_normal(&mut rng));
    let place = |i: usize| 10f64.powf(decades * (i as f64 / (runs - 1) as f64 - 1.0));
    let compute: Vec<f64> = (0..runs).map(|i| LARGEST * place(i)).collect();
    let loss: Vec<f64> = (0..runs).map(|i| noisy(place(i))).collect();
    let sigma: Vec<f64> = loss.iter().map(|loss| NOISE * loss).collect();
    let actual = noisy(BEYOND);
    Ok(Simulated {
        floor,
        data: Dataset::of_compute(&compute, &loss)?.sigma(&sigma)?,
        actual,
    })
}

fn forecast(fit: &FitResult) -> Result<scalewise::forecast::Forecast> {
    fit.forecast(Target::at(LARGEST * BEYOND))
        .levels(&[0.9])
        .kinds(&[Kind::Prediction])
        .methods(&METHODS)
        .force(true)
        .run()
}

/// Coverage of few runs by the distance of the prior from the truth.
pub fn few_runs() -> Result<String> {
    let mut text = "| runs | prior off by | calibrated: coverage, % | half-width, % | worst truth, % | delta: coverage, % | half-width, % |\n\
                    |---|---|---|---|---|---|---|\n"
        .to_owned();
    for runs in [2, 3, 4, 6] {
        for off in OFF {
            let truths: Vec<(f64, f64)> = (FLOORS.into_iter())
                .flat_map(|floor| EXPONENTS.map(|exponent| (floor, exponent)))
                .collect();
            let scored = (truths.par_iter())
                .map(|truth| of_truth(*truth, runs, off))
                .collect::<Result<Vec<_>>>()?;
            let all = |k: usize, of: fn(&Scores) -> f64| -> Vec<f64> {
                scored.iter().map(|scores| of(&scores[k])).collect()
            };
            let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
            let worst = all(0, Scores::coverage)
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            let off = match off {
                0.0 => "0".to_owned(),
                off => format!("{off:+} sd"),
            };
            let _ = writeln!(
                text,
                "| {runs} | {off} | {:.1} | {:.1} | {worst:.0} | {:.1} | {:.1} |",
                mean(all(0, Scores::coverage)),
                mean(all(0, Scores::half_width)),
                mean(all(1, Scores::coverage)),
                mean(all(1, Scores::half_width)),
            );
        }
    }
    Ok(text)
}

fn of_truth((floor, exponent): (f64, f64), runs: usize, off: f64) -> Result<[Scores; 2]> {
    let mut scores: [Scores; 2] = Default::default();
    for seed in 0..SEEDS {
        let one = simulated(floor, exponent, runs, 2.0, seed)?;
        let prior = Prior::normal("c", one.floor + off * SD, SD)?;
        let fit = Fit::new(Saturating).prior(prior).run(&one.data)?;
        let forecast = forecast(&fit)?;
        for (method, scores) in METHODS.into_iter().zip(&mut scores) {
            if let (Some(i), Some(point)) = (interval(&forecast, method), forecast.point_of(method))
            {
                scores.add(point, i, one.actual);
            }
        }
    }
    Ok(scores)
}

/// Errors of many runs with a wrong prior, against those without one.
pub fn many_runs() -> Result<String> {
    let mut text = "| prior off by | error without, % | with, % | ratio | coverage with, % | said to be in conflict, % |\n\
                    |---|---|---|---|---|---|\n"
        .to_owned();
    for off in [0.0, 2.0, -2.0, 5.0, -5.0] {
        let (mut without, mut with) = (Scores::default(), Scores::default());
        let mut conflicts = 0;
        let cells: Vec<(f64, f64, u64)> = (FLOORS.into_iter())
            .flat_map(|floor| EXPONENTS.map(|exponent| (floor, exponent)))
            .flat_map(|(floor, exponent)| (0..20).map(move |seed| (floor, exponent, seed)))
            .collect();
        let one = |(floor, exponent, seed): (f64, f64, u64)| {
            let one = simulated(floor, exponent, 24, 4.0, seed)?;
            let prior = Prior::normal("c", one.floor + off * SD, SD)?;
            let plain = Fit::new(Saturating).run(&one.data)?;
            let known = Fit::new(Saturating).prior(prior).run(&one.data)?;
            Ok((one.actual, forecast(&plain)?, forecast(&known)?, known))
        };
        let all = (cells.clone().into_par_iter())
            .map(one)
            .collect::<Result<Vec<_>>>()?;
        for (actual, plain, known, fit) in &all {
            for (scores, forecast) in [(&mut without, plain), (&mut with, known)] {
                if let Some(i) = interval(forecast, Method::Calibrated) {
                    scores.add(forecast.point, i, *actual);
                }
            }
            let told = fit.diagnoses().iter();
            conflicts += usize::from(told.clone().any(|d| d.code.as_str() == "prior-conflict"));
        }
        let off = match off {
            0.0 => "0".to_owned(),
            off => format!("{off:+} sd"),
        };
        let _ = writeln!(
            text,
            "| {off} | {:.2} | {:.2} | {:.2} | {:.1} | {:.0} |",
            without.rms(),
            with.rms(),
            with.rms() / without.rms(),
            with.coverage(),
            100.0 * conflicts as f64 / all.len() as f64,
        );
    }
    Ok(text)
}
