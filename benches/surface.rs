//! Speed of the surface fit: one full fit of 240 runs, plain and robust, and bootstrap replicates.
//!
//! The design is that of the published IsoFLOP data: budgets 6e18 to 3e21, sizes about the optimum.

use divan::{Bencher, black_box};
use scalewise::allocation::{Resampling, Uncertainty};
use scalewise::data::{Needs, ReadOptions};
use scalewise::fit::{Objective, Observations, Residuals};
use scalewise::law::{Chinchilla, Law};
use scalewise::{Dataset, Fit};

fn main() {
    divan::main();
}

/// (N, D, L).
fn runs() -> Vec<(f64, f64, f64)> {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let truth = [482.0, 2085.0, 1.82, 0.348, 0.366];
    (0..240_u32)
        .map(|i| {
            let c = 6e18 * 10f64.powf(2.7 * f64::from(i % 9) / 8.0);
            let n = (c / 120.0).sqrt() * 8f64.powf(f64::from(i / 9) / 13.0 - 1.0);
            let d = c / (6.0 * n);
            let noise = 0.005 * scalewise::simulate::standard_normal(&mut rng);
            (n, d, Chinchilla.predict(&[n, d], &truth) * noise.exp())
        })
        .collect()
}

fn observations() -> Option<Observations> {
    let runs = runs();
    let x = runs.iter().map(|r| vec![r.0, r.1]).collect();
    let y = runs.iter().map(|r| r.2).collect();
    Observations::new(x, y, Residuals::Log).ok()
}

fn fit_with(bencher: Bencher, objective: Objective) {
    let Some(observations) = observations() else {
        return;
    };
    let fit = Fit::new(Chinchilla).loss(objective);
    bencher.bench(|| fit.run_observations(black_box(&observations)));
}

/// Least squares on log residuals.
#[divan::bench]
fn squared(bencher: Bencher) {
    fit_with(bencher, Objective::Squared);
}

/// The published objective: Huber's loss with threshold 1e-3, from no start.
#[divan::bench]
fn huber(bencher: Bencher) {
    fit_with(bencher, Objective::Huber { delta: 1e-3 });
}

/// A thousand refits of resampled runs under the published objective, on one core.
#[divan::bench(sample_count = 20)]
fn bootstrap_1000(bencher: Bencher) {
    let mut csv = "params,tokens,loss\n".to_owned();
    for (n, d, l) in runs() {
        csv += &format!("{n:?},{d:?},{l:?}\n");
    }
    let options = ReadOptions {
        needs: Needs::SURFACE,
        ..ReadOptions::default()
    };
    let fitted = Dataset::from_csv_bytes(csv.as_bytes(), "runs.csv", &options).and_then(|data| {
        let request = Fit::new(Chinchilla).loss(Objective::Huber { delta: 1e-3 });
        request.run(&data)
    });
    let Ok(fit) = fitted else { return };
    let Ok(uncertainty) = Uncertainty::new(&fit) else {
        return;
    };
    bencher.bench(|| {
        let mut own = black_box(&uncertainty).clone();
        own.resample(Resampling::Cases, 1000, 1)
    });
}
