//! Tables of pass counts: one row a model and problem, one row a sample, or one row a model.

use super::columns::{
    COMPUTE, Column, LOSS, MODEL, PARAMS, PASS_RATE, PASSES, PROBLEM, Part, SAMPLES, TOKENS,
    claim_by_flag, find_by_name, missing,
};
use super::counts::{
    Count, CountOptions, CountTable, CountedModel, PassCounts, PassRate, PassRates,
};
use super::filter::RowFilter;
use super::raw::{RawRow, RawTable, parse};
use super::row::{LOGARITHM, positive};
use super::{Excluded, Filter, Role};
use crate::quantity::parse_quantity;
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// Reads a table about passing, in whichever of its three forms it is written.
///
/// With a column of problems, `n_samples` and `n_correct` make one row a model and problem, a column `passed` without
/// numbers of samples makes one row a sample; without problems, a column `pass_rate` makes one row a model.
///
/// ```
/// use scalewise::data::{CountOptions, CountTable, read_counts};
/// let csv = b"model,compute,problem,passed\ns,1e18,a,0\ns,1e18,a,1\nl,1e20,a,1\nl,1e20,a,true\n";
/// let CountTable::Counts(counts) = read_counts(csv, "samples.csv", &CountOptions::default())? else { unreachable!() };
/// assert_eq!((counts.counts[0][0].samples, counts.counts[0][0].passes), (2, 1));
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the bytes are no table, a needed column is missing or ambiguous, a filter does not fit the columns, a count is
/// impossible, two rows are about the same model and problem, a model has no or two values of compute, or a model lacks
/// a problem that another model has.
pub fn read_counts(bytes: &[u8], source: &str, options: &CountOptions) -> Result<CountTable> {
    let table = parse(bytes, source)?;
    let reader = Reader::new(&table, options)?;
    match reader.columns.rate {
        Some(rate) => reader.rates(rate).map(CountTable::Rates),
        None => reader.counts().map(CountTable::Counts),
    }
}

/// The column names of a table, and some row, are looked for within so many bytes.
const OPENING: usize = 1 << 16;

/// Whether a table is about passing and not about losses, by the usual names of its columns.
///
/// ```
/// assert!(scalewise::data::holds_counts(b"compute,accuracy\n1e18,0.3\n"));
/// assert!(!scalewise::data::holds_counts(b"compute,loss,accuracy\n1e18,3.1,0.3\n"));
/// ```
#[must_use]
pub fn holds_counts(bytes: &[u8]) -> bool {
    // The column names are at the beginning; a table of millions of rows is not read twice.
    let opening = &bytes[..bytes.len().min(OPENING)];
    let end = opening.iter().rposition(|b| *b == b'\n');
    let whole = opening.len() == bytes.len();
    let opening = match end {
        Some(end) if !whole => &opening[..end],
        _ => opening,
    };
    let Ok(table) = parse(opening, "") else {
        return false;
    };
    let has = |part: &Part| table.header.iter().any(|name| part.is_called(name));
    (has(&PASSES) || has(&PASS_RATE)) && !has(&LOSS)
}

