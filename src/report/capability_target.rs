//! The part of a report about one target.

use super::document::{Block, Fact, Tone, fact};
use super::fit::bracket;
use super::forecast::abstentions;
use super::grade::tone;
use crate::ask::{CapabilityAnswer, NEAR};
use crate::capability::hidden::{Graded, LAW_RECORD};
use crate::capability::{
    About, Curve, CurveForecast, CurvePoint, PassInterval, PassQuantity, Verdict,
};
use crate::fit::{Code, Diagnosis, Severity};
use crate::interval::{Kind, Method};
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::runs::Role;
use crate::said::{Said, decades};

/// Facts, intervals and buckets at a target.
pub(super) fn target_blocks(report: &CapabilityAnswer, place: usize) -> Vec<Block> {
    let (fit, target) = (&report.fit, report.targets[place]);
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
            Said(decades(smallest, largest))
        ),
    )];
    let forecast = match &report.overall[place] {
        Ok(forecast) => forecast,
        Err(error) => {
            let why = match fit.overall.refusal() {
                Some(_) => verdict_line(&fit.overall),
                None => error.reason.clone(),
            };
            facts.push((
                "Forecast".to_owned(),
                format!("NONE GIVEN: {why}"),
                Tone::Bad,
            ));
            return vec![Block::Facts(facts)];
        }
    };
    facts.extend(recommended(forecast, report.highest(), true));
    let metric = &forecast.metric;
    if metric.calibrated.is_some() {
        let spread = narrowest(&metric.intervals);
        let words = format!(
            "{} {}, if all problems have one exponent",
            metric_words(forecast),
            with_uncertainty(metric.value, spread)
        );
        facts.push(fact("By the law", words));
    }
    if let Some(line) = actual_line(&fit.overall, forecast) {
        facts.push(fact("Actual", line));
    }
    let mut blocks = vec![Block::Facts(facts), interval_table(forecast)];
    blocks.extend(abstentions(&forecast.abstentions));
    if report.curves().len() > 1 {
        blocks.push(bucket_table(report, place));
    }
    if report.request.force
        && let Some(d) = fit.overall.refusal()
    {
        blocks.push(Block::Text(format!(
            "FORCED against the verdict NOT PREDICTABLE ({}): do not use these numbers.",
            d.code
        )));
    }
    blocks.push(Block::Text(format!(
        "The law and its delta intervals hold if all problems have one exponent, give or take the \
         scatter stated above; real capabilities often do not: {}. The calibrated forecast and the \
         mean of p give every problem an exponent of its own.",
        law_record()
    )));
    blocks
}

/// The metric in words.
fn metric_words(forecast: &CurveForecast) -> &'static str {
    match forecast.mean_pass_rate {
        Some(_) => "mean log pass rate, -mean ln p =",
        None => "log pass rate, -ln p =",
    }
}

/// How often the law's own intervals contained the outcome on real counts.
fn law_record() -> String {
    let (forecasts, held) = LAW_RECORD;
    format!("the law's own 90 % intervals contained {held} of {forecasts} outcomes of two ladders")
}

/// The recommended point of the metric and of the mean pass rate, each with its interval and its
/// grade; `whole` also gives the reasons for the grades.
pub(super) fn recommended(forecast: &CurveForecast, level: f64, whole: bool) -> Vec<Fact> {
    let rate = forecast.mean_pass_rate.as_ref();
    let both = [
        (
            metric_words(forecast),
            Graded::Metric,
            Some(&forecast.metric),
        ),
        ("mean pass rate", Graded::Rate, rate),
    ];
    let mut facts = Vec::new();
    for (name, what, quantity) in both {
        let Some(quantity) = quantity else { continue };
        let own = |method: Method| {
            quantity.intervals.iter().find(|i| {
                i.about == About::TheseProblems
                    && i.interval.kind == Kind::Prediction
                    && i.interval.method == method
                    && i.interval.level == level
            })
        };
        let interval = own(Method::Calibrated).or_else(|| own(Method::Delta));
        let words = match interval {
            Some(i) => {
                let spread = Some(0.25 * (i.interval.upper - i.interval.lower));
                let mut words = format!(
                    "{name} {}, {} {} prediction interval {}",
                    with_uncertainty(quantity.point_of(i.interval.method), spread),
                    percent(level),
                    i.interval.method.name(),
                    bracket(&i.interval, spread)
                );
                if rate.is_some() && what == Graded::Metric && i.interval.method == Method::Delta {
                    words += &format!("; {}", law_record());
                }
                words
            }
            None => format!("{name} {}", digits(quantity.value, 4)),
        };
        facts.push(fact("Forecast", words));
        facts.extend(quantity.standing.as_ref().map(|standing| {
            let grade = standing.grade.name().to_uppercase();
            let words = format!("{grade}: {}", standing.sentence(what));
            ("Grade".to_owned(), words, tone(standing.grade))
        }));
        let because = quantity.standing.as_ref().filter(|_| whole);
        facts.extend(because.map(|standing| fact("Because", standing.because.clone())));
    }
    facts
}

