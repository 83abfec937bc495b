//! Forecasts in words and numbers.

use super::answer::{Among, Shown, code_and_words};
use super::document::{Block, Document, Fact, fact};
use super::fit::{bracket, facts, findings, fit, noise_size};
use super::forecast_rows::{ForecastRow, forecast_csv, target_rows};
use super::grade;
use super::members::members;
use super::rows::{names, records};
use super::status::verdict;
use crate::ask::{ForecastAnswer, ForecastRequest, Trust, Withheld, actuals_at, main_interval};
use crate::fit::{Diagnosis, FitResult};
use crate::forecast::{Forecast, Reach};
use crate::interval::{Abstention, Interval, Kind, Method};
use crate::number::{digits, percent, with_uncertainty};
use crate::runs::{Run, Variable};
use crate::said::Said;

impl Shown for ForecastAnswer {
    fn document(&self) -> Document {
        match self.refusal() {
            Some(_) => fit(&self.fit, false),
            None => given(self).forced_if(self.request.force),
        }
    }

    fn table(&self) -> String {
        forecast_csv(self)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        if let Some(refusal) = self.refusal() {
            return Some(code_and_words(refusal));
        }
        let mut withheld = self.targets.iter();
        let why = withheld.find_map(|t| t.forecast.as_ref().err())?;
        Some((why.code.clone(), why.reason.clone()))
    }
}

impl Among for ForecastAnswer {
    type Request = ForecastRequest;
    const NAME: &'static str = "forecast";

    /// The columns of its own table, which already include the series.
    fn columns(_: &ForecastRequest) -> Vec<&'static str> {
        ForecastRow::COLUMNS[1..].to_vec()
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = records(&self.table());
        rows.iter_mut().for_each(|row| {
            row.remove(0);
        });
        rows
    }

    fn target_rows(&self) -> Vec<Vec<ForecastRow>> {
        target_rows(self)
    }

    fn head(_: &ForecastRequest) -> Vec<String> {
        names(["forecast", "times the largest", "grade"])
    }

    fn line(&self) -> Vec<String> {
        match self.forecasts().next_back() {
            Some(last) => vec![
                headline(last, widest(last)),
                digits(last.extrapolation, 3),
                last.grade.to_string(),
            ],
            None => vec![String::new(); 3],
        }
    }
}

/// The document of forecasts that are given.
fn given(report: &ForecastAnswer) -> Document {
    let fit = &report.fit;
    let forced = report.request.force;
    let mut top = facts(fit, forced);
    let found = diagnoses(report);
    // The status is that of the fit; findings about a target or its interval are part of its grade.
    let of_fit = |d: &&Diagnosis| fit.diagnoses().iter().any(|own| own.code == d.code);
    let of_fit: Vec<Diagnosis> = found.iter().filter(of_fit).cloned().collect();
    if let (Some(status), (text, tone)) = (top.last_mut(), verdict(fit.status(), &of_fit, forced)) {
        (status.1, status.2) = (text, tone);
    }
    let mut blocks = vec![Block::Facts(top)];
    for target in &report.targets {
        let forecast = match &target.forecast {
            Ok(forecast) => forecast,
            Err(why) => {
                blocks.push(Block::Facts(withheld_facts(fit, target.compute, why)));
                continue;
            }
        };
        blocks.push(Block::Facts(target_facts(fit, forecast)));
        if !forecast.intervals.is_empty() {
            blocks.push(interval_table(forecast));
        }
        blocks.extend(abstentions(&forecast.abstentions));
    }
    blocks.extend(promises(report).into_iter().map(Block::Text));
    blocks.extend(floor_table(report));
    let reach = |r| reach_blocks(r, &report.fit);
    blocks.extend(report.reaches.iter().flat_map(reach));
    blocks.extend(findings(&found));
    blocks.into()
}

