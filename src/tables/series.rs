//! Many series in one table: rows grouped by columns that name them, and the targets for each.

use super::log::{self, RawRow, RawTable, Source};
use std::borrow::Cow;
use std::collections::HashMap;

use super::columns::{Column, find_by, find_variable};
use super::counts_reading::Reader;
use super::numeral::{Numeral, has_thousands};
use super::options::{CountOptions, ReadOptions};
use super::overview;
use super::reshape;
use super::row::positive;
use super::select::Plan;
use crate::remedy::Setting;
use crate::runs::{CountTable, LOGARITHM, Series};
use crate::size::Size;
use crate::text::excerpt;
use crate::{Error, ErrorKind, Result};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Reads a table and groups its rows by the columns `options.by`, in the order in which the series
/// first appear.
///
/// ```
/// use scalewise::{ReadOptions, tables::read_series};
/// let options = ReadOptions { by: Some("case".into()), ..ReadOptions::default() };
/// let csv = b"case,compute,loss\nx,1e18,3.1\ny,1e18,NaN\nx,1e19,2.8\n";
/// let series = read_series(csv, "runs.csv", &options)?;
/// assert_eq!(series[0].key, "x");
/// assert_eq!(series[0].data.as_ref().map(|data| data.runs().len()), Ok(2));
/// assert!(series[1].data.is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the table cannot be read at all. An error in one series is in that series' result.
pub fn read_series(bytes: &[u8], source: &str, options: &ReadOptions) -> Result<Vec<Series>> {
    series_of(&Source::bytes(bytes, source), options)
}

/// As [`read_series`] for a file or standard input.
///
/// # Errors
/// As for [`read_series`], and when the source cannot be read or decompressed.
pub(crate) fn series_of(source: &Source<'_>, options: &ReadOptions) -> Result<Vec<Series>> {
    source.placed(series_placed(source, options))
}

fn series_placed(source: &Source<'_>, options: &ReadOptions) -> Result<Vec<Series>> {
    let table = reshape::read(source, options)?;
    let explained = |error| overview::beside(error, &table, options);
    let plan = Plan::new(&table, options).map_err(explained)?;
    let unwanted = |row: &RawRow| plan.leaves_out(row, &table);
    each(&table, &plan.columns.by, unwanted, |rows| {
        let selected = plan.select(&table, rows.iter().copied());
        let mut data = source.placed(selected)?;
        source.place(&mut data.excluded);
        Ok(data)
    })
}

/// As [`read_series`] for a table about passing: see [`read_counts`](super::read_counts).
///
/// # Errors
/// As for [`read_series`].
pub(crate) fn read_counts_by(
    bytes: &[u8],
    source: &str,
    options: &CountOptions,
) -> Result<Vec<Series<CountTable>>> {
    let table = reshape::read_counts(&Source::bytes(bytes, source), options)?;
    let explained = |error| overview::beside_counts(error, &table, options);
    let reader = Reader::new(&table, options).map_err(explained)?;
    let by = match &options.by {
        Some(names) => find_by(&table, names)?,
        None => Vec::new(),
    };
    let unwanted = |row: &RawRow| reader.unwanted(row).is_ok_and(|why| why.is_some());
    each(&table, &by, unwanted, |rows| reader.read(rows))
}

/// Applies `make` to the rows of each series, in parallel. A series is none if conditions leave out
/// all of its rows, as `unwanted` says; but if no series remains, each of them gives its error.
fn each<T: Send>(
    table: &RawTable,
    by: &[usize],
    unwanted: impl Fn(&RawRow) -> bool,
    make: impl Fn(&[&RawRow]) -> Result<T> + Sync,
) -> Result<Vec<Series<T>>> {
    if by.is_empty() {
        return Err(
            Error::new(ErrorKind::Usage, "no column tells the series apart")
                .at(&table.source, None, None)
                .with_hint("name it")
                .with_remedy(Setting::By),
        );
    }
    let mut groups = group_by(table, by);
    let is_wanted = |rows: &[&RawRow]| rows.iter().any(|row| !unwanted(row));
    let wanted: Vec<bool> = groups.iter().map(|(_, rows)| is_wanted(rows)).collect();
    if wanted.contains(&true) {
        let mut wanted = wanted.into_iter();
        groups.retain(|_| wanted.next().unwrap_or(true));
    }
    let series = groups
        .into_par_iter()
        .map(|(key, rows)| match key {
            Some(key) => Series {
                key: key.into_owned(),
                data: make(&rows),
            },
            None => Series {
                key: String::new(),
                data: Err(blank_key(table, by, &rows)),
            },
        })
        .collect();
    Ok(series)
}

