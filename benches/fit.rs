//! Speed of the fits: the time of one saturating fit, alone and with the full result.
//!
//! The data are those of the peers' script: C over 17..22 decades, L = 2·(C/1e18)^-0.15 + 1.7 with 1 % noise.

use divan::{Bencher, black_box};
use scalewise::fit::Residuals;
use scalewise::internal::Observations;
use scalewise::law::Saturating;
use scalewise::{Dataset, Fit, Target};

fn main() {
    divan::main();
}

const SIZES: [usize; 3] = [8, 50, 1000];

fn runs(n: usize) -> Vec<(f64, f64)> {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1000 + n as u64);
    (0..n)
        .map(|k| {
            let c = 10f64.powf(17.0 + 5.0 * k as f64 / (n - 1) as f64);
            let noise = 0.01 * scalewise::internal::standard_normal(&mut rng);
            (c, (2.0 * (c / 1e18).powf(-0.15) + 1.7) * noise.exp())
        })
        .collect()
}

/// The exact minimum over all basins, which SciPy's `curve_fit` finds from a good start.
#[divan::bench(args = SIZES)]
fn solve(bencher: Bencher, n: usize) {
    let runs = runs(n);
    let x = runs.iter().map(|r| vec![r.0]).collect();
    let y = runs.iter().map(|r| r.1).collect();
    let Ok(observations) = Observations::new(x, y, Residuals::Relative) else {
        return;
    };
    let fit = Fit::new(Saturating);
    bencher.bench(|| fit.run_observations(black_box(&observations)));
}

/// The same with covariance, profile intervals, leave-one-out influence and every diagnosis.
#[divan::bench(args = SIZES)]
fn fit_with_verdict(bencher: Bencher, n: usize) {
    let Ok(data) = Dataset::from_runs(runs(n)) else {
        return;
    };
    let fit = Fit::new(Saturating);
    bencher.bench(|| fit.run(black_box(&data)));
}

/// A forecast with both methods, both kinds and two levels.
#[divan::bench(args = SIZES)]
fn forecast(bencher: Bencher, n: usize) {
    let Ok(data) = Dataset::from_runs(runs(n)) else {
        return;
    };
    let Ok(fit) = Fit::new(Saturating).run(&data) else {
        return;
    };
    bencher.bench(|| black_box(&fit).forecast(Target::at(1e24)).run());
}
