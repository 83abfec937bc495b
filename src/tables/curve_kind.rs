//! Which kind of curve the rows of a table lie on, by its columns.

use super::columns::Columns;
use super::log::{RawRow, RawTable};
use super::options::ReadOptions;
use super::roles::COMPUTE;
use crate::quantity::parse_quantity;
use crate::runs::{CurveKind, Run, Variable};

/// Names of columns that hold training-set sizes.
const TRAINING_SETS: [&str; 10] = [
    "train_size",
    "training_size",
    "train_set_size",
    "training_set_size",
    "n_train",
    "num_train",
    "dataset_size",
    "data_size",
    "n_examples",
    "train_examples",
];
/// Names of columns that hold numbers of samples, or the pass rate at such a number.
const SAMPLES: [&str; 4] = ["k", "pass@k", "pass_at_k", "coverage"];
/// Largest relative spread of compute over step within one run.
const PROPORTION: f64 = 0.02;

/// The kind that the caller sets, or else the one that the columns show.
pub(super) fn kind(
    table: &RawTable,
    columns: &Columns,
    options: &ReadOptions,
    runs: &[Run],
    rows: &[&RawRow],
) -> CurveKind {
    let is_one_of = |names: &[&str], column: usize| {
        let name = &table.header[column];
        names.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let variable = columns.of(options.over).map(|column| column.index);
    let loss = columns.loss.index;
    match options.curve {
        Some(kind) => kind,
        None if one_run(columns, options, runs, rows) => CurveKind::TrainingRun,
        None if [variable, Some(loss)]
            .into_iter()
            .flatten()
            .any(|column| is_one_of(&SAMPLES, column)) =>
        {
            CurveKind::Samples
        }
        None if options.over == Variable::Tokens => CurveKind::DatasetSize,
        None if variable.is_some_and(|column| is_one_of(&TRAINING_SETS, column)) => {
            CurveKind::DatasetSize
        }
        None if unknown(table, columns, options) => CurveKind::Unknown,
        None => CurveKind::Ladder,
    }
}

/// Whether nothing says what the rows are: the user calls a column compute although its name does
/// not, and no column gives model sizes.
fn unknown(table: &RawTable, columns: &Columns, options: &ReadOptions) -> bool {
    let Some(compute) = columns
        .compute
        .filter(|c| c.by_user && options.over.is_compute())
    else {
        return false;
    };
    let name = &table.header[compute.index];
    let words = name.to_lowercase();
    let says = COMPUTE.is_called(name) || COMPUTE.parts().iter().any(|part| words.contains(part));
    !says && columns.params.is_none()
}

/// Whether the rows are steps of one run: each step occurs once, and nothing tells runs apart.
fn one_run(columns: &Columns, options: &ReadOptions, runs: &[Run], rows: &[&RawRow]) -> bool {
    let Some(step) = columns.step else {
        return false;
    };
    let same = |value: fn(&Run) -> Option<u64>| {
        let mut all = runs.iter().map(value);
        let first = all.next();
        all.all(|value| Some(value) == first)
    };
    let group = runs.first().and_then(|run| run.group.as_deref());
    let one_group = runs.iter().all(|run| run.group.as_deref() == group);
    if options.reshape.reduce.is_some()
        || runs.len() < 3
        || !one_group
        || !same(|run| run.params.map(f64::to_bits))
    {
        return false;
    }
    let cells = rows.iter().map(|row| parse_quantity(row.cell(step)));
    let Ok(steps) = cells.collect::<Result<Vec<f64>, _>>() else {
        return false;
    };
    let mut sorted = steps.clone();
    sorted.sort_by(f64::total_cmp);
    if sorted.windows(2).any(|two| two[0] == two[1]) {
        return false;
    }
    // Without a name or a size, runs that ended at different steps look the same. Only within one
    // run does compute grow with the step.
    let named = !columns.group.is_empty() || columns.params.is_some();
    let ratios = || {
        let pairs = runs.iter().zip(&steps);
        pairs
            .filter(|(_, step)| **step > 0.0)
            .map(|(run, step)| run.x / step)
    };
    let least = ratios().fold(f64::INFINITY, f64::min);
    let most = ratios().fold(0.0, f64::max);
    named || most <= least * (1.0 + PROPORTION)
}
