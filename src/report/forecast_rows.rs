//! The rows of one answer with forecasts, as CSV.

use super::rows::csv;
use crate::ask::{ForecastAnswer, ForecastRequest, TargetAnswer, mean_actual};
use crate::fit::FitResult;
use crate::forecast::{Forecast, Grade, Reach};
use crate::interval::{Abstention, Interval, Kind, Method};
use crate::runs::Variable;

table_row!(
    /// One row of a forecast's CSV; the columns are fixed.
    #[derive(Debug, Clone)]
    pub struct ForecastRow {
        /// Empty for a single series.
        pub(super) series: String,
        /// The target; blank if it was `100x` for a series without runs.
        pub(super) compute: Option<f64>,
        /// The method's own point.
        pub(super) point: Option<f64>,
        pub(super) level: f64,
        pub(super) kind: Kind,
        pub(super) method: Method,
        pub(super) lower: Option<f64>,
        pub(super) upper: Option<f64>,
        /// Target ÷ largest fitted compute.
        pub(super) extrapolation: Option<f64>,
        /// `ok`, `abstained: CODE` or `forced: CODE`.
        pub(super) status: String,
        /// The grade of the forecast; empty if there is no forecast and the fit does not forbid it.
        pub(super) grade: Option<Grade>,
        /// What came true: the loss of the held-out run at the target, or the mean of several.
        pub(super) actual: Option<f64>,
        /// The relative error: the point less the loss, divided by the loss.
        pub(super) error: Option<f64>,
    }
);

impl ForecastRow {
    /// The rows of one forecast: one per level, kind and method.
    pub(super) fn of(fit: &FitResult, forecast: &Forecast) -> Vec<ForecastRow> {
        let actual = mean_actual(fit, forecast.x);
        let error = |point: Option<f64>| Some(point? / actual? - 1.0);
        let given = |i: &Interval| ForecastRow {
            series: String::new(),
            compute: Some(forecast.x),
            point: forecast.point_of(i.method),
            level: i.level,
            kind: i.kind,
            method: i.method,
            lower: Some(i.lower),
            upper: Some(i.upper),
            extrapolation: Some(forecast.extrapolation),
            status: "ok".to_owned(),
            grade: Some(forecast.grade),
            actual,
            error: error(forecast.point_of(i.method)),
        };
        let abstained = |a: &Abstention| ForecastRow {
            extrapolation: Some(forecast.extrapolation),
            grade: Some(forecast.grade),
            actual,
            ..ForecastRow::abstained(Some(forecast.x), a.level, a.kind, a.method, a.code.as_str())
        };
        let intervals = forecast.intervals.iter().map(given);
        let abstentions = forecast.abstentions.iter().map(abstained);
        intervals.chain(abstentions).collect()
    }

    /// A row for a withheld forecast.
    fn abstained(
        compute: Option<f64>,
        level: f64,
        kind: Kind,
        method: Method,
        code: &str,
    ) -> ForecastRow {
        ForecastRow {
            series: String::new(),
            compute,
            point: None,
            level,
            kind,
            method,
            lower: None,
            upper: None,
            extrapolation: None,
            status: format!("abstained: {code}"),
            grade: None,
            actual: None,
            error: None,
        }
    }
}

/// The table of an answer: forecasts, or else losses to reach.
pub(super) fn forecast_csv(answer: &ForecastAnswer) -> String {
    let variable = answer.fit.variable();
    match (answer.targets.is_empty(), answer.refusal()) {
        (false, _) => rows_csv(&target_rows(answer).concat(), variable),
        (true, Some(refusal)) => {
            unreached_csv(&answer.request.reach, refusal.code.as_str(), variable)
        }
        (true, None) => reaches_csv(&answer.reaches, variable),
    }
}

/// The rows of every target of an answer. If the fit is refused, each row says whether its numbers
/// are withheld or forced.
pub(super) fn target_rows(answer: &ForecastAnswer) -> Vec<Vec<ForecastRow>> {
    let of = |target: &TargetAnswer| {
        let mut rows = match &target.forecast {
            Err(why) => {
                let mut rows = abstained(target.compute, &why.code, &answer.request);
                let refused = answer.refusal().map(|_| Grade::Refused);
                rows.iter_mut().for_each(|row| row.grade = refused);
                return rows;
            }
            Ok(forecast) => ForecastRow::of(&answer.fit, forecast),
        };
        if let Some(refusal) = answer.fit.refusal() {
            for row in rows.iter_mut().filter(|row| row.status == "ok") {
                row.status = format!("forced: {}", refusal.code);
            }
        }
        rows
    };
    answer.targets.iter().map(of).collect()
}

/// One row per level, kind and method, without numbers.
pub(super) fn abstained(
    compute: Option<f64>,
    code: &str,
    request: &ForecastRequest,
) -> Vec<ForecastRow> {
    let mut rows = Vec::new();
    for &method in &request.methods {
        for &level in &request.levels {
            let kinds = request.kinds.iter().filter(|kind| method.gives(**kind));
            rows.extend(
                kinds.map(|kind| ForecastRow::abstained(compute, level, *kind, method, code)),
            );
        }
    }
    rows
}

/// Rows as CSV with a header, at full precision.
pub(super) fn rows_csv(rows: &[ForecastRow], variable: Variable) -> String {
    headed(csv(&ForecastRow::COLUMNS, rows), variable)
}

/// A CSV text whose column `compute` is renamed to the variable.
fn headed(text: String, variable: Variable) -> String {
    match variable {
        Variable::Compute => text,
        other => text.replacen("compute", other.noun(), 1),
    }
}

table_row!(
    #[derive(Default)]
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
);

/// Inverse questions as CSV: `status` is `ok` or `not-attainable`; an empty `upper` means no limit.
fn reaches_csv(reaches: &[Reach], variable: Variable) -> String {
    let of = |reach: &Reach| {
        let row = |attainable: bool| ReachRow {
            loss: reach.loss,
            compute: reach.x,
            status: if attainable { "ok" } else { "not-attainable" }.to_owned(),
            ..ReachRow::default()
        };
        if reach.intervals.is_empty() {
            return vec![row(reach.x.is_some())];
        }
        let intervals = reach.intervals.iter().map(|i| ReachRow {
            level: Some(i.level),
            kind: Some(i.kind),
            method: Some(i.method),
            lower: i.lower,
            upper: i.upper,
            ..row(i.attainable)
        });
        intervals.collect()
    };
    let rows = reaches.iter().flat_map(of);
    headed(csv(&ReachRow::COLUMNS, rows), variable)
}

/// Inverse questions without an answer, because a finding with this code refuses the fit: the
/// columns of [`reaches_csv`], one row per loss.
fn unreached_csv(losses: &[f64], code: &str, variable: Variable) -> String {
    let rows = losses.iter().map(|&loss| ReachRow {
        loss,
        status: format!("abstained: {code}"),
        ..ReachRow::default()
    });
    headed(csv(&ReachRow::COLUMNS, rows), variable)
}
