//! Logs of training runs: the loss and the learning rate of one or several runs, step by step.

use super::carried::CarriedSeen;
use super::columns::{Column, find_by};
use super::filter::Filter;
use super::growing::Opening;
use super::log::{Decimal, NextRow, RawRow, RawTable, ReadPart, RowView, Source, Stream};
use super::log_columns::{LogColumns, LogNames};
use super::log_size::{SizeColumns, SizeSeen};
use super::row::{positive, unreadable};
use super::select::Sieve;
use crate::remedy::Setting;
use crate::runs::{Excluded, LOGARITHM, LogPoint, RunLog};
use crate::text::{list, quoted};
use crate::{Error, ErrorKind, Result};
use std::borrow::Cow;
use std::collections::HashMap;

/// How a log is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogOptions {
    pub(crate) names: LogNames,
    pub(crate) filters: Vec<Filter>,
    pub(crate) excludes: Vec<Filter>,
    pub(crate) decimal: Option<Decimal>,
    /// The columns that tell runs apart.
    pub(crate) by: Option<String>,
}

/// Reads the runs of a log, in the order in which they first appear.
///
/// A learning rate in a row without a loss applies to the following rows, until the next one.
///
/// # Errors
/// [`ErrorKind::Data`] when a column is missing or no row has a loss, or when the log has several
/// runs and the options do not tell them apart.
pub(crate) fn read_logs(source: &Source<'_>, options: &LogOptions) -> Result<Vec<RunLog>> {
    source.placed(read(source, options))
}

/// Reads the later rows of a log alone, below its [`Opening`]. `lr` is the learning rate before
/// them. The log has no point if none of the rows has a loss.
///
/// `None` if the rows have to be read together with the earlier ones: they have other columns, or
/// are not of one run.
///
/// # Errors
/// As for [`read_logs`].
pub(crate) fn read_more(
    source: &Source<'_>,
    options: &LogOptions,
    opening: &Opening,
    lr: Option<f64>,
) -> Result<Option<RunLog>> {
    let (table, rows) = Stream::open(source)?;
    if table.header != opening.columns {
        return Ok(None);
    }
    let (_, mut logs) = read_rows(table, rows, options, lr)?;
    // Runs that conditions leave out, and the opening itself, say nothing.
    logs.retain(|log| !log.is_empty() || log.last_lr != lr);
    match logs.len() {
        0 => Ok(Some(RunLog::default())),
        1 => Ok(logs.pop()),
        _ => Ok(None),
    }
}

fn read(source: &Source<'_>, options: &LogOptions) -> Result<Vec<RunLog>> {
    let (table, rows) = Stream::open(source)?;
    let without = rows.without_rows(&table.source);
    let (read, mut logs) = read_rows(table, rows, options, None)?;
    if logs.is_empty() {
        return Err(without);
    }
    let (table, columns) = read;
    for log in &mut logs {
        source.place(&mut log.excluded);
    }
    if logs.iter().all(RunLog::is_empty) {
        return Err(without_loss(&table, &logs, columns));
    }
    logs.retain(|log| !log.is_empty());
    if let (None, Some(column), true) = (&options.by, columns.run, logs.len() > 1) {
        return Err(several(&table, column, &logs));
    }
    Ok(logs)
}

/// The runs of a table, those without a loss among them, where `lr` is the learning rate before
/// the first row.
fn read_rows(
    table: RawTable,
    rows: Stream<'_>,
    options: &LogOptions,
    lr: Option<f64>,
) -> Result<((RawTable, LogColumns), Vec<RunLog>)> {
    let mut rows = rows.written_with(options.decimal, &table)?;
    let columns = LogColumns::find(&table, &options.names)?;
    let by = match &options.by {
        Some(names) => find_by(&table, names)?,
        None => columns.run.into_iter().collect(),
    };
    let reader = Reader {
        table: &table,
        sizes: SizeColumns::find(&table, &columns),
        columns,
        by: &by,
        lr,
        carries: options.by.is_some(),
        sieve: Sieve::new(&table, &options.excludes, &options.filters)?,
    };
    let mut all = Gathered::default();
    rows.in_parts(&reader, |part| {
        all.put(part);
        Ok(())
    })?;
    let logs = all.runs.into_iter().map(|run| reader.log(run)).collect();
    Ok(((table, columns), logs))
}

