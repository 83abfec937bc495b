//! Which columns of a table about passing play which roles.

use super::candidates::{counted_by_letters, missing};
use super::columns::{Column, claim_named, find_by_name};
use super::count_roles::{CHANCE, MODEL, PASS_RATE, PASSES, PROBLEM, SAMPLES, STDERR, TASK_LOSS};
use super::log::{RawRow, RawTable};
use super::metrics::{Metric, Metrics, columns_of_rates};
use super::numeral::has_thousands;
use super::options::CountOptions;
use super::roles::{COMPUTE, ColumnRole, PARAMS, TOKENS};
use super::score_columns::ScoreColumns;
use crate::quantity::parse_quantity;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// The columns that play each role.
pub(super) struct Columns {
    pub(super) compute: Option<Column>,
    pub(super) params: Option<Column>,
    pub(super) tokens: Option<Column>,
    pub(super) model: Option<Column>,
    pub(super) problem: Option<Column>,
    pub(super) samples: Option<Column>,
    pub(super) passes: Option<Column>,
    /// Only if the table has no problems.
    pub(super) rate: Option<Column>,
    /// The columns of rates, each with the columns that describe it.
    pub(super) metrics: Metrics,
}

impl Columns {
    pub(super) fn find(table: &RawTable, options: &CountOptions) -> Result<Columns> {
        let named = [
            (&COMPUTE, &options.compute_col),
            (&PARAMS, &options.params_col),
            (&TOKENS, &options.tokens_col),
            (&MODEL, &options.model_col),
            (&PROBLEM, &options.problem_col),
            (&SAMPLES, &options.samples_col),
            (&PASSES, &options.passes_col),
            (&PASS_RATE, &options.pass_rate_col),
            (&STDERR, &options.stderr_col),
            (&CHANCE, &options.chance_col),
            (&TASK_LOSS, &options.task_loss_col),
        ];
        let claimed = claim_named(table, &named)?;
        let taken: Vec<usize> = claimed.iter().flatten().map(|c| c.index).collect();
        let find = |slot: usize| match claimed[slot] {
            Some(column) => Ok(Some(column)),
            None => find_by_name(table, named[slot].0, &taken),
        };
        let mut columns = Columns {
            compute: find(0)?,
            params: find(1)?,
            tokens: find(2)?,
            model: find(3)?,
            problem: find(4)?,
            samples: find(5)?,
            passes: find(6)?,
            rate: None,
            metrics: Metrics::default(),
        };
        let rates = match claimed[7] {
            Some(column) => vec![column],
            None => columns_of_rates(table, &taken)?,
        };
        columns.rate = rates.first().copied();
        let model = columns.model;
        columns.model = model.filter(|column| columns.names_models(table, *column));
        if columns.passes.is_none() && columns.problem.is_some() {
            columns.passes = passes_by_another_name(table, columns.rate, columns.samples);
        }
        let scored = columns.passes.is_some() && columns.passes == columns.rate;
        let sizes = [
            &mut columns.compute,
            &mut columns.params,
            &mut columns.tokens,
        ];
        for column in sizes
            .into_iter()
            .chain([&mut columns.samples, &mut columns.passes])
            .flatten()
        {
            column.numeral.thousands = has_thousands(table, column.index, None);
        }
        if columns.compute.is_none() && (columns.params.is_none() || columns.tokens.is_none()) {
            return Err(missing(table, &COMPUTE));
        }
        let of_rates = [claimed[8], claimed[9], claimed[10]];
        match (columns.problem, columns.passes) {
            (Some(_), Some(_)) => {
                columns.rate = None;
                ScoreColumns::refuse(table, of_rates)?;
            }
            (Some(problem), None) => {
                let Some(rate) = columns.rate else {
                    return Err(missing(table, &PASSES));
                };
                let message = format!(
                    "column {} holds a rate for each {}: the passes and the samples are needed",
                    quoted(&table.header[rate.index]),
                    quoted(&table.header[problem.index]),
                );
                return Err(Error::new(ErrorKind::Data, message)
                    .at(&table.source, None, None)
                    .with_hint("give the columns n_samples and n_correct instead of their ratio"));
            }
            (None, _) if columns.rate.is_none() => {
                let role: &ColumnRole = if columns.passes.is_some() {
                    &PROBLEM
                } else {
                    &PASS_RATE
                };
                return Err(missing(table, role));
            }
            (None, _) => {}
        }
        if columns.rate.is_some() || scored {
            let taken: Vec<usize> = columns.all().map(|column| column.index).collect();
            let metric = |rate| Metric {
                rate,
                beside: ScoreColumns::find(table, rate, of_rates, &taken),
            };
            columns.metrics = Metrics::new(table, rates.into_iter().map(metric).collect(), &taken)?;
        }
        Ok(columns)
    }

    /// All columns with a role, except those that describe a rate.
    pub(super) fn all(&self) -> impl Iterator<Item = Column> {
        let roles = [
            self.compute,
            self.params,
            self.tokens,
            self.model,
            self.problem,
            self.samples,
            self.passes,
            self.rate,
        ];
        roles.into_iter().flatten()
    }
}

/// The passes when no usual name gives them: a `c` beside an `n`, or a score that is 0 or 1 in
/// every row.
fn passes_by_another_name(
    table: &RawTable,
    rate: Option<Column>,
    samples: Option<Column>,
) -> Option<Column> {
    if let (Some(index), Some(samples)) = (counted_by_letters(table), samples)
        && table.header[samples.index] == "n"
    {
        return Some(Column::new(table, &PASSES, index, false));
    }
    let rate = rate.filter(|_| samples.is_none())?;
    let is_whole = |cell: &str| cell.is_empty() || matches!(parse_quantity(cell), Ok(0.0 | 1.0));
    let all = table.rows.iter().all(|row| is_whole(row.cell(rate.index)));
    all.then_some(rate)
}

impl Columns {
    /// Whether a column names models. A column of runs does if every run has one size; otherwise
    /// its rows are repetitions.
    pub(super) fn names_models(&self, table: &RawTable, name: Column) -> bool {
        let header = &table.header[name.index];
        let is_model = |known: &&str| known.eq_ignore_ascii_case(header);
        if name.by_user || MODEL.names.iter().any(is_model) {
            return true;
        }
        let sizes = [self.compute, self.params, self.tokens];
        let cells = |row: &'_ RawRow| -> Vec<String> {
            let filled = sizes.iter().flatten();
            filled
                .map(|column| row.cell(column.index).to_owned())
                .collect()
        };
        let mut known: HashMap<&str, Vec<String>> = HashMap::new();
        table.rows.iter().all(|row| {
            let sizes = cells(row);
            let first = known
                .entry(row.cell(name.index))
                .or_insert_with(|| sizes.clone());
            *first == sizes
        })
    }
}
