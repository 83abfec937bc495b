//! Forecasts of many series at their targets, as a table for programs and as a table for people.

use super::document::{Block, Document};
use super::forecast_rows::{ForecastRow, abstained, rows_csv};
use super::many::{Piece, Wanted, judged};
use crate::ask::{ForecastRequest, NO_FIT, NO_RUNS, OfSeries, Targets, by};
use crate::error::Result;
use crate::forecast::Grade;
use crate::number::{digits, percent, with_uncertainty};
use crate::progress::Progress;
use crate::runs::{Dataset, Series, Variable};
use crate::said::Said;
use std::collections::HashSet;

/// Forecasts of every series at its targets. A target whose series has no runs gets the reason
/// instead. `place` is the name of the table of targets.
///
/// # Errors
/// As for the answers.
pub fn at_targets(
    request: &ForecastRequest,
    targets: &Targets,
    place: &str,
    mut series: Vec<Series<Dataset>>,
    wanted: Wanted,
    progress: &dyn Progress,
) -> Result<Vec<OfSeries<Piece>>> {
    series.retain(|s| targets.wants(&s.key));
    let known: HashSet<String> = series.iter().map(|s| s.key.clone()).collect();
    let mut all = by(series, progress, |key, data| {
        Piece::of(&request.of_series(key, &data, targets)?, wanted)
    })?;
    all.extend(targets.unknown(&known).map(|target| OfSeries {
        series: target.series.clone(),
        code: Some(NO_RUNS.to_owned()),
        reason: format!("{place}:{}: there are no runs of this series", target.line),
        result: None,
    }));
    Ok(judged(all))
}

/// The rows of every target of many series, by series or in the order of a table of targets. A
/// series without an answer has rows with the reason.
fn many_rows(
    request: &ForecastRequest,
    targets: &Targets,
    all: &[OfSeries<Piece>],
) -> Vec<ForecastRow> {
    let request = request.once();
    let made = all.iter().map(|of| {
        let mut own = match &of.result {
            Some(piece) => piece.targets().to_vec(),
            None => {
                let code = of.code.as_deref().unwrap_or(NO_FIT);
                // The value of `100x` is unknown for a series without runs.
                let known = |target: Option<f64>| target.filter(|c| c.is_finite());
                let asked = targets.of(&of.series, f64::NAN).into_iter();
                let rows = asked.map(|target| abstained(known(target.ok()), code, &request));
                rows.collect()
            }
        };
        for row in own.iter_mut().flatten() {
            row.series.clone_from(&of.series);
        }
        (of.series.clone(), own)
    });
    targets.in_order(made.collect()).concat()
}

/// Forecasts of every target of many series as CSV.
#[must_use]
pub fn targets_csv(
    request: &ForecastRequest,
    targets: &Targets,
    all: &[OfSeries<Piece>],
) -> String {
    rows_csv(&many_rows(request, targets, all), request.table.over)
}

/// Forecasts of every target of many series as a table for people.
#[must_use]
pub fn targets_document(
    request: &ForecastRequest,
    targets: &Targets,
    all: &[OfSeries<Piece>],
) -> Document {
    rows_table(&many_rows(request, targets, all), request.table.over)
}

/// Rows as a table for people.
fn rows_table(rows: &[ForecastRow], variable: Variable) -> Document {
    let cells = rows.iter().map(|row| {
        let spread = row.lower.zip(row.upper).map(|(l, u)| 0.25 * (u - l));
        let number = |v: Option<f64>| v.map_or(String::new(), |v| with_uncertainty(v, spread));
        vec![
            row.series.clone(),
            row.compute.map_or(String::new(), |c| variable.shown(c)),
            number(row.point),
            percent(row.level),
            row.kind.name().to_owned(),
            row.method.name().to_owned(),
            number(row.lower),
            number(row.upper),
            row.extrapolation.map_or(String::new(), |x| digits(x, 3)),
            row.status.clone(),
            row.grade.map_or("", Grade::name).to_owned(),
            number(row.actual),
            row.error
                .map_or(String::new(), |e| format!("{:+.1} %", Said(100.0 * e))),
        ]
    });
    let head = ForecastRow::COLUMNS.map(|name| match name {
        "compute" => variable.noun(),
        name => name,
    });
    // What came true has columns only if something did.
    let known = rows.iter().any(|row| row.actual.is_some());
    let count = head.len() - if known { 0 } else { 2 };
    let cells = cells.map(|mut row| {
        row.truncate(count);
        row
    });
    vec![Block::table(&head[..count], &[0, 4, 5, 9, 10], cells)].into()
}
