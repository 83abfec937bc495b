//! Every argument of every verb.

use super::args_register::{LedgerArgs, RegisterArgs, ScoreArgs, VerifyArgs};
use crate::allocation::{IntervalMethod, Resampling};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::Residuals;
use crate::forecast::{Kind, Method};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Predictable scaling: fit a scaling law to cheap small runs, forecast the expensive large one,
/// and say how far to trust it.
#[derive(Debug, Parser)]
#[command(
    name = "scalewise",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 ok, 1 I/O or internal, 2 usage, 3 bad data, 4 no usable fit, 5 not trustworthy (--strict)"
)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
    /// Print no notes, only results and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to colour the output (NO_COLOR is honoured)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Exit with code 5 when a fit or forecast is not trustworthy
    #[arg(long, global = true)]
    pub strict: bool,
}

/// When to do something that depends on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// How to print a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Csv,
    Markdown,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Say how a table is understood: columns, ranges, units, excluded rows
    #[command(
        after_help = "Examples:\n  scalewise check runs.csv\n  scalewise check runs.csv --loss-col eval_xent --where 'seed = 1'"
    )]
    Check(CheckArgs),
    /// Fit a law to a table of runs
    #[command(
        after_help = "Examples:\n  scalewise fit runs.csv -o law.json\n  scalewise fit runs.csv --fit-below 1e22 --fix c=1.7"
    )]
    Fit(FitVerbArgs),
    /// Print a fitted law again, without refitting
    #[command(
        after_help = "Examples:\n  scalewise show law.json\n  scalewise show law.json --format python"
    )]
    Show(ShowArgs),
    /// Forecast the loss of larger runs, with intervals
    #[command(
        after_help = "Examples:\n  scalewise forecast runs.csv --fit-below 1e22 --at 2.3e22 --plot forecast.svg\n  scalewise forecast law.json --at 10x,100x --level 0.9 --format csv\n  scalewise forecast runs.csv --by task --targets targets.csv --format csv\n  scalewise forecast law.json --reach 1.6"
    )]
    Forecast(ForecastArgs),
    /// Forecast every run from the smaller ones, and score what would have come out
    #[command(
        after_help = "Examples:\n  scalewise backtest runs.csv\n  scalewise backtest runs.csv --law power --method profile --level 0.8\n  scalewise backtest runs.csv --format json"
    )]
    Backtest(BacktestArgs),
    /// Rank laws by how well they forecast the larger runs from the smaller ones
    #[command(
        after_help = "Examples:\n  scalewise compare runs.csv\n  scalewise compare runs.csv --laws power,saturating,m3 --format csv"
    )]
    Compare(CompareArgs),
    /// Forecast how often a larger model solves problems, or say why that cannot be done
    #[command(
        after_help = "Examples:\n  scalewise capability counts.csv --at 1e25\n  scalewise capability counts.csv --fit-below 1e22 --at 2.2e22 --plot buckets.svg --plot-problems map.svg\n  scalewise capability counts.csv --rule solved-by-all --estimator plug-in --buckets 1 --at 100x\n  scalewise capability rates.csv --pass-rate-col accuracy --chance 0.5 --at 1e25"
    )]
    Capability(CapabilityArgs),
    /// Say what to train with a budget: N, D and the loss, with intervals
    #[command(
        after_help = "Examples:\n  scalewise allocate runs.csv --compute 1e22,1e24\n  scalewise allocate law.json --params 70B --n-inference 2T --price 2\n  scalewise allocate runs.csv --compute 100x --objective huber --plot frontier.svg"
    )]
    Allocate(AllocateArgs),
    /// Set the three approaches to compute-optimal training side by side
    #[command(
        after_help = "Examples:\n  scalewise isoflop runs.csv --compute 1e24\n  scalewise isoflop runs.csv --tolerance 0.05 --plot isoflop.svg"
    )]
    Isoflop(IsoflopArgs),
    /// Write one page that says what the large run will reach and how far to trust that
    #[command(
        after_help = "Examples:\n  scalewise report runs.csv --fit-below 1e22 --at 2.3e22 -o report.html\n  scalewise report counts.csv --at 100x -o report.html\n  scalewise report law.json --at 1e25 --format markdown\n  scalewise report entry.json -o report.html"
    )]
    Report(ReportArgs),
    /// Fix a forecast in advance: what is predicted, from what, how, and its digest
    #[command(
        after_help = "Examples:\n  scalewise register runs.csv --fit-below 1e22 --at 2.3e22 -o entry.json\n  scalewise register runs.csv --at 100x --outcome 'test loss of the final checkpoint' -o entry.json\n  scalewise register capability counts.csv --at 1e25 -o entry.json\n  scalewise register allocate runs.csv --compute 1e24 -o entry.json"
    )]
    Register(Box<RegisterArgs>),
    /// Say whether an entry, its data and its forecast are what was registered
    #[command(
        after_help = "Examples:\n  scalewise verify entry.json\n  scalewise verify entry.json runs.csv"
    )]
    Verify(VerifyArgs),
    /// Score a registered forecast against what came true
    #[command(
        after_help = "Examples:\n  scalewise score entry.json --actual 1.83 --trained-after 2026-05-01T00:00:00Z\n  scalewise score entry.json --actual params=7.2B --actual tokens=140B"
    )]
    Score(ScoreArgs),
    /// Show all entries of a folder and how often their intervals held
    #[command(
        after_help = "Examples:\n  scalewise ledger forecasts\n  scalewise ledger forecasts --plot ledger.svg --format markdown -o ledger.md"
    )]
    Ledger(LedgerArgs),
    /// Draw the law, the runs and a forecast
    #[command(
        after_help = "Examples:\n  scalewise plot law.json --at 1e25 -o fit.svg\n  scalewise plot runs.csv --view reducible --theme paper-column -o fit.png\n  scalewise plot runs.csv --laws saturating,power,m4 -o laws.svg\n  scalewise plot law.json"
    )]
    Plot(PlotArgs),
    /// List the laws that can be fitted
    #[command(after_help = "Examples:\n  scalewise laws\n  scalewise laws --format json")]
    Laws(LawsArgs),
    /// Make a table of runs whose law is known
    #[command(
        after_help = "Examples:\n  scalewise simulate --law saturating --set a=20,b=-0.1,c=1.5 --compute 1e18..1e22 --runs 8 --noise 0.01 --seed 1\n  scalewise simulate --law power --set a=20,b=-0.05 --compute 1e18..1e22 --at 1e24 -o ladder.csv"
    )]
    Simulate(SimulateArgs),
    /// Print shell completions
    #[command(
        after_help = "Examples:\n  scalewise completions bash > scalewise.bash\n  scalewise completions zsh > _scalewise"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page, or that of one verb
    #[command(
        after_help = "Examples:\n  scalewise man > scalewise.1\n  scalewise man forecast > scalewise-forecast.1"
    )]
    Man(ManArgs),
}

