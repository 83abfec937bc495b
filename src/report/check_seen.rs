//! What is known of a table that cannot be read.

use super::answer::Shown;
use super::document::{Block, Document, fact};
use super::rows::csv;
use crate::ask::Trust;
use crate::number::{compute, digits};
use crate::seen::{ColumnSeen, TableSeen};

impl Shown for TableSeen {
    fn document(&self) -> Document {
        let rows = match self.whole {
            true => self.rows.to_string(),
            false => format!("the first {} looked at", self.rows),
        };
        let columns = self.columns.iter().map(|column| {
            vec![
                column.name.clone(),
                taken_for(column),
                column.holds.name().to_owned(),
                range(column),
                column.example.clone(),
            ]
        });
        let head = ["column", "taken for", "type", "range", "example"];
        let blocks = vec![
            Block::Facts(vec![fact("Table", self.kind.words()), fact("Rows", rows)]),
            Block::word_table(&head, columns),
        ];
        blocks.into()
    }

    /// The columns.
    fn table(&self) -> String {
        let rows = self.columns.iter().map(|c| {
            let (low, high) = c.range.unzip();
            (
                &c.name,
                c.role.unwrap_or(""),
                c.holds.name(),
                low,
                high,
                &c.example,
            )
        });
        csv(&["column", "role", "type", "min", "max", "example"], rows)
    }

    fn trust(&self) -> Trust {
        Trust::Refused
    }
}

/// The role of a column, with the unit of its numbers.
fn taken_for(column: &ColumnSeen) -> String {
    match (column.role, &column.unit) {
        (Some(role), Some(unit)) => format!("{role}, in {unit}"),
        (role, _) => role.unwrap_or_default().to_owned(),
    }
}

/// Smallest and largest number.
pub(super) fn range(column: &ColumnSeen) -> String {
    match column.range {
        Some((low, high)) if low == high => shown(low),
        Some((low, high)) => format!("{} .. {}", shown(low), shown(high)),
        None => String::new(),
    }
}

/// Lines about the first `most` columns, aligned: the name, the type, and a range or an example.
#[must_use]
pub fn column_lines(seen: &TableSeen, most: usize) -> Vec<String> {
    let cells: Vec<[String; 3]> = seen
        .columns
        .iter()
        .take(most)
        .map(|column| {
            let what = match column.range {
                Some(_) => range(column),
                None if column.example.is_empty() => String::new(),
                None => format!("such as '{}'", column.example),
            };
            [
                crate::text::excerpt(&column.name),
                column.holds.name().to_owned(),
                what,
            ]
        })
        .collect();
    let width = |k: usize| {
        cells
            .iter()
            .map(|c| c[k].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    cells
        .iter()
        .map(|[name, holds, what]| {
            format!("{name:first$}   {holds:second$}   {what}")
                .trim_end()
                .to_owned()
        })
        .collect()
}

/// A number from a column with unknown role.
fn shown(value: f64) -> String {
    match value.abs() {
        size if size < 1e4 && value.fract() == 0.0 => format!("{value}"),
        size if size >= 1e15 => compute(value),
        size if size >= 1e4 => crate::quantity::format_quantity(value),
        _ => digits(value, 4),
    }
}