/// A quarter of the narrowest interval: the uncertainty that sets the number of digits.
fn narrowest(intervals: &[PassInterval]) -> Option<f64> {
    intervals
        .iter()
        .map(|i| 0.25 * (i.interval.upper - i.interval.lower))
        .filter(|w| w.is_finite() && *w > 0.0)
        .reduce(f64::min)
}

/// The held-out model with exactly this compute.
fn actual_at(curve: &Curve, target: f64) -> Option<&CurvePoint> {
    let near = |p: &&CurvePoint| (p.compute / target - 1.0).abs() < NEAR;
    curve
        .points
        .iter()
        .filter(|p| p.role == Role::Actual)
        .find(near)
}

pub(super) fn actual_line(curve: &Curve, forecast: &CurveForecast) -> Option<String> {
    let point = actual_at(curve, forecast.compute)?;
    let Some(metric) = point.metric else {
        return Some(format!(
            "{}: no metric, because it never solved a problem used",
            point.model
        ));
    };
    let off = |point: f64| (point / metric - 1.0) * 100.0;
    let inside: Vec<String> = [Method::Calibrated, Method::Delta]
        .into_iter()
        .filter_map(|method| where_is(metric, forecast, method))
        .collect();
    let inside = match inside.is_empty() {
        true => "no interval to compare with".to_owned(),
        false => inside.join(", "),
    };
    Some(format!(
        "{} ({}): the law is off by {:+.1} %{}; {inside}",
        digits(metric, 5),
        point.model,
        Said(off(forecast.metric.value)),
        forecast
            .metric
            .calibrated
            .map_or(String::new(), |p| format!(
                ", the calibrated point by {:+.1} %",
                Said(off(p))
            ))
    ))
}

/// Which of a method's prediction intervals contains a metric.
fn where_is(metric: f64, forecast: &CurveForecast, method: Method) -> Option<String> {
    let own = |i: &&PassInterval| {
        i.about == About::TheseProblems
            && i.interval.kind == Kind::Prediction
            && i.interval.method == method
    };
    let intervals = || forecast.metric.intervals.iter().filter(own);
    intervals().next()?;
    let covering = intervals()
        .filter(|i| i.interval.lower <= metric && metric <= i.interval.upper)
        .min_by(|a, b| a.interval.level.total_cmp(&b.interval.level));
    Some(match covering {
        Some(i) => format!(
            "inside the {} {} interval",
            percent(i.interval.level),
            method.name()
        ),
        None => format!("OUTSIDE every {} interval", method.name()),
    })
}

