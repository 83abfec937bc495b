//! Reads the rows of a Parquet file in order.

use super::group::{Group, Table};
use crate::Result;
use crate::tables::log::raw::RawRow;
use crate::tables::log::record::record;
use crate::tables::log::typed::Chunk;
use std::fs::File;
use std::sync::Arc;

/// How many rows are read at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Rows of a thread at most: other threads wait for its result.
    pub(super) most: usize,
    /// Rows of a thread at least, if a row group is divided: earlier rows of the same page are
    /// decoded in vain.
    pub(super) fewest: usize,
    /// Rows of a chunk: the numbers of a few columns fit a processor cache.
    pub(super) chunk: usize,
    /// Rows of a chunk if few of its rows are wanted.
    pub(super) few: usize,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes {
            most: 1 << 18,
            fewest: 1 << 16,
            chunk: 1 << 14,
            few: 1 << 10,
        }
    }
}

/// The rows of a file in order.
pub(in crate::tables::log) struct Columnar {
    pub(super) table: Arc<Table>,
    /// The current chunk, and the next of its rows.
    chunk: Chunk,
    next: usize,
    /// The row group of the following rows.
    open: Option<Group>,
    /// The row group after that.
    group: usize,
    /// Rows of the next chunk at most. It starts small, for readers of a table's beginning, and
    /// doubles with each chunk.
    pub(super) most: usize,
    pub(super) sizes: Sizes,
    /// Whether only some columns were read.
    pub(super) some: bool,
}

impl Columnar {
    /// Opens a file: its rows and the names of its columns.
    pub(in crate::tables::log) fn open(file: File, name: &str) -> Result<(Columnar, Vec<String>)> {
        let table = Table::open(file, name)?;
        let header = table.columns.iter().map(|column| column.name.clone());
        let header = header.collect();
        let sizes = Sizes::default();
        let columns = Columnar {
            table: Arc::new(table),
            chunk: Chunk::default(),
            next: 0,
            open: None,
            group: 0,
            most: sizes.few,
            sizes,
            some: false,
        };
        Ok((columns, header))
    }

    /// A file as CSV text; reading stops once there are `enough` bytes.
    pub(in crate::tables::log) fn as_csv(file: File, name: &str, enough: usize) -> Result<Vec<u8>> {
        let (mut columns, header) = Columnar::open(file, name)?;
        let mut text = record(header.iter().map(String::as_str));
        let mut row = RawRow::default();
        while text.len() < enough && columns.next(&mut row)? {
            text += &record((0..row.width()).map(|k| row.written(k)));
        }
        Ok(text.into_bytes())
    }

    /// Reads the next row into `row`; `false` after the last.
    pub(in crate::tables::log) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        while self.next == self.chunk.rows {
            if !self.next_chunk()? {
                return Ok(false);
            }
        }
        row.set_stored(&self.chunk, self.next);
        self.next += 1;
        Ok(true)
    }

    /// Reads the next chunk; `false` if there are no more rows.
    fn next_chunk(&mut self) -> Result<bool> {
        let open = match &mut self.open {
            Some(open) => open,
            None if self.group == self.table.lines.len() => return Ok(false),
            none => {
                let open = self.table.group(self.group, &self.table.all(), 0)?;
                self.group += 1;
                none.insert(open)
            }
        };
        self.next = 0;
        if !open.next(&mut self.chunk, self.most)? {
            self.open = None;
        }
        self.most = self.sizes.chunk.min(2 * self.most);
        Ok(true)
    }
}
