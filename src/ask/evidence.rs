//! The rows behind a registered forecast, and the data that a question gets from some of them.

use super::log_table::LogTable;
use super::observed::Observed;
use super::question::{Question, Used};
use super::table::{CountChoice, RunTable};
use super::usage;
use crate::error::{Error, ErrorKind, Result};
use crate::runs::{
    CountTable, Dataset, LogPoint, PassCounts, PassRates, Role, Row, Rows, Run, RunLog, Series,
};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Rows that can be registered and recognised later.
pub(super) trait Evidence {
    /// Its name, perhaps with folders.
    fn name(&self) -> &str;

    /// All its rows, in these columns if an entry names them.
    fn rows(&self, columns: Option<&[String]>) -> Result<Rows>;

    /// The rows that a question uses.
    fn used(&self, question: &Question, by: Option<&str>, rows: &Rows) -> Result<Used>;

    /// The data for a question from these rows only, one element per series; `source` is their name
    /// without folders.
    fn given(
        &self,
        question: &Question,
        by: Option<&str>,
        rows: &Rows,
        source: &str,
    ) -> Result<Vec<Series<Observed>>>;
}

/// Evidence in memory. Its rows are written as in a table with the usual columns, the first on line
/// 2.
pub(super) struct InMemory<'a>(pub(super) &'a Observed);

/// The name of evidence without a name.
const NAME: &str = "memory";
const FIRST_LINE: u64 = 2;

impl InMemory<'_> {
    /// The compute of the row on this line, if the fit uses it.
    fn fitted(&self, line: u64) -> Option<f64> {
        let k = place(line)?;
        let (compute, role) = match self.0 {
            Observed::Runs(data) => {
                let run = data.runs.get(k)?;
                (size_of(run), run.role)
            }
            Observed::Counts(CountTable::Counts(counts)) => {
                let model = counts.models.get(k.checked_div(counts.problems.len())?)?;
                (model.compute, model.role)
            }
            Observed::Counts(CountTable::Rates(rates)) => {
                let rate = rates.rates.get(k)?;
                (rate.compute, rate.role)
            }
            Observed::Log(log) => (log.points.get(k)?.x, Role::Fit),
        };
        (role == Role::Fit).then_some(compute)
    }
}

fn place(line: u64) -> Option<usize> {
    usize::try_from(line.checked_sub(FIRST_LINE)?).ok()
}

