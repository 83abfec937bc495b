//! `scalewise forecast --by COLUMN`: many series at once.

use super::args::{ForecastArgs, Format};
use super::forecast::{abstained, emit, forecast_at};
use super::printer::Printer;
use super::{Outcome, input};
use crate::data::{Source, TargetRow, read_bytes, read_targets, series_of};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::report::{self, Row};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::HashMap;

/// The code of a series whose rows cannot be fitted at all.
const NO_FIT: &str = "no-fit";
/// The code of a target whose series has no rows.
const NO_RUNS: &str = "no-runs";

pub fn run(args: &ForecastArgs, printer: &Printer) -> Result<Outcome> {
    let by = args.by.as_deref().unwrap_or_default();
    if !args.reach.is_empty() || args.plot.is_some() {
        return Err(input::usage("--reach and --plot are for one series")
            .with_hint(format!("pick one with --where '{by} = NAME'")));
    }
    if args.targets.is_none() == args.at.is_empty() {
        return Err(input::usage("--by needs either --targets FILE or --at C"));
    }
    let mut options = args.data.options(Some(args.fit.law()?))?;
    options.by = Some(by.to_owned());
    let fit = args.fit.fit()?;
    let series = series_of(&Source::open(&args.input)?, &options)?;
    let fits: Vec<(String, Result<FitResult>)> = series
        .into_par_iter()
        .map(|s| {
            let fitted = s.data.and_then(|data| fit.run(&data));
            (s.key, fitted)
        })
        .collect();
    for (key, fitted) in &fits {
        if let Err(error) = fitted {
            printer.note(&format!("warning: series '{key}': {error}"));
        }
    }
    let rows = match &args.targets {
        Some(path) => {
            let targets = read_targets(
                &read_bytes(path)?,
                &path.to_string_lossy(),
                by,
                args.data.table.compute_col.as_deref(),
            )?;
            let index: HashMap<&str, &Result<FitResult>> =
                fits.iter().map(|(key, fit)| (key.as_str(), fit)).collect();
            for target in &targets {
                if !index.contains_key(target.series.as_str()) {
                    printer.note(&format!(
                        "warning: {}:{}: there are no runs of series '{}'",
                        path.display(),
                        target.line,
                        target.series
                    ));
                }
            }
            let of = |target: &TargetRow| match index.get(target.series.as_str()) {
                Some(fitted) => rows_of(&target.series, fitted, target.compute, args),
                None => Ok(abstained(&target.series, target.compute, NO_RUNS, args)),
            };
            let rows: Result<Vec<Vec<Row>>> = targets.par_iter().map(of).collect();
            rows?.concat()
        }
        None => {
            let of = |(key, fitted): &(String, Result<FitResult>)| {
                let largest = fitted.as_ref().map_or(f64::NAN, FitResult::largest_fitted);
                let mut rows = Vec::new();
                for text in &args.at {
                    let compute = input::target("--at", text, largest)?;
                    rows.extend(rows_of(key, fitted, compute, args)?);
                }
                Ok(rows)
            };
            let rows: Result<Vec<Vec<Row>>> = fits.par_iter().map(of).collect();
            rows?.concat()
        }
    };
    let text = match args.format {
        Format::Csv => report::rows_csv(&rows),
        Format::Json => super::check::json(&rows)?,
        Format::Text => report::rows_table(&rows).to_text(args.output.is_none()),
        Format::Markdown => report::rows_table(&rows).to_markdown(),
    };
    emit(args, printer, &text)?;
    let given = rows.iter().filter(|row| row.status == "ok").count();
    if given == 0 {
        return Ok(Outcome::Refused);
    }
    let trusted = fits
        .iter()
        .all(|(_, fit)| fit.as_ref().is_ok_and(FitResult::trustworthy));
    Ok(if trusted {
        Outcome::Done
    } else {
        Outcome::NotTrustworthy
    })
}

/// The rows of one target; a series without a usable fit abstains and the others go on.
fn rows_of(
    key: &str,
    fitted: &Result<FitResult>,
    compute: f64,
    args: &ForecastArgs,
) -> Result<Vec<Row>> {
    let fit = match fitted {
        Ok(fit) => fit,
        Err(_) => return Ok(abstained(key, compute, NO_FIT, args)),
    };
    if let Some(refusal) = fit.refusal().filter(|_| !args.force) {
        return Ok(abstained(key, compute, &refusal.code, args));
    }
    match forecast_at(fit, compute, args) {
        Ok(forecast) => Ok(Row::of(key, &forecast)),
        Err(error) if error.kind() == ErrorKind::NoFit => Ok(abstained(key, compute, NO_FIT, args)),
        Err(error) => Err(named(error, key)),
    }
}

fn named(error: Error, key: &str) -> Error {
    Error::new(error.kind(), format!("series '{key}': {error}"))
}
