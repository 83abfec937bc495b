//! One column per run → one row per run and step.

use super::super::candidates;
use super::super::columns;
use super::super::log::{MEMORY, RawRow, RawTable, bad, too_large};
use super::super::options::ReadOptions;
use super::super::roles;
use super::super::run_columns::{BETWEEN, likely_loss, metrics, parts};
use super::wanted::Reshape;
use crate::Result;
use crate::remedy::Setting;
use crate::text::{list, quoted};
use std::collections::HashMap;

/// The long form, with the columns run, step and the metric (loss if the columns name none).
pub(super) fn long(table: RawTable, options: &ReadOptions) -> Result<RawTable> {
    let step = columns::find_step(&table, options)?;
    let parts = parts(&table, step);
    let metrics = metrics(&parts);
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
            let likely = likely_loss(several).unwrap_or(several[0]);
            return Err(bad(&table.source, None, message)
                .with_hint("choose one of them")
                .with_remedy(Setting::LossCol.to(likely)));
        }
    };
    let mut rows = Vec::new();
    let mut held = 0;
    let mut runs: Vec<Option<&str>> = vec![None; table.header.len()];
    for &(column, run, _) in parts.iter().filter(|p| p.2 == wanted) {
        runs[column] = Some(run);
    }
    // Run by run, in time proportional to the cells that rows hold.
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

/// Whether a table has columns that name a run and a metric.
pub(super) fn is_wide(table: &RawTable) -> bool {
    table.header.iter().any(|name| name.contains(BETWEEN))
}

/// The long form with all metrics, each in a column of its name after the run and the step.
pub(super) fn long_of_all(table: RawTable, how: &Reshape) -> Result<RawTable> {
    let step = columns::first_step(&table, how.step_col.as_deref());
    let step = step.ok_or_else(|| candidates::missing(&table, &roles::STEP))?;
    let parts = parts(&table, step);
    if let Some((_, name, _)) = parts.iter().find(|part| part.2.is_empty()) {
        let message = format!("column {} does not say what was measured", quoted(name));
        return Err(bad(&table.source, None, message)
            .with_hint("head each column of a run with 'RUN - METRIC', or give one row a run"));
    }
    let mut metrics: Vec<&str> = Vec::new();
    let mut runs: Vec<&str> = Vec::new();
    // The run and the metric of each column.
    let mut places: Vec<Option<[usize; 2]>> = vec![None; table.header.len()];
    let (mut run_at, mut metric_at) = (HashMap::new(), HashMap::new());
    for (column, run, metric) in parts {
        let run_place = *run_at.entry(run).or_insert(runs.len());
        if run_place == runs.len() {
            runs.push(run);
        }
        let metric_place = *metric_at.entry(metric).or_insert(metrics.len());
        if metric_place == metrics.len() {
            metrics.push(metric);
        }
        places[column] = Some([run_place, metric_place]);
    }
    let (mut rows, mut held) = (Vec::new(), 0);
    let mut cells: Vec<(usize, usize, &str)> = Vec::new();
    for row in &table.rows {
        cells.clear();
        cells.extend(row.filled().filter_map(|(column, cell)| {
            let [run, metric] = places[column]?;
            Some((run, metric, cell))
        }));
        cells.sort_unstable();
        for of_run in cells.chunk_by(|a, b| a.0 == b.0) {
            let mut measured = vec![""; metrics.len()];
            for (_, metric, cell) in of_run {
                measured[*metric] = cell;
            }
            let first = [runs[of_run[0].0], row.cell(step)];
            let long = RawRow::new(row.line, first.into_iter().chain(measured));
            held += long.size();
            rows.push(long);
            if held > MEMORY {
                return Err(too_large(&table.source, row.line));
            }
        }
    }
    let mut header = vec!["run".to_owned(), table.header[step].clone()];
    header.extend(metrics.into_iter().map(str::to_owned));
    Ok(RawTable {
        header,
        rows,
        ..table
    })
}
