//! How a table of runs is read.

use crate::error::{Error, ErrorKind, Result};
use crate::law::{Input, Law};
use crate::remedy::Setting;
use crate::runs::Variable;
use crate::tables::{
    Filter, Let, LossConversion, LossUnit, Needs, ReadOptions, Reduce, Reshape, Text,
};
use serde::{Deserialize, Serialize};

/// Whether a value is the one that a request has without it, which need not be written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Which rows of a table are used, and which of them are fitted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RowChoice {
    /// Rows with less compute than this are fitted; the others are what really happened.
    #[serde(skip_serializing_if = "is_default")]
    pub fit_below: Option<f64>,
    /// Conditions that a row must meet, such as `lr < 1e-3`.
    #[serde(rename = "where", skip_serializing_if = "is_default")]
    pub conditions: Vec<String>,
    /// Conditions of which a row must meet none.
    #[serde(skip_serializing_if = "is_default")]
    pub exclude: Vec<String>,
}

impl RowChoice {
    /// The conditions that a row must meet, parsed.
    pub(super) fn filters(&self) -> Result<Vec<Filter>> {
        self.conditions.iter().map(|text| text.parse()).collect()
    }

    /// The conditions of which a row must meet none, parsed.
    pub(super) fn excludes(&self) -> Result<Vec<Filter>> {
        self.exclude.iter().map(|text| text.parse()).collect()
    }
}

/// The names of the columns of a table of runs, where they are not among the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunColumns {
    /// Training compute.
    #[serde(skip_serializing_if = "is_default")]
    pub compute: Option<String>,
    /// Parameters N.
    #[serde(skip_serializing_if = "is_default")]
    pub params: Option<String>,
    /// Training tokens D.
    #[serde(skip_serializing_if = "is_default")]
    pub tokens: Option<String>,
    /// Unique tokens among the training tokens.
    #[serde(skip_serializing_if = "is_default")]
    pub unique_tokens: Option<String>,
    /// Loss.
    #[serde(skip_serializing_if = "is_default")]
    pub loss: Option<String>,
    /// Known standard deviation of the loss.
    #[serde(skip_serializing_if = "is_default")]
    pub sigma: Option<String>,
    /// Run or model that a row belongs to.
    #[serde(skip_serializing_if = "is_default")]
    pub group: Option<String>,
}

/// What the losses are counted in, such as `nats/token`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossUnits {
    /// The unit of the column.
    pub column: String,
    /// The unit that the law is fitted in, where it is another one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fitted: Option<String>,
    /// Bytes that a token has in the text of the loss.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes_per_token: Option<f64>,
    /// Words that a token has in the text of the loss.
    #[serde(default, skip_serializing_if = "is_default")]
    pub words_per_token: Option<f64>,
}

impl LossUnits {
    fn conversion(&self) -> Result<LossConversion> {
        let from: LossUnit = self.column.parse()?;
        let to = match &self.fitted {
            Some(unit) => unit.parse()?,
            None => from,
        };
        let text = Text {
            bytes_per_token: self.bytes_per_token,
            words_per_token: self.words_per_token,
        };
        LossConversion::new(from, to, text)
    }
}

/// How a table becomes one row a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reshaping {
    /// The table has one column a run beside a column of steps.
    #[serde(skip_serializing_if = "is_default")]
    pub wide: bool,
    /// Column of the steps.
    #[serde(skip_serializing_if = "is_default")]
    pub step: Option<String>,
    /// The text of a table with one row a run, whose columns are added.
    #[serde(skip_serializing_if = "is_default")]
    pub join: Option<String>,
    /// Columns from formulas, such as `compute=6*n*d`.
    #[serde(rename = "let", skip_serializing_if = "is_default")]
    pub columns: Vec<String>,
    /// The rule that makes one loss of all that a run has: `last`, `tail=10%` or `smooth-min=5`.
    #[serde(skip_serializing_if = "is_default")]
    pub reduce: Option<String>,
}

impl Reshaping {
    fn parsed(&self) -> Result<Reshape> {
        let columns = self.columns.iter().map(|text| text.parse::<Let>());
        let reduce = self.reduce.as_deref().map(str::parse::<Reduce>);
        Ok(Reshape {
            wide: self.wide,
            step_col: self.step.clone(),
            join: self.join.as_ref().map(|text| text.as_bytes().to_vec()),
            lets: columns.collect::<Result<_>>()?,
            reduce: reduce.transpose()?,
        })
    }
}

/// How a table of runs is read: everything but the table itself, as texts and numbers that can be written to a file.
///
/// ```
/// use scalewise::ask::{RowChoice, RunTable};
/// let table = RunTable {
///     rows: RowChoice { conditions: vec!["seed = 1".into()], ..RowChoice::default() },
///     ..RunTable::default()
/// };
/// assert_eq!(serde_json::to_string(&table).unwrap(), r#"{"rows":{"where":["seed = 1"]}}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunTable {
    /// Which rows are used.
    #[serde(skip_serializing_if = "is_default")]
    pub rows: RowChoice,
    /// What the columns are called.
    #[serde(skip_serializing_if = "is_default")]
    pub columns: RunColumns,
    /// What a law of one variable is a law of; targets and `fit_below` are in it too.
    #[serde(skip_serializing_if = "is_default")]
    pub over: Variable,
    /// What the losses are counted in.
    #[serde(skip_serializing_if = "is_default")]
    pub unit: Option<LossUnits>,
    /// How the table becomes one row a run.
    #[serde(skip_serializing_if = "is_default")]
    pub reshape: Reshaping,
}

impl RunTable {
    /// The options of the reader; a law says which columns it needs.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a condition, a formula, a rule or a unit is not understood, or a law of several
    /// variables is to be a law of one.
    pub fn options(&self, law: Option<&dyn Law>) -> Result<ReadOptions> {
        let several = law.filter(|law| !self.over.is_compute() && law.inputs() != [Input::Compute]);
        if let Some(law) = several {
            let message = format!(
                "law '{}' has more than one variable, and cannot be a law of {} alone",
                law.name(),
                self.over.noun()
            );
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("choose a law of one variable, or a law of compute")
                .with_remedy(Setting::Law)
                .with_remedy(Setting::Over.to("compute")));
        }
        let sigma = self.columns.sigma.is_some();
        let needs = match law.map(|law| law.inputs()) {
            Some(inputs) if !inputs.contains(&Input::Compute) => Needs {
                sigma,
                unique_tokens: inputs.contains(&Input::UniqueTokens),
                ..Needs::SURFACE
            },
            _ => Needs {
                sigma,
                ..Needs::CURVE
            },
        };
        Ok(ReadOptions {
            compute_col: self.columns.compute.clone(),
            params_col: self.columns.params.clone(),
            tokens_col: self.columns.tokens.clone(),
            unique_col: self.columns.unique_tokens.clone(),
            loss_col: self.columns.loss.clone(),
            sigma_col: self.columns.sigma.clone(),
            group_col: self.columns.group.clone(),
            filters: self.rows.filters()?,
            excludes: self.rows.excludes()?,
            fit_below: self.rows.fit_below,
            needs,
            over: self.over,
            loss: self.unit.as_ref().map(LossUnits::conversion).transpose()?,
            by: None,
            reshape: self.reshape.parsed()?,
        })
    }
}
