//! Reads the rows of a file in parallel, and completes the rows that are kept.

use super::columnar::{Columnar, Sizes};
use super::group::{Group, Table};
use super::rows::Rows;
use crate::Result;
use crate::tables::log::complaint::too_large;
use crate::tables::log::held::Held;
use crate::tables::log::limits::MEMORY;
use crate::tables::log::raw::RawRow;
use crate::tables::log::read_part::{ReadPart, part_of};
use crate::tables::log::typed::Chunk;
use rayon::prelude::*;
use std::sync::Arc;

/// Parts per thread, so that no thread waits long for another.
const PARTS: usize = 8;

/// Consecutive rows of a row group.
#[derive(Clone, Copy)]
struct Range {
    group: usize,
    from: usize,
    rows: usize,
}

impl Columnar {
    /// Reads all rows in parallel, and passes each part's result to `put` in the order of the
    /// table.
    pub(in crate::tables::log) fn in_parts<R: ReadPart>(
        &mut self,
        reader: &R,
        mut put: impl FnMut(R::Part) -> Result<()>,
    ) -> Result<()> {
        let wanted = match reader.changes_rows() {
            true => self.table.all(),
            false => known(reader.columns(), self.table.columns.len()),
        };
        self.some = wanted.len() < self.table.columns.len();
        let (table, sizes) = (&self.table, self.sizes);
        let mut ranges = ranges(table, &wanted, sizes);
        loop {
            let some: Vec<Range> = ranges
                .by_ref()
                .take(2 * rayon::current_num_threads())
                .collect();
            if some.is_empty() {
                return Ok(());
            }
            let parts = some
                .into_par_iter()
                .map(|range| read(table, range, sizes.chunk, &wanted, reader));
            for parts in parts.collect::<Vec<_>>() {
                parts?.into_iter().try_for_each(&mut put)?;
            }
        }
    }

    /// Reads the missing columns of rows that were read in part.
    pub(in crate::tables::log) fn complete(&self, mut rows: Vec<&mut RawRow>) -> Result<()> {
        if !self.some {
            return Ok(());
        }
        rows.sort_unstable_by_key(|row| row.line);
        let all = self.table.all();
        let mut held = 0;
        let mut rows = rows.into_iter().peekable();
        for (group, first) in self.table.lines.iter().enumerate() {
            let last = first.saturating_add(self.table.rows(group) as u64);
            let mut open = None;
            let mut chunk = Chunk::default();
            while let Some(row) = rows.next_if(|row| row.line < last) {
                let open: &mut Group = match &mut open {
                    Some(open) => open,
                    none => none.insert(self.table.group(group, &all, 0)?),
                };
                if row.line >= chunk.end() {
                    open.skip((row.line - open.line) as usize)?;
                    open.next(&mut chunk, self.sizes.few)?;
                }
                let place = row.line.saturating_sub(chunk.line);
                row.set_stored(&chunk, place as usize);
                held += row.size();
                if held > MEMORY {
                    return Err(too_large(self.table.source(), row.line));
                }
            }
        }
        Ok(())
    }
}

/// The columns below `width`, each once.
fn known(mut columns: Vec<usize>, width: usize) -> Vec<usize> {
    columns.retain(|column| *column < width);
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// All rows, divided into ranges for threads.
fn ranges(table: &Table, wanted: &[usize], sizes: Sizes) -> impl Iterator<Item = Range> {
    let groups = 0..table.lines.len();
    let all = groups
        .clone()
        .map(|group| table.rows(group))
        .fold(0, usize::saturating_add);
    let most = match table.is_nested(wanted) {
        true => usize::MAX,
        false => (all / (PARTS * rayon::current_num_threads())).clamp(sizes.fewest, sizes.most),
    };
    groups.flat_map(move |group| {
        let rows = table.rows(group);
        // Equal lengths: a short remainder would cost nearly as much as a full range.
        let each = rows.div_ceil(rows.div_ceil(most).max(1)).max(1);
        (0..rows).step_by(each).map(move |from| Range {
            group,
            from,
            rows: each.min(rows - from),
        })
    })
}

/// Reads a range of rows chunk by chunk.
fn read<R: ReadPart>(
    table: &Arc<Table>,
    range: Range,
    at_once: usize,
    wanted: &[usize],
    reader: &R,
) -> Result<Vec<R::Part>> {
    let mut open = table.group(range.group, wanted, range.from)?;
    let mut left = range.rows;
    let mut parts = Vec::new();
    let (mut chunk, mut held) = (Chunk::default(), Held::default());
    while left > 0 && open.next(&mut chunk, left.min(at_once))? {
        left -= chunk.rows;
        parts.push(match reader.changes_rows() {
            true => changed(&chunk, reader, &mut held)?,
            false => reader.read(&mut Rows::of(&chunk))?,
        });
    }
    Ok(parts)
}

/// Reads rows that are changed first.
fn changed<R: ReadPart>(chunk: &Chunk, reader: &R, held: &mut Held) -> Result<R::Part> {
    let mut next = 0;
    let copied = |row: &mut RawRow| {
        let more = next < chunk.rows;
        if more {
            row.set_stored(chunk, next);
            next += 1;
        }
        Ok(more)
    };
    part_of(reader, copied, usize::MAX, held).map(|(part, _)| part)
}
