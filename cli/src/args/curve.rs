//! Arguments for the end of a training run.

use super::{Format, GatherArgs, LevelArgs, LookArgs, ResultArgs, named};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use scalewise::internal::CurveLaw;
use scalewise::runs::LogAxis;
use std::path::PathBuf;

/// How the log of a training run is read.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub struct LogArgs {
    /// Use only rows that meet this, e.g. "run = 'a'" (repeatable)
    #[arg(long = "where", value_name = "EXPR")]
    pub filters: Vec<String>,
    /// Leave out rows that meet this (repeatable)
    #[arg(long, value_name = "EXPR")]
    pub exclude: Vec<String>,
    /// What the run counts; schedules and --end are in it too [default: steps where there are some]
    #[arg(long, value_name = "AXIS", value_parser = named(&LogAxis::ALL, LogAxis::name))]
    pub x: Option<LogAxis>,
    /// Column of the steps
    #[arg(long, value_name = "COLUMN")]
    pub step_col: Option<String>,
    /// Column of the tokens seen so far
    #[arg(long, value_name = "COLUMN")]
    pub tokens_col: Option<String>,
    /// Column of the loss
    #[arg(long, value_name = "COLUMN")]
    pub loss_col: Option<String>,
    /// Column of the learning rate [default: one with a usual name, if there is one]
    #[arg(long, value_name = "COLUMN")]
    pub lr_col: Option<String>,
    /// Decimal sign of the numbers, ',' or '.' [default: a point]
    #[arg(long, value_name = "SIGN", value_parser = [",", "."])]
    pub decimal: Option<String>,
}

/// What is asked about training runs.
#[derive(Debug)]
pub enum CurveVerbArgs {
    End(Box<CurveArgs>),
    Fit(Box<CurveFitArgs>),
    Forecast(Box<CurveForecastArgs>),
    Compare(Box<CurveCompareArgs>),
}

#[derive(Debug, Args)]
pub struct CurveArgs {
    /// Log of the run so far: a table, JSON Lines or what a tracker exports; - is standard input
    #[arg(value_name = "LOG")]
    pub input: PathBuf,
    /// Step at which the run will end, or the tokens with --x tokens, such as 20000 or 20B
    #[arg(long, value_name = "STEP", required_unless_present = "end_col")]
    pub end: Option<String>,
    /// Column of the step that a run will end at, in place of --end
    #[arg(long, value_name = "COLUMN", conflicts_with = "end")]
    pub end_col: Option<String>,
    /// Column of the run that a run branches off from, such as the branches of a WSD run that decay
    /// from one trunk; their errors are not independent
    #[arg(long, value_name = "COLUMN", requires = "by")]
    pub trunk_col: Option<String>,
    /// Column that tells the runs of the log apart: a table of all runs at their ends, whose CSV is
    /// a table of runs with sigma for the other verbs; several columns, separated by commas,
    #[arg(
        long,
        value_name = "COLUMN[,COLUMN]",
        conflicts_with_all = ["follow", "plot", "page"]
    )]
    pub by: Option<String>,
    /// Schedule of the learning rate, such as cosine:peak=3e-4,end=10%,warmup=2000: cosine, linear,
    /// wsd, trapezoid, constant, power, exponential or sqrt; learning rates in the log take
    /// precedence [default: as at the last step]
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: Option<String>,
    /// Table with columns step and lr in place of a schedule
    #[arg(long, value_name = "FILE", conflicts_with = "schedule")]
    pub rates: Option<PathBuf>,
    /// Recipe learnt from complete runs, as `scalewise curve fit` writes it
    #[arg(long, value_name = "RECIPE.json")]
    pub prior: Option<PathBuf>,
    /// Leave out the points at and before this step [default: the warm-up and the first twentieth]
    #[arg(long, value_name = "STEP")]
    pub skip_until: Option<String>,
    /// Laws to use [default: those that suit the schedule]
    #[arg(
        long,
        value_name = "LAW",
        value_delimiter = ',',
        value_parser = named(&CurveLaw::ALL, CurveLaw::name)
    )]
    pub law: Vec<CurveLaw>,
    #[command(flatten)]
    pub level: LevelArgs,
    /// Go on even where a finding forbids it
    #[arg(long)]
    pub force: bool,
    /// Print a line at each new evaluation until the run ends; with --format json a line of JSON
    #[arg(long, conflicts_with_all = ["plot", "page", "output"])]
    pub follow: bool,
    #[command(flatten)]
    pub shown: ShownArgs,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub log: LogArgs,
    #[command(flatten)]
    pub gather: GatherArgs,
}

