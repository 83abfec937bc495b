//! One table of what a verb made of every series.

mod backtest;
mod capability;
mod fit;

pub use backtest::{backtests_csv, backtests_table};
pub use capability::{OfCounts, capabilities_csv, capabilities_table};
pub use fit::{OfFit, fits_csv, fits_table};

use super::document::{Block, Document};
use super::fit::fact;
use crate::csv_text::CsvText;
use serde::Serialize;
use serde_json::value::RawValue;

/// What a verb made of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct OfSeries<R> {
    /// The series.
    pub series: String,
    /// The code of what forbids a forecast of it, if anything does.
    pub code: Option<String>,
    /// The same in words; empty where all is well.
    pub reason: String,
    /// What was made, if anything.
    pub result: Option<R>,
}

impl<R> OfSeries<R> {
    /// `ok`, or `abstained: CODE`.
    #[must_use]
    pub fn status(&self) -> String {
        match &self.code {
            None => "ok".to_owned(),
            Some(code) => format!("abstained: {code}"),
        }
    }
}

const STATUS: &str = "status";

/// The columns of a verb's own CSV with `series` before them and `status` and `reason` behind; a series without a result
/// has one row that says why.
fn csv_of<'a, R, Row: Serialize>(
    columns: &[&str],
    all: &'a [OfSeries<R>],
    rows: impl Fn(&'a R) -> Vec<Row>,
) -> String {
    // Rows that say their own status keep it where it is.
    let own = columns.contains(&STATUS);
    let behind: &[&str] = if own {
        &["reason"]
    } else {
        &[STATUS, "reason"]
    };
    let header: Vec<&str> = ["series"]
        .iter()
        .chain(columns)
        .chain(behind)
        .copied()
        .collect();
    let mut table = CsvText::under(&header);
    for of in all {
        let status = of.status();
        let Some(result) = &of.result else {
            table.record(header.iter().map(|column| match *column {
                "series" => of.series.as_str(),
                STATUS => status.as_str(),
                "reason" => of.reason.as_str(),
                _ => "",
            }));
            continue;
        };
        for row in rows(result) {
            match own {
                true => table.row((&of.series, row, &of.reason)),
                false => table.row((&of.series, row, &status, &of.reason)),
            }
        }
    }
    table.into_text()
}

/// One row a series for people: its name, `cells` under `head`, and its status.
fn table_of<R>(
    source: &str,
    head: &[String],
    all: &[OfSeries<R>],
    cells: impl Fn(&R) -> Vec<String>,
) -> Document {
    let given = all.iter().filter(|of| of.code.is_none()).count();
    let of = match all.len() {
        1 => "1 series".to_owned(),
        n => format!("{n} series"),
    };
    let facts = vec![fact(
        "Data",
        format!("{source}: {of}, {given} with a result"),
    )];
    let rows = all.iter().map(|of| {
        let mut row = vec![of.series.clone()];
        match &of.result {
            Some(result) => row.extend(cells(result)),
            None => row.extend(head.iter().map(|_| String::new())),
        }
        row.push(match &of.code {
            None => "ok".to_owned(),
            Some(code) => format!("{code}: {}", of.reason),
        });
        row
    });
    let mut names = vec!["series".to_owned()];
    names.extend_from_slice(head);
    names.push("status".to_owned());
    let last = names.len() - 1;
    Document {
        blocks: vec![
            Block::Facts(facts),
            Block::Table {
                text: (0..names.len()).map(|k| k == 0 || k == last).collect(),
                rows: rows.collect(),
                head: names,
            },
        ],
    }
}

/// `--format json` of many series: one element a series, each with what the verb prints for one.
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
    /// The document; `results` are in the order of `all`.
    #[must_use]
    pub fn new<R>(
        verb: &'static str,
        by: &'a str,
        all: &'a [OfSeries<R>],
        results: &'a [Option<Box<RawValue>>],
    ) -> SeriesJson<'a> {
        let element = |(of, result): (&'a OfSeries<R>, &'a Option<Box<RawValue>>)| Element {
            series: &of.series,
            status: of.status(),
            reason: Some(of.reason.as_str()).filter(|r| !r.is_empty()),
            result: result.as_deref(),
        };
        SeriesJson {
            format: "scalewise.series",
            version: 1,
            verb,
            by,
            series: all.iter().zip(results).map(element).collect(),
        }
    }
}
