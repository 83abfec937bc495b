//! Tables of pass counts: one row per model and problem, per sample, or per model.

use super::columns::find_by;
use super::counts_columns::Columns;
use super::lint::{pooled, repeated, scores_listed_twice, seeds_of, several_scores, tasks_of};
use super::log::{RawRow, RawTable, Source};
use super::numeral::Numeral;
use super::options::CountOptions;
use super::overview;
use super::rate_cell::Rate;
use super::reshape;
use super::select::Sieve;
use crate::finding::Diagnosis;
use crate::remedy::Setting;
use crate::runs::{
    CountTable, Excluded, PassRate, PassRates, Role, SIX_ND, SIZES, by_name, within,
};
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};
use std::cmp::Ordering;

/// Reads a table about passing in any of its three forms.
///
/// With a column of problems, `n_samples` and `n_correct` give one row per model and problem; a
/// column `passed` without numbers of samples gives one row per sample. Without problems, a column
/// `pass_rate` gives one row per model.
///
/// ```
/// use scalewise::runs::CountTable; use scalewise::tables::{CountOptions, read_counts};
/// let csv = b"model,compute,problem,passed\ns,1e18,a,0\ns,1e18,a,1\nl,1e20,a,1\nl,1e20,a,true\n";
/// let CountTable::Counts(counts) = read_counts(csv, "samples.csv", &CountOptions::default())? else { unreachable!() };
/// assert_eq!((counts.counts(0)[0].samples, counts.counts(0)[0].passes), (2, 1));
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the bytes are not a table, a needed column is missing or ambiguous, a filter does not fit
/// the columns, a count is impossible, two rows are about the same model and problem, a model has
/// no compute or two values of it, or a model lacks a problem that another model has.
pub fn read_counts(bytes: &[u8], source: &str, options: &CountOptions) -> Result<CountTable> {
    let table = reshape::read_counts(&Source::bytes(bytes, source), options)?;
    let explained = |error| overview::beside_counts(error, &table, options);
    let reader = Reader::new(&table, options).map_err(explained)?;
    reader.read(&table.rows.iter().collect::<Vec<_>>())
}

/// The rows that a fit of [`read_counts`] uses, in the order of the file: the line of each row and
/// the compute of its model.
///
/// # Errors
/// When the bytes are not a table, a column is missing or ambiguous, or a filter does not fit the
/// columns.
pub(crate) fn fitted_counts(
    bytes: &[u8],
    source: &str,
    options: &CountOptions,
) -> Result<Vec<(u64, f64)>> {
    let table = reshape::read_counts(&Source::bytes(bytes, source), options)?;
    let explained = |error| overview::beside_counts(error, &table, options);
    let reader = Reader::new(&table, options).map_err(explained)?;
    let mut used = Vec::new();
    for row in &table.rows {
        if reader.unwanted(row)?.is_some() {
            continue;
        }
        let compute = match reader.columns.rate {
            Some(_) => reader.rate(row).map(|rate| rate.compute),
            None => reader.compute(row),
        };
        used.extend(
            compute
                .ok()
                .filter(|c| reader.role(*c) == Role::Fit)
                .map(|c| (row.line, c)),
        );
    }
    Ok(used)
}