/// Which rows of a table to use, and what its compute is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct TableArgs {
    /// Fit what has less compute than this; show the rest as what really happened
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
    /// Column of the parameters N
    #[arg(long, value_name = "COLUMN")]
    pub params_col: Option<String>,
    /// Column of the training tokens D
    #[arg(long, value_name = "COLUMN")]
    pub tokens_col: Option<String>,
}

/// How to read a table of runs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct DataArgs {
    #[command(flatten)]
    pub table: TableArgs,
    #[command(flatten)]
    pub reshape: ReshapeArgs,
    /// Column of the unique tokens U among them
    #[arg(long, value_name = "COLUMN")]
    pub unique_col: Option<String>,
    /// Column of the loss
    #[arg(long, value_name = "COLUMN")]
    pub loss_col: Option<String>,
    /// Column of the known standard deviation of the loss
    #[arg(long, value_name = "COLUMN")]
    pub sigma_col: Option<String>,
    /// Column of the run or model that a row belongs to
    #[arg(long, value_name = "COLUMN")]
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
    /// Table with one row a run whose columns are added, such as its parameters and tokens
    #[arg(long, value_name = "FILE")]
    pub join: Option<PathBuf>,
    /// Add a column, e.g. 'compute=6*n_params*step*1e6' (repeatable)
    #[arg(long = "let", value_name = "NAME=FORMULA")]
    pub lets: Vec<String>,
    /// Make one loss of all that a run has: last, tail=10% or smooth-min=5
    #[arg(long, value_name = "RULE")]
    pub reduce: Option<String>,
}

