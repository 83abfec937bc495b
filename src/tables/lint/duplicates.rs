//! Runs that are listed twice and would count twice.

use super::names::{Known, NUMBERS};
use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::remedy::Setting;
use crate::tables::log::{RawRow, RawTable};
use std::collections::HashMap;

/// Tables with more rows are logs, and searching them would take longer than reading them.
const MOST_ROWS: usize = 200_000;
/// Equal rows are copies if chance makes as many of them with less than this probability.
const BY_CHANCE: f64 = 1e-3;

/// Rows that are equal in every cell. If no column names runs, replicates may have the same rounded
/// loss by chance.
pub(super) fn listed_twice(seen: &Seen<'_>) -> Option<Diagnosis> {
    if seen.runs.len() > MOST_ROWS {
        return None;
    }
    let ignored = seen.called(&NUMBERS);
    let mut first: HashMap<Vec<(usize, &str)>, u64> = HashMap::new();
    let mut again = Vec::new();
    let mut unit = 0.0f64;
    for (run, row) in seen.pairs() {
        let cells = row.filled().filter(|cell| !ignored.contains(&cell.0));
        let cells = cells.collect();
        let line = *first.entry(cells).or_insert(run.line);
        if line != run.line {
            again.push((line, run.line));
            unit = unit.max(last_digit(row.cell(seen.columns.loss.index)));
        }
    }
    let count = again.len();
    let named = seen.run_column().is_some_and(|column| column.names_runs);
    if count == 0 || (!named && by_chance(seen, count, unit)) {
        return None;
    }
    Some(twice(&again))
}

/// The finding about repeated rows, from the line of each and of the row that it repeats.
fn twice(again: &[(u64, u64)]) -> Diagnosis {
    let count = again.len();
    let rows = again.iter().flat_map(|(a, b)| [*a, *b]);
    let message = format!(
        "{} the same as another in every cell ({}): each run counts as often as it is listed",
        match count {
            1 => "one row is".to_owned(),
            many => format!("{many} rows are"),
        },
        lines(rows)
    );
    Diagnosis::new(
        Code::DuplicateRuns,
        Severity::Warn,
        message,
        "list each run once",
    )
    .with_remedy(Setting::Exclude)
}

/// Rows of scores that are equal in every cell, where a column names their models.
pub(in crate::tables) fn scores_listed_twice(
    table: &RawTable,
    rows: &[&RawRow],
) -> Option<Diagnosis> {
    if rows.len() > MOST_ROWS {
        return None;
    }
    let ignored = Known::of(&table.header).called(&NUMBERS);
    let mut first: HashMap<Vec<(usize, &str)>, u64> = HashMap::new();
    let mut again = Vec::new();
    for row in rows {
        let cells = row.filled().filter(|cell| !ignored.contains(&cell.0));
        let line = *first.entry(cells.collect()).or_insert(row.line);
        if line != row.line {
            again.push((line, row.line));
        }
    }
    (!again.is_empty()).then(|| twice(&again))
}

/// The finding that models have several rows with different scores. A row is its line, the model's
/// name with its size as written, and the score.
pub(in crate::tables) fn several_scores(rows: &[(u64, String, f64)]) -> Option<Diagnosis> {
    let mut of_model: HashMap<&str, Vec<(u64, f64)>> = HashMap::new();
    for (line, model, score) in rows {
        of_model.entry(model).or_default().push((*line, *score));
    }
    let differ = |all: &&Vec<(u64, f64)>| all.iter().any(|(_, score)| *score != all[0].1);
    let several: Vec<&Vec<(u64, f64)>> = of_model.values().filter(differ).collect();
    if several.is_empty() {
        return None;
    }
    let message = format!(
        "{} of {} models have several scores ({}): each counts as a model of its own, as repetitions with another seed \
         do",
        several.len(),
        of_model.len(),
        lines(
            several
                .iter()
                .flat_map(|all| all.iter().map(|(line, _)| *line))
        )
    );
    let hint = "if the rows are of several tasks or settings, make one curve for each of them, or choose one";
    Some(
        Diagnosis::new(Code::SeveralScores, Severity::Note, message, hint)
            .with_remedy(Setting::By)
            .with_remedy(Setting::Where),
    )
}

/// Whether `count` replicates may have equal losses by chance when losses are rounded to `unit`.
fn by_chance(seen: &Seen<'_>, count: usize, unit: f64) -> bool {
    let mut sizes: HashMap<([u64; 3], Vec<u64>), Vec<f64>> = HashMap::new();
    for run in seen.runs {
        let bits = |value: Option<f64>| value.map_or(0, f64::to_bits);
        let size = [run.x.to_bits(), bits(run.params), bits(run.tokens)];
        let size = (size, run.column_bits());
        sizes.entry(size).or_default().push(run.loss);
    }
    let (mut squares, mut freedom, mut pairs) = (0.0, 0.0, 0.0);
    for losses in sizes.values_mut() {
        losses.sort_by(f64::total_cmp);
        let n = losses.len() as f64;
        pairs += n * (n - 1.0) / 2.0;
        losses.dedup();
        let n = losses.len() as f64;
        let mean = losses.iter().sum::<f64>() / n;
        squares += losses.iter().map(|loss| (loss - mean).powi(2)).sum::<f64>();
        freedom += n - 1.0;
    }
    if freedom < 1.0 || squares <= 0.0 {
        return false;
    }
    // Two normal deviates round to the same value with this probability.
    let noise = (squares / freedom).sqrt();
    let expected = pairs * unit / (2.0 * std::f64::consts::PI.sqrt() * noise);
    // The upper tail of Poisson's distribution is at most λ^k / k!.
    let terms = (1..=count).map(|k| expected / k as f64);
    terms.product::<f64>() > BY_CHANCE
}

/// The value of the last digit of a number.
fn last_digit(cell: &str) -> f64 {
    let mut parts = cell.split(['e', 'E']);
    let mantissa = parts.next().unwrap_or(cell);
    let exponent: i32 = parts.next().and_then(|e| e.parse().ok()).unwrap_or(0);
    let decimals = mantissa
        .split_once('.')
        .map_or(0, |(_, after)| after.trim().len());
    10f64.powi(exponent.saturating_sub(i32::try_from(decimals).unwrap_or(i32::MAX)))
}
