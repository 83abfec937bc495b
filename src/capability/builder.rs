//! The settings of a fit of pass counts.

use super::estimator::Estimator;
use crate::error::{Error, ErrorKind, Result};
use crate::said::Said;
use serde::{Deserialize, Serialize};

/// Which problems are used, and how the metric is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Problems that every fitted model solved, chosen and measured by the same samples, and a
    /// straight line by least squares: the rule of the GPT-4 report. With few samples the choice
    /// biases the law.
    SolvedByAll,
    /// Problems that every fitted model solved in one half of the samples, measured by the other
    /// half, and a straight line by generalised least squares.
    Split,
    /// Every problem and every count, zeros included, by the likelihood of a hierarchical model.
    Likelihood,
}

impl Rule {
    /// Its name on the command line and in files.
    #[must_use]
    #[doc(hidden)]
    pub fn name(self) -> &'static str {
        match self {
            Rule::SolvedByAll => "solved-by-all",
            Rule::Split => "split",
            Rule::Likelihood => "likelihood",
        }
    }
}

/// How to fit −E\[ln pass_rate(C)\] = α·C^(−k).
///
/// ```
/// use scalewise::capability::CapabilityFit;
/// # use scalewise::internal::Benchmark;
/// # let counts = Benchmark { samples: 100, seed: 3, ..Benchmark::default() }.simulate()?.counts;
/// let fit = CapabilityFit::new().run(&counts)?;
/// let (k, stderr) = fit.overall.exponent().unwrap();
/// assert!((k - 0.1).abs() < 3.0 * stderr.unwrap());
/// assert_eq!(fit.buckets.len(), 6);
/// let forecast = fit.overall.forecast(1e24).levels(&[0.9]).run()?;
/// assert!(forecast.mean_pass_rate.unwrap().value > forecast.geometric_mean_pass_rate.value);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CapabilityFit {
    pub(super) rule: Rule,
    pub(super) estimator: Estimator,
    pub(super) buckets: usize,
    pub(super) hardest: usize,
    pub(super) chance: Option<f64>,
    pub(super) seed: u64,
}

impl Default for CapabilityFit {
    fn default() -> CapabilityFit {
        CapabilityFit::new()
    }
}

impl CapabilityFit {
    /// The default: the likelihood of every count, six buckets.
    #[must_use]
    pub fn new() -> CapabilityFit {
        CapabilityFit {
            rule: Rule::Likelihood,
            estimator: Estimator::Harmonic,
            buckets: 6,
            hardest: 0,
            chance: None,
            seed: 0,
        }
    }

    /// Sets which problems are used, and how the metric is estimated.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> CapabilityFit {
        self.rule = rule;
        self
    }

    /// Sets how −ln p is estimated; the likelihood does not use it.
    #[must_use]
    pub fn estimator(mut self, estimator: Estimator) -> CapabilityFit {
        self.estimator = estimator;
        self
    }

    /// Number of difficulty buckets.
    #[must_use]
    pub fn buckets(mut self, buckets: usize) -> CapabilityFit {
        self.buckets = buckets;
        self
    }

    /// Leaves out this many of the hardest problems, as judged by the smaller models.
    #[must_use]
    pub fn hardest(mut self, hardest: usize) -> CapabilityFit {
        self.hardest = hardest;
        self
    }

    /// Sets the pass rate of guessing.
    #[must_use]
    pub fn chance(mut self, chance: Option<f64>) -> CapabilityFit {
        self.chance = chance;
        self
    }

    /// Seed of the split into halves.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> CapabilityFit {
        self.seed = seed;
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let usage = |message: String| Err(Error::new(ErrorKind::Usage, message));
        if self.buckets == 0 {
            return usage("there must be at least one bucket".to_owned());
        }
        match self.chance {
            Some(chance) if !(0.0..1.0).contains(&chance) => usage(format!(
                "the chance level lies between 0 and 1, not at {}",
                Said(chance)
            )),
            _ => Ok(()),
        }
    }
}
