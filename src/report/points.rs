//! The values of a law of several columns at points, in words and numbers.

use super::answer::{Shown, code_and_words};
use super::document::{Block, Document, fact};
use super::fit::{findings, law_and_parameters};
use super::rows::csv;
use crate::ask::{PointAt, PointsAnswer, Trust};
use crate::interval::{Interval, Kind, Method};
use crate::number::{digits, percent};
use crate::quantity::format_quantity;

table_row!(
    /// One row of the CSV: an interval of a point, or a point without one.
    #[derive(Debug, Clone)]
    pub struct PointRow {
        /// The point as requested, such as `N=1e9,S=8`.
        at: String,
        /// The line of a held-out run.
        line: Option<u64>,
        point: Option<f64>,
        level: Option<f64>,
        kind: Option<Kind>,
        method: Option<String>,
        lower: Option<f64>,
        upper: Option<f64>,
        /// The observed value.
        observed: Option<f64>,
        /// The relative error: prediction less observation, divided by the observation.
        error: Option<f64>,
        /// `ok` or `abstained: CODE`.
        status: String,
        /// The outcome, for a law of several outcomes.
        outcome: Option<String>,
    }
);

impl Shown for PointsAnswer {
    fn document(&self) -> Document {
        let [law, parameters] = law_and_parameters(&self.fit, self.force);
        let mut blocks = vec![
            law,
            Block::Facts(vec![fact("Record", NO_RECORD)]),
            parameters,
        ];
        blocks.extend(point_table(self));
        blocks.extend(every_interval(self));
        blocks.extend(findings(self.fit.diagnoses()));
        Document::from(blocks).forced_if(self.force)
    }

    fn table(&self) -> String {
        csv(&PointRow::COLUMNS, self.points.iter().flat_map(rows))
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.refusal().map(code_and_words)
    }
}

pub(super) const NO_RECORD: &str = "none: no forecasts by such a law were checked; the intervals hold if the \
     law is exactly right";

/// The law, its parameters and its values at the points.
pub(super) fn said(answer: &PointsAnswer) -> Vec<Block> {
    let mut blocks = vec![Block::Facts(vec![
        fact("Law", answer.fit.formula()),
        fact("Parameters", parameters(answer)),
        fact("Record", NO_RECORD),
    ])];
    blocks.extend(point_table(answer));
    blocks
}

/// The value at each point with its widest interval by each method.
fn point_table(answer: &PointsAnswer) -> Option<Block> {
    let several = answer.methods.len() > 1;
    let lines = answer.points.iter().flat_map(|point| {
        let methods = answer.methods.iter().enumerate();
        methods.map(move |(k, method)| line(point, *method, k == 0, several))
    });
    let mut head = HEAD;
    if answer.kinds == [Kind::Confidence] {
        head[2] = "interval of the curve";
    }
    (!answer.points.is_empty()).then(|| Block::word_table(&head, lines))
}

