//! Arguments of forecasts, back-tests and comparisons.

use super::{DataArgs, FitArgs, GatherArgs, LevelArgs, LookArgs, ResultArgs, level, named};
use clap::Args;
use scalewise::internal;
use scalewise::{Kind, Method};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct ForecastArgs {
    /// Law file or table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Compute to forecast at: quantities, 100x for 100 times the largest fitted run, or 70B:1.4T
    /// for 6ND; for a law of several columns points such as N=1e9,S=8
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Ask what compute reaches this loss
    #[arg(long, value_name = "LOSS", value_delimiter = ',')]
    pub reach: Vec<String>,
    /// One forecast for each value of this column; several columns, separated by commas, name a
    /// series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Table of targets: the columns of --by and compute, quantities or 100x for 100 times the
    /// largest fitted run of the series
    #[arg(long, value_name = "FILE", requires = "by")]
    pub targets: Option<PathBuf>,
    #[command(flatten)]
    pub levels: LevelArgs,
    /// Interval methods [default: calibrated,delta,profile]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = named(&Method::ALL, Method::name))]
    pub method: Vec<Method>,
    /// Interval of the curve or of a new run [default: both]
    #[arg(long, value_name = "KIND", value_parser = named(&Kind::ALL, Kind::name))]
    pub kind: Option<Kind>,
    /// Refits of the method bootstrap, 50 or more [default: 1000]
    #[arg(long, value_name = "N")]
    pub replicates: Option<usize>,
    /// Seed of the bootstrap [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Draw the forecast: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Show all of the answer: every interval, and the forecasts with the floor held at five values
    /// across its interval
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// Table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Level of the intervals
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// Interval method
    #[arg(
        long,
        value_name = "NAME",
        value_parser = named(&Method::ALL, Method::name),
        default_value = Method::Calibrated.name()
    )]
    pub method: Method,
    /// One back-test for each value of this column; several columns, separated by commas, name a
    /// series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Fewest runs to forecast from
    #[arg(long, value_name = "N", default_value_t = internal::MIN_RUNS)]
    pub min_runs: usize,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// The laws to compare [default: every law of compute]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub laws: Vec<String>,
    /// One comparison for each value of this column; several columns, separated by commas, name a
    /// series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub data: DataArgs,
}
