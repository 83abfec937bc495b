//! Forecasts, back-tests and comparisons.

use super::super::input::each_once;
use super::{DataArgs, FitArgs, Format, LevelArgs, ResultArgs, level};
use crate::interval::{Kind, Method};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    Calibrated,
    Delta,
    Profile,
    Bootstrap,
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
            MethodName::Bootstrap => Method::Bootstrap,
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
pub struct ForecastArgs {
    /// Law file or table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv")]
    pub input: PathBuf,
    /// Compute to forecast at: quantities, or 100x for 100 times the largest fitted run
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Ask what compute reaches this loss
    #[arg(long, value_name = "LOSS", value_delimiter = ',')]
    pub reach: Vec<String>,
    /// One forecast for each value of this column; several columns between commas name a series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Table of targets: the columns of --by and compute, quantities or 100x for 100 times the largest fitted run of the series
    #[arg(long, value_name = "FILE", requires = "by")]
    pub targets: Option<PathBuf>,
    #[command(flatten)]
    pub levels: LevelArgs,
    /// Interval methods [default: calibrated,delta,profile]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub method: Vec<MethodName>,
    /// Interval of the curve or of a new run [default: both]
    #[arg(long, value_name = "KIND")]
    pub kind: Option<KindName>,
    /// Refits of the method bootstrap, 50 or more [default: 1000]
    #[arg(long, value_name = "N")]
    pub replicates: Option<usize>,
    /// Seed of the bootstrap [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Give numbers even where a diagnosis refuses them
    #[arg(long)]
    pub force: bool,
    /// Draw the forecast: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

impl ForecastArgs {
    /// How often the bootstrap refits, and its seed.
    pub fn refits(&self) -> (usize, u64) {
        (self.replicates.unwrap_or(1000), self.seed.unwrap_or(0))
    }

    /// The methods asked for, each once.
    pub fn methods(&self) -> Vec<Method> {
        if self.method.is_empty() {
            Method::DEFAULT.to_vec()
        } else {
            each_once(self.method.iter().map(|m| Method::from(*m)), Method::eq)
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
    /// Table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "RUNS.csv")]
    pub input: PathBuf,
    /// Level of the intervals
    #[arg(long, value_name = "P", value_parser = level, default_value_t = 0.9)]
    pub level: f64,
    /// Interval method
    #[arg(long, value_name = "NAME", default_value = "calibrated")]
    pub method: MethodName,
    /// One back-test for each value of this column; several columns between commas name a series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Fewest runs to forecast from
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub min_runs: usize,
    /// Score forecasts even where a diagnosis refuses them
    #[arg(long)]
    pub force: bool,
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
