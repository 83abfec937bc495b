//! The page of a capability.

use super::super::answer::Shown;
use super::super::capability::tone;
use super::super::controls::Controls;
use super::super::document::Block;
use super::what_if::rounded;
use super::{Page, Picture, Provenance, checklist, plain, without_findings};
use crate::ask::{CapabilityAnswer, Withheld};
use crate::capability::{About, Capability, CurveForecast, PassInterval, Rule, Verdict};
use crate::chart;
use crate::fit::{Code, Diagnosis, Severity};
use crate::interval::{Kind, Method};
use crate::number::{compute, percent, with_uncertainty};

const BUCKETS: &str = "One panel a difficulty bucket, the easiest first. Dots are the models that were fitted, the line is the law with its \
     band; the star is the forecast with its interval, an open circle a model that was kept out of the fit.";
const PROBLEMS: &str = "One row a problem, the easiest at the bottom, one column a model: dark is solved always, pale rarely, blank never.";

/// The page.
pub(super) fn capability_page(report: &CapabilityAnswer, provenance: Provenance) -> Page {
    let fit = &report.fit;
    let verdict = fit.verdict();
    let tone = tone(fit);
    let title = match report.targets.last() {
        Some(c) => format!("How often will compute {} solve the problems?", compute(*c)),
        None => "A capability and its models".to_owned(),
    };
    let found = &fit.overall.diagnoses;
    let not_converged = |d: &&Diagnosis| d.code == Code::NotConverged;
    let because = match verdict {
        Verdict::NotConverged => found.iter().find(not_converged),
        _ => found.iter().max_by_key(|d| d.severity),
    };
    let because =
        because.filter(|d| verdict != Verdict::Predictable || d.severity > Severity::Note);
    let words = because.map_or(verdict.words().to_owned(), |d| {
        let with = match verdict {
            Verdict::Predictable => ", with a warning",
            _ => "",
        };
        format!("{}{with}: {}", verdict.words(), d.message)
    });
    let mut page = Page::new(title, answer(report), (words, tone));
    page.section(
        "forecast",
        "Models, law and forecast",
        without_findings(report.document().blocks),
    );
    let found = checklist::found(&fit.overall.diagnoses);
    page.section("findings", "What was found", found);
    page.section("chart", "The law by difficulty", charts(report));
    page.section("what-if", "What if?", what_if(report));
    page.section(
        "excluded",
        "Rows left out",
        checklist::excluded(&fit.excluded),
    );
    page.section("method", "Method in plain words", method(fit));
    let csv = Block::Verbatim(report.table());
    page.section(
        "numbers",
        "Exact numbers",
        vec![Block::Details("As CSV".to_owned(), vec![csv])],
    );
    page.section(
        "checklist",
        "Reproducibility checklist",
        vec![table(report)],
    );
    page.forced_if(report.request.force).signed(provenance)
}

fn answer(report: &CapabilityAnswer) -> String {
    match report.overall.last() {
        Some(Ok(forecast)) => in_words(forecast),
        Some(Err(why)) => format!("No number is given: {}", why.reason),
        None => "No target was asked for.".to_owned(),
    }
}

/// Other targets, and single buckets.
fn what_if(report: &CapabilityAnswer) -> Vec<Block> {
    let Some(found) = &report.what_if else {
        return Vec::new();
    };
    let said = |made: &std::result::Result<CurveForecast, Withheld>| match made {
        Ok(forecast) => in_words(forecast),
        Err(why) => format!("no forecast: {}", why.code),
    };
    let targets: Vec<String> = found.targets.iter().map(|c| short(*c)).collect();
    let choices = found.choices.iter().map(|(name, all)| {
        let name = match name.as_str() {
            "all" => "all problems".to_owned(),
            other => other.to_owned(),
        };
        (name, all.iter().map(said).collect())
    });
    let choices: Vec<(String, Vec<String>)> = choices.collect();
    let rows = choices.iter().flat_map(|(name, all)| {
        let each = targets.iter().zip(all);
        each.map(|(target, said)| vec![name.clone(), target.clone(), said.clone()])
    });
    let table = Block::table(
        &["", "compute", "forecast"],
        &[0, 2],
        rows.collect::<Vec<_>>(),
    );
    let summary = format!("All {} forecasts as a table", targets.len() * choices.len());
    vec![
        Block::Controls(Controls {
            target: "compute".to_owned(),
            asked: found.asked,
            targets,
            choices,
        }),
        Block::Details(summary, vec![table]),
        Block::text(
            "Each number was computed when this page was written, by the same methods as the \
             forecast.",
        ),
    ]
}

