//! The Rust side of `benches/peers/compare.py`: sets of runs for other software, our answers to
//! them, and the time of a fit here.
//!
//! `peers recovery` prints the noise-free truths of `tests/numbers/recovery.rs` as CSV, each run
//! with the law that made it and the law fitted here; `peers speed` prints noisy ladders with the
//! microseconds that one fit of each takes here; `peers surface [RUNS.csv [CONDITION]]` does the
//! same for L(N, D) on 240 simulated runs, or on a table of yours, and times 1,000 bootstrap
//! replicates.

#[allow(dead_code)]
#[path = "../truths/random.rs"]
mod random;
#[path = "../truths/surfaces.rs"]
mod surfaces;
#[allow(dead_code)]
#[path = "../truths/truths.rs"]
mod truths;

use scalewise::ReadOptions;
use scalewise::allocation::{Resampling, Uncertainty};
use scalewise::fit::{Objective, Residuals};
use scalewise::internal::{Ladder, Observations};
use scalewise::law::{Chinchilla, Saturating};
use scalewise::tables::Needs;
use scalewise::{Dataset, Error, ErrorKind, Fit, Result};
use std::hint::black_box;
use std::time::Instant;
use truths::{TRUTHS, Truth};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("recovery") => recovery(),
        Some("speed") => speed(),
        Some("surface") => surface(&arguments[1..]),
        _ => Err(Error::new(
            ErrorKind::Usage,
            "say what to print: recovery, speed or surface",
        )),
    }
}

fn recovery() -> Result<()> {
    println!("truth,a,b,c,fitted_a,fitted_b,fitted_c,compute,loss");
    for k in 0..TRUTHS {
        let truth = Truth::new(k);
        let data = Dataset::from_runs(truth.runs.iter().copied())?;
        let found = Fit::new(Saturating).run(&data)?.values();
        let laws = [truth.a, truth.b, truth.c, found[0], found[1], found[2]];
        let laws = laws.map(|value| value.to_string()).join(",");
        for (compute, loss) in &truth.runs {
            println!("{k},{laws},{compute},{loss}");
        }
    }
    Ok(())
}

/// L(C) = 2·(C/1e18)^−0.15 + 1.7 over 1e17..1e22 with 1 % noise.
fn speed() -> Result<()> {
    println!("runs,microseconds,objective,compute,loss");
    for (n, repeats) in [(8, 5_000), (50, 3_000), (1_000, 500)] {
        let ladder = Ladder {
            law: &Saturating,
            parameters: vec![2.0 * 1e18_f64.powf(0.15), -0.15, 1.7],
            plus: Vec::new(),
            range: (1e17, 1e22),
            runs: n,
            beyond: Vec::new(),
            noise: 0.01,
            seed: 1_000 + n as u64,
        };
        let runs = ladder.simulate()?;
        let x = runs.iter().map(|run| vec![run.compute]).collect();
        let y = runs.iter().map(|run| run.loss).collect();
        let observations = Observations::new(x, y, Residuals::Absolute)?;
        let fit = Fit::new(Saturating);
        let time = median_time(repeats, || fit.run_observations(black_box(&observations)))?;
        let objective = fit.run_observations(&observations)?[0].objective;
        for run in &runs {
            println!("{n},{time:.3},{objective},{},{}", run.compute, run.loss);
        }
    }
    Ok(())
}

/// The published objective on runs of N, D and L: one full fit from no start, and a bootstrap.
fn surface(arguments: &[String]) -> Result<()> {
    let data = match arguments {
        [] => surfaces::dataset(&surfaces::isoflop_240()),
        [file, conditions @ ..] => {
            let options = ReadOptions {
                needs: Needs::SURFACE,
                filters: conditions
                    .iter()
                    .map(|c| c.parse())
                    .collect::<Result<_>>()?,
                ..ReadOptions::default()
            };
            let bytes = scalewise::internal::read_bytes(file.as_ref())?;
            Dataset::from_csv_bytes(&bytes, file, &options)?
        }
    };
    let runs: Vec<[f64; 3]> = data
        .fit_runs()
        .filter_map(|r| Some([r.params()?, r.tokens()?, r.loss()]))
        .collect();
    let x = runs.iter().map(|r| r[..2].to_vec()).collect();
    let y = runs.iter().map(|r| r[2]).collect();
    let observations = Observations::new(x, y, Residuals::Log)?;
    let request = Fit::new(Chinchilla).loss(Objective::Huber { delta: 1e-3 });
    let time = median_time(300, || request.run_observations(black_box(&observations)))?;
    let fit = request.run(&data)?;
    let uncertainty = Uncertainty::new(&fit)?;
    let bootstrap = quietest_time(15, || {
        let mut own = uncertainty.clone();
        own.resample(Resampling::Cases, 1000, 1)
    })?;
    println!("fit_microseconds,bootstrap_microseconds,objective,n_params,n_tokens,loss");
    for [n, d, loss] in runs {
        println!(
            "{time:.3},{bootstrap:.3},{},{n},{d},{loss}",
            fit.objective()
        );
    }
    Ok(())
}

/// Median time of a call in microseconds.
fn median_time<T>(repeats: usize, call: impl FnMut() -> Result<T>) -> Result<f64> {
    Ok(sorted_times(repeats, call)?[repeats / 2])
}

/// The fastest of several calls that are long enough to be interrupted by other work.
fn quietest_time<T>(repeats: usize, call: impl FnMut() -> Result<T>) -> Result<f64> {
    Ok(sorted_times(repeats, call)?[0])
}

fn sorted_times<T>(repeats: usize, mut call: impl FnMut() -> Result<T>) -> Result<Vec<f64>> {
    let mut times = Vec::with_capacity(repeats);
    for _ in 0..repeats {
        let start = Instant::now();
        black_box(call()?);
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}
