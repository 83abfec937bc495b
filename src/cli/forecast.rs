//! `scalewise forecast`: the loss of larger runs.

use super::args::{ForecastArgs, Format};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, input, plot, series};
use crate::error::Result;
use crate::fit::FitResult;
use crate::forecast::{Forecast, Target};
use crate::report::{self, ForecastReport, Row};
use crate::runs::Variable;
use serde::Serialize;

pub fn run(args: &ForecastArgs, printer: &Printer) -> Result<Outcome> {
    if let Some(by) = &args.by {
        return series::forecast::run(args, by, printer);
    }
    if args.at.is_empty() && args.reach.is_empty() {
        return Err(input::usage("there is nothing to forecast")
            .with_hint("give a target with --at 1e25 or --at 100x, or ask --reach LOSS"));
    }
    if args.result.format == Format::Csv && !args.at.is_empty() && !args.reach.is_empty() {
        return Err(
            input::usage("--at and --reach give tables with different columns")
                .with_hint("ask for one of them at a time with --format csv"),
        );
    }
    let bar = printer.progress("fitting");
    let fit = input::fit_from(&args.input, &args.fit, &args.data, 0.9, printer)?;
    drop(bar);
    if !args.force
        && let Some(refusal) = fit.refusal()
    {
        return refused(args, printer, &fit, &refusal.code);
    }
    let bar = printer.progress("forecasting");
    let report = answer(&fit, args)?;
    drop(bar);
    let text = match args.result.format {
        Format::Text => report::forecast(&report).to_text(args.result.output.is_none()),
        Format::Markdown => report::forecast(&report).to_markdown(),
        Format::Csv => csv(&report, args),
        Format::Json => json(&document(&report))?,
    };
    if let Some(path) = &args.plot {
        let level = args.levels.highest();
        let method = args
            .methods()
            .first()
            .copied()
            .unwrap_or(crate::interval::Method::Calibrated);
        plot::write(path, &fit, &report.forecasts, level, method, printer)?;
    }
    args.result.emit(&text, printer)?;
    if args.result.format == Format::Text && args.result.output.is_none() && printer.is_watched() {
        printer.out(&format!("\n{}", plot::small(&fit, &report.forecasts)))?;
    }
    Ok(if trustworthy(&report) {
        Outcome::Done
    } else {
        Outcome::NotTrustworthy
    })
}

/// Everything that was asked of a fit.
pub fn answer<'a>(fit: &'a FitResult, args: &ForecastArgs) -> Result<ForecastReport<'a>> {
    let forecasts = input::targets("--at", &args.at, fit.largest_fitted())?
        .into_iter()
        .map(|compute| forecast_at(fit, compute, args))
        .collect::<Result<Vec<Forecast>>>()?;
    let (levels, kinds, methods) = (args.levels.once(), args.kinds(), args.methods());
    let reaches = input::positives("--reach", &args.reach)?
        .into_iter()
        .map(|loss| fit.reach(loss, &levels, &kinds, &methods))
        .collect::<Result<Vec<_>>>()?;
    Ok(ForecastReport {
        fit,
        forecasts,
        reaches,
    })
}

/// Whether neither the fit nor a target has a finding against it.
pub fn trustworthy(report: &ForecastReport<'_>) -> bool {
    report.fit.trustworthy() && report.forecasts.iter().all(Forecast::trustworthy)
}

/// A forecast with the levels, kinds and methods that were asked for.
pub fn forecast_at(fit: &FitResult, compute: f64, args: &ForecastArgs) -> Result<Forecast> {
    let (replicates, seed) = args.refits();
    fit.forecast(Target::compute(compute))
        .levels(&args.levels.once())
        .kinds(&args.kinds())
        .methods(&args.methods())
        .refits(replicates, seed)
        .force(args.force)
        .run()
}

/// No number is given: the report of the fit says why, a table says so in every row.
fn refused(args: &ForecastArgs, printer: &Printer, fit: &FitResult, code: &str) -> Result<Outcome> {
    let text = match args.result.format {
        Format::Text => report::fit(fit, false).to_text(args.result.output.is_none()),
        Format::Markdown => report::fit(fit, false).to_markdown(),
        Format::Json => json(&document(&ForecastReport {
            fit,
            forecasts: Vec::new(),
            reaches: Vec::new(),
        }))?,
        Format::Csv if args.at.is_empty() => {
            let losses = input::positives("--reach", &args.reach)?;
            report::unreached_csv(&losses, code, fit.variable())
        }
        Format::Csv => {
            let computes = input::targets("--at", &args.at, fit.largest_fitted())?;
            let rows = computes
                .into_iter()
                .flat_map(|c| abstained("", Some(c), code, args));
            report::rows_csv(&rows.collect::<Vec<_>>(), fit.variable())
        }
    };
    args.result.emit(&text, printer)?;
    printer.note("no forecast is given; --force gives one all the same");
    Ok(Outcome::Refused)
}

/// One row a level, kind and method without numbers.
pub fn abstained(series: &str, compute: Option<f64>, code: &str, args: &ForecastArgs) -> Vec<Row> {
    let mut rows = Vec::new();
    for method in args.methods() {
        for level in args.levels.once() {
            for kind in args.kinds().into_iter().filter(|k| method.gives(*k)) {
                rows.push(Row::abstained(series, compute, level, kind, method, code));
            }
        }
    }
    rows
}

/// The rows of a forecast; of a fit that allows none, which was asked for one all the same, they say so.
pub fn given(series: &str, fit: &FitResult, forecast: &Forecast) -> Vec<Row> {
    let rows = Row::of(series, forecast);
    match fit.refusal() {
        Some(refusal) => rows
            .into_iter()
            .map(|row| row.forced(&refusal.code))
            .collect(),
        None => rows,
    }
}

fn csv(report: &ForecastReport<'_>, args: &ForecastArgs) -> String {
    if args.at.is_empty() {
        return report::reaches_csv(&report.reaches, report.fit.variable());
    }
    let rows: Vec<Row> = report
        .forecasts
        .iter()
        .flat_map(|f| given("", report.fit, f))
        .collect();
    report::rows_csv(&rows, report.fit.variable())
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    value: f64,
    stderr: Option<f64>,
}

/// What `--format json` prints.
#[derive(Serialize)]
pub struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    formula: String,
    /// What every `compute` here is, where it is something else.
    #[serde(skip_serializing_if = "Variable::is_compute")]
    variable: Variable,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_unit: Option<String>,
    status: crate::fit::FitStatus,
    trustworthy: bool,
    parameters: Vec<Parameter<'a>>,
    diagnoses: &'a [crate::fit::Diagnosis],
    digest: String,
    forecasts: &'a [Forecast],
    reach: &'a [crate::forecast::Reach],
}

pub fn document<'a>(report: &'a ForecastReport<'a>) -> Json<'a> {
    let fit = report.fit;
    Json {
        format: "scalewise.forecast",
        version: 1,
        law: fit.law().name(),
        formula: fit.formula(),
        variable: fit.variable(),
        loss_unit: fit.data().loss_unit.clone(),
        status: fit.status(),
        trustworthy: trustworthy(report),
        parameters: fit
            .parameters()
            .iter()
            .map(|p| Parameter {
                name: &p.name,
                value: p.value,
                stderr: p.stderr,
            })
            .collect(),
        diagnoses: fit.diagnoses(),
        digest: fit.data().digest(),
        forecasts: &report.forecasts,
        reach: &report.reaches,
    }
}
