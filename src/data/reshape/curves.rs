//! Training curves → one row a run, while they are read.

use super::super::batch::Batch;
use super::super::block::Block;
use super::super::columns;
use super::super::options::ReadOptions;
use super::super::raw::{RawRow, RawTable, bad, too_large};
use super::super::select::Sieve;
use super::super::source::{MEMORY, Source};
use super::super::stream::Stream;
use super::Additions;
use super::losses::{Losses, Missed};
use super::reduce::Reduce;
use crate::Result;
use crate::quantity::parse_quantity;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Rows of runs and what was done, or the runs of which too little was held.
type Outcome = std::result::Result<(Vec<RawRow>, String), HashSet<String>>;

/// How the rows of a table are gathered into runs.
pub(super) struct Curves<'a> {
    table: &'a RawTable,
    additions: &'a Additions,
    /// Whether a column that every row is asked for is an added one; else only the row that is left needs them.
    early: bool,
    rule: Reduce,
    /// The columns that tell runs apart: runs of one name in different series are different runs.
    names: Vec<usize>,
    loss: usize,
    step: Option<usize>,
    sieve: Sieve<'a>,
}

/// A run in some of the rows.
struct Piece {
    name: String,
    /// The largest step, and the loss and the row there, the last of several.
    at: f64,
    loss: f64,
    row: RawRow,
}

/// What some rows hold, in their order.
#[derive(Default)]
struct Part {
    rows: usize,
    unwanted: usize,
    blank: usize,
    /// The last row of a run that has something written for a loss that is none, or else its first with nothing.
    lossless: HashMap<String, Lossless>,
    /// Whether no rows follow.
    last: bool,
    pieces: Vec<Piece>,
    /// Piece, step and loss of every row, where the rule needs them.
    losses: Vec<(usize, f64, f64)>,
}

/// A row of a run that has no loss: what is left of a run that diverged, or never had one.
struct Lossless {
    /// Its step, where something is written.
    at: f64,
    row: RawRow,
}

/// The step of a row without anything written: before any other.
const NOTHING: f64 = f64::NEG_INFINITY;

/// A run as far as it was read.
struct Curve {
    last: Piece,
    losses: Losses,
}

/// All runs, in the order in which they first appear.
#[derive(Default)]
struct Gathered {
    runs: Vec<Curve>,
    lossless: HashMap<String, Lossless>,
    places: HashMap<String, usize>,
    rows: usize,
    unwanted: usize,
    blank: usize,
    /// Bytes held.
    held: usize,
}

/// What a block holds, and the room in which it stood.
type Read = (Result<Part>, Vec<u8>);

/// Bytes of a part that is not split off.
const PART: usize = 1 << 20;

