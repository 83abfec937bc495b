//! The options for reading a table of runs or of pass counts.

use super::filter::Filter;
use super::loss_unit::LossConversion;
use super::reshape::{Reduce, Reshape};
use crate::remedy::Setting;
use crate::runs::{CurveKind, Variable};

/// Which columns the law needs, besides the loss and [`ReadOptions::columns`].
///
/// A row without a usable value in a needed column is excluded; a table without the column is an
/// error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Training compute. If it is not needed, 6·N·D replaces a blank cell; if N and D are not known
    /// either, the runs have no compute: see [`Dataset::has_compute`](crate::Dataset::has_compute).
    pub compute: bool,
    /// Parameters N.
    pub params: bool,
    /// Training tokens D.
    pub tokens: bool,
    /// Standard deviation of the loss.
    pub sigma: bool,
    /// Unique tokens among the training tokens.
    pub unique_tokens: bool,
}

impl Needs {
    /// The needs of a law L(C): the compute.
    pub const CURVE: Needs = Needs {
        compute: true,
        params: false,
        tokens: false,
        sigma: false,
        unique_tokens: false,
    };

    /// The needs of a law L(N, D): the parameters and the tokens.
    pub const SURFACE: Needs = Needs {
        compute: false,
        params: true,
        tokens: true,
        sigma: false,
        unique_tokens: false,
    };

    /// The needs of a law of other columns only: none of these.
    ///
    /// ```
    /// use scalewise::{Dataset, ReadOptions, tables::{Needs, WantedColumn}};
    /// let options = ReadOptions {
    ///     needs: Needs::COLUMNS,
    ///     columns: vec![WantedColumn::required("lr")],
    ///     ..ReadOptions::default()
    /// };
    /// let data = Dataset::from_csv_bytes(b"lr,loss\n1e-3,2.6\n3e-4,2.5\n", "runs.csv", &options)?;
    /// assert!(!data.has_compute());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub const COLUMNS: Needs = Needs {
        compute: false,
        params: false,
        tokens: false,
        sigma: false,
        unique_tokens: false,
    };
}

impl Default for Needs {
    fn default() -> Needs {
        Needs::CURVE
    }
}

/// A variable of a law other than compute, parameters and tokens.
///
/// It is found by its exact name, or in another case if only one column fits. Its cells may hold
/// any finite number; a row whose cell is blank or not a number is excluded.
///
/// ```
/// use scalewise::{Dataset, ReadOptions, tables::WantedColumn};
/// let options = ReadOptions {
///     columns: vec![WantedColumn::required("lr"), WantedColumn::if_there("bsz")],
///     ..ReadOptions::default()
/// };
/// let csv = b"flops,loss,lr\n1e18,3.1,1e-3\n1e19,2.8,\n1e20,2.5,high\n";
/// let data = Dataset::from_csv_bytes(csv, "runs.csv", &options)?;
/// assert_eq!(data.runs()[0].column("lr"), Some(1e-3));
/// let reasons: Vec<&str> = data.excluded().iter().map(|row| row.reason.as_str()).collect();
/// assert_eq!(reasons, ["lr is blank", "lr is not a number ('high')"]);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedColumn {
    /// Its name.
    pub name: String,
    /// Whether it is an error if the table lacks the column.
    pub required: bool,
}

impl WantedColumn {
    /// A column that a table must have.
    #[must_use]
    pub fn required(name: impl Into<String>) -> WantedColumn {
        WantedColumn {
            name: name.into(),
            required: true,
        }
    }

    /// A column that is read if the table has it: [`Dataset::columns`](crate::Dataset::columns)
    /// says whether it does.
    #[must_use]
    pub fn if_there(name: impl Into<String>) -> WantedColumn {
        WantedColumn {
            name: name.into(),
            required: false,
        }
    }
}

