//! Tables of learning rates by step.

use super::candidates::missing;
use super::columns::find_by_name;
use super::log::{Source, read as read_table};
use super::roles::{LR, STEP, TOKENS};
use super::row::unreadable;
use crate::Result;
use crate::text::excerpt;
use crate::{Error, ErrorKind};

/// The points (step, rate) of a table of learning rates, in order.
///
/// # Errors
/// [`ErrorKind::Data`] when a column is missing or a cell is not a number.
pub(crate) fn read_rates(bytes: &[u8], name: &str) -> Result<Vec<(f64, f64)>> {
    let table = read_table(&Source::bytes(bytes, name))?;
    let x = match find_by_name(&table, &STEP, &[])? {
        Some(column) => column,
        None => find_by_name(&table, &TOKENS, &[])?.ok_or_else(|| missing(&table, &STEP))?,
    };
    let rate = find_by_name(&table, &LR, &[x.index])?.ok_or_else(|| missing(&table, &LR))?;
    let mut points = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let number = |column: super::columns::Column| {
            let (heading, cell) = (&table.header[column.index], row.cell(column.index));
            let read = column.numeral.read(cell);
            read.map(|read| read.value).map_err(|error| {
                Error::new(ErrorKind::Data, unreadable(cell, heading, &error))
                    .at(&table.source, Some(row.line), Some(&excerpt(heading)))
                    .with_hint("give every row of the schedule a step and a learning rate")
            })
        };
        points.push((number(x)?, number(rate)?));
    }
    Ok(points)
}
