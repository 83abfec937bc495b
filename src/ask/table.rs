//! How a table is read, as requests say it.

use crate::runs::Variable;
use serde::{Deserialize, Serialize};

/// Whether a value is the one that a request has without it, which need not be written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

request!(
    /// Which rows of a table are used, and which of them are fitted.
    pub struct RowChoice {
        /// Rows with less compute than this are fitted; the others are what really happened.
        #[serde(skip_serializing_if = "is_default")]
        [into] fit_below: Option<f64>,
        /// Conditions that a row must meet, such as `lr < 1e-3`.
        #[serde(rename = "where", skip_serializing_if = "is_default")]
        [texts] conditions: Vec<String>,
        /// Conditions of which a row must meet none.
        #[serde(skip_serializing_if = "is_default")]
        [texts] exclude: Vec<String>,
    }
);

request!(
    /// The names of the columns of a table of runs, where they are not among the usual ones.
    pub struct RunColumns {
        /// Training compute.
        #[serde(skip_serializing_if = "is_default")]
        [text] compute: Option<String>,
        /// Parameters N.
        #[serde(skip_serializing_if = "is_default")]
        [text] params: Option<String>,
        /// Training tokens D.
        #[serde(skip_serializing_if = "is_default")]
        [text] tokens: Option<String>,
        /// Unique tokens among the training tokens.
        #[serde(skip_serializing_if = "is_default")]
        [text] unique_tokens: Option<String>,
        /// Loss.
        #[serde(skip_serializing_if = "is_default")]
        [text] loss: Option<String>,
        /// Known standard deviation of the loss.
        #[serde(skip_serializing_if = "is_default")]
        [text] sigma: Option<String>,
        /// Run or model that a row belongs to.
        #[serde(skip_serializing_if = "is_default")]
        [text] group: Option<String>,
    }
);

/// What the losses are counted in, such as `nats/token`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossUnits {
    pub(crate) column: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) fitted: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) bytes_per_token: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) words_per_token: Option<f64>,
}

impl LossUnits {
    /// The unit of the column.
    #[must_use]
    pub fn new(column: impl Into<String>) -> LossUnits {
        LossUnits {
            column: column.into(),
            ..LossUnits::default()
        }
    }

    /// The unit that the law is fitted in, where it is another one.
    #[must_use]
    pub fn fitted(mut self, unit: impl Into<String>) -> LossUnits {
        self.fitted = Some(unit.into());
        self
    }

    /// Bytes that a token has in the text of the loss.
    #[must_use]
    pub fn bytes_per_token(mut self, bytes: impl Into<Option<f64>>) -> LossUnits {
        self.bytes_per_token = bytes.into();
        self
    }

    /// Words that a token has in the text of the loss.
    #[must_use]
    pub fn words_per_token(mut self, words: impl Into<Option<f64>>) -> LossUnits {
        self.words_per_token = words.into();
        self
    }
}

request!(
    /// How a table becomes one row a run.
    pub struct Reshaping {
        /// The table has one column a run beside a column of steps.
        #[serde(skip_serializing_if = "is_default")]
        wide: bool,
        /// Column of the steps.
        #[serde(skip_serializing_if = "is_default")]
        [text] step: Option<String>,
        /// The text of a table with one row a run, whose columns are added.
        #[serde(skip_serializing_if = "is_default")]
        [text] join: Option<String>,
        /// Columns from formulas, such as `compute=6*n*d`.
        #[serde(rename = "let", skip_serializing_if = "is_default")]
        [texts] columns: Vec<String>,
        /// The rule that makes one loss of all that a run has: `last`, `tail=10%` or `smooth-min=5`.
        #[serde(skip_serializing_if = "is_default")]
        [text] reduce: Option<String>,
    }
);

request!(
    /// How a table of runs is read: everything but the table itself, as texts and numbers that can be written to a file.
    ///
    /// ```
    /// use scalewise::ask::{RowChoice, RunTable};
    /// let table = RunTable::default().rows(RowChoice::default().conditions(["seed = 1"]));
    /// assert_eq!(serde_json::to_string(&table).unwrap(), r#"{"rows":{"where":["seed = 1"]}}"#);
    /// ```
    pub struct RunTable {
        /// Which rows are used.
        #[serde(skip_serializing_if = "is_default")]
        rows: RowChoice,
        /// What the columns are called.
        #[serde(skip_serializing_if = "is_default")]
        columns: RunColumns,
        /// What a law of one variable is a law of; targets and `fit_below` are in it too.
        #[serde(skip_serializing_if = "is_default")]
        over: Variable,
        /// What the losses are counted in.
        #[serde(skip_serializing_if = "is_default")]
        [into] unit: Option<LossUnits>,
        /// How the table becomes one row a run.
        #[serde(skip_serializing_if = "is_default")]
        reshape: Reshaping,
    }
);

request!(
    /// The names of the columns of a table of pass counts, where they are not among the usual ones.
    pub struct CountColumns {
        /// Training compute.
        #[serde(skip_serializing_if = "is_default")]
        [text] compute: Option<String>,
        /// Parameters N.
        #[serde(skip_serializing_if = "is_default")]
        [text] params: Option<String>,
        /// Training tokens D.
        #[serde(skip_serializing_if = "is_default")]
        [text] tokens: Option<String>,
        /// The model's name.
        #[serde(skip_serializing_if = "is_default")]
        [text] model: Option<String>,
        /// The problem's name.
        #[serde(skip_serializing_if = "is_default")]
        [text] problem: Option<String>,
        /// Number of samples.
        #[serde(skip_serializing_if = "is_default")]
        [text] samples: Option<String>,
        /// Number of passes, or whether one sample passed.
        #[serde(skip_serializing_if = "is_default")]
        [text] passes: Option<String>,
        /// Pass rate of a whole benchmark.
        #[serde(skip_serializing_if = "is_default")]
        [text] pass_rate: Option<String>,
    }
);

impl CountColumns {
    /// Whether a column is named that only tables of pass counts or pass rates have.
    pub(super) fn of_counts(&self) -> bool {
        let own = [
            &self.model,
            &self.problem,
            &self.samples,
            &self.passes,
            &self.pass_rate,
        ];
        own.into_iter().any(Option::is_some)
    }
}

request!(
    /// How a table of pass counts or pass rates is read.
    pub struct CountChoice {
        /// Which rows are used.
        #[serde(skip_serializing_if = "is_default")]
        rows: RowChoice,
        /// What the columns are called.
        #[serde(skip_serializing_if = "is_default")]
        columns: CountColumns,
    }
);