pub(super) struct Reader<'a> {
    pub(super) table: &'a RawTable,
    pub(super) columns: Columns,
    sieve: Sieve<'a>,
    pub(super) fit_below: Option<f64>,
    /// The columns that say what a model was measured on.
    tasks: Vec<usize>,
    /// The same columns, those that name the series first.
    pub(super) named_tasks: Vec<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(table: &'a RawTable, options: &'a CountOptions) -> Result<Reader<'a>> {
        let tasks = tasks_of(table);
        let by = options.by.as_deref().map(|names| find_by(table, names));
        let by = by.transpose()?.unwrap_or_default();
        Ok(Reader {
            named_tasks: by.into_iter().chain(tasks.iter().copied()).collect(),
            columns: Columns::find(table, options)?,
            sieve: Sieve::new(table, &options.excludes, &options.filters)?,
            fit_below: options.fit_below,
            tasks,
            table,
        })
    }

    /// Reads these rows of the table.
    pub(super) fn read(&self, rows: &[&RawRow]) -> Result<CountTable> {
        match self.columns.rate {
            Some(_) => self.rates(rows).map(CountTable::Rates),
            None => self.counts(rows).map(CountTable::Counts),
        }
    }

    pub(super) fn bad(&self, row: &RawRow, message: String, hint: &str) -> Error {
        Error::new(ErrorKind::Data, message)
            .at(&self.table.source, Some(row.line), None)
            .with_hint(hint)
    }

    /// Why conditions leave the row out; `None` if they keep it.
    pub(super) fn unwanted(&self, row: &RawRow) -> Result<Option<String>> {
        self.sieve.reason(row, self.table)
    }

    pub(super) fn role(&self, compute: f64) -> Role {
        Role::below(self.fit_below, compute)
    }

    pub(super) fn compute_name(&self) -> String {
        self.columns
            .compute
            .map_or("6ND".to_owned(), |c| self.table.header[c.index].clone())
    }

    /// The cells that give a row's compute, as written.
    pub(super) fn compute_cells<'r>(&self, row: &'r RawRow) -> [&'r str; 2] {
        match (
            self.columns.compute,
            self.columns.params,
            self.columns.tokens,
        ) {
            (Some(compute), ..) => [row.cell(compute.index), ""],
            (None, Some(n), Some(d)) => [row.cell(n.index), row.cell(d.index)],
            _ => ["", ""],
        }
    }

    pub(super) fn compute(&self, row: &RawRow) -> std::result::Result<f64, String> {
        match (
            self.columns.compute,
            self.columns.params,
            self.columns.tokens,
        ) {
            (Some(compute), ..) => self.positive(row, compute),
            (None, Some(n), Some(d)) => {
                let derived = 6.0 * self.positive(row, n)? * self.positive(row, d)?;
                within(derived, &SIZES, SIX_ND)
            }
            _ => Err("compute is blank".to_owned()),
        }
    }

    /// The task columns that have no role and that no condition uses.
    pub(super) fn free_tasks(&self) -> impl Iterator<Item = usize> {
        let taken = self.columns.all().map(|column| column.index);
        let taken: Vec<usize> = taken.chain(self.sieve.columns()).collect();
        let tasks = self.tasks.iter().copied();
        tasks.filter(move |column| !taken.contains(column))
    }

    /// The finding that most models have several rows, if a column names the models.
    fn repeated_models(&self, rows: &[&RawRow]) -> Option<Diagnosis> {
        let model = self.columns.model?.index;
        let models: Vec<&str> = rows.iter().map(|row| row.cell(model)).collect();
        let mut known = seeds_of(self.table);
        known.extend(self.sieve.columns());
        known.push(model);
        let sizes = [
            self.columns.compute,
            self.columns.params,
            self.columns.tokens,
        ];
        let measured = sizes
            .into_iter()
            .flatten()
            .chain(self.columns.metrics.measured());
        known.extend(measured.map(|column| column.index));
        let others = (0..self.table.header.len()).filter(|k| !known.contains(k));
        repeated(self.table, rows, &models, others)
    }

    fn rates(&self, rows: &[&RawRow]) -> Result<PassRates> {
        let mut rates = Vec::new();
        let mut used = Vec::new();
        let mut excluded = Vec::new();
        for row in rows {
            let read = match self.unwanted(row)? {
                Some(reason) => Err(reason),
                None => self.rate(row),
            };
            match read {
                Ok(rate) if !(0.0..=1.0).contains(&rate.rate) => {
                    return Err(self.out_of_range(row, rate.rate));
                }
                Ok(rate) => {
                    rates.push(rate);
                    used.push(*row);
                }
                Err(reason) => excluded.push(Excluded {
                    line: row.line,
                    reason,
                }),
            }
        }
        if rates.is_empty() {
            return Err(self.nothing_left(&excluded));
        }
        let sizes: Vec<u64> = rates
            .iter()
            .map(|r: &PassRate| r.compute.to_bits())
            .collect();
        let named = self.columns.model.is_some();
        let twice = named
            .then(|| scores_listed_twice(self.table, &used))
            .flatten();
        let findings = pooled(self.table, &used, &sizes, self.free_tasks())
            .or_else(|| self.repeated_models(&used));
        let findings = findings.or_else(|| {
            let model = self
                .columns
                .model
                .filter(|_| seeds_of(self.table).is_empty())?;
            let rows = used.iter().zip(&rates).map(|(row, rate)| {
                let size = self.compute_cells(row).join("\u{1f}");
                let key = format!("{}\u{1f}{size}", row.cell(model.index));
                (row.line, key, rate.rate)
            });
            several_scores(&rows.collect::<Vec<_>>())
        });
        rates.sort_by(|a: &PassRate, b| {
            (a.compute.total_cmp(&b.compute))
                .then_with(|| by_name(&a.model, &b.model))
                .then_with(|| a.rate.total_cmp(&b.rate))
                .then_with(|| a.samples.cmp(&b.samples))
                .then_with(|| compare(&said_beside(a), &said_beside(b)))
        });
        Ok(PassRates {
            source: self.table.source.clone(),
            compute_name: self.compute_name(),
            rate_name: self.columns.metrics.names(self.table, &used),
            notes: (self.table.notes.iter().cloned())
                .chain(self.columns.metrics.note(self.table, &used))
                .collect(),
            rates,
            rows: rows.len(),
            excluded,
            findings: findings.into_iter().chain(twice).collect(),
        })
    }

    fn out_of_range(&self, row: &RawRow, rate: f64) -> Error {
        let column = self
            .columns
            .metrics
            .of(row)
            .map_or(0, |metric| metric.rate.index);
        let message = format!(
            "{} is {}, not between 0 and 1",
            excerpt(&self.table.header[column]),
            quoted(row.cell(column))
        );
        if rate > 1.0 && rate <= 100.0 {
            let hint = "if it is in per cent, divide the column by 100, or end its name in _pct";
            return self.bad(row, message, hint);
        }
        self.bad(row, message, "name the column of the score")
            .with_remedy(Setting::PassRateCol)
    }

    fn rate(&self, row: &RawRow) -> std::result::Result<PassRate, String> {
        let metric = self
            .columns
            .metrics
            .of(row)
            .ok_or("no column has a score")?;
        let column = metric.rate;
        let name = &self.table.header[column.index];
        let compute = self.compute(row)?;
        let cell = row.cell(column.index);
        let read = Rate::read(cell, name)?;
        let samples = match self.columns.samples {
            Some(samples) if !row.cell(samples.index).is_empty() => Some(whole(
                &samples.numeral,
                row.cell(samples.index),
                &self.table.header[samples.index],
                1,
            )?),
            _ => None,
        };
        let model = match self.columns.model {
            Some(model) if !row.cell(model.index).is_empty() => row.cell(model.index).to_owned(),
            _ => self.compute_cells(row)[0].to_owned(),
        };
        let rate = PassRate {
            line: row.line,
            model,
            compute,
            size: None,
            rate: read.value,
            samples,
            stderr: None,
            chance: None,
            loss: None,
            role: self.role(compute),
        };
        self.beside(row, metric, rate, read.per_cent)
    }

    pub(super) fn nothing_left(&self, excluded: &[Excluded]) -> Error {
        let first = excluded.first().map_or(String::new(), |e| {
            format!(": line {}: {}", e.line, e.reason)
        });
        Error::new(ErrorKind::Data, format!("no row is usable{first}"))
            .at(&self.table.source, None, None)
            .with_hint("loosen the conditions on rows, or repair the rows")
            .with_remedy(Setting::Where)
            .with_remedy(Setting::Exclude)
    }
}