/// What each kind of interval shown claims, so that they are not confused.
fn promises(report: &ForecastAnswer) -> Vec<String> {
    let shown = |test: fn(Method) -> bool| {
        let mut intervals = report.forecasts().flat_map(|f| &f.intervals);
        intervals.any(|i| test(i.method))
    };
    let mut said = Vec::new();
    if shown(|m| m == Method::Calibrated) {
        said.push("calibrated: the interval to quote; it assumes no one law, and its width, which depends on the kind of curve and the number of runs, was checked against real extrapolations.".to_owned());
    }
    if shown(|m| m == Method::Bootstrap) {
        said.push("bootstrap: percentiles of refits of this law with its residuals drawn again; with few replicates its ends wander.".to_owned());
    }
    if shown(|m| matches!(m, Method::Delta | Method::Profile)) {
        said.push(format!(
            "delta and profile hold only if {} is exactly right; real curves often are not.",
            right_side(&report.fit.formula())
        ));
    }
    said
}

/// The findings of the fit and of every target, each code once.
pub(super) fn diagnoses(report: &ForecastAnswer) -> Vec<Diagnosis> {
    let mut all: Vec<Diagnosis> = Vec::new();
    let targets = report.forecasts().flat_map(|f| &f.diagnoses);
    let own = if report.forecasts().next().is_none() {
        report.fit.diagnoses()
    } else {
        &[]
    };
    for d in targets.chain(own) {
        if !all.iter().any(|known| known.code == d.code) {
            all.push(d.clone());
        }
    }
    all
}

fn right_side(formula: &str) -> &str {
    formula
        .split_once('=')
        .map_or(formula, |(_, right)| right.trim())
}

pub(super) fn widest(forecast: &Forecast) -> Option<f64> {
    forecast
        .intervals
        .iter()
        .map(|i| 0.25 * (i.upper - i.lower))
        .filter(|w| w.is_finite() && *w > 0.0)
        .reduce(f64::min)
}

/// A target without a forecast.
pub(super) fn withheld_facts(fit: &FitResult, compute: Option<f64>, why: &Withheld) -> Vec<Fact> {
    let target = compute.map_or("unknown".to_owned(), |c| {
        format!("{}{}", fit.variable().before(), fit.variable().shown(c))
    });
    let reason = format!("not given: {} ({})", why.reason, why.code);
    vec![fact("Target", target), fact("Forecast", reason)]
}

/// The target in relation to the fitted runs.
pub(super) fn target_line(fit: &FitResult, forecast: &Forecast) -> String {
    format!(
        "{}{}: {} times the largest fitted run ({}); the runs span {:.1} decades",
        fit.variable().before(),
        fit.variable().shown(forecast.x),
        digits(forecast.extrapolation, 3),
        fit.variable().shown(fit.largest_fitted()),
        Said(forecast.span_decades),
    )
}

fn target_facts(fit: &FitResult, forecast: &Forecast) -> Vec<Fact> {
    let spread = widest(forecast);
    let mut facts = vec![
        fact("Target", target_line(fit, forecast)),
        fact("Forecast", headline(forecast, spread)),
    ];
    facts.extend(grade::facts(forecast));
    if recommended(forecast) {
        facts.push(fact(
            "Law's own",
            format!(
                "{}, from {}",
                with_uncertainty(forecast.law_point, spread),
                right_side(&fit.formula())
            ),
        ));
        facts.push(fact("Members", members(forecast, spread)));
    }
    facts.extend(
        forecast
            .prior_share
            .map(|share| fact("Prior", prior_line(share))),
    );
    facts.extend(actual_lines(fit, forecast, spread).map(|line| fact("Actual", line)));
    facts
}

/// The share of the width that comes from the prior.
pub(super) fn prior_line(share: f64) -> String {
    format!(
        "{:.0} % of the variance of the law's value here comes from the prior, the rest from the runs",
        Said(100.0 * share)
    )
}

