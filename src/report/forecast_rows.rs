//! Forecasts as rows for programs: CSV, and the same as a table.

use super::document::{Block, Document};
use super::many::Piece;
use crate::ask::{ForecastAnswer, ForecastRequest, NO_FIT, OfSeries, TargetAnswer, Targets};
use crate::csv_text::CsvText;
use crate::forecast::{Forecast, Reach};
use crate::interval::{Interval, Kind, Method};
use crate::number::{digits, percent, with_uncertainty};
use crate::runs::Variable;
use serde::Serialize;

/// One row of a forecast's CSV; the columns are fixed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Name of the series; empty for a single one.
    pub series: String,
    /// The target; blank where `100x` was asked of a series without runs.
    pub compute: Option<f64>,
    /// The method's own point.
    pub point: Option<f64>,
    /// Nominal probability.
    pub level: f64,
    /// Of the curve or of a new run.
    pub kind: Kind,
    /// How the interval was made.
    pub method: Method,
    /// Lower end.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Target ÷ largest fitted compute.
    pub extrapolation: Option<f64>,
    /// `ok` or `abstained: CODE`.
    pub status: String,
}

impl Row {
    /// The rows of one forecast: one a level, kind and method.
    #[must_use]
    pub fn of(series: &str, forecast: &Forecast) -> Vec<Row> {
        let given = |i: &Interval| Row {
            series: series.to_owned(),
            compute: Some(forecast.x),
            point: forecast.point_of(i.method),
            level: i.level,
            kind: i.kind,
            method: i.method,
            lower: Some(i.lower),
            upper: Some(i.upper),
            extrapolation: Some(forecast.extrapolation),
            status: "ok".to_owned(),
        };
        let mut rows: Vec<Row> = forecast.intervals.iter().map(given).collect();
        rows.extend(forecast.abstentions.iter().map(|a| Row {
            extrapolation: Some(forecast.extrapolation),
            ..Row::abstained(series, Some(forecast.x), a.level, a.kind, a.method, &a.code)
        }));
        rows
    }

    /// The same row of a forecast that was refused and given all the same, with the code of the refusal.
    #[must_use]
    pub fn forced(mut self, code: &str) -> Row {
        if self.status == "ok" {
            self.status = format!("forced: {code}");
        }
        self
    }

    /// Whether it has numbers.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.upper.is_some()
    }

    /// A row for a forecast that is not given.
    #[must_use]
    fn abstained(
        series: &str,
        compute: Option<f64>,
        level: f64,
        kind: Kind,
        method: Method,
        code: &str,
    ) -> Row {
        Row {
            series: series.to_owned(),
            compute,
            point: None,
            level,
            kind,
            method,
            lower: None,
            upper: None,
            extrapolation: None,
            status: format!("abstained: {code}"),
        }
    }
}

/// The table of an answer: forecasts, or else losses to reach.
pub(super) fn forecast_csv(answer: &ForecastAnswer) -> String {
    let variable = answer.fit.variable();
    match (answer.targets.is_empty(), answer.refusal()) {
        (false, _) => rows_csv(&answer_rows("", answer).concat(), variable),
        (true, Some(refusal)) => {
            unreached_csv(&answer.request.reach, refusal.code.as_str(), variable)
        }
        (true, None) => reaches_csv(&answer.reaches, variable),
    }
}

/// The rows of every target of an answer; of a fit that allows none, which was asked for some all the same, they say so.
pub fn answer_rows(series: &str, answer: &ForecastAnswer) -> Vec<Vec<Row>> {
    let of = |target: &TargetAnswer| match (&target.forecast, answer.fit.refusal()) {
        (Err(why), _) => abstained(series, target.compute, &why.code, &answer.request),
        (Ok(forecast), None) => Row::of(series, forecast),
        (Ok(forecast), Some(refusal)) => Row::of(series, forecast)
            .into_iter()
            .map(|row| row.forced(refusal.code.as_str()))
            .collect(),
    };
    answer.targets.iter().map(of).collect()
}