/// What to fit and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Fitting")]
pub struct FitArgs {
    /// The law; `scalewise laws` lists them [default: saturating; chinchilla for allocate and isoflop]
    #[arg(long, value_name = "NAME")]
    pub law: Option<String>,
    /// What to minimise [default: squared]
    #[arg(long, value_name = "LOSS")]
    pub objective: Option<ObjectiveName>,
    /// Threshold of the Huber loss, in units of the residuals [default: 0.001; for laws of N and D
    /// 1.345 times the robust scale of the residuals]
    #[arg(long, value_name = "X")]
    pub delta: Option<f64>,
    /// Scale of the residuals [default: relative for squared, log otherwise and for laws of N and D]
    #[arg(long, value_name = "SCALE")]
    pub residuals: Option<ResidualScale>,
    /// Hold a parameter, e.g. c=1.7 (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    pub fix: Vec<String>,
    /// Keep a parameter within bounds, e.g. b=-1..0 (repeatable)
    #[arg(long, value_name = "NAME=LOW..HIGH", allow_hyphen_values = true)]
    pub bound: Vec<String>,
}

/// The names of flags that were given.
fn named(flags: &[(bool, &'static str)]) -> Vec<&'static str> {
    let given = flags.iter().filter(|(given, _)| *given);
    given.map(|(_, name)| *name).collect()
}

impl FitArgs {
    /// Names of the flags given, to refuse them where a fit is read from a file.
    pub fn given(&self) -> Vec<&'static str> {
        named(&[
            (self.law.is_some(), "--law"),
            (self.objective.is_some(), "--objective"),
            (self.delta.is_some(), "--delta"),
            (self.residuals.is_some(), "--residuals"),
            (!self.fix.is_empty(), "--fix"),
            (!self.bound.is_empty(), "--bound"),
        ])
    }
}

impl DataArgs {
    /// Names of the flags given.
    pub fn given(&self) -> Vec<&'static str> {
        let table = &self.table;
        let mut names = named(&[
            (table.fit_below.is_some(), "--fit-below"),
            (!table.filters.is_empty(), "--where"),
            (!table.exclude.is_empty(), "--exclude"),
            (table.compute_col.is_some(), "--compute-col"),
            (table.params_col.is_some(), "--params-col"),
            (table.tokens_col.is_some(), "--tokens-col"),
        ]);
        names.extend(self.given_of_runs());
        names
    }

    /// Names of the flags given that are about runs, and not about any table.
    pub fn given_of_runs(&self) -> Vec<&'static str> {
        let reshape = &self.reshape;
        named(&[
            (reshape.wide, "--wide"),
            (reshape.step_col.is_some(), "--step-col"),
            (reshape.join.is_some(), "--join"),
            (!reshape.lets.is_empty(), "--let"),
            (reshape.reduce.is_some(), "--reduce"),
            (self.unique_col.is_some(), "--unique-col"),
            (self.loss_col.is_some(), "--loss-col"),
            (self.sigma_col.is_some(), "--sigma-col"),
            (self.group_col.is_some(), "--group-col"),
        ])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ObjectiveName {
    Squared,
    Huber,
    Lad,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResidualScale {
    Relative,
    Absolute,
    Log,
}

impl From<ResidualScale> for Residuals {
    fn from(scale: ResidualScale) -> Residuals {
        match scale {
            ResidualScale::Relative => Residuals::Relative,
            ResidualScale::Absolute => Residuals::Absolute,
            ResidualScale::Log => Residuals::Log,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    Calibrated,
    Delta,
    Profile,
    Envelope,
    Quadrature,
}

impl From<MethodName> for Method {
    fn from(name: MethodName) -> Method {
        match name {
            MethodName::Calibrated => Method::Calibrated,
            MethodName::Envelope => Method::Envelope,
            MethodName::Quadrature => Method::Quadrature,
            MethodName::Delta => Method::Delta,
            MethodName::Profile => Method::Profile,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindName {
    Confidence,
    Prediction,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Confidence => Kind::Confidence,
            KindName::Prediction => Kind::Prediction,
        }
    }
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Table of runs; - is standard input
    #[arg(value_name = "RUNS.csv")]
    pub input: PathBuf,
    #[command(flatten)]
    pub data: DataArgs,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct FitVerbArgs {
    /// Table of runs; - is standard input
    #[arg(value_name = "RUNS.csv")]
    pub input: PathBuf,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
    /// Write the law file here
    #[arg(short, long, value_name = "LAW.json")]
    pub output: Option<PathBuf>,
    /// Overwrite the law file
    #[arg(long)]
    pub force: bool,
    /// Level of the parameters' intervals
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub level: f64,
    /// Show every basin and every residual
    #[arg(short, long)]
    pub verbose: bool,
    /// Cross-check a surface with the published 4,500 starts (seconds)
    #[arg(long)]
    pub exhaustive: bool,
    /// How to print the result; json is the law file
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Law file; - is standard input
    #[arg(value_name = "LAW.json")]
    pub input: PathBuf,
    /// Show every basin and every residual
    #[arg(short, long)]
    pub verbose: bool,
    /// How to print the result; json is the law file, python and latex are the law to copy
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: ShowFormat,
}

/// How a law is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    Text,
    Json,
    Csv,
    Markdown,
    Python,
    Latex,
}

#[derive(Debug, Args)]
pub struct ForecastArgs {
    /// Law file or table of runs; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv")]
    pub input: PathBuf,
    /// Compute to forecast at: quantities, or 100x for 100 times the largest fitted run
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Ask what compute reaches this loss
    #[arg(long, value_name = "LOSS", value_delimiter = ',')]
    pub reach: Vec<String>,
    /// Fit one law for each value of this column
    #[arg(long, value_name = "COLUMN")]
    pub by: Option<String>,
    /// Table of targets: the column of --by and compute
    #[arg(long, value_name = "FILE", requires = "by")]
    pub targets: Option<PathBuf>,
    /// Levels of the intervals
    #[arg(
        long,
        value_name = "P",
        value_delimiter = ',',
        default_value = "0.8,0.9"
    )]
    pub level: Vec<f64>,
    /// Interval methods [default: calibrated,delta,profile]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub method: Vec<MethodName>,
    /// Interval of the curve or of a new run [default: both]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<KindName>,
    /// Give numbers even where a diagnosis refuses them
    #[arg(long)]
    pub force: bool,
    /// Draw the forecast: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Write the result here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

impl ForecastArgs {
    pub fn methods(&self) -> Vec<Method> {
        if self.method.is_empty() {
            Method::DEFAULT.to_vec()
        } else {
            self.method.iter().map(|m| Method::from(*m)).collect()
        }
    }

    pub fn kinds(&self) -> Vec<Kind> {
        match self.kind {
            Some(kind) => vec![kind.into()],
            None => vec![Kind::Prediction, Kind::Confidence],
        }
    }
}

#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// Table of runs; - is standard input
    #[arg(value_name = "RUNS.csv")]
    pub input: PathBuf,
    /// Level of the intervals
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub level: f64,
    /// Interval method
    #[arg(long, value_name = "NAME", default_value = "calibrated")]
    pub method: MethodName,
    /// Fewest runs to forecast from
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub min_runs: usize,
    /// Score forecasts even where a diagnosis refuses them
    #[arg(long)]
    pub force: bool,
    /// Write the result here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result; json holds every forecast
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Table of runs; - is standard input
    #[arg(value_name = "RUNS.csv")]
    pub input: PathBuf,
    /// The laws to compare [default: every law of compute]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub laws: Vec<String>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RuleName {
    /// Problems that every fitted model solved; least squares
    SolvedByAll,
    /// Problems chosen by one half of the samples and measured by the other
    Split,
    /// Every count, zeros included
    Likelihood,
}

impl From<RuleName> for crate::capability::Rule {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::SolvedByAll => Self::SolvedByAll,
            RuleName::Split => Self::Split,
            RuleName::Likelihood => Self::Likelihood,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EstimatorName {
    /// H_n - H_c
    Harmonic,
    /// -ln(c/n)
    PlugIn,
    /// -ln((c + 1/2)/(n + 1/2))
    PlugInCc,
    /// psi(n) - psi(c): samples drawn until the c-th pass
    Until,
}

impl From<EstimatorName> for crate::capability::Estimator {
    fn from(name: EstimatorName) -> Self {
        match name {
            EstimatorName::Harmonic => Self::Harmonic,
            EstimatorName::PlugIn => Self::PlugIn,
            EstimatorName::PlugInCc => Self::PlugInCc,
            EstimatorName::Until => Self::Until,
        }
    }
}

/// Which problems are used, and how they are measured.
#[derive(Debug, Clone, Args)]
pub struct RuleArgs {
    /// Which problems are used and how [default: likelihood]
    #[arg(long, value_name = "NAME")]
    pub rule: Option<RuleName>,
    /// How -ln p is estimated from n samples with c passes, for --rule solved-by-all and split [default: harmonic]
    #[arg(long, value_name = "NAME")]
    pub estimator: Option<EstimatorName>,
    /// Number of difficulty buckets, judged by the smaller half of the fitted models
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub buckets: usize,
    /// Leave out so many of the hardest problems
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub hardest: usize,
    /// Pass rate that guessing reaches
    #[arg(long, value_name = "P")]
    pub chance: Option<f64>,
    /// Seed of --rule split
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

/// Columns of a table of pass counts, besides those of any table.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct CountColumns {
    /// Column of the model's name
    #[arg(long, value_name = "COLUMN")]
    pub model_col: Option<String>,
    /// Column of the problem's name
    #[arg(long, value_name = "COLUMN")]
    pub problem_col: Option<String>,
    /// Column of the number of samples
    #[arg(long, value_name = "COLUMN")]
    pub samples_col: Option<String>,
    /// Column of the number of passes, or of whether one sample passed
    #[arg(long, value_name = "COLUMN")]
    pub passes_col: Option<String>,
    /// Column of the pass rate of a whole benchmark
    #[arg(long, value_name = "COLUMN")]
    pub pass_rate_col: Option<String>,
}

impl CountColumns {
    /// Names of the flags given.
    pub fn given(&self) -> Vec<&'static str> {
        named(&[
            (self.model_col.is_some(), "--model-col"),
            (self.problem_col.is_some(), "--problem-col"),
            (self.samples_col.is_some(), "--samples-col"),
            (self.passes_col.is_some(), "--passes-col"),
            (self.pass_rate_col.is_some(), "--pass-rate-col"),
        ])
    }
}

impl RuleArgs {
    /// Names of the flags given with another value than their default.
    pub fn given(&self) -> Vec<&'static str> {
        named(&[
            (self.rule.is_some(), "--rule"),
            (self.estimator.is_some(), "--estimator"),
            (self.buckets != 6, "--buckets"),
            (self.hardest != 0, "--hardest"),
            (self.chance.is_some(), "--chance"),
            (self.seed != 0, "--seed"),
        ])
    }
}

#[derive(Debug, Args)]
pub struct CapabilityArgs {
    /// Table of pass counts (model, compute, problem, n_samples, n_correct), of samples (model, compute, problem,
    /// passed) or of pass rates (compute, pass_rate); - is standard input
    #[arg(value_name = "COUNTS.csv")]
    pub input: PathBuf,
    /// Compute to forecast at: quantities, or 100x for 100 times the largest fitted model
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Levels of the intervals
    #[arg(
        long,
        value_name = "P",
        value_delimiter = ',',
        default_value = "0.8,0.9"
    )]
    pub level: Vec<f64>,
    /// Give numbers even where the verdict is against them
    #[arg(long)]
    pub force: bool,
    /// Draw the metric against compute, one panel a bucket: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Draw every problem's pass rate as a heat map: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot_problems: Option<PathBuf>,
    /// Write the result here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub table: TableArgs,
    #[command(flatten)]
    pub columns: CountColumns,
}

/// What kind of data a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Losses against compute.
    Loss,
    /// Losses against parameters and tokens.
    Surface,
    /// Pass counts or pass rates.
    Capability,
    /// A registered forecast, with its score where that lies beside it.
    Entry,
}

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    Html,
    Markdown,
    Json,
    Text,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Table of runs, law file, table of pass counts, or registered entry; - is standard input
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    /// Compute to forecast at: quantities, or 100x for 100 times the largest fitted run [default: where the runs kept
    /// out of the fit are, or 10x]
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// What the data is [default: from the columns and the law]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<ReportKind>,
    /// Levels of the intervals
    #[arg(
        long,
        value_name = "P",
        value_delimiter = ',',
        default_value = "0.8,0.9"
    )]
    pub level: Vec<f64>,
    /// Give numbers even where a finding forbids them
    #[arg(long)]
    pub force: bool,
    /// Write the report here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What to write [default: from the name of the file: .html, .md, .json, .txt; html otherwise]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub columns: CountColumns,
    #[command(flatten, next_help_heading = "Capabilities")]
    pub rules: RuleArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AllocationMethod {
    Delta,
    Profile,
    Bootstrap,
}

