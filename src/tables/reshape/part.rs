//! What a part of the rows of training curves holds, run by run.

use super::super::log::{NextRow, RawRow, RawTable, ReadPart, RowView, bad};
use super::super::select::Sieve;
use super::additions::Additions;
use super::reduce::Reduce;
use crate::Result;
use crate::remedy::Setting;
use std::borrow::Cow;
use std::collections::HashMap;

/// How a row of the table belongs to a training curve.
pub(super) struct Roles<'a> {
    pub(super) table: &'a RawTable,
    pub(super) additions: &'a Additions<'a>,
    /// Whether an added column is needed of every row. Otherwise only the kept rows get the
    /// additions.
    pub(super) early: bool,
    pub(super) rule: Reduce,
    /// The columns that identify runs. They include the series: equal names in different series are
    /// different runs.
    pub(super) names: Vec<usize>,
    /// How many of them name the series.
    pub(super) series: usize,
    pub(super) loss: usize,
    /// Whether losses may be zero or negative.
    pub(super) any_sign: bool,
    pub(super) step: Option<usize>,
    pub(super) sieve: Sieve<'a>,
}

/// A run in some of the rows.
pub(super) struct Piece {
    pub(super) name: String,
    /// The largest step and its loss and row; of equal steps, the last.
    pub(super) at: f64,
    pub(super) loss: f64,
    pub(super) row: RawRow,
}

/// A piece that borrows its row.
struct Found<'r> {
    name: Cow<'r, str>,
    at: f64,
    loss: f64,
    row: RowView<'r>,
}

/// The result of some rows, in order.
#[derive(Default)]
pub(super) struct Part {
    pub(super) rows: usize,
    pub(super) unwanted: usize,
    pub(super) blank: usize,
    /// For each run, its last row with an unusable loss, or else its first with a blank one.
    pub(super) lossless: HashMap<String, Lossless>,
    pub(super) pieces: Vec<Piece>,
    /// Piece, step and loss of every row, where the rule needs them.
    pub(super) losses: Vec<(usize, f64, f64)>,
}

/// A row of a run without a usable loss: the run diverged or never had one.
pub(super) struct Lossless {
    /// Its step; [`NOTHING`] if the loss is blank.
    pub(super) at: f64,
    pub(super) row: RawRow,
}

/// The step of a row with a blank loss: before any other.
const NOTHING: f64 = f64::NEG_INFINITY;

impl ReadPart for Roles<'_> {
    type Part = Part;

    fn changes_rows(&self) -> bool {
        self.early
    }

    fn columns(&self) -> Vec<usize> {
        let named = self.names.iter().copied().chain([self.loss]);
        named.chain(self.step).chain(self.sieve.columns()).collect()
    }

    fn change(&self, row: &mut RawRow) -> Result<()> {
        self.additions.add_to(row, &self.table.source)
    }

    fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Part> {
        let mut part = Part::default();
        let mut found: Vec<Found<'r>> = Vec::new();
        let mut places: HashMap<Cow<'r, str>, usize> = HashMap::new();
        // Rows of one run mostly follow one another.
        let mut at = 0;
        while let Some(row) = rows.next() {
            part.rows += 1;
            if self.sieve.refusal(row, self.table)?.is_some() {
                part.unwanted += 1;
                continue;
            }
            let loss = row.quantity(self.loss).ok();
            let Some(loss) = loss.filter(|v| v.is_finite() && (self.any_sign || *v > 0.0)) else {
                self.pass_over(&mut part, row)?;
                continue;
            };
            let step = self.step_of(row, part.rows)?;
            let name = self.name_of(row);
            if found.get(at).is_none_or(|run| run.name != name) {
                at = places.get(&name).copied().unwrap_or(found.len());
                if at == found.len() {
                    self.refuse_unnamed(row)?;
                    places.insert(name.clone(), at);
                    found.push(Found {
                        name,
                        at: step,
                        loss,
                        row: *row,
                    });
                }
            }
            if self.rule != Reduce::Last {
                part.losses.push((at, step, loss));
            }
            let run = &mut found[at];
            if step.total_cmp(&run.at).is_ge() {
                (run.at, run.loss, run.row) = (step, loss, *row);
            }
        }
        let pieces = found.into_iter().map(|run| Piece {
            name: run.name.into_owned(),
            at: run.at,
            loss: run.loss,
            row: run.row.owned(),
        });
        part.pieces = pieces.collect();
        Ok(part)
    }
}

impl Roles<'_> {
    /// Records a row without a usable loss. The last row with an unusable value is kept, since its
    /// run may end there.
    fn pass_over(&self, part: &mut Part, row: &RowView<'_>) -> Result<()> {
        part.blank += 1;
        let name = self.name_of(row);
        let at = match row.is_blank(self.loss) {
            true => NOTHING,
            false => self.step_of(row, part.rows)?,
        };
        if part.lossless.get(&*name).is_none_or(|known| known.at < at) {
            let row = row.owned();
            part.lossless
                .insert(name.into_owned(), Lossless { at, row });
        }
        Ok(())
    }

    /// The name of the series and of the run.
    #[inline]
    fn name_of<'r>(&self, row: &RowView<'r>) -> Cow<'r, str> {
        match self.names[..] {
            [group] => Cow::Borrowed(row.cell(group)),
            _ => {
                let cells: Vec<&str> = self.names.iter().map(|c| row.cell(*c)).collect();
                Cow::Owned(cells.join("\u{1f}"))
            }
        }
    }

    /// A loss without the name of its run must not become a run of its own.
    #[inline]
    fn refuse_unnamed(&self, row: &RowView<'_>) -> Result<()> {
        let mut groups = self.names.iter().skip(self.series);
        let Some(group) = groups.find(|c| row.cell(**c).is_empty()) else {
            return Ok(());
        };
        let column = &self.table.header[*group];
        let message = format!("the row has a loss and no name of its run (column '{column}')");
        Err(bad(&self.table.source, Some(row.line), message)
            .with_hint("write the name, take the loss out, or leave the row out")
            .with_remedy(Setting::Exclude))
    }

    #[inline]
    fn step_of(&self, row: &RowView<'_>, number: usize) -> Result<f64> {
        let Some(column) = self.step else {
            return Ok(number as f64);
        };
        row.quantity(column).map_err(|e| {
            let message = format!("the step is no number: {e}");
            bad(&self.table.source, Some(row.line), message)
                .with_hint("correct it, or leave the row out")
                .with_remedy(Setting::Exclude)
        })
    }
}
