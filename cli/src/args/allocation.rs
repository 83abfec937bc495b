//! Arguments of allocations and of the three approaches.

use super::{DataArgs, FitArgs, GatherArgs, LookArgs, ResultArgs, explained, level, named};
use clap::{Args, ValueEnum};
use scalewise::allocation::{AllocationMethod, Resampling};
use scalewise::internal;
use std::path::PathBuf;

const RESAMPLINGS: [(&str, &str); 3] = [
    ("cases", "Whole runs"),
    ("clusters", "Whole groups of runs (--group-col)"),
    ("residuals", "Residuals on the fitted surface"),
];

/// What the chart of an allocation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SurfaceView {
    /// Lines of equal loss with the efficient frontier.
    Contours,
    /// N* and D* against compute with their bands.
    Allocation,
    /// Residuals against N, D and C.
    Residuals,
    /// What other sizes than the best cost at the last budget.
    Valley,
}

#[derive(Debug, Args)]
pub struct AllocateArgs {
    /// Law file of a surface, or table of runs; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
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
    /// Caps on the unique tokens, for the laws data-constrained and bounded-repeat; compare both by
    /// --law 'data-constrained|bounded-repeat'
    #[arg(long, value_name = "U", value_delimiter = ',')]
    pub unique: Vec<String>,
    /// Sizes whose loss, inference cost and price are given at every budget [default: about the
    /// best]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub sizes: Vec<String>,
    /// FLOP of a run: 6nd, k (k*N*D) or column (6ND + k*N^p*D), both fitted to the compute of the
    /// runs, or a formula of N and D
    #[arg(
        long,
        value_name = "6nd|k|column|EXPR",
        default_value = internal::FLOPS,
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
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// Make the intervals of N*, D*, L* and the exponents of a budget hold jointly
    #[arg(long)]
    pub joint: bool,
    /// Interval methods [default: all]
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = named(&AllocationMethod::ALL, AllocationMethod::name)
    )]
    pub method: Vec<AllocationMethod>,
    /// What the bootstrap draws
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "cases",
        value_parser = explained::<Resampling>(&RESAMPLINGS)
    )]
    pub resample: Resampling,
    /// Refits of the bootstrap, 50 or more
    #[arg(long, value_name = "N", default_value_t = internal::REPLICATES)]
    pub replicates: usize,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// One allocation for each value of this column; several columns, separated by commas, name a
    /// series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Draw the surface: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    /// What to draw
    #[arg(long, value_name = "VIEW", default_value = "contours")]
    pub view: SurfaceView,
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

#[derive(Debug, Args)]
pub struct IsoflopArgs {
    /// Table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Budgets to answer for: quantities, or 100x for 100 times the largest run's compute
    #[arg(long, value_name = "C", value_delimiter = ',', default_value = internal::ISOFLOP_BUDGET)]
    pub compute: Vec<String>,
    /// FLOP of a run: 6nd, k (k*N*D) or column (6ND + k*N^p*D), both fitted to the compute of the
    /// runs, or a formula of N and D [default: 6nd; column where a column groups the runs]
    #[arg(long, value_name = "6nd|k|column|EXPR", allow_hyphen_values = true)]
    pub flops: Option<String>,
    /// Runs whose compute agrees within this fraction share a budget: that of the budget column,
    /// else of the compute column, else 6ND
    #[arg(long, value_name = "X", default_value_t = internal::TOLERANCE)]
    pub tolerance: f64,
    /// Level of the intervals
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    /// One comparison for each value of this column; several columns, separated by commas, name a
    /// series together
    #[arg(long, value_name = "COLUMN[,COLUMN]")]
    pub by: Option<String>,
    /// Draw the IsoFLOP curves: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}

#[derive(Debug, Args)]
pub struct OptimumArgs {
    /// Law file or table of runs, also packed by gzip or Zstandard; - is standard input
    #[arg(value_name = "LAW.json|RUNS.csv", required = true, num_args = 1..)]
    pub input: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// Columns to search, e.g. lr,bsz [default: those of the cost]
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub free: Vec<String>,
    /// Values of the other columns, e.g. N=1e9,D=2e10; a repeated name begins the next point
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',')]
    pub at: Vec<String>,
    /// The optimum of each cell: of the runs with the same values of these columns
    #[arg(long, value_name = "COLUMN[,COLUMN]", conflicts_with_all = ["cost", "budget"])]
    pub by: Option<String>,
    /// Fit this law to the optima of the cells, as a function of the columns of --by, such as 'lr =
    /// k*params^a*tokens^b', and evaluate it at the points of --at; once for each free column
    #[arg(long, value_name = "FORMULA", requires = "by")]
    pub then: Vec<String>,
    /// What a run costs, as a formula of columns such as 6*N*D
    #[arg(long, value_name = "FORMULA", requires = "budget")]
    pub cost: Option<String>,
    /// What a run may cost
    #[arg(long, value_name = "COST", value_delimiter = ',', requires = "cost")]
    pub budget: Vec<String>,
    /// Level of the intervals
    #[arg(long, value_name = "P", value_parser = level, default_value_t = internal::LEVEL)]
    pub level: f64,
    #[command(flatten)]
    pub result: ResultArgs,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub data: DataArgs,
}
