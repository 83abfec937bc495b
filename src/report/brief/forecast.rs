//! A forecast in short.

use super::super::document::{Block, Document, Fact, Tone, fact};
use super::super::fit::bracket;
use super::super::forecast::{
    abstentions, actual_lines, actuals_in_short, diagnoses, interval_words, prior_line, reached_at,
    recommended_interval, target_line, widest, withheld_facts,
};
use super::super::grade::{self, tone};
use super::fit;
use super::together::{Brief, together};
use crate::ask::{ForecastAnswer, actuals_at};
use crate::fit::FitResult;
use crate::forecast::{Forecast, Grade, Reach, ReachInterval};
use crate::interval::{Interval, Kind, Method};
use crate::number::{digits, percent, with_uncertainty};

const REST: &str = "all intervals, and the points that the forecast is made of";

impl Brief for ForecastAnswer {
    fn brief(&self, how: &str) -> Document {
        match self.refusal() {
            Some(_) => fit::refused(&self.fit, how),
            None => in_short(self, how).forced_if(self.request.force),
        }
    }
}

/// Most rows of a table of targets.
const ROWS: usize = 10;

/// The answer in short.
fn in_short(answer: &ForecastAnswer, how: &str) -> Document {
    let mut facts = fit::source_facts(&answer.fit);
    let mut asked = Vec::new();
    match answer.targets.as_slice() {
        [] => {}
        [one] => match &one.forecast {
            Ok(forecast) => {
                facts.extend(target_facts(&answer.fit, forecast));
                // If there is no interval to quote, the reason is shown.
                if recommended_interval(forecast).is_none() {
                    asked.extend(abstentions(&forecast.abstentions));
                }
            }
            Err(why) => facts.extend(withheld_facts(&answer.fit, one.compute, why)),
        },
        all => {
            facts.extend(came_true(answer));
            if all.len() > ROWS {
                let words = format!(
                    "the {ROWS} farthest of {} stand below; the whole answer has all of them",
                    all.len()
                );
                facts.push(fact("Targets", words));
            }
            asked.push(table(answer));
        }
    }
    let reached = |reach| reached(reach, &answer.fit);
    facts.extend(answer.reaches.iter().map(reached));
    together(facts, asked, &diagnoses(answer), (how, REST))
}

/// How many of the held-out runs lie inside the interval to quote.
fn came_true(answer: &ForecastAnswer) -> Option<Fact> {
    let of = |forecast: &Forecast| {
        let interval = recommended_interval(forecast)?;
        let losses: Vec<f64> = actuals_at(&answer.fit, forecast.x)
            .map(|run| run.loss)
            .collect();
        let inside = losses
            .iter()
            .filter(|loss| (interval.lower..=interval.upper).contains(*loss));
        Some((interval.level, inside.count(), losses.len()))
    };
    let counted: Vec<_> = answer.forecasts().filter_map(of).collect();
    let (level, ..) = *counted.first()?;
    let total: usize = counted.iter().map(|one| one.2).sum();
    let inside: usize = counted.iter().map(|one| one.1).sum();
    let words = format!(
        "{inside} of {total} runs lie inside the {} calibrated prediction interval",
        percent(level)
    );
    (total > 0).then(|| fact("Actual", words))
}

/// The interval to quote, or else the widest of the requested ones.
fn shown(forecast: &Forecast) -> Option<&Interval> {
    let width = |i: &&Interval| i.upper - i.lower;
    let widest = || {
        forecast
            .intervals
            .iter()
            .max_by(|a, b| width(a).total_cmp(&width(b)))
    };
    recommended_interval(forecast).or_else(widest)
}

/// The uncertainty of the interval shown, which sets the number of digits.
fn spread(forecast: &Forecast) -> Option<f64> {
    let width = shown(forecast).map(|i| 0.25 * (i.upper - i.lower));
    width.filter(|w| *w > 0.0).or_else(|| widest(forecast))
}

/// One target.
fn target_facts(fit: &FitResult, forecast: &Forecast) -> Vec<Fact> {
    let spread = spread(forecast);
    let point = with_uncertainty(forecast.point, spread);
    let words = match (recommended_interval(forecast), shown(forecast)) {
        (Some(interval), _) => format!("{point}, {}", interval_words(interval, spread)),
        (None, Some(of_law)) => format!(
            "{point}; by the law itself {}, {}",
            with_uncertainty(forecast.law_point, spread),
            interval_words(of_law, spread)
        ),
        (None, None) => point,
    };
    let mut facts = vec![
        fact("Target", target_line(fit, forecast)),
        fact("Forecast", words),
        (
            "Grade".to_owned(),
            grade::in_one_line(forecast),
            tone(forecast.grade),
        ),
    ];
    // A good grade is explained by its record.
    if forecast.grade <= Grade::Low || forecast.record.is_none() {
        facts.push(fact("Because", forecast.reasons()));
    }
    facts.extend(
        forecast
            .prior_share
            .map(|share| fact("Prior", prior_line(share))),
    );
    facts.extend(actual_lines(fit, forecast, spread).map(|line| fact("Actual", line)));
    facts
}

/// Several targets, one per row.
fn table(answer: &ForecastAnswer) -> Block {
    let variable = answer.fit.variable();
    let known = |forecast: &Forecast| actuals_in_short(&answer.fit, forecast, spread(forecast));
    let any = answer.forecasts().any(|f| !known(f).is_empty());
    let first = answer.forecasts().find_map(shown);
    let interval = first.map_or("interval".to_owned(), |i| {
        format!("{} {} {}", percent(i.level), i.method.name(), i.kind.name())
    });
    let mut head = vec![
        variable.noun(),
        "times the largest",
        "forecast",
        &interval,
        "grade",
    ];
    head.extend(any.then_some("actual"));
    let farthest = answer.targets.len().saturating_sub(ROWS);
    let rows = answer.targets.iter().skip(farthest).map(|target| {
        let at = target
            .compute
            .map_or("unknown".to_owned(), |x| variable.shown(x));
        let mut row = match &target.forecast {
            Ok(made) => vec![
                at,
                digits(made.extrapolation, 3),
                with_uncertainty(made.point, spread(made)),
                shown(made).map_or("none".to_owned(), |i| bracket(i, spread(made))),
                made.grade.to_string(),
                known(made),
            ],
            Err(why) => vec![
                at,
                String::new(),
                "not given".to_owned(),
                format!("{} ({})", why.reason, why.code),
                String::new(),
                String::new(),
            ],
        };
        row.truncate(head.len());
        row
    });
    Block::table(&head, &[3, 4, 5], rows)
}

/// The compute at which the loss is reached, with the recommended interval.
fn reached(reach: &Reach, fit: &FitResult) -> Fact {
    let variable = fit.variable();
    let mut line = format!("loss {}: {}", reach.loss, reached_at(reach, fit));
    let given = |i: &&ReachInterval| {
        i.method == Method::Calibrated && i.kind == Kind::Prediction && i.attainable
    };
    if let Some(i) = reach.intervals.iter().rfind(given) {
        let end = |x: Option<f64>, none: &str| x.map_or(none.to_owned(), |x| variable.shown(x));
        line += &format!(
            ", {} calibrated prediction interval from {} to {}",
            percent(i.level),
            end(i.lower, "0"),
            end(i.upper, "no limit")
        );
    }
    ("Reach".to_owned(), line, Tone::Plain)
}
