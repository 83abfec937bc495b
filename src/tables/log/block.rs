//! Whole rows of a table without quotes, split off so that threads can read them in parallel.

use super::complaint::ragged;
use super::marks;
use super::raw::{Delimiter, Layout, NextRow, RowView};
use super::window::{OwnedBytes, utf8};
use crate::{Error, Result};

/// Consecutive rows. Each row is a line of the text.
pub(super) struct Block {
    pub(super) bytes: OwnedBytes,
    /// 1-based line on which it begins.
    pub(super) line: u64,
    pub(super) delimiter: Delimiter,
    /// Columns.
    pub(super) width: usize,
    pub(super) source: String,
}

impl Block {
    /// Its rows in order. `marks` is a buffer for the ends of their cells.
    pub(super) fn rows<'a>(&'a self, marks: &'a mut Vec<usize>) -> Lines<'a> {
        let bytes = self.bytes.bytes();
        let (text, failed) = match utf8(bytes, &self.source, self.line) {
            Ok(text) => (text, None),
            // The rows before an error are read first: one of them may have an earlier error.
            Err(error) => (before(bytes), Some(error)),
        };
        let mut count = marks::find(text.as_bytes(), self.delimiter.byte(), marks);
        if !text.is_empty() && !text.ends_with(['\n', '\r']) {
            // The last line ends with the text.
            marks.insert(count, text.len());
            count += 1;
        }
        Lines {
            block: self,
            row: RowView {
                line: self.line,
                text,
                start: 0,
                ends: &[],
                layout: Layout::Every,
            },
            start: 0,
            line: self.line,
            marks: &marks[..count],
            failed,
        }
    }

    /// Its buffer, for reuse.
    pub(super) fn into_room(self) -> Vec<u8> {
        self.bytes.into_room()
    }
}

/// The whole lines before invalid UTF-8.
fn before(bytes: &[u8]) -> &str {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    };
    let end = valid.rfind(['\r', '\n']).map_or(0, |at| at + 1);
    &valid[..end]
}

/// The rows of a block that are not yet read.
pub(super) struct Lines<'a> {
    block: &'a Block,
    /// The last row read. Its text is the whole block.
    row: RowView<'a>,
    /// Where the next line begins, and its number.
    start: usize,
    line: u64,
    /// Where the cells of the remaining lines end.
    marks: &'a [usize],
    /// The error after the last line, if any.
    failed: Option<Error>,
}

impl Lines<'_> {
    /// The error that ended the rows, if there was one before the end of the block.
    pub(super) fn failure(self) -> Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

impl<'a> NextRow<'a> for Lines<'a> {
    #[inline]
    fn next(&mut self) -> Option<&RowView<'a>> {
        let Block {
            width,
            delimiter,
            source,
            ..
        } = self.block;
        let bytes = self.row.text.as_bytes();
        let separator = delimiter.byte();
        let ends_cell = |mark: &usize| bytes.get(*mark) == Some(&separator);
        while let Some(before) = self.marks.iter().position(|mark| !ends_cell(mark)) {
            let (ends, rest) = self.marks.split_at(before + 1);
            let end = ends[before];
            (self.row.line, self.row.start, self.row.ends) = (self.line, self.start, ends);
            let both = bytes[end..].starts_with(b"\r\n");
            self.marks = &rest[usize::from(both)..];
            self.start = end + 1 + usize::from(both);
            self.line += 1;
            if before == 0 && self.row.cell(0).is_empty() {
                continue;
            }
            let fits = ends.len() == *width;
            if !fits {
                self.failed = Some(ragged(&self.row, *width, *delimiter, source));
            }
            return fits.then_some(&self.row);
        }
        None
    }
}
