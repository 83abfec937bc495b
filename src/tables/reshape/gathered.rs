//! Training curves, as far as they have been read.

use super::super::log::{MEMORY, RawRow, too_large};
use super::losses::Losses;
use super::part::{Lossless, Part, Piece, Roles};
use crate::Result;
use std::collections::HashMap;

/// A run, as far as it has been read.
pub(super) struct Curve {
    pub(super) last: Piece,
    pub(super) losses: Losses,
}

/// All runs, in the order in which they first appear.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) runs: Vec<Curve>,
    pub(super) lossless: HashMap<String, Lossless>,
    places: HashMap<String, usize>,
    pub(super) rows: usize,
    pub(super) unwanted: usize,
    pub(super) blank: usize,
    /// Bytes held.
    held: usize,
}

impl Gathered {
    /// The rows that the runs may become.
    pub(super) fn rows_left(&mut self) -> Vec<&mut RawRow> {
        let ends = self.runs.iter_mut().map(|run| &mut run.last.row);
        let lossless = self.lossless.values_mut().map(|found| &mut found.row);
        ends.chain(lossless).collect()
    }

    /// Adds the result of the next rows.
    pub(super) fn put(
        &mut self,
        roles: &Roles<'_>,
        part: Part,
        whole: &impl Fn(&str) -> bool,
    ) -> Result<()> {
        // Without a column of steps, rows are numbered across all parts.
        let offset = if roles.step.is_none() {
            self.rows as f64
        } else {
            0.0
        };
        let mut indices = Vec::with_capacity(part.pieces.len());
        for mut piece in part.pieces {
            piece.at += offset;
            let index = self.places.get(&piece.name).copied();
            indices.push(index.unwrap_or(self.runs.len()));
            let Some(index) = index else {
                self.held += size_of::<Curve>() + 2 * piece.name.len() + piece.row.size();
                self.places.insert(piece.name.clone(), self.runs.len());
                self.runs.push(Curve {
                    losses: Losses::new(roles.rule, whole(&piece.name)),
                    last: piece,
                });
                continue;
            };
            let last = &mut self.runs[index].last;
            if piece.at.total_cmp(&last.at).is_ge() {
                self.held = (self.held + piece.row.size()).saturating_sub(last.row.size());
                *last = piece;
            }
        }
        for (piece, step, loss) in part.losses {
            let losses = &mut self.runs[indices[piece]].losses;
            let before = losses.size();
            losses.push(step + offset, loss);
            self.held = (self.held + losses.size()).saturating_sub(before);
        }
        for (name, mut found) in part.lossless {
            found.at += offset;
            let known = self.lossless.get(&name);
            if known.is_none_or(|known| known.at < found.at) {
                self.held += name.len() + found.row.size();
                self.lossless.insert(name, found);
            }
        }
        self.rows += part.rows;
        self.unwanted += part.unwanted;
        self.blank += part.blank;
        match self.runs.last() {
            Some(run) if self.held > MEMORY => {
                Err(too_large(&roles.table.source, run.last.row.line))
            }
            _ => Ok(()),
        }
    }
}
