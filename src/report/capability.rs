//! A capability in words and numbers.

use super::document::{Block, Document, Tone};
use super::fit::{fact, findings};
use super::number::{compute, digits, percent, with_uncertainty};
use crate::capability::{
    About, Capability, Curve, CurveForecast, PassInterval, Rule, TradeOff, Verdict,
};
use crate::data::Role;
use crate::fit::{Diagnosis, Severity};
use crate::forecast::Kind;
use serde::Serialize;

/// A fit with what was asked of it.
#[derive(Debug, Clone)]
pub struct CapabilityReport<'a> {
    /// The fit.
    pub fit: &'a Capability,
    /// Targets.
    pub targets: Vec<f64>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Give numbers even where a finding forbids them.
    pub force: bool,
}

impl CapabilityReport<'_> {
    /// The forecasts of a curve; none where a finding forbids them.
    fn forecasts(&self, curve: &Curve) -> Vec<CurveForecast> {
        self.targets
            .iter()
            .filter_map(|c| curve.forecast(*c, &self.levels, self.force).ok())
            .collect()
    }

    /// What every row of a machine-readable table says of a curve.
    fn status(&self, curve: &Curve) -> String {
        match curve.refusal() {
            Some(d) if self.force => format!("forced: {}", d.code),
            Some(d) => format!("abstained: {}", d.code),
            None => "ok".to_owned(),
        }
    }
}

/// What `capability` prints.
#[must_use]
pub fn capability(report: &CapabilityReport<'_>) -> Document {
    let fit = report.fit;
    let mut blocks = vec![Block::Facts(facts(fit)), model_table(fit)];
    if !fit.trade_off.is_empty() {
        blocks.push(trade_off_table(&fit.trade_off));
    }
    blocks.push(law_table(fit));
    for &target in &report.targets {
        blocks.extend(target_blocks(report, target));
    }
    blocks.extend(findings(&fit.overall.diagnoses));
    blocks.extend(bucket_findings(fit));
    Document { blocks }
}

fn facts(fit: &Capability) -> Vec<(String, String, Tone)> {
    let law = match fit.rule {
        Some(_) => "-E[ln pass_rate(C)] = alpha*C^(-k)",
        None => "-ln(pass_rate(C)) = alpha*C^(-k)",
    };
    let mut facts = vec![
        fact("Law", law),
        fact("Data", data_line(fit)),
        fact("Fit", fit_line(fit)),
    ];
    if fit.rule.is_some() {
        facts.push(fact("Problems", problem_line(fit)));
    }
    let tone = match fit.verdict() {
        Verdict::Predictable => Tone::Good,
        Verdict::OnlyWhereSolved | Verdict::NotPredictable => Tone::Bad,
    };
    facts.push(("Verdict".to_owned(), verdict_line(&fit.overall), tone));
    facts
}

fn verdict_line(curve: &Curve) -> String {
    let verdict = curve.verdict();
    let decisive = match verdict {
        Verdict::NotPredictable => Severity::Refuse,
        _ => Severity::Warn,
    };
    let because = curve.diagnoses.iter().find(|d| d.severity == decisive);
    because.map_or(verdict.words().to_owned(), |d| {
        format!("{}: {}: {}", verdict.words(), d.code, d.message)
    })
}

fn data_line(fit: &Capability) -> String {
    let source = match fit.source.as_str() {
        "" => "in memory",
        "-" => "standard input",
        name => name,
    };
    let count = |role: &str| fit.models.iter().filter(|m| m.role == role).count();
    let mut line = format!(
        "{source}: {} rows, {} models fitted",
        fit.rows,
        count("fit")
    );
    for (role, words) in [("actual", "kept as actual"), ("dropped", "dropped")] {
        if count(role) > 0 {
            line += &format!(", {} {words}", count(role));
        }
    }
    if !fit.excluded.is_empty() {
        line += &format!(
            ", {} rows excluded (line {}: {}{})",
            fit.excluded.len(),
            fit.excluded[0].line,
            fit.excluded[0].reason,
            if fit.excluded.len() > 1 { "; …" } else { "" }
        );
    }
    line
}

fn fit_line(fit: &Capability) -> String {
    let estimator = fit.estimator.map_or("", |e| e.name());
    match fit.rule {
        Some(Rule::Likelihood) => {
            let tau = fit.overall.problem_scatter.unwrap_or(0.0);
            format!(
                "likelihood of every count, difficulties integrated out (problems scatter by {:.0} % of -ln p, models by \
                 {:.1} % of the metric)",
                100.0 * tau,
                100.0 * fit.overall.model_scatter().unwrap_or(0.0)
            )
        }
        Some(Rule::SolvedByAll) => {
            format!("problems solved by all, {estimator} estimates, least squares on logarithms")
        }
        Some(Rule::Split) => format!(
            "problems solved by all in one half of the samples, {estimator} estimates from the other, generalised least \
             squares on logarithms"
        ),
        None => "rates of the whole benchmark, least squares on logarithms".to_owned(),
    }
}