impl From<AllocationMethod> for IntervalMethod {
    fn from(name: AllocationMethod) -> IntervalMethod {
        match name {
            AllocationMethod::Delta => IntervalMethod::Delta,
            AllocationMethod::Profile => IntervalMethod::Profile,
            AllocationMethod::Bootstrap => IntervalMethod::Bootstrap,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResamplingName {
    /// Whole runs.
    Cases,
    /// Whole groups of runs (--group-col).
    Clusters,
    /// Residuals on the fitted surface.
    Residuals,
}

impl From<ResamplingName> for Resampling {
    fn from(name: ResamplingName) -> Resampling {
        match name {
            ResamplingName::Cases => Resampling::Cases,
            ResamplingName::Clusters => Resampling::Clusters,
            ResamplingName::Residuals => Resampling::Residuals,
        }
    }
}

/// What the chart of an allocation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SurfaceView {
    /// Lines of equal loss with the efficient frontier.
    Contours,
    /// N* and D* against compute with their bands.
    Allocation,
    /// Residuals against N, D and C.
    Residuals,
}

#[derive(Debug, Args)]
pub struct AllocateArgs {
    /// Law file of a surface, or table of runs; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv")]
    pub input: PathBuf,
    /// Budgets: quantities, or 100x for 100 times the largest fitted run
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub compute: Vec<String>,
    /// Ask for the budget at which N parameters are optimal
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub params: Vec<String>,
    /// Ask for the budget at which D tokens are optimal
    #[arg(long, value_name = "D", value_delimiter = ',')]
    pub tokens: Vec<String>,
    /// Ask for the budget at which D/N has this value
    #[arg(long, value_name = "D/N", value_delimiter = ',')]
    pub ratio: Vec<String>,
    /// FLOP of a run: 6nd, column (fitted to the compute column), or a formula of N and D
    #[arg(
        long,
        value_name = "6nd|column|EXPR",
        default_value = "6nd",
        allow_hyphen_values = true
    )]
    pub flops: String,
    /// Count inference on this many tokens too (2N FLOP each)
    #[arg(long, value_name = "TOKENS")]
    pub n_inference: Option<String>,
    /// Price of an hour of 1 PFLOP/s (3.6e18 FLOP)
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    pub price: Option<f64>,
    /// Level of the intervals
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub level: f64,
    /// Make the intervals on N*, D*, L* and the exponents of a budget hold all at once
    #[arg(long)]
    pub joint: bool,
    /// Interval methods [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub method: Vec<AllocationMethod>,
    /// What the bootstrap draws
    #[arg(long, value_name = "WHAT", default_value = "cases")]
    pub resample: ResamplingName,
    /// Refits of the bootstrap, 50 or more
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub replicates: usize,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Give numbers even where a diagnosis refuses them
    #[arg(long)]
    pub force: bool,
    /// Draw the surface: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// What to draw
    #[arg(long, value_name = "VIEW", default_value = "contours")]
    pub view: SurfaceView,
    /// Write the result here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Args)]
pub struct IsoflopArgs {
    /// Table of runs; - is standard input
    #[arg(value_name = "RUNS.csv")]
    pub input: PathBuf,
    /// Budgets to answer for: quantities, or 100x for 100 times the largest run's 6ND
    #[arg(long, value_name = "C", value_delimiter = ',', default_value = "100x")]
    pub compute: Vec<String>,
    /// Runs whose 6ND agree within this fraction share a budget
    #[arg(long, value_name = "X", default_value_t = 0.1)]
    pub tolerance: f64,
    /// Level of the intervals
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub level: f64,
    /// Draw the IsoFLOP curves: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Write the result here instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

/// What a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Loss against compute.
    Loss,
    /// Loss above the irreducible loss, where the law is a straight line.
    Reducible,
    /// Both, side by side.
    Both,
}

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    Light,
    Dark,
    /// One column of a two-column paper.
    PaperColumn,
    /// The whole width of a paper.
    PaperPage,
    Slide,
}

