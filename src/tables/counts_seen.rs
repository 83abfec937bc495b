//! Whether a table is about passing, and what its first bytes show of it.

use super::candidates::counted_by_letters;
use super::count_roles::{PASS_RATE, PASSES, TASK_LOSS};
use super::counts_columns::Columns;
use super::lint::tasks_of;
use super::log::{self, Source};
use super::options::CountOptions;
use super::overview;
use super::reshape;
use super::roles::{ColumnRole, LOSS};
use super::task_columns::columns_of_tasks;
use crate::seen::TableSeen;

/// Bytes that are searched for the column names and a row.
const OPENING: usize = 1 << 16;

/// Whether a table is about passing and not about losses, judged by the usual column names.
///
/// ```
/// assert!(scalewise::internal::holds_counts(b"compute,accuracy\n1e18,0.3\n"));
/// assert!(!scalewise::internal::holds_counts(b"compute,loss,accuracy\n1e18,3.1,0.3\n"));
/// assert!(scalewise::internal::holds_counts(b"compute,task,accuracy,bpb\n1e18,piqa,0.6,1.1\n"));
/// ```
#[must_use]
pub fn holds_counts(bytes: &[u8]) -> bool {
    // The column names come first, so a table of millions of rows is not read twice.
    let (opening, _) = opening_of(bytes, OPENING);
    let Ok(table) = log::read(&Source::bytes(opening, "")) else {
        return false;
    };
    let has = |role: &ColumnRole| table.header.iter().any(|name| role.is_called(name));
    let scored = has(&PASSES)
        || has(&PASS_RATE)
        || counted_by_letters(&table).is_some()
        || !columns_of_tasks(&table).is_empty();
    // Bits per byte beside scores of tasks belong to the tasks.
    let of_tasks = has(&PASS_RATE) && !tasks_of(&table).is_empty();
    let of_runs = |name: &&String| LOSS.is_called(name) && !(of_tasks && TASK_LOSS.is_called(name));
    scored && !table.header.iter().any(|name| of_runs(&name))
}

/// Whether a table has a score for every model and not the passes of every problem, judged by its
/// first bytes.
#[must_use]
pub fn opens_with_scores(opening: &[u8], options: &CountOptions) -> bool {
    let (lines, _) = opening_of(opening, OPENING);
    reshape::read_counts(&Source::bytes(lines, ""), options)
        .and_then(|table| Columns::find(&table, options))
        .is_ok_and(|columns| columns.problem.is_none() && columns.rate.is_some())
}

/// The whole lines among the first `limit` bytes, and whether these are all of them.
fn opening_of(bytes: &[u8], limit: usize) -> (&[u8], bool) {
    let opening = &bytes[..bytes.len().min(limit)];
    let whole = opening.len() == bytes.len();
    match opening.iter().rposition(|b| *b == b'\n') {
        Some(end) if !whole => (&opening[..end], false),
        _ => (opening, whole),
    }
}

/// What the first bytes of a table about passing show; `None` if they are not a table.
#[must_use]
pub fn see_counts(bytes: &[u8], source: &str, options: &CountOptions) -> Option<TableSeen> {
    let (lines, whole) = opening_of(bytes, overview::HELD);
    let table = reshape::read_counts(&Source::bytes(lines, source), options).ok()?;
    let seen = overview::of_counts(&table, options);
    Some(TableSeen {
        whole: whole && seen.whole,
        ..seen
    })
}
