//! How a table is read, as part of a request.

use crate::runs::{CurveKind, Variable};
use serde::{Deserialize, Serialize};

/// Whether a value is the default, which need not be written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Setters for fields in the parts of a request, with the same markers as in `request!`.
macro_rules! setters {
    ($Name:ident { $(
        $(#[doc = $says:literal])*
        $([$how:ident])? $name:ident: $Type:ty => $part:ident.$field:ident
    ),* $(,)? }) => {
        impl $Name {
            $(
                $(#[doc = $says])*
                #[must_use]
                pub fn $name(mut self, $name: request!(@taken $([$how])? $Type)) -> $Name {
                    self.$part.$field = request!(@given $([$how])? $name);
                    self
                }
            )*
        }
    };
}

/// Which rows of a table are used, and which of them are fitted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RowChoice {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) fit_below: Option<f64>,
    #[serde(rename = "where", skip_serializing_if = "is_default")]
    pub(crate) conditions: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) exclude: Vec<String>,
}

/// The column names of a table of runs, if they are not among the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RunColumns {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) compute: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) params: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) tokens: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) unique_tokens: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) budget: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) loss: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) sigma: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) group: Option<String>,
}

/// The units of the losses, such as `nats/token`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LossUnits {
    pub(crate) column: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) fitted: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) bytes_per_token: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) words_per_token: Option<f64>,
}

/// Texts of tables. A single one is written as a text, for compatibility with older files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Texts", into = "Texts")]
pub(crate) struct Joined(pub(crate) Vec<String>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Several(Vec<String>),
}

impl From<Texts> for Joined {
    fn from(texts: Texts) -> Joined {
        Joined(match texts {
            Texts::One(text) => vec![text],
            Texts::Several(texts) => texts,
        })
    }
}

impl From<Joined> for Texts {
    fn from(Joined(mut texts): Joined) -> Texts {
        match (texts.pop(), texts.is_empty()) {
            (Some(only), true) => Texts::One(only),
            (last, _) => {
                texts.extend(last);
                Texts::Several(texts)
            }
        }
    }
}

/// How a table is reduced to one row per run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reshaping {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) decimal: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) wide: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) step: Option<String>,
    /// The texts of the joined tables, not their names.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) join: Joined,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) join_on: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) prefer: Option<String>,
    #[serde(rename = "let", skip_serializing_if = "is_default")]
    pub(crate) columns: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reduce: Option<String>,
}

/// How a table of runs is read: everything except the table itself, as texts and numbers that can
/// be written to a file.
///
/// ```
/// use scalewise::ask::RunTable;
/// let table = RunTable::default().loss("eval").conditions(["seed = 1"]);
/// let written = r#"{"rows":{"where":["seed = 1"]},"columns":{"loss":"eval"}}"#;
/// assert_eq!(serde_json::to_string(&table)?, written);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunTable {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) rows: RowChoice,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) hold: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) columns: RunColumns,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) over: Variable,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) curve: Option<CurveKind>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) lr_decay_ahead: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) unit: Option<LossUnits>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reshape: Reshaping,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) force: bool,
}

setters!(RunTable {
    /// Rows with less compute than this are fitted; the others are actuals.
    [into] fit_below: Option<f64> => rows.fit_below,
    /// Conditions that a row must meet, such as `lr < 1e-3`.
    [texts] conditions: Vec<String> => rows.conditions,
    /// Conditions that leave a row out if it meets any of them.
    [texts] exclude: Vec<String> => rows.exclude,
    /// The column of the training compute.
    [text] compute: Option<String> => columns.compute,
    /// The column of the parameters N.
    [text] params: Option<String> => columns.params,
    /// The column of the training tokens D.
    [text] tokens: Option<String> => columns.tokens,
    /// The column of the unique tokens among the training tokens.
    [text] unique_tokens: Option<String> => columns.unique_tokens,
    /// The column of the budget that a run was planned for, which groups runs into IsoFLOP curves.
    [text] budget: Option<String> => columns.budget,
    /// The column of the loss.
    [text] loss: Option<String> => columns.loss,
    /// The column of the known standard deviation of the loss.
    [text] sigma: Option<String> => columns.sigma,
    /// The column of the run or model that a row belongs to.
    [text] group: Option<String> => columns.group,
    /// Whether the table has one column per run, beside a column of steps.
    wide: bool => reshape.wide,
    /// The column of the steps.
    [text] step: Option<String> => reshape.step,
    /// Columns that identify the runs of a joined table, such as `run=Name`.
    [texts] join_on: Vec<String> => reshape.join_on,
    /// Which table is right if a joined one has another value: `left` or `right`.
    [text] prefer: Option<String> => reshape.prefer,
    /// The decimal sign of the numbers, `,` or `.`.
    [text] decimal: Option<String> => reshape.decimal,
    /// Columns from formulas, such as `compute=6*n*d`.
    [texts] formulas: Vec<String> => reshape.columns,
    /// The rule that reduces all losses of a run to one: `last`, `tail=10%` or `smooth-min=5`; or
    /// the rule that keeps the best rows: `min` or `pareto`.
    [text] reduce: Option<String> => reshape.reduce,
});

impl RunTable {
    /// The variable of a law of one variable; targets and `fit_below` are in it, too.
    #[must_use]
    pub fn over(mut self, over: Variable) -> RunTable {
        self.over = over;
        self
    }

    /// Conditions that hold a row out if it meets any of them, whatever its compute: it becomes an
    /// actual, and no fit uses it.
    #[must_use]
    pub fn hold(mut self, hold: impl IntoIterator<Item = impl Into<String>>) -> RunTable {
        self.hold = hold.into_iter().map(Into::into).collect();
        self
    }