fn problem_line(fit: &Capability) -> String {
    let used = fit.overall.problems.len();
    let fitted = fit.models.iter().filter(|m| m.role != "actual").count();
    let mut line = format!("{used} of {} used", fit.problems);
    if fit.hardest > 0 {
        line += &format!(", the hardest {} left out on request", fit.hardest);
    }
    let unsolved = fit.problems - used - fit.hardest;
    if unsolved > 0 {
        line += &format!(", {unsolved} left out because a fitted model never solved them");
    }
    line += &format!(
        "; {} of {} cells of the fitted models have no pass",
        fit.zero_cells,
        fitted * fit.problems
    );
    line
}

fn table(head: &[&str], words: &[usize], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        head: head.iter().map(|h| (*h).to_owned()).collect(),
        text: (0..head.len()).map(|k| words.contains(&k)).collect(),
        rows,
    }
}

fn model_table(fit: &Capability) -> Block {
    let rows = fit
        .models
        .iter()
        .map(|m| {
            vec![
                m.model.clone(),
                compute(m.compute),
                m.solved.map_or(String::new(), |s| s.to_string()),
                format!("{:.4}", m.mean_pass_rate),
                m.metric.map_or("none".to_owned(), |v| digits(v, 4)),
                m.stderr.map_or("n/a".to_owned(), |s| digits(s, 2)),
                m.role.to_owned(),
            ]
        })
        .collect();
    let metric = if fit.rule.is_some() {
        "-mean ln p"
    } else {
        "-ln p"
    };
    let head = [
        "model",
        &fit.compute_name,
        "solved",
        "pass rate",
        metric,
        "std. error",
        "role",
    ];
    table(&head, &[0, 6], rows)
}

fn trade_off_table(steps: &[TradeOff]) -> Block {
    let rows = steps
        .iter()
        .map(|s| {
            vec![
                s.without.clone().unwrap_or_else(|| "none".to_owned()),
                s.models.to_string(),
                s.problems.to_string(),
                if s.used { "used" } else { "" }.to_owned(),
            ]
        })
        .collect();
    table(
        &["also leaving out", "models", "problems solved by all", ""],
        &[0, 3],
        rows,
    )
}

/// All problems, those that every fitted model solved, and the buckets unless there is only one.
fn curves(fit: &Capability) -> Vec<&Curve> {
    let mut curves = vec![&fit.overall];
    curves.extend(&fit.solved_by_all);
    if fit.buckets.len() > 1 {
        curves.extend(&fit.buckets);
    }
    curves
}

fn law_table(fit: &Capability) -> Block {
    let rows = curves(fit)
        .into_iter()
        .map(|c| {
            let (k, stderr) = c.exponent().unwrap_or((f64::NAN, None));
            let (alpha, _) = c.alpha().unwrap_or((f64::NAN, None));
            let number = |v: f64, text: String| {
                if v.is_finite() {
                    text
                } else {
                    "none".to_owned()
                }
            };
            vec![
                c.name.clone(),
                match c.problems.len() {
                    0 => String::new(),
                    n => n.to_string(),
                },
                number(k, with_uncertainty(k, stderr)),
                stderr.map_or("n/a".to_owned(), |s| digits(s, 2)),
                number(alpha, digits(alpha, 4)),
                c.verdict().words().to_lowercase(),
            ]
        })
        .collect();
    table(
        &["problems", "number", "k", "std. error", "alpha", "verdict"],
        &[0, 5],
        rows,
    )
}

fn target_blocks(report: &CapabilityReport<'_>, target: f64) -> Vec<Block> {
    let fit = report.fit;
    let largest = fit.overall.largest_fitted();
    let fitted = fit.models.iter().filter(|m| m.role == "fit");
    let smallest = fitted.map(|m| m.compute).fold(f64::INFINITY, f64::min);
    let mut facts = vec![fact(
        "Target",
        format!(
            "{} {}: {} times the largest fitted model ({}); the models span {:.1} decades",
            fit.compute_name,
            compute(target),
            digits(target / largest, 3),
            compute(largest),
            (largest / smallest).log10()
        ),
    )];
    let Ok(forecast) = fit.overall.forecast(target, &report.levels, report.force) else {
        facts.push((
            "Forecast".to_owned(),
            format!("NONE GIVEN: {}", verdict_line(&fit.overall)),
            Tone::Bad,
        ));
        return vec![Block::Facts(facts)];
    };
    let spread = widest(&forecast.intervals);
    facts.push(fact("Forecast", with_uncertainty(forecast.metric, spread)));
    if let Some(line) = actual_line(&fit.overall, &forecast) {
        facts.push(fact("Actual", line));
    }
    let mut blocks = vec![Block::Facts(facts), interval_table(&forecast)];
    if curves(fit).len() > 1 {
        blocks.push(bucket_table(report, target));
    }
    if report.force
        && let Some(d) = fit.overall.refusal()
    {
        blocks.push(Block::Text(format!(
            "FORCED against the verdict NOT PREDICTABLE ({}): do not use these numbers.",
            d.code
        )));
    }
    blocks.push(Block::Text(
        "The intervals hold if every problem's -ln p follows the power law, give or take the scatter stated above; real \
         capabilities often do not."
            .to_owned(),
    ));
    blocks
}

