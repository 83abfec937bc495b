//! The time of a million fits of a·C^b + c to eight runs, as bare fits and with the full result.
//!
//! `cargo run --release -p studies --bin many_fits -- [FITS]`

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use scalewise::fit::Residuals;
use scalewise::internal::Observations;
use scalewise::internal::standard_normal;
use scalewise::law::{Law, Saturating};
use scalewise::{Dataset, Fit, Result};
use std::time::Instant;

const RUNS: usize = 8;

/// The losses of one ladder: an exponent and a floor of its own, 1 % noise.
fn losses(seed: u64) -> [f64; RUNS] {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let share = |every: u64| (seed % every) as f64 / (every - 1) as f64;
    let p = [2.0, -0.05 - 0.2 * share(40), 1.0 + share(25)];
    std::array::from_fn(|k| {
        Saturating.predict(&[compute(k) / 1e18], &p) * (1.0 + 0.01 * standard_normal(&mut rng))
    })
}

fn compute(k: usize) -> f64 {
    10f64.powf(17.0 + 5.0 * k as f64 / (RUNS - 1) as f64)
}

fn main() -> Result<()> {
    let wanted = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let fits: u64 = wanted.unwrap_or(1_000_000);
    let fit = Fit::new(Saturating);
    let bare = |losses: [f64; RUNS]| -> Result<f64> {
        let x = (0..RUNS).map(|k| vec![compute(k)]).collect();
        let observations = Observations::new(x, losses.to_vec(), Residuals::Relative)?;
        Ok(fit.run_observations(&observations)?[0].parameters[1])
    };
    let whole = |losses: [f64; RUNS]| -> Result<f64> {
        let runs = losses.into_iter().enumerate().map(|(k, y)| (compute(k), y));
        Ok(fit.run(&Dataset::from_runs(runs)?)?.values()[1])
    };
    let with_verdict = fits / 10;
    report("bare fits", fits, &bare)?;
    report(
        "fits with covariance, intervals and verdict",
        with_verdict,
        &whole,
    )
}

/// The time of all of them on the available cores. The mean exponent keeps them from being
/// optimised away.
fn report(what: &str, fits: u64, make: &(dyn Fn([f64; RUNS]) -> Result<f64> + Sync)) -> Result<()> {
    let tables: Vec<[f64; RUNS]> = (0..fits).into_par_iter().map(losses).collect();
    let start = Instant::now();
    let exponents: Vec<f64> = tables.into_par_iter().map(make).collect::<Result<_>>()?;
    let seconds = start.elapsed().as_secs_f64();
    let mean = exponents.iter().sum::<f64>() / fits as f64;
    println!(
        "{fits} {what} of {RUNS} runs: {seconds:.2} s, {:.2} us each on {} threads; mean exponent {mean:.4}",
        1e6 * seconds / fits as f64,
        rayon::current_num_threads()
    );
    Ok(())
}
