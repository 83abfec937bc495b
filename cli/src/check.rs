//! `scalewise check`: how a table is understood, or what is known of one that cannot be read.

use super::advice;
use super::args::{CheckArgs, Format};
use super::input;
use super::invocation;
use super::outcome::Outcome;
use super::printer::Printer;
use clap::ArgMatches;
use scalewise::ask::{AskTable, CapabilityRequest, FitRequest, RunTable};
use scalewise::internal::{
    CountsUnderstood, SeriesUnderstood, TableKind, findings, holds_counts, one_line, see_counts,
};
use scalewise::tables::{Source, read_counts, read_source};
use scalewise::{Error, Remedy, Result};

/// # Errors
/// When the table cannot be read. What is known of its columns is printed in any case.
pub fn run(args: &CheckArgs, matches: &ArgMatches, printer: &Printer) -> Result<Outcome> {
    let understood = understand(args, matches, printer);
    if let Err(error) = &understood
        && let Some(seen) = error.table()
    {
        printer.out(&args.format.of(seen, true)?)?;
    }
    understood
}

fn understand(args: &CheckArgs, matches: &ArgMatches, printer: &Printer) -> Result<Outcome> {
    let source = args.gather.open(&args.input)?;
    let of_runs = !args.data.given_of_runs().is_empty();
    let of_counts =
        !args.columns.given().is_empty() || (!of_runs && holds_counts(&source.opening()));
    if let Some(by) = &args.by {
        return series(args, &source, by, of_counts, printer);
    }
    if of_counts {
        let bytes = source.read()?;
        return counts(args, &bytes, source.name(), matches, printer);
    }
    let request = FitRequest::default().table(RunTable::default().force(args.data.table.force));
    let (data, understanding) = read_source(&source, &args.data.table()?.options(None)?)?;
    let understanding = understanding.with_findings(findings(&data));
    printer.out(&args.format.of(&understanding, true)?)?;
    // The whole table is shown before a finding that forbids a fit ends the command.
    let usable = request.usable(data).map(drop);
    let mut choices = understanding.choices().to_vec();
    if let Err(error) = &usable {
        choices.extend(ways_out(error));
    }
    let outcome = next(args, understanding.kind(), &choices, matches, printer)?;
    usable.map(|()| outcome)
}

/// Checks each of several series, one line per series.
fn series(
    args: &CheckArgs,
    source: &Source<'_>,
    by: &str,
    of_counts: bool,
    printer: &Printer,
) -> Result<Outcome> {
    let named = (source.name(), by);
    let understood = match of_counts {
        true => {
            no_runs(args)?;
            let request =
                CapabilityRequest::default().table(args.data.table.counts(&args.columns)?);
            SeriesUnderstood::of_counts(named, &request.read_any_by(source, by)?)
        }
        false => {
            let request = FitRequest::default().table(args.data.table()?);
            SeriesUnderstood::of_runs(named, &request.read_any_by(source, by)?)
        }
    };
    printer.out(&args.format.of(&understood, true)?)?;
    understood.usable().map(|()| Outcome::Done)
}

/// Refuses flags that apply only to losses.
fn no_runs(args: &CheckArgs) -> Result<()> {
    let meaningless = args.data.given_of_runs();
    match meaningless.is_empty() {
        true => Ok(()),
        false => Err(input::usage(format!(
            "{} do not apply to pass counts",
            meaningless.join(", ")
        ))
        .with_hint("leave them out, or name the column of the losses with --loss-col")),
    }
}

/// Checks a table of pass counts, which has other columns.
fn counts(
    args: &CheckArgs,
    bytes: &[u8],
    source: &str,
    matches: &ArgMatches,
    printer: &Printer,
) -> Result<Outcome> {
    no_runs(args)?;
    let options = args.data.table.counts(&args.columns)?.options()?;
    let table = read_counts(bytes, source, &options)?;
    let understood = CountsUnderstood::of(&table);
    if args.format == Format::Text
        && let Some(seen) = see_counts(bytes, source, &options)
    {
        printer.out(&(args.format.of(&seen, true)? + "\n"))?;
    }
    printer.out(&args.format.of(&understood, true)?)?;
    let request = CapabilityRequest::default().force(args.data.table.force);
    let usable = request.usable(table.clone()).map(drop);
    let choices = usable.as_ref().err().map(ways_out).unwrap_or_default();
    let outcome = next(args, TableKind::PassCounts, &choices, matches, printer)?;
    usable.map(|()| outcome)
}

/// The settings that an error suggests, for the next command. Conditions are left out, since there
/// are several ways to choose rows.
fn ways_out(error: &Error) -> Vec<Remedy> {
    let remedies = error.remedies().iter().cloned();
    remedies
        .filter(|way| way.value().is_some() && way.setting() != "where")
        .collect()
}

/// Suggests the next command if a person reads the result.
fn next(
    args: &CheckArgs,
    kind: TableKind,
    choices: &[Remedy],
    matches: &ArgMatches,
    printer: &Printer,
) -> Result<Outcome> {
    if args.format != Format::Text {
        return Ok(Outcome::Done);
    }
    let command = advice::next(&invocation::typed(), matches, kind, choices);
    printer.out(&format!("\nNext     {}\n", one_line(&command)))
}
