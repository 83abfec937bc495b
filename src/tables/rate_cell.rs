//! A cell that holds a rate, as a fraction or in per cent.

use super::heading::{Kind, Name};
use crate::quantity::parse_quantity;
use crate::text::{excerpt, quoted};

/// A rate as its cell writes it.
pub(super) struct Rate {
    /// As a fraction.
    pub(super) value: f64,
    /// Whether it was in per cent.
    pub(super) per_cent: bool,
}

impl Rate {
    /// The rate of a cell. It is in per cent if the cell has a per-cent sign or the column's name
    /// says so.
    pub(super) fn read(cell: &str, column: &str) -> Result<Rate, String> {
        let (number, signed) = match cell.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (cell, false),
        };
        let value = parse_quantity(number).map_err(|e| match cell {
            "" => format!("{} {}", excerpt(column), e.problem()),
            _ => format!("{} {} ({})", excerpt(column), e.problem(), quoted(e.text())),
        })?;
        let per_cent = signed || in_per_cent(column);
        Ok(Rate {
            value: if per_cent { value / 100.0 } else { value },
            per_cent,
        })
    }
}

/// Whether a column's name says that it holds percentages.
fn in_per_cent(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let named = || {
        Name::of(name)
            .unit
            .is_some_and(|unit| unit.kind == Kind::PerCent)
    };
    lower.contains('%') || lower.contains("percent") || named()
}
