//! Arguments of tables, fits, laws and simulated runs.

use super::{CountColumns, DataArgs, FitArgs, Format, GatherArgs, level};
use clap::{Args, ValueEnum};
use scalewise::internal;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Table of runs, or of pass counts, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub columns: CountColumns,
    /// Check each value of this column separately, such as the task of a suite; several columns,
    /// separated by commas, name a series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct FitVerbArgs {
    /// Table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
    /// One law for each value of this column; several columns, separated by commas, name a series
    /// together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Write the law file here; with --by what would be printed
    #[arg(short, long, value_name = "LAW.json")]
    pub output: Option<PathBuf>,
    /// Overwrite the law file
    #[arg(long)]
    pub overwrite: bool,
    /// Level of the parameters' intervals
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// Show all of the answer: how the law was fitted, every basin and every residual
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
    /// Show all of the answer: how the law was fitted, every basin and every residual
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
pub struct LawsArgs {
    /// Explain this law alone: its columns, its source and the range of each parameter
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The law; `scalewise laws` lists them
    #[arg(long, value_name = "NAME", default_value = internal::CURVE)]
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
