//! Columns that hold the score of a task each.

use super::chance_levels;
use super::count_roles::{PASS_RATE, PASSES, PROBLEM, SAMPLES};
use super::lint::tasks_of;
use super::log::RawTable;

/// One column with the name of a task may be something else; several are scores.
const FEWEST: usize = 2;

/// The columns that hold the score of a well-known task each; none if other columns say what a
/// model passed.
pub(super) fn columns_of_tasks(table: &RawTable) -> Vec<usize> {
    let header = &table.header;
    let roles = [&PASS_RATE, &PASSES, &PROBLEM, &SAMPLES];
    let told = |name: &String| roles.iter().any(|role| role.is_called(name));
    if header.iter().any(told) || !tasks_of(table).is_empty() {
        return Vec::new();
    }
    let all = 0..header.len();
    let found: Vec<usize> = all
        .filter(|k| chance_levels::is_task(&header[*k]))
        .collect();
    match found.len() < FEWEST {
        true => Vec::new(),
        false => found,
    }
}
