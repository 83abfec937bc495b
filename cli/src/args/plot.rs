//! Arguments of the verb that draws a law.

use super::{DataArgs, FitArgs, GatherArgs, LookArgs, level, named};
use clap::{Args, ValueEnum};
use scalewise::Method;
use scalewise::internal;
use std::path::PathBuf;

/// What a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Loss against compute.
    Loss,
    /// Loss above the irreducible loss, where the law is a straight line.
    Reducible,
    /// Both, side by side.
    Both,
    /// The series of --by in one chart.
    Together,
}

#[derive(Debug, Args)]
pub struct PlotArgs {
    /// Law file or table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Draw a forecast at this compute too, or for a formula of several columns at points such as
    /// N=1e9,S=8
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// What to draw
    #[arg(long, value_name = "VIEW", default_value = "loss")]
    pub view: View,
    /// Draw these laws through the same runs, one beside the other, e.g. saturating,power,m4
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with_all = ["view", "law"])]
    pub laws: Vec<String>,
    /// One chart for each value of this column; several columns, separated by commas, name a series
    /// together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Level of the band and of the forecast's interval
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// Method of the band and of the forecast's interval
    #[arg(
        long,
        value_name = "NAME",
        value_parser = named(&Method::ALL, Method::name),
        default_value = Method::Calibrated.name()
    )]
    pub method: Method,
    /// .svg, .png, .pdf or .vl.json (Vega-Lite); without it the chart is drawn in the terminal
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}
