//! All rows of a table, many of them read at the same time.

use super::block::Block;
use super::held::Held;
use super::raw::{RawRow, Rows};
use super::stream::Stream;
use crate::{Error, Result};
use rayon::prelude::*;
use std::cell::RefCell;

/// What is made of some rows of a table, which follow one another.
pub(in crate::tables) trait ReadPart: Sync {
    /// What it makes of them.
    type Part: Send;

    /// Whether rows are changed before they are read.
    fn changes_rows(&self) -> bool;

    /// Changes a row before it is read.
    fn change(&self, row: &mut RawRow) -> Result<()>;

    /// Reads some rows.
    fn read<'r>(&self, rows: &mut impl Rows<'r>) -> Result<Self::Part>;
}

/// Blocks between two times of putting together, at least: on a busy machine, waiting for one
/// another costs more than the work.
const BLOCKS: usize = 64;

/// Bytes of a part that is not a block.
const PART: usize = 1 << 20;

/// What a block holds, and the room in which it stood.
type Read<P> = (Result<P>, Vec<u8>);

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
    /// Blocks of rows are read at the same time, while those before them are put together and those
    /// after them arrive, so that the outcome is that of one row after the other.
    pub(in crate::tables) fn in_parts<R: ReadPart>(
        &mut self,
        reader: &R,
        mut put: impl FnMut(R::Part) -> Result<()> + Send,
    ) -> Result<()> {
        let mut spare = Vec::new();
        let mut put_all = |read: Vec<Read<R::Part>>, spare: &mut Vec<Vec<u8>>| {
            read.into_iter().try_for_each(|(part, room)| {
                spare.push(room);
                put(part?)
            })
        };
        let mut read = Vec::new();
        loop {
            let mut batch = self.arrived(&mut spare);
            while batch.full {
                let around = || {
                    put_all(std::mem::take(&mut read), &mut spare)?;
                    Ok::<Batch, Error>(self.arrived(&mut spare))
                };
                let (next, now) = rayon::join(around, || parts(reader, batch.blocks));
                (batch, read) = (next?, now);
            }
            let last = parts(reader, batch.blocks);
            put_all(std::mem::take(&mut read), &mut spare)?;
            put_all(last, &mut spare)?;
            if let Some(error) = batch.failed {
                return Err(error);
            }
            let (part, finished) = ROOM.with_borrow_mut(|room| {
                part_of(reader, |row| self.next(row), PART, &mut room.held)
            })?;
            put_all(vec![(Ok(part), Vec::new())], &mut spare)?;
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

/// What blocks hold, in their order.
fn parts<R: ReadPart>(reader: &R, blocks: Vec<Block>) -> Vec<Read<R::Part>> {
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

/// What rows hold that `next` gives one after the other: no more of them than take so many bytes.
/// And whether there are no more. `held` is room for them.
fn part_of<R: ReadPart>(
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
