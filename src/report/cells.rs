//! The optima of the cells of a sweep, and laws of them, in words and numbers.

use super::answer::Shown;
use super::document::{Block, Document, fact};
use super::fit::findings;
use super::optimum::{interval, short};
use super::points;
use super::rows::csv;
use crate::ask::{Cell, CellsAnswer, PointAt, Trust};
use crate::interval::{Kind, Method};

table_row!(
    /// One row of the CSV: a free column at the optimum of a cell, or the value of a law of the
    /// optima at a point.
    #[derive(Debug, Clone)]
    struct CellRow {
        /// The values of the columns that name the cell; empty for a law of the optima.
        cell: String,
        /// The point of a law of the optima.
        at: String,
        quantity: String,
        value: Option<f64>,
        level: Option<f64>,
        kind: Option<Kind>,
        method: Option<String>,
        lower: Option<f64>,
        upper: Option<f64>,
        /// `ok`, or why there is no optimum or no interval.
        status: String,
    }
);

impl Shown for CellsAnswer {
    fn document(&self) -> Document {
        let mut blocks = Vec::new();
        for law in &self.laws {
            blocks.extend(points::said(law));
        }
        let with = self.cells.iter().filter(|cell| {
            let found = cell.optimum.iter().flat_map(|o| &o.found);
            let mut values = found.flat_map(|found| &found.values);
            values.any(|value| value.interval.is_some())
        });
        let cells = format!(
            "{} by {}, {} of them with an optimum and its interval",
            self.cells.len(),
            self.by,
            with.count()
        );
        blocks.push(Block::Facts(vec![fact("Cells", cells)]));
        let head = [self.by.as_str(), "at the optimum", "value", "interval"];
        blocks.push(Block::word_table(&head, self.cells.iter().flat_map(lines)));
        for law in &self.laws {
            blocks.extend(findings(law.fit().diagnoses()));
        }
        blocks.into()
    }

    fn table(&self) -> String {
        let cells = self.cells.iter().flat_map(rows);
        let laws = self.laws.iter().flat_map(|law| {
            let name = law.fit().law().typed();
            let name = name.and_then(|typed| typed.outcomes().first().cloned());
            let name = name.unwrap_or_default();
            law.points()
                .iter()
                .flat_map(move |at| of_point(at, &name))
                .collect::<Vec<_>>()
        });
        csv(&CellRow::COLUMNS, cells.chain(laws))
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.laws.iter().find_map(Shown::forbidden)
    }
}

fn lines(cell: &Cell) -> Vec<Vec<String>> {
    let Some(optimum) = &cell.optimum else {
        let why = interval(None, cell.reason.as_deref());
        return vec![vec![
            cell.name.clone(),
            "none".to_owned(),
            String::new(),
            why,
        ]];
    };
    let mut all = Vec::new();
    for found in &optimum.found {
        let reason = found.reason.as_deref();
        if found.values.is_empty() {
            let why = interval(None, reason);
            all.push(vec![
                cell.name.clone(),
                "none".to_owned(),
                String::new(),
                why,
            ]);
        }
        for value in &found.values {
            all.push(vec![
                cell.name.clone(),
                value.name.clone(),
                short(value.value),
                interval(value.interval, reason),
            ]);
        }
    }
    if let Some(why) = optimum.refusal() {
        let why = format!("none: {}", why.message);
        all.push(vec![
            cell.name.clone(),
            "none".to_owned(),
            String::new(),
            why,
        ]);
    }
    all
}

fn rows(cell: &Cell) -> Vec<CellRow> {
    let none = |status: String| CellRow {
        cell: cell.name.clone(),
        at: String::new(),
        quantity: String::new(),
        value: None,
        level: None,
        kind: None,
        method: None,
        lower: None,
        upper: None,
        status,
    };
    let Some(optimum) = &cell.optimum else {
        return vec![none(cell.reason.clone().unwrap_or_default())];
    };
    if let Some(why) = optimum.refusal() {
        return vec![none(why.message.clone())];
    }
    let mut all = Vec::new();
    for found in &optimum.found {
        let reason = found.reason.clone();
        if found.values.is_empty() {
            all.push(none(reason.clone().unwrap_or_default()));
        }
        for value in &found.values {
            let status = match (value.interval, &reason) {
                (None, Some(reason)) => reason.clone(),
                _ => "ok".to_owned(),
            };
            all.push(CellRow {
                quantity: value.name.clone(),
                value: Some(value.value),
                level: Some(optimum.level),
                kind: Some(Kind::Confidence),
                method: Some(Method::Delta.name().to_owned()),
                lower: value.interval.map(|i| i.0),
                upper: value.interval.map(|i| i.1),
                ..none(status)
            });
        }
    }
    all
}

fn of_point(at: &PointAt, outcome: &str) -> Vec<CellRow> {
    let place = at.at().iter();
    let place: Vec<String> = place
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    let row = CellRow {
        cell: String::new(),
        at: place.join(","),
        quantity: outcome.to_owned(),
        value: at.point(),
        level: None,
        kind: None,
        method: None,
        lower: None,
        upper: None,
        status: "ok".to_owned(),
    };
    let given = at.intervals().iter().map(|i| CellRow {
        level: Some(i.level),
        kind: Some(i.kind),
        method: Some(i.method.name().to_owned()),
        lower: Some(i.lower),
        upper: Some(i.upper),
        ..row.clone()
    });
    let all: Vec<CellRow> = given.collect();
    match all.is_empty() {
        true => vec![CellRow {
            status: "abstained: no interval".to_owned(),
            ..row
        }],
        false => all,
    }
}