impl<'a> Curves<'a> {
    /// Finds the columns; those from `width` on are added ones.
    pub(super) fn plan(
        table: &'a RawTable,
        width: usize,
        additions: &'a Additions,
        rule: Reduce,
        options: &'a ReadOptions,
    ) -> Result<Curves<'a>> {
        let mut names = match &options.by {
            Some(by) => columns::find_by(table, by)?,
            None => Vec::new(),
        };
        names.push(columns::find_group(table, options)?);
        let loss = columns::find_loss(table, options)?;
        let step = columns::step_if_any(table, options)?;
        let sieve = Sieve::new(table, options)?;
        let early = {
            let asked = names.iter().copied().chain([loss]).chain(step);
            let mut asked = asked.chain(sieve.columns());
            asked.any(|column| column >= width)
        };
        Ok(Curves {
            early,
            table,
            additions,
            rule,
            names,
            loss,
            step,
            sieve,
        })
    }

    /// One row a run, the one with its largest step, with the loss by the rule; and what was done, in words. Rows whose
    /// loss is blank or no finite number are passed over.
    ///
    /// Of a source that can be read `again`, a run is held whole only where its steps are so far out of order that the
    /// first reading let go of what mattered.
    pub(super) fn reduce(
        &self,
        rows: Stream<'_>,
        again: Option<&Source<'_>>,
    ) -> Result<(Vec<RawRow>, String)> {
        let gathered = self.gather(rows, |_| again.is_none())?;
        let missed = match self.rows_of(gathered)? {
            Ok(reduced) => return Ok(reduced),
            Err(missed) => missed,
        };
        let changed = || {
            bad(&self.table.source, None, "it was changed while it was read")
                .with_hint("try again when nothing writes to it")
        };
        let (_, rows) = Stream::open(again.ok_or_else(changed)?)?;
        let gathered = self.gather(rows, |run| missed.contains(run))?;
        self.rows_of(gathered)?.map_err(|_| changed())
    }

    /// Puts all rows to their runs. Blocks of rows are read at the same time, while those before them are put together and
    /// those after them arrive, in their order, so that the outcome is that of one row after the other.
    fn gather(
        &self,
        mut rows: Stream<'_>,
        whole: impl Fn(&str) -> bool + Sync,
    ) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        let mut spare = Vec::new();
        let mut read: Vec<Read> = Vec::new();
        loop {
            let mut batch = Batch::arrived(&mut rows, &mut spare);
            while batch.full {
                let around = || {
                    self.put_all(&mut gathered, std::mem::take(&mut read), &mut spare, &whole)?;
                    Ok(Batch::arrived(&mut rows, &mut spare))
                };
                let (next, now) = rayon::join(around, || self.parts(batch.blocks));
                (batch, read) = (next?, now);
            }
            let last = self.parts(batch.blocks);
            self.put_all(&mut gathered, std::mem::take(&mut read), &mut spare, &whole)?;
            self.put_all(&mut gathered, last, &mut spare, &whole)?;
            if let Some(error) = batch.failed {
                return Err(error);
            }
            let part = self.part(|row| rows.next(row), PART)?;
            let finished = part.last;
            self.put_together(&mut gathered, part, &whole)?;
            if finished {
                break;
            }
        }
        match gathered.rows {
            0 => Err(rows.without_rows(&self.table.source)),
            _ => Ok(gathered),
        }
    }

    /// What blocks hold, in their order.
    fn parts(&self, blocks: Vec<Block>) -> Vec<Read> {
        let part = |block: Block| {
            let mut lines = block.lines();
            let part = self.part(|row| lines.next(row), usize::MAX);
            (part, block.into_room())
        };
        blocks.into_par_iter().map(part).collect()
    }

    /// The next rows, as long as they do not take so many bytes, by run.
    fn part(&self, mut next: impl FnMut(&mut RawRow) -> Result<bool>, most: usize) -> Result<Part> {
        let mut part = Part::default();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut row = RawRow::default();
        // Rows of one run mostly stand together.
        let (mut at, mut bytes) = (0, 0);
        while bytes < most {
            if !next(&mut row)? {
                part.last = true;
                break;
            }
            part.rows += 1;
            bytes += row.size();
            if self.early {
                self.additions.add_to(&mut row, &self.table.source)?;
            }
            if self.sieve.refusal(&row, self.table)?.is_some() {
                part.unwanted += 1;
                continue;
            }
            let loss = parse_quantity(row.cell(self.loss)).ok();
            let Some(loss) = loss.filter(|v| v.is_finite() && *v > 0.0) else {
                self.pass_over(&mut part, &row)?;
                continue;
            };
            self.refuse_unnamed(&row)?;
            let step = self.step_of(&row, part.rows)?;
            let name = self.name_of(&row);
            if part.pieces.get(at).is_none_or(|piece| piece.name != *name) {
                at = places.get(&*name).copied().unwrap_or(part.pieces.len());
                if at == part.pieces.len() {
                    places.insert(name.clone().into_owned(), at);
                    part.pieces.push(Piece {
                        name: name.into_owned(),
                        at: step,
                        loss,
                        row: RawRow::default(),
                    });
                }
            }
            if self.rule != Reduce::Last {
                part.losses.push((at, step, loss));
            }
            let piece = &mut part.pieces[at];
            if step.total_cmp(&piece.at).is_ge() {
                (piece.at, piece.loss) = (step, loss);
                // The row that it held is written over next.
                std::mem::swap(&mut piece.row, &mut row);
            }
        }
        Ok(part)
    }

    /// A row without a usable loss: of those that say something else the last is kept, since its run may end with it.
    fn pass_over(&self, part: &mut Part, row: &RawRow) -> Result<()> {
        part.blank += 1;
        let name = self.name_of(row);
        let at = match row.cell(self.loss).is_empty() {
            true => NOTHING,
            false => self.step_of(row, part.rows)?,
        };
        if part.lossless.get(&*name).is_none_or(|known| known.at < at) {
            let row = row.clone();
            part.lossless
                .insert(name.into_owned(), Lossless { at, row });
        }
        Ok(())
    }

    /// Adds what the next blocks hold.
    fn put_all(
        &self,
        gathered: &mut Gathered,
        read: Vec<Read>,
        spare: &mut Vec<Vec<u8>>,
        whole: &impl Fn(&str) -> bool,
    ) -> Result<()> {
        for (part, room) in read {
            spare.push(room);
            self.put_together(gathered, part?, whole)?;
        }
        Ok(())
    }

    /// Adds what the next rows hold.
    fn put_together(
        &self,
        gathered: &mut Gathered,
        part: Part,
        whole: &impl Fn(&str) -> bool,
    ) -> Result<()> {
        // Without a column of steps, rows are counted through all parts.
        let offset = if self.step.is_none() {
            gathered.rows as f64
        } else {
            0.0
        };
        let mut indices = Vec::with_capacity(part.pieces.len());
        for mut piece in part.pieces {
            piece.at += offset;
            let index = gathered.places.get(&piece.name).copied();
            indices.push(index.unwrap_or(gathered.runs.len()));
            let Some(index) = index else {
                gathered.held += size_of::<Curve>() + 2 * piece.name.len() + piece.row.size();
                gathered
                    .places
                    .insert(piece.name.clone(), gathered.runs.len());
                gathered.runs.push(Curve {
                    losses: Losses::new(self.rule, whole(&piece.name)),
                    last: piece,
                });
                continue;
            };
            let last = &mut gathered.runs[index].last;
            if piece.at.total_cmp(&last.at).is_ge() {
                gathered.held = (gathered.held + piece.row.size()).saturating_sub(last.row.size());
                *last = piece;
            }
        }
        for (piece, step, loss) in part.losses {
            let losses = &mut gathered.runs[indices[piece]].losses;
            let before = losses.size();
            losses.push(step + offset, loss);
            gathered.held = (gathered.held + losses.size()).saturating_sub(before);
        }
        for (name, mut found) in part.lossless {
            found.at += offset;
            let known = gathered.lossless.get(&name);
            if known.is_none_or(|known| known.at < found.at) {
                gathered.held += name.len() + found.row.size();
                gathered.lossless.insert(name, found);
            }
        }
        gathered.rows += part.rows;
        gathered.unwanted += part.unwanted;
        gathered.blank += part.blank;
        match gathered.runs.last() {
            Some(run) if gathered.held > MEMORY => {
                Err(too_large(&self.table.source, run.last.row.line))
            }
            _ => Ok(()),
        }
    }

    /// The name of the run, after those of its series.
    fn name_of<'r>(&self, row: &'r RawRow) -> Cow<'r, str> {
        match self.names[..] {
            [group] => Cow::Borrowed(row.cell(group)),
            _ => {
                let cells: Vec<&str> = self.names.iter().map(|c| row.cell(*c)).collect();
                Cow::Owned(cells.join("\u{1f}"))
            }
        }
    }

    /// A loss of nobody knows which run must not become a run of its own.
    fn refuse_unnamed(&self, row: &RawRow) -> Result<()> {
        let Some(group) = self.names.last().filter(|c| row.cell(**c).is_empty()) else {
            return Ok(());
        };
        let column = &self.table.header[*group];
        let message = format!("the row has a loss and no name of its run (column '{column}')");
        Err(bad(&self.table.source, Some(row.line), message)
            .with_hint("write the name, take the loss out, or leave the row out with --exclude"))
    }

    /// A row as it is written, with its additions.
    fn left(&self, mut row: RawRow) -> Result<RawRow> {
        if !self.early {
            self.additions.add_to(&mut row, &self.table.source)?;
        }
        Ok(row)
    }

    fn step_of(&self, row: &RawRow, number: usize) -> Result<f64> {
        let Some(column) = self.step else {
            return Ok(number as f64);
        };
        parse_quantity(row.cell(column)).map_err(|e| {
            let message = format!("the step is no number: {e}");
            bad(&self.table.source, Some(row.line), message)
                .with_hint("correct it, or leave the row out with --exclude")
        })
    }

    /// One row a run, or the names of those of which not enough is held.
    ///
    /// A run that ends with something that is no loss, or has none at all, leaves that row: it is excluded with its reason, as in a
    /// table of runs.
    fn rows_of(&self, mut gathered: Gathered) -> Result<Outcome> {
        if gathered.runs.is_empty() {
            return Err(bad(&self.table.source, None, "no row has a loss to reduce"));
        }
        let mut rows = Vec::with_capacity(gathered.runs.len());
        let mut missed = HashSet::new();
        for Curve { last, losses } in gathered.runs {
            let end = gathered.lossless.remove(&last.name);
            if let Some(end) = end.filter(|end| end.at > last.at) {
                rows.push(self.left(end.row)?);
                continue;
            }
            let value = match self.rule {
                Reduce::Last => Ok(Some(last.loss)),
                _ => losses.value(),
            };
            let mut row = last.row;
            match value {
                Ok(Some(value)) => {
                    if !self.early {
                        self.additions.add_to(&mut row, &self.table.source)?;
                    }
                    rows.push(row.with_cell(self.loss, &format!("{value:?}")));
                }
                Ok(None) => {}
                Err(Missed) => {
                    missed.insert(last.name);
                }
            }
        }
        if !missed.is_empty() {
            return Ok(Err(missed));
        }
        let mut without: Vec<RawRow> = gathered.lossless.into_values().map(|l| l.row).collect();
        without.sort_by_key(|row| row.line);
        for row in without {
            rows.push(self.left(row)?);
        }
        let note = format!(
            "{} rows of {} runs became one row a run by {}; {} rows were left out by conditions and {} without a \
             loss were passed over",
            gathered.rows,
            rows.len(),
            self.rule,
            gathered.unwanted,
            gathered.blank
        );
        Ok(Ok((rows, note)))
    }
}
