//! Reads all rows of a table in parallel.

use super::block::Block;
use super::held::Held;
use super::raw::{NextRow, RawRow};
use super::read_part::{ReadPart, part_of};
use super::stream::Stream;
use crate::{Error, Result};
use rayon::prelude::*;
use std::cell::RefCell;

/// Blocks that are read before their results are combined. On a busy machine, more frequent waiting
/// costs more than the work.
const BLOCKS: usize = 64;

/// Bytes of a part that is not a block.
const PART: usize = 1 << 20;

/// Buffers that a thread reuses from part to part.
#[derive(Default)]
struct Room {
    marks: Vec<usize>,
    held: Held,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// Blocks that arrived in sequence.
struct Batch {
    blocks: Vec<Block>,
    /// The error that ended the reading, if any.
    failed: Option<Error>,
    /// Whether more blocks may follow. Otherwise no rows follow, or rows that cannot be split off.
    full: bool,
}

impl Stream<'_> {
    /// Reads blocks of rows in parallel, and passes each part's result to `put` in the order of the
    /// table. The outcome is the same as reading row by row.
    pub(in crate::tables) fn in_parts<R: ReadPart>(
        &mut self,
        reader: &R,
        mut put: impl FnMut(R::Part) -> Result<()>,
    ) -> Result<()> {
        #[cfg(feature = "parquet")]
        if let Some(columns) = self.columnar() {
            return columns.in_parts(reader, put);
        }
        let mut spare = Vec::new();
        loop {
            let batch = self.arrived(&mut spare);
            for (part, room) in parts(reader, batch.blocks) {
                spare.push(room);
                put(part?)?;
            }
            if let Some(error) = batch.failed {
                return Err(error);
            }
            if batch.full {
                continue;
            }
            let (part, finished) = ROOM.with_borrow_mut(|room| {
                part_of(reader, |row| self.next(row), PART, &mut room.held)
            })?;
            put(part)?;
            if finished {
                return Ok(());
            }
        }
    }

    /// Reads at most the number of blocks that are combined at once.
    fn arrived(&mut self, spare: &mut Vec<Vec<u8>>) -> Batch {
        let most = BLOCKS.max(4 * rayon::current_num_threads());
        let mut blocks = Vec::with_capacity(most);
        let mut failed = None;
        while blocks.len() < most {
            match self.block(spare) {
                Ok(Some(block)) => blocks.push(block),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        Batch {
            full: blocks.len() == most,
            blocks,
            failed,
        }
    }
}

/// The result of each block in order, with its buffer for reuse.
fn parts<R: ReadPart>(reader: &R, blocks: Vec<Block>) -> Vec<(Result<R::Part>, Vec<u8>)> {
    let part = |block: Block| {
        let part = ROOM.with_borrow_mut(|room| part(reader, &block, room));
        (part, block.into_room())
    };
    blocks.into_par_iter().map(part).collect()
}

fn part<R: ReadPart>(reader: &R, block: &Block, room: &mut Room) -> Result<R::Part> {
    let mut rows = block.rows(&mut room.marks);
    let part = if reader.changes_rows() {
        let next = |row: &mut RawRow| Ok(rows.next().map(|next| row.set(next)).is_some());
        part_of(reader, next, usize::MAX, &mut room.held)?.0
    } else {
        reader.read(&mut rows)?
    };
    rows.failure().map(|()| part)
}

#[cfg(test)]
mod tests {
    use super::super::raw::RowView;
    use super::super::source::Source;
    use super::super::whole;
    use super::*;

    /// Collects every row. A mark may be added to each row first.
    struct Lines {
        mark: Option<&'static str>,
    }

    fn written(row: &RowView<'_>) -> (u64, Vec<String>) {
        let cells = (0..row.width()).map(|k| row.written(k).to_owned());
        (row.line, cells.collect())
    }

    impl ReadPart for Lines {
        type Part = Vec<(u64, Vec<String>)>;

        fn changes_rows(&self) -> bool {
            self.mark.is_some()
        }

        fn columns(&self) -> Vec<usize> {
            (0..3).collect()
        }

        fn change(&self, row: &mut RawRow) -> Result<()> {
            row.add(self.mark.unwrap_or_default());
            Ok(())
        }

        fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Self::Part> {
            let mut part = Vec::new();
            while let Some(row) = rows.next() {
                part.push(written(row));
            }
            Ok(part)
        }
    }

    fn in_parts(text: &str, mark: Option<&'static str>) -> Vec<(u64, Vec<String>)> {
        let source = Source::bytes(text.as_bytes(), "t.csv");
        let mut rows = Vec::new();
        let read = Stream::open(&source).and_then(|(_, mut stream)| {
            stream.in_parts(&Lines { mark }, |part| {
                rows.extend(part);
                Ok(())
            })
        });
        assert_eq!(read, Ok(()));
        rows
    }

    /// Blocks, rows with quotes and blank lines: reading in parts gives the rows of reading at
    /// once.
    #[test]
    fn rows_in_parts_are_the_rows_of_the_table() {
        let mut text = "a,b,c\n".to_owned();
        for k in 0..60_000 {
            text += &match k % 20_011 {
                7 => format!("\"{k}\nand more\",x,\"\"\n\n"),
                _ => format!("{k},é{},\r\n", k % 13),
            };
        }
        let whole = whole::read(&Source::bytes(text.as_bytes(), "t.csv"));
        let rows = whole.map(|table| table.rows).unwrap_or_default();
        let mut wanted: Vec<_> = rows.iter().map(|row| written(&row.view())).collect();
        assert_eq!(wanted.len(), 60_000);
        assert!(in_parts(&text, None) == wanted);
        wanted.iter_mut().for_each(|row| row.1.push("mark".into()));
        assert!(in_parts(&text, Some("mark")) == wanted);
    }
}
