//! Names formed from the cells of several columns.

use super::log::RawRow;
use std::borrow::Cow;

/// The separator between the cells of such a name.
const BETWEEN: &str = " / ";

impl RawRow {
    /// The cells of these columns as one name.
    pub(super) fn name(&self, columns: &[usize]) -> Cow<'_, str> {
        match columns {
            [one] => Cow::Borrowed(self.cell(*one)),
            _ => {
                let cells: Vec<&str> = columns.iter().map(|k| self.cell(*k)).collect();
                Cow::Owned(joined(&cells))
            }
        }
    }

    /// The name of the row's series; `None` if a part of it is blank.
    pub(super) fn key(&self, by: &[usize]) -> Option<Cow<'_, str>> {
        let is_blank = by.iter().any(|column| self.cell(*column).is_empty());
        (!is_blank).then(|| self.name(by))
    }
}

/// The cells separated by ` / `. A cell that contains a slash is quoted, so that different cells
/// never give the same name.
fn joined(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| match cell.contains(['/', '"']) {
        true => Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\""))),
        false => Cow::Borrowed(*cell),
    });
    cells.collect::<Vec<_>>().join(BETWEEN)
}
