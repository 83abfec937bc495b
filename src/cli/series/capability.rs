//! `scalewise capability --by COLUMN`: pass counts or pass rates of many benchmarks.

use super::super::args::CapabilityArgs;
use super::super::capability::{answer, by_rules, options, outcome};
use super::super::printer::Printer;
use super::{Many, Outcome, for_one_series, input};
use crate::error::Result;
use crate::interval::check_levels;
use crate::report::{
    CapabilityReport, OfCounts, capabilities_csv, capabilities_table, capability_json,
};
use crate::tables::{read_bytes, read_counts_by};

pub fn run(args: &CapabilityArgs, by: &str, printer: &Printer) -> Result<Outcome> {
    for_one_series(
        by,
        &[
            (args.plot.is_some(), "--plot"),
            (args.plot_problems.is_some(), "--plot-problems"),
        ],
    )?;
    check_levels(&args.levels.once())?;
    let at = input::written_once("--at", &args.at)?;
    let mut options = options(&args.table, &args.columns)?;
    options.by = Some(by.to_owned());
    let source = args.input.to_string_lossy();
    let many = Many::new(
        "capability",
        by,
        args.result.format,
        args.result.output.as_deref(),
        printer,
    )?;
    let bar = printer.progress("reading");
    let series = read_counts_by(&read_bytes(&args.input)?, &source, &options)?;
    drop(bar);
    let pieces = many.each(series, |key, counts| {
        let fit = by_rules(&args.rules, &counts)?;
        let largest = fit.overall.largest_fitted();
        // Every series has a number for every column of the table, also where two are one.
        let targets = at.iter().map(|text| input::target("--at", text, largest));
        let report = CapabilityReport {
            targets: targets.collect::<Result<_>>()?,
            ..answer(args, &fit)?
        };
        let refusal = fit.overall.refusal().filter(|_| !args.force);
        let against = refusal.map(|d| (d.code.clone(), d.message.clone()));
        let made = OfCounts::new(&report);
        many.piece(
            key,
            made,
            against,
            outcome(&report),
            &capability_json(&report),
        )
    })?;
    let csv = |all: &[_]| capabilities_csv(all, !args.at.is_empty());
    many.finish(pieces, csv, |all| capabilities_table(&source, &at, all))
}