fn widest(intervals: &[PassInterval]) -> Option<f64> {
    intervals
        .iter()
        .map(|i| 0.25 * (i.interval.upper - i.interval.lower))
        .filter(|w| w.is_finite() && *w > 0.0)
        .reduce(f64::min)
}

fn actual_line(curve: &Curve, forecast: &CurveForecast) -> Option<String> {
    let point = curve
        .points
        .iter()
        .find(|p| p.role == Role::Actual && (p.compute / forecast.compute - 1.0).abs() < 1e-6)?;
    let Some(metric) = point.metric else {
        return Some(format!(
            "{}: no metric, because it never solved a problem used",
            point.model
        ));
    };
    let covering = forecast
        .intervals
        .iter()
        .filter(|i| i.about == About::TheseProblems && i.interval.kind == Kind::Prediction)
        .filter(|i| i.interval.lower <= metric && metric <= i.interval.upper)
        .min_by(|a, b| a.interval.level.total_cmp(&b.interval.level));
    let inside = match covering {
        Some(i) => format!(
            "inside the {} prediction interval",
            percent(i.interval.level)
        ),
        None if forecast.intervals.is_empty() => "no interval to compare with".to_owned(),
        None => "OUTSIDE every prediction interval".to_owned(),
    };
    Some(format!(
        "{} ({}): the forecast is off by {:+.1} %, {inside}",
        digits(metric, 5),
        point.model,
        (forecast.metric / metric - 1.0) * 100.0
    ))
}

fn interval_table(forecast: &CurveForecast) -> Block {
    let mut rows = Vec::new();
    let widest = forecast
        .intervals
        .iter()
        .map(|i| i.interval.level)
        .fold(0.0, f64::max);
    // The other intervals are in the CSV and the JSON.
    let shown = |main: bool, i: &PassInterval| match (i.about, i.interval.kind) {
        (About::TheseProblems, Kind::Prediction) => true,
        (About::TheseProblems, Kind::Confidence) => main,
        (About::ProblemsLikeThese, Kind::Prediction) => main && i.interval.level == widest,
        (About::ProblemsLikeThese, Kind::Confidence) => false,
    };
    let mut add = |name: &str, value: f64, intervals: &[PassInterval]| {
        let main = rows.is_empty();
        for i in intervals.iter().filter(|i| shown(main, i)) {
            let spread = Some(0.25 * (i.interval.upper - i.interval.lower));
            rows.push(vec![
                name.to_owned(),
                with_uncertainty(value, spread),
                about(i.about).to_owned(),
                i.interval.method.name().to_owned(),
                i.interval.kind.name().to_owned(),
                percent(i.interval.level),
                format!(
                    "[{}, {}]",
                    with_uncertainty(i.interval.lower, spread),
                    with_uncertainty(i.interval.upper, spread)
                ),
            ]);
        }
        if intervals.is_empty() {
            let mut row = vec![name.to_owned(), digits(value, 4)];
            row.resize(7, String::new());
            rows.push(row);
        }
    };
    let metric = if forecast.mean_pass_rate.is_some() {
        "-mean ln p"
    } else {
        "-ln p"
    };
    add(metric, forecast.metric, &forecast.intervals);
    match &forecast.mean_pass_rate {
        Some(mean) => {
            let geometric = &forecast.geometric_mean_pass_rate;
            add("geometric mean of p", geometric.value, &geometric.intervals);
            add("mean of p", mean.value, &mean.intervals);
        }
        None => {
            let p = &forecast.geometric_mean_pass_rate;
            add("pass rate", p.value, &p.intervals);
        }
    }
    table(
        &[
            "", "forecast", "about", "method", "kind", "level", "interval",
        ],
        &[0, 2, 3, 4, 6],
        rows,
    )
}

