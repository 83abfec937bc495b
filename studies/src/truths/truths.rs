//! Random laws L(C) = a·C^b + c and noise-free runs on them.

use super::random::Random;

/// How many truths the recovery is shown on.
pub const TRUTHS: u64 = 1_200;

/// A law and runs on it, without noise.
pub struct Truth {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    /// (compute, loss), smallest compute first.
    pub runs: Vec<(f64, f64)>,
}

impl Truth {
    /// Truth number `k`: even numbers have runs evenly spaced in ln C, odd ones at random.
    pub fn new(k: u64) -> Truth {
        let mut random = Random::seeded(k);
        let log_uniform =
            |random: &mut Random, low: f64, high: f64| random.uniform(low.ln(), high.ln()).exp();
        // Every tenth truth sits at an end of the range of exponents.
        let b = match k % 20 {
            7 => -0.6,
            16 => -0.02,
            _ => -log_uniform(&mut random, 0.02, 0.6),
        };
        let n = log_uniform(&mut random, 4.0, 201.0) as usize;
        let decades = random.uniform(1.0, 8.0);
        let largest = random.uniform(2.0, 30.0);
        let smallest = largest - decades;
        let scale = log_uniform(&mut random, 1e-3, 1e3);
        let floor = random.uniform(0.0, 0.9);
        let mut logs: Vec<f64> = (0..n)
            .map(|i| match (k % 2, i) {
                (1, 1..) if i + 1 < n => random.uniform(smallest, largest),
                _ => smallest + decades * i as f64 / (n - 1) as f64,
            })
            .collect();
        logs.sort_by(f64::total_cmp);
        let a = scale * (1.0 - floor) * 10_f64.powf(-b * smallest);
        let c = scale * floor;
        let runs = logs
            .into_iter()
            .map(|log| {
                let compute = 10_f64.powf(log);
                (compute, a * compute.powf(b) + c)
            })
            .collect();
        Truth { a, b, c, runs }
    }

    pub fn largest_loss(&self) -> f64 {
        self.runs[0].1
    }
}
