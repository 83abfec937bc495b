//! Which columns of two tables identify rows of the same run.

use super::super::columns;
use super::super::log::{RawRow, RawTable, bad};
use super::anchors::Anchors;
use super::wanted::Reshape;
use crate::Result;
use crate::remedy::Setting;
use crate::text::{list, quoted};
use std::borrow::Cow;

/// Separates the cells of a key.
pub(super) const BETWEEN: &str = "\u{1f}";

/// The columns that must agree.
#[derive(Debug)]
pub(super) struct Keys {
    pairs: Vec<(usize, usize)>,
    /// The columns of the steps in this table and the other.
    steps: Option<(usize, usize)>,
    /// The index of the wanted pair that these columns are.
    pub(super) wanted: Option<usize>,
    there: Vec<usize>,
}

impl Keys {
    /// Finds the columns; `None` if the other table has one column per run.
    pub(super) fn find(
        table: &RawTable,
        other: &RawTable,
        how: &Reshape,
        anchors: &Anchors,
    ) -> Result<Option<Keys>> {
        let step_there = columns::first_step(other, how.step_col.as_deref());
        let steps = anchors.step.zip(step_there);
        for (place, wanted) in how.join_on.iter().enumerate() {
            if let Some(pairs) = named(table, other, wanted) {
                return Ok(Some(Keys::of(pairs, steps, Some(place))));
            }
        }
        let here = match &anchors.run {
            Ok(here) => here,
            Err(error) => return Err(error.clone()),
        };
        let same = |k: &usize| other.header.iter().position(|h| *h == table.header[*k]);
        let there: Option<Vec<usize>> = here.iter().map(same).collect();
        let there = there.or_else(|| match here[..] {
            [_] => columns::run_names(other).first().map(|k| vec![*k]),
            _ => None,
        });
        if let Some(there) = there {
            let pairs = here.iter().copied().zip(there).collect();
            return Ok(Some(Keys::of(pairs, steps, None)));
        }
        if steps.is_some() && super::wide::is_wide(other) {
            return Ok(None);
        }
        let names = here.iter().map(|k| table.header[*k].as_str());
        let name = list(names.clone());
        let message = format!(
            "no column {} that tells the runs apart; the columns are {}",
            quoted(&name),
            list(other.header.iter().map(String::as_str))
        );
        Err(bad(&other.source, None, message)
            .with_hint("say which column of it has the names of the runs")
            .with_remedy(Setting::JoinOn.to(format!("{name}=COLUMN"))))
    }

    /// The columns for a table that was converted to one row per run and step.
    pub(super) fn of_long(table: &RawTable, other: &RawTable, anchors: &Anchors) -> Result<Keys> {
        let here = anchors.run.clone()?;
        let steps = anchors.step.map(|step| (step, 1));
        match here[..] {
            [here] => Ok(Keys::of(vec![(here, 0)], steps, None)),
            _ => {
                let names = here.iter().map(|k| table.header[*k].as_str());
                let message = format!(
                    "it has one column for each run, but runs are identified by {}",
                    list(names)
                );
                Err(bad(&other.source, None, message)
                    .with_hint("name one column that tells the runs apart")
                    .with_remedy(Setting::GroupCol))
            }
        }
    }

    fn of(
        pairs: Vec<(usize, usize)>,
        steps: Option<(usize, usize)>,
        wanted: Option<usize>,
    ) -> Keys {
        let is_key =
            |(here, there): &(usize, usize)| pairs.iter().any(|(a, b)| a == here || b == there);
        Keys {
            steps: steps.filter(|steps| !is_key(steps)),
            there: pairs.iter().map(|(_, there)| *there).collect(),
            pairs,
            wanted,
        }
    }

    /// The columns of the run in the other table.
    pub(super) fn there(&self) -> &[usize] {
        &self.there
    }

    /// The column of the steps in the other table.
    pub(super) fn step(&self) -> Option<usize> {
        self.steps.map(|(_, there)| there)
    }

    /// The key of a row of the other table.
    pub(super) fn there_of(&self, stepped: bool) -> Key {
        Key {
            run: self.there.clone(),
            step: self.step().filter(|_| stepped),
        }
    }

    /// The key of a row of this table.
    pub(super) fn here(&self, stepped: bool) -> Key {
        Key {
            run: self.pairs.iter().map(|(here, _)| *here).collect(),
            step: self.steps.map(|(here, _)| here).filter(|_| stepped),
        }
    }

    /// Notes about key columns whose names differ.
    pub(super) fn notes(&self, table: &RawTable, other: &RawTable) -> Vec<String> {
        let differs = |(here, there): &&(usize, usize)| table.header[*here] != other.header[*there];
        let say = |(here, there): &(usize, usize)| {
            format!(
                "its rows are found by {} there and {} here",
                quoted(&other.header[*there]),
                quoted(&table.header[*here])
            )
        };
        self.pairs.iter().filter(differs).map(say).collect()
    }
}

/// The columns that a pair such as `run=Name` names in both tables; several are separated by
/// commas.
fn named(table: &RawTable, other: &RawTable, wanted: &str) -> Option<Vec<(usize, usize)>> {
    let pair = |text: &str| {
        let found = |here: &str, there: &str| {
            Some((
                columns::named_if_any(table, here)?,
                columns::named_if_any(other, there)?,
            ))
        };
        // A name may itself contain the sign.
        let split = |(at, _): (usize, &str)| found(&text[..at], &text[at + 1..]);
        found(text, text).or_else(|| text.match_indices('=').find_map(split))
    };
    match pair(wanted) {
        Some(whole) => Some(vec![whole]),
        None => wanted.split(',').map(pair).collect(),
    }
}

/// The columns whose cells identify the run, and perhaps the step, of a row.
#[derive(Debug)]
pub(super) struct Key {
    run: Vec<usize>,
    step: Option<usize>,
}

impl Key {
    /// The columns of the run.
    pub(super) fn columns(&self) -> &[usize] {
        &self.run
    }

    /// The key of a row: the cells of the run, and the step as a number.
    pub(super) fn of<'r>(&self, row: &'r RawRow) -> Cow<'r, str> {
        let run = self.run_of(row);
        let Some(step) = self.step else {
            return run;
        };
        let cell = row.cell(step);
        let number = cell.parse::<f64>().ok().filter(|step| step.is_finite());
        // The same step may be written 100 or 100.0; adding zero removes the sign of -0.
        Cow::Owned(match number {
            Some(step) => format!("{run}{BETWEEN}{:?}", step + 0.0),
            None => format!("{run}{BETWEEN}{cell}"),
        })
    }

    /// The cells of the run.
    pub(super) fn run_of<'r>(&self, row: &'r RawRow) -> Cow<'r, str> {
        match self.run[..] {
            [one] => Cow::Borrowed(row.cell(one)),
            _ => {
                let cells: Vec<&str> = self.run.iter().map(|k| row.cell(*k)).collect();
                Cow::Owned(cells.join(BETWEEN))
            }
        }
    }
}
