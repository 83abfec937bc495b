//! Rows of several tasks that would make one curve.

use super::names::{Known, TASKS};
use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::quantity::parse_quantity;
use crate::remedy::Setting;
use crate::tables::log::{RawRow, RawTable};
use crate::text::{excerpt, list};
use std::collections::{BTreeSet, HashMap};

/// Several tasks of the runs of a table.
pub(super) fn pooled_tasks(seen: &Seen<'_>) -> Option<Diagnosis> {
    let free = |column: &usize| {
        let chosen = seen.filtered.contains(column) || seen.columns.by.contains(column);
        !chosen && seen.columns.role_at(*column).is_none()
    };
    let columns = seen.called(&TASKS).into_iter().filter(free);
    let sizes: Vec<u64> = match columns.clone().next() {
        Some(_) => seen.runs.iter().map(|run| run.x.to_bits()).collect(),
        None => return None,
    };
    pooled(seen.table, seen.rows, &sizes, columns)
}

/// The columns that say what a model was measured on.
pub(in crate::tables) fn tasks_of(table: &RawTable) -> Vec<usize> {
    Known::of(&table.header).called(&TASKS)
}

/// Several tasks among rows of models of these sizes, in one of these columns.
pub(in crate::tables) fn pooled(
    table: &RawTable,
    rows: &[&RawRow],
    sizes: &[u64],
    mut columns: impl Iterator<Item = usize>,
) -> Option<Diagnosis> {
    columns.find_map(|column| in_column(table, rows, sizes, column))
}

fn in_column(
    table: &RawTable,
    rows: &[&RawRow],
    sizes: &[u64],
    column: usize,
) -> Option<Diagnosis> {
    let mut tasks: BTreeSet<&str> = BTreeSet::new();
    let mut of_size: HashMap<u64, BTreeSet<&str>> = HashMap::new();
    for (row, size) in rows.iter().zip(sizes) {
        let task = row.cell(column);
        // A number in such a column is the size of a data set.
        if task.is_empty() || parse_quantity(task).is_ok() {
            return None;
        }
        tasks.insert(task);
        of_size.entry(*size).or_default().insert(task);
    }
    let mixed = of_size.values().filter(|tasks| tasks.len() > 1).count();
    if tasks.len() < 2 || mixed < 2 || 2 * mixed < of_size.len() {
        return None;
    }
    let name = &table.header[column];
    let message = format!(
        "the rows are of {} values of column '{}' ({}; {}), and each of them has a curve of its own",
        tasks.len(),
        excerpt(name),
        list(tasks.iter().copied()),
        lines(rows.iter().map(|row| row.line))
    );
    let first = tasks.first().map_or("", |task| task);
    let condition = format!("{name} = '{first}'");
    Some(
        Diagnosis::new(
            Code::TasksPooled,
            Severity::Refuse,
            message,
            "make one curve for each of them, or choose one",
        )
        .with_remedy(Setting::By.to(name.as_str()))
        .with_remedy(Setting::Where.to(condition))
        .with_remedy(Setting::Force),
    )
}
