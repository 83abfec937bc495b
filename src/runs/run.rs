//! One training run, and a row that was left out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether the fit uses a run, or the forecast is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Used by the fit.
    Fit,
    /// Shown as an actual outcome; not used by the fit.
    Actual,
}

impl Role {
    /// The role of a run or model of this size if only those below `limit` are fitted.
    pub(crate) fn below(limit: Option<f64>, x: f64) -> Role {
        match limit {
            Some(limit) if x >= limit => Role::Actual,
            _ => Role::Fit,
        }
    }
}

/// The value of [`Run::x`] if neither compute nor parameters and tokens are known, for laws in
/// other columns.
///
/// It lies outside [`SIZES`](super::SIZES), so no run has it as its compute. It is positive and
/// finite, and either all runs of a data set have it or none. So ratios of it are one and spans are
/// zero, and dividing by it or taking its logarithm gives a finite number. One or zero could be
/// mistaken for an amount. Every statement about compute checks [`Dataset::has_compute`] first: the
/// axis of a chart, the largest fitted run, the extrapolation factor, `fit_below`. Law files have
/// null for it, and digests a blank.
///
/// [`Dataset::has_compute`]: crate::Dataset::has_compute
pub(crate) const NO_COMPUTE: f64 = 1e-120;

/// One training run of a [`Dataset`](crate::Dataset): one row of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub(crate) line: u64,
    #[serde(rename = "compute", with = "or_null")]
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
    /// A label that it shares with a run of another recipe, such as its seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pair: Option<String>,
    pub(crate) role: Role,
    /// Further variables of a law, by the name of their column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) columns: BTreeMap<String, f64>,
}

impl Run {
    /// Its 1-based line in the file (0: made in memory).
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The variable of the law: the training compute C in FLOP, or the parameters or tokens, as
    /// [`Dataset::variable`](crate::Dataset::variable) says. Positive and finite; it has no meaning
    /// if [`Run::has_compute`] is false.
    #[must_use]
    pub fn x(&self) -> f64 {
        self.x
    }

    /// Whether it has a known compute, or a known parameter or token count as the single variable
    /// of the law. Laws in other columns do not need it.
    #[must_use]
    pub fn has_compute(&self) -> bool {
        self.x != NO_COMPUTE
    }

    /// The compute, if known.
    pub(crate) fn known_x(&self) -> Option<f64> {
        self.has_compute().then_some(self.x)
    }

    /// The bits of the values in further columns, to distinguish runs of one size.
    #[cfg_attr(not(feature = "tables"), allow(dead_code))]
    pub(crate) fn column_bits(&self) -> Vec<u64> {
        self.columns.values().map(|value| value.to_bits()).collect()
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

    /// Number of unique tokens among the training tokens, if some are repeated.
    #[must_use]
    pub fn unique_tokens(&self) -> Option<f64> {
        self.unique_tokens
    }

    /// The final loss L. It is finite, and positive unless it was read for a fit with absolute
    /// residuals and a floor below zero.
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

    /// The value in a further column.
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

/// The compute of a run in a file: null if not known.
mod or_null {
    use super::NO_COMPUTE;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        (*x != NO_COMPUTE).then_some(*x).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(source)?.unwrap_or(NO_COMPUTE))
    }
}

/// A row that was not used, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Excluded {
    /// 1-based line in the file.
    pub line: u64,
    /// The reason, in words.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dataset;

    #[test]
    fn a_run_comes_back_from_a_file_with_its_columns_and_without_a_compute() {
        let data = Dataset::of_columns(&[0.25, -1.5])
            .and_then(|data| data.column("lr", &[1e-3, 0.0]))
            .unwrap_or_else(|error| unreachable!("{error}"));
        let text = serde_json::to_string(data.runs()).unwrap_or_default();
        assert!(text.contains(r#""compute":null"#), "{text}");
        assert!(text.contains(r#""columns":{"lr":0.001}"#), "{text}");
        let again: Vec<Run> = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(again, data.runs());
        assert!(!again[0].has_compute());
    }

    #[test]
    fn a_run_with_compute_and_no_columns_is_written_as_it_always_was() {
        let data = Dataset::of_compute(&[1e18], &[3.1]);
        let data = data.unwrap_or_else(|error| unreachable!("{error}"));
        let wanted = r#"{"line":0,"compute":1e+18,"params":null,"tokens":null,"loss":3.1,"sigma":null,"group":null,"role":"fit"}"#;
        assert_eq!(
            serde_json::to_string(&data.runs()[0]).unwrap_or_default(),
            wanted
        );
    }
}
