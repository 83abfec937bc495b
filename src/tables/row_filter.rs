//! A filter applied to the rows of a table.

use super::columns::find_named;
use super::filter::{Filter, Mismatch, Op, Term};
use super::log::{RawTable, RowView};
use crate::remedy::Setting;
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};

/// A filter whose columns have been found in a table.
#[derive(Debug)]
pub(super) struct RowFilter<'a> {
    filter: &'a Filter,
    setting: Setting,
    columns: Vec<usize>,
}

impl<'a> RowFilter<'a> {
    /// Finds the filter's columns; `setting` says whether the filter keeps rows or leaves them out.
    pub(super) fn new(
        filter: &'a Filter,
        setting: Setting,
        table: &RawTable,
    ) -> Result<RowFilter<'a>> {
        let columns = filter
            .terms
            .iter()
            .map(|term| find_named(table, &term.column, setting))
            .collect::<Result<Vec<usize>>>()?;
        Ok(RowFilter {
            filter,
            setting,
            columns,
        })
    }

    /// Whether the row meets every term.
    pub(super) fn is_met(&self, row: &RowView<'_>, table: &RawTable) -> Result<bool> {
        for (term, column) in self.filter.terms.iter().zip(&self.columns) {
            match term.is_met_in(row, *column) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(Mismatch) => return Err(self.mismatch(term, row, *column, table)),
            }
        }
        Ok(true)
    }

    /// The columns that the filter uses.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The setting and the condition as typed.
    pub(super) fn name(&self) -> String {
        let kind = match self.setting {
            Setting::Exclude => "exclusion",
            Setting::Hold => "hold",
            _ => "condition",
        };
        format!("{kind} {}", quoted(&self.filter.text))
    }

    fn mismatch(&self, term: &Term, row: &RowView<'_>, column: usize, table: &RawTable) -> Error {
        let name = &table.header[column];
        let cell = excerpt(row.cell(column));
        let message = format!(
            "{}: '{cell}' is text and cannot be compared with a number",
            self.name()
        );
        let same = format!("{} = '{cell}'", excerpt(name));
        let error = Error::new(ErrorKind::Data, message).at(
            &table.source,
            Some(row.line),
            Some(&excerpt(name)),
        );
        match term.op {
            Op::Equal | Op::NotEqual => {
                error.with_hint(format!("compare with text instead, as in \"{same}\""))
            }
            _ => error
                .with_hint("leave such rows out first")
                .with_remedy(Setting::Exclude.to(same)),
        }
    }
}
