//! Training curves → one row a run, while they are read.

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
    group: usize,
    loss: usize,
    step: Option<usize>,
    sieve: Sieve<'a>,
}

/// A run as far as it was read.
struct Curve {
    name: String,
    losses: Losses,
    /// The largest step, and the row there, the last of several.
    at: f64,
    row: RawRow,
}

/// All runs, in the order in which they first appear.
#[derive(Default)]
struct Gathered {
    runs: Vec<Curve>,
    places: HashMap<String, usize>,
    /// The run of the row before: rows of one run mostly stand together.
    current: usize,
    rows: usize,
    unwanted: usize,
    blank: usize,
    /// Bytes held.
    held: usize,
}

impl<'a> Curves<'a> {
    /// Finds the columns; those from `width` on are added ones.
    pub(super) fn plan(
        table: &'a RawTable,
        width: usize,
        additions: &'a Additions,
        rule: Reduce,
        options: &'a ReadOptions,
    ) -> Result<Curves<'a>> {
        let group = columns::find_group(table, options)?;
        let loss = columns::find_loss(table, options)?;
        let step = columns::step_if_any(table, options)?;
        let sieve = Sieve::new(table, options)?;
        let early = {
            let mut asked = [group, loss].into_iter().chain(step).chain(sieve.columns());
            asked.any(|column| column >= width)
        };
        Ok(Curves {
            early,
            table,
            additions,
            rule,
            group,
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
        let changed = || bad(&self.table.source, None, "it was changed while it was read");
        let (_, rows) = Stream::open(again.ok_or_else(changed)?)?;
        let gathered = self.gather(rows, |run| missed.contains(run))?;
        self.rows_of(gathered)?.map_err(|_| changed())
    }

    fn gather(&self, mut rows: Stream<'_>, whole: impl Fn(&str) -> bool) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        let mut row = RawRow::default();
        while rows.next(&mut row)? {
            gathered.rows += 1;
            if self.early {
                self.additions.add_to(&mut row, &self.table.source)?;
            }
            if self.sieve.refusal(&row, self.table)?.is_some() {
                gathered.unwanted += 1;
                continue;
            }
            let loss = parse_quantity(row.cell(self.loss)).ok();
            let Some(loss) = loss.filter(|v| v.is_finite()) else {
                gathered.blank += 1;
                continue;
            };
            let step = self.step_of(&row, gathered.rows)?;
            let grown = self.take_in(&mut gathered, &row, step, loss, &whole);
            gathered.held += grown;
            if gathered.held > MEMORY {
                return Err(too_large(&self.table.source, row.line));
            }
        }
        Ok(gathered)
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

    /// Puts a row to its run; says how many bytes more are held now.
    fn take_in(
        &self,
        gathered: &mut Gathered,
        row: &RawRow,
        step: f64,
        loss: f64,
        whole: &impl Fn(&str) -> bool,
    ) -> usize {
        let name = row.cell(self.group);
        let before = gathered.runs.get(gathered.current);
        let mut grown = 0;
        if before.is_none_or(|run| run.name != name) {
            let known = gathered.places.get(name).copied();
            gathered.current = known.unwrap_or(gathered.runs.len());
            if known.is_none() {
                gathered.places.insert(name.to_owned(), gathered.runs.len());
                gathered.runs.push(Curve {
                    name: name.to_owned(),
                    losses: Losses::new(self.rule, whole(name)),
                    at: step,
                    row: row.clone(),
                });
                grown += size_of::<Curve>() + 2 * name.len() + row.size();
            }
        }
        let run = &mut gathered.runs[gathered.current];
        let held = run.losses.size();
        run.losses.push(step, loss);
        grown += run.losses.size().saturating_sub(held);
        if step.total_cmp(&run.at).is_ge() {
            run.at = step;
            run.row.copy(row);
        }
        grown
    }

    /// One row a run, or the names of those of which not enough is held.
    fn rows_of(&self, gathered: Gathered) -> Result<Outcome> {
        if gathered.runs.is_empty() {
            return Err(bad(&self.table.source, None, "no row has a loss to reduce"));
        }
        let mut rows = Vec::with_capacity(gathered.runs.len());
        let mut missed = HashSet::new();
        for mut run in gathered.runs {
            match run.losses.value() {
                Ok(Some(value)) => {
                    if !self.early {
                        self.additions.add_to(&mut run.row, &self.table.source)?;
                    }
                    rows.push(run.row.with_cell(self.loss, &format!("{value:?}")));
                }
                Ok(None) => {}
                Err(Missed) => {
                    missed.insert(run.name);
                }
            }
        }
        if !missed.is_empty() {
            return Ok(Err(missed));
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
