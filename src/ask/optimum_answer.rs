//! The answer for the point at which a law of any columns is lowest.

use super::Trust;
use super::named_findings::each_named;
use crate::fit::{Diagnosis, FitResult, Severity};
use crate::forecast::Grade;
use crate::quantity::format_quantity;
use serde::Serialize;
use std::collections::BTreeMap;

/// The points at which a law is lowest.
#[derive(Debug, Clone)]
pub struct OptimumAnswer {
    pub(crate) fit: FitResult,
    pub(crate) level: f64,
    pub(crate) found: Vec<OptimumAt>,
    /// The finding that the runs cannot separate N and D, if both are searched.
    pub(crate) on_one_line: Option<Diagnosis>,
    pub(crate) force: bool,
    /// The held columns and the budget of each question that a finding leaves without an answer.
    pub(crate) withheld: Vec<(BTreeMap<String, f64>, Option<f64>)>,
}

/// The optimum for one set of held columns and one budget.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptimumAt {
    /// The columns that are held.
    pub(crate) at: BTreeMap<String, f64>,
    /// The largest cost of a run.
    pub(crate) budget: Option<f64>,
    /// The free columns; empty if there is no optimum.
    pub(crate) values: Vec<OptimumValue>,
    /// The loss at the optimum.
    pub(crate) loss: Option<f64>,
    /// The confidence interval of the loss.
    pub(crate) loss_interval: Option<(f64, f64)>,
    /// Why there is no optimum, or no interval.
    pub(crate) reason: Option<String>,
    /// How far the split of a budget between N and D can be relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grade: Option<Grade>,
    /// Why it has this grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) because: Option<String>,
    /// Findings about the split, besides those about the fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) diagnoses: Vec<Diagnosis>,
}

/// A free column at the optimum.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptimumValue {
    pub(crate) name: String,
    pub(crate) value: f64,
    /// The confidence interval.
    pub(crate) interval: Option<(f64, f64)>,
    /// The standard error of its logarithm.
    pub(crate) log_error: Option<f64>,
    /// Distance beyond the fitted values, as a ratio to the largest or the smallest.
    pub(crate) beyond: Option<f64>,
    /// Whether that is below the smallest.
    #[serde(skip)]
    pub(crate) is_below: bool,
}

impl OptimumAt {
    /// What is held, and the budget, such as `lr=0.001,cost=1e22`.
    pub(crate) fn place(&self) -> String {
        let columns = self.at.iter();
        let columns = columns.map(|(name, value)| format!("{name}={}", format_quantity(*value)));
        let budget = self.budget.iter();
        let budget = budget.map(|budget| format!("cost={}", format_quantity(*budget)));
        columns.chain(budget).collect::<Vec<_>>().join(",")
    }

    /// The columns that are held.
    #[must_use]
    pub fn at(&self) -> &BTreeMap<String, f64> {
        &self.at
    }

    /// The largest cost of a run.
    #[must_use]
    pub fn budget(&self) -> Option<f64> {
        self.budget
    }

    /// The free columns; empty if there is no optimum.
    #[must_use]
    pub fn values(&self) -> &[OptimumValue] {
        &self.values
    }

    /// The loss at the optimum.
    #[must_use]
    pub fn loss(&self) -> Option<f64> {
        self.loss
    }

    /// The confidence interval of the loss.
    #[must_use]
    pub fn loss_interval(&self) -> Option<(f64, f64)> {
        self.loss_interval
    }

    /// Why there is no optimum, or no interval.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// How far the split of a budget between N and D can be relied on, and why; `None` for any
    /// other optimum.
    #[must_use]
    pub fn grade(&self) -> Option<(Grade, &str)> {
        self.grade.zip(self.because.as_deref())
    }

    /// Findings about the split of a budget between N and D, besides those about the fit.
    #[must_use]
    pub fn diagnoses(&self) -> &[Diagnosis] {
        &self.diagnoses
    }
}

impl OptimumValue {
    /// The column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value at the optimum.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The confidence interval.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.interval
    }

    /// Distance beyond the fitted values, as a ratio to the largest or the smallest.
    #[must_use]
    pub fn beyond(&self) -> Option<f64> {
        self.beyond
    }
}

impl OptimumAnswer {
    /// The law with its runs.
    #[must_use]
    pub fn fit(&self) -> &FitResult {
        &self.fit
    }

    /// The optima, in the order of the request.
    #[must_use]
    pub fn found(&self) -> &[OptimumAt] {
        &self.found
    }

    /// The finding that forbids the numbers, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        let refusal = self.fit.refusal().or(self.on_one_line.as_ref());
        refusal.filter(|_| !self.force)
    }

    /// All findings about the fit and the splits, each once. One that is not about all splits names
    /// its own.
    #[must_use]
    pub fn diagnoses(&self) -> Vec<Diagnosis> {
        let mut all = self.fit.diagnoses().to_vec();
        all.extend(self.on_one_line.clone());
        let each = self.found.iter();
        let each: Vec<_> = each.map(|f| (f.place(), &f.diagnoses[..])).collect();
        for found in each_named(&each) {
            if !all.contains(&found) {
                all.push(found);
            }
        }
        all
    }

    /// How far the numbers can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let is_whole = |found: &OptimumAt| found.reason.is_none();
        let doubt = |d: &Diagnosis| d.severity != Severity::Note;
        let mut of_splits = self.found.iter().flat_map(|found| &found.diagnoses);
        let sound = self.fit.trustworthy() && !of_splits.any(doubt);
        match (self.refusal(), sound) {
            (Some(_), _) => Trust::Refused,
            _ if self.found.iter().all(|found| found.values.is_empty()) => Trust::Refused,
            (None, true) if self.found.iter().all(is_whole) => Trust::Trustworthy,
            (None, _) => Trust::NotTrustworthy,
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    law: &'a FitResult,
    level: f64,
    optima: &'a [OptimumAt],
    /// Why there is no split.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a Diagnosis>,
}

serialized!(OptimumAnswer, |answer| Json {
    law: &answer.fit,
    level: answer.level,
    optima: &answer.found,
    refused: answer.on_one_line.as_ref(),
});
