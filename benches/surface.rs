//! Speed of the surface fit: one full fit of 240 runs, plain and robust, and bootstrap replicates.
//!
//! The design is that of the published IsoFLOP data: budgets 6e18 to 3e21, sizes about the optimum.

use divan::{Bencher, black_box};
use scalewise::Fit;
use scalewise::fit::{Objective, Observations, Residuals};
use scalewise::law::{Chinchilla, Law};

fn main() {
    divan::main();
}

fn observations() -> Option<Observations> {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let truth = [482.0, 2085.0, 1.82, 0.348, 0.366];
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for i in 0..240_u32 {
        let c = 6e18 * 10f64.powf(2.7 * f64::from(i % 9) / 8.0);
        let n = (c / 120.0).sqrt() * 8f64.powf(f64::from(i / 9) / 13.0 - 1.0);
        let inputs = vec![n, c / (6.0 * n)];
        let noise = 0.005 * scalewise::simulate::standard_normal(&mut rng);
        y.push(Chinchilla.predict(&inputs, &truth) * noise.exp());
        x.push(inputs);
    }
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
