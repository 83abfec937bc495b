//! Many curves in one table: rows grouped by a column, and the targets to forecast for each.

use std::collections::HashMap;

use super::columns::{find_compute, find_named};
use super::raw::{self, RawRow, RawTable};
use super::reshape;
use super::row::{LOGARITHM, positive};
use super::select::Plan;
use super::source::Source;
use super::{Dataset, ReadOptions};
use crate::text::excerpt;
use crate::{Error, ErrorKind, Result};

/// One curve of a table that holds many.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The value of the column that tells the series apart.
    pub key: String,
    /// Its runs, or why this series cannot be used; the others are not affected.
    pub data: Result<Dataset>,
}

/// Reads a table and groups its rows by the column `options.by`, in the order in which the series first appear.
///
/// ```
/// use scalewise::data::{ReadOptions, read_series};
/// let options = ReadOptions { by: Some("case".into()), ..ReadOptions::default() };
/// let csv = b"case,compute,loss\nx,1e18,3.1\ny,1e18,NaN\nx,1e19,2.8\n";
/// let series = read_series(csv, "runs.csv", &options)?;
/// assert_eq!(series[0].key, "x");
/// assert_eq!(series[0].data.as_ref().map(|data| data.runs.len()), Ok(2));
/// assert!(series[1].data.is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the table cannot be read at all; what is wrong with one series is that series' own error.
pub fn read_series(bytes: &[u8], source: &str, options: &ReadOptions) -> Result<Vec<Series>> {
    series_of(&Source::bytes(bytes, source), options)
}

/// The same of a file or standard input.
///
/// # Errors
/// As [`read_series`], and when the source cannot be read or unpacked.
pub fn series_of(source: &Source<'_>, options: &ReadOptions) -> Result<Vec<Series>> {
    let table = reshape::read(source, options)?;
    let plan = Plan::new(&table, options)?;
    let Some(by) = plan.columns.by else {
        return Err(
            Error::new(ErrorKind::Usage, "no column tells the series apart")
                .at(source.name(), None, None)
                .with_hint("name it with --by COLUMN"),
        );
    };
    let series = group_by(&table, by)
        .into_iter()
        .map(|(key, rows)| Series {
            key: key.to_owned(),
            data: if key.is_empty() {
                Err(blank_key(&table, by, &rows))
            } else {
                plan.select(&table, rows.into_iter()).map(|(data, _)| data)
            },
        })
        .collect();
    Ok(series)
}

fn group_by(table: &RawTable, column: usize) -> Vec<(&str, Vec<&RawRow>)> {
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&str, Vec<&RawRow>)> = Vec::new();
    for row in &table.rows {
        let key = row.cell(column);
        let index = *place.entry(key).or_insert(groups.len());
        if index == groups.len() {
            groups.push((key, Vec::new()));
        }
        groups[index].1.push(row);
    }
    groups
}

fn blank_key(table: &RawTable, by: usize, rows: &[&RawRow]) -> Error {
    let name = excerpt(&table.header[by]);
    let message = match rows.len() {
        1 => format!("{name} is blank, so the row belongs to no series"),
        n => format!("{name} is blank in {n} rows, so they belong to no series"),
    };
    Error::new(ErrorKind::Data, message)
        .at(&table.source, rows.first().map(|row| row.line), Some(&name))
        .with_hint("fill in the name of the series, or remove the rows")
}

/// A compute to forecast one series at.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// 1-based line in the file.
    pub line: u64,
    /// The series' key.
    pub series: String,
    /// Compute in FLOP (> 0, finite).
    pub compute: f64,
}

/// Reads targets: the series' column `by` and the compute, which `compute_col` may name; other columns are ignored.
///
/// # Errors
/// When the table cannot be read, a column is missing, or a row has no series or no positive compute.
pub fn read_targets(
    bytes: &[u8],
    source: &str,
    by: &str,
    compute_col: Option<&str>,
) -> Result<Vec<TargetRow>> {
    let table = raw::read(&Source::bytes(bytes, source))?;
    let by = find_named(&table, by, "--by")?;
    let compute = find_compute(&table, compute_col)?;
    table
        .rows
        .iter()
        .map(|row| target(&table, row, by, compute))
        .collect()
}

fn target(table: &RawTable, row: &RawRow, by: usize, compute: usize) -> Result<TargetRow> {
    let series = row.cell(by);
    if series.is_empty() {
        return Err(blank_key(table, by, &[row]));
    }
    let compute =
        positive(row.cell(compute), &table.header[compute], LOGARITHM).map_err(|reason| {
            Error::new(ErrorKind::Data, reason)
                .at(&table.source, Some(row.line), None)
                .with_hint("give a positive compute, for example 1e25")
        })?;
    Ok(TargetRow {
        line: row.line,
        series: series.to_owned(),
        compute,
    })
}
