//! The rows of a chunk, one by one.

use crate::tables::log::raw::{NextRow, RowView};
use crate::tables::log::typed::Chunk;

/// The rows of a chunk that are not yet read.
pub(super) struct Rows<'a> {
    chunk: &'a Chunk,
    next: usize,
    row: Option<RowView<'a>>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(chunk: &'a Chunk) -> Rows<'a> {
        Rows {
            chunk,
            next: 0,
            row: None,
        }
    }
}

impl<'a> NextRow<'a> for Rows<'a> {
    #[inline]
    fn next(&mut self) -> Option<&RowView<'a>> {
        let row = self.next;
        self.next += 1;
        let line = self.chunk.line + row as u64;
        self.row = (row < self.chunk.rows).then(|| RowView::in_columns(line, self.chunk, row));
        self.row.as_ref()
    }
}
