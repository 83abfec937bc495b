//! Whether `plan` and the findings of a fit name a wrong run of a ladder.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::fit::Code;
use scalewise::internal::{standard_normal, suspicious_run, uniform};
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, Result};
use std::fmt::Write as _;

const SIMULATIONS: u64 = 200;
/// Ladders without a wrong run, for the false alarms.
const CLEAN: u64 = 2000;
const RUNGS: usize = 8;
const DECADES: f64 = 3.0;
const NOISE: f64 = 0.003;

/// What was named.
#[derive(Clone, Copy, PartialEq)]
enum Named {
    Nothing,
    Right,
    Wrong,
}

pub fn table() -> Result<String> {
    let mut text =
        "| one interior rung is | ladders | named by `plan` | another run named by `plan` \
        | named by a finding | another run named by a finding |\n|---|--:|--:|--:|--:|--:|\n"
            .to_owned();
    for share in [0.0, 0.02, 0.03, 0.05, -0.05, 0.1] {
        let count = if share == 0.0 { CLEAN } else { SIMULATIONS };
        let made = (0..count).into_par_iter().map(|k| one(k, share));
        let all: Vec<(Named, Named)> = made.collect::<Result<_>>()?;
        let part = |of: &dyn Fn(&(Named, Named)) -> bool| {
            100.0 * all.iter().filter(|one| of(one)).count() as f64 / all.len() as f64
        };
        let name = match share {
            0.0 => "as the others".to_owned(),
            high if high > 0.0 => format!("{:.0} % high", 100.0 * share),
            _ => format!("{:.0} % low", -100.0 * share),
        };
        let _ = writeln!(
            text,
            "| {name} | {count} | {:.1} % | {:.1} % | {:.1} % | {:.1} % |",
            part(&|one| one.0 == Named::Right),
            part(&|one| one.0 == Named::Wrong),
            part(&|one| one.1 == Named::Right),
            part(&|one| one.1 == Named::Wrong),
        );
    }
    Ok(text)
}

fn one(seed: u64, share: f64) -> Result<(Named, Named)> {
    let mut rng = ChaCha8Rng::seed_from_u64(1_000_000 + seed);
    let mut between = |low: f64, high: f64| low + (high - low) * uniform(&mut rng);
    let (b, c) = (between(-0.16, -0.06), between(1.2, 2.0));
    let reducible = between(0.8, 2.0);
    let planted = between(1.0, (RUNGS - 1) as f64).floor() as usize;
    let runs: Vec<(f64, f64)> = (0..RUNGS)
        .map(|k| {
            let decade = DECADES * k as f64 / (RUNGS - 1) as f64;
            let law = c + reducible * 10f64.powf(b * decade);
            let wrong = if k == planted { 1.0 + share } else { 1.0 };
            let loss = law * wrong * (1.0 + NOISE * standard_normal(&mut rng));
            (1e18 * 10f64.powf(decade), loss)
        })
        .collect();
    let at = |k: usize| runs[k].0;
    let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs.clone())?)?;
    let named = |x: Option<f64>| match x {
        None => Named::Nothing,
        Some(x) if share != 0.0 && x == at(planted) => Named::Right,
        Some(_) => Named::Wrong,
    };
    let found = fit.diagnoses().iter().find(|d| d.code == Code::RunFarOff);
    // A finding names its run by its compute.
    let spoken = found.map(|d| {
        let own = (0..RUNGS).find(|k| {
            d.message
                .contains(&scalewise::quantity::format_quantity(at(*k)))
        });
        own.map_or(0.0, at)
    });
    Ok((
        named(suspicious_run(&fit).map(|run| run.x())),
        named(spoken),
    ))
}
