//! Pass counts: how many samples of a model solved a problem.

use super::dataset::unless_blocked;
use super::order::by_name;
use super::run::{Excluded, Role};
use crate::finding::Diagnosis;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Samples drawn for one problem from one model, and how many passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Count {
    /// Samples drawn (> 0).
    pub samples: u64,
    /// Samples that passed (≤ samples).
    pub passes: u64,
}

impl Count {
    /// So many passes among so many samples; [`PassCounts::new`] checks that this is possible.
    #[must_use]
    pub fn new(passes: u64, samples: u64) -> Count {
        Count { samples, passes }
    }
}

/// A model whose problems were counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CountedModel {
    /// Its name, or its compute where the table has no names.
    pub name: String,
    /// Training compute C in FLOP, or whatever the pass rate is fitted against (> 0, finite).
    pub compute: f64,
    /// Used by the fit, or kept as an actual.
    pub role: Role,
}

/// Every problem's count for every model; models by growing compute, then by name.
#[derive(Debug, Clone, PartialEq)]
pub struct PassCounts {
    /// Name of the file as the user gave it (`-` for standard input, empty: made in memory).
    pub(crate) source: String,
    /// What compute is called in the table (`6ND` where it was computed).
    pub(crate) compute_name: String,
    /// The models by growing compute.
    pub(crate) models: Vec<CountedModel>,
    /// The problems' names in their own order, in which `p2` comes before `p10`.
    pub(crate) problems: Vec<String>,
    /// One row of counts a model, one count a problem.
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
    /// Its name, or its compute where the table has no names.
    pub model: String,
    /// Training compute (> 0, finite).
    pub compute: f64,
    /// Parameters N and training tokens D, if both are known.
    pub size: Option<(f64, f64)>,
    /// Between 0 and 1.
    pub rate: f64,
    /// How many samples (or examples) it is the share of, if known.
    pub samples: Option<u64>,
    /// Standard error of the rate over samples, if the table has it.
    pub stderr: Option<f64>,
    /// The rate that guessing reaches, if the table or the name of the task says it.
    pub chance: Option<f64>,
    /// A loss on the same task, such as the bits per byte of the right answers, if known.
    pub loss: Option<f64>,
    /// Used by the fit, or kept as an actual.
    pub role: Role,
}

/// A benchmark's pass rates, models by growing compute.
#[derive(Debug, Clone, PartialEq)]
pub struct PassRates {
    /// Name of the file as the user gave it.
    pub(crate) source: String,
    /// What compute is called in the table (`6ND` where it was computed).
    pub(crate) compute_name: String,
    /// What the pass rate is called in the table.
    pub(crate) rate_name: String,
    /// The rates by growing compute.
    pub(crate) rates: Vec<PassRate>,
    /// Rows read.
    pub(crate) rows: usize,
    /// Rows left out, each with its reason.
    pub(crate) excluded: Vec<Excluded>,
    /// How the table was read where it might have been read otherwise, in words.
    pub(crate) notes: Vec<String>,
    /// What was found against the table.
    pub(crate) findings: Vec<Diagnosis>,
}

/// What a table about passing holds.
#[derive(Debug, Clone, PartialEq)]
pub enum CountTable {
    /// Counts for every problem, from one row a model and problem, or one row a sample.
    Counts(PassCounts),
    /// Only a rate for every model.
    Rates(PassRates),
}

impl CountTable {
    /// The table, unless a finding refuses it and it is not forced.
    #[cfg_attr(not(feature = "tables"), allow(dead_code))]
    pub(crate) fn unless_blocked(mut self, force: bool) -> Result<CountTable> {
        if let CountTable::Rates(rates) = &mut self {
            unless_blocked(&mut rates.findings, &rates.source, |_| force)?;
        }
        Ok(self)
    }

    /// What was found against the table.
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        match self {
            CountTable::Counts(_) => &[],
            CountTable::Rates(rates) => &rates.findings,
        }
    }
}

impl PassCounts {
    /// Counts made in memory: one row of counts a model.
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
    /// When there is no model or problem, a row has the wrong length, a compute is not positive, or
    /// a count is not possible.
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

    /// Puts the models in the order of their compute, and those of one compute and the problems in
    /// the order of their names: no number depends on the order of rows. `p2` comes before `p10`.
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

    /// The models by growing compute.
    #[must_use]
    pub fn models(&self) -> &[CountedModel] {
        &self.models
    }

    /// The names of the problems in their own order, in which `p2` comes before `p10`.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The counts of a model, one for each problem; none where there is no such model.
    #[must_use]
    pub fn counts(&self, model: usize) -> &[Count] {
        self.counts.get(model).map_or(&[], Vec::as_slice)
    }

    /// The rows that were left out.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// Places of the models that the fit uses.
    pub(crate) fn fitted(&self) -> Vec<usize> {
        (0..self.models.len())
            .filter(|&m| self.models[m].role == Role::Fit)
            .collect()
    }

    /// How many problems a model solved at least once.
    #[must_use]
    pub fn solved(&self, model: usize) -> usize {
        self.counts(model).iter().filter(|c| c.passes > 0).count()
    }
}

impl PassRates {
    /// The rates by growing compute.
    #[must_use]
    pub fn rates(&self) -> &[PassRate] {
        &self.rates
    }

    /// The rows that were left out.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }
}
