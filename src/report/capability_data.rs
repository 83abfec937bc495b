//! A capability as CSV and JSON, at full precision.

use super::capability_report::{CapabilityReport, curves};
use crate::capability::{
    About, Curve, CurveForecast, PassInterval, Quantity, Rule, TradeOff, Verdict,
};
use crate::csv_text::CsvText;
use crate::fit::Diagnosis;
use crate::interval::{Abstention, Kind};
use serde::Serialize;

#[derive(Serialize)]
struct JsonCurve<'a> {
    name: &'a str,
    problems: Vec<&'a str>,
    k: Option<f64>,
    alpha: Option<f64>,
    stderr: JsonErrors,
    problem_scatter: Option<f64>,
    model_scatter: Option<f64>,
    unsolved_share: f64,
    points: &'a [crate::capability::CurvePoint],
    forecasts: Vec<JsonForecast>,
    verdict: Verdict,
    forced: bool,
    diagnoses: &'a [Diagnosis],
}

#[derive(Serialize)]
struct JsonForecast {
    compute: f64,
    extrapolation: f64,
    metric: f64,
    calibrated_metric: Option<f64>,
    intervals: Vec<PassInterval>,
    abstentions: Vec<Abstention>,
    geometric_mean_pass_rate: Quantity,
    mean_pass_rate: Option<Quantity>,
}

impl From<CurveForecast> for JsonForecast {
    fn from(f: CurveForecast) -> JsonForecast {
        JsonForecast {
            compute: f.compute,
            extrapolation: f.extrapolation,
            metric: f.metric.value,
            calibrated_metric: f.metric.calibrated,
            intervals: f.metric.intervals,
            abstentions: f.abstentions,
            geometric_mean_pass_rate: f.geometric_mean_pass_rate,
            mean_pass_rate: f.mean_pass_rate,
        }
    }
}

#[derive(Serialize)]
struct JsonErrors {
    k: Option<f64>,
    ln_alpha: Option<f64>,
}

/// The machine-readable form: `format "scalewise.capability"`, version 1.
#[derive(Serialize)]
pub struct CapabilityJson<'a> {
    format: &'static str,
    version: u32,
    formula: &'static str,
    source: &'a str,
    compute_name: &'a str,
    rule: Option<Rule>,
    estimator: Option<crate::capability::Estimator>,
    verdict: Verdict,
    forced: bool,
    models: &'a [crate::capability::ModelRow],
    problems: usize,
    zero_cells: usize,
    hardest_left_out: usize,
    trade_off: &'a [TradeOff],
    overall: JsonCurve<'a>,
    solved_by_all: Option<JsonCurve<'a>>,
    buckets: Vec<JsonCurve<'a>>,
    diagnoses: &'a [Diagnosis],
    rows: usize,
    excluded: &'a [crate::runs::Excluded],
}

/// The machine-readable form of a report.
#[must_use]
pub fn capability_json<'a>(report: &CapabilityReport<'a>) -> CapabilityJson<'a> {
    let fit = report.fit;
    let curve = |c: &'a Curve| JsonCurve {
        name: &c.name,
        problems: fit.counts.as_ref().map_or(Vec::new(), |table| {
            c.problems
                .iter()
                .map(|&i| table.problems[i].as_str())
                .collect()
        }),
        k: c.exponent().map(|k| k.0).filter(|k| k.is_finite()),
        alpha: c.alpha().map(|a| a.0).filter(|a| a.is_finite()),
        stderr: JsonErrors {
            k: c.exponent().and_then(|k| k.1),
            ln_alpha: c.alpha().and_then(|a| a.1),
        },
        problem_scatter: c.problem_scatter,
        model_scatter: c.model_scatter(),
        unsolved_share: c.unsolved_share,
        points: &c.points,
        forecasts: report
            .forecasts(c)
            .into_iter()
            .map(JsonForecast::from)
            .collect(),
        verdict: c.verdict(),
        forced: report.force && c.refusal().is_some(),
        diagnoses: &c.diagnoses,
    };
    CapabilityJson {
        format: "scalewise.capability",
        version: 1,
        formula: if fit.rule.is_some() {
            "-E[ln pass_rate(C)] = alpha*C^(-k)"
        } else {
            "-ln(pass_rate(C)) = alpha*C^(-k)"
        },
        source: &fit.source,
        compute_name: &fit.compute_name,
        rule: fit.rule,
        estimator: fit.estimator,
        verdict: fit.verdict(),
        forced: report.force && fit.overall.refusal().is_some(),
        models: &fit.models,
        problems: fit.problems,
        zero_cells: fit.zero_cells,
        hardest_left_out: fit.hardest,
        trade_off: &fit.trade_off,
        overall: curve(&fit.overall),
        solved_by_all: fit.solved_by_all.as_ref().map(curve),
        buckets: fit.buckets.iter().map(curve).collect(),
        diagnoses: &fit.overall.diagnoses,
        rows: fit.rows,
        excluded: &fit.excluded,
    }
}

