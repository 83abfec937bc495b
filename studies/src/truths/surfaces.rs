//! Surfaces with known truth and the runs that tests make of them.
#![allow(dead_code)]

use scalewise::Dataset;
use scalewise::law::{Chinchilla, Law};

/// (A, B, E, α, β): Hoffmann et al. (2022), Besiroglu et al. (2024), and an asymmetric one.
pub const TRUTHS: [[f64; 5]; 3] = [
    [406.4, 410.7, 1.69, 0.34, 0.28],
    [482.01, 2085.43, 1.8172, 0.3478, 0.3658],
    [406.4, 410.7, 1.69, 0.465, 0.155],
];

/// (N, D) of a factorial design over 2.9 decades of N and 2.4 of D.
pub fn design() -> Vec<(f64, f64)> {
    let sizes = (0..7).map(|k| 1e7 * 3f64.powi(k));
    sizes
        .flat_map(|n| (0..6).map(move |k| (n, 1e9 * 3f64.powi(k))))
        .collect()
}

/// A deterministic deviation of the size of real noise.
pub fn wobble(i: usize, size: f64) -> f64 {
    1.0 + size * ((i as f64 * 12.9898).sin() * 43_758.547).fract()
}

pub fn rows(truth: &[f64; 5], noise: f64) -> Vec<(f64, f64, f64)> {
    let design = design().into_iter().enumerate();
    design
        .map(|(i, (n, d))| {
            let loss = Chinchilla.predict(&[n, d], truth) * wobble(i, noise);
            (n, d, loss)
        })
        .collect()
}

pub fn dataset(rows: &[(f64, f64, f64)]) -> Dataset {
    let column = |of: fn(&(f64, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
    let (params, tokens, loss) = (column(|r| r.0), column(|r| r.1), column(|r| r.2));
    Dataset::of_params_tokens(&params, &tokens, &loss).unwrap()
}

/// The same design with normal noise of a relative size.
pub fn noisy(truth: &[f64; 5], noise: f64, seed: u64) -> Vec<(f64, f64, f64)> {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    design()
        .into_iter()
        .map(|(n, d)| {
            let log = noise * scalewise::internal::standard_normal(&mut rng);
            (n, d, Chinchilla.predict(&[n, d], truth) * log.exp())
        })
        .collect()
}

/// 240 runs like the published IsoFLOP data of Hoffmann et al. (2022): nine budgets from 6e18 to
/// 3e21 FLOP, sizes about the optimum, 0.5 % noise.
pub fn isoflop_240() -> Vec<(f64, f64, f64)> {
    isoflop_runs(240, 9)
}

/// Runs (N, D, L) on budgets from 6e18 to 3e21 FLOP, sizes up to eight times off the optimum, 0.5 %
/// noise.
pub fn isoflop_runs(count: u32, budgets: u32) -> Vec<(f64, f64, f64)> {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let truth = [482.0, 2085.0, 1.82, 0.348, 0.366];
    let half = f64::from((count - 1) / budgets) / 2.0;
    (0..count)
        .map(|i| {
            let c = 6e18 * 10f64.powf(2.7 * f64::from(i % budgets) / f64::from(budgets - 1));
            let n = (c / 120.0).sqrt() * 8f64.powf(f64::from(i / budgets) / half - 1.0);
            let d = c / (6.0 * n);
            let noise = 0.005 * scalewise::internal::standard_normal(&mut rng);
            (n, d, Chinchilla.predict(&[n, d], &truth) * noise.exp())
        })
        .collect()
}
