//! The point at which a law of any columns is lowest, in words and numbers.

use super::answer::{Shown, code_and_words};
use super::document::{Block, Document, fact};
use super::fit::findings;
use super::rows::csv;
use crate::ask::{OptimumAnswer, OptimumAt, OptimumValue, Trust};
use crate::fit::FitResult;
use crate::forecast::Grade;
use crate::interval::{Kind, Method};
use crate::number::{digits, percent};
use crate::quantity::format_quantity;
use std::collections::BTreeMap;

table_row!(
    /// One row of the CSV: a free column at an optimum, or the loss there.
    #[derive(Debug, Clone)]
    pub struct OptimumRow {
        /// The columns that are held, such as `N=1e9,D=2e10`.
        at: String,
        budget: Option<f64>,
        /// The free column, or `loss`.
        quantity: String,
        value: Option<f64>,
        level: f64,
        kind: Kind,
        method: String,
        lower: Option<f64>,
        upper: Option<f64>,
        /// Distance beyond the fitted values, as a ratio to the largest or the smallest.
        beyond: Option<f64>,
        /// `ok`, or why there is no optimum or no interval.
        status: String,
        /// How far the split of a budget between N and D can be relied on.
        grade: Option<Grade>,
    }
);

const HEAD: [&str; 5] = [
    "held",
    "at the optimum",
    "value",
    "interval",
    "beyond the runs",
];

impl Shown for OptimumAnswer {
    fn document(&self) -> Document {
        let mut blocks = vec![Block::Facts(vec![
            fact("Law", self.fit.formula()),
            fact(
                "Intervals",
                format!(
                    "{} confidence, delta; they hold if the law is exactly right",
                    percent(self.level)
                ),
            ),
        ])];
        if !self.found.is_empty() {
            let outcome = outcome(&self.fit);
            let lines = self.found.iter().flat_map(|found| lines(found, outcome));
            blocks.push(Block::word_table(&HEAD, lines));
        }
        blocks.extend(self.found.iter().filter_map(graded));
        blocks.extend(findings(&self.diagnoses()));
        Document::from(blocks).forced_if(self.force)
    }

    fn table(&self) -> String {
        let given = self.found.iter().flat_map(|found| rows(found, self.level));
        let refusal = self.refusal();
        let withheld = self.withheld.iter().map(|(at, budget)| OptimumRow {
            status: refusal.map_or(String::new(), |d| format!("abstained: {}", d.code)),
            grade: Some(Grade::Refused),
            ..row(at, *budget, self.level)
        });
        csv(&OptimumRow::COLUMNS, given.chain(withheld))
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.refusal().map(code_and_words)
    }
}

/// The grade of the split of a budget, and the reason for it.
fn graded(found: &OptimumAt) -> Option<Block> {
    let (grade, because) = found.grade()?;
    let words = format!("{}. Because: {because}.", grade.name().to_uppercase());
    let name = format!("Grade at {}", found.place());
    Some(Block::Facts(vec![fact(&name, words)]))
}

pub(super) fn interval(ends: Option<(f64, f64)>, reason: Option<&str>) -> String {
    match (ends, reason) {
        (Some((low, high)), _) => format!("{} to {}", short(low), short(high)),
        (None, Some(reason)) => format!("none: {reason}"),
        (None, None) => "none".to_owned(),
    }
}

/// A number in short form: parameters as 1.2B, a learning rate as 0.0012.
pub(super) fn short(value: f64) -> String {
    match value.abs() < 1e4 {
        true => digits(value, 4),
        false => format_quantity(value),
    }
}

/// What the law gives: its outcome, which is called L where it is the loss.
fn outcome(fit: &FitResult) -> &str {
    let named = fit.law().typed().and_then(|law| law.outcomes().first());
    named
        .map(String::as_str)
        .filter(|name| *name != "L")
        .unwrap_or("loss")
}

fn lines(found: &OptimumAt, outcome: &str) -> Vec<Vec<String>> {
    let reason = found.reason.as_deref();
    if found.values.is_empty() {
        let none = interval(None, reason);
        let line = [found.place(), "none".to_owned(), String::new(), none];
        return vec![line.into_iter().chain([String::new()]).collect()];
    }
    let value = |(k, value): (usize, &OptimumValue)| {
        let beyond = value.beyond;
        vec![
            if k == 0 { found.place() } else { String::new() },
            value.name.clone(),
            short(value.value),
            interval(value.interval, reason),
            beyond.map_or_else(String::new, |factor| {
                let side = if value.is_below { " below" } else { "" };
                format!("{}×{side}", digits(factor, 3))
            }),
        ]
    };
    let values = found.values.iter().enumerate().map(value);
    let loss = found.loss.map(|loss| {
        vec![
            String::new(),
            outcome.to_owned(),
            digits(loss, 5),
            found.loss_interval.map_or_else(
                || "none".to_owned(),
                |(low, high)| format!("{} to {}", digits(low, 5), digits(high, 5)),
            ),
            String::new(),
        ]
    });
    values.chain(loss).collect()
}

/// A row without a value.
fn row(at: &BTreeMap<String, f64>, budget: Option<f64>, level: f64) -> OptimumRow {
    let at = at.iter().map(|(name, value)| format!("{name}={value:?}"));
    OptimumRow {
        at: at.collect::<Vec<_>>().join(","),
        budget,
        quantity: String::new(),
        value: None,
        level,
        kind: Kind::Confidence,
        method: Method::Delta.name().to_owned(),
        lower: None,
        upper: None,
        beyond: None,
        status: "ok".to_owned(),
        grade: None,
    }
}

fn rows(found: &OptimumAt, level: f64) -> Vec<OptimumRow> {
    let row = OptimumRow {
        status: found.reason.clone().unwrap_or_else(|| "ok".to_owned()),
        grade: found.grade,
        ..row(&found.at, found.budget, level)
    };
    if found.values.is_empty() {
        return vec![row];
    }
    let value = |value: &OptimumValue| OptimumRow {
        quantity: value.name.clone(),
        value: Some(value.value),
        lower: value.interval.map(|ends| ends.0),
        upper: value.interval.map(|ends| ends.1),
        beyond: value.beyond,
        ..row.clone()
    };
    let loss = OptimumRow {
        quantity: "loss".to_owned(),
        value: found.loss,
        lower: found.loss_interval.map(|ends| ends.0),
        upper: found.loss_interval.map(|ends| ends.1),
        ..row.clone()
    };
    found.values.iter().map(value).chain([loss]).collect()
}