fn interval_table(forecast: &CurveForecast) -> Block {
    let mut rows = Vec::new();
    let widest = forecast
        .metric
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
    let mut add = |name: &str, quantity: &PassQuantity| {
        let main = rows.is_empty();
        for i in quantity.intervals.iter().filter(|i| shown(main, i)) {
            let spread = Some(0.25 * (i.interval.upper - i.interval.lower));
            rows.push(vec![
                name.to_owned(),
                with_uncertainty(quantity.point_of(i.interval.method), spread),
                about(i.about).to_owned(),
                i.interval.method.name().to_owned(),
                i.interval.kind.name().to_owned(),
                percent(i.interval.level),
                bracket(&i.interval, spread),
            ]);
        }
        if quantity.intervals.is_empty() {
            let mut row = vec![name.to_owned(), digits(quantity.value, 4)];
            row.resize(7, String::new());
            rows.push(row);
        }
    };
    let metric = if forecast.mean_pass_rate.is_some() {
        "-mean ln p"
    } else {
        "-ln p"
    };
    add(metric, &forecast.metric);
    let geometric = &forecast.geometric_mean_pass_rate;
    match &forecast.mean_pass_rate {
        Some(mean) => {
            add("geometric mean of p", geometric);
            add("mean of p", mean);
        }
        None => add("pass rate", geometric),
    }
    Block::table(
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

fn bucket_table(report: &CapabilityAnswer, place: usize) -> Block {
    let (level, target) = (report.highest(), report.targets[place]);
    let buckets = report.curves().into_iter().skip(1);
    let rows = buckets.map(|(b, forecasts)| {
        let f = match &forecasts[place] {
            Ok(forecast) => forecast,
            Err(why) => {
                let mut row = vec![b.name.clone(), format!("abstained: {}", why.code)];
                row.resize(6, String::new());
                return row;
            }
        };
        let interval = f.metric.intervals.iter().find(|i| {
            i.about == About::TheseProblems
                && i.interval.kind == Kind::Prediction
                && i.interval.level == level
        });
        let spread = interval.map(|i| 0.25 * (i.interval.upper - i.interval.lower));
        let actual = actual_at(b, target).and_then(|p| p.metric);
        vec![
            b.name.clone(),
            with_uncertainty(f.metric.value, spread),
            f.metric
                .calibrated
                .map_or("none".to_owned(), |point| with_uncertainty(point, spread)),
            interval.map_or("n/a".to_owned(), |i| {
                let method = i.interval.method.name();
                format!("{} {method}", bracket(&i.interval, spread))
            }),
            f.mean_pass_rate
                .as_ref()
                .map_or(String::new(), |q| digits(q.value, 3)),
            actual.map_or(String::new(), |a| digits(a, 4)),
        ]
    });
    let title = format!("{} prediction interval", percent(level));
    let head = [
        "",
        "by the law",
        "calibrated",
        &title,
        "mean of p",
        "actual -mean ln p",
    ];
    Block::table(&head, &[0, 3], rows)
}

/// pass@k at the models and targets, with reference values.
pub(super) fn pass_at_blocks(report: &CapabilityAnswer) -> Vec<Block> {
    if report.pass_at.is_empty() {
        return Vec::new();
    }
    let level = report.highest();
    let optional = |rate: Option<f64>| rate.map_or(String::new(), |p| format!("{:.4}", Said(p)));
    let rows = report.pass_at.iter().map(|at| {
        // The recommended interval comes first.
        let interval = at
            .rate
            .intervals
            .iter()
            .find(|i| i.about == About::TheseProblems && i.interval.level == level);
        vec![
            at.k.to_string(),
            at.model.clone().unwrap_or_else(|| "target".to_owned()),
            compute(at.compute),
            format!("{:.4}", Said(at.rate.value)),
            interval.map_or("n/a".to_owned(), |i| {
                let (lower, upper) = (Said(i.interval.lower), Said(i.interval.upper));
                format!("[{lower:.4}, {upper:.4}]")
            }),
            optional(at.unbiased),
            optional(at.beta_binomial),
            optional(at.line),
        ]
    });
    let title = format!("{} interval", percent(level));
    let head = [
        "k",
        "model",
        &report.fit.compute_name,
        "pass@k",
        &title,
        "unbiased",
        "beta-binomial",
        "line",
    ];
    let note = "pass@k is the mean over these problems of the chance that one of k samples passes, by \
                the likelihood of all counts at the models and by the problems' own exponents at \
                targets. The line is ln(-ln pass@k) = a + b ln C + c ln k + d ln C ln k.";
    vec![Block::table(&head, &[1, 4], rows), Block::text(note)]
}

/// The verdict on a curve with the evidence for it.
pub(super) fn verdict_line(curve: &Curve) -> String {
    let verdict = curve.verdict();
    let decisive = match verdict {
        Verdict::NotPredictable => Severity::Refuse,
        _ => Severity::Warn,
    };
    let decides = |d: &&Diagnosis| match verdict {
        Verdict::NotConverged => d.code == Code::NotConverged,
        _ => d.severity == decisive,
    };
    let because = curve.diagnoses.iter().find(decides);
    because.map_or(verdict.words().to_owned(), |d| {
        let word = match verdict {
            Verdict::Predictable => "PREDICTABLE, with a warning",
            other => other.words(),
        };
        format!("{word}: {}: {}", d.code, d.message)
    })
}
