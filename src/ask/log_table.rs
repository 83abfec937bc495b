//! How the log of a training run is read, as part of a request.

use super::table::is_default;
use crate::runs::LogAxis;
use serde::{Deserialize, Serialize};

/// How the log of a training run is read: everything but the file itself.
///
/// ```
/// use scalewise::ask::LogTable;
/// let table = LogTable::default().loss("eval/loss").conditions(["step > 100"]);
/// let written = r#"{"where":["step > 100"],"loss":"eval/loss"}"#;
/// assert_eq!(serde_json::to_string(&table)?, written);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogTable {
    #[serde(rename = "where", skip_serializing_if = "is_default")]
    pub(crate) conditions: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) exclude: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) axis: Option<LogAxis>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) step: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) tokens: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) loss: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) lr: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) end: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) trunk: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) by: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) decimal: Option<String>,
}

impl LogTable {
    /// Conditions that a row must meet, such as `step > 100`.
    #[must_use]
    pub fn conditions(mut self, all: impl IntoIterator<Item = impl Into<String>>) -> LogTable {
        self.conditions = all.into_iter().map(Into::into).collect();
        self
    }

    /// Conditions that leave a row out if it meets any of them.
    #[must_use]
    pub fn exclude(mut self, all: impl IntoIterator<Item = impl Into<String>>) -> LogTable {
        self.exclude = all.into_iter().map(Into::into).collect();
        self
    }

    /// The unit of the log's axis; by default the columns decide.
    #[must_use]
    pub fn axis(mut self, axis: impl Into<Option<LogAxis>>) -> LogTable {
        self.axis = axis.into();
        self
    }

    /// The column of the steps.
    #[must_use]
    pub fn step(mut self, column: impl Into<String>) -> LogTable {
        self.step = Some(column.into());
        self
    }

    /// The column of the tokens.
    #[must_use]
    pub fn tokens(mut self, column: impl Into<String>) -> LogTable {
        self.tokens = Some(column.into());
        self
    }

    /// The column of the loss.
    #[must_use]
    pub fn loss(mut self, column: impl Into<String>) -> LogTable {
        self.loss = Some(column.into());
        self
    }

    /// The column of the learning rate.
    #[must_use]
    pub fn lr(mut self, column: impl Into<String>) -> LogTable {
        self.lr = Some(column.into());
        self
    }

    /// The column of the step at which a run will end.
    #[must_use]
    pub fn end(mut self, column: impl Into<String>) -> LogTable {
        self.end = Some(column.into());
        self
    }

    /// The column of the run that a run branches off from: the later branches of its trunk.
    #[must_use]
    pub fn trunk(mut self, column: impl Into<String>) -> LogTable {
        self.trunk = Some(column.into());
        self
    }

    /// The columns that name the runs.
    #[must_use]
    pub fn by(mut self, columns: impl Into<String>) -> LogTable {
        self.by = Some(columns.into());
        self
    }

    /// The decimal sign of the numbers, `,` or `.`.
    #[must_use]
    pub fn decimal(mut self, sign: impl Into<String>) -> LogTable {
        self.decimal = Some(sign.into());
        self
    }
}