impl Evidence for InMemory<'_> {
    fn name(&self) -> &str {
        let name = match self.0 {
            Observed::Runs(data) => &data.source,
            Observed::Counts(CountTable::Counts(counts)) => &counts.source,
            Observed::Counts(CountTable::Rates(rates)) => &rates.source,
            Observed::Log(log) => &log.source,
        };
        match name.is_empty() {
            true => NAME,
            false => name,
        }
    }

    fn rows(&self, columns: Option<&[String]>) -> Result<Rows> {
        let all = match self.0 {
            Observed::Runs(data) => of_runs(data),
            Observed::Counts(CountTable::Counts(counts)) => of_counts(counts),
            Observed::Counts(CountTable::Rates(rates)) => of_rates(rates),
            Observed::Log(log) => of_log(log),
        };
        let chosen: Vec<&Column> = match columns {
            None => all.iter().collect(),
            Some(names) => names
                .iter()
                .map(|name| {
                    all.iter()
                        .find(|column| column.0 == name.as_str())
                        .ok_or_else(|| {
                            let message =
                                format!("there is no column {}", crate::text::quoted(name));
                            Error::new(ErrorKind::Data, message).at(self.name(), None, None)
                        })
                })
                .collect::<Result<_>>()?,
        };
        let count = all.first().map_or(0, |column| column.1.len());
        let row = |k: usize| Row {
            line: FIRST_LINE + k as u64,
            cells: chosen.iter().map(|column| column.1[k].clone()).collect(),
        };
        Ok(Rows {
            columns: chosen.iter().map(|column| column.0.to_string()).collect(),
            rows: (0..count).map(row).collect(),
        })
    }

    fn used(&self, question: &Question, by: Option<&str>, rows: &Rows) -> Result<Used> {
        let is_read = match question {
            Question::Forecast(q) => q.table != RunTable::default(),
            Question::Allocation(q) => q.table != RunTable::default(),
            Question::Points(q) => q.table != RunTable::default(),
            Question::Capability(q) => q.table != CountChoice::default(),
            Question::Scores(q) => q.table != CountChoice::default() || q.by.is_some(),
            Question::Curve(q) => q.log != LogTable::default(),
        };
        if is_read || by.is_some() {
            let message =
                "rows, columns and series are chosen when a table is read, and there is none";
            return Err(usage(message).with_hint("give the table itself"));
        }
        let fitted = |row: &Row| Some((row.line, self.fitted(row.line)?));
        Ok(Used {
            rows: rows.rows.iter().filter_map(fitted).collect(),
            ..Used::default()
        })
    }

    fn given(
        &self,
        _: &Question,
        _: Option<&str>,
        rows: &Rows,
        source: &str,
    ) -> Result<Vec<Series<Observed>>> {
        // Rows with equal text are the same row, wherever they are.
        let all = self.rows(Some(&rows.columns))?;
        let places = all.rows.iter().map(|row| (&row.cells, place(row.line)));
        let places: HashMap<&Vec<String>, Option<usize>> = places.collect();
        let found = rows.rows.iter().filter_map(|row| {
            let place = places.get(&row.cells).copied().flatten()?;
            Some((row.line, place))
        });
        let data = match self.0 {
            Observed::Runs(data) => {
                let run = |(line, k): (u64, usize)| Run {
                    line,
                    ..data.runs[k].clone()
                };
                Observed::Runs(Dataset {
                    source: source.to_owned(),
                    runs: found.map(run).collect(),
                    excluded: Vec::new(),
                    ..data.clone()
                })
            }
            Observed::Counts(CountTable::Counts(counts)) => {
                let of_model = found.map(|(_, k)| k / counts.problems.len());
                let mut models: Vec<usize> = of_model.collect();
                models.sort_unstable();
                models.dedup();
                Observed::Counts(CountTable::Counts(PassCounts {
                    source: source.to_owned(),
                    models: models.iter().map(|&m| counts.models[m].clone()).collect(),
                    counts: models.iter().map(|&m| counts.counts[m].clone()).collect(),
                    rows: rows.rows.len(),
                    excluded: Vec::new(),
                    ..counts.clone()
                }))
            }
            Observed::Counts(CountTable::Rates(rates)) => {
                let rate = |(line, k): (u64, usize)| crate::runs::PassRate {
                    line,
                    ..rates.rates[k].clone()
                };
                Observed::Counts(CountTable::Rates(PassRates {
                    source: source.to_owned(),
                    rates: found.map(rate).collect(),
                    rows: rows.rows.len(),
                    excluded: Vec::new(),
                    ..rates.clone()
                }))
            }
            Observed::Log(log) => Observed::Log(RunLog {
                source: source.to_owned(),
                points: found.map(|(_, k)| log.points[k]).collect(),
                excluded: Vec::new(),
                ..log.clone()
            }),
        };
        Ok(vec![Series {
            key: String::new(),
            data: Ok(data),
        }])
    }
}

