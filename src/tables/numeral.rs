//! How the numbers of a column are written.

use super::heading::Unit;
use super::log::{Delimiter, RawTable, RowView};
use crate::quantity::{Parsed, QuantityError, Scale, between_thousands, parse_in, parse_quantity};
use crate::text::trimmed;
use std::borrow::Cow;

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Numeral {
    /// The unit of numbers that have none of their own.
    pub(super) unit: Option<Unit>,
    /// Whether commas separate thousands.
    pub(super) thousands: bool,
}

impl Numeral {
    /// The number of a cell.
    #[inline]
    pub(super) fn read(&self, cell: &str) -> Result<Parsed, QuantityError> {
        if self.unit.is_some() || self.thousands {
            return self.read_marked(cell);
        }
        match parse_quantity(cell) {
            // An approximate number such as `~1,5` begins with another character.
            Ok(_) if !cell.starts_with(|c: char| c.is_ascii_digit()) => parse_in(cell, Scale::ONE),
            read => read.map(|value| Parsed {
                value,
                approximate: false,
            }),
        }
    }

    /// The number of a cell of a row, which may be stored as a number.
    #[inline]
    pub(super) fn read_in(
        &self,
        row: &RowView<'_>,
        column: usize,
    ) -> Result<Parsed, QuantityError> {
        let plain = self.unit.is_none() && !self.thousands;
        match row.stored(column).filter(|_| plain) {
            Some(value) => Ok(Parsed {
                value,
                approximate: false,
            }),
            None => self.read(row.cell(column)),
        }
    }

    fn read_marked(&self, cell: &str) -> Result<Parsed, QuantityError> {
        let scale = self.unit.map_or(Scale::ONE, |unit| unit.scale);
        let cell = match self.thousands && is_grouped(cell).is_some() {
            true => Cow::Owned(cell.replace(',', "")),
            false => Cow::Borrowed(cell),
        };
        parse_in(&cell, scale)
    }
}

/// Whether the commas of a cell can only separate thousands; `None` if they cannot.
fn is_grouped(cell: &str) -> Option<bool> {
    let start = cell.find(|c: char| c.is_ascii_digit())?;
    let is_part = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    let number = cell[start..].split(|c| !is_part(c)).next()?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    between_thousands(whole, ',', 1)?;
    let several = whole.matches(',').count() > 1;
    (!fraction.contains(',')).then_some(several || number.contains('.'))
}

/// Whether the commas of a column of sizes separate thousands.
///
/// Every cell with a comma must have groups of exactly three digits. A cell whose commas can only
/// separate thousands decides. Without one, commas separate thousands unless the table has decimal
/// commas elsewhere or is separated by semicolons, as tables with decimal commas are.
pub(super) fn has_thousands(table: &RawTable, column: usize, losses: Option<usize>) -> bool {
    let cells = |column: usize| {
        let cells = table.rows.iter().map(move |row| trimmed(row.cell(column)));
        cells.filter(|cell| cell.contains(',') && cell.contains(|c: char| c.is_ascii_digit()))
    };
    let (mut any, mut sure) = (false, false);
    for cell in cells(column) {
        match is_grouped(cell) {
            Some(only) => (any, sure) = (true, sure || only),
            None => return false,
        }
    }
    let decimal_elsewhere = || losses.is_some_and(|column| cells(column).next().is_some());
    any && (sure || (table.delimiter != Delimiter::Semicolon && !decimal_elsewhere()))
}
