//! Rows of several tasks that would be fitted as one curve.

use super::names::{Known, RECIPES, SEEDS, TASKS};
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
    of_runs(seen, &TASKS, &OF_TASKS)
}

/// Several recipes of the runs of a table: one law of them all is the law of none.
pub(super) fn pooled_recipes(seen: &Seen<'_>) -> Option<Diagnosis> {
    of_runs(seen, &RECIPES, &OF_RECIPES)
}

/// What is said of rows that are mixed.
struct Said {
    code: Code,
    severity: Severity,
    what: &'static str,
    hint: &'static str,
}

const OF_TASKS: Said = Said {
    code: Code::TasksPooled,
    severity: Severity::Refuse,
    what: "each of them has a curve of its own",
    hint: "make one curve for each of them, or choose one",
};

// Recipes may be alike, so that one law serves them all.
const OF_RECIPES: Said = Said {
    code: Code::RecipesPooled,
    severity: Severity::Warn,
    what: "one law is fitted to them all",
    hint: "make one law for each of them, choose one, or compare them with 'scalewise versus'",
};

fn of_runs(seen: &Seen<'_>, names: &[&str], said: &Said) -> Option<Diagnosis> {
    let free = |column: &usize| {
        let chosen = seen.filtered.contains(column) || seen.columns.by.contains(column);
        !chosen && seen.columns.role_at(*column).is_none()
    };
    let mut columns = seen.called(names).into_iter().filter(free).peekable();
    columns.peek()?;
    let mut places: HashMap<(u64, Vec<u64>), u64> = HashMap::new();
    let sizes = seen.runs.iter().map(|run| {
        let next = places.len() as u64;
        let size = (run.x.to_bits(), run.column_bits());
        *places.entry(size).or_insert(next)
    });
    let sizes: Vec<u64> = sizes.collect();
    columns.find_map(|column| in_column(seen.table, seen.rows, &sizes, column, said))
}

/// The finding that most models have several rows, which differ in a column with the same few
/// values for each model, such as the k of pass@k.
pub(in crate::tables) fn repeated(
    table: &RawTable,
    rows: &[&RawRow],
    models: &[&str],
    mut columns: impl Iterator<Item = usize>,
) -> Option<Diagnosis> {
    let mut of_model: HashMap<&str, Vec<&RawRow>> = HashMap::new();
    for (row, model) in rows.iter().zip(models) {
        of_model.entry(model).or_default().push(row);
    }
    let several: Vec<&Vec<&RawRow>> = of_model.values().filter(|rows| rows.len() > 1).collect();
    if several.len() < 2 || 2 * several.len() < of_model.len() {
        return None;
    }
    let column = columns.find(|column| {
        let values = |rows: &[&'_ RawRow]| -> BTreeSet<String> {
            rows.iter()
                .map(|row| row.cell(*column).to_owned())
                .collect()
        };
        let all = values(rows);
        let most = several.iter().map(|rows| rows.len()).max().unwrap_or(0);
        let tells_apart = several.iter().all(|rows| values(rows).len() == rows.len());
        tells_apart && all.len() <= most && !all.contains("")
    })?;
    let name = &table.header[column];
    let value = rows.first().map_or("", |row| row.cell(column));
    let written = match parse_quantity(value) {
        Ok(_) => value.to_owned(),
        Err(_) => format!("'{value}'"),
    };
    let message = format!(
        "{} of {} models have several rows, which differ in column '{}' ({})",
        several.len(),
        of_model.len(),
        excerpt(name),
        lines(rows.iter().map(|row| row.line))
    );
    Some(
        Diagnosis::new(
            Code::TasksPooled,
            Severity::Refuse,
            message,
            "make one curve for each value, or choose one",
        )
        .with_remedy(Setting::By.to(name.as_str()))
        .with_remedy(Setting::Where.to(format!("{name} = {written}")))
        .with_remedy(Setting::Force),
    )
}

/// The columns that say what a model was measured on.
pub(in crate::tables) fn tasks_of(table: &RawTable) -> Vec<usize> {
    Known::of(&table.header).called(&TASKS)
}

/// The columns that number repetitions.
pub(in crate::tables) fn seeds_of(table: &RawTable) -> Vec<usize> {
    Known::of(&table.header).called(&SEEDS)
}

/// Several tasks among rows of models of these sizes, in one of these columns.
pub(in crate::tables) fn pooled(
    table: &RawTable,
    rows: &[&RawRow],
    sizes: &[u64],
    mut columns: impl Iterator<Item = usize>,
) -> Option<Diagnosis> {
    columns.find_map(|column| in_column(table, rows, sizes, column, &OF_TASKS))
}

fn in_column(
    table: &RawTable,
    rows: &[&RawRow],
    sizes: &[u64],
    column: usize,
    said: &Said,
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
        "the rows are of {} values of column '{}' ({}; {}), and {}",
        tasks.len(),
        excerpt(name),
        list(tasks.iter().copied()),
        lines(rows.iter().map(|row| row.line)),
        said.what
    );
    let first = tasks.first().map_or("", |task| task);
    let condition = format!("{name} = '{first}'");
    let found = Diagnosis::new(said.code, said.severity, message, said.hint)
        .with_remedy(Setting::By.to(name.as_str()))
        .with_remedy(Setting::Where.to(condition));
    Some(match said.severity {
        Severity::Refuse => found.with_remedy(Setting::Force),
        _ => found,
    })
}
