//! Columns computed by formulas from other columns.

use super::super::columns::find_named;
use super::super::log::{RawRow, RawTable};
use super::super::roles::ColumnRole;
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
    /// The factor for plain numbers of each column.
    units: Vec<f64>,
}

/// The sign between the columns of a sum.
const PLUS: char = '+';

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

    /// The columns that its formula needs.
    pub(super) fn needs(&self) -> &[usize] {
        &self.columns
    }

    /// Adds the sum of columns that a name such as `transformer+head` asks for, unless the name is
    /// a column or not a sum. Each column is taken in its own unit.
    ///
    /// # Errors
    /// As for a missing column.
    pub(super) fn sum(
        table: &mut RawTable,
        role: &ColumnRole,
        name: Option<&str>,
    ) -> Result<Option<Derived>> {
        let Some(name) = name.filter(|name| name.contains(PLUS)) else {
            return Ok(None);
        };
        if find_named(table, name, role.setting).is_ok() {
            return Ok(None);
        }
        let columns = name
            .split(PLUS)
            .map(|part| find_named(table, part, role.setting));
        let columns = columns.collect::<Result<Vec<usize>>>()?;
        let mut twice = columns.iter().enumerate();
        if let Some((_, column)) = twice.find(|(k, column)| columns[..*k].contains(column)) {
            let column = quoted(&table.header[*column]);
            let message = format!("the sum {} has the column {column} twice", quoted(name));
            return Err(Error::new(ErrorKind::Usage, message)
                .at(&table.source, None, None)
                .about(role.setting)
                .with_hint("name each column of a sum once"));
        }
        let unit = |heading: &str| {
            let scale = role.unit(heading).map(|unit| unit.scale);
            scale.map_or(1.0, |scale| scale.factor * 10f64.powi(scale.power))
        };
        // The new column's name may itself give a unit, in which its numbers are read.
        let whole = unit(name.trim());
        let units = columns.iter().map(|k| unit(&table.header[*k]) / whole);
        let units = units.collect();
        let tree = (1..columns.len()).fold(Node::Variable(0), |sum, k| {
            Node::Binary(PLUS, Box::new(sum), Box::new(Node::Variable(k)))
        });
        let parts = columns.iter().map(|k| quoted(&table.header[*k]));
        let parts: Vec<String> = parts.collect();
        table
            .notes
            .push(format!("{} is {}", role.name, parts.join(" + ")));
        table.header.push(name.trim().to_owned());
        Ok(Some(Derived {
            tree,
            columns,
            units,
        }))
    }

    /// Adds the cell. It is blank if a column that it needs is blank or not a number.
    pub(super) fn add_to(&self, row: &mut RawRow) {
        let numbers = self.columns.iter().zip(&self.units).map(|(c, unit)| {
            let cell = row.cell(*c);
            let number = parse_quantity(cell).ok()?;
            // A quantity such as 125M has its own unit.
            let plain = cell.trim().parse::<f64>().is_ok();
            Some(if plain { number * unit } else { number })
        });
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
        (Ok(tree), _) => Ok(Derived {
            tree,
            units: vec![1.0; columns.len()],
            columns,
        }),
        (Err(_), Some(name)) if !name.is_empty() => {
            // This error lists the columns and suggests one.
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
