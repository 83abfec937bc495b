//! The columns that describe a pass rate: its standard error, the chance level, a loss on the task.

use super::candidates::candidates;
use super::columns::{Column, named_if_any};
use super::count_roles::{CHANCE, PASS_RATE, STDERR, TASK_LOSS};
use super::heading::Name;
use super::log::RawTable;
use super::roles::ColumnRole;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};

/// The columns; each may be absent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ScoreColumns {
    pub(super) stderr: Option<Column>,
    pub(super) chance: Option<Column>,
    pub(super) loss: Option<Column>,
}

/// The roles in the order of the fields above.
const ROLES: [&ColumnRole; 3] = [&STDERR, &CHANCE, &TASK_LOSS];

impl ScoreColumns {
    /// The columns that the user named, and those that clear names identify. `taken` are columns
    /// with another role.
    pub(super) fn find(
        table: &RawTable,
        rate: Column,
        named: [Option<Column>; 3],
        taken: &[usize],
    ) -> ScoreColumns {
        let own = stderr_of(table, rate).filter(|index| !taken.contains(index));
        let own = own.map(|index| Column::new(table, &STDERR, index, false));
        let named_places = named.iter().flatten().map(|column| column.index);
        let taken: Vec<usize> = taken.iter().copied().chain(named_places).collect();
        // None of these is needed, so ambiguous columns are left out.
        let clear = |role| match candidates(table, role, &taken)[..] {
            [index] => Some(Column::new(table, role, index, false)),
            _ => None,
        };
        ScoreColumns {
            stderr: named[0].or(own).or_else(|| clear(&STDERR)),
            chance: named[1].or_else(|| clear(&CHANCE)),
            loss: named[2].or_else(|| clear(&TASK_LOSS)),
        }
    }

    /// The same columns with their roles, for a table that may not be readable yet.
    pub(super) fn see(
        table: &RawTable,
        rate: usize,
        named: [Option<&str>; 3],
        taken: &[usize],
    ) -> Vec<(&'static ColumnRole, usize)> {
        let place = |k: usize| {
            let index = named_if_any(table, named[k]?)?;
            Some(Column::new(table, ROLES[k], index, true))
        };
        let named = [place(0), place(1), place(2)];
        let rate = Column::new(table, &PASS_RATE, rate, false);
        let found = ScoreColumns::find(table, rate, named, taken);
        let places = [found.stderr, found.chance, found.loss];
        let pairs = ROLES.into_iter().zip(places);
        let placed = pairs.filter_map(|(role, column)| Some((role, column?.index)));
        placed.collect()
    }

    /// Refuses columns that the user named but a table of problems does not use.
    pub(super) fn refuse(table: &RawTable, named: [Option<Column>; 3]) -> Result<()> {
        let mut pairs = ROLES.iter().zip(named);
        let Some((role, column)) = pairs.find_map(|(role, c)| c.map(|c| (role, c))) else {
            return Ok(());
        };
        let message = format!(
            "column {} is named as the {} of a score, and the table counts passes of problems",
            quoted(&table.header[column.index]),
            role.name
        );
        Err(Error::new(ErrorKind::Usage, message)
            .at(&table.source, None, None)
            .with_hint("leave it out")
            .with_remedy(role.setting))
    }
}

/// The column whose name marks it as the standard error of this rate: `acc_norm_stderr` of
/// `acc_norm`, and `exact_match_stderr,strict-match` of `exact_match,strict-match`.
fn stderr_of(table: &RawTable, rate: Column) -> Option<usize> {
    const ENDINGS: [&str; 6] = [
        "stderr",
        "std_err",
        "std_error",
        "standard_error",
        "se",
        "sem",
    ];
    let name = &table.header[rate.index];
    let (metric, filter) = match name.split_once(',') {
        Some((metric, filter)) => (metric, filter),
        None => (name.as_str(), ""),
    };
    let words = |text: &str| Name::of(text).words;
    let (metric, filter) = (words(metric), words(filter));
    // Synonyms: one may be in the rate's name and another in the standard error's.
    const ALIKE: [&str; 3] = ["accuracy", "acc", "score"];
    let alike = ALIKE.contains(&metric.as_str());
    let others = ALIKE.into_iter().filter(|name| alike && *name != metric);
    let metrics = std::iter::once(metric.as_str()).chain(others);
    let wanted = metrics.flat_map(|metric| ENDINGS.map(|ending| format!("{metric}_{ending}")));
    let wanted: Vec<String> = wanted
        .map(|name| match filter.is_empty() {
            true => name,
            false => format!("{name}_{filter}"),
        })
        .collect();
    let has = |wanted: &String| table.header.iter().position(|name| words(name) == *wanted);
    wanted.iter().find_map(has)
}