    /// Whether any runs may be held out.
    pub(super) fn holds_out(&self) -> bool {
        self.rows.fit_below.is_some() || !self.hold.is_empty()
    }

    /// What the rows are points of; by default the columns decide.
    #[must_use]
    pub fn curve(mut self, curve: impl Into<Option<CurveKind>>) -> RunTable {
        self.curve = curve.into();
        self
    }

    /// Whether the learning rate of a training run still decays after the last row.
    #[must_use]
    pub fn lr_decay_ahead(mut self, ahead: bool) -> RunTable {
        self.lr_decay_ahead = ahead;
        self
    }

    /// Use the runs even if a finding says that they are not independent runs of one curve.
    #[must_use]
    pub fn force(mut self, force: bool) -> RunTable {
        self.force = force;
        self
    }

    /// The unit of the losses, such as `nats/token`.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> RunTable {
        self.units().column = unit.into();
        self
    }

    /// The unit in which the law is fitted, if it is another one.
    #[must_use]
    pub fn fitted_in(mut self, unit: impl Into<String>) -> RunTable {
        self.units().fitted = Some(unit.into());
        self
    }

    /// Bytes per token of the text on which the loss is measured.
    #[must_use]
    pub fn bytes_per_token(mut self, bytes: f64) -> RunTable {
        self.units().bytes_per_token = Some(bytes);
        self
    }

    /// Words per token of the text on which the loss is measured.
    #[must_use]
    pub fn words_per_token(mut self, words: f64) -> RunTable {
        self.units().words_per_token = Some(words);
        self
    }

    /// The text of a table whose columns are added; it may be called for several tables. A table
    /// with one row per run is joined by run, and one with several by run and step.
    #[must_use]
    pub fn join(mut self, text: impl Into<String>) -> RunTable {
        self.reshape.join.0.push(text.into());
        self
    }

    fn units(&mut self) -> &mut LossUnits {
        self.unit.get_or_insert_default()
    }
}

/// The column names of a table of pass counts, if they are not among the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CountColumns {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) compute: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) params: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) tokens: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) model: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) problem: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) samples: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) passes: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) pass_rate: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) stderr: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) chance: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) task_loss: Option<String>,
}

impl CountColumns {
    /// Whether a column is named that only tables of pass counts or pass rates have.
    pub(super) fn of_counts(&self) -> bool {
        let own = [
            &self.model,
            &self.problem,
            &self.samples,
            &self.passes,
            &self.pass_rate,
            &self.stderr,
            &self.chance,
            &self.task_loss,
        ];
        own.into_iter().any(Option::is_some)
    }
}

/// How a table of pass counts or pass rates is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CountChoice {
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) rows: RowChoice,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) columns: CountColumns,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) reshape: Reshaping,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) force: bool,
}

impl CountChoice {
    /// Use the rates even if a finding says that they are not those of one benchmark.
    #[must_use]
    pub fn force(mut self, force: bool) -> CountChoice {
        self.force = force;
        self
    }

    /// The text of a table with one row per model, whose columns are added; it may be called for
    /// several tables.
    #[must_use]
    pub fn join(mut self, text: impl Into<String>) -> CountChoice {
        self.reshape.join.0.push(text.into());
        self
    }
}

setters!(CountChoice {
    /// Columns that identify the models of a joined table, such as `model=Name`.
    [texts] join_on: Vec<String> => reshape.join_on,
    /// Which table is right if a joined one has another value: `left` or `right`.
    [text] prefer: Option<String> => reshape.prefer,
    /// The decimal sign of the numbers, `,` or `.`.
    [text] decimal: Option<String> => reshape.decimal,
    /// Columns from formulas, such as `compute=6*n*d`.
    [texts] formulas: Vec<String> => reshape.columns,
    /// Models with less compute than this are fitted; the others are actuals.
    [into] fit_below: Option<f64> => rows.fit_below,
    /// Conditions that a row must meet.
    [texts] conditions: Vec<String> => rows.conditions,
    /// Conditions that leave a row out if it meets any of them.
    [texts] exclude: Vec<String> => rows.exclude,
    /// The column of the training compute.
    [text] compute: Option<String> => columns.compute,
    /// The column of the parameters N.
    [text] params: Option<String> => columns.params,
    /// The column of the training tokens D.
    [text] tokens: Option<String> => columns.tokens,
    /// The column of the model's name.
    [text] model: Option<String> => columns.model,
    /// The column of the problem's name.
    [text] problem: Option<String> => columns.problem,
    /// The column of the number of samples.
    [text] samples: Option<String> => columns.samples,
    /// The column of the number of passes, or of whether one sample passed.
    [text] passes: Option<String> => columns.passes,
    /// The column of the pass rate of a whole benchmark.
    [text] pass_rate: Option<String> => columns.pass_rate,
    /// The column of the standard error of that rate.
    [text] stderr: Option<String> => columns.stderr,
    /// The column of the chance level.
    [text] chance: Option<String> => columns.chance,
    /// The column of a loss on the same task, such as the bits per byte of the right answers.
    [text] task_loss: Option<String> => columns.task_loss,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_joined_table_is_written_as_it_always_was() {
        let one = RunTable::default().join("run,flops\n");
        let two = one.clone().join("run,seed\n");
        for (table, written) in [
            (&one, r#"{"reshape":{"join":"run,flops\n"}}"#),
            (&two, r#"{"reshape":{"join":["run,flops\n","run,seed\n"]}}"#),
        ] {
            assert_eq!(serde_json::to_string(table).unwrap(), written);
            assert_eq!(&serde_json::from_str::<RunTable>(written).unwrap(), table);
        }
    }
}
