//! Speed of the surface fit: one full fit of 240 runs, plain and robust, and bootstrap replicates.
//!
//! The design is that of the published IsoFLOP data: budgets 6e18 to 3e21, sizes about the optimum.

#[path = "../studies/src/truths/surfaces.rs"]
mod surfaces;

use divan::{Bencher, black_box};
use scalewise::Fit;
use scalewise::allocation::{Resampling, Uncertainty};
use scalewise::fit::{Objective, Residuals};
use scalewise::internal::Observations;
use scalewise::law::Chinchilla;
use surfaces::{dataset, isoflop_240};

fn main() {
    divan::main();
}

fn observations() -> Option<Observations> {
    let runs = isoflop_240();
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
    let request = Fit::new(Chinchilla).loss(Objective::Huber { delta: 1e-3 });
    let Ok(fit) = request.run(&dataset(&isoflop_240())) else {
        return;
    };
    let Ok(uncertainty) = Uncertainty::new(&fit) else {
        return;
    };
    bencher.bench(|| {
        let mut own = black_box(&uncertainty).clone();
        own.resample(Resampling::Cases, 1000, 1)
    });
}