/// The name of a column and its cells.
type Column = (Cow<'static, str>, Vec<String>);

/// A run's compute, by which runs that joined later are recognised; zero if unknown.
pub(super) fn size_of(run: &Run) -> f64 {
    match run.has_compute() {
        true => run.x,
        false => 0.0,
    }
}

/// The shortest text that reads back as the same number.
fn number(value: f64) -> String {
    format!("{value:?}")
}

/// The columns in which some run has a value.
fn of_runs(data: &Dataset) -> Vec<Column> {
    type Value = fn(&Run) -> Option<String>;
    let columns: [(&'static str, Value); 7] = [
        ("compute", |run| run.known_x().map(number)),
        ("params", |run| run.params.map(number)),
        ("tokens", |run| run.tokens.map(number)),
        ("unique_tokens", |run| run.unique_tokens.map(number)),
        ("loss", |run| Some(number(run.loss))),
        ("sigma", |run| run.sigma.map(number)),
        ("group", |run| run.group.clone()),
    ];
    let usual = columns
        .into_iter()
        .filter(|(_, value)| data.runs.iter().any(|run| value(run).is_some()))
        .map(|(name, value)| {
            let cells = data.runs.iter().map(|run| value(run).unwrap_or_default());
            (Cow::Borrowed(name), cells.collect())
        });
    let mut all: Vec<Column> = usual.collect();
    // Other variables of the law. A column with one of the names above already has the same values.
    let names = data.runs.iter().flat_map(|run| run.columns.keys());
    let names: BTreeSet<&String> = names.collect();
    for name in names {
        if all.iter().all(|column| column.0 != *name) {
            let cell = |run: &Run| run.column(name).map(number).unwrap_or_default();
            let cells = data.runs.iter().map(cell);
            all.push((Cow::Owned(name.clone()), cells.collect()));
        }
    }
    all
}

fn of_log(log: &RunLog) -> Vec<Column> {
    let column = |cell: fn(&LogPoint) -> String| log.points.iter().map(cell).collect();
    named([
        (log.axis.name(), column(|p| number(p.x))),
        ("loss", column(|p| number(p.loss))),
        ("lr", column(|p| p.lr.map_or_else(String::new, number))),
    ])
}

fn of_counts(counts: &PassCounts) -> Vec<Column> {
    let of_model = |cell: &dyn Fn(usize) -> String| -> Vec<String> {
        let each = |m: usize| std::iter::repeat_n(cell(m), counts.problems.len());
        (0..counts.models.len()).flat_map(each).collect()
    };
    let all = || counts.counts.iter().flatten();
    named([
        ("model", of_model(&|m| counts.models[m].name.clone())),
        ("compute", of_model(&|m| number(counts.models[m].compute))),
        ("problem", {
            let each = |_| counts.problems.iter().cloned();
            (0..counts.models.len()).flat_map(each).collect()
        }),
        ("n_samples", all().map(|c| c.samples.to_string()).collect()),
        ("n_correct", all().map(|c| c.passes.to_string()).collect()),
    ])
}

fn named<const N: usize>(columns: [(&'static str, Vec<String>); N]) -> Vec<Column> {
    let columns = columns.into_iter();
    columns.map(|(name, cells)| (name.into(), cells)).collect()
}

fn of_rates(rates: &PassRates) -> Vec<Column> {
    let all = || rates.rates.iter();
    let samples = |samples: Option<u64>| samples.map_or(String::new(), |n| n.to_string());
    let mut columns = named([
        ("model", all().map(|r| r.model.clone()).collect()),
        ("compute", all().map(|r| number(r.compute)).collect()),
        ("pass_rate", all().map(|r| number(r.rate)).collect()),
        ("n_samples", all().map(|r| samples(r.samples)).collect()),
    ]);
    // Entries of earlier versions have exactly the columns above.
    type Value = fn(&crate::runs::PassRate) -> Option<f64>;
    let more: [(&'static str, Value); 5] = [
        ("params", |r| r.size.map(|s| s.0)),
        ("tokens", |r| r.size.map(|s| s.1)),
        ("stderr", |r| r.stderr),
        ("chance", |r| r.chance),
        ("task_loss", |r| r.loss),
    ];
    for (name, value) in more {
        if all().any(|r| value(r).is_some()) {
            let cells = all().map(|r| value(r).map_or(String::new(), number));
            columns.push((name.into(), cells.collect()));
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_memory_have_the_columns_of_a_law_and_no_compute_that_nobody_knows() {
        let data = Dataset::of_columns(&[2.5, -1.0])
            .and_then(|data| data.column("lr", &[1e-3, 0.0])?.params(&[1e9, 2e9]));
        let data = data.unwrap_or_else(|error| unreachable!("{error}"));
        assert!(data.runs.iter().all(|run| size_of(run) == 0.0));
        let rows = InMemory(&Observed::Runs(data.clone())).rows(None);
        let rows = rows.unwrap_or_else(|error| unreachable!("{error}"));
        assert_eq!(rows.columns, ["params", "loss", "lr"]);
        assert_eq!(rows.rows[0].cells, ["1000000000.0", "2.5", "0.001"]);
        assert_eq!(rows.rows[1].cells, ["2000000000.0", "-1.0", "0.0"]);
        let chosen = InMemory(&Observed::Runs(data)).rows(Some(&["lr".to_owned()]));
        assert_eq!(chosen.map(|rows| rows.columns), Ok(vec!["lr".to_owned()]));
    }
}