/// The error for a log in which no row has a loss at a step.
fn without_loss(table: &RawTable, logs: &[RunLog], columns: LogColumns) -> Error {
    let first = logs.iter().find_map(|log| log.excluded.first());
    let why = match first {
        Some(row) => format!("; line {}: {}", row.line, row.reason),
        None if logs.iter().all(|log| log.blank == 0) => {
            "; conditions leave out every row".to_owned()
        }
        None => String::new(),
    };
    let loss = quoted(&table.header[columns.loss.index]);
    let message = format!("no row has a loss in {loss}{why}");
    Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .with_hint("name the column of the loss, or look at the conditions on rows")
        .with_remedy(Setting::LossCol)
        .with_remedy(Setting::Where)
}

/// The error for a log of several runs where one is expected.
fn several(table: &RawTable, column: usize, logs: &[RunLog]) -> Error {
    let column = &table.header[column];
    let names = logs.iter().map(|log| log.name.as_str());
    let message = format!(
        "the log has {} runs by column {}: {}",
        logs.len(),
        quoted(column),
        list(names)
    );
    let first = logs.first().map_or("", |log| log.name.as_str());
    let value = match first.contains('\'') {
        true => format!("{column} = \"{first}\""),
        false => format!("{column} = '{first}'"),
    };
    Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .with_hint("choose one of the runs")
        .with_remedy(Setting::Where.to(value))
}

/// What a row holds: step and loss, and learning rate, if it has them.
#[derive(Debug, Clone, Copy)]
struct Said {
    point: Option<(f64, f64)>,
    lr: Option<f64>,
}

/// Rows of one run, in their order.
#[derive(Default)]
struct Rows {
    name: String,
    said: Vec<Said>,
    unwanted: usize,
    blank: usize,
    end: Option<f64>,
    trunk: Option<String>,
    size: SizeSeen,
    carried: CarriedSeen,
    excluded: Vec<Excluded>,
}

/// What was read of every run.
#[derive(Default)]
struct Gathered {
    runs: Vec<Rows>,
    places: HashMap<String, usize>,
}

impl Gathered {
    fn put(&mut self, part: Vec<Rows>) {
        for rows in part {
            match self.places.get(&rows.name) {
                Some(place) => {
                    let run = &mut self.runs[*place];
                    run.unwanted += rows.unwanted;
                    run.blank += rows.blank;
                    run.excluded.extend(rows.excluded);
                    run.end = rows.end.or(run.end);
                    run.trunk = rows.trunk.or(run.trunk.take());
                    run.size.join(rows.size);
                    run.carried.join(rows.carried);
                    run.said.extend(rows.said);
                }
                None => {
                    self.places.insert(rows.name.clone(), self.runs.len());
                    self.runs.push(rows);
                }
            }
        }
    }
}

struct Reader<'a> {
    table: &'a RawTable,
    columns: LogColumns,
    sizes: SizeColumns,
    by: &'a [usize],
    /// The learning rate before the first row.
    lr: Option<f64>,
    /// Whether the other columns of a run are wanted.
    carries: bool,
    sieve: Sieve<'a>,
}

impl ReadPart for Reader<'_> {
    type Part = Vec<Rows>;

    fn changes_rows(&self) -> bool {
        false
    }

    fn columns(&self) -> Vec<usize> {
        if self.carries {
            return (0..self.table.header.len()).collect();
        }
        let others = self.by.iter().copied().chain(self.sieve.columns());
        let others = others.chain(self.sizes.places());
        let others = others.chain(self.columns.trunk);
        self.course().into_iter().chain(others).collect()
    }

    fn change(&self, _: &mut RawRow) -> Result<()> {
        Ok(())
    }

    fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Vec<Rows>> {
        let mut runs: Vec<Rows> = Vec::new();
        let mut places: HashMap<Cow<'r, str>, usize> = HashMap::new();
        // Rows of one run mostly follow one another.
        let mut at = 0;
        while let Some(row) = rows.next() {
            let name = self.name_of(row);
            if runs.get(at).is_none_or(|run| run.name != *name) {
                at = places.get(&name).copied().unwrap_or(runs.len());
                if at == runs.len() {
                    runs.push(Rows {
                        name: name.clone().into_owned(),
                        ..Rows::default()
                    });
                    places.insert(name, at);
                }
            }
            self.take(row, &mut runs[at])?;
        }
        Ok(runs)
    }
}