/// A compute with three digits.
fn short(c: f64) -> String {
    compute(rounded(c))
}

fn in_words(forecast: &CurveForecast) -> String {
    let quantity = forecast
        .mean_pass_rate
        .as_ref()
        .unwrap_or(&forecast.geometric_mean_pass_rate);
    let about =
        |i: &&PassInterval| i.about == About::TheseProblems && i.interval.kind == Kind::Prediction;
    let interval = quantity
        .intervals
        .iter()
        .rfind(|i| about(i) && i.interval.method == Method::Calibrated)
        .or_else(|| quantity.intervals.iter().rfind(|i| about(i)));
    let metric = |point: f64| with_uncertainty(point, None);
    let Some(i) = interval.map(|i| i.interval) else {
        let point = metric(forecast.metric.value);
        return format!("Mean log pass rate −{point}, without an interval");
    };
    let spread = Some(0.25 * (i.upper - i.lower));
    format!(
        "Pass rate {}, {} {} prediction interval {} to {}; −mean ln p {}",
        with_uncertainty(quantity.point_of(i.method), spread),
        percent(i.level),
        i.method.name(),
        with_uncertainty(i.lower, spread),
        with_uncertainty(i.upper, spread),
        metric(forecast.metric.point_of(i.method))
    )
}

fn charts(report: &CapabilityAnswer) -> Vec<Block> {
    let buckets = chart::capability(report);
    let mut blocks = vec![Picture::first(&buckets, BUCKETS)];
    // Thousands of cells would make the page too large.
    let cells = report.fit.problems * report.fit.models.len();
    if cells <= 2000
        && let Some(map) = chart::problems(&report.fit)
    {
        blocks.push(Block::Details(
            "Every problem".to_owned(),
            vec![Picture::of(&map, PROBLEMS)],
        ));
    }
    blocks
}

fn method(fit: &Capability) -> Vec<Block> {
    let rule = match fit.rule {
        Some(Rule::Likelihood) => {
            "Every count is used, zeros included: difficulties of the problems are integrated out of a binomial likelihood, and a line is \
             drawn through the logarithm of the models' mean −ln p."
        }
        Some(Rule::SolvedByAll) => {
            "Problems that every fitted model solved at least once, and least squares of ln metric on ln C: the rule of the GPT-4 report. \
             Choosing problems by the samples that measure them bends the law where samples are few."
        }
        Some(Rule::Split) => {
            "Problems chosen by one half of the samples and measured by the other, and generalised least squares of ln metric on ln C."
        }
        None => {
            "Only rates of the whole benchmark are known: a line through the logarithm of −ln(pass rate)."
        }
    };
    vec![
        Block::Text(rule.to_owned()),
        Block::Text(Method::Calibrated.explained().to_owned()),
        Block::Text(plain::PREDICTION.to_owned()),
    ]
}

fn table(report: &CapabilityAnswer) -> Block {
    let fit = &report.fit;
    let count = |role: &str| fit.models.iter().filter(|m| m.role == role).count();
    checklist::table(vec![
        (
            "Form",
            "-E[ln pass_rate(C)] = alpha*C^(-k), no irreducible term".to_owned(),
        ),
        ("Compute", format!("column or rule '{}'", fit.compute_name)),
        (
            "Models",
            format!(
                "{} fitted, {} kept as actuals, {} dropped",
                count("fit"),
                count("actual"),
                count("dropped")
            ),
        ),
        (
            "Problems",
            format!(
                "{} in the table, {} used, the hardest {} left out on request",
                fit.problems,
                fit.overall.problems.len(),
                fit.hardest
            ),
        ),
        ("Cells without a pass", fit.zero_cells.to_string()),
        (
            "Rule",
            fit.rule.map_or("rates given", Rule::name).to_owned(),
        ),
        (
            "Estimator",
            fit.estimator
                .map_or("likelihood or rates", |e| e.name())
                .to_owned(),
        ),
        (
            "Buckets",
            format!(
                "{}, judged by the smaller half of the models",
                fit.buckets.len()
            ),
        ),
        (
            "Uncertainty",
            "delta; calibrated, where four models are known".to_owned(),
        ),
        ("Code", format!("scalewise {}", env!("CARGO_PKG_VERSION"))),
    ])
}
