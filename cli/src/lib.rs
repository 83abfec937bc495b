//! The command line: arguments, one file per verb, and the printer, which alone writes to the
//! terminal.

#![warn(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod advice;
mod allocate;
mod args;
mod backtest;
mod capability;
mod check;
mod choice;
mod clock;
mod compare;
mod config;
mod curve;
mod curve_follow;
mod files;
mod fit;
mod forecast;
mod give;
mod growing;
mod help;
mod input;
mod interrupt;
mod invocation;
mod isoflop;
mod laws;
mod ledger;
mod look;
mod optimum;
mod outcome;
mod paths;
mod picture;
mod plan;
mod plot;
mod points;
mod printer;
mod progress;
mod refusal;
mod register;
mod report;
mod save;
mod score;
mod scores;
mod settings;
mod show;
mod simulate;
mod terminal;
mod typed_points;
mod verify;
mod version;
mod versus;
mod words;

use args::{Cli, Verb, When};
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};
use outcome::Outcome;
use printer::{Printer, unprintable};
use scalewise::internal::one_line;
use scalewise::{Error, ErrorKind, Result};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

pub use config::{CONFIG_KEYS, put_in};

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    interrupt::watch();
    let typed: Vec<OsString> = std::env::args_os().collect();
    if let Some(text) = version::asked(&typed) {
        let printer = Printer::new(false, When::Auto);
        return match printer.out(&text) {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => failed(&error, &printer),
        };
    }
    // Help is also shown if the config file would be refused.
    if Path::new(config::FILE).symlink_metadata().is_ok()
        && let Err(help) = help::command().try_get_matches_from(&typed)
        && !help.use_stderr()
    {
        return said_by_clap(&help);
    }
    let (words, defaults) = match config::with_defaults(typed) {
        Ok(found) => found,
        Err(error) => return failed(&error, &Printer::new(false, When::Auto)),
    };
    invocation::remember(&words);
    let mut command = help::command();
    command.build();
    let parsed = command.try_get_matches_from_mut(&words);
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    match parsed {
        Ok((cli, matches)) => {
            let command = help::keep(command);
            let printer = Printer::new(cli.quiet, cli.color);
            say_defaults(&defaults, &printer);
            let ended = paths::check(command, &matches)
                .and_then(|()| look::check(command, &matches))
                .and_then(|()| dispatch(&cli.verb, &matches, &printer));
            match ended {
                Ok(outcome) => exit_code(outcome, cli.strict),
                Err(error) => without_result(&error, &matches, &printer),
            }
        }
        Err(error) => {
            let printer = Printer::new(is_quiet(&words), When::Auto);
            say_defaults(&defaults, &printer);
            let incomplete = error.kind() == clap::error::ErrorKind::MissingRequiredArgument;
            let code = said_by_clap(&speakable(error.format(&mut command), &words));
            if let Some(example) = help::example(&command, &words).filter(|_| incomplete) {
                printer.example(&example);
            }
            code
        }
    }
}

/// A line that names the config file and the defaults taken from it.
fn say_defaults(defaults: &[String], printer: &Printer) {
    if !defaults.is_empty() {
        let names = defaults.join(", ");
        printer.note(&format!("defaults from {}: {names}", config::FILE));
    }
}

/// Whether the user wants no notes, judged from words that could not be parsed.
fn is_quiet(words: &[OsString]) -> bool {
    let before = words.iter().take_while(|word| *word != "--");
    before
        .map(|word| word.to_string_lossy())
        .any(|word| ["-q", "--quiet", "-qv", "-vq"].contains(&&*word))
}

/// Prints help and versions, which are results, and clap's errors.
fn said_by_clap(said: &clap::Error) -> ExitCode {
    let printed = said.print().and_then(|()| std::io::stdout().flush());
    match printed {
        Err(error) if !said.use_stderr() && error.kind() != io::ErrorKind::BrokenPipe => {
            failed(&unprintable(&error), &Printer::new(false, When::Auto))
        }
        _ if said.use_stderr() => ExitCode::from(ErrorKind::Usage.exit_code()),
        _ => ExitCode::SUCCESS,
    }
}

/// Reports why there is no result: to people, and to programs if the data are the reason.
fn without_result(error: &Error, matches: &ArgMatches, printer: &Printer) -> ExitCode {
    if error.kind() == ErrorKind::NoFit
        && let Err(unsaid) = refusal::emit(matches, error, printer)
    {
        printer.error(error);
        return failed(&unsaid, printer);
    }
    let code = failed(error, printer);
    if let Some(seen) = error.table() {
        // `check` has already shown all columns.
        if !matches!(matches.subcommand_name(), Some("check")) {
            printer.columns(&advice::columns(seen));
        }
        let typed = invocation::typed();
        let next = advice::next(&typed, matches, seen.kind, &seen.choices);
        let helps = !seen.choices.is_empty() || advice::is_of_another_verb(seen.kind);
        if helps && next != invocation::again() {
            printer.try_this(&next);
        }
    }
    code
}

fn failed(error: &Error, printer: &Printer) -> ExitCode {
    printer.error(error);
    ExitCode::from(error.kind().exit_code())
}

fn exit_code(outcome: Outcome, strict: bool) -> ExitCode {
    match outcome {
        Outcome::Refused => ExitCode::from(4),
        Outcome::NotTrustworthy if strict => ExitCode::from(5),
        Outcome::Done | Outcome::NotTrustworthy => ExitCode::SUCCESS,
    }
}

/// The same error about the arguments, with unprintable characters escaped.
fn speakable(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    if !error.use_stderr() {
        return error;
    }
    let escaped = arguments.iter().map(|a| one_line(&a.to_string_lossy()));
    match Cli::try_parse_from(escaped) {
        Err(same) if same.kind() == error.kind() => same,
        // Escaping would change the meaning of these words.
        _ => {
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            Cli::command().error(error.kind(), one_line(text.trim_end()))
        }
    }
}

fn dispatch(verb: &Verb, matches: &ArgMatches, printer: &Printer) -> Result<Outcome> {
    match verb {
        Verb::Check(args) => check::run(args, matches, printer),
        Verb::Fit(args) => fit::run(args, printer),
        Verb::Show(args) => show::run(args, printer),
        Verb::Forecast(args) => forecast::run(args, printer),
        Verb::Backtest(args) => backtest::run(args, printer),
        Verb::Compare(args) => compare::run(args, printer),
        Verb::Versus(args) => versus::run(args, printer),
        Verb::Plan(args) => plan::run(args, printer),
        Verb::Curve(args) => curve::run(args, printer),
        Verb::Capability(args) => capability::run(args, printer),
        Verb::Allocate(args) => allocate::run(args, printer),
        Verb::Optimum(args) => optimum::run(args, printer),
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
            clap_complete::generate(args.shell, &mut help::command(), "scalewise", &mut out);
            printer.out(&String::from_utf8_lossy(&out))
        }
        Verb::Man(args) => printer.out(&help::manual(args)?),
    }
}
