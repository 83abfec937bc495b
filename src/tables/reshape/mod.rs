//! Tables as trackers write them, converted to one row per run before any column gets its role.
//!
//! ```text
//! wide (one column a run) -> join (what else is known of a run) -> let (columns from formulas) -> reduce (curves to their ends)
//! ```
//!
//! Rows that are reduced are not held, so a log of any length takes memory for its runs only.

mod additions;
mod anchors;
mod best;
mod curves;
mod derive;
mod gathered;
mod join;
mod keys;
mod losses;
mod part;
mod reduce;
mod tasks;
mod wanted;
mod wide;

use super::log::{self, RawRow, RawTable, Source, Stream};
use super::overview;
use super::select;
pub use reduce::Reduce;
pub use wanted::{Let, Prefer, Reshape};

use super::options::{CountOptions, ReadOptions};
use crate::{Error, Result};
use additions::Additions;
use anchors::Anchors;
use best::Best;
use curves::Curves;

/// Reads a table and applies what is asked for.
pub(super) fn read(source: &Source<'_>, options: &ReadOptions) -> Result<RawTable> {
    let how = &options.reshape;
    let (mut table, rows) = if how.wide {
        let mut table = wide::long(log::read_with(source, how.decimal)?, options)?;
        let rows = std::mem::take(&mut table.rows);
        (table, Stream::held(rows))
    } else {
        let (table, rows) = Stream::open(source)?;
        let rows = rows.written_with(how.decimal, &table)?;
        (table, rows)
    };
    let anchors = |table: &RawTable| Anchors::of_runs(table, options);
    let conditions = [&options.excludes[..], &options.filters];
    let params = options.params_col.as_deref();
    let used = |table: &RawTable| select::used(table, options);
    let additions = match Additions::plan(&mut table, how, anchors, conditions, params, used) {
        Ok(additions) => additions,
        Err(error) => return Err(explained(error, table, rows, options)),
    };
    let Some(rule) = how.reduce else {
        return with_additions(table, rows, &additions);
    };
    if rule.chooses_rows() {
        let best = match Best::plan(&table, rule, options) {
            Ok(best) => best,
            Err(error) => return Err(explained(error, table, rows, options)),
        };
        let (rows, note) = best.of(rows, &additions)?;
        table.rows = rows;
        return Ok(noted(table, note, &additions));
    }
    let again = (source.reopens() && !how.wide).then_some(source);
    let curves = match Curves::plan(&table, &additions, rule, options) {
        Ok(curves) => curves,
        Err(error) => return Err(explained(error, table, rows, options)),
    };
    let (rows, note) = curves.reduce(rows, again)?;
    table.rows = rows;
    Ok(noted(table, note, &additions))
}

/// Adds what the first rows hold to an error about columns.
fn explained(
    error: Error,
    mut table: RawTable,
    mut rows: Stream<'_>,
    options: &ReadOptions,
) -> Error {
    if !error.is_about_columns() {
        return error;
    }
    let (mut row, mut held) = (RawRow::default(), 0);
    while held < overview::OPENING && rows.next(&mut row).is_ok_and(|more| more) {
        held += row.size();
        table.rows.push(row.clone());
    }
    overview::before_joins(error, &table, options)
}

fn noted(mut table: RawTable, note: String, additions: &Additions<'_>) -> RawTable {
    table.notes.push(note);
    table.notes.extend(additions.notes());
    table
}

/// Reads a table of pass counts and applies what is asked for.
pub(super) fn read_counts(source: &Source<'_>, options: &CountOptions) -> Result<RawTable> {
    let (mut table, rows) = Stream::open(source)?;
    let rows = rows.written_with(options.reshape.decimal, &table)?;
    let anchors = |table: &RawTable| Anchors::of_counts(table, options);
    let conditions = [&options.excludes[..], &options.filters];
    let params = options.params_col.as_deref();
    let how = &options.reshape;
    // The roles of such columns depend on the rows, which are not read yet.
    let all = |_: &RawTable| None;
    let additions = Additions::plan(&mut table, how, anchors, conditions, params, all)?;
    tasks::as_rows(with_additions(table, rows, &additions)?, options)
}

/// The table with all its rows.
fn with_additions(
    table: RawTable,
    rows: Stream<'_>,
    additions: &Additions<'_>,
) -> Result<RawTable> {
    let name = table.source.clone();
    let mut table = log::hold(table, rows, |row| additions.add_to(row, &name))?;
    table.notes.extend(additions.notes());
    Ok(table)
}