/// The rows of every target of many series, by series or in the order of a table of targets; a series without an answer
/// has rows that say why.
#[must_use]
pub fn many_rows(
    request: &ForecastRequest,
    targets: &Targets,
    all: &[OfSeries<Piece>],
    rows: Vec<Option<Vec<Vec<Row>>>>,
) -> Vec<Row> {
    let request = request.once();
    let made = all.iter().zip(rows).map(|(of, rows)| {
        let own = rows.unwrap_or_else(|| {
            let code = of.code.as_deref().unwrap_or(NO_FIT);
            // 100x of a series without runs is not known.
            let known = |target: Option<f64>| target.filter(|c| c.is_finite());
            let asked = targets.of(&of.series, f64::NAN).into_iter();
            asked
                .map(|target| abstained(&of.series, known(target.ok()), code, &request))
                .collect()
        });
        (of.series.clone(), own)
    });
    targets.in_order(made.collect()).concat()
}

/// One row a level, kind and method without numbers.
fn abstained(
    series: &str,
    compute: Option<f64>,
    code: &str,
    request: &ForecastRequest,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for &method in &request.methods {
        for &level in &request.levels {
            for &kind in request.kinds.iter().filter(|kind| method.gives(**kind)) {
                rows.push(Row::abstained(series, compute, level, kind, method, code));
            }
        }
    }
    rows
}

/// Rows as CSV with a header, at full precision.
#[must_use]
pub fn rows_csv(rows: &[Row], variable: Variable) -> String {
    let mut table = CsvText::under(&COLUMNS);
    for row in rows {
        table.row(row);
    }
    headed(table.into_text(), variable)
}

/// A CSV text whose column `compute`, named in its first line, has the name of the variable.
fn headed(text: String, variable: Variable) -> String {
    match variable {
        Variable::Compute => text,
        other => text.replacen("compute", other.noun(), 1),
    }
}

/// Rows as a table for people.
#[must_use]
pub fn rows_table(rows: &[Row], variable: Variable) -> Document {
    let cells = rows
        .iter()
        .map(|row| {
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
            ]
        })
        .collect();
    let head = COLUMNS
        .map(|name| {
            if name == "compute" {
                variable.noun()
            } else {
                name
            }
        })
        .map(str::to_owned)
        .to_vec();
    let text = COLUMNS
        .map(|c| ["series", "kind", "method", "status"].contains(&c))
        .to_vec();
    Document {
        blocks: vec![Block::Table {
            head,
            text,
            rows: cells,
        }],
    }
}

/// The columns of a forecast table.
pub(super) const COLUMNS: [&str; 10] = [
    "series",
    "compute",
    "point",
    "level",
    "kind",
    "method",
    "lower",
    "upper",
    "extrapolation",
    "status",
];

#[derive(Serialize)]
struct ReachRow {
    loss: f64,
    compute: Option<f64>,
    level: Option<f64>,
    kind: Option<Kind>,
    method: Option<Method>,
    lower: Option<f64>,
    upper: Option<f64>,
    status: String,
}

/// Inverse questions as CSV: `status` is `ok` or `not-attainable`, an empty `upper` is no limit.
#[must_use]
fn reaches_csv(reaches: &[Reach], variable: Variable) -> String {
    let mut table = CsvText::new();
    for reach in reaches {
        let status = |attainable: bool| match attainable {
            true => "ok".to_owned(),
            false => "not-attainable".to_owned(),
        };
        let mut rows: Vec<ReachRow> = reach
            .intervals
            .iter()
            .map(|i| ReachRow {
                loss: reach.loss,
                compute: reach.x,
                level: Some(i.level),
                kind: Some(i.kind),
                method: Some(i.method),
                lower: i.lower,
                upper: i.upper,
                status: status(i.attainable),
            })
            .collect();
        if rows.is_empty() {
            rows.push(ReachRow {
                loss: reach.loss,
                compute: reach.x,
                level: None,
                kind: None,
                method: None,
                lower: None,
                upper: None,
                status: status(reach.x.is_some()),
            });
        }
        for row in rows {
            table.row(row);
        }
    }
    headed(table.into_text(), variable)
}

/// Inverse questions that are not answered, since a diagnosis with this code refuses the fit: the
/// columns of [`reaches_csv`], one row a loss.
#[must_use]
fn unreached_csv(losses: &[f64], code: &str, variable: Variable) -> String {
    let mut table = CsvText::new();
    for &loss in losses {
        table.row(ReachRow {
            loss,
            compute: None,
            level: None,
            kind: None,
            method: None,
            lower: None,
            upper: None,
            status: format!("abstained: {code}"),
        });
    }
    headed(table.into_text(), variable)
}
