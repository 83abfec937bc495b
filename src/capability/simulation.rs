//! Simulated benchmarks with a known law.

use crate::draws::binomial;
use crate::error::{Error, ErrorKind, Result};
use crate::random::{standard_normal, uniform};
use crate::runs::{Count, PassCounts};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The distribution of difficulty over problems.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Truth {
    /// The pass rate of the smallest model is Beta(a, b) distributed.
    Beta {
        /// Shape at 0.
        a: f64,
        /// Shape at 1.
        b: f64,
    },
    /// λ = −ln p of the smallest model is lognormal: a heavier tail than any beta distribution
    /// gives.
    LogNormal {
        /// Standard deviation of ln λ.
        sigma: f64,
    },
    /// λ of the smallest model is a mixture of Gamma(2, 0.2) (three in five problems) and Gamma(6,
    /// 0.7): easy and hard problems, with few between.
    TwoKinds,
}

/// A benchmark with −ln p_i(C) = d_i·α·C^(−k_i), where d has mean 1. Every problem and model is
/// sampled `samples` times.
///
/// The default is 164 problems and 5 models over 3 decades from 1e18 FLOP, k = 0.1, and pass rates
/// of the smallest model from Beta(0.6, 1.2).
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Number of problems.
    pub problems: usize,
    /// Number of models, evenly spaced in ln C.
    pub models: usize,
    /// Smallest and largest compute.
    pub range: (f64, f64),
    /// Samples per problem and model.
    pub samples: u64,
    /// The exponent k.
    pub exponent: f64,
    /// Standard deviation of the exponents of single problems, which are normal about k.
    pub exponent_spread: f64,
    /// The distribution of difficulty.
    pub truth: Truth,
    /// Standard deviation of ln λ of a problem about the law, from model to model.
    pub problem_scatter: f64,
    /// Standard deviation of ln λ of a model about the law, the same for all problems.
    pub model_scatter: f64,
    /// Seed of the ChaCha8 stream.
    pub seed: u64,
}

impl Default for Benchmark {
    fn default() -> Benchmark {
        Benchmark {
            problems: 164,
            models: 5,
            range: (1e18, 1e21),
            samples: 100,
            exponent: 0.1,
            exponent_spread: 0.0,
            truth: Truth::Beta { a: 0.6, b: 1.2 },
            problem_scatter: 0.0,
            model_scatter: 0.0,
            seed: 0,
        }
    }
}

/// Simulated counts with their truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// The counts.
    pub counts: PassCounts,
    /// λ = −ln p of every problem for the smallest model.
    pub lambda: Vec<f64>,
    /// Population mean of λ for the smallest model.
    pub population: f64,
    /// Compute of the smallest model.
    pub reference: f64,
    /// The exponent of every problem.
    pub exponents: Vec<f64>,
    /// Population mean and standard deviation of the exponents.
    pub exponent: (f64, f64),
}

impl Simulated {
    /// Mean of −ln p over `problems` at a compute.
    #[must_use]
    pub fn metric(&self, problems: &[usize], compute: f64) -> f64 {
        self.mean(problems, compute, |lambda| lambda)
    }

    /// Mean of p over `problems` at a compute.
    #[must_use]
    pub fn mean_pass_rate(&self, problems: &[usize], compute: f64) -> f64 {
        self.mean(problems, compute, |lambda| (-lambda).exp())
    }

    /// Population mean of −ln p at a compute.
    #[must_use]
    pub fn population_metric(&self, compute: f64) -> f64 {
        let u = (compute / self.reference).ln();
        let (mean, spread) = self.exponent;
        self.population * (-mean * u + 0.5 * (spread * u).powi(2)).exp()
    }

    fn mean(&self, problems: &[usize], compute: f64, of: impl Fn(f64) -> f64) -> f64 {
        let u = (compute / self.reference).ln();
        let lambda = |i: &usize| self.lambda[*i] * (-self.exponents[*i] * u).exp();
        let total: f64 = problems.iter().map(|i| of(lambda(i))).sum();
        total / problems.len() as f64
    }
}

