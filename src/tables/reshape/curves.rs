//! Reduces training curves to one row per run while they are read.

use super::super::columns;
use super::super::log::{Decimal, RawRow, RawTable, Source, Stream, bad};
use super::super::options::ReadOptions;
use super::super::select::Sieve;
use super::additions::Additions;
use super::gathered::{Curve, Gathered};
use super::losses::Missed;
use super::part::Roles;
use super::reduce::Reduce;
use crate::Result;
use std::collections::HashSet;

/// Rows of runs and what was done, or the runs of which too little was held.
type Outcome = std::result::Result<(Vec<RawRow>, String), HashSet<String>>;

/// Reduces the rows of a table to runs.
pub(super) struct Curves<'a> {
    decimal: Option<Decimal>,
    roles: Roles<'a>,
}

impl<'a> Curves<'a> {
    /// Finds the columns.
    pub(super) fn plan(
        table: &'a RawTable,
        additions: &'a Additions<'a>,
        rule: Reduce,
        options: &'a ReadOptions,
    ) -> Result<Curves<'a>> {
        let mut names = match &options.by {
            Some(by) => columns::find_by(table, by)?,
            None => Vec::new(),
        };
        let series = names.len();
        names.extend(columns::find_group(table, options)?);
        let loss = columns::find_loss(table, options)?;
        let step = columns::step_if_any(table, options)?;
        let sieve = Sieve::new(table, &options.excludes, &options.filters)?;
        let early = {
            let asked = names.iter().copied().chain([loss]).chain(step);
            let mut asked = asked.chain(sieve.columns());
            asked.any(|column| additions.touch(column))
        };
        let roles = Roles {
            table,
            additions,
            early,
            rule,
            names,
            series,
            loss,
            any_sign: options.negative_losses,
            step,
            sieve,
        };
        Ok(Curves {
            roles,
            decimal: options.reshape.decimal,
        })
    }

    /// One row per run, that of its largest step, with the loss by the rule; and what was done, in
    /// words. Rows whose loss is blank or not a finite number are skipped.
    ///
    /// If the source can be read `again`, a run is held whole only in a second reading, and only if
    /// its steps are so far out of order that the first reading discarded a loss that it needs.
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
            bad(
                &self.roles.table.source,
                None,
                "it was changed while it was read",
            )
            .with_hint("try again when nothing writes to it")
        };
        let (table, rows) = Stream::open(again.ok_or_else(changed)?)?;
        let rows = rows.written_with(self.decimal, &table)?;
        let gathered = self.gather(rows, |run| missed.contains(run))?;
        self.rows_of(gathered)?.map_err(|_| changed())
    }

    /// Collects the rows of every run.
    fn gather(
        &self,
        mut rows: Stream<'_>,
        whole: impl Fn(&str) -> bool + Sync,
    ) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        rows.in_parts(&self.roles, |part| gathered.put(&self.roles, part, &whole))?;
        match gathered.rows {
            0 => Err(rows.without_rows(&self.roles.table.source)),
            _ => {
                rows.complete(gathered.rows_left())?;
                Ok(gathered)
            }
        }
    }

    /// A kept row as written, with its additions.
    fn left(&self, mut row: RawRow) -> Result<RawRow> {
        if !self.roles.early {
            self.roles
                .additions
                .add_to(&mut row, &self.roles.table.source)?;
        }
        Ok(row)
    }

    /// One row per run, or the names of the runs of which too little was held.
    ///
    /// A run that ends with an unusable loss, or has no loss at all, keeps that row, which is then
    /// excluded with its reason as in a table of runs.
    fn rows_of(&self, mut gathered: Gathered) -> Result<Outcome> {
        if gathered.runs.is_empty() {
            return Err(bad(
                &self.roles.table.source,
                None,
                "no row has a loss to reduce",
            ));
        }
        let mut rows = Vec::with_capacity(gathered.runs.len());
        let mut missed = HashSet::new();
        for Curve { last, losses } in gathered.runs {
            let end = gathered.lossless.remove(&last.name);
            if let Some(end) = end.filter(|end| end.at > last.at) {
                rows.push(self.left(end.row)?);
                continue;
            }
            let value = match self.roles.rule {
                Reduce::Last => Ok(Some(last.loss)),
                _ => losses.value(),
            };
            let mut row = last.row;
            match value {
                Ok(Some(value)) => {
                    if !self.roles.early {
                        self.roles
                            .additions
                            .add_to(&mut row, &self.roles.table.source)?;
                    }
                    rows.push(row.with_cell(self.roles.loss, &format!("{value:?}")));
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
            self.roles.rule,
            gathered.unwanted,
            gathered.blank
        );
        Ok(Ok((rows, note)))
    }
}
