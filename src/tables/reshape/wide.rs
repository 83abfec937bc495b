//! One column a run → one row a run and step.

use super::super::columns;
use super::super::log::{MEMORY, RawRow, RawTable, bad, too_large};
use super::super::options::ReadOptions;
use crate::Result;
use crate::remedy::Setting;
use crate::text::{list, quoted};

/// Trackers add the extremes of what they averaged as columns of their own.
const EXTREMES: [&str; 2] = ["__MIN", "__MAX"];
/// Between a run and what was measured.
const BETWEEN: &str = " - ";

/// The long form, with columns run, step and the metric (loss where the columns do not name one).
pub(super) fn long(table: RawTable, options: &ReadOptions) -> Result<RawTable> {
    let step = columns::find_step(&table, options)?;
    let own: Vec<usize> = (0..table.header.len())
        .filter(|k| *k != step && !EXTREMES.iter().any(|e| table.header[*k].ends_with(e)))
        .collect();
    let parts: Vec<(usize, &str, &str)> = own
        .iter()
        .map(|&k| match table.header[k].rsplit_once(BETWEEN) {
            Some((run, metric)) => (k, run.trim(), metric.trim()),
            None => (k, table.header[k].as_str(), ""),
        })
        .collect();
    let mut metrics: Vec<&str> = parts
        .iter()
        .map(|p| p.2)
        .filter(|m| !m.is_empty())
        .collect();
    metrics.sort_unstable();
    metrics.dedup();
    let wanted = match (&options.loss_col, metrics.as_slice()) {
        (Some(name), _) if metrics.contains(&name.as_str()) => name.as_str(),
        (_, [one]) => one,
        (None | Some(_), []) => "",
        (_, several) => {
            let message = format!(
                "the columns hold {} metrics: {}",
                several.len(),
                list(several.iter().copied())
            );
            return Err(bad(&table.source, None, message)
                .with_hint("choose one of them")
                .with_remedy(Setting::LossCol.to(several[0])));
        }
    };
    let mut rows = Vec::new();
    let mut held = 0;
    let mut runs: Vec<Option<&str>> = vec![None; table.header.len()];
    for &(column, run, _) in parts.iter().filter(|p| p.2 == wanted) {
        runs[column] = Some(run);
    }
    // Run by run, however few of its cells each row holds.
    let mut cells: Vec<(usize, usize)> = Vec::new();
    for (k, row) in table.rows.iter().enumerate() {
        let own = row.filled().filter(|(column, _)| runs[*column].is_some());
        cells.extend(own.map(|(column, _)| (column, k)));
    }
    cells.sort_unstable();
    for (column, k) in cells {
        let row = &table.rows[k];
        let run = runs[column].unwrap_or_default();
        rows.push(RawRow::new(
            row.line,
            [run, row.cell(step), row.cell(column)],
        ));
        held += rows.last().map_or(0, RawRow::size);
        if held > MEMORY {
            return Err(too_large(&table.source, row.line));
        }
    }
    if rows.is_empty() {
        let message = format!("no run has a value of {}", quoted(wanted));
        return Err(bad(&table.source, None, message)
            .with_hint("a wide table has one column a run beside a column of steps"));
    }
    let metric = match (&options.loss_col, wanted) {
        (Some(name), _) => name.clone(),
        (None, _) => "loss".to_owned(),
    };
    Ok(RawTable {
        header: vec!["run".to_owned(), table.header[step].clone(), metric],
        rows,
        ..table
    })
}