/// The picture and the page of an answer.
#[derive(Debug, Args)]
pub struct ShownArgs {
    /// Draw the losses, the forecasts or laws, and the learning rates: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Write the answer with its chart as a page of HTML
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CurveFitArgs {
    /// Logs of complete runs of one recipe, one run a file, or several told apart by --by
    #[arg(value_name = "LOG", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    /// Write the recipe here, for --prior, curve forecast and curve compare
    #[arg(short, long, value_name = "RECIPE.json")]
    pub output: Option<PathBuf>,
    /// Overwrite the recipe
    #[arg(long)]
    pub overwrite: bool,
    /// Schedule of the learning rate of all runs, where the logs have no rates
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: Option<String>,
    /// Table with columns step and lr in place of a schedule
    #[arg(long, value_name = "FILE", conflicts_with = "schedule")]
    pub rates: Option<PathBuf>,
    /// Column that tells the runs of a log apart; several columns, separated by commas, do so
    /// together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// How to print the result; json is the recipe
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    #[command(flatten)]
    pub shown: ShownArgs,
    #[command(flatten)]
    pub log: LogArgs,
    #[command(flatten)]
    pub gather: GatherArgs,
}

#[derive(Debug, Args)]
pub struct CurveForecastArgs {
    /// Recipe that `scalewise curve fit` wrote
    #[arg(value_name = "RECIPE.json")]
    pub input: PathBuf,
    /// Step at which the run will end
    #[arg(long, value_name = "STEP")]
    pub end: String,
    /// Schedule of the learning rate, such as wsd:peak=3e-4,decay=20%,warmup=2000
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: String,
    #[command(flatten)]
    pub level: LevelArgs,
    #[command(flatten)]
    pub shown: ShownArgs,
    #[command(flatten)]
    pub result: ResultArgs,
}

#[derive(Debug, Args)]
pub struct CurveCompareArgs {
    /// Recipe that `scalewise curve fit` wrote
    #[arg(value_name = "RECIPE.json")]
    pub input: PathBuf,
    /// The step that the runs will end at
    #[arg(long, value_name = "STEP")]
    pub end: String,
    /// Schedules of the learning rate; differences are to the first (repeatable)
    #[arg(long, value_name = "SCHEDULE", required = true)]
    pub schedule: Vec<String>,
    #[command(flatten)]
    pub level: LevelArgs,
    #[command(flatten)]
    pub shown: ShownArgs,
    #[command(flatten)]
    pub result: ResultArgs,
}

const FIT: &str = "fit";
const FORECAST: &str = "forecast";
const COMPARE: &str = "compare";

impl FromArgMatches for CurveVerbArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand() {
            Some((FIT, sub)) => {
                let args = CurveFitArgs::from_arg_matches(sub)?;
                Ok(CurveVerbArgs::Fit(Box::new(args)))
            }
            Some((FORECAST, sub)) => CurveForecastArgs::from_arg_matches(sub)
                .map(|args| CurveVerbArgs::Forecast(Box::new(args))),
            Some((COMPARE, sub)) => CurveCompareArgs::from_arg_matches(sub)
                .map(|args| CurveVerbArgs::Compare(Box::new(args))),
            _ => {
                let args = CurveArgs::from_arg_matches(matches)?;
                Ok(CurveVerbArgs::End(Box::new(args)))
            }
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for CurveVerbArgs {
    fn augment_args(command: Command) -> Command {
        // `augment_args` also sets the struct's own text, so the verb's texts are set after it.
        let fit = CurveFitArgs::augment_args(Command::new(FIT))
            .about("Learn a recipe from its complete runs, to forecast later ones")
            .after_help("Examples:\n  scalewise curve fit a.csv b.csv -o recipe.json\n  scalewise curve fit runs.csv --by schedule -o recipe.json");
        let forecast = CurveForecastArgs::augment_args(Command::new(FORECAST))
            .about("Forecast the end of a run of a recipe with a schedule that was not yet run")
            .after_help("Examples:\n  scalewise curve forecast recipe.json --end 24000 --schedule wsd:peak=3e-4,decay=20%");
        let compare = CurveCompareArgs::augment_args(Command::new(COMPARE))
            .about("Compare schedules for one recipe, and say when to begin a decay")
            .after_help("Examples:\n  scalewise curve compare recipe.json --end 24000 --schedule cosine:peak=3e-4 --schedule wsd:peak=3e-4");
        CurveArgs::augment_args(command)
            .subcommands([fit, forecast, compare])
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true)
            .disable_help_subcommand(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