/// Columns of a [`ForecastRow`].
pub(super) const FORECAST: [&str; 13] = [
    "bucket",
    "quantity",
    "compute",
    "point",
    "about",
    "level",
    "kind",
    "method",
    "lower",
    "upper",
    "extrapolation",
    "status",
    "verdict",
];

/// Columns of a [`LawRow`].
pub(super) const LAW: [&str; 7] = [
    "bucket",
    "problems",
    "k",
    "k_stderr",
    "alpha",
    "ln_alpha_stderr",
    "verdict",
];

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ForecastRow {
    bucket: String,
    quantity: &'static str,
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
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct LawRow {
    bucket: String,
    problems: usize,
    k: Option<f64>,
    k_stderr: Option<f64>,
    alpha: Option<f64>,
    ln_alpha_stderr: Option<f64>,
    verdict: Verdict,
}

/// Forecasts as CSV at full precision, one row a quantity, level, kind and set of problems; the laws where there is no
/// target.
#[must_use]
pub fn capability_csv(report: &CapabilityReport<'_>) -> String {
    let mut table = CsvText::new();
    for line in lines(report) {
        table.row(line);
    }
    table.into_text()
}

/// One row of a capability's CSV.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Line {
    Law(LawRow),
    Forecast(ForecastRow),
}

pub(super) fn lines(report: &CapabilityReport<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for curve in curves(report.fit) {
        if report.targets.is_empty() {
            lines.push(Line::Law(LawRow {
                bucket: curve.name.clone(),
                problems: curve.problems.len(),
                k: curve.exponent().map(|k| k.0),
                k_stderr: curve.exponent().and_then(|k| k.1),
                alpha: curve.alpha().map(|a| a.0),
                ln_alpha_stderr: curve.alpha().and_then(|a| a.1),
                verdict: curve.verdict(),
            }));
        }
        for &target in &report.targets {
            let rows = forecast_rows(report, curve, target);
            lines.extend(rows.into_iter().map(Line::Forecast));
        }
    }
    lines
}

fn forecast_rows(report: &CapabilityReport<'_>, curve: &Curve, target: f64) -> Vec<ForecastRow> {
    let row = |quantity: &'static str, point: Option<f64>, i: Option<&PassInterval>| ForecastRow {
        bucket: curve.name.clone(),
        quantity,
        compute: target,
        point,
        about: i.map(|i| i.about),
        level: i.map(|i| i.interval.level),
        kind: i.map(|i| i.interval.kind),
        method: i.map(|i| i.interval.method.name()),
        lower: i.map(|i| i.interval.lower),
        upper: i.map(|i| i.interval.upper),
        extrapolation: target / curve.largest_fitted(),
        status: report.status(curve),
        verdict: curve.verdict(),
    };
    let Ok(forecast) = curve.forecast(target, &report.levels, report.force) else {
        let none = row("metric", None, None);
        return vec![match curve.refusal() {
            Some(d) => ForecastRow {
                status: format!("abstained: {}", d.code),
                ..none
            },
            None => ForecastRow {
                status: "abstained: out-of-range".to_owned(),
                ..none
            },
        }];
    };
    let mut rows = Vec::new();
    let mut add = |name: &'static str, quantity: &Quantity| {
        if quantity.intervals.is_empty() {
            rows.push(row(name, Some(quantity.value), None));
        }
        let of = |i: &PassInterval| Some(quantity.point_of(i.interval.method));
        rows.extend(quantity.intervals.iter().map(|i| row(name, of(i), Some(i))));
    };
    add("metric", &forecast.metric);
    let abstained = |a: &Abstention| ForecastRow {
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
