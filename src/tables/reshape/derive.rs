//! Columns from formulas of other columns.

use super::super::columns::find_named;
use super::super::log::{RawRow, RawTable};
use super::wanted::Let;
use crate::arithmetic::{self, Node};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};

/// A formula whose columns have been found.
pub(super) struct Derived {
    tree: Node,
    columns: Vec<usize>,
}

impl Derived {
    /// Adds the column to the header.
    pub(super) fn plan(table: &mut RawTable, wanted: &Let) -> Result<Derived> {
        let derived = found(table, wanted)?;
        table.header.push(wanted.name.clone());
        table.notes.push(format!(
            "column {} = {}",
            quoted(&wanted.name),
            wanted.formula
        ));
        Ok(derived)
    }

    /// Adds the cell: blank where a column that it needs is blank or no number.
    pub(super) fn add_to(&self, row: &mut RawRow) {
        let numbers = self
            .columns
            .iter()
            .map(|c| parse_quantity(row.cell(*c)).ok());
        let value = numbers
            .collect::<Option<Vec<f64>>>()
            .map(|numbers| self.tree.value(&numbers));
        row.add(&value.map_or(String::new(), |v| format!("{v:?}")));
    }
}

fn found(table: &RawTable, wanted: &Let) -> Result<Derived> {
    let usage = |message: String| {
        Error::new(ErrorKind::Usage, message)
            .at(&table.source, None, None)
            .about(Setting::Let)
    };
    if table.header.contains(&wanted.name) {
        let message = format!("there is a column {} already", quoted(&wanted.name));
        return Err(usage(message)
            .with_hint("give the new column another name, and name it as the column to read"));
    }
    let mut columns: Vec<usize> = Vec::new();
    let mut unknown = None;
    let read = arithmetic::parse(&wanted.formula, &mut |name| {
        let named = || {
            let mut alike =
                (0..table.header.len()).filter(|k| table.header[*k].eq_ignore_ascii_case(name));
            alike
                .next()
                .filter(|_| alike.next().is_none() && name.len() > 1)
        };
        let exact = table.header.iter().position(|h| h == name);
        let column = match exact.or_else(named) {
            Some(column) => column,
            None if parse_quantity(name).is_ok() => return None,
            None => {
                unknown.get_or_insert_with(|| name.to_owned());
                return None;
            }
        };
        Some(
            columns
                .iter()
                .position(|c| *c == column)
                .unwrap_or_else(|| {
                    columns.push(column);
                    columns.len() - 1
                }),
        )
    });
    match (read, unknown) {
        (Ok(tree), _) => Ok(Derived { tree, columns }),
        (Err(_), Some(name)) if !name.is_empty() => {
            // Says which columns there are, and which one may be meant.
            Err(match find_named(table, &name, Setting::Let) {
                Err(error) => error,
                Ok(_) => usage(format!("the column is written otherwise than '{name}'")),
            })
        }
        (Err(at), _) => {
            let at = at.min(wanted.formula.len());
            Err(usage(format!(
                "{} makes no sense after {}",
                quoted(&wanted.formula),
                quoted(wanted.formula.get(..at).unwrap_or(""))
            ))
            .with_hint("write numbers, names of columns, + - * / ^ and brackets"))
        }
    }
}
