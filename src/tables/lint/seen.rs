//! What a check of a table can use.

use super::super::columns::{self, Columns};
use super::super::log::{RawRow, RawTable};
use super::super::options::ReadOptions;
use super::names::{Known, MODELS, RUNS, SEEDS, last_name};
use crate::quantity::parse_quantity;
use crate::runs::{CurveKind, Run, Variable};
use std::collections::HashSet;

/// A row that could not become a run, and why.
pub(in crate::tables) struct Lost<'a> {
    pub(in crate::tables) row: &'a RawRow,
    pub(in crate::tables) reason: String,
}

/// The rows of a table or of one of its series.
pub(in crate::tables) struct Seen<'a> {
    pub(in crate::tables) table: &'a RawTable,
    /// The columns that checks may use.
    pub(in crate::tables) known: &'a Known,
    pub(in crate::tables) options: &'a ReadOptions,
    pub(in crate::tables) columns: &'a Columns,
    /// The columns that conditions use.
    pub(in crate::tables) filtered: HashSet<usize>,
    /// What the rows are points of.
    pub(in crate::tables) curve: CurveKind,
    /// The runs, each with its row.
    pub(in crate::tables) runs: &'a [Run],
    pub(in crate::tables) rows: &'a [&'a RawRow],
    /// The rows that the conditions keep but that could not become runs.
    pub(in crate::tables) lost: &'a [Lost<'a>],
}

/// The columns that together tell runs apart.
#[derive(Debug, Clone)]
pub(super) struct RunColumn {
    pub(super) columns: Vec<usize>,
    /// Whether it certainly names runs and not models.
    pub(super) names_runs: bool,
}

impl<'a> Seen<'a> {
    /// The columns with one of these names, ignoring anything up to their last `/` or `.`.
    pub(super) fn called(&self, names: &[&str]) -> Vec<usize> {
        self.known.called(names)
    }

    /// The column that tells runs apart: the one with that role, or one with a usual name.
    pub(super) fn run_column(&self) -> Option<RunColumn> {
        let names_runs = |index: &usize| RUNS.contains(&&*last_name(&self.table.header[*index]));
        let found = |columns: Vec<usize>| RunColumn {
            names_runs: columns.iter().any(names_runs),
            columns,
        };
        if !self.columns.group.is_empty() {
            return Some(found(self.columns.group.clone()));
        }
        let by_name = |names: &[&str]| self.called(names).first().copied();
        let index = by_name(&RUNS).or_else(|| by_name(&MODELS))?;
        Some(found(vec![index]))
    }

    /// The column of the seeds.
    pub(super) fn seed_column(&self) -> Option<usize> {
        self.called(&SEEDS).first().copied()
    }

    /// The column of the steps.
    pub(super) fn step_column(&self) -> Option<usize> {
        self.columns.step
    }

    /// The rows with their runs.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'a Run, &'a RawRow)> {
        self.runs.iter().zip(self.rows.iter().copied())
    }

    /// The variable of the law, as far as the cells of a row give it.
    pub(super) fn size_of(&self, row: &RawRow) -> Option<f64> {
        let value = |column: columns::Column| {
            let cell = row.cell(column.index);
            let read = column.numeral.read(cell).ok().map(|parsed| parsed.value);
            read.filter(|v| v.is_finite() && *v > 0.0)
                .or_else(|| lenient(cell))
        };
        match self.options.over {
            Variable::Params => value(self.columns.params?),
            Variable::Tokens => value(self.columns.tokens?),
            Variable::Compute => match self.columns.compute {
                Some(compute) => value(compute),
                None => Some(6.0 * value(self.columns.params?)? * value(self.columns.tokens?)?),
            },
        }
    }

    /// The name of a column.
    pub(super) fn name(&self, column: usize) -> &'a str {
        &self.table.header[column]
    }
}

/// A number as people write it, even if the table reader would not be certain of it.
pub(super) fn lenient(cell: &str) -> Option<f64> {
    let plain = || cell.replace([',', '_', ' ', '\''], "").parse().ok();
    let value = parse_quantity(cell).ok().or_else(plain)?;
    (value.is_finite() && value > 0.0).then_some(value)
}

/// Whether a cell is empty or says so, as `n/a` does.
pub(super) fn is_blank(cell: &str) -> bool {
    ["", "-", "na", "n/a", "none", "null"].contains(&&*cell.to_lowercase())
}
