//! The end of a training run in words and numbers.

use super::answer::{Shown, code_and_words};
use super::document::{Block, Document, Fact, Tone, fact};
use super::fit::findings;
use super::rows::csv;
use crate::ask::{CurveAnswer, Trust};
use crate::curve::hidden::{CurveInterval, Source};
use crate::number::{digits, percent, with_uncertainty};
use crate::quantity::format_quantity;
use crate::said::Said;

table_row! {
    /// A row of the CSV: the forecast at a step, and at the end for every level.
    struct Row {
        at: f64,
        rate: Option<f64>,
        point: f64,
        level: f64,
        kind: &'static str,
        method: &'static str,
        lower: f64,
        upper: f64,
    }
}

impl Shown for CurveAnswer {
    fn document(&self) -> Document {
        let blocks: Vec<Block> = parts(self).into_iter().flat_map(|part| part.2).collect();
        Document::from(blocks).forced_if(self.request.force)
    }

    fn table(&self) -> String {
        csv(&Row::COLUMNS, rows(self))
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.refusal().map(code_and_words)
    }
}

/// The parts with their names and their headings on a page.
pub(super) fn parts(answer: &CurveAnswer) -> Vec<(&'static str, &'static str, Vec<Block>)> {
    let found = findings(answer.findings()).into_iter().collect();
    let mut parts = vec![(
        "end",
        "The end of the run",
        vec![Block::Facts(facts(answer))],
    )];
    if answer.refusal().is_none() {
        parts.push(("laws", "What each law says", laws(answer)));
    }
    parts.push(("findings", "What was found", found));
    parts
}

/// A step, or a number of tokens, in words.
pub(super) fn place(answer: &CurveAnswer, at: f64) -> String {
    let number = match at < 1e7 && at.fract() == 0.0 {
        true => format!("{at}"),
        false => format_quantity(at),
    };
    match answer.log.axis {
        crate::runs::LogAxis::Step => format!("step {number}"),
        crate::runs::LogAxis::Tokens => format!("{number} tokens"),
    }
}

/// The forecast with its interval of the highest level.
pub(super) fn said(answer: &CurveAnswer) -> String {
    let point = answer.point();
    let Some(widest) = answer.widest() else {
        return digits(point, 4);
    };
    let half = 0.5 * (widest.upper - widest.lower);
    let number = |value: f64| with_uncertainty(value, Some(half));
    format!(
        "{}, {} {} interval {} to {}",
        number(point),
        percent(widest.level),
        widest.kind.name(),
        number(widest.lower),
        number(widest.upper)
    )
}

fn facts(answer: &CurveAnswer) -> Vec<Fact> {
    let f = &answer.forecast;
    let name = format!("Loss at {}", place(answer, f.end));
    let mut facts = match answer.refusal() {
        Some(found) => vec![(name, format!("not given: {}", found.message), Tone::Bad)],
        None => vec![(
            name,
            said(answer),
            Tone::good_if(answer.trust() == Trust::Trustworthy),
        )],
    };
    if answer.refusal().is_none()
        && let Some(at) = f.curve.first()
    {
        let change = answer.point() - at.point;
        facts.push(fact(
            "Still to come",
            format!(
                "{:+.2} % of the loss of {} that the laws have at {}",
                Said(100.0 * change / at.point),
                digits(at.point, 5),
                place(answer, f.now)
            ),
        ));
    }
    facts.push(fact("Learning rate", rate(answer)));
    facts.push(fact("What its fall brings", source(answer)));
    facts.push(fact("Points", points(answer)));
    facts
}

fn rate(answer: &CurveAnswer) -> String {
    let f = &answer.forecast;
    let share = |fallen: f64| format!("{} % of its peak", digits(100.0 * fallen.max(0.0), 3));
    let from = match (
        &answer.request.schedule,
        &answer.request.rates,
        &answer.log.lr_column,
    ) {
        (Some(text), _, Some(column)) => format!("column '{column}', then {text}"),
        (None, Some(_), Some(column)) => format!("column '{column}', then the given table"),
        (None, None, Some(column)) => format!("column '{column}', then as at the last step"),
        (Some(text), _, None) => text.clone(),
        (None, Some(_), None) => "the given table".to_owned(),
        (None, None, None) => "not known, and taken as constant".to_owned(),
    };
    format!(
        "{from}; it has fallen by {} so far, and by {} at the end",
        share(f.fallen.0),
        share(f.fallen.1)
    )
}

fn source(answer: &CurveAnswer) -> String {
    let f = &answer.forecast;
    match (f.fallen.1 <= 1e-9, &f.source) {
        (true, _) => "nothing: the rate does not fall in this run".to_owned(),
        (false, Source::Recipe) => "known from the earlier runs of the recipe".to_owned(),
        (false, Source::Published) if f.fallen.0 < 0.01 => {
            "known from published runs only: this run has not seen a fall yet".to_owned()
        }
        (false, Source::Published) => {
            "known from published runs and from the fall of this run so far".to_owned()
        }
    }
}

fn points(answer: &CurveAnswer) -> String {
    let f = &answer.forecast;
    let mut said = format!(
        "{} of {} used{}; they are worth {} independent ones (scatter {} %, \
         autocorrelation {})",
        f.used,
        f.read,
        match f.left_out_until > 0.0 {
            true => format!(", after {}", place(answer, f.left_out_until.round())),
            false => String::new(),
        },
        digits(f.worth, 3),
        digits(100.0 * f.noise.sigma, 2),
        digits(f.noise.correlation, 2)
    );
    if let Some(first) = answer.log.excluded.first() {
        said += &format!(
            "; {} rows left out (line {}: {})",
            answer.log.excluded.len(),
            first.line,
            first.reason
        );
    }
    said
}

fn laws(answer: &CurveAnswer) -> Vec<Block> {
    let head = ["law", "weight", "loss at the end", "missed by, on the way"];
    let row = |told: &crate::curve::hidden::LawTold| {
        vec![
            told.law.name().to_owned(),
            format!("{:.0} %", Said(100.0 * told.weight)),
            with_uncertainty(told.point, Some(told.deviation)),
            match told.rolling {
                Some(error) => format!("{} %", digits(100.0 * error, 2)),
                None => "not known".to_owned(),
            },
        ]
    };
    vec![Block::table(
        &head,
        &[0],
        answer.forecast.laws.iter().map(row),
    )]
}

fn rows(answer: &CurveAnswer) -> Vec<Row> {
    let f = &answer.forecast;
    let Some(widest) = answer.widest().filter(|_| answer.refusal().is_none()) else {
        return Vec::new();
    };
    let on_the_way = f.curve.iter().filter(|at| at.step < f.end).map(|at| Row {
        at: at.step,
        rate: Some(at.rate),
        point: at.point,
        level: widest.level,
        kind: widest.kind.name(),
        method: widest.method,
        lower: at.interval.0,
        upper: at.interval.1,
    });
    let at_end = |i: &CurveInterval| Row {
        at: f.end,
        rate: f.curve.last().map(|at| at.rate),
        point: f.point,
        level: i.level,
        kind: i.kind.name(),
        method: i.method,
        lower: i.lower,
        upper: i.upper,
    };
    on_the_way.chain(f.intervals.iter().map(at_end)).collect()
}
