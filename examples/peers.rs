//! The Rust side of `benches/peers/compare.py`: sets of runs for other software, our answers to
//! them, and what a fit costs here.
//!
//! `peers recovery` prints the noise-free truths of `tests/recovery.rs` as CSV, each run with the
//! law that made it and the law fitted here; `peers speed` prints noisy ladders with the
//! microseconds that one fit of each takes here.
#![allow(clippy::print_stdout)]

#[allow(dead_code)]
#[path = "../tests/common/random.rs"]
mod random;
#[allow(dead_code)]
#[path = "../tests/common/truths.rs"]
mod truths;

use scalewise::fit::{Observations, Residuals};
use scalewise::law::Saturating;
use scalewise::simulate::Ladder;
use scalewise::{Dataset, Error, ErrorKind, Fit, Result};
use std::hint::black_box;
use std::time::Instant;
use truths::{TRUTHS, Truth};

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("recovery") => recovery(),
        Some("speed") => speed(),
        _ => Err(Error::new(
            ErrorKind::Usage,
            "say what to print: recovery or speed",
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
        let mut times = Vec::with_capacity(repeats);
        for _ in 0..repeats {
            let start = Instant::now();
            black_box(fit.run_observations(black_box(&observations))?);
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        times.sort_by(f64::total_cmp);
        let objective = fit.run_observations(&observations)?[0].objective;
        for run in &runs {
            println!(
                "{n},{:.3},{objective},{},{}",
                times[repeats / 2],
                run.compute,
                run.loss
            );
        }
    }
    Ok(())
}