/// The rows that a fit of [`read_counts`] uses: the line of each and the compute of its model, in the order of the file.
///
/// ```
/// use scalewise::data::{CountOptions, fitted_counts};
/// let csv = b"model,compute,problem,passed\ns,1e18,a,0\nl,1e20,a,1\n";
/// let options = CountOptions { fit_below: Some(1e19), ..CountOptions::default() };
/// assert_eq!(fitted_counts(csv, "samples.csv", &options)?, [(2, 1e18)]);
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the bytes are no table, a column is missing or ambiguous, or a filter does not fit the columns.
pub fn fitted_counts(
    bytes: &[u8],
    source: &str,
    options: &CountOptions,
) -> Result<Vec<(u64, f64)>> {
    let table = parse(bytes, source)?;
    let reader = Reader::new(&table, options)?;
    let mut used = Vec::new();
    for row in &table.rows {
        if reader.unwanted(row)?.is_some() {
            continue;
        }
        let compute = match reader.columns.rate {
            Some(column) => reader.rate(row, column).map(|rate| rate.compute),
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

fn found<'a>(
    filters: &'a [Filter],
    flag: &'static str,
    table: &RawTable,
) -> Result<Vec<RowFilter<'a>>> {
    filters
        .iter()
        .map(|filter| RowFilter::new(filter, flag, table))
        .collect()
}

/// Where the roles are.
struct Columns {
    compute: Option<Column>,
    params: Option<Column>,
    tokens: Option<Column>,
    model: Option<Column>,
    problem: Option<Column>,
    samples: Option<Column>,
    passes: Option<Column>,
    /// Only where the table has no problems.
    rate: Option<Column>,
}

impl Columns {
    fn find(table: &RawTable, options: &CountOptions) -> Result<Columns> {
        let flags = [
            (&COMPUTE, &options.compute_col),
            (&PARAMS, &options.params_col),
            (&TOKENS, &options.tokens_col),
            (&MODEL, &options.model_col),
            (&PROBLEM, &options.problem_col),
            (&SAMPLES, &options.samples_col),
            (&PASSES, &options.passes_col),
            (&PASS_RATE, &options.pass_rate_col),
        ];
        let claimed = claim_by_flag(table, &flags)?;
        let taken: Vec<usize> = claimed.iter().flatten().map(|c| c.index).collect();
        let find = |slot: usize| match claimed[slot] {
            Some(column) => Ok(Some(column)),
            None => find_by_name(table, flags[slot].0, &taken),
        };
        let mut columns = Columns {
            compute: find(0)?,
            params: find(1)?,
            tokens: find(2)?,
            model: find(3)?,
            problem: find(4)?,
            samples: find(5)?,
            passes: find(6)?,
            rate: find(7)?,
        };
        if columns.compute.is_none() && (columns.params.is_none() || columns.tokens.is_none()) {
            return Err(missing(table, &COMPUTE));
        }
        match (columns.problem, columns.passes) {
            (Some(_), Some(_)) => columns.rate = None,
            (Some(problem), None) => {
                let Some(rate) = columns.rate else {
                    return Err(missing(table, &PASSES));
                };
                let message = format!(
                    "column {} holds a rate for each {}: the passes and the samples are needed",
                    quoted(&table.header[rate.index]),
                    quoted(&table.header[problem.index]),
                );
                return Err(Error::new(ErrorKind::Data, message)
                    .at(&table.source, None, None)
                    .with_hint("give the columns n_samples and n_correct instead of their ratio"));
            }
            (None, _) if columns.rate.is_none() => {
                let part: &Part = if columns.passes.is_some() {
                    &PROBLEM
                } else {
                    &PASS_RATE
                };
                return Err(missing(table, part));
            }
            (None, _) => {}
        }
        Ok(columns)
    }
}

struct Reader<'a> {
    table: &'a RawTable,
    columns: Columns,
    excludes: Vec<RowFilter<'a>>,
    filters: Vec<RowFilter<'a>>,
    fit_below: Option<f64>,
}

