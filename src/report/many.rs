//! Combines the answers for many series into one table or document.

use super::answer::{Among, not_json};
use super::document::{Block, Document, fact};
use super::forecast_rows::ForecastRow;
use crate::ask::{OfSeries, Trust};
use crate::backtest::Scores;
use crate::csv_text::CsvText;
use crate::error::Result;
use crate::runs::by_name;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// The wanted form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A document for people.
    Document,
    /// A table for programs.
    Table,
    /// JSON.
    Json,
}

/// The part of the answer for one series that is kept: the answer itself holds all its runs.
#[derive(Debug)]
pub struct Piece {
    rows: Vec<Vec<String>>,
    line: Vec<String>,
    targets: Vec<Vec<ForecastRow>>,
    scores: Option<(usize, Scores)>,
    json: Option<Box<RawValue>>,
    trust: Trust,
    forbidden: Option<(String, String)>,
}

impl Piece {
    /// Keeps the wanted form of an answer.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when it cannot be written as JSON.
    pub fn of<A: Among>(answer: &A, wanted: Wanted) -> Result<Piece> {
        let mut piece = Piece {
            rows: Vec::new(),
            line: Vec::new(),
            targets: Vec::new(),
            json: None,
            scores: answer.scores(),
            trust: answer.trust(),
            forbidden: answer.forbidden(),
        };
        match wanted {
            Wanted::Json => piece.json = Some(to_raw_value(answer).map_err(not_json)?),
            Wanted::Table => piece.rows = answer.rows(),
            Wanted::Document => piece.line = answer.line(),
        }
        if wanted != Wanted::Json {
            piece.targets = answer.target_rows();
        }
        Ok(piece)
    }

    /// The rows of an answer with forecasts, by target.
    pub(super) fn targets(&self) -> &[Vec<ForecastRow>] {
        &self.targets
    }
}

/// Every series, with the finding that forbids its numbers if there is one.
#[must_use]
pub fn judged(mut all: Vec<OfSeries<Piece>>) -> Vec<OfSeries<Piece>> {
    for of in &mut all {
        if let Some((code, reason)) = of.result.as_mut().and_then(|p| p.forbidden.take()) {
            (of.code, of.reason) = (Some(code), reason);
        }
    }
    all
}

/// How far all of them can be relied on: refused if every series is refused, trustworthy if every
/// series is trustworthy.
#[must_use]
pub fn together(all: &[OfSeries<Piece>]) -> Trust {
    let of = |of: &OfSeries<Piece>| of.result.as_ref().map_or(Trust::Refused, |p| p.trust);
    Trust::of_all(all.iter().map(of))
}

const STATUS: &str = "status";

/// The columns of one answer's rows, preceded by `series` and followed by `status` and `reason`. A
/// series without a result has one row with the reason.
#[must_use]
pub fn many_csv<A: Among>(request: &A::Request, all: &[OfSeries<Piece>]) -> String {
    let columns = A::columns(request);
    // Rows that have a status of their own keep it in its column.
    let own = columns.contains(&STATUS);
    let behind: &[&str] = match own {
        true => &["reason"],
        false => &[STATUS, "reason"],
    };
    let header = [&["series"], &columns[..], behind].concat();
    let mut table = CsvText::under(&header);
    for of in all {
        let status = of.status();
        let Some(piece) = &of.result else {
            table.record(header.iter().map(|column| match *column {
                "series" => of.series.as_str(),
                STATUS => status.as_str(),
                "reason" => of.reason.as_str(),
                _ => "",
            }));
            continue;
        };
        for row in &piece.rows {
            let cells = std::iter::once(of.series.as_str()).chain(row.iter().map(String::as_str));
            let cells = cells.chain((!own).then_some(status.as_str()));
            table.record(cells.chain([of.reason.as_str()]));
        }
    }
    table.into_text()
}

/// One row per series for people, and the pooled scores.
#[must_use]
pub fn many_document<A: Among>(
    request: &A::Request,
    source: &str,
    all: &[OfSeries<Piece>],
) -> Document {
    let head = A::head(request);
    let given = all.iter().filter(|of| of.code.is_none()).count();
    let of = match all.len() {
        1 => "1 series".to_owned(),
        n => format!("{n} series"),
    };
    let facts = vec![fact(
        "Data",
        format!("{source}: {of}, {given} with a result"),
    )];
    let mut rows: Vec<Vec<String>> = all
        .iter()
        .map(|of| {
            let mut row = vec![of.series.clone()];
            match &of.result {
                Some(piece) => row.extend(piece.line.iter().cloned()),
                None => row.extend(head.iter().map(|_| String::new())),
            }
            row.push(match &of.code {
                None => "ok".to_owned(),
                Some(code) => format!("{code}: {}", of.reason),
            });
            row
        })
        .collect();
    rows.extend(pooled(all));
    let mut names = vec!["series"];
    names.extend(head.iter().map(String::as_str));
    names.push(STATUS);
    let table = Block::table(&names, &[0, names.len() - 1], rows);
    vec![Block::Facts(facts), table].into()
}

/// The scores of all series together, in order of their names, so that the means do not depend on
/// the order of rows.
fn pooled(all: &[OfSeries<Piece>]) -> Option<Vec<String>> {
    let mut scored: Vec<(&str, &(usize, Scores))> = all
        .iter()
        .filter_map(|of| Some((of.series.as_str(), of.result.as_ref()?.scores.as_ref()?)))
        .collect();
    if scored.len() < 2 {
        return None;
    }
    scored.sort_by(|a, b| by_name(a.0, b.0));
    let cuts: usize = scored.iter().map(|(_, of)| of.0).sum();
    let together = Scores::pooled(scored.iter().map(|(_, of)| &of.1));
    let mut row = vec![
        "all".to_owned(),
        cuts.to_string(),
        together.forecasts.to_string(),
    ];
    row.extend(super::backtest::score_cells(&together));
    row.extend([String::new(), "every forecast counts once".to_owned()]);
    Some(row)
}

/// JSON of many series: one element per series, each with what is printed for a single one.
#[derive(Debug, Serialize)]
pub struct SeriesJson<'a> {
    format: &'static str,
    version: u32,
    verb: &'static str,
    by: &'a str,
    series: Vec<Element<'a>>,
}

#[derive(Debug, Serialize)]
struct Element<'a> {
    series: &'a str,
    status: String,
    reason: Option<&'a str>,
    result: Option<&'a RawValue>,
}

impl<'a> SeriesJson<'a> {
    /// The document.
    #[must_use]
    pub fn new(verb: &'static str, by: &'a str, all: &'a [OfSeries<Piece>]) -> SeriesJson<'a> {
        let element = |of: &'a OfSeries<Piece>| Element {
            series: &of.series,
            status: of.status(),
            reason: Some(of.reason.as_str()).filter(|r| !r.is_empty()),
            result: of.result.as_ref().and_then(|piece| piece.json.as_deref()),
        };
        SeriesJson {
            format: "scalewise.series",
            version: 1,
            verb,
            by,
            series: all.iter().map(element).collect(),
        }
    }
}
