//! A column in which some cells have a unit and others lack one.

use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::tables::columns::Column;
use crate::text::excerpt;

/// A plain number this many times smaller than every number with a unit lacks its unit.
const APART: f64 = 1e3;

/// The finding about plain numbers that are far below all numbers with a unit, but of their size in
/// that unit.
pub(super) fn mixed_units(seen: &Seen<'_>) -> Option<Diagnosis> {
    let columns = [
        (seen.columns.compute, Setting::ComputeCol),
        (seen.columns.params, Setting::ParamsCol),
        (seen.columns.tokens, Setting::TokensCol),
    ];
    let mut columns = columns.into_iter().filter_map(|(c, s)| Some((c?, s)));
    columns.find_map(|(column, setting)| in_column(seen, column, setting))
}

fn in_column(seen: &Seen<'_>, column: Column, setting: Setting) -> Option<Diagnosis> {
    // Most columns hold only plain numbers.
    let has_unit = |cell: &str| cell.ends_with(|c: char| c.is_alphabetic());
    if !seen.rows.iter().any(|row| has_unit(row.cell(column.index))) {
        return None;
    }
    let (mut plain, mut united) = (Vec::new(), Vec::new());
    for (run, row) in seen.pairs() {
        let cell = row.cell(column.index);
        let value = column.numeral.read(cell).map(|parsed| parsed.value);
        match (cell.parse::<f64>(), value) {
            (Ok(_), Ok(value)) => plain.push((value, run.line)),
            (Err(_), Ok(value)) => united.extend(scale(cell, value).map(|s| (value, s))),
            _ => {}
        }
    }
    let smallest = united.iter().map(|u| u.0).reduce(f64::min)?;
    let largest = united.iter().map(|u| u.0).reduce(f64::max)?;
    let mut scales: Vec<f64> = united.iter().map(|u| u.1).collect();
    scales.sort_by(f64::total_cmp);
    let usual = scales[scales.len() / 2];
    let lacks = |value: f64| value * APART <= smallest && value * usual <= largest * APART;
    let found: Vec<&(f64, u64)> = plain.iter().filter(|p| lacks(p.0)).collect();
    let example = found.iter().map(|p| p.0).reduce(f64::max)?;
    let message = format!(
        "column '{}' holds numbers with a unit, of {} and more, and plain numbers of {} and less ({})",
        excerpt(seen.name(column.index)),
        format_quantity(smallest),
        format_quantity(example),
        lines(found.iter().map(|p| p.1))
    );
    Some(
        Diagnosis::new(
            Code::MixedUnits,
            Severity::Warn,
            message,
            "write every cell in the same unit, or name another column",
        )
        .with_remedy(setting),
    )
}

/// The factor by which a cell's unit enlarges its number, if it is at least [`APART`].
fn scale(cell: &str, value: f64) -> Option<f64> {
    let end = cell.rfind(|c: char| c.is_ascii_digit())? + 1;
    let number: f64 = cell.get(..end)?.parse().ok()?;
    let scale = value / number;
    (scale >= APART && scale.is_finite()).then_some(scale)
}