impl Benchmark {
    /// Draws the problems and the samples.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for impossible settings.
    pub fn simulate(&self) -> Result<Simulated> {
        let (low, high) = self.range;
        let sizes = self.problems > 0 && self.models > 1 && self.samples > 0;
        let range = low > 0.0 && low < high && high.is_finite();
        let scatters =
            self.problem_scatter >= 0.0 && self.model_scatter >= 0.0 && self.exponent_spread >= 0.0;
        if !(sizes && range && scatters && self.exponent.is_finite()) {
            return Err(Error::new(
                ErrorKind::Usage,
                "a benchmark needs problems, at least two models, samples, and a range of compute",
            ));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let lambda: Vec<f64> = (0..self.problems).map(|_| self.draw(&mut rng)).collect();
        let exponents: Vec<f64> = lambda
            .iter()
            .map(|_| match self.exponent_spread > 0.0 {
                true => self.exponent + self.exponent_spread * standard_normal(&mut rng),
                false => self.exponent,
            })
            .collect();
        let step = (high / low).ln() / (self.models - 1) as f64;
        let mut models = Vec::new();
        let mut counts = Vec::new();
        for m in 0..self.models {
            let model = self.model_scatter * standard_normal(&mut rng);
            let row = lambda
                .iter()
                .zip(&exponents)
                .map(|(l, k)| {
                    let shift = -k * step * m as f64 + model;
                    let own = if self.problem_scatter > 0.0 {
                        self.problem_scatter * standard_normal(&mut rng)
                    } else {
                        0.0
                    };
                    let p = (-l * (shift + own).exp()).exp();
                    Count {
                        samples: self.samples,
                        passes: binomial(self.samples, p, &mut rng),
                    }
                })
                .collect();
            counts.push(row);
            models.push((format!("model {}", m + 1), low * (step * m as f64).exp()));
        }
        let problems = (1..=self.problems)
            .map(|i| format!("problem {i}"))
            .collect();
        Ok(Simulated {
            counts: PassCounts::new(models, problems, counts)?,
            lambda,
            population: self.mean(),
            reference: low,
            exponents,
            exponent: (self.exponent, self.exponent_spread),
        })
    }

    fn mean(&self) -> f64 {
        match self.truth {
            Truth::Beta { a, b } => {
                let digamma = statrs::function::gamma::digamma;
                digamma(a + b) - digamma(a)
            }
            Truth::LogNormal { sigma } => (0.5 * sigma * sigma).exp(),
            Truth::TwoKinds => 0.6 * 2.0 * 0.2 + 0.4 * 6.0 * 0.7,
        }
    }

    fn draw(&self, rng: &mut impl RngCore) -> f64 {
        match self.truth {
            Truth::Beta { a, b } => {
                let (x, y) = (gamma(a, rng), gamma(b, rng));
                // −ln(x/(x + y)), accurate even if x is much larger.
                (y / x).ln_1p()
            }
            Truth::LogNormal { sigma } => (sigma * standard_normal(rng)).exp(),
            Truth::TwoKinds if uniform(rng) < 0.6 => 0.2 * gamma(2.0, rng),
            Truth::TwoKinds => 0.7 * gamma(6.0, rng),
        }
    }
}

/// A standard gamma deviate (Marsaglia and Tsang 2000).
fn gamma(shape: f64, rng: &mut impl RngCore) -> f64 {
    if shape < 1.0 {
        return gamma(shape + 1.0, rng) * uniform(rng).powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let z = standard_normal(rng);
        let v = (1.0 + c * z).powi(3);
        if v > 0.0 && uniform(rng).ln() < 0.5 * z * z + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difficulties_have_their_mean() {
        for truth in [
            Truth::Beta { a: 0.6, b: 1.2 },
            Truth::LogNormal { sigma: 0.5 },
            Truth::TwoKinds,
        ] {
            let benchmark = Benchmark {
                truth,
                ..Benchmark::default()
            };
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let n = 40_000;
            let draws: Vec<f64> = (0..n).map(|_| benchmark.draw(&mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let sd = (draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / f64::from(n)).sqrt();
            let error = sd / f64::from(n).sqrt();
            assert!(
                (mean - benchmark.mean()).abs() < 4.0 * error,
                "{truth:?}: {mean}"
            );
        }
    }
}