impl<'a> Reader<'a> {
    fn new(table: &'a RawTable, options: &'a CountOptions) -> Result<Reader<'a>> {
        Ok(Reader {
            columns: Columns::find(table, options)?,
            excludes: found(&options.excludes, "--exclude", table)?,
            filters: found(&options.filters, "--where", table)?,
            fit_below: options.fit_below,
            table,
        })
    }

    fn bad(&self, row: &RawRow, message: String, hint: &str) -> Error {
        Error::new(ErrorKind::Data, message)
            .at(&self.table.source, Some(row.line), None)
            .with_hint(hint)
    }

    /// Why a filter leaves the row out.
    fn unwanted(&self, row: &RawRow) -> Result<Option<String>> {
        for exclude in &self.excludes {
            if exclude.is_met(row, self.table)? {
                return Ok(Some(format!("{} met", exclude.name())));
            }
        }
        for filter in &self.filters {
            if !filter.is_met(row, self.table)? {
                return Ok(Some(format!("{} not met", filter.name())));
            }
        }
        Ok(None)
    }

    fn role(&self, compute: f64) -> Role {
        match self.fit_below {
            Some(limit) if compute >= limit => Role::Actual,
            _ => Role::Fit,
        }
    }

    fn compute_name(&self) -> String {
        self.columns
            .compute
            .map_or("6ND".to_owned(), |c| self.table.header[c.index].clone())
    }

    /// The cells that say a row's compute, as they are written.
    fn compute_cells<'r>(&self, row: &'r RawRow) -> [&'r str; 2] {
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

    fn compute(&self, row: &RawRow) -> std::result::Result<f64, String> {
        let value = |column: Column| {
            let name = &self.table.header[column.index];
            positive(row.cell(column.index), name, LOGARITHM)
        };
        match (
            self.columns.compute,
            self.columns.params,
            self.columns.tokens,
        ) {
            (Some(compute), ..) => value(compute),
            (None, Some(n), Some(d)) => {
                let derived = 6.0 * value(n)? * value(d)?;
                if derived.is_finite() && derived > 0.0 {
                    Ok(derived)
                } else {
                    Err("compute = 6ND is out of range".to_owned())
                }
            }
            _ => Err("compute is blank".to_owned()),
        }
    }

    fn rates(&self, column: Column) -> Result<PassRates> {
        let name = &self.table.header[column.index];
        let mut rates = Vec::new();
        let mut excluded = Vec::new();
        for row in &self.table.rows {
            let read = match self.unwanted(row)? {
                Some(reason) => Err(reason),
                None => self.rate(row, column),
            };
            match read {
                Ok(rate) if !(0.0..=1.0).contains(&rate.rate) => {
                    let message = format!(
                        "{} is {}, not between 0 and 1",
                        excerpt(name),
                        quoted(row.cell(column.index))
                    );
                    let hint = if rate.rate > 1.0 && rate.rate <= 100.0 {
                        "if it is in per cent, divide the column by 100, or end its name in _pct"
                    } else {
                        "name the column of the pass rate with --pass-rate-col"
                    };
                    return Err(self.bad(row, message, hint));
                }
                Ok(rate) => rates.push(rate),
                Err(reason) => excluded.push(Excluded {
                    line: row.line,
                    reason,
                }),
            }
        }
        if rates.is_empty() {
            return Err(self.nothing_left(&excluded));
        }
        rates.sort_by(|a, b| a.compute.total_cmp(&b.compute));
        Ok(PassRates {
            source: self.table.source.clone(),
            compute_name: self.compute_name(),
            rate_name: name.clone(),
            rates,
            rows: self.table.rows.len(),
            excluded,
        })
    }

    fn rate(&self, row: &RawRow, column: Column) -> std::result::Result<PassRate, String> {
        let name = &self.table.header[column.index];
        let compute = self.compute(row)?;
        let cell = row.cell(column.index);
        let rate = parse_quantity(cell).map_err(|e| match cell {
            "" => format!("{} {}", excerpt(name), e.problem()),
            _ => format!("{} {} ({})", excerpt(name), e.problem(), quoted(e.text())),
        })?;
        let samples = match self.columns.samples {
            Some(samples) if !row.cell(samples.index).is_empty() => Some(whole(
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
        let rate = if in_per_cent(name) {
            rate / 100.0
        } else {
            rate
        };
        Ok(PassRate {
            line: row.line,
            model,
            compute,
            rate,
            samples,
            role: self.role(compute),
        })
    }

    fn nothing_left(&self, excluded: &[Excluded]) -> Error {
        let first = excluded.first().map_or(String::new(), |e| {
            format!(": line {}: {}", e.line, e.reason)
        });
        Error::new(ErrorKind::Data, format!("no row is usable{first}"))
            .at(&self.table.source, None, None)
            .with_hint("loosen --where or --exclude, or repair the rows")
    }

    fn counts(&self) -> Result<PassCounts> {
        let (Some(problem), Some(passes)) = (self.columns.problem, self.columns.passes) else {
            return Err(missing(self.table, &PASSES));
        };
        let mut gathered = Gathered::default();
        let mut excluded = Vec::new();
        for row in &self.table.rows {
            if let Some(reason) = self.unwanted(row)? {
                excluded.push(Excluded {
                    line: row.line,
                    reason,
                });
                continue;
            }
            let m = self.model_of(row, &mut gathered)?;
            let name = row.cell(problem.index);
            if name.is_empty() {
                return Err(self.bad(
                    row,
                    "the problem has no name".to_owned(),
                    "fill it in, or leave the row out with --exclude",
                ));
            }
            let p = gathered.problem(name);
            let count = self.count(row, passes)?;
            let cell = gathered.cell(m, p);
            match (cell.line, self.columns.samples) {
                (0, _) => {
                    *cell = Cell {
                        line: row.line,
                        count,
                    }
                }
                (_, None) => {
                    cell.count.samples += 1;
                    cell.count.passes += count.passes;
                }
                (earlier, Some(_)) => {
                    let message = format!(
                        "model {} and problem {} are counted twice (first on line {earlier})",
                        quoted(gathered.models[m].name),
                        quoted(name)
                    );
                    return Err(self.bad(
                        row,
                        message,
                        "keep one row a model and problem: add the counts up, or choose with --where",
                    ));
                }
            }
        }
        if gathered.models.is_empty() {
            return Err(self.nothing_left(&excluded));
        }
        self.complete(gathered, excluded)
    }

    /// The model of a row, new or known.
    fn model_of<'r>(&self, row: &'r RawRow, gathered: &mut Gathered<'r>) -> Result<usize>
    where
        Self: 'r,
    {
        let written = self.compute_cells(row);
        let name = match self.columns.model {
            Some(model) => row.cell(model.index),
            None => written[0],
        };
        if name.is_empty() {
            return Err(self.bad(
                row,
                "the model has no name".to_owned(),
                "fill it in, or leave the row out with --exclude",
            ));
        }
        let known = gathered.model(name);
        if let Some(m) = known {
            if gathered.models[m].written == written {
                return Ok(m);
            }
            let compute = self
                .compute(row)
                .map_err(|why| self.without_compute(row, name, &why))?;
            if compute == gathered.models[m].compute {
                return Ok(m);
            }
            let message = format!(
                "model {} has compute {} here and {} on line {}",
                quoted(name),
                quoted(written[0]),
                quoted(gathered.models[m].written[0]),
                gathered.models[m].line
            );
            return Err(self.bad(
                row,
                message,
                "give every model one compute, or name its checkpoints apart",
            ));
        }
        let compute = self
            .compute(row)
            .map_err(|why| self.without_compute(row, name, &why))?;
        Ok(gathered.add(Model {
            name,
            written,
            compute,
            line: row.line,
        }))
    }

    fn without_compute(&self, row: &RawRow, name: &str, why: &str) -> Error {
        self.bad(
            row,
            format!("model {} has no compute: {why}", quoted(name)),
            "give every model a positive compute, or leave it out with --exclude",
        )
    }

    fn count(&self, row: &RawRow, passes: Column) -> Result<Count> {
        let name = &self.table.header[passes.index];
        let cell = row.cell(passes.index);
        let Some(samples) = self.columns.samples else {
            let passed = match cell {
                "1" => true,
                "0" => false,
                _ => one_of(cell).ok_or_else(|| {
                    let message =
                        format!("{} is {}, not a yes or no", excerpt(name), quoted(cell));
                    self.bad(
                        row,
                        message,
                        "one row a sample says 1 or 0, true or false; for counts, name the number of samples with \
                         --samples-col",
                    )
                })?,
            };
            return Ok(Count {
                samples: 1,
                passes: u64::from(passed),
            });
        };
        let samples_name = &self.table.header[samples.index];
        let repair = "counts are whole numbers; repair the row, or leave it out with --exclude";
        let n = whole(row.cell(samples.index), samples_name, 1)
            .map_err(|why| self.bad(row, why, repair))?;
        let c = whole(cell, name, 0).map_err(|why| self.bad(row, why, repair))?;
        if c > n {
            let message = format!(
                "{} = {c} is more than {} = {n}",
                excerpt(name),
                excerpt(samples_name)
            );
            return Err(self.bad(
                row,
                message,
                "a sample passes at most once; are the two columns swapped?",
            ));
        }
        Ok(Count {
            samples: n,
            passes: c,
        })
    }

    /// Every model must have every problem.
    fn complete(&self, gathered: Gathered<'_>, excluded: Vec<Excluded>) -> Result<PassCounts> {
        let problems = gathered.problems.len();
        let all = gathered.models.len() * problems;
        let absent: Vec<(usize, usize)> = (0..all)
            .map(|k| (k / problems, k % problems))
            .filter(|&(m, p)| gathered.cells[m].get(p).is_none_or(|cell| cell.line == 0))
            .collect();
        if let Some(&(m, p)) = absent.first() {
            let message = format!(
                "model {} has no row for problem {} ({} of {all} cells are missing)",
                quoted(gathered.models[m].name),
                quoted(gathered.problems[p]),
                absent.len()
            );
            return Err(Error::new(ErrorKind::Data, message)
                .at(&self.table.source, None, None)
                .with_hint(
                    "add the missing rows, or leave the model or the problem out with --exclude",
                ));
        }
        let models = gathered
            .models
            .iter()
            .map(|model| CountedModel {
                name: model.name.to_owned(),
                compute: model.compute,
                role: self.role(model.compute),
            })
            .collect();
        let mut counts = PassCounts {
            source: self.table.source.clone(),
            compute_name: self.compute_name(),
            models,
            problems: gathered.problems.iter().map(|&p| p.to_owned()).collect(),
            counts: gathered
                .cells
                .iter()
                .map(|row| row.iter().map(|cell| cell.count).collect())
                .collect(),
            rows: self.table.rows.len(),
            excluded,
        };
        counts.sort();
        Ok(counts)
    }
}

/// Whether a column's name says that it holds percentages.
fn in_per_cent(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains('%') || name.contains("percent") || name.ends_with("_pct")
}

/// Whether a word says yes or no.
fn one_of(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(cell));
    if is(&["true", "yes", "pass", "passed", "1.0"]) {
        Some(true)
    } else if is(&["false", "no", "fail", "failed", "0.0"]) {
        Some(false)
    } else {
        None
    }
}

/// A cell as a whole number, or a reason that names the column.
fn whole(cell: &str, column: &str, least: u64) -> std::result::Result<u64, String> {
    let column = excerpt(column);
    if let Ok(value) = cell.parse::<u64>()
        && value >= least
        && value < 1 << 53
    {
        return Ok(value);
    }
    let value = parse_quantity(cell).map_err(|e| match cell {
        "" => format!("{column} {}", e.problem()),
        _ => format!("{column} {} ({})", e.problem(), quoted(e.text())),
    })?;
    if value < least as f64 {
        let below = if value < 0.0 { "negative" } else { "zero" };
        return Err(format!("{column} is {below} ({})", quoted(cell)));
    }
    if value.fract() != 0.0 || value >= 9_007_199_254_740_992.0 {
        return Err(format!("{column} is no whole number ({})", quoted(cell)));
    }
    Ok(value as u64)
}

#[derive(Clone, Copy, Default)]
struct Cell {
    /// 0: not counted yet.
    line: u64,
    count: Count,
}

struct Model<'r> {
    name: &'r str,
    written: [&'r str; 2],
    compute: f64,
    line: u64,
}

/// The cells found so far.
#[derive(Default)]
struct Gathered<'r> {
    models: Vec<Model<'r>>,
    problems: Vec<&'r str>,
    cells: Vec<Vec<Cell>>,
    model_places: HashMap<&'r str, usize>,
    problem_places: HashMap<&'r str, usize>,
    /// Rows of one model and of one problem often stand together.
    last: (usize, usize),
}

impl<'r> Gathered<'r> {
    fn model(&mut self, name: &str) -> Option<usize> {
        if self.models.get(self.last.0).is_some_and(|m| m.name == name) {
            return Some(self.last.0);
        }
        self.last.0 = *self.model_places.get(name)?;
        Some(self.last.0)
    }

    fn add(&mut self, model: Model<'r>) -> usize {
        self.last.0 = self.models.len();
        self.model_places.insert(model.name, self.last.0);
        self.models.push(model);
        self.cells.push(Vec::new());
        self.last.0
    }

    fn problem(&mut self, name: &'r str) -> usize {
        if self.problems.get(self.last.1) == Some(&name) {
            return self.last.1;
        }
        let new = self.problems.len();
        self.last.1 = *self.problem_places.entry(name).or_insert(new);
        if self.last.1 == new {
            self.problems.push(name);
        }
        self.last.1
    }

    fn cell(&mut self, m: usize, p: usize) -> &mut Cell {
        let row = &mut self.cells[m];
        if row.len() <= p {
            row.resize(p + 1, Cell::default());
        }
        &mut row[p]
    }
}
