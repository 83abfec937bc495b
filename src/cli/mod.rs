//! The command line: arguments, one file a verb, and the printer, the only writer to the terminal.

mod allocate;
mod args;
mod backtest;
mod capability;
mod check;
mod clock;
mod compare;
mod config;
mod fit;
mod forecast;
mod input;
mod invocation;
mod isoflop;
mod laws;
mod ledger;
mod plot;
mod printer;
mod progress;
mod question;
mod register;
mod report;
mod save;
mod score;
mod series;
mod settings;
mod show;
mod simulate;
mod terminal;
mod verify;

use crate::error::Result;
use crate::text::one_line;
use args::{Cli, Verb};
use clap::{CommandFactory, Parser};
use printer::Printer;
use std::ffi::OsString;
use std::process::ExitCode;

/// How a verb ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All well.
    Done,
    /// A diagnosis refuses the result: exit code 4.
    Refused,
    /// Finished, but not trustworthy: exit code 5 with `--strict`.
    NotTrustworthy,
}

pub use config::put_in;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let (arguments, defaults) = match config::with_defaults(std::env::args_os().collect()) {
        Ok(found) => found,
        Err(error) => {
            Printer::new(false, args::When::Auto).error(&error);
            return ExitCode::from(error.kind().exit_code());
        }
    };
    invocation::remember(&arguments);
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => speakable(error, &arguments).exit(),
    };
    let printer = Printer::new(cli.quiet, cli.color);
    if !defaults.is_empty() {
        printer.note(&format!(
            "defaults from scalewise.toml: {}",
            defaults.join(", ")
        ));
    }
    match dispatch(&cli.verb, &printer) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(4),
        Ok(Outcome::NotTrustworthy) if cli.strict => ExitCode::from(5),
        Ok(Outcome::NotTrustworthy) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// The same refusal of the arguments with what cannot be printed escaped in them.
fn speakable(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    if !error.use_stderr() {
        return error;
    }
    let escaped = arguments.iter().map(|a| one_line(&a.to_string_lossy()));
    match Cli::try_parse_from(escaped) {
        Err(same) if same.kind() == error.kind() => same,
        // Escaped they mean something else.
        _ => {
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            Cli::command().error(error.kind(), one_line(text.trim_end()))
        }
    }
}

fn dispatch(verb: &Verb, printer: &Printer) -> Result<Outcome> {
    match verb {
        Verb::Check(args) => check::run(args, printer),
        Verb::Fit(args) => fit::run(args, printer),
        Verb::Show(args) => show::run(args, printer),
        Verb::Forecast(args) => forecast::run(args, printer),
        Verb::Backtest(args) => backtest::run(args, printer),
        Verb::Compare(args) => compare::run(args, printer),
        Verb::Capability(args) => capability::run(args, printer),
        Verb::Allocate(args) => allocate::run(args, printer),
        Verb::Isoflop(args) => isoflop::run(args, printer),
        Verb::Report(args) => report::run(args, printer),
        Verb::Register(args) => register::run(args, printer),
        Verb::Verify(args) => verify::run(args, printer),
        Verb::Score(args) => score::run(args, printer),
        Verb::Ledger(args) => ledger::run(args, printer),
        Verb::Plot(args) => plot::run(args, printer),
        Verb::Laws(args) => laws::run(args, printer),
        Verb::Simulate(args) => simulate::run(args, printer),
        Verb::Completions(args) => {
            let mut out = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "scalewise", &mut out);
            printer.out(&String::from_utf8_lossy(&out))
        }
        Verb::Man(args) => printer.out(&args.page()?),
    }
}