/// The rows of each series; `None` collects rows with a blank name.
fn group_by<'t>(table: &'t RawTable, by: &[usize]) -> Vec<(Option<Cow<'t, str>>, Vec<&'t RawRow>)> {
    let mut place: HashMap<Option<Cow<'t, str>>, usize> = HashMap::new();
    let mut groups: Vec<(Option<Cow<'t, str>>, Vec<&RawRow>)> = Vec::new();
    for row in &table.rows {
        let key = row.key(by);
        let index = match place.get(&key) {
            Some(index) => *index,
            None => {
                place.insert(key.clone(), groups.len());
                groups.push((key, Vec::new()));
                groups.len() - 1
            }
        };
        groups[index].1.push(row);
    }
    groups
}

pub(super) fn blank_key(table: &RawTable, by: &[usize], rows: &[&RawRow]) -> Error {
    let is_blank = |column: &&usize| rows.iter().any(|row| row.cell(**column).is_empty());
    let names = by.iter().filter(is_blank);
    let name = names
        .map(|column| excerpt(&table.header[*column]))
        .collect::<Vec<_>>()
        .join(" or ");
    let message = match rows.len() {
        1 => format!("{name} is blank, so the row belongs to no series"),
        n => format!("{name} is blank in {n} rows, so they belong to no series"),
    };
    Error::new(ErrorKind::Data, message)
        .at(&table.source, rows.first().map(|row| row.line), Some(&name))
        .with_hint("fill in the name of the series, or remove the rows")
}

/// A larger run for which one series is forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// 1-based line in the file.
    pub line: u64,
    /// The series' key.
    pub series: String,
    /// The file's name as messages show it.
    source: String,
    /// What the cell holds, or the error about it.
    size: std::result::Result<Size, String>,
}

impl TargetRow {
    /// Compute in FLOP (> 0), or the law's variable; `largest` is that of the largest fitted run of
    /// the series.
    ///
    /// ```
    /// use scalewise::{ReadOptions, internal::read_targets};
    /// let table = b"task,compute\nqa,1e25\ncode,100x\nchat,soon\n";
    /// let targets = read_targets(table, "targets.csv", "task", &ReadOptions::default())?;
    /// assert_eq!(targets[0].compute(2e22), Ok(1e25));
    /// assert_eq!(targets[1].compute(2e22), Ok(2e24));
    /// let error = targets[2].compute(2e22).unwrap_err();
    /// assert_eq!(error.to_string(), "targets.csv:4: compute is not a number ('soon')");
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the cell holds no positive number and no multiple such as `100x`, or the multiple
    /// overflows.
    pub fn compute(&self, largest: f64) -> Result<f64> {
        let problem = match &self.size {
            Ok(Size::Times(factor)) if (factor * largest).is_infinite() => {
                format!("{factor:?} times {largest:?} is too large for a number")
            }
            Ok(size) => return Ok(size.beside(largest)),
            Err(problem) => problem.clone(),
        };
        Err(Error::new(ErrorKind::Data, problem)
            .at(&self.source, Some(self.line), None)
            .with_hint("give a positive number, for example 1e25, or 100x for 100 times the largest fitted run"))
    }
}

/// Reads targets: the series' columns `by`, and the compute or the law's variable, found as in the
/// table of runs. A target is a quantity, or `100x` for 100 times the largest fitted run. Other
/// columns are ignored.
///
/// # Errors
/// When the table cannot be read, a column is missing, or a row has no series. Errors in a row's
/// target come from [`TargetRow::compute`].
pub fn read_targets(
    bytes: &[u8],
    source: &str,
    by: &str,
    options: &ReadOptions,
) -> Result<Vec<TargetRow>> {
    let table = log::read_with(&Source::bytes(bytes, source), options.reshape.decimal)?;
    let by = find_by(&table, by)?;
    let mut compute = find_variable(&table, options)?;
    compute.numeral.thousands = has_thousands(&table, compute.index, None);
    table
        .rows
        .iter()
        .map(|row| target(&table, row, &by, compute))
        .collect()
}

fn target(table: &RawTable, row: &RawRow, by: &[usize], compute: Column) -> Result<TargetRow> {
    let Some(series) = row.key(by) else {
        return Err(blank_key(table, by, &[row]));
    };
    let name = &table.header[compute.index];
    let one = Numeral::default();
    let size = Size::read(row.cell(compute.index), |cell| {
        // A multiple has no unit.
        let numeral = match cell.len() == row.cell(compute.index).len() {
            true => &compute.numeral,
            false => &one,
        };
        positive(numeral, cell, name, LOGARITHM).map(|read| read.value)
    });
    Ok(TargetRow {
        line: row.line,
        series: series.into_owned(),
        source: table.source.clone(),
        size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series of which conditions leave out every row is not there.
    #[test]
    fn a_series_without_a_wanted_row_is_none() {
        let csv = b"task,compute,loss\nx,1e18,3.1\ny,1e18,3\nx,1e19,2.8\nz,1e19,?\n";
        let keys = |condition: &str| {
            let options = ReadOptions {
                by: Some("task".into()),
                filters: condition.parse().into_iter().collect(),
                ..ReadOptions::default()
            };
            let series = read_series(csv, "runs.csv", &options).unwrap_or_default();
            series.into_iter().map(|s| s.key).collect::<Vec<_>>()
        };
        assert_eq!(keys("task != y"), ["x", "z"]);
        assert_eq!(keys("compute > 1e18"), ["x", "z"]);
        // Without any series each of them says why.
        assert_eq!(keys("compute > 1e20"), ["x", "y", "z"]);
    }

    #[test]
    fn a_row_without_a_rate_leaves_its_series_usable() {
        let options = CountOptions {
            by: Some("task".into()),
            ..CountOptions::default()
        };
        let csv = b"task,compute,pass_rate\nx,1e18,0.1\ny,1e18,0.2\nx,1e19,0.3\ny,1e19,?\n";
        let series = read_counts_by(csv, "rates.csv", &options).unwrap_or_default();
        let found: Vec<_> = series.iter().map(|s| (&*s.key, s.data.is_ok())).collect();
        assert_eq!(found, [("x", true), ("y", true)]);
    }
}