impl Reader<'_> {
    /// Adds a row to those of its run.
    fn take(&self, row: &RowView<'_>, run: &mut Rows) -> Result<()> {
        if self.sieve.refusal(row, self.table)?.is_some() {
            run.unwanted += 1;
            return Ok(());
        }
        let lr = self.columns.lr.and_then(|lr| {
            let read = lr.numeral.read_in(row, lr.index).ok()?.value;
            (read.is_finite() && read >= 0.0).then_some(read)
        });
        let mut point = None;
        match row.is_blank(self.columns.loss.index) {
            true => run.blank += 1,
            false => match self.point(row) {
                Ok(found) => {
                    self.sizes.take(row, found.0, &mut run.size);
                    point = Some(found);
                }
                Err(reason) => run.excluded.push(Excluded {
                    line: row.line,
                    reason,
                }),
            },
        }
        if let Some(end) = self.columns.end {
            let read = end.numeral.read(row.cell(end.index)).map(|read| read.value);
            let end = read.ok().filter(|end| end.is_finite() && *end > 0.0);
            run.end = end.or(run.end);
        }
        if let Some(trunk) = self.columns.trunk.map(|trunk| row.cell(trunk))
            && !trunk.is_empty()
            && run.trunk.as_deref() != Some(trunk)
        {
            run.trunk = Some(trunk.to_owned());
        }
        if self.carries {
            let x = self.columns.x;
            let x = x.numeral.read(row.cell(x.index)).ok();
            run.carried.take(row, self.table, x.map(|read| read.value));
        }
        if point.is_some() || lr.is_some() {
            run.said.push(Said { point, lr });
        }
        Ok(())
    }

    /// The step and the loss of a row, or why it has none.
    fn point(&self, row: &RowView<'_>) -> std::result::Result<(f64, f64), String> {
        let name = |column: Column| &self.table.header[column.index];
        let (x, loss) = (self.columns.x, self.columns.loss);
        let read = x.numeral.read_in(row, x.index);
        let step = read.map_err(|error| unreadable(row.cell(x.index), name(x), &error))?;
        if step.value < 0.0 {
            let cell = row.cell(x.index);
            return Err(format!("{} is negative ({})", name(x), quoted(cell)));
        }
        let read = loss.numeral.read_in(row, loss.index);
        let loss = match read {
            Ok(read) if read.value > 0.0 => read,
            _ => positive(&loss.numeral, row.cell(loss.index), name(loss), LOGARITHM)?,
        };
        Ok((step.value, loss.value))
    }

    fn name_of<'r>(&self, row: &RowView<'r>) -> Cow<'r, str> {
        match self.by {
            [] => Cow::Borrowed(""),
            [one] => Cow::Borrowed(row.cell(*one)),
            several => {
                let cells: Vec<&str> = several.iter().map(|c| row.cell(*c)).collect();
                Cow::Owned(cells.join(", "))
            }
        }
    }

    /// The columns that are read for the course of a run.
    fn course(&self) -> Vec<usize> {
        let columns = &self.columns;
        let others = columns.lr.into_iter().chain(columns.end);
        let read = [columns.x, columns.loss].into_iter().chain(others);
        read.map(|column| column.index).collect()
    }

    /// The log of a run. Learning rates are carried forward to rows without one.
    fn log(&self, run: Rows) -> RunLog {
        let name = |column: Column| Some(self.table.header[column.index].clone());
        let mut lr = self.lr.or_else(|| run.said.iter().find_map(|said| said.lr));
        let mut points = Vec::with_capacity(run.said.len());
        for said in run.said {
            lr = said.lr.or(lr);
            if let Some((x, loss)) = said.point {
                points.push(LogPoint { x, loss, lr });
            }
        }
        RunLog {
            source: self.table.source.clone(),
            name: run.name,
            axis: self.columns.axis,
            points,
            last_lr: lr,
            x_column: name(self.columns.x),
            loss_column: name(self.columns.loss),
            lr_column: self.columns.lr.and_then(name),
            has_tokens: self.columns.has_tokens,
            unwanted: run.unwanted,
            blank: run.blank,
            end: run.end,
            trunk: run.trunk,
            size: run.size.size(),
            carried: run.carried.into_columns(self.table, &self.course()),
            excluded: run.excluded,
        }
    }
}