/// How to read a table of runs. The default finds the columns by their usual names and keeps every
/// row.
///
/// ```
/// use scalewise::{Dataset, ReadOptions};
/// let options = ReadOptions {
///     loss_col: Some("test_xent".into()),
///     filters: vec!["is_train = 1".parse()?],
///     fit_below: Some(1e20),
///     ..ReadOptions::default()
/// };
/// let csv = b"C,test_xent,is_train\n1e18,3.1,1\n1e19,2.8,0\n1e20,2.5,1\n";
/// let data = Dataset::from_csv_bytes(csv, "runs.csv", &options)?;
/// assert_eq!(data.fit_runs().count(), 1);
/// assert_eq!(data.actuals().count(), 1);
/// assert_eq!(data.excluded()[0].reason, "condition 'is_train = 1' not met");
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// Column of the compute, if it has no usual name.
    pub compute_col: Option<String>,
    /// Column of the parameters.
    pub params_col: Option<String>,
    /// Column of the training tokens.
    pub tokens_col: Option<String>,
    /// Column of the unique tokens.
    pub unique_col: Option<String>,
    /// Column of the budget that a run was planned for.
    pub budget_col: Option<String>,
    /// Whether the budgets are read, from `budget_col` or a column with a usual name.
    pub budgets: bool,
    /// Column of the loss.
    pub loss_col: Option<String>,
    /// Column of the standard deviation of the loss.
    pub sigma_col: Option<String>,
    /// Column of the run or model that a row belongs to; several columns, separated by commas, name
    /// it together.
    pub group_col: Option<String>,
    /// Column of what a run shares with a run of another recipe, such as its seed.
    pub pair_col: Option<String>,
    /// Whether pairs are read, from `pair_col` or a column with a usual name.
    pub pairs: bool,
    /// Rows must meet all of these.
    pub filters: Vec<Filter>,
    /// Rows that meet one of these are left out. They are checked before `filters`.
    pub excludes: Vec<Filter>,
    /// Rows with compute strictly below this are fitted; the others are actuals.
    pub fit_below: Option<f64>,
    /// Rows that meet one of these are actuals, whatever their compute.
    pub holds: Vec<Filter>,
    /// Which columns the law needs.
    pub needs: Needs,
    /// The other variables of the law.
    pub columns: Vec<WantedColumn>,
    /// The variable of a law of one variable; `fit_below` is in this variable too.
    pub over: Variable,
    /// Conversion of the losses and their standard deviations to another unit.
    pub loss: Option<LossConversion>,
    /// Column whose value names the series that a row belongs to; several columns, separated by
    /// commas, name it together.
    pub by: Option<String>,
    /// Whether losses may be zero or negative, for laws that take no logarithm of them.
    pub negative_losses: bool,
    /// What the rows are points of, if the columns do not say it.
    pub curve: Option<CurveKind>,
    /// Whether the learning rate of a training run still decays after the last row.
    pub lr_decay_ahead: bool,
    /// What is done to the table before it is read.
    pub reshape: Reshape,
}

impl ReadOptions {
    /// The setting that asks for the compute of every row although the law does not need it.
    pub(super) fn compute_is_asked_for(&self) -> Option<Setting> {
        match (self.fit_below, self.reshape.reduce) {
            (Some(_), _) => Some(Setting::FitBelow),
            (None, Some(Reduce::Pareto)) => Some(Setting::Reduce),
            _ => None,
        }
    }
}

/// How to read a table of pass counts. The default finds the columns by their usual names and keeps
/// every row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CountOptions {
    /// Column of the compute, if it has no usual name.
    pub compute_col: Option<String>,
    /// Column of the parameters, which with the tokens give compute = 6ND.
    pub params_col: Option<String>,
    /// Column of the training tokens.
    pub tokens_col: Option<String>,
    /// Column of the model's name.
    pub model_col: Option<String>,
    /// Column of the problem's name.
    pub problem_col: Option<String>,
    /// Column of the number of samples.
    pub samples_col: Option<String>,
    /// Column of the number of passes, or of whether one sample passed.
    pub passes_col: Option<String>,
    /// Column of the pass rate of a whole benchmark.
    pub pass_rate_col: Option<String>,
    /// Column of the standard error of that rate.
    pub stderr_col: Option<String>,
    /// Column of the chance level.
    pub chance_col: Option<String>,
    /// Column of a loss on the same task, such as the bits per byte of the right answers.
    pub task_loss_col: Option<String>,
    /// Rows must meet all of these.
    pub filters: Vec<Filter>,
    /// Rows that meet one of these are left out.
    pub excludes: Vec<Filter>,
    /// Models with compute strictly below this are fitted; the others are actuals.
    pub fit_below: Option<f64>,
    /// Column whose value names the series that a row belongs to; several columns, separated by
    /// commas, name it together.
    pub by: Option<String>,
    /// Joined tables and new columns; the other fields are for tables of runs.
    pub reshape: Reshape,
}
