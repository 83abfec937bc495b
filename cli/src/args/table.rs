//! Arguments for reading, reshaping and fitting a table, shared by many verbs.

use super::{explained, named};
use clap::Args;
use scalewise::ask::ObjectiveName;
use scalewise::fit::Residuals;
use scalewise::runs::{CurveKind, Variable};
use std::path::PathBuf;

/// Which rows of a table to use, and what its compute is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct TableArgs {
    /// Fit runs with less compute than this; show the others as what really happened
    #[arg(long, value_name = "C")]
    pub fit_below: Option<String>,
    /// Use only rows that meet this, e.g. 'is_train = 1 and lr < 1e-3' (repeatable)
    #[arg(long = "where", value_name = "EXPR")]
    pub filters: Vec<String>,
    /// Leave out rows that meet this (repeatable)
    #[arg(long, value_name = "EXPR")]
    pub exclude: Vec<String>,
    /// Column of the training compute
    #[arg(long, value_name = "COLUMN")]
    pub compute_col: Option<String>,
    /// Column of the parameters N, or a sum of columns such as A+B; allocate compares alternatives
    /// such as 'A|A+B'
    #[arg(long, value_name = "COLUMN")]
    pub params_col: Option<String>,
    /// Column of the training tokens D
    #[arg(long, value_name = "COLUMN")]
    pub tokens_col: Option<String>,
    /// Decimal sign of the numbers, ',' or '.'; the other one separates thousands [default: a point,
    /// and commas between thousands where a column has no other ones]
    #[arg(long, value_name = "SIGN", value_parser = [",", "."])]
    pub decimal: Option<String>,
    /// Go on even where a finding forbids it
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub more: AdditionArgs,
}

/// What else is known of the rows of a table.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reshaping")]
pub struct AdditionArgs {
    /// Table whose columns are added to the rows of the same run, or of the same run and step where
    /// it has several rows a run (repeatable)
    #[arg(long, value_name = "FILE")]
    pub join: Vec<PathBuf>,
    /// Columns that tell runs apart: A of the table and B of the joined one [default: the column of
    /// the runs in each] (repeatable)
    #[arg(long, value_name = "A=B", requires = "join")]
    pub join_on: Vec<String>,
    /// Which table is right where both have a column and its values differ: left is the table
    /// itself
    #[arg(long, value_name = "SIDE", value_parser = ["left", "right"], requires = "join")]
    pub prefer: Option<String>,
    /// Add a column, e.g. 'compute=6*n_params*step*1e6' (repeatable)
    #[arg(long = "let", value_name = "NAME=FORMULA")]
    pub lets: Vec<String>,
}

/// How to read a table of runs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct DataArgs {
    #[command(flatten)]
    pub table: TableArgs,
    #[command(flatten)]
    pub reshape: ReshapeArgs,
    /// Hold out rows that meet this, e.g. 'split = test': they are not fitted, but shown as what
    /// really happened (repeatable)
    #[arg(long, value_name = "EXPR")]
    pub hold: Vec<String>,
    /// Column of the unique tokens U among them
    #[arg(long, value_name = "COLUMN")]
    pub unique_col: Option<String>,
    /// Column of the budget that a run was planned for, for laws of N and D; isoflop groups runs by
    /// it [default: one with a usual name]
    #[arg(long, value_name = "COLUMN")]
    pub budget_col: Option<String>,
    /// Variable of a law of one variable, and of --at and --fit-below [default: compute]
    #[arg(long, value_name = "X", value_parser = explained::<Variable>(&VARIABLES))]
    pub over: Option<Variable>,
    /// What the rows are points of [default: by the columns]
    #[arg(long, value_name = "KIND", value_parser = explained::<CurveKind>(&CURVES))]
    pub curve: Option<CurveKind>,
    /// The learning rate of the training run still decays after the last row
    #[arg(long)]
    pub lr_decay_ahead: bool,
    /// Column of the loss
    #[arg(long, value_name = "COLUMN")]
    pub loss_col: Option<String>,
    #[command(flatten)]
    pub unit: UnitArgs,
    /// Column of the known standard deviation of the loss
    #[arg(long, value_name = "COLUMN")]
    pub sigma_col: Option<String>,
    /// Column of the run or model that a row belongs to; several columns, separated by commas, name
    /// it together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub group_col: Option<String>,
}

/// How a table becomes one row a run.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reshaping")]
pub struct ReshapeArgs {
    /// The table has one column a run beside a column of steps, as trackers export it
    #[arg(long)]
    pub wide: bool,
    /// Column of the steps
    #[arg(long, value_name = "COLUMN")]
    pub step_col: Option<String>,
    /// Reduce the losses of a run to one: last, tail=10% or smooth-min=5; or keep the best rows:
    /// min (of each group, or else of each size) or pareto (those that no cheaper one beats)
    #[arg(long, value_name = "RULE")]
    pub reduce: Option<String>,
}

/// What the losses are counted in.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Units of the loss")]
pub struct UnitArgs {
    /// Unit of the column: nats, bits or ppl, per token, byte or word, e.g. nats/token
    #[arg(long, value_name = "UNIT")]
    pub loss_unit: Option<String>,
    /// Unit to fit and forecast in, e.g. bits/byte [default: that of the column]
    #[arg(long, value_name = "UNIT", requires = "loss_unit")]
    pub loss_in: Option<String>,
    /// Bytes per token in the evaluated text
    #[arg(long, value_name = "X", requires = "loss_in")]
    pub bytes_per_token: Option<f64>,
    /// Words per token in the evaluated text
    #[arg(long, value_name = "X", requires = "loss_in")]
    pub words_per_token: Option<f64>,
}

