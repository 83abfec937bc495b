//! Pass counts: the number of samples of a model that solved a problem.

use super::dataset::unless_blocked;
use super::order::by_name;
use super::run::{Excluded, Role};
use crate::finding::Diagnosis;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Number of samples drawn from one model for one problem, and number that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Count {
    /// Samples drawn (> 0).
    pub samples: u64,
    /// Samples that passed (≤ samples).
    pub passes: u64,
}

impl Count {
    /// A count of passes among samples; [`PassCounts::new`] checks that it is possible.
    #[must_use]
    pub fn new(passes: u64, samples: u64) -> Count {
        Count { samples, passes }
    }
}

/// A model with pass counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CountedModel {
    /// Its name, or its compute if the table has no names.
    pub name: String,
    /// Training compute C in FLOP, or whatever the pass rate is fitted against (> 0, finite).
    pub compute: f64,
    /// Whether the fit uses it, or keeps it as an actual.
    pub role: Role,
}

/// The count of every problem for every model; models sorted by compute, then by name.
#[derive(Debug, Clone, PartialEq)]
pub struct PassCounts {
    /// Name of the file as the user gave it (`-` for standard input, empty: made in memory).
    pub(crate) source: String,
    /// The name of compute in the table (`6ND` if it was computed).
    pub(crate) compute_name: String,
    /// The models, sorted by compute.
    pub(crate) models: Vec<CountedModel>,
    /// The names of the problems in natural order, with `p2` before `p10`.
    pub(crate) problems: Vec<String>,
    /// One row per model, with one count per problem.
    pub(crate) counts: Vec<Vec<Count>>,
    /// Rows read.
    pub(crate) rows: usize,
    /// Rows left out by a filter.
    pub(crate) excluded: Vec<Excluded>,
}

/// The share of samples that passed, over all problems of a benchmark, for one model.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PassRate {
    /// 1-based line in the file (0: made in memory).
    pub line: u64,
    /// Its name, or its compute if the table has no names.
    pub model: String,
    /// Training compute (> 0, finite).
    pub compute: f64,
    /// Parameters N and training tokens D, if both are known.
    pub size: Option<(f64, f64)>,
    /// Between 0 and 1.
    pub rate: f64,
    /// Number of samples (or examples) behind the rate, if known.
    pub samples: Option<u64>,
    /// Standard error of the rate over samples, if the table has it.
    pub stderr: Option<f64>,
    /// The rate of guessing, if the table or the name of the task gives it.
    pub chance: Option<f64>,
    /// A loss on the same task, such as the bits per byte of the right answers, if known.
    pub loss: Option<f64>,
    /// Whether the fit uses it, or keeps it as an actual.
    pub role: Role,
}

/// The pass rates of a benchmark, models sorted by compute.
#[derive(Debug, Clone, PartialEq)]
pub struct PassRates {
    /// Name of the file as the user gave it.
    pub(crate) source: String,
    /// The name of compute in the table (`6ND` if it was computed).
    pub(crate) compute_name: String,
    /// The name of the pass rate in the table.
    pub(crate) rate_name: String,
    /// The rates, sorted by compute.
    pub(crate) rates: Vec<PassRate>,
    /// Rows read.
    pub(crate) rows: usize,
    /// Rows left out, with the reason.
    pub(crate) excluded: Vec<Excluded>,
    /// Notes on how the table was read if it can be read in several ways.
    pub(crate) notes: Vec<String>,
    /// Findings about the table.
    pub(crate) findings: Vec<Diagnosis>,
}

/// The content of a table of passes.
#[derive(Debug, Clone, PartialEq)]
pub enum CountTable {
    /// Counts for every problem, from one row per model and problem, or one row per sample.
    Counts(PassCounts),
    /// Only one rate per model.
    Rates(PassRates),
}

impl CountTable {
    /// The table, or an error if a finding refuses it and `force` is false.
    #[cfg_attr(not(feature = "tables"), allow(dead_code))]
    pub(crate) fn unless_blocked(mut self, force: bool) -> Result<CountTable> {
        if let CountTable::Rates(rates) = &mut self {
            unless_blocked(&mut rates.findings, &rates.source, |_| force)?;
        }
        Ok(self)
    }

    /// Findings about the table.
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        match self {
            CountTable::Counts(_) => &[],
            CountTable::Rates(rates) => &rates.findings,
        }
    }
}