/// What a row says beside the rate, as numbers that can be ordered.
fn said_beside(rate: &PassRate) -> [f64; 5] {
    let size = [rate.size.map(|size| size.0), rate.size.map(|size| size.1)];
    let [n, d] = size;
    [n, d, rate.stderr, rate.chance, rate.loss].map(|value| value.unwrap_or(-1.0))
}

fn compare(a: &[f64], b: &[f64]) -> Ordering {
    let pairs = a.iter().zip(b);
    pairs
        .map(|(a, b)| a.total_cmp(b))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A cell as a whole number, or a reason that names the column.
pub(super) fn whole(
    numeral: &Numeral,
    cell: &str,
    column: &str,
    least: u64,
) -> std::result::Result<u64, String> {
    let column = excerpt(column);
    if numeral.unit.is_none()
        && let Ok(value) = cell.parse::<u64>()
        && value >= least
        && value < 1 << 53
    {
        return Ok(value);
    }
    let read = numeral.read(cell).map_err(|e| match cell {
        "" => format!("{column} {}", e.problem()),
        _ => format!("{column} {} ({})", e.problem(), quoted(e.text())),
    });
    let value = read?.value;
    if value < least as f64 {
        let below = if value < 0.0 { "negative" } else { "zero" };
        return Err(format!("{column} is {below} ({})", quoted(cell)));
    }
    if value.fract() != 0.0 {
        return Err(format!("{column} is no whole number ({})", quoted(cell)));
    }
    if value >= 9_007_199_254_740_992.0 {
        return Err(format!(
            "{column} is too large ({}): from 2^53 = 9007199254740992 on a whole number cannot be told from its neighbours",
            quoted(cell)
        ));
    }
    Ok(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_numbers_that_a_float_can_hold() {
        for cell in ["9007199254740991", "9.007199254740991e15"] {
            assert_eq!(
                whole(&Numeral::default(), cell, "n", 1),
                Ok((1 << 53) - 1),
                "{cell}"
            );
        }
        for cell in ["9007199254740992", "18446744073709551615", "1e300", "1e16"] {
            let why = whole(&Numeral::default(), cell, "n", 1).unwrap_err();
            assert!(
                why.starts_with(&format!("n is too large ('{cell}')")),
                "{why}"
            );
        }
        let whole = |cell| whole(&Numeral::default(), cell, "n", 0);
        assert!(whole("2.5").is_err_and(|why| why.contains("no whole number")));
        assert!(whole("-1").is_err_and(|why| why.contains("negative")));
    }

    #[test]
    fn rows_above_the_limit_are_not_fitted() {
        let csv = b"model,compute,problem,passed\ns,1e18,a,0\nl,1e20,a,1\n";
        let options = CountOptions {
            fit_below: Some(1e19),
            ..CountOptions::default()
        };
        let fitted = fitted_counts(csv, "samples.csv", &options);
        assert_eq!(fitted, Ok(vec![(2, 1e18)]));
    }
}
