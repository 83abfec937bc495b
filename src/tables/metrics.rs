//! Which column holds the pass rate of a task, if tasks have metrics of their own.
//!
//! A harness writes a column for each metric and fills those that a task has: `acc` and `acc_norm`
//! of HellaSwag, `exact_match,strict-match` of GSM8K. All rows of a task use one metric.

use super::candidates::{ambiguous, may_hold_numbers};
use super::columns::{Column, find_by_name};
use super::count_roles::PASS_RATE;
use super::heading::Name;
use super::lint::tasks_of;
use super::log::{RawRow, RawTable};
use super::roles::Rank;
use super::score_columns::ScoreColumns;
use crate::Result;
use crate::text::{excerpt, list};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A column of rates with the columns that describe it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metric {
    pub(super) rate: Column,
    pub(super) beside: ScoreColumns,
}

/// The columns of rates, the best first, and the column chosen for each task.
#[derive(Debug, Clone, Default)]
pub(super) struct Metrics {
    all: Vec<Metric>,
    /// The columns whose cells together name a task.
    tasks: Vec<usize>,
    of_task: HashMap<String, usize>,
}

/// The filter that is preferred.
const STRICT: &str = ",strict-match";

/// The columns that may hold the pass rate, the best first, if the user names none. Without a
/// column of tasks there is at most one.
pub(super) fn columns_of_rates(table: &RawTable, taken: &[usize]) -> Result<Vec<Column>> {
    let open = |k: &usize| !taken.contains(k) && may_hold_numbers(table, *k);
    let places = (0..table.header.len()).filter(open);
    let mut ranked: Vec<(Rank, bool, usize, bool, usize)> = places
        .filter_map(|k| {
            let name = &table.header[k];
            let (rank, filtered) = rank(name)?;
            let place = PASS_RATE.place(metric_of(name));
            // The harness's own tables show its first filter.
            let other = filtered && !name.ends_with(STRICT);
            Some((rank, filtered, place, other, k))
        })
        .collect();
    ranked.sort_unstable();
    let tasks = tasks_of(table)
        .into_iter()
        .any(|task| !taken.contains(&task));
    if ranked.len() < 2 || !tasks {
        let found = find_by_name(table, &PASS_RATE, taken)?;
        let only = || {
            ranked
                .first()
                .map(|(.., k)| column(table, *k))
                .filter(|_| tasks)
        };
        return Ok(found.or_else(only).into_iter().collect());
    }
    Ok(ranked.into_iter().map(|(.., k)| column(table, k)).collect())
}

fn column(table: &RawTable, index: usize) -> Column {
    Column::new(table, &PASS_RATE, index, false)
}

/// The name of a metric without the filter after its comma.
fn metric_of(name: &str) -> &str {
    name.split_once(',').map_or(name, |(metric, _)| metric)
}

/// How well a name means a pass rate, and whether it names a filter.
fn rank(name: &str) -> Option<(Rank, bool)> {
    match PASS_RATE.rank(name) {
        Some(rank) => Some((rank, false)),
        None => Some((PASS_RATE.rank(metric_of(name))?, true)),
    }
}

impl Metrics {
    /// Chooses the metric of each task: the best of those that any of its rows has.
    pub(super) fn new(table: &RawTable, all: Vec<Metric>, taken: &[usize]) -> Result<Metrics> {
        let mut metrics = Metrics {
            all,
            ..Metrics::default()
        };
        if metrics.all.len() < 2 {
            return Ok(metrics);
        }
        let tasks = tasks_of(table).into_iter();
        metrics.tasks = tasks.filter(|task| !taken.contains(task)).collect();
        let mut filled: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for row in &table.rows {
            let has = |k: &usize| !row.cell(metrics.all[*k].rate.index).is_empty();
            let some = (0..metrics.all.len()).filter(has);
            filled.entry(metrics.task(row)).or_default().extend(some);
        }
        let ranked = |k: usize| {
            let name = &table.header[metrics.all[k].rate.index];
            (rank(name), Name::of(metric_of(name)).words)
        };
        for (task, some) in filled {
            let Some(&best) = some.first() else { continue };
            // Filters of one metric are ranked by their order in the table, so they are not
            // ambiguous.
            let equal =
                |k: &&usize| ranked(**k).0 == ranked(best).0 && ranked(**k).1 != ranked(best).1;
            if let Some(&other) = some.iter().find(equal) {
                let both = [best, other].map(|k| metrics.all[k].rate.index);
                return Err(ambiguous(table, &PASS_RATE, &both));
            }
            metrics.of_task.insert(task, best);
        }
        Ok(metrics)
    }

    /// The columns that hold measurements.
    pub(super) fn measured(&self) -> impl Iterator<Item = Column> {
        let columns = |metric: &Metric| {
            let beside = [metric.beside.stderr, metric.beside.loss];
            beside.into_iter().flatten().chain([metric.rate])
        };
        self.all.iter().flat_map(columns)
    }

    fn task(&self, row: &RawRow) -> String {
        let cells = self.tasks.iter().map(|task| row.cell(*task));
        cells.collect::<Vec<_>>().join("\u{1f}")
    }

    /// The metric of a row; the main one if there is no choice.
    pub(super) fn of(&self, row: &RawRow) -> Option<Metric> {
        let place = match self.all.len() {
            0 | 1 => 0,
            _ => self.of_task.get(&self.task(row)).copied().unwrap_or(0),
        };
        self.all.get(place).copied()
    }

    /// The names of the columns that these rows use, the best first.
    pub(super) fn names(&self, table: &RawTable, rows: &[&RawRow]) -> String {
        let used: BTreeMap<usize, ()> = rows
            .iter()
            .filter_map(|row| self.of(row))
            .map(|m| (m.rate.index, ()))
            .collect();
        let names = self
            .all
            .iter()
            .filter(|metric| used.contains_key(&metric.rate.index));
        let names: Vec<&str> = names.map(|m| table.header[m.rate.index].as_str()).collect();
        names.join(" or ")
    }

    /// Which of several columns was used, in words.
    pub(super) fn note(&self, table: &RawTable, rows: &[&RawRow]) -> Option<String> {
        let name = |metric: &Metric| format!("'{}'", excerpt(&table.header[metric.rate.index]));
        let mut taken: Vec<BTreeSet<String>> = vec![BTreeSet::new(); self.all.len()];
        let mut others = BTreeSet::new();
        for row in rows {
            let own = self.of(row)?;
            for (k, metric) in self.all.iter().enumerate() {
                if metric.rate.index == own.rate.index {
                    taken[k].insert(excerpt(&self.task(row).replace('\u{1f}', " / ")));
                } else if !row.cell(metric.rate.index).is_empty() {
                    others.insert(k);
                }
            }
        }
        let used: Vec<usize> = (0..self.all.len())
            .filter(|k| !taken[*k].is_empty())
            .collect();
        let said = match used[..] {
            [] => return None,
            [_] if others.is_empty() => return None,
            [only] => name(&self.all[only]),
            _ => {
                let each = used.iter().map(|k| {
                    let tasks = list(taken[*k].iter().map(String::as_str));
                    format!("{} of {tasks}", name(&self.all[*k]))
                });
                each.collect::<Vec<_>>().join("; ")
            }
        };
        let others: Vec<String> = others.into_iter().map(|k| name(&self.all[k])).collect();
        Some(match others.is_empty() {
            true => format!("the score is column {said}"),
            false => format!(
                "the score is column {said}; scores stand in {} too",
                others.join(", ")
            ),
        })
    }
}
