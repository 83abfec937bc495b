//! Turns the cells of one row into a [`Run`], or gives the reason why it cannot be one.

use super::columns::{Column, Columns};
use super::log::{RawRow, RawTable};
use super::loss_unit::LossConversion;
use super::numeral::Numeral;
use super::options::{Needs, ReadOptions};
use super::wanted_columns::Found;
use crate::quantity::{Parsed, QuantityError};
use crate::runs::{
    LOGARITHM, LOSSES, NO_COMPUTE, Role, Run, SIX_ND, SIZES, Variable, WEIGHT, check_positive,
    of_any_sign, sigma_beside, within,
};
use crate::text::{excerpt, quoted};
use std::collections::BTreeMap;

/// Counts rows that the user should know about, with one example. The example is the first reason
/// in alphabetical order, so it does not depend on the order of rows.
#[derive(Debug, Default)]
pub(super) struct Tally {
    count: usize,
    example: Option<(String, u64)>,
}

impl Tally {
    fn add(&mut self, line: u64, reason: String) {
        self.count += 1;
        let found = (reason, line);
        if self.example.as_ref().is_none_or(|known| found < *known) {
            self.example = Some(found);
        }
    }

    fn note(&self, what: &str) -> Option<String> {
        let (reason, line) = self.example.as_ref()?;
        let rows = if self.count == 1 { "row" } else { "rows" };
        Some(format!(
            "{what} in {} {rows} (line {line}: {reason})",
            self.count
        ))
    }
}

/// What was done with cells that are unusable but not needed.
#[derive(Debug, Default)]
pub(super) struct Notes {
    params_ignored: Tally,
    tokens_ignored: Tally,
    unique_ignored: Tally,
    budget_ignored: Tally,
    compute_replaced: Tally,
    compute_ignored: Tally,
    approximate: Tally,
}

impl Notes {
    /// Whether a cell was unusable but not needed.
    pub(super) fn passed_over(&self) -> bool {
        let all = [
            &self.params_ignored,
            &self.tokens_ignored,
            &self.unique_ignored,
            &self.budget_ignored,
            &self.compute_replaced,
            &self.compute_ignored,
        ];
        all.iter().any(|tally| tally.count > 0)
    }

