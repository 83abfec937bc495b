//! The same run listed twice: it would count twice.

use super::names::NUMBERS;
use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::remedy::Setting;
use crate::tables::log::RawRow;
use std::collections::HashMap;

/// Tables of more rows are logs, and the search would take longer than reading them.
const MOST_ROWS: usize = 200_000;
/// Losses of so many digits are not equal by chance.
const DIGITS: usize = 5;
/// Rows that are equal in every cell. Where no column names the run, replicates may have the same
/// loss by chance, unless it has many digits.
pub(super) fn listed_twice(seen: &Seen<'_>) -> Option<Diagnosis> {
    if seen.runs.len() > MOST_ROWS {
        return None;
    }
    let ignored = seen.called(&NUMBERS);
    let named = seen.run_column().is_some();
    let loss = seen.columns.loss.index;
    let certain = |row: &RawRow| named || digits(row.cell(loss)) >= DIGITS;
    let mut first: HashMap<Vec<(usize, &str)>, u64> = HashMap::new();
    let mut again = Vec::new();
    for (run, row) in seen.pairs().filter(|(_, row)| certain(row)) {
        let cells = row.filled().filter(|cell| !ignored.contains(&cell.0));
        let cells = cells.collect();
        let line = *first.entry(cells).or_insert(run.line);
        if line != run.line {
            again.push((line, run.line));
        }
    }
    let count = again.len();
    let rows = again.iter().flat_map(|(a, b)| [*a, *b]);
    (count > 0).then(|| {
        let message = format!(
            "{} the same as another in every cell ({}): each run counts as often as it is listed",
            match count {
                1 => "one row is".to_owned(),
                many => format!("{many} rows are"),
            },
            lines(rows)
        );
        Diagnosis::new(
            Code::DuplicateRuns,
            Severity::Warn,
            message,
            "list each run once",
        )
        .with_remedy(Setting::Exclude)
    })
}

/// The digits of a number before its exponent, without zeros in front.
fn digits(cell: &str) -> usize {
    let mantissa = cell.split(['e', 'E']).next().unwrap_or(cell);
    let digits = mantissa.chars().filter(char::is_ascii_digit);
    digits.skip_while(|digit| *digit == '0').count()
}
