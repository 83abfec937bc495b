//! Arguments of register, verify, score and ledger.

use super::super::settings;
use super::{
    AllocateArgs, CapabilityArgs, CurveArgs, ForecastArgs, Format, GatherArgs, LookArgs, ResultArgs,
};
use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use scalewise::ledger::Time;
use std::path::PathBuf;

/// What is registered: a forecast, or what a verb named after `register` answers.
#[derive(Debug)]
pub enum RegisterArgs {
    Forecast(Registered<ForecastArgs>),
    Capability(Registered<CapabilityArgs>),
    Allocate(Registered<AllocateArgs>),
    Curve(Box<Registered<CurveArgs>>),
    External(ExternalArgs),
}

/// A question of another verb, and what is said about its registration.
#[derive(Debug)]
pub struct Registered<Q> {
    pub question: Q,
    pub output: PathBuf,
    pub about: About,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Registering")]
pub struct About {
    /// Say what will count as the outcome [default: follows from the question]
    #[arg(long, value_name = "TEXT")]
    pub outcome: Option<String>,
    /// Time of the registration in UTC, such as 2026-03-01T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub registered_at: Option<Time>,
}

impl<Q: Args> FromArgMatches for Registered<Q> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        if let Some(flag) = settings::refused::<Q>(matches) {
            return Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                format!("--{flag} has no meaning for a registered forecast: leave it out"),
            ));
        }
        let output = matches.get_one::<PathBuf>("output").cloned();
        Ok(Registered {
            output: output.ok_or_else(|| clap::Error::new(ErrorKind::MissingRequiredArgument))?,
            about: About::from_arg_matches(matches)?,
            question: Q::from_arg_matches(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<Q: Args> Args for Registered<Q> {
    fn augment_args(command: Command) -> Command {
        let command = settings::hide::<Q>(About::augment_args(Q::augment_args(command)));
        command.mut_arg("output", |arg| {
            arg.required(true)
                .help("Write the entry here; an existing file is never replaced")
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// A forecast that others published.
#[derive(Debug, Args)]
pub struct ExternalArgs {
    /// Who made the forecast
    #[arg(long, value_name = "NAME")]
    pub who: String,
    /// Where the forecast was published
    #[arg(long, value_name = "TEXT")]
    pub source: String,
    /// When it appeared, as far as that is known, such as 2026-04
    #[arg(long, value_name = "DATE")]
    pub published: String,
    /// Compute of the run, such as 1e23
    #[arg(long, value_name = "FLOP")]
    pub at: String,
    /// The loss that was predicted
    #[arg(long, value_name = "LOSS")]
    pub point: String,
    /// How the forecast was made
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Write the entry here; an existing file is never replaced
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Time of the entry in UTC [default: now]
    #[arg(long, value_name = "TIME")]
    pub registered_at: Option<Time>,
}

/// Describes the input as a table: unlike other verbs, `register` takes no law file, which lacks
/// the rows as written.
fn table_of_runs(arg: Arg) -> Arg {
    arg.value_name("RUNS.csv")
        .help("Tables of runs: files, folders or patterns; - is standard input")
}

const CAPABILITY: &str = "capability";
const ALLOCATE: &str = "allocate";
const CURVE: &str = "curve";
const EXTERNAL: &str = "external";

impl FromArgMatches for RegisterArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        match matches.subcommand() {
            Some((CAPABILITY, sub)) => {
                Registered::from_arg_matches(sub).map(RegisterArgs::Capability)
            }
            Some((ALLOCATE, sub)) => Registered::from_arg_matches(sub).map(RegisterArgs::Allocate),
            Some((EXTERNAL, sub)) => {
                ExternalArgs::from_arg_matches(sub).map(RegisterArgs::External)
            }
            Some((CURVE, sub)) => {
                let args = Registered::from_arg_matches(sub)?;
                Ok(RegisterArgs::Curve(Box::new(args)))
            }
            _ => Registered::from_arg_matches(matches).map(RegisterArgs::Forecast),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for RegisterArgs {
    fn augment_args(command: Command) -> Command {
        // `augment_args` also sets the struct's own text, so the verb's texts are set after it.
        let capability = Registered::<CapabilityArgs>::augment_args(Command::new(CAPABILITY))
            .about("Register the pass rates of larger models, by difficulty")
            .after_help("Examples:\n  scalewise register capability counts.csv --at 1e25 -o entry.json\n  scalewise register capability counts.csv --fit-below 1e22 --at 2.2e22 --buckets 1 -o entry.json");
        let allocate = Registered::<AllocateArgs>::augment_args(Command::new(ALLOCATE))
            .mut_arg("input", table_of_runs)
            .about("Register what is best to train with a budget")
            .after_help("Examples:\n  scalewise register allocate runs.csv --compute 1e24 -o entry.json\n  scalewise register allocate runs.csv --compute 100x --objective huber -o entry.json");
        let curve = Registered::<CurveArgs>::augment_args(Command::new(CURVE))
            .about("Register the loss at the end of a training run")
            .after_help("Examples:\n  scalewise register curve log.csv --end 20000 --schedule cosine:peak=3e-4 -o entry.json\n  scalewise register curve log.csv --end 20000 --prior recipe.json -o entry.json");
        let external = ExternalArgs::augment_args(Command::new(EXTERNAL))
            .about("Keep a forecast that others published, to be scored beside those of your own")
            .after_help("Examples:\n  scalewise register external --who 'a laboratory' --source 'its report, table 2' --published 2026-04 --at 1e23 --point 2.25 -o theirs.json");
        Registered::<ForecastArgs>::augment_args(command)
            .mut_arg("input", table_of_runs)
            .subcommands([capability, allocate, curve, external])
            .args_conflicts_with_subcommands(true)
            .subcommand_negates_reqs(true)
            .disable_help_subcommand(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Entry; - is standard input
    #[arg(value_name = "ENTRY.json")]
    pub entry: PathBuf,
    /// The table that it was registered from: looks for the rows that were used and derives the
    /// forecast again
    #[arg(value_name = "RUNS.csv", num_args = 1..)]
    pub data: Vec<PathBuf>,
    #[command(flatten)]
    pub gather: GatherArgs,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// Entry
    #[arg(value_name = "ENTRY.json")]
    pub entry: PathBuf,
    /// Outcome, with the name of its prediction if the entry has several (repeatable)
    #[arg(
        long,
        value_name = "[NAME=]VALUE",
        required = true,
        allow_hyphen_values = true
    )]
    pub actual: Vec<String>,
    /// The training that gave the outcome ended after this time, in UTC
    #[arg(long, value_name = "TIME")]
    pub trained_after: Option<Time>,
    /// Time of the score in UTC [default: now]
    #[arg(long, value_name = "TIME")]
    pub scored_at: Option<Time>,
    /// Write the score here; an existing file is never replaced [default: ENTRY.score.json]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to print the result; json is the score
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// Folder of entries and scores: every file in it that ends in .json
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Draw what was predicted against what came true: .svg, .png, .pdf or .vl.json
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub look: LookArgs,
    #[command(flatten)]
    pub result: ResultArgs,
}
