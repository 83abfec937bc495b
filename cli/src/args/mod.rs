//! Every argument of every verb.

mod allocation;
mod capability;
mod curve;
mod fit;
mod forecast;
mod format;
mod gather;
mod look;
mod named;
mod plan;
mod plot;
mod register;
mod report;
mod result;
mod table;
mod versus;

pub use allocation::*;
pub use capability::*;
pub use curve::*;
pub use fit::*;
pub use forecast::*;
pub use format::{Format, When};
pub use gather::GatherArgs;
pub use look::{LookArgs, ThemeName};
use named::{explained, named};
pub use plan::*;
pub use plot::*;
pub use register::*;
pub use report::*;
pub use result::{LEVELS, LevelArgs, ResultArgs, level};
pub use table::{AdditionArgs, DataArgs, FitArgs, ReshapeArgs, TableArgs, UnitArgs};
pub use versus::*;

use clap::{Args, Parser, Subcommand};

/// Predictable scaling: fit a scaling law to cheap small runs, forecast the expensive large one,
/// and say how far to trust it.
#[derive(Debug, Parser)]
#[command(
    name = "scalewise",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "scalewise --version -v says of which commit and with which features this program is \
                  built.\n\nExit codes: 0 ok, 1 I/O or internal, 2 usage, 3 bad data, 4 no usable \
                  fit, 5 low grade or fit in doubt (--strict)"
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
    /// Exit with code 5 when a forecast has grade low, or the optimum or the rows of a fit are in
    /// doubt
    #[arg(long, global = true)]
    pub strict: bool,
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
    /// Forecast every run from the smaller ones, and score those forecasts
    #[command(
        after_help = "Examples:\n  scalewise backtest runs.csv\n  scalewise backtest runs.csv --law power --method profile --level 0.8\n  scalewise backtest runs.csv --format json"
    )]
    Backtest(BacktestArgs),
    /// Rank laws by how well they forecast the larger runs from the smaller ones
    ///
    /// Laws whose mean errors agree to 1e-6 of their size are a tie: the one with fewer parameters
    /// comes first, then the one whose name does.
    #[command(
        after_help = "Examples:\n  scalewise compare runs.csv\n  scalewise compare runs.csv --laws power,saturating,m3 --format csv"
    )]
    Compare(CompareArgs),
    /// Say whether one recipe is better than another, by how much compute, and whether that lasts
    ///
    /// The compute multiplier m at C is how many times C the base needs to reach the loss that the
    /// other recipe has at C: above 1 the other recipe is better. Runs of one compute and seed in
    /// both recipes are paired, so that their common noise cancels.
    #[command(
        after_help = "Examples:\n  scalewise versus A.csv B.csv --at 1e24\n  scalewise versus runs.csv --by recipe --base baseline --power --plot versus.svg\n  scalewise versus A.csv B.csv --fix c=1.6 --fix b=-0.0941 --seed-sd 0.002\n  scalewise versus A.csv B.csv --law-from earlier.json --seed-sd 0.002 --format json"
    )]
    Versus(Box<VersusArgs>),
    /// Choose which runs to train next, from how much each narrows the forecast, and when to stop
    ///
    /// For a law of one variable, the width is that of the simulated calibrated interval; for other
    /// laws, it is the uncertainty of the law at the target. Another seed of an existing run is a
    /// candidate too, if the columns of the law give its cost.
    #[command(
        after_help = "Examples:\n  scalewise plan runs.csv --at 1e24 --budget 3e22\n  scalewise plan runs.csv --candidates pool.csv --at 100x --budget 1e21 --plot plan.svg\n  scalewise plan runs.csv --law 'L = E + A/N^alpha + B/D^beta' --grid N=1e8..1e9x4,D=2e9..2e10x4 --at N=70B,D=1.4T --budget 1e20\n  scalewise plan --prior b=-0.1+-0.02 --prior c=1.6+-0.1 --expect 1e18=3.2 --at 1e24 --budget 1e21"
    )]
    Plan(Box<PlanArgs>),
    /// Forecast the loss at the end of a training run from its log so far and its learning rate
    ///
    /// The laws have the learning-rate schedule in them. What this run cannot show yet, such as
    /// what a fall of the rate brings, comes from earlier runs of the recipe or from published
    /// runs.
    #[command(
        after_help = "Examples:\n  scalewise curve log.csv --end 20000 --schedule cosine:peak=3e-4,end=10%,warmup=2000\n  scalewise curve log.jsonl --end 20B --x tokens --schedule wsd:decay=20% --plot run.svg\n  scalewise curve fit a.csv b.csv -o recipe.json\n  scalewise curve log.csv --end 20000 --schedule wsd:peak=3e-4 --prior recipe.json"
    )]
    Curve(CurveVerbArgs),
    /// Forecast how often a larger model solves problems, or say why that cannot be done
    #[command(
        after_help = "Examples:\n  scalewise capability counts.csv --at 1e25\n  scalewise capability counts.csv --fit-below 1e22 --at 2.2e22 --plot buckets.svg --plot-problems map.svg\n  scalewise capability counts.csv --rule solved-by-all --estimator plug-in --buckets 1 --at 100x\n  scalewise capability rates.csv --pass-rate-col accuracy --chance 0.5 --at 1e25"
    )]
    Capability(CapabilityArgs),
    /// Choose what to train with a budget: N, D and the loss, with intervals
    #[command(
        after_help = "Examples:\n  scalewise allocate runs.csv --compute 1e22,1e24\n  scalewise allocate law.json --params 70B --n-inference 2T --price 2\n  scalewise allocate runs.csv --compute 100x --objective huber --plot frontier.svg"
    )]
    Allocate(AllocateArgs),
    /// Find where a law of any columns is lowest: the best learning rate and batch size, or the
    /// best sizes at a cost
    #[command(
        after_help = "Examples:\n  scalewise optimum sweep.csv --law 'L(lr, N) = E + A/N^a + k*(ln(lr) - m - s*ln(N))^2' --free lr --at N=7e9\n  scalewise optimum runs.csv --law 'L = E + A/N^alpha + B/D^beta' --cost '6*N*D' --budget 1e22,1e23"
    )]
    Optimum(OptimumArgs),
    /// Compare the three approaches to compute-optimal training
    #[command(
        after_help = "Examples:\n  scalewise isoflop runs.csv --compute 1e24\n  scalewise isoflop runs.csv --tolerance 0.05 --plot isoflop.svg"
    )]
    Isoflop(IsoflopArgs),
    /// Write one page: what the large run will reach, and how far to trust that forecast
    #[command(
        after_help = "Examples:\n  scalewise report runs.csv --fit-below 1e22 --at 2.3e22 -o report.html\n  scalewise report counts.csv --at 100x -o report.html\n  scalewise report law.json --at 1e25 --format markdown\n  scalewise report entry.json -o report.html"
    )]
    Report(ReportArgs),
    /// Register a forecast in advance: its predictions, its data, its method and a digest
    #[command(
        after_help = "Examples:\n  scalewise register runs.csv --fit-below 1e22 --at 2.3e22 -o entry.json\n  scalewise register runs.csv --at 100x --outcome 'test loss of the final checkpoint' -o entry.json\n  scalewise register capability counts.csv --at 1e25 -o entry.json\n  scalewise register allocate runs.csv --compute 1e24 -o entry.json"
    )]
    Register(Box<RegisterArgs>),
    /// Verify that an entry, its data and its forecast are unchanged
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
