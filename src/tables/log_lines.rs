//! Which rows of a log belong to its run.

use super::columns::Column;
use super::log::{NextRow, RawRow, RawTable, ReadPart, Source, Stream};
use super::log_columns::LogColumns;
use super::run_log::LogOptions;
use super::select::Sieve;
use crate::Result;

/// The line of every row that the conditions keep, and the step that the run had reached: the row's
/// own step, or that of the row before it if it has none.
///
/// # Errors
/// As for [`read_logs`](super::run_log::read_logs), except that runs are not told apart.
pub(crate) fn log_lines(source: &Source<'_>, options: &LogOptions) -> Result<Vec<(u64, f64)>> {
    source.placed(read(source, options))
}

fn read(source: &Source<'_>, options: &LogOptions) -> Result<Vec<(u64, f64)>> {
    let (table, rows) = Stream::open(source)?;
    let mut rows = rows.written_with(options.decimal, &table)?;
    let reader = Lines {
        x: LogColumns::find(&table, &options.names)?.x,
        sieve: Sieve::new(&table, &options.excludes, &options.filters)?,
        table: &table,
    };
    let mut all = Vec::new();
    let mut reached = 0.0;
    rows.in_parts(&reader, |part| {
        all.extend(part.into_iter().map(|(line, x)| {
            reached = x.unwrap_or(reached);
            (line, reached)
        }));
        Ok(())
    })?;
    Ok(all)
}

struct Lines<'a> {
    table: &'a RawTable,
    x: Column,
    sieve: Sieve<'a>,
}

impl ReadPart for Lines<'_> {
    type Part = Vec<(u64, Option<f64>)>;

    fn changes_rows(&self) -> bool {
        false
    }

    fn columns(&self) -> Vec<usize> {
        self.sieve.columns().chain([self.x.index]).collect()
    }

    fn change(&self, _: &mut RawRow) -> Result<()> {
        Ok(())
    }

    fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Self::Part> {
        let mut lines = Vec::new();
        while let Some(row) = rows.next() {
            if self.sieve.refusal(row, self.table)?.is_none() {
                let x = self.x.numeral.read_in(row, self.x.index);
                let x = x.ok().map(|read| read.value);
                lines.push((row.line, x.filter(|x| x.is_finite() && *x >= 0.0)));
            }
        }
        Ok(lines)
    }
}
