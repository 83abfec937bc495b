//! Tables as trackers write them, made into one row a run before any column gets its role.
//!
//! ```text
//! wide (one column a run) -> join (what else is known of a run) -> let (columns from formulas) -> reduce (curves to their ends)
//! ```
//!
//! Rows that are reduced are not held: a log of any length is read in the memory that its runs take.

mod additions;
mod curves;
mod derive;
mod gathered;
mod join;
mod losses;
mod part;
mod reduce;
mod wanted;
mod wide;

use super::log::{self, RawTable, Source, Stream};
pub use reduce::Reduce;
pub use wanted::{Let, Reshape};

use super::options::ReadOptions;
use crate::Result;
use additions::Additions;
use curves::Curves;

/// Reads a table and applies what is asked for.
pub(super) fn read(source: &Source<'_>, options: &ReadOptions) -> Result<RawTable> {
    let how = &options.reshape;
    let (mut table, rows) = if how.wide {
        let mut table = wide::long(log::read(source)?, options)?;
        let rows = std::mem::take(&mut table.rows);
        (table, Stream::held(rows))
    } else {
        Stream::open(source)?
    };
    let width = table.header.len();
    let additions = Additions::plan(&mut table, how, options)?;
    let Some(rule) = how.reduce else {
        let name = table.source.clone();
        return log::hold(table, rows, |row| additions.add_to(row, &name));
    };
    let again = (source.reopens() && !how.wide).then_some(source);
    let curves = Curves::plan(&table, width, &additions, rule, options)?;
    let (rows, note) = curves.reduce(rows, again)?;
    table.rows = rows;
    table.notes.push(note);
    Ok(table)
}
