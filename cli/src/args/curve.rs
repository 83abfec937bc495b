//! The end of a training run from its beginning.

use super::{GatherArgs, LevelArgs, ResultArgs, named};
use clap::Args;
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

#[derive(Debug, Args)]
pub struct CurveArgs {
    /// Log of the run so far: a table, JSON Lines or what a tracker exports; - is standard input
    #[arg(value_name = "LOG")]
    pub input: PathBuf,
    /// The step that the run will end at, or the tokens with --x tokens, such as 20000 or 20B
    #[arg(long, value_name = "STEP")]
    pub end: String,
    /// Schedule of the learning rate, such as cosine:peak=3e-4,end=10%,warmup=2000: cosine, linear,
    /// wsd, trapezoid, constant, power, exponential or sqrt; rates that the log has come before it
    /// [default: as at the last step]
    #[arg(long, value_name = "SCHEDULE")]
    pub schedule: Option<String>,
    /// Table with columns step and lr in place of a schedule
    #[arg(long, value_name = "FILE", conflicts_with = "schedule")]
    pub rates: Option<PathBuf>,
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
    /// Draw the run, its forecast and its learning rate: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Write the forecast with its chart as a page of HTML
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub log: LogArgs,
    #[command(flatten)]
    pub gather: GatherArgs,
}
