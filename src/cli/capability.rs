//! `scalewise capability`: the mean log pass rate of larger models.

use super::args::{CapabilityArgs, CountColumns, Format, RuleArgs, TableArgs};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, input, plot, series};
use crate::capability::{Capability, Fit, Verdict};
use crate::chart::{self, Theme};
use crate::error::Result;
use crate::fit::Severity;
use crate::interval::check_levels;
use crate::report::{self, CapabilityReport};
use crate::runs::CountTable;
use crate::tables::{CountOptions, read_bytes, read_counts};

pub fn run(args: &CapabilityArgs, printer: &Printer) -> Result<Outcome> {
    if let Some(by) = &args.by {
        return series::capability::run(args, by, printer);
    }
    let bytes = read_bytes(&args.input)?;
    let source = args.input.to_string_lossy();
    let bar = printer.progress("fitting");
    let fit = fitted(args, &bytes, &source)?;
    drop(bar);
    let report = answer(args, &fit)?;
    let text = match args.result.format {
        Format::Text => report::capability(&report).to_text(args.result.output.is_none()),
        Format::Markdown => report::capability(&report).to_markdown(),
        Format::Csv => report::capability_csv(&report),
        Format::Json => json(&report::capability_json(&report))?,
    };
    draw(args, &report, printer)?;
    args.result.emit(&text, printer)?;
    if args.at.is_empty() {
        printer.next(&format!("scalewise capability {source} --at 100x"));
    }
    if report.fit.overall.verdict() == Verdict::NotPredictable {
        if args.force {
            printer.note("FORCED: the numbers are against the verdict NOT PREDICTABLE");
        } else if !report.targets.is_empty() {
            printer.note("no forecast is given; --force gives one that carries this verdict");
        }
    }
    Ok(outcome(&report))
}

/// Everything that was asked of a fit.
pub fn answer<'a>(args: &CapabilityArgs, fit: &'a Capability) -> Result<CapabilityReport<'a>> {
    Ok(CapabilityReport {
        fit,
        targets: input::targets("--at", &args.at, fit.overall.largest_fitted())?,
        levels: args.levels.once(),
        force: args.force,
    })
}

/// How a table of pass counts is read.
pub fn options(table: &TableArgs, columns: &CountColumns) -> Result<CountOptions> {
    Ok(CountOptions {
        compute_col: table.compute_col.clone(),
        params_col: table.params_col.clone(),
        tokens_col: table.tokens_col.clone(),
        model_col: columns.model_col.clone(),
        problem_col: columns.problem_col.clone(),
        samples_col: columns.samples_col.clone(),
        passes_col: columns.passes_col.clone(),
        pass_rate_col: columns.pass_rate_col.clone(),
        filters: input::filters(&table.filters)?,
        excludes: input::filters(&table.exclude)?,
        fit_below: table.limit()?,
        by: None,
    })
}

/// The fit of a table.
pub fn fitted(args: &CapabilityArgs, bytes: &[u8], source: &str) -> Result<Capability> {
    check_levels(&args.levels.once())?;
    let options = options(&args.table, &args.columns)?;
    by_rules(&args.rules, &read_counts(bytes, source, &options)?)
}

/// The fit of a table by the rules asked for.
pub fn by_rules(args: &RuleArgs, table: &CountTable) -> Result<Capability> {
    let rule = args.rule.map(Into::into);
    let mut fit = Fit::new()
        .buckets(args.buckets)
        .hardest(args.hardest)
        .chance(args.chance)
        .seed(args.seed);
    if let Some(rule) = rule {
        fit = fit.rule(rule);
    }
    match &table {
        CountTable::Counts(counts) => {
            if let Some(estimator) = args.estimator {
                if rule.is_none_or(|r| r == crate::capability::Rule::Likelihood) {
                    return Err(input::usage(
                        "--estimator is for the rules that estimate each problem by itself",
                    )
                    .with_hint(
                        "add --rule solved-by-all or --rule split, or leave --estimator out",
                    ));
                }
                fit = fit.estimator(estimator.into());
            }
            fit.run(counts)
        }
        CountTable::Rates(rates) => {
            if args.rule.is_some() || args.estimator.is_some() || args.hardest > 0 {
                return Err(input::usage(
                    "--rule, --estimator and --hardest need counts for every problem, and the table holds rates",
                )
                .with_hint("leave them out, or give one row a model and problem"));
            }
            fit.run_rates(rates)
        }
    }
}

fn draw(args: &CapabilityArgs, report: &CapabilityReport<'_>, printer: &Printer) -> Result<()> {
    let level = args.levels.highest();
    // What cannot be drawn shows before the first picture is written.
    let problems = match &args.plot_problems {
        Some(path) => Some((path, problems(report)?)),
        None => None,
    };
    if let Some(path) = &args.plot {
        let figure = chart::capability(report.fit, &report.targets, level, args.force);
        let theme = if figure.charts.len() > 1 {
            Theme::light().size(620, 420)
        } else {
            Theme::light()
        };
        plot::write_picture(path, &figure.into(), &theme, printer)?;
    }
    if let Some((path, chart)) = problems {
        let theme = Theme::light().size(620, 760);
        plot::write_picture(path, &chart.into(), &theme, printer)?;
    }
    Ok(())
}

/// The heat map of the pass rates of all problems.
fn problems(report: &CapabilityReport<'_>) -> Result<chart::Chart> {
    chart::problems(report.fit).ok_or_else(|| {
        input::usage("--plot-problems needs counts for every problem")
            .with_hint("use --plot for rates of a whole benchmark")
    })
}

/// What a fit means for the exit code.
pub fn outcome(report: &CapabilityReport<'_>) -> Outcome {
    let overall = &report.fit.overall;
    let warned = || {
        overall
            .diagnoses
            .iter()
            .any(|d| d.severity > Severity::Note)
    };
    match overall.verdict() {
        Verdict::NotPredictable if !report.force => Outcome::Refused,
        Verdict::NotPredictable => Outcome::NotTrustworthy,
        _ if warned() => Outcome::NotTrustworthy,
        _ => Outcome::Done,
    }
}