/// What to fit and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Fitting")]
pub struct FitArgs {
    /// The law: one that `scalewise laws` lists, or a formula such as 'L(N, S) = c + a*N^b/(1 + S)',
    /// whose left side names the columns; again for each further outcome of the same runs
    /// [default: saturating; chinchilla for allocate and isoflop]
    #[arg(long, value_name = "NAME|FORMULA")]
    pub law: Vec<String>,
    /// What to minimise [default: squared]
    #[arg(long, value_name = "LOSS", value_parser = named(&ObjectiveName::ALL, ObjectiveName::name))]
    pub objective: Option<ObjectiveName>,
    /// Threshold of the Huber loss, in units of the residuals [default: 0.001; for laws of N and D
    /// 1.345 times the robust scale of the residuals]
    #[arg(long, value_name = "X")]
    pub delta: Option<f64>,
    /// Share of the runs that lie below the curve, for --objective quantile, e.g. 0.3
    #[arg(long, value_name = "Q")]
    pub quantile: Option<f64>,
    /// Scale of the residuals [default: relative for squared, log otherwise and for laws of N and
    /// D]
    #[arg(long, value_name = "SCALE", value_parser = named(&Residuals::ALL, Residuals::name))]
    pub residuals: Option<Residuals>,
    /// Hold a parameter, e.g. c=1.7 (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub fix: Vec<String>,
    /// Keep a parameter within bounds, e.g. b=-1..0 (repeatable)
    #[arg(long, value_name = "NAME=LOW..HIGH", allow_hyphen_values = true)]
    pub bound: Vec<String>,
    /// Prior knowledge: c=1.6+-0.1 (normal, one standard deviation), the law file of an earlier
    /// ladder, or published exponents such as b=language (repeatable)
    #[arg(long, value_name = "NAME=MEAN+-SD|LAW.json")]
    pub prior: Vec<String>,
    /// How much recipes differ, for a prior from an earlier ladder: the standard deviation of b
    /// relative to b, and of c relative to its loss [default: b=0.23,c=0.105]
    #[arg(long, value_name = "b=X,c=Y")]
    pub prior_between: Option<String>,
}

/// The names of the flags that were given.
pub(super) fn flags_given(flags: &[(bool, &'static str)]) -> Vec<&'static str> {
    let given = flags.iter().filter(|(given, _)| *given);
    given.map(|(_, name)| *name).collect()
}

impl FitArgs {
    /// Names of the flags given, which are refused if a fit is read from a file.
    pub fn given(&self) -> Vec<&'static str> {
        flags_given(&[
            (!self.law.is_empty(), "--law"),
            (self.objective.is_some(), "--objective"),
            (self.delta.is_some(), "--delta"),
            (self.quantile.is_some(), "--quantile"),
            (self.residuals.is_some(), "--residuals"),
            (!self.fix.is_empty(), "--fix"),
            (!self.bound.is_empty(), "--bound"),
            (!self.prior.is_empty(), "--prior"),
            (self.prior_between.is_some(), "--prior-between"),
        ])
    }
}

impl DataArgs {
    /// Names of the flags given.
    pub fn given(&self) -> Vec<&'static str> {
        let table = &self.table;
        let mut names = flags_given(&[
            (table.fit_below.is_some(), "--fit-below"),
            (!table.filters.is_empty(), "--where"),
            (!table.exclude.is_empty(), "--exclude"),
            (table.compute_col.is_some(), "--compute-col"),
            (table.params_col.is_some(), "--params-col"),
            (table.tokens_col.is_some(), "--tokens-col"),
            (table.decimal.is_some(), "--decimal"),
            (!table.more.join.is_empty(), "--join"),
            (!table.more.join_on.is_empty(), "--join-on"),
            (table.more.prefer.is_some(), "--prefer"),
            (!table.more.lets.is_empty(), "--let"),
        ]);
        names.extend(self.given_of_runs());
        names
    }

    /// Names of the flags given that apply to runs only.
    pub fn given_of_runs(&self) -> Vec<&'static str> {
        let reshape = &self.reshape;
        flags_given(&[
            (reshape.wide, "--wide"),
            (reshape.step_col.is_some(), "--step-col"),
            (reshape.reduce.is_some(), "--reduce"),
            (self.unique_col.is_some(), "--unique-col"),
            (self.budget_col.is_some(), "--budget-col"),
            (self.over.is_some(), "--over"),
            (self.curve.is_some(), "--curve"),
            (!self.hold.is_empty(), "--hold"),
            (self.lr_decay_ahead, "--lr-decay-ahead"),
            (self.unit.loss_unit.is_some(), "--loss-unit"),
            (self.loss_col.is_some(), "--loss-col"),
            (self.sigma_col.is_some(), "--sigma-col"),
            (self.group_col.is_some(), "--group-col"),
        ])
    }
}

/// The variables of a law of one variable.
const VARIABLES: [(&str, &str); 3] = [
    ("compute", "Training compute C"),
    ("params", "Parameters N"),
    ("tokens", "Training tokens D"),
];

/// What rows can be points of.
const CURVES: [(&str, &str); 5] = [
    ("ladder", "Runs of several sizes, each with its final loss"),
    ("training-run", "Steps of one training run"),
    (
        "dataset-size",
        "Models trained on training sets of several sizes",
    ),
    (
        "samples",
        "What several numbers of samples reach, such as pass@k",
    ),
    (
        "unknown",
        "None of these, or not known: the interval is the widest",
    ),
];
