//! Training curves → one row a run, by a stated rule.

use super::super::columns;
use super::super::options::ReadOptions;
use super::super::raw::{RawRow, RawTable, bad};
use super::super::select::Sieve;
use crate::quantity::parse_quantity;
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// How the losses of a run become one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reduce {
    /// The last one.
    Last,
    /// The mean of the last part: `tail=0.1` is the last tenth of the rows, at least one.
    Tail(f64),
    /// The smallest mean of so many neighbours: `smooth-min=5`.
    SmoothMin(usize),
}

impl FromStr for Reduce {
    type Err = Error;

    fn from_str(text: &str) -> Result<Reduce> {
        let usage = || {
            Error::new(
                ErrorKind::Usage,
                format!("--reduce: '{text}' is no rule"),
            )
            .with_hint("write last, tail=10% (mean of the last tenth) or smooth-min=5 (smallest mean of 5 neighbours)")
        };
        match text.trim().split_once('=') {
            None if text.trim() == "last" => Ok(Reduce::Last),
            Some(("tail", part)) => {
                let share = match part.trim().strip_suffix('%') {
                    Some(percent) => percent.trim().parse::<f64>().map(|p| p / 100.0),
                    None => part.trim().parse(),
                };
                let share = share.map_err(|_| usage())?;
                (share > 0.0 && share <= 1.0)
                    .then_some(Reduce::Tail(share))
                    .ok_or_else(usage)
            }
            Some(("smooth-min", count)) => match count.trim().parse() {
                Ok(count) if count > 0 => Ok(Reduce::SmoothMin(count)),
                _ => Err(usage()),
            },
            _ => Err(usage()),
        }
    }
}

impl fmt::Display for Reduce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reduce::Last => write!(f, "the last loss"),
            Reduce::Tail(share) => {
                write!(f, "the mean of the last {} % of the losses", share * 100.0)
            }
            Reduce::SmoothMin(count) => {
                write!(f, "the smallest mean of {count} neighbouring losses")
            }
        }
    }
}

impl Reduce {
    /// One loss from the losses of a run by growing step; `None` where there is none.
    #[must_use]
    pub fn of(self, losses: &[f64]) -> Option<f64> {
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        if losses.is_empty() {
            return None;
        }
        Some(match self {
            Reduce::Last => losses[losses.len() - 1],
            Reduce::Tail(share) => {
                let count = (share * losses.len() as f64).round().max(1.0) as usize;
                mean(&losses[losses.len() - count.min(losses.len())..])
            }
            Reduce::SmoothMin(count) => losses
                .windows(count.min(losses.len()))
                .map(mean)
                .fold(f64::INFINITY, f64::min),
        })
    }
}

/// One row a run: its last one, with the loss by the rule. Rows whose loss is blank or no finite number are passed over.
pub(super) fn reduced(table: RawTable, rule: Reduce, options: &ReadOptions) -> Result<RawTable> {
    let group = columns::find_group(&table, options)?;
    let loss = columns::find_loss(&table, options)?;
    let step = columns::step_if_any(&table, options)?;
    // Runs of one name in different series are different runs.
    let mut names = match &options.by {
        Some(by) => columns::find_by(&table, by)?,
        None => Vec::new(),
    };
    names.push(group);
    let sieve = Sieve::new(&table, options)?;
    let (mut unwanted, mut blank) = (0, 0);
    let mut place: HashMap<Vec<&str>, usize> = HashMap::new();
    // (step, loss, row) of every run, runs in the order of the file.
    let mut runs: Vec<Vec<(f64, f64, &RawRow)>> = Vec::new();
    for (number, row) in table.rows.iter().enumerate() {
        if sieve.unwanted(row, &table)?.is_some() {
            unwanted += 1;
            continue;
        }
        let Some(value) = parse_quantity(row.cell(loss))
            .ok()
            .filter(|v| v.is_finite())
        else {
            blank += 1;
            continue;
        };
        let at = match step {
            Some(column) => parse_quantity(row.cell(column)).map_err(|e| {
                bad(
                    &table.source,
                    Some(row.line),
                    format!("the step is no number: {e}"),
                )
                .with_hint("correct it, or leave the row out with --exclude")
            })?,
            None => number as f64,
        };
        let key = names.iter().map(|column| row.cell(*column)).collect();
        let index = *place.entry(key).or_insert(runs.len());
        if index == runs.len() {
            runs.push(Vec::new());
        }
        runs[index].push((at, value, row));
    }
    if runs.is_empty() {
        return Err(bad(&table.source, None, "no row has a loss to reduce"));
    }
    let mut rows = Vec::with_capacity(runs.len());
    for mut run in runs {
        run.sort_by(|a, b| a.0.total_cmp(&b.0));
        let losses: Vec<f64> = run.iter().map(|r| r.1).collect();
        if let (Some((_, _, last)), Some(value)) = (run.last(), rule.of(&losses)) {
            rows.push(last.with_cell(loss, &format!("{value:?}")));
        }
    }
    let mut notes = table.notes.clone();
    notes.push(format!(
        "{} rows of {} runs became one row a run by {rule}; {unwanted} rows were left out by conditions and {blank} without a \
         loss were passed over",
        table.rows.len(),
        rows.len()
    ));
    Ok(RawTable {
        rows,
        notes,
        ..table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_by_hand() {
        let losses = [5.0, 4.0, 3.0, 3.5, 2.5, 3.0, 2.75, 2.25, 2.5, 2.0];
        assert_eq!(Reduce::Last.of(&losses), Some(2.0));
        assert_eq!(Reduce::Tail(0.2).of(&losses), Some(2.25));
        assert_eq!(Reduce::Tail(0.01).of(&losses), Some(2.0));
        assert_eq!(Reduce::Tail(1.0).of(&losses), Some(3.05));
        // Means of three: …, (2.75 + 2.25 + 2.5)/3, (2.25 + 2.5 + 2.0)/3 = 2.25.
        assert_eq!(Reduce::SmoothMin(3).of(&losses), Some(2.25));
        assert_eq!(Reduce::SmoothMin(99).of(&losses), Some(3.05));
        assert_eq!(Reduce::Last.of(&[]), None);
    }

    #[test]
    fn rules_are_read_and_refused() {
        assert_eq!("tail=10%".parse(), Ok(Reduce::Tail(0.1)));
        assert_eq!("tail=0.25".parse(), Ok(Reduce::Tail(0.25)));
        assert_eq!(" last ".parse(), Ok(Reduce::Last));
        for wrong in [
            "",
            "mean",
            "tail",
            "tail=0",
            "tail=120%",
            "smooth-min=0",
            "smooth-min=x",
        ] {
            assert!(wrong.parse::<Reduce>().is_err(), "{wrong}");
        }
    }
}
