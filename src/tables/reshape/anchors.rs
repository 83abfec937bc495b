//! The columns of the table that a join uses, found before anything is added to it.

use super::super::columns;
use super::super::log::RawTable;
use super::super::options::{CountOptions, ReadOptions};
use super::super::roles::{self, ColumnRole};
use crate::Result;

/// What identifies rows, and what must not be taken from a joined table of runs.
pub(super) struct Anchors {
    /// The columns of the run, or why there is none.
    pub(super) run: Result<Vec<usize>>,
    pub(super) step: Option<usize>,
    /// The column of the loss, and whether the user named it.
    loss: Option<(String, bool)>,
}

impl Anchors {
    pub(super) fn of_runs(table: &RawTable, options: &ReadOptions) -> Anchors {
        let loss = columns::find_loss(table, options).ok();
        let named = options.loss_col.is_some();
        let step = match &options.reshape.step_col {
            // A column that does not exist yet may come from a formula.
            Some(name) => columns::named_if_any(table, name),
            None => columns::first_step(table, None),
        };
        Anchors {
            run: columns::find_group(table, options),
            step,
            loss: loss.map(|column| (table.header[column].clone(), named)),
        }
    }

    pub(super) fn of_counts(table: &RawTable, options: &CountOptions) -> Anchors {
        Anchors {
            run: columns::find_model(table, options).map(|column| vec![column]),
            step: None,
            loss: None,
        }
    }

    /// The columns of a table of runs that describe the whole run and not a row of its curve: its
    /// last step and its last loss.
    pub(super) fn unwanted(&self, other: &RawTable, keys: &[usize], stepped: bool) -> Vec<usize> {
        if self.step.is_none() || stepped {
            return Vec::new();
        }
        let plays = |role: &ColumnRole, name: &str| role.is_called(name);
        let is_loss = |name: &str| match &self.loss {
            Some((loss, named)) => loss == name || (!named && plays(&roles::LOSS, name)),
            None => false,
        };
        (0..other.header.len())
            .filter(|k| !keys.contains(k))
            .filter(|k| {
                let name = &other.header[*k];
                plays(&roles::STEP, name) || is_loss(name)
            })
            .collect()
    }
}