impl PassCounts {
    /// Counts made in memory: one row of counts per model.
    ///
    /// ```
    /// use scalewise::runs::{Count, PassCounts};
    /// let count = |passes| Count::new(passes, 100);
    /// let counts = PassCounts::new(
    ///     vec![("small".into(), 1e18), ("large".into(), 1e20)],
    ///     vec!["a".into(), "b".into()],
    ///     vec![vec![count(3), count(40)], vec![count(9), count(55)]],
    /// )?;
    /// assert_eq!(counts.solved(1), 2);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there is no model or problem, a row has the wrong length, a compute is not positive, or a
    /// count is not possible.
    pub fn new(
        models: Vec<(String, f64)>,
        problems: Vec<String>,
        counts: Vec<Vec<Count>>,
    ) -> Result<PassCounts> {
        let bad = |message: String| Err(Error::new(ErrorKind::Data, message));
        if models.is_empty() || problems.is_empty() {
            return bad("pass counts need at least one model and one problem".to_owned());
        }
        if counts.len() != models.len() || counts.iter().any(|row| row.len() != problems.len()) {
            return bad(format!(
                "pass counts of {} models and {} problems need {} rows of {} counts",
                models.len(),
                problems.len(),
                models.len(),
                problems.len()
            ));
        }
        for (model, row) in models.iter().zip(&counts) {
            if !(model.1 > 0.0 && model.1.is_finite()) {
                return bad(format!("the compute of model '{}' is {}", model.0, model.1));
            }
            if let Some(c) = row.iter().find(|c| c.samples == 0 || c.passes > c.samples) {
                return bad(format!(
                    "{} of {} samples of model '{}' passed",
                    c.passes, c.samples, model.0
                ));
            }
        }
        let mut made = PassCounts {
            source: String::new(),
            compute_name: "compute".to_owned(),
            rows: models.len() * problems.len(),
            models: models
                .into_iter()
                .map(|(name, compute)| CountedModel {
                    name,
                    compute,
                    role: Role::Fit,
                })
                .collect(),
            problems,
            counts,
            excluded: Vec::new(),
        };
        made.sort();
        Ok(made)
    }

    /// Sorts the models by compute and then by name, and the problems by name, so that no number
    /// depends on the order of rows. `p2` comes before `p10`.
    pub(crate) fn sort(&mut self) {
        let mut models: Vec<usize> = (0..self.models.len()).collect();
        models.sort_by(|&a, &b| {
            let (a, b) = (&self.models[a], &self.models[b]);
            (a.compute.total_cmp(&b.compute)).then_with(|| by_name(&a.name, &b.name))
        });
        let mut problems: Vec<usize> = (0..self.problems.len()).collect();
        problems.sort_by(|&a, &b| by_name(&self.problems[a], &self.problems[b]));
        self.models = models.iter().map(|&m| self.models[m].clone()).collect();
        let row = |m: &usize| problems.iter().map(|&p| self.counts[*m][p]).collect();
        self.counts = models.iter().map(row).collect();
        self.problems = problems.iter().map(|&p| self.problems[p].clone()).collect();
    }

    /// Fits only models with compute below `limit`; the others become actuals.
    #[must_use]
    pub fn fit_below(mut self, limit: f64) -> PassCounts {
        for model in &mut self.models {
            model.role = Role::below(Some(limit), model.compute);
        }
        self
    }

    /// The models, sorted by compute.
    #[must_use]
    pub fn models(&self) -> &[CountedModel] {
        &self.models
    }

    /// The names of the problems in natural order, with `p2` before `p10`.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The counts of a model, one per problem; empty if there is no such model.
    #[must_use]
    pub fn counts(&self, model: usize) -> &[Count] {
        self.counts.get(model).map_or(&[], Vec::as_slice)
    }

    /// The rows that were left out, with reasons.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// Indices of the models that the fit uses.
    pub(crate) fn fitted(&self) -> Vec<usize> {
        (0..self.models.len())
            .filter(|&m| self.models[m].role == Role::Fit)
            .collect()
    }

    /// Number of problems that a model solved at least once.
    #[must_use]
    pub fn solved(&self, model: usize) -> usize {
        self.counts(model).iter().filter(|c| c.passes > 0).count()
    }
}

impl PassRates {
    /// The rates, sorted by compute.
    #[must_use]
    pub fn rates(&self) -> &[PassRate] {
        &self.rates
    }

    /// The rows that were left out, with reasons.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }
}
