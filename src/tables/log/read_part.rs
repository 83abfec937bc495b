//! What is made of some rows of a table.

use super::held::Held;
use super::raw::{NextRow, RawRow};
use crate::Result;

/// What is made of some rows of a table, which follow one another.
pub(in crate::tables) trait ReadPart: Sync {
    /// What it makes of them.
    type Part: Send;

    /// Whether rows are changed before they are read.
    fn changes_rows(&self) -> bool;

    /// The columns that are looked at in every row, where rows are not changed. Only Parquet is
    /// stored so that others need not be read.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code))]
    fn columns(&self) -> Vec<usize>;

    /// Changes a row before it is read.
    fn change(&self, row: &mut RawRow) -> Result<()>;

    /// Reads some rows.
    fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Self::Part>;
}

/// What rows hold that `next` gives one after the other: no more of them than take so many bytes.
/// And whether there are no more. `held` is room for them.
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
    // What stands before an error is read first: it may be the first to be complained about.
    let part = reader.read(&mut held.rows())?;
    Ok((part, !more?))
}
