//! How pass counts are fitted: the builder and what its rules share.

use super::curve::{Curve, CurvePoint};
use super::estimator::Estimator;
use super::findings::{mean_rate, zero_cells};
use super::problems::{self, TradeOff};
use super::result::{Capability, row};
use crate::error::{Error, ErrorKind, Result};
use crate::runs::PassCounts;
use crate::said::Said;
use serde::{Deserialize, Serialize};

/// Which problems the metric is about, and how it is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Problems that every fitted model solved, chosen and measured by the same samples, and a straight line by least
    /// squares: the rule of the GPT-4 report. The choice bends the law where samples are few.
    SolvedByAll,
    /// Problems that every fitted model solved in one half of the samples, measured by the other half, and a straight
    /// line by generalised least squares.
    Split,
    /// Every problem and every count, zeros included, by the likelihood of a hierarchical model.
    Likelihood,
}

impl Rule {
    /// Its name on the command line and in files.
    #[must_use]
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
/// use scalewise::capability::{Benchmark, Fit};
/// let counts = Benchmark { samples: 100, seed: 3, ..Benchmark::default() }.simulate()?.counts;
/// let fit = Fit::new().run(&counts)?;
/// let (k, stderr) = fit.overall.exponent().unwrap();
/// assert!((k - 0.1).abs() < 3.0 * stderr.unwrap());
/// assert_eq!(fit.buckets.len(), 6);
/// let forecast = fit.overall.forecast(1e24, &[0.9], false)?;
/// assert!(forecast.mean_pass_rate.unwrap().value > forecast.geometric_mean_pass_rate.value);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    pub(super) rule: Rule,
    pub(super) estimator: Estimator,
    pub(super) buckets: usize,
    pub(super) hardest: usize,
    pub(super) chance: Option<f64>,
    pub(super) seed: u64,
}

impl Default for Fit {
    fn default() -> Fit {
        Fit::new()
    }
}

impl Fit {
    /// The likelihood of every count, six buckets.
    #[must_use]
    pub fn new() -> Fit {
        Fit {
            rule: Rule::Likelihood,
            estimator: Estimator::Harmonic,
            buckets: 6,
            hardest: 0,
            chance: None,
            seed: 0,
        }
    }

    /// Which problems are used and how.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Fit {
        self.rule = rule;
        self
    }

    /// How −ln p is estimated where the rule is not the likelihood.
    #[must_use]
    pub fn estimator(mut self, estimator: Estimator) -> Fit {
        self.estimator = estimator;
        self
    }

    /// Number of difficulty buckets.
    #[must_use]
    pub fn buckets(mut self, buckets: usize) -> Fit {
        self.buckets = buckets;
        self
    }

    /// Leaves out so many of the hardest problems, as the small models see them.
    #[must_use]
    pub fn hardest(mut self, hardest: usize) -> Fit {
        self.hardest = hardest;
        self
    }

    /// The rate that guessing reaches.
    #[must_use]
    pub fn chance(mut self, chance: Option<f64>) -> Fit {
        self.chance = chance;
        self
    }

    /// Seed of the split into halves.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Fit {
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

    /// Fits counts.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] with fewer than two models to fit, or where no problem is left; [`ErrorKind::Data`] for
    /// counts that the estimator cannot use.
    pub fn run(&self, table: &PassCounts) -> Result<Capability> {
        self.check()?;
        let fitted = table.fitted();
        enough(fitted.len(), &table.source)?;
        if self.hardest >= table.problems.len() {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "leaving out the hardest {} of {} problems leaves none",
                    self.hardest,
                    table.problems.len()
                ),
            ));
        }
        // The smaller half of the models judges how hard a problem is.
        let small = &fitted[..fitted.len().div_ceil(2)];
        let difficulty = problems::difficulty(table, small);
        let all: Vec<usize> = (0..table.problems.len()).collect();
        let mut order = problems::by_difficulty(&all, &difficulty);
        order.truncate(order.len() - self.hardest);
        let fit = match self.rule {
            Rule::Likelihood => self.by_likelihood(table, &fitted, small.len(), &order),
            Rule::SolvedByAll | Rule::Split => self.by_rule(table, &fitted, &order),
        }?;
        Ok(fit)
    }

    /// Curves by difficulty; one bucket is the whole.
    pub(super) fn bucketed(
        &self,
        order: &[usize],
        overall: &Curve,
        curve: impl Fn(String, &[usize]) -> Result<Curve>,
    ) -> Result<Vec<Curve>> {
        let parts = problems::buckets(order, self.buckets);
        if parts.len() == 1 {
            let mut whole = overall.clone();
            whole.name = "bucket 1".to_owned();
            return Ok(vec![whole]);
        }
        parts
            .iter()
            .enumerate()
            .map(|(b, part)| curve(format!("bucket {}", b + 1), part))
            .collect()
    }

    pub(super) fn assemble(
        &self,
        table: &PassCounts,
        fitted: &[usize],
        used: &[usize],
        trade_off: Vec<TradeOff>,
        overall: Curve,
        buckets: Vec<Curve>,
    ) -> Capability {
        let models = (0..table.models.len())
            .map(|m| {
                let model = &table.models[m];
                let rate = mean_rate(overall.problems.iter().map(|&i| table.counts[m][i]));
                let solved = Some(table.solved(m));
                let point = overall
                    .points
                    .iter()
                    .find(|p| p.model == model.name && p.compute == model.compute);
                match point {
                    Some(point) => row(point, solved, rate, true),
                    None => {
                        let absent = CurvePoint {
                            model: model.name.clone(),
                            compute: model.compute,
                            metric: None,
                            stderr: None,
                            role: model.role,
                        };
                        row(&absent, solved, rate, used.contains(&m))
                    }
                }
            })
            .collect();
        Capability {
            source: table.source.clone(),
            compute_name: table.compute_name.clone(),
            rows: table.rows,
            excluded: table.excluded.clone(),
            rule: Some(self.rule),
            estimator: (self.rule != Rule::Likelihood).then_some(self.estimator),
            models,
            problems: table.problems.len(),
            zero_cells: zero_cells(table, fitted),
            hardest: self.hardest,
            trade_off,
            overall,
            solved_by_all: None,
            buckets,
            counts: Some(table.clone()),
        }
    }
}

/// A law needs two models.
pub(super) fn enough(models: usize, source: &str) -> Result<()> {
    if models < 2 {
        let message = format!("{models} models to fit: a law needs at least two");
        return Err(Error::new(ErrorKind::NoFit, message)
            .at(source, None, None)
            .with_hint("add models, or raise --fit-below"));
    }
    Ok(())
}
