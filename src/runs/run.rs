//! One training run, and a row that could not be one.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a run is used by the fit or kept to compare the forecast with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Used by the fit.
    Fit,
    /// Shown as what really happened; never used by the fit.
    Actual,
}

impl Role {
    /// The role of a run or model of this size where only those below `limit` are fitted.
    pub(crate) fn below(limit: Option<f64>, x: f64) -> Role {
        match limit {
            Some(limit) if x >= limit => Role::Actual,
            _ => Role::Fit,
        }
    }
}

/// One training run of a [`Dataset`](crate::Dataset): one row of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub(crate) line: u64,
    #[serde(rename = "compute")]
    pub(crate) x: f64,
    pub(crate) params: Option<f64>,
    pub(crate) tokens: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unique_tokens: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<f64>,
    pub(crate) loss: f64,
    pub(crate) sigma: Option<f64>,
    pub(crate) group: Option<String>,
    /// What it has in common with a run of another recipe, such as its seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pair: Option<String>,
    pub(crate) role: Role,
    /// What else a law is a function of, by the name of its column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) columns: BTreeMap<String, f64>,
}

impl Run {
    /// The 1-based line in the file that it came from (0: made in memory).
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What the loss is a law of: the training compute C in FLOP, or the parameters or tokens,
    /// as [`Dataset::variable`](crate::Dataset::variable) says. Positive and finite.
    #[must_use]
    pub fn x(&self) -> f64 {
        self.x
    }

    /// Parameters N.
    #[must_use]
    pub fn params(&self) -> Option<f64> {
        self.params
    }

    /// Training tokens D.
    #[must_use]
    pub fn tokens(&self) -> Option<f64> {
        self.tokens
    }

    /// Unique tokens among the training tokens, where some are repeated.
    #[must_use]
    pub fn unique_tokens(&self) -> Option<f64> {
        self.unique_tokens
    }

    /// The final loss L: finite, and positive unless it was read to be fitted with absolute
    /// residuals
    /// and a floor below zero.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// The known standard deviation of the loss, in units of the loss.
    #[must_use]
    pub fn sigma(&self) -> Option<f64> {
        self.sigma
    }

    /// The run or model that this row belongs to.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }

    /// The value in another column that a law is a function of.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<f64> {
        self.columns.get(name).copied()
    }

    /// Whether the fit uses it.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }
}

/// A row that was read and not used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Excluded {
    /// 1-based line in the file.
    pub line: u64,
    /// Why, in words.
    pub reason: String,
}
