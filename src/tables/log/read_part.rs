//! The interface for reading part of a table.

use super::held::Held;
use super::raw::{NextRow, RawRow};
use crate::Result;

/// A reader of consecutive rows of a table.
pub(in crate::tables) trait ReadPart: Sync {
    /// Its result for these rows.
    type Part: Send;

    /// Whether rows are changed before they are read.
    fn changes_rows(&self) -> bool;

    /// The columns that are needed of every row if rows are not changed. Only Parquet can skip the
    /// others.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code))]
    fn columns(&self) -> Vec<usize>;

    /// Changes a row before it is read.
    fn change(&self, row: &mut RawRow) -> Result<()>;

    /// Reads some rows.
    fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Self::Part>;
}

/// Reads the rows that `next` gives, up to about `most` bytes. Returns the result and whether the
/// rows have ended. `held` is a buffer.
pub(super) fn part_of<R: ReadPart>(
    reader: &R,
    mut next: impl FnMut(&mut RawRow) -> Result<bool>,
    most: usize,
    held: &mut Held,
) -> Result<(R::Part, bool)> {
    held.clear();
    let mut row = RawRow::default();
    let mut more = Ok(true);
    while held.size() < most {
        more = next(&mut row).and_then(|more| {
            if more && reader.changes_rows() {
                reader.change(&mut row)?;
            }
            Ok(more)
        });
        match more {
            Ok(true) => held.push(&row),
            _ => break,
        }
    }
    // The rows before an error are read first: one of them may have an earlier error.
    let part = reader.read(&mut held.rows())?;
    Ok((part, !more?))
}