/// How a picture looks.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Picture")]
pub struct LookArgs {
    /// What the picture is for
    #[arg(long, value_name = "NAME", default_value = "light")]
    pub theme: ThemeName,
    /// Size of one chart in CSS pixels, e.g. 760x480 [default: by the theme]
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    pub size: Option<String>,
    /// Dots an inch of a PNG [default: by the theme, 192 or 600]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(48..=1200))]
    pub dpi: Option<u32>,
}

#[derive(Debug, Args)]
pub struct PlotArgs {
    /// Law file or table of runs; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv")]
    pub input: PathBuf,
    /// Draw a forecast at this compute too
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// What to draw
    #[arg(long, value_name = "VIEW", default_value = "loss")]
    pub view: View,
    /// Draw these laws through the same runs, one beside the other, e.g. saturating,power,m4
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with_all = ["view", "law"])]
    pub laws: Vec<String>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Level of the band and of the forecast's interval
    #[arg(long, value_name = "P", default_value_t = 0.9)]
    pub level: f64,
    /// Method of the band and of the forecast's interval
    #[arg(long, value_name = "NAME", default_value = "calibrated")]
    pub method: MethodName,
    /// .svg or .png; without it the chart is drawn in the terminal
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Args)]
pub struct LawsArgs {
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The law; `scalewise laws` lists them
    #[arg(long, value_name = "NAME", default_value = "saturating")]
    pub law: String,
    /// Its parameters, e.g. a=20,b=-0.1,c=1.5
    #[arg(
        long,
        value_name = "NAME=VALUE",
        value_delimiter = ',',
        required = true
    )]
    pub set: Vec<String>,
    /// A law whose values are added, e.g. power:a=0.3,b=-0.05 (repeatable)
    #[arg(long, value_name = "LAW:NAME=VALUE,…")]
    pub plus: Vec<String>,
    /// Range of compute, evenly covered in its logarithm
    #[arg(long, value_name = "LOW..HIGH", default_value = "1e18..1e22")]
    pub compute: String,
    /// Number of runs in that range
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub runs: usize,
    /// More runs at these values, such as the large one that is to be forecast
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Relative standard deviation of the loss
    #[arg(long, value_name = "SD", default_value_t = 0.0)]
    pub noise: f64,
    /// Seed of the noise
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Write the table here
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct ManArgs {
    /// The verb
    pub verb: Option<String>,
}

impl ManArgs {
    /// The page in roff.
    pub fn page(&self) -> Result<String> {
        let mut command = Cli::command();
        command.build();
        if let Some(name) = &self.verb {
            let names: Vec<String> = command
                .get_subcommands()
                .map(|c| c.get_name().to_owned())
                .collect();
            command = command.find_subcommand(name).cloned().ok_or_else(|| {
                Error::new(ErrorKind::Usage, format!("there is no verb '{name}'"))
                    .with_hint(format!("the verbs are {}", names.join(", ")))
            })?;
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command)
            .render(&mut page)
            .map_err(|e| Error::new(ErrorKind::Io, format!("the page cannot be made: {e}")))?;
        Ok(String::from_utf8_lossy(&page).into_owned())
    }
}