/// The forecasts under each floor.
fn floor_table(report: &ForecastAnswer) -> Vec<Block> {
    if report.by_floor.is_empty() {
        return Vec::new();
    }
    let variable = report.fit.variable();
    let targets = report.targets.iter().filter_map(|t| t.compute);
    let mut head = vec!["floor c".to_owned(), "noise a run".to_owned()];
    head.extend(targets.map(|x| format!("at {}{}", variable.before(), variable.shown(x))));
    let rows = report.by_floor.iter().map(|row| {
        let noise = row.noise.map(|sd| noise_size(&report.fit, sd));
        let mut cells = vec![digits(row.floor, 4), noise.unwrap_or_default()];
        cells.extend(row.at.iter().map(|at| match at {
            None => "none".to_owned(),
            Some(at) => match at.interval {
                None => digits(at.point, 4),
                Some((low, high)) => {
                    let spread = Some(0.25 * (high - low));
                    let end = |v| with_uncertainty(v, spread);
                    format!("{} [{}, {}]", end(at.point), end(low), end(high))
                }
            },
        }));
        cells
    });
    let words = "What the floor decides: the forecast with c held at values across its interval, and the 90 % calibrated interval of each.";
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    vec![
        Block::Text(words.to_owned()),
        Block::table(&head, &[], rows),
    ]
}

/// Whether the point is the recommended combination instead of the law's.
fn recommended(forecast: &Forecast) -> bool {
    forecast.point_of(Method::Calibrated).is_some()
}

pub(super) fn headline(forecast: &Forecast, spread: Option<f64>) -> String {
    let point = with_uncertainty(forecast.point, spread);
    match recommended_interval(forecast) {
        Some(i) => format!("{point}, {}", interval_words(i, spread)),
        None => point,
    }
}

/// An interval with its level, its method and its kind.
pub(super) fn interval_words(interval: &Interval, spread: Option<f64>) -> String {
    format!(
        "{} {} {} interval {}",
        percent(interval.level),
        interval.method.name(),
        interval.kind.name(),
        bracket(interval, spread)
    )
}

/// The interval to quote, at the highest requested level.
pub(super) fn recommended_interval(forecast: &Forecast) -> Option<&Interval> {
    let mut all = forecast.intervals.iter();
    all.rfind(|i| i.method == Method::Calibrated)
}

/// The outcomes at this target, one line per run.
pub(super) fn actual_lines(
    fit: &FitResult,
    forecast: &Forecast,
    spread: Option<f64>,
) -> impl Iterator<Item = String> {
    actuals_at(fit, forecast.x).map(move |run| actual_line(run, forecast, spread))
}

/// Most runs of one target whose outcomes are listed in a cell.
const LISTED: usize = 3;

/// The outcomes at this target, for a cell of a table: the losses, the error of the forecast, and
/// whether its recommended interval contains them.
pub(super) fn actuals_in_short(
    fit: &FitResult,
    forecast: &Forecast,
    spread: Option<f64>,
) -> String {
    let interval = recommended_interval(forecast);
    let one = |run: &Run| {
        let inside = interval.map_or("", |i| match i.lower <= run.loss && run.loss <= i.upper {
            true => ", inside",
            false => ", OUTSIDE",
        });
        let off = Said((forecast.point / run.loss - 1.0) * 100.0);
        let loss = with_uncertainty(run.loss, spread);
        format!("{loss} ({off:+.1} %{inside})")
    };
    let mut all: Vec<String> = actuals_at(fit, forecast.x).map(one).collect();
    let more = all.len().saturating_sub(LISTED);
    all.truncate(LISTED);
    if more > 0 {
        all.push(format!("{more} more"));
    }
    all.join("; ")
}

