//! `scalewise check`: how a table is understood.

use super::args::CheckArgs;
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::internal::{CountsUnderstood, holds_counts};
use scalewise::tables::{read_counts, read_source};

pub fn run(args: &CheckArgs, printer: &Printer) -> Result<Outcome> {
    let source = args.gather.open(&args.input)?;
    let of_runs = !args.data.given_of_runs().is_empty();
    if !args.columns.given().is_empty() || (!of_runs && holds_counts(&source.opening())) {
        return counts(args, &source.read()?, source.name(), printer);
    }
    let (_, understanding) = read_source(&source, &args.data.table()?.options(None)?)?;
    let outcome = printer.out(&args.format.of(&understanding, true)?)?;
    printer.next(&format!("scalewise fit {} -o law.json", source.name()));
    Ok(outcome)
}

/// The same of pass counts, whose columns are others.
fn counts(args: &CheckArgs, bytes: &[u8], source: &str, printer: &Printer) -> Result<Outcome> {
    let meaningless = args.data.given_of_runs();
    if !meaningless.is_empty() {
        return Err(input::usage(format!(
            "{} say nothing about pass counts",
            meaningless.join(", ")
        ))
        .with_hint("leave them out, or name the column of the losses with --loss-col"));
    }
    let options = args.data.table.counts(&args.columns)?.options()?;
    let table = read_counts(bytes, source, &options)?;
    let understood = CountsUnderstood::of(&table);
    let outcome = printer.out(&args.format.of(&understood, true)?)?;
    printer.next(&format!("scalewise capability {source} --at 10x"));
    Ok(outcome)
}