    /// One sentence for each kind of event.
    pub(super) fn sentences(&self) -> Vec<String> {
        [
            self.params_ignored.note("params left blank"),
            self.tokens_ignored.note("tokens left blank"),
            self.unique_ignored.note("unique tokens left blank"),
            self.budget_ignored.note("budgets left blank"),
            self.compute_replaced.note("compute taken as 6ND"),
            self.compute_ignored.note("compute left blank"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The sentences about numbers that were used.
    pub(super) fn of_numbers(&self) -> Vec<String> {
        let approximate = self.approximate.note("only approximate numbers");
        approximate.into_iter().collect()
    }
}

/// How rows become runs.
pub(super) struct RowReader<'a> {
    table: &'a RawTable,
    columns: &'a Columns,
    needs: Needs,
    /// Whether a row can be a run without compute.
    without_compute: bool,
    fit_below: Option<f64>,
    over: Variable,
    loss: Option<LossConversion>,
    negative_losses: bool,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(
        table: &'a RawTable,
        columns: &'a Columns,
        options: &ReadOptions,
    ) -> RowReader<'a> {
        RowReader {
            table,
            columns,
            needs: options.needs,
            over: options.over,
            loss: options.loss,
            fit_below: options.fit_below,
            without_compute: !options.needs.compute && options.compute_is_asked_for().is_none(),
            negative_losses: options.negative_losses,
        }
    }

    /// The run of one row, or the reason why the row is excluded.
    pub(super) fn run(&self, row: &RawRow, notes: &mut Notes) -> Result<Run, String> {
        let columns = self.columns;
        let needs = self.needs;
        let derive_compute =
            columns.compute.is_none() && self.over == Variable::Compute && !self.without_compute;
        let params = self.size(
            row,
            columns.params,
            needs.params || derive_compute || self.over == Variable::Params,
            &mut notes.params_ignored,
            &mut notes.approximate,
        )?;
        let tokens = self.size(
            row,
            columns.tokens,
            needs.tokens || derive_compute || self.over == Variable::Tokens,
            &mut notes.tokens_ignored,
            &mut notes.approximate,
        )?;
        let unique_tokens = self.size(
            row,
            columns.unique,
            needs.unique_tokens,
            &mut notes.unique_ignored,
            &mut notes.approximate,
        )?;
        let budget = self.size(
            row,
            columns.budget,
            columns.budget.is_some_and(|column| column.by_user),
            &mut notes.budget_ignored,
            &mut notes.approximate,
        )?;
        let blank = || format!("{} is blank", self.over.noun());
        let x = match self.over {
            Variable::Compute => match self.compute(row, params, tokens, notes)? {
                Some(compute) => compute,
                None if self.without_compute => NO_COMPUTE,
                None => return Err(blank()),
            },
            Variable::Params => params.ok_or_else(blank)?,
            Variable::Tokens => tokens.ok_or_else(blank)?,
        };
        let written = self.written(row, columns.loss, &mut notes.approximate)?;
        let loss = match self.loss {
            Some(conversion) => conversion.value(written)?,
            None => written,
        };
        let name = excerpt(&self.table.header[columns.loss.index]);
        let loss = match self.negative_losses {
            true => of_any_sign(loss, &name)?,
            false => within(loss, &LOSSES, &name)?,
        };
        let sigma = columns
            .sigma
            .filter(|column| needs.sigma || !row.cell(column.index).is_empty())
            .map(|column| {
                positive(
                    &column.numeral,
                    row.cell(column.index),
                    &self.table.header[column.index],
                    WEIGHT,
                )
            })
            .transpose()?
            .map(|sigma| sigma.value * self.loss.map_or(1.0, |c| c.slope(written)))
            .map(|sigma| sigma_beside(sigma, loss))
            .transpose()?;
        let named = columns.group.iter().any(|k| !row.cell(*k).is_empty());
        let group = named.then(|| row.name(&columns.group).into_owned());
        let pair = columns.pair.map(|column| row.cell(column.index));
        let pair = pair.filter(|cell| !cell.is_empty()).map(str::to_owned);
        let role = Role::below(self.fit_below, x);
        Ok(Run {
            line: row.line,
            x,
            params,
            tokens,
            unique_tokens,
            budget,
            loss,
            sigma,
            group,
            pair,
            role,
            columns: self.others(row, &mut notes.approximate)?,
        })
    }

    /// The other variables of the law; a negative zero becomes zero.
    fn others(
        &self,
        row: &RawRow,
        approximate: &mut Tally,
    ) -> Result<BTreeMap<String, f64>, String> {
        let mut all = BTreeMap::new();
        for Found { name, column } in &self.columns.wanted {
            let cell = row.cell(column.index);
            let read = column.numeral.read(cell);
            let read = read.map_err(|e| unreadable(cell, &self.table.header[column.index], &e))?;
            let value = self.noted(row, *column, &read, approximate);
            all.insert(name.clone(), value + 0.0);
        }
        Ok(all)
    }

    /// The loss, which may have any sign if the options allow it.
    fn written(
        &self,
        row: &RawRow,
        column: Column,
        approximate: &mut Tally,
    ) -> Result<f64, String> {
        if !self.negative_losses {
            return self.needed(row, column, approximate);
        }
        let (name, cell) = (&self.table.header[column.index], row.cell(column.index));
        let read = column.numeral.read(cell);
        let read = read.map_err(|error| unreadable(cell, name, &error))?;
        Ok(self.noted(row, column, &read, approximate))
    }

    fn needed(&self, row: &RawRow, column: Column, approximate: &mut Tally) -> Result<f64, String> {
        let (name, cell) = (&self.table.header[column.index], row.cell(column.index));
        let read = positive(&column.numeral, cell, name, LOGARITHM)?;
        Ok(self.noted(row, column, &read, approximate))
    }

    /// The value, with a note if it is approximate.
    fn noted(&self, row: &RawRow, column: Column, read: &Parsed, approximate: &mut Tally) -> f64 {
        if read.approximate {
            let (name, cell) = (&self.table.header[column.index], row.cell(column.index));
            approximate.add(row.line, format!("{} {}", excerpt(name), quoted(cell)));
        }
        read.value
    }

    /// Parameters or tokens. An unusable value excludes the row if it is needed or its column was
    /// named by the user; otherwise it is left out and noted.
    fn size(
        &self,
        row: &RawRow,
        column: Option<Column>,
        needed: bool,
        ignored: &mut Tally,
        approximate: &mut Tally,
    ) -> Result<Option<f64>, String> {
        let Some(column) = column else {
            return Ok(None);
        };
        let blank = row.cell(column.index).is_empty();
        let size = self.needed(row, column, approximate).and_then(|value| {
            let name = &self.table.header[column.index];
            within(value, &SIZES, &excerpt(name))
        });
        match size {
            Ok(value) => Ok(Some(value)),
            Err(reason) if needed || (column.by_user && !blank) => Err(reason),
            Err(_) if blank => Ok(None),
            Err(reason) => {
                ignored.add(row.line, reason);
                Ok(None)
            }
        }
    }

    fn compute(
        &self,
        row: &RawRow,
        params: Option<f64>,
        tokens: Option<f64>,
        notes: &mut Notes,
    ) -> Result<Option<f64>, String> {
        let derived = params.zip(tokens).map(|(n, d)| 6.0 * n * d);
        let derived = || derived.map(|c| within(c, &SIZES, SIX_ND)).transpose();
        let Some(column) = self.columns.compute else {
            return derived();
        };
        let reason = match self.needed(row, column, &mut notes.approximate) {
            Ok(written) => return within(written, &SIZES, "compute").map(Some),
            Err(reason) => reason,
        };
        let blank = row.cell(column.index).is_empty();
        match derived() {
            Ok(None) if self.without_compute && (blank || !column.by_user) => {
                if !blank {
                    notes.compute_ignored.add(row.line, reason);
                }
                Ok(None)
            }
            Ok(None) => Err(reason),
            derived if !self.needs.compute => {
                notes.compute_replaced.add(row.line, reason);
                derived
            }
            _ => Err(reason),
        }
    }
}

/// A cell as a positive number, or a reason that names the column; `not_zero` says why zero is
/// refused.
pub(super) fn positive(
    numeral: &Numeral,
    cell: &str,
    column: &str,
    not_zero: &str,
) -> Result<Parsed, String> {
    let problem = match numeral.read(cell) {
        Ok(read) => match check_positive(read.value, not_zero) {
            Ok(()) => return Ok(read),
            Err(problem) => problem,
        },
        Err(error) => return Err(unreadable(cell, column, &error)),
    };
    Err(format!("{} {problem}", excerpt(column)))
}

/// Why a cell is not a number.
pub(super) fn unreadable(cell: &str, column: &str, error: &QuantityError) -> String {
    let problem = match cell.is_empty() {
        true => error.problem().to_string(),
        false => format!("{} ('{}')", error.problem(), error.text()),
    };
    format!("{} {problem}", excerpt(column))
}
