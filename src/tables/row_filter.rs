//! A filter applied to the rows of a table.

use super::columns::find_named;
use super::filter::{Filter, Mismatch, Op, Term};
use super::raw::{RawTable, Row};
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};

/// A filter whose columns have been found in a table.
#[derive(Debug)]
pub(super) struct RowFilter<'a> {
    filter: &'a Filter,
    flag: &'static str,
    columns: Vec<usize>,
}

impl<'a> RowFilter<'a> {
    /// Looks the columns up; `flag` is what messages name.
    pub(super) fn new(
        filter: &'a Filter,
        flag: &'static str,
        table: &RawTable,
    ) -> Result<RowFilter<'a>> {
        let columns = filter
            .terms
            .iter()
            .map(|term| find_named(table, &term.column, flag))
            .collect::<Result<Vec<usize>>>()?;
        Ok(RowFilter {
            filter,
            flag,
            columns,
        })
    }

    /// Whether the row meets every term.
    pub(super) fn is_met(&self, row: &Row<'_>, table: &RawTable) -> Result<bool> {
        for (term, column) in self.filter.terms.iter().zip(&self.columns) {
            let cell = row.cell(*column);
            match term.is_met(cell) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(Mismatch) => return Err(self.mismatch(term, row, *column, table)),
            }
        }
        Ok(true)
    }

    /// The columns that the filter looks at.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The flag and the condition, as typed.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.flag, quoted(&self.filter.text))
    }

    fn mismatch(&self, term: &Term, row: &Row<'_>, column: usize, table: &RawTable) -> Error {
        let name = &table.header[column];
        let cell = excerpt(row.cell(column));
        let message = format!(
            "{}: '{cell}' is text and cannot be compared with a number",
            self.name()
        );
        let same = format!("\"{} = '{cell}'\"", excerpt(name));
        let hint = match term.op {
            Op::Equal | Op::NotEqual => format!("compare with text instead, as in {same}"),
            _ => format!("leave such rows out first: --exclude {same}"),
        };
        Error::new(ErrorKind::Data, message)
            .at(&table.source, Some(row.line), Some(&excerpt(name)))
            .with_hint(hint)
    }
}
