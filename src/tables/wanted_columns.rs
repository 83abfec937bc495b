//! The variables of a law other than compute, parameters and tokens.

use super::candidates::columns_of;
use super::log::RawTable;
use super::named::{Column, find_named, named_if_any};
use super::options::WantedColumn;
use super::roles::{COMPUTE, PARAMS, TOKENS};
use crate::remedy::Setting;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};

/// A column that was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The name of the variable in the law.
    pub(super) name: String,
    pub(super) column: Column,
}

/// Finds the columns that a table has, each once.
///
/// # Errors
/// When a required one is missing.
pub(super) fn find(table: &RawTable, wanted: &[WantedColumn]) -> Result<Vec<Found>> {
    let mut all: Vec<Found> = Vec::new();
    for one in wanted {
        let index = match one.required {
            true => Some(find_named(table, &one.name, Setting::Law)?),
            false => named_if_any(table, &one.name),
        };
        let known = all.iter().any(|found| found.name == one.name);
        if let Some(index) = index.filter(|_| !known) {
            all.push(Found {
                name: one.name.clone(),
                column: Column::plain(index, true),
            });
        }
    }
    Ok(all)
}

/// The error when nothing gives the compute that a setting asks for.
pub(super) fn without_compute(table: &RawTable, asks: Setting) -> Error {
    let message = format!(
        "no column for the compute, by which rows are chosen; the columns are {}",
        columns_of(table)
    );
    let error = Error::new(ErrorKind::Data, message)
        .at(&table.source, None, None)
        .about(asks)
        .about_columns();
    let error = match asks {
        Setting::FitBelow => error
            .with_hint("name its column, or hold rows out by a condition")
            .with_remedy(Setting::Hold),
        _ => error.with_hint("name its column, or choose another rule"),
    };
    error
        .with_remedy(COMPUTE.setting)
        .with_remedy(PARAMS.setting)
        .with_remedy(TOKENS.setting)
}

/// Refuses the loss as a variable of the law.
pub(super) fn refuse_loss(table: &RawTable, found: &[Found], loss: usize) -> Result<()> {
    match found.iter().find(|one| one.column.index == loss) {
        None => Ok(()),
        Some(one) => {
            let message = format!(
                "column {} is the loss, and the loss cannot be a law of itself",
                quoted(&table.header[loss])
            );
            Err(Error::new(ErrorKind::Data, message)
                .at(&table.source, None, None)
                .with_hint(format!(
                    "name another column of the loss, or give {} another name where it is a parameter",
                    quoted(&one.name)
                ))
                .with_remedy(Setting::LossCol))
        }
    }
}