fn about(about: About) -> &'static str {
    match about {
        About::TheseProblems => "these problems",
        About::ProblemsLikeThese => "problems like these",
    }
}

fn bucket_table(report: &CapabilityReport<'_>, target: f64) -> Block {
    let level = report.levels.iter().copied().fold(0.0, f64::max);
    let rows = curves(report.fit)
        .into_iter()
        .skip(1)
        .map(|b| {
            let Ok(f) = b.forecast(target, &[level], report.force) else {
                let code = b.refusal().map_or("no-fit", |d| &d.code);
                return vec![
                    b.name.clone(),
                    format!("abstained: {code}"),
                    String::new(),
                    String::new(),
                    String::new(),
                ];
            };
            let interval = f
                .intervals
                .iter()
                .find(|i| i.about == About::TheseProblems && i.interval.kind == Kind::Prediction);
            let spread = interval.map(|i| 0.25 * (i.interval.upper - i.interval.lower));
            let actual = b
                .points
                .iter()
                .find(|p| p.role == Role::Actual && (p.compute / target - 1.0).abs() < 1e-6)
                .and_then(|p| p.metric);
            vec![
                b.name.clone(),
                with_uncertainty(f.metric, spread),
                interval.map_or("n/a".to_owned(), |i| {
                    format!(
                        "[{}, {}]",
                        with_uncertainty(i.interval.lower, spread),
                        with_uncertainty(i.interval.upper, spread)
                    )
                }),
                f.mean_pass_rate
                    .map_or(String::new(), |q| digits(q.value, 3)),
                actual.map_or(String::new(), |a| digits(a, 4)),
            ]
        })
        .collect();
    let title = format!("{} prediction interval", percent(level));
    table(
        &["", "-mean ln p", &title, "mean of p", "actual"],
        &[0, 2],
        rows,
    )
}

/// Refusals and warnings of single buckets, one line a code.
fn bucket_findings(fit: &Capability) -> Option<Block> {
    if fit.buckets.len() < 2 {
        return None;
    }
    let rows: Vec<Vec<String>> = fit
        .buckets
        .iter()
        .flat_map(|b| {
            let bad = b.diagnoses.iter().filter(|d| d.severity > Severity::Note);
            bad.map(|d| vec![b.name.clone(), d.code.clone(), d.message.clone()])
        })
        .collect();
    (!rows.is_empty()).then(|| table(&["", "finding", ""], &[0, 1, 2], rows))
}

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
    forecasts: Vec<CurveForecast>,
    verdict: Verdict,
    forced: bool,
    diagnoses: &'a [Diagnosis],
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
    excluded: &'a [crate::data::Excluded],
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
        forecasts: report.forecasts(c),
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

#[derive(Serialize)]
struct ForecastRow<'a> {
    bucket: &'a str,
    quantity: &'a str,
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

#[derive(Serialize)]
struct LawRow<'a> {
    bucket: &'a str,
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
    let mut writer = csv::Writer::from_writer(Vec::new());
    for curve in curves(report.fit) {
        if report.targets.is_empty() {
            // Writing to a Vec cannot fail.
            let _ = writer.serialize(LawRow {
                bucket: &curve.name,
                problems: curve.problems.len(),
                k: curve.exponent().map(|k| k.0),
                k_stderr: curve.exponent().and_then(|k| k.1),
                alpha: curve.alpha().map(|a| a.0),
                ln_alpha_stderr: curve.alpha().and_then(|a| a.1),
                verdict: curve.verdict(),
            });
        }
        for &target in &report.targets {
            for row in forecast_rows(report, curve, target) {
                let _ = writer.serialize(row);
            }
        }
    }
    super::forecast::into_text(writer)
}

fn forecast_rows<'a>(
    report: &CapabilityReport<'a>,
    curve: &'a Curve,
    target: f64,
) -> Vec<ForecastRow<'a>> {
    let row = |quantity: &'a str, point: Option<f64>, i: Option<&PassInterval>| ForecastRow {
        bucket: &curve.name,
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
        return vec![row("metric", None, None)];
    };
    let mut rows = Vec::new();
    let mut add = |name: &'a str, value: f64, intervals: &[PassInterval]| {
        if intervals.is_empty() {
            rows.push(row(name, Some(value), None));
        }
        rows.extend(intervals.iter().map(|i| row(name, Some(value), Some(i))));
    };
    add("metric", forecast.metric, &forecast.intervals);
    let geometric = &forecast.geometric_mean_pass_rate;
    add(
        "geometric_mean_pass_rate",
        geometric.value,
        &geometric.intervals,
    );
    if let Some(mean) = &forecast.mean_pass_rate {
        add("mean_pass_rate", mean.value, &mean.intervals);
    }
    rows
}
