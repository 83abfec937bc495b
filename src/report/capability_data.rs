//! A capability as CSV, at full precision.

use super::rows::csv;
use crate::ask::{CapabilityAnswer, Withheld};
use crate::capability::{About, Curve, CurveForecast, PassAt, PassInterval, PassQuantity, Verdict};
use crate::forecast::Grade;
use crate::interval::{Abstention, Kind, Method};

table_row!(
    /// One row of forecasts.
    pub(super) struct PassRateRow {
        bucket: String,
        quantity: String,
        compute: f64,
        point: Option<f64>,
        about: Option<About>,
        level: Option<f64>,
        kind: Option<Kind>,
        method: Option<&'static str>,
        lower: Option<f64>,
        upper: Option<f64>,
        extrapolation: f64,
        status: String,
        verdict: Verdict,
        grade: Option<Grade>,
        record_forecasts: Option<u32>,
        record_held: Option<f64>,
    }
);

table_row!(
    /// One row of laws.
    pub(super) struct PassLawRow {
        bucket: String,
        problems: usize,
        k: Option<f64>,
        k_stderr: Option<f64>,
        alpha: Option<f64>,
        ln_alpha_stderr: Option<f64>,
        verdict: Verdict,
    }
);

/// Forecasts as CSV at full precision, one row per quantity, level, kind and set of problems; the
/// laws if there is no target.
pub(super) fn capability_csv(report: &CapabilityAnswer) -> String {
    let curves = report.curves().into_iter();
    if report.targets.is_empty() && report.pass_at.is_empty() {
        let laws = curves.map(|(curve, _)| PassLawRow {
            bucket: curve.name.clone(),
            problems: curve.problems.len(),
            k: curve.exponent().map(|k| k.0),
            k_stderr: curve.exponent().and_then(|k| k.1),
            alpha: curve.alpha().map(|a| a.0),
            ln_alpha_stderr: curve.alpha().and_then(|a| a.1),
            verdict: curve.verdict(),
        });
        return csv(&PassLawRow::COLUMNS, laws);
    }
    let rows = curves.flat_map(|(curve, forecasts)| {
        let targets = report.targets.iter().zip(forecasts);
        targets.flat_map(|(target, forecast)| forecast_rows(report, curve, *target, forecast))
    });
    let pass_at = report
        .pass_at
        .iter()
        .flat_map(|at| pass_at_rows(report, at));
    csv(&PassRateRow::COLUMNS, rows.chain(pass_at))
}

fn forecast_rows(
    report: &CapabilityAnswer,
    curve: &Curve,
    target: f64,
    forecast: &Result<CurveForecast, Withheld>,
) -> Vec<PassRateRow> {
    let row = |quantity: &'static str, point: Option<f64>, i: Option<&PassInterval>| PassRateRow {
        bucket: curve.name.clone(),
        quantity: quantity.to_owned(),
        compute: target,
        point,
        about: i.map(|i| i.about),
        level: i.map(|i| i.interval.level),
        kind: i.map(|i| i.interval.kind),
        method: i.map(|i| i.interval.method.name()),
        lower: i.map(|i| i.interval.lower),
        upper: i.map(|i| i.interval.upper),
        extrapolation: target / curve.largest_fitted(),
        status: status(report, curve),
        verdict: curve.verdict(),
        grade: None,
        record_forecasts: None,
        record_held: None,
    };
    let forecast = match forecast {
        Ok(forecast) => forecast,
        Err(why) => {
            return vec![PassRateRow {
                status: format!("abstained: {}", why.code),
                ..row("metric", None, None)
            }];
        }
    };
    let mut rows = Vec::new();
    let mut add = |name: &'static str, quantity: &PassQuantity| {
        if quantity.intervals.is_empty() {
            rows.push(graded(quantity, row(name, Some(quantity.value), None)));
        }
        let of = |i: &PassInterval| Some(quantity.point_of(i.interval.method));
        let made = quantity.intervals.iter();
        rows.extend(made.map(|i| graded(quantity, row(name, of(i), Some(i)))));
    };
    add("metric", &forecast.metric);
    let abstained = |a: &Abstention| PassRateRow {
        level: Some(a.level),
        kind: Some(a.kind),
        method: Some(a.method.name()),
        status: format!("abstained: {}", a.code),
        ..row("metric", None, None)
    };
    add(
        "geometric_mean_pass_rate",
        &forecast.geometric_mean_pass_rate,
    );
    if let Some(mean) = &forecast.mean_pass_rate {
        add("mean_pass_rate", mean);
    }
    rows.extend(forecast.abstentions.iter().map(abstained));
    rows
}

/// The row with the grade of its quantity, if it belongs to the calibrated forecast or there is no
/// such row.
fn graded(quantity: &PassQuantity, row: PassRateRow) -> PassRateRow {
    let calibrated = Method::Calibrated.name();
    let about_it = row.method == Some(calibrated) || row.method.is_none();
    match quantity.standing.as_ref().filter(|_| about_it) {
        Some(standing) => PassRateRow {
            grade: Some(standing.grade),
            record_forecasts: standing.record.map(|record| record.forecasts),
            record_held: standing.record.map(|record| record.held),
            ..row
        },
        None => row,
    }
}

/// pass@k at one model or target with its intervals and reference values.
fn pass_at_rows(report: &CapabilityAnswer, at: &PassAt) -> Vec<PassRateRow> {
    let overall = &report.fit.overall;
    let row = |point: f64, i: Option<&PassInterval>, method: Option<&'static str>| PassRateRow {
        bucket: overall.name.clone(),
        quantity: format!("pass@{}", at.k),
        compute: at.compute,
        point: Some(point),
        about: i.map(|i| i.about),
        level: i.map(|i| i.interval.level),
        kind: i.map(|i| i.interval.kind),
        method,
        lower: i.map(|i| i.interval.lower),
        upper: i.map(|i| i.interval.upper),
        extrapolation: at.compute / overall.largest_fitted(),
        status: status(report, overall),
        verdict: overall.verdict(),
        grade: None,
        record_forecasts: None,
        record_held: None,
    };
    let of = |i: &PassInterval| {
        let method = i.interval.method;
        row(at.rate.point_of(method), Some(i), Some(method.name()))
    };
    let mut rows: Vec<PassRateRow> = at.rate.intervals.iter().map(of).collect();
    if rows.is_empty() {
        rows.push(row(at.rate.value, None, None));
    }
    let others = [
        ("unbiased", at.unbiased),
        ("beta-binomial", at.beta_binomial),
        ("line", at.line),
    ];
    let given = others
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    rows.extend(given.map(|(name, value)| row(value, None, Some(name))));
    rows
}

/// The status of a curve in machine-readable tables.
fn status(report: &CapabilityAnswer, curve: &Curve) -> String {
    match curve.refusal() {
        Some(d) if report.request.force => format!("forced: {}", d.code),
        Some(d) => format!("abstained: {}", d.code),
        None => "ok".to_owned(),
    }
}
