//! `scalewise fit`: a law from a table of runs.

use super::args::{FitVerbArgs, Format};
use super::printer::Printer;
use super::save::refuse_record;
use super::{Outcome, series};
use crate::error::Result;
use crate::files::{self, Existing};
use crate::fit::FitResult;
use crate::report;
use crate::runs::Dataset;
use crate::tables::Source;

pub fn run(args: &FitVerbArgs, printer: &Printer) -> Result<Outcome> {
    if let Some(by) = &args.by {
        return series::fit::run(args, by, printer);
    }
    let options = args.data.options(Some(args.fit.law()?))?;
    let fit = args.fit.fit()?.level(args.level);
    let bar = printer.progress("fitting");
    let data = Dataset::from_source(&Source::open(&args.input)?, &options)?;
    let result = fit.run(&data)?;
    drop(bar);
    if let Some(path) = &args.output {
        let existing = if args.force {
            Existing::Replace
        } else {
            Existing::Keep
        };
        refuse_record(path)?;
        files::write(path, result.to_json().as_bytes(), existing)?;
        printer.note(&format!("wrote {}", path.display()));
    }
    printer.out(&text(&result, args.format, args.verbose))?;
    if args.exhaustive {
        let bar = printer.progress("descending from the published starts");
        let found = result.exhaustive()?;
        drop(bar);
        printer.note(&format!(
            "published starts: {} of {} reach the objective {:.10e}, {} lose a term; the fit has {:.10e}",
            found.reached,
            found.starts,
            found.objective,
            found.trapped,
            result.objective()
        ));
    }
    match &args.output {
        Some(path) => printer.next(&format!("scalewise forecast {} --at 100x", path.display())),
        None => printer.next(&format!(
            "scalewise forecast {} --at 100x",
            args.input.display()
        )),
    }
    Ok(outcome(&result))
}

/// A fit in the format asked for.
pub fn text(result: &FitResult, format: Format, verbose: bool) -> String {
    match format {
        Format::Text => report::fit(result, verbose).to_text(true),
        Format::Markdown => report::fit(result, verbose).to_markdown(),
        Format::Json => result.to_json(),
        Format::Csv => report::parameters_csv(result),
    }
}

/// What a fit means for the exit code.
pub fn outcome(result: &FitResult) -> Outcome {
    if result.refusal().is_some() {
        Outcome::Refused
    } else if result.trustworthy() {
        Outcome::Done
    } else {
        Outcome::NotTrustworthy
    }
}