/// Every interval of every point.
pub(super) fn every_interval(answer: &PointsAnswer) -> Option<Block> {
    let rows = answer.points.iter().flat_map(|point| {
        let intervals = point.intervals.iter();
        intervals.map(|i| {
            vec![
                typed(point),
                i.method.name().to_owned(),
                i.kind.name().to_owned(),
                percent(i.level),
                format!("{} to {}", digits(i.lower, 5), digits(i.upper, 5)),
            ]
        })
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let head = ["point", "method", "kind", "level", "interval"];
    (!rows.is_empty()).then(|| Block::table(&head, &[0, 1, 2, 4], rows))
}

const HEAD: [&str; 6] = [
    "point",
    "forecast",
    "interval of a new run",
    "beyond the runs",
    "came out",
    "error",
];

fn parameters(answer: &PointsAnswer) -> String {
    let each = answer.fit.parameters().iter();
    let each: Vec<String> = each
        .map(|p| format!("{} = {}", p.name, digits(p.value, 5)))
        .collect();
    each.join(", ")
}

/// A point as the user would type it, preceded by its outcome if there are several.
pub(super) fn typed(point: &PointAt) -> String {
    let parts = point
        .at
        .iter()
        .map(|(name, value)| format!("{name}={}", format_quantity(*value)));
    let at = parts.collect::<Vec<_>>().join(",");
    match &point.outcome {
        Some(outcome) => format!("{outcome} at {at}"),
        None => at,
    }
}

/// The interval to show: of the first method that gives one, for a new run rather than for the
/// curve, at the highest level.
pub(super) fn widest(point: &PointAt) -> Option<&Interval> {
    let method = point.intervals.first()?.method;
    widest_of(point, method)
}

fn widest_of(point: &PointAt, method: Method) -> Option<&Interval> {
    let given = point.intervals.iter().filter(|i| i.method == method);
    given.max_by(|a, b| {
        let new = |i: &Interval| i.kind == Kind::Prediction;
        (new(a).cmp(&new(b))).then(a.level.total_cmp(&b.level))
    })
}

/// One method at a point. What does not depend on the method is only in the first line.
fn line(point: &PointAt, method: Method, first: bool, several: bool) -> Vec<String> {
    let none = || "none".to_owned();
    let name = match several {
        true => format!(", {}", method.name()),
        false => String::new(),
    };
    let why = point.abstentions.iter().find(|why| why.method == method);
    let interval = match (widest_of(point, method), why) {
        (Some(i), _) => format!(
            "{} to {} ({}{name})",
            digits(i.lower, 5),
            digits(i.upper, 5),
            percent(i.level),
        ),
        (None, None) if point.point.is_none() => {
            "none: the law has no positive value here".to_owned()
        }
        (None, Some(why)) if several => format!("none by {}: {}", method.name(), why.reason),
        (None, Some(why)) => format!("none: {}", why.reason),
        (None, None) => none(),
    };
    if !first {
        let mut cells = vec![String::new(); HEAD.len()];
        cells[2] = interval;
        return cells;
    }
    let beyond: Vec<String> = point
        .beyond
        .iter()
        .map(|(name, factor)| {
            let side = match point.below.contains(name) {
                true => " below",
                false => "",
            };
            format!("{name} {}×{side}", digits(*factor, 3))
        })
        .collect();
    vec![
        match point.line {
            Some(line) => format!("line {line}: {}", typed(point)),
            None => typed(point),
        },
        point.point.map_or_else(none, |value| digits(value, 5)),
        interval,
        beyond.join(", "),
        point
            .observed
            .map_or_else(String::new, |value| digits(value, 5)),
        point
            .error()
            .map_or_else(String::new, |error| format!("{:+.2} %", 100.0 * error)),
    ]
}

fn rows(point: &PointAt) -> Vec<PointRow> {
    let row = PointRow {
        at: point
            .at
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect::<Vec<_>>()
            .join(","),
        line: point.line,
        point: point.point,
        level: None,
        kind: None,
        method: None,
        lower: None,
        upper: None,
        observed: point.observed,
        error: point.error(),
        status: "ok".to_owned(),
        outcome: point.outcome.clone(),
    };
    let given = point.intervals.iter().map(|i| PointRow {
        level: Some(i.level),
        kind: Some(i.kind),
        method: Some(i.method.name().to_owned()),
        lower: Some(i.lower),
        upper: Some(i.upper),
        ..row.clone()
    });
    let abstained = point.abstentions.iter().map(|a| PointRow {
        level: Some(a.level),
        kind: Some(a.kind),
        method: Some(a.method.name().to_owned()),
        status: format!("abstained: {}", a.code.as_str()),
        ..row.clone()
    });
    let all: Vec<PointRow> = given.chain(abstained).collect();
    match all.is_empty() {
        true => vec![PointRow {
            status: "abstained: no value".to_owned(),
            ..row
        }],
        false => all,
    }
}
