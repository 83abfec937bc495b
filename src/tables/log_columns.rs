//! The columns of a log of a training run.

use super::candidates::{candidates, missing};
use super::columns::{Column, find_by_name, find_named};
use super::log::RawTable;
use super::roles::{ColumnRole, END, GROUP, LOSS, LR, STEP, TOKENS};
use crate::Result;
use crate::remedy::Setting;
use crate::runs::LogAxis;

/// The column names that the user gives, and the variable that the log is a function of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LogNames {
    pub(crate) axis: Option<LogAxis>,
    pub(crate) step: Option<String>,
    pub(crate) tokens: Option<String>,
    pub(crate) loss: Option<String>,
    pub(crate) lr: Option<String>,
    /// The column of the step at which a run will end.
    pub(crate) end: Option<String>,
    /// The column of the run that a run branches off from.
    pub(crate) trunk: Option<String>,
}

/// Where the columns are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogColumns {
    pub(crate) axis: LogAxis,
    pub(super) x: Column,
    pub(super) loss: Column,
    pub(super) lr: Option<Column>,
    pub(super) end: Option<Column>,
    /// The column of the run that a run branches off from.
    pub(super) trunk: Option<usize>,
    /// The column that names the run.
    pub(super) run: Option<usize>,
    /// Whether there is also a column of tokens.
    pub(crate) has_tokens: bool,
}

impl LogColumns {
    /// Finds the columns: those that are named, and those with usual names.
    pub(super) fn find(table: &RawTable, names: &LogNames) -> Result<LogColumns> {
        let named = |role: &ColumnRole, name: &Option<String>| match name {
            Some(name) => {
                let index = find_named(table, name, role.setting)?;
                Ok(Some(Column::new(table, role, index, true)))
            }
            None => Ok(None),
        };
        let needed =
            |role: &ColumnRole, name: &Option<String>, taken: &[usize]| match named(role, name)? {
                Some(column) => Ok(column),
                None => find_by_name(table, role, taken)?.ok_or_else(|| missing(table, role)),
            };
        // An optional column is absent if several columns could be meant.
        let if_clear = |role: &ColumnRole, taken: &[usize]| match candidates(table, role, taken)[..]
        {
            [index] => Some(Column::new(table, role, index, false)),
            _ => None,
        };
        let has_tokens = names.tokens.is_some() || !candidates(table, &TOKENS, &[]).is_empty();
        let axis = names.axis.unwrap_or_else(|| {
            let steps = names.step.is_some() || !candidates(table, &STEP, &[]).is_empty();
            match (steps, names.tokens.is_some() && names.step.is_none()) {
                (_, true) => LogAxis::Tokens,
                (false, false) if has_tokens => LogAxis::Tokens,
                _ => LogAxis::Step,
            }
        });
        let x = match axis {
            LogAxis::Step => needed(&STEP, &names.step, &[])?,
            LogAxis::Tokens => needed(&TOKENS, &names.tokens, &[])?,
        };
        let loss = needed(&LOSS, &names.loss, &[x.index])?;
        let taken = [x.index, loss.index];
        let lr = match named(&LR, &names.lr)? {
            Some(lr) => Some(lr),
            None => if_clear(&LR, &taken),
        };
        // The end is in the same unit as the steps.
        let end = named(&END, &names.end)?;
        let trunk = names.trunk.as_ref();
        let trunk = trunk.map(|name| find_named(table, name, Setting::TrunkCol));
        Ok(LogColumns {
            axis,
            x,
            loss,
            lr,
            end,
            trunk: trunk.transpose()?,
            run: if_clear(&GROUP, &taken).map(|column| column.index),
            has_tokens: has_tokens && axis == LogAxis::Step,
        })
    }
}
