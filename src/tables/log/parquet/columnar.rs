//! A file whose rows are read one after the other.

use super::group::{Group, Table};
use crate::Result;
use crate::tables::log::raw::RawRow;
use crate::tables::log::record::record;
use crate::tables::log::typed::Chunk;
use std::fs::File;
use std::sync::Arc;

/// Rows that are read at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// By one thread, at most: what it makes of them waits for that of others.
    pub(super) most: usize,
    /// At least, where a row group is divided: what is before them in their page is read in vain.
    pub(super) fewest: usize,
    /// Of a chunk. The numbers of a few columns stay in the cache of a processor.
    pub(super) chunk: usize,
    /// Of a chunk where few of its rows are wanted.
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

/// Rows in their order.
pub(in crate::tables::log) struct Columnar {
    pub(super) table: Arc<Table>,
    /// The rows that are read, and the next of them.
    chunk: Chunk,
    next: usize,
    /// Where the rows after them are.
    open: Option<Group>,
    /// The row group after that.
    group: usize,
    /// Rows that the next chunk may have. Who looks at how a table begins needs few, so that the
    /// first has few, and the next ones have twice as many each.
    pub(super) most: usize,
    pub(super) sizes: Sizes,
    /// Whether some columns were not read.
    pub(super) some: bool,
}

impl Columnar {
    /// The rows and the names of the columns of a file.
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

    /// A file as CSV, for what reads text; only the beginning once it has `enough` bytes.
    pub(in crate::tables::log) fn as_csv(file: File, name: &str, enough: usize) -> Result<Vec<u8>> {
        let (mut columns, header) = Columnar::open(file, name)?;
        let mut text = record(header.iter().map(String::as_str));
        let mut row = RawRow::default();
        while text.len() < enough && columns.next(&mut row)? {
            text += &record((0..row.width()).map(|k| row.written(k)));
        }
        Ok(text.into_bytes())
    }

    /// The next row, in place of the one that `row` held; `false` after the last.
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

    /// Reads more rows; `false` where there are none.
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
