//! Whole rows of a table without quotes, split off for whoever reads them at the same time as others.

use super::raw::{Delimiter, RawRow};
use super::records::ragged;
use super::window::{Part, utf8};
use crate::{Error, Result};
use memchr::memchr2;

/// Rows that follow one another: each is the line itself.
pub(super) struct Block {
    pub(super) part: Part,
    /// 1-based line on which it begins.
    pub(super) line: u64,
    pub(super) delimiter: Delimiter,
    /// Columns.
    pub(super) width: usize,
    pub(super) source: String,
}

impl Block {
    /// Its rows, one after the other.
    pub(super) fn lines(&self) -> Lines<'_> {
        let bytes = self.part.bytes();
        let (text, failed) = match utf8(bytes, &self.source, self.line) {
            Ok(text) => (text, None),
            // What stands before it is read first: it may be the first to be complained about.
            Err(error) => (before(bytes), Some(error)),
        };
        Lines {
            block: self,
            text,
            line: self.line,
            failed,
        }
    }

    /// The room in which it stood, for others.
    pub(super) fn into_room(self) -> Vec<u8> {
        self.part.into_room()
    }
}

/// The whole lines before what is no text.
fn before(bytes: &[u8]) -> &str {
    let valid = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    };
    let end = valid.rfind(['\r', '\n']).map_or(0, |at| at + 1);
    &valid[..end]
}

/// The rows of a block not yet read.
pub(super) struct Lines<'a> {
    block: &'a Block,
    text: &'a str,
    line: u64,
    failed: Option<Error>,
}

impl Lines<'_> {
    /// The next row, in place of the one that `row` held; `false` after the last.
    pub(super) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        while !self.text.is_empty() {
            let bytes = self.text.as_bytes();
            let end = memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
            let (line, rest) = self.text.split_at(end);
            let number = self.line;
            let over = 1 + usize::from(rest.starts_with("\r\n"));
            self.line += u64::from(!rest.is_empty());
            self.text = rest.get(over..).unwrap_or("");
            if line.is_empty() {
                continue;
            }
            row.line = number;
            row.set_line(line, self.block.delimiter.byte());
            if row.width() == 1 && row.cell(0).is_empty() {
                continue;
            }
            if row.width() != self.block.width {
                let Block {
                    width,
                    delimiter,
                    source,
                    ..
                } = self.block;
                return Err(ragged(row, *width, *delimiter, source));
            }
            return Ok(true);
        }
        match self.failed.take() {
            Some(error) => Err(error),
            None => Ok(false),
        }
    }
}
