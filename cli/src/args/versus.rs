//! Arguments for comparing recipes.

use super::{DataArgs, FitArgs, GatherArgs, LEVELS, LookArgs, ResultArgs, level, named};
use clap::Args;
use scalewise::{Method, internal};
use std::path::PathBuf;

/// The methods of intervals of a multiplier.
const METHODS: [Method; 3] = [Method::Profile, Method::Delta, Method::Bootstrap];

#[derive(Debug, Args)]
pub struct VersusArgs {
    /// One table of runs for each recipe, the base first; with --by a single table, which may come
    /// in several files
    #[arg(value_name = "RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Column that tells the recipes of one table apart; several columns, separated by commas, name
    /// a recipe together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// The recipe that the others are compared with [default: the first]
    #[arg(long, value_name = "NAME")]
    pub base: Option<String>,
    /// Column of the seeds: runs of one compute and seed in two recipes are paired [default: a
    /// column named seed or the like, if there is one]
    #[arg(long, value_name = "COLUMN")]
    pub pair_col: Option<String>,
    /// Pair no runs
    #[arg(long, conflicts_with = "pair_col")]
    pub unpaired: bool,
    /// Compute to compare at, beside the largest that all recipes have runs at: quantities, or 10x
    /// for 10 times that one
    #[arg(long, value_name = "C", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Parameters at which to compare the tokens that either recipe needs, for a law of N and D
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub params: Vec<String>,
    /// Tokens of the recipe at those parameters [default: the most that all recipes have runs with]
    #[arg(long, value_name = "D", value_delimiter = ',')]
    pub tokens: Vec<String>,
    /// FLOP of a run for a law of N and D: 6nd, or k (k*N*D, fitted to the compute of the runs of
    /// each recipe)
    #[arg(long, value_name = "6nd|k", default_value = internal::FLOPS)]
    pub flops: String,
    /// Levels of the intervals, from 0.001 to 0.999999, or per cent such as 90 or 90%; that of 90 %,
    /// or else the highest, decides
    #[arg(
        long,
        value_name = "P",
        value_parser = level,
        value_delimiter = ',',
        default_value = LEVELS
    )]
    pub level: Vec<f64>,
    /// Interval methods; the first that gives an interval decides [default:
    /// profile,delta,bootstrap]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = named(&METHODS, Method::name))]
    pub method: Vec<Method>,
    /// Standard deviation of the loss over seeds, in units of the loss
    #[arg(long, value_name = "SD")]
    pub seed_sd: Option<f64>,
    /// Hold the exponent and the floor of an earlier law, without error
    #[arg(long, value_name = "LAW.json")]
    pub law_from: Option<PathBuf>,
    /// Report the smallest difference that these runs can detect, and how many seeds or rungs would
    /// detect a smaller one
    #[arg(long)]
    pub power: bool,
    /// Refits of the method bootstrap, 50 or more [default: 1000]
    #[arg(long, value_name = "N")]
    pub replicates: Option<usize>,
    /// Seed of the bootstrap [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Draw the laws and the multiplier: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    /// Write the comparison with its chart as a page of HTML
    #[arg(long, value_name = "FILE")]
    pub page: Option<PathBuf>,
    /// Show all of the answer, and not only the first lines
    #[arg(short, long)]
    pub verbose: bool,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}
