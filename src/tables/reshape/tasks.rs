//! A table with a column of scores for each task becomes one row per task.

use super::super::log::{MEMORY, RawRow, RawTable, too_large};
use super::super::options::CountOptions;
use super::super::task_columns::columns_of_tasks;
use crate::Result;
use crate::text::list;

/// The columns of the rows that are made.
const TASK: &str = "task";
const SCORE: &str = "accuracy";
const PER_CENT: &str = "accuracy_pct";

/// The table with a row for each score of each row. A table that has its scores in one column is
/// left as it is.
pub(super) fn as_rows(table: RawTable, options: &CountOptions) -> Result<RawTable> {
    let named = options.pass_rate_col.is_some() || options.passes_col.is_some();
    let tasks = columns_of_tasks(&table);
    if named || tasks.is_empty() {
        return Ok(table);
    }
    let others: Vec<usize> = (0..table.header.len())
        .filter(|k| !tasks.contains(k))
        .collect();
    let names = tasks.iter().map(|k| table.header[*k].as_str());
    let mut columns = vec![SCORE];
    if names.clone().any(is_per_cent) {
        columns.push(PER_CENT);
    }
    let mut note = format!(
        "columns {} hold the scores of a task each: they became rows with the columns {TASK} and {}",
        list(names),
        columns.join(" and ")
    );
    let (mut rows, mut blank, mut held) = (Vec::new(), 0, 0);
    for row in &table.rows {
        for task in &tasks {
            let (name, score) = (table.header[*task].as_str(), row.written(*task));
            if row.cell(*task).is_empty() {
                blank += 1;
                continue;
            }
            let own = if is_per_cent(name) { PER_CENT } else { SCORE };
            let scores = columns.iter().map(|c| if *c == own { score } else { "" });
            let cells = others.iter().map(|k| row.written(*k));
            let made = RawRow::new(row.line, cells.chain([name]).chain(scores));
            held += made.size();
            if held > MEMORY {
                return Err(too_large(&table.source, row.line));
            }
            rows.push(made);
        }
    }
    if blank > 0 {
        let cells = if blank == 1 {
            "cell holds"
        } else {
            "cells hold"
        };
        note += &format!("; {blank} blank {cells} no score");
    }
    let kept = others.iter().map(|k| table.header[*k].as_str());
    let header = kept.chain([TASK]).chain(columns);
    let header = header.map(str::to_owned).collect();
    let mut notes = table.notes;
    notes.push(note);
    Ok(RawTable {
        header,
        rows,
        notes,
        source: table.source,
        delimiter: table.delimiter,
    })
}

fn is_per_cent(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["%", "pct", "percent"]
        .iter()
        .any(|unit| name.contains(unit))
}
