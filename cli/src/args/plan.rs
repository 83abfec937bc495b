//! Arguments of plans.

use super::{DataArgs, FitArgs, GatherArgs, LookArgs, ResultArgs, explained, level};
use clap::Args;
use scalewise::ask::Design;
use scalewise::internal;
use std::path::PathBuf;

/// How runs are chosen, and what the help says of it.
const DESIGNS: [(&str, &str); 5] = [
    ("ours", "by what they take off the error of the forecast"),
    (
        "d",
        "by the determinant of the information about the parameters, per cost",
    ),
    (
        "v",
        "by the variance of the best law at the target, per cost",
    ),
    ("cheapest", "the cheapest first"),
    ("random", "at random"),
];

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Law file or table of the runs that exist; without it a ladder is designed from --prior
    #[arg(value_name = "LAW.json|RUNS.csv", num_args = 0..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Where the forecast is wanted: a compute, 100x for 100 times the largest fitted run, or for a
    /// law of several columns points and regions such as N=7B,D=1T..4Tx3
    #[arg(long, value_name = "TARGET", value_delimiter = ',', required = true)]
    pub at: Vec<String>,
    /// What all runs together may cost
    #[arg(long, value_name = "COST", required = true)]
    pub budget: String,
    /// Table of runs that could be trained, with the columns of the law and one of costs
    #[arg(long, value_name = "POOL.csv")]
    pub candidates: Option<PathBuf>,
    /// Grid of runs that could be trained, such as C=1e18..1e21x8 or N=1e8..1e9x4,D=2B [default for
    /// a law of compute: 12 rungs up to the budget or half of the target]
    #[arg(long, value_name = "NAME=LOW..HIGHxCOUNT", value_delimiter = ',')]
    pub grid: Vec<String>,
    /// What a run costs: a column of the table of candidates, or a formula such as 6*N*D [default:
    /// a column named cost, or else C, or 6*N*D]
    #[arg(long, value_name = "COLUMN|FORMULA")]
    pub cost: Option<String>,
    /// Train no other seeds of the runs that exist
    #[arg(long)]
    pub no_seeds: bool,
    /// How runs are chosen
    #[arg(
        long,
        value_name = "NAME",
        value_parser = explained::<Design>(&DESIGNS),
        default_value = "ours"
    )]
    pub design: Design,
    /// How many runs are trained before the next plan
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub batch: usize,
    /// The most runs of the sequence [default: 8]
    #[arg(long, value_name = "N")]
    pub most: Option<usize>,
    /// A relative half-width that is enough, such as 0.02 or 2%
    #[arg(long, value_name = "WIDTH")]
    pub width: Option<String>,
    /// Without runs: the loss that is expected at a compute, such as 1e18=3.2
    #[arg(long, value_name = "C=LOSS")]
    pub expect: Option<String>,
    /// Without runs: relative standard deviation of the loss of a run [default: that of the earlier
    /// ladder, or 0.003]
    #[arg(long, value_name = "SD")]
    pub noise: Option<f64>,
    /// Level of the interval
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// Outcomes that are drawn for each run, 8 or more [default: 48]
    #[arg(long, value_name = "N")]
    pub draws: Option<usize>,
    /// Seed of the draws [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Draw the width of the interval against what is spent: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Write the plan with its chart as a page of HTML
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}
