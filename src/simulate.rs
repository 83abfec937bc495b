//! Simulated tables of runs with a known truth.

use crate::csv_text::CsvText;
use crate::error::{Error, ErrorKind, Result};
use crate::law::Law;
use crate::random::standard_normal;
use crate::said::Said;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;

/// A ladder of runs to simulate.
///
/// ```
/// use scalewise::{internal::Ladder, law::Saturating};
/// let ladder = Ladder {
///     law: &Saturating,
///     parameters: vec![20.0, -0.1, 1.5],
///     plus: Vec::new(),
///     range: (1e18, 1e22),
///     runs: 5,
///     beyond: vec![1e24],
///     noise: 0.01,
///     seed: 1,
/// };
/// let runs = ladder.simulate()?;
/// assert_eq!(runs.len(), 6);
/// assert_eq!(ladder.simulate()?, runs);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ladder<'a> {
    /// The true law, in compute.
    pub law: &'a dyn Law,
    /// Its parameters.
    pub parameters: Vec<f64>,
    /// More laws with their parameters; their values are added, so that no single law is true.
    pub plus: Vec<(&'a dyn Law, Vec<f64>)>,
    /// Smallest and largest compute of the runs.
    pub range: (f64, f64),
    /// Number of runs, evenly spaced in ln C.
    pub runs: usize,
    /// Further runs at these values of compute.
    pub beyond: Vec<f64>,
    /// Relative standard deviation of the loss: L = f·(1 + noise·z) with standard normal z.
    pub noise: f64,
    /// Seed of the noise (ChaCha8: the same stream on every machine and in every version).
    pub seed: u64,
}

/// A simulated run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SimulatedRun {
    /// Training compute.
    pub compute: f64,
    /// Loss with noise.
    pub loss: f64,
    /// Loss without noise.
    pub true_loss: f64,
}

impl Ladder<'_> {
    /// Simulates the runs in the order of the ladder.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an invalid range, number of runs or noise, and for a loss that is
    /// not positive and finite.
    pub fn simulate(&self) -> Result<Vec<SimulatedRun>> {
        let usage = |message: String| Error::new(ErrorKind::Usage, message);
        let (low, high) = self.range;
        if !(low > 0.0 && high.is_finite() && low < high) {
            return Err(usage(format!(
                "the range of compute {:e}..{:e} is empty",
                Said(low),
                Said(high)
            )));
        }
        if self.runs < 2 || self.runs > 10_000_000 {
            return Err(usage(format!(
                "{} runs: give between 2 and 10 million",
                self.runs
            )));
        }
        if !(self.noise >= 0.0 && self.noise.is_finite()) {
            return Err(usage(format!(
                "the noise must be finite and not negative, and is {}",
                Said(self.noise)
            )));
        }
        let (first, decades) = (low.log10(), high.log10() - low.log10());
        let step = decades / (self.runs - 1) as f64;
        let ladder = (0..self.runs).map(|k| match k {
            0 => low,
            k if k + 1 == self.runs => high,
            k => 10f64.powf(first + step * k as f64),
        });
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        ladder
            .chain(self.beyond.iter().copied())
            .map(|compute| {
                let terms = self.plus.iter().map(|(law, p)| law.predict(&[compute], p));
                let true_loss = self.law.predict(&[compute], &self.parameters) + terms.sum::<f64>();
                let loss = true_loss * (1.0 + self.noise * standard_normal(&mut rng));
                if loss > 0.0 && loss.is_finite() {
                    Ok(SimulatedRun {
                        compute,
                        loss,
                        true_loss,
                    })
                } else {
                    Err(usage(format!(
                        "the loss at compute {:e} is {}, not a positive number",
                        Said(compute),
                        Said(loss)
                    )))
                }
            })
            .collect()
    }
}

/// Simulated runs as CSV with the columns compute, loss, true_loss.
#[must_use]
pub fn ladder_csv(runs: &[SimulatedRun]) -> String {
    let mut table = CsvText::new();
    runs.iter().for_each(|run| table.row(run));
    table.into_text()
}
