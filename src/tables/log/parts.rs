//! All rows of a table, many of them read at the same time.

use super::block::Block;
use super::held::Held;
use super::raw::{NextRow, RawRow};
use super::read_part::{ReadPart, part_of};
use super::stream::Stream;
use crate::{Error, Result};
use rayon::prelude::*;
use std::cell::RefCell;

/// Blocks that are read before what was made of them is put together. On a busy machine, waiting
/// for one another more often costs more than the work.
const BLOCKS: usize = 64;

/// Bytes of a part that is not a block.
const PART: usize = 1 << 20;

/// Room that a thread uses for one part after the other.
#[derive(Default)]
struct Room {
    marks: Vec<usize>,
    held: Held,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// Blocks that arrived one after the other.
struct Batch {
    blocks: Vec<Block>,
    /// What the reading ended with.
    failed: Option<Error>,
    /// Whether more blocks may follow; else rows do that cannot be split off, or none.
    full: bool,
}

impl Stream<'_> {
    /// Reads all rows, and has `put` put together what was made of them, in the order of the table.
    /// Many blocks of rows are read at the same time, and the outcome is that of one row after the
    /// other.
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

    /// As many blocks as are put together at once, or fewer.
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

/// What blocks hold, in their order, and the room in which each stood.
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

    /// Collects every row; rows may be told apart by a mark that is added to them first.
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

    /// Rows in blocks, rows with quotes between them, and blank lines: in parts as all at once.
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