fn actual_line(run: &Run, forecast: &Forecast, spread: Option<f64>) -> String {
    // The interval to quote decides, even if another is wider.
    let quoted = main_interval(forecast).map(|i| i.method);
    let own = |i: &&Interval| i.kind == Kind::Prediction && Some(i.method) == quoted;
    let own = || forecast.intervals.iter().filter(own);
    let covering = own()
        .filter(|i| i.lower <= run.loss && run.loss <= i.upper)
        .min_by(|p, q| p.level.total_cmp(&q.level));
    let widest = own().max_by(|p, q| p.level.total_cmp(&q.level));
    let inside = match (covering, widest) {
        (Some(i), _) => format!(
            "inside the {} {} prediction interval",
            percent(i.level),
            i.method.name()
        ),
        (None, Some(i)) => format!(
            "OUTSIDE the {} {} prediction interval",
            percent(i.level),
            i.method.name()
        ),
        (None, None) => "no prediction interval to compare with".to_owned(),
    };
    let name = run
        .group
        .as_deref()
        .map(|g| format!("{g}, "))
        .unwrap_or_default();
    format!(
        "{} ({name}line {}): the forecast is off by {:+.1} %, {inside}",
        with_uncertainty(run.loss, spread),
        run.line,
        Said((forecast.point / run.loss - 1.0) * 100.0),
    )
}

fn interval_table(forecast: &Forecast) -> Block {
    let spread = widest(forecast);
    let rows = forecast.intervals.iter().map(|i| {
        vec![
            i.method.name().to_owned(),
            i.kind.name().to_owned(),
            percent(i.level),
            bracket(i, spread),
        ]
    });
    Block::table(&["method", "kind", "level", "interval"], &[0, 1, 3], rows)
}

/// Abstentions, one sentence per method and reason.
pub(super) fn abstentions(all: &[Abstention]) -> Vec<Block> {
    let mut said: Vec<String> = Vec::new();
    for a in all {
        let text = format!(
            "No {} interval: {} ({}).",
            a.method.name(),
            a.reason,
            a.code
        );
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.into_iter().map(Block::Text).collect()
}

pub(super) fn capital(variable: Variable) -> &'static str {
    match variable {
        Variable::Compute => "Compute",
        Variable::Params => "Parameters",
        Variable::Tokens => "Tokens",
    }
}

/// Whether some method gives an upper limit: the law is below the loss from the first compute
/// searched.
fn is_below(reach: &Reach) -> bool {
    reach.intervals.iter().any(|i| i.upper.is_some())
}

fn early(variable: Variable) -> String {
    format!(
        "BEFORE ALL RUNS: below it a million times under the smallest {} already",
        variable.noun()
    )
}

/// The compute at which the forecast reaches a loss.
pub(super) fn reached_at(reach: &Reach, fit: &FitResult) -> String {
    let variable = fit.variable();
    let largest = fit.fitted_runs().map(|run| run.loss);
    let above_all = largest.fold(f64::NEG_INFINITY, f64::max) < reach.loss;
    match reach.recommended {
        Some(x) => format!("{}{}", variable.before(), variable.shown(x)),
        None if above_all || is_below(reach) && reach.x.is_none() => early(variable),
        None => {
            "NOT ATTAINABLE: the forecast stays above it for 30 decades beyond the runs".to_owned()
        }
    }
}

fn reach_blocks(reach: &Reach, fit: &FitResult) -> Vec<Block> {
    let variable = fit.variable();
    let own = match reach.x {
        Some(x) => format!("{}{}", variable.before(), variable.shown(x)),
        None if is_below(reach) => early(variable),
        None => "NOT ATTAINABLE: the law stays above it".to_owned(),
    };
    let mut blocks = vec![Block::Facts(vec![
        fact("Loss to reach", reach.loss.to_string()),
        fact(capital(variable), reached_at(reach, fit)),
        fact("Law's own", own),
    ])];
    let rows: Vec<Vec<String>> = reach
        .intervals
        .iter()
        .map(|i| {
            let text = match (i.attainable, i.lower, i.upper) {
                (false, ..) => "not attainable".to_owned(),
                (true, low, high) => format!(
                    "[{}, {}]",
                    low.map_or("0".to_owned(), |c| variable.shown(c)),
                    high.map_or("no limit".to_owned(), |c| variable.shown(c))
                ),
            };
            vec![
                i.method.name().to_owned(),
                i.kind.name().to_owned(),
                percent(i.level),
                text,
            ]
        })
        .collect();
    if !rows.is_empty() {
        let head = ["method", "kind", "level", variable.noun()];
        blocks.push(Block::table(&head, &[0, 1, 3], rows));
    }
    blocks
}
