//! How the series of a table were understood, one line per series.

use super::answer::Shown;
use super::check::of_findings;
use super::document::{Block, Document, fact};
use super::rows::csv;
use crate::ask::Trust;
use crate::error::Result;
use crate::finding::{Diagnosis, Severity};
use crate::number::compute;
use crate::runs::{CountTable, Dataset, Excluded, Role, Series};
use serde::Serialize;

/// What was found in one series of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct OneSeries {
    /// The name of the series.
    pub series: String,
    /// Rows read.
    pub rows: usize,
    /// Runs or models that are fitted.
    pub fitted: usize,
    /// Runs or models that are kept as actuals.
    pub actuals: usize,
    /// Rows left out.
    pub excluded: usize,
    /// Smallest and largest compute of the fitted ones.
    pub compute: Option<(f64, f64)>,
    /// Number of problems; absent for losses and scores.
    pub problems: Option<usize>,
    /// Findings about its rows.
    pub findings: Vec<Diagnosis>,
    /// Why the series cannot be used.
    pub error: Option<String>,
}

/// How the series of a table were understood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesUnderstood {
    /// The table.
    pub source: String,
    /// The columns that name the series.
    pub by: String,
    /// The series in order.
    pub series: Vec<OneSeries>,
}

impl OneSeries {
    fn of(
        sizes: impl Iterator<Item = (f64, Role)>,
        rows: Option<usize>,
        excluded: &[Excluded],
        findings: &[Diagnosis],
    ) -> OneSeries {
        let mut one = OneSeries {
            excluded: excluded.len(),
            findings: findings.to_vec(),
            ..OneSeries::default()
        };
        for (size, role) in sizes {
            match role {
                Role::Fit => {
                    one.fitted += 1;
                    let (low, high) = one.compute.unwrap_or((size, size));
                    one.compute = Some((low.min(size), high.max(size)));
                }
                Role::Actual => one.actuals += 1,
            }
        }
        one.rows = rows.unwrap_or(one.fitted + one.actuals + one.excluded);
        one
    }

    fn failed(error: &crate::Error) -> OneSeries {
        OneSeries {
            error: Some(error.to_string()),
            ..OneSeries::default()
        }
    }
}

impl SeriesUnderstood {
    fn made<T>(
        (source, by): (&str, &str),
        series: &[Series<T>],
        of: impl Fn(&T) -> OneSeries,
    ) -> SeriesUnderstood {
        let made = |one: &Series<T>| OneSeries {
            series: one.key.clone(),
            ..one.data.as_ref().map_or_else(OneSeries::failed, &of)
        };
        SeriesUnderstood {
            source: source.to_owned(),
            by: by.to_owned(),
            series: series.iter().map(made).collect(),
        }
    }

    /// For runs. `named` is the table and the columns.
    #[must_use]
    pub fn of_runs(named: (&str, &str), series: &[Series<Dataset>]) -> SeriesUnderstood {
        SeriesUnderstood::made(named, series, |data| {
            let sizes = data.runs.iter().map(|run| (run.x, run.role));
            OneSeries::of(sizes, None, &data.excluded, &data.findings)
        })
    }

    /// For pass counts or scores. `named` is the table and the columns.
    #[must_use]
    pub fn of_counts(named: (&str, &str), series: &[Series<CountTable>]) -> SeriesUnderstood {
        SeriesUnderstood::made(named, series, |data| match data {
            CountTable::Counts(table) => {
                let sizes = table.models.iter().map(|model| (model.compute, model.role));
                OneSeries {
                    problems: Some(table.problems.len()),
                    ..OneSeries::of(sizes, Some(table.rows), &table.excluded, &[])
                }
            }
            CountTable::Rates(table) => {
                let sizes = table.rates.iter().map(|rate| (rate.compute, rate.role));
                OneSeries::of(sizes, Some(table.rows), &table.excluded, &table.findings)
            }
        })
    }

    /// Checks that some series can be used.
    ///
    /// # Errors
    /// The reason of the first series if none can.
    pub fn usable(&self) -> Result<()> {
        let reason = |one: &OneSeries| {
            let refuses = |d: &&Diagnosis| d.severity == Severity::Refuse;
            let refusal = one.findings.iter().find(refuses);
            let refusal = refusal.map(|d| format!("{}: {}", d.code, d.message));
            one.error.clone().or(refusal)
        };
        let reasons: Option<Vec<String>> = self.series.iter().map(reason).collect();
        match reasons.and_then(|all| all.into_iter().next()) {
            None => Ok(()),
            Some(first) => {
                let message = format!("no series can be used: {first}");
                Err(crate::Error::new(crate::ErrorKind::Data, message))
            }
        }
    }
}

impl Shown for SeriesUnderstood {
    fn document(&self) -> Document {
        let facts = vec![
            fact("File", self.source.clone()),
            fact(
                "Series",
                format!("{}, told apart by {}", self.series.len(), self.by),
            ),
        ];
        let problems = self.series.iter().any(|one| one.problems.is_some());
        let mut head = vec!["series", "rows", "fitted", "actual", "excluded", "compute"];
        if problems {
            head.push("problems");
        }
        head.push("findings");
        let rows = self.series.iter().map(|one| {
            let found = one.findings.iter().map(|d| d.code.to_string());
            let found: Vec<String> = found.collect();
            let mut row = vec![
                one.series.clone(),
                one.rows.to_string(),
                one.fitted.to_string(),
                one.actuals.to_string(),
                one.excluded.to_string(),
                one.compute.map_or(String::new(), |(low, high)| {
                    format!("{} .. {}", compute(low), compute(high))
                }),
            ];
            if problems {
                row.push(one.problems.map_or(String::new(), |n| n.to_string()));
            }
            let found = found.join(", ");
            row.push(one.error.clone().unwrap_or(found));
            row
        });
        vec![Block::Facts(facts), Block::word_table(&head, rows)].into()
    }

    /// The series.
    fn table(&self) -> String {
        let columns = [
            "series",
            "rows",
            "fitted",
            "actuals",
            "excluded",
            "compute_min",
            "compute_max",
            "problems",
            "findings",
            "error",
        ];
        let rows = self.series.iter().map(|one| {
            let found = one.findings.iter().map(|d| d.code.to_string());
            let found: Vec<String> = found.collect();
            (
                &one.series,
                one.rows,
                one.fitted,
                one.actuals,
                one.excluded,
                one.compute.map(|c| c.0),
                one.compute.map(|c| c.1),
                one.problems,
                found.join(" "),
                &one.error,
            )
        });
        csv(&columns, rows)
    }

    fn trust(&self) -> Trust {
        Trust::of_all(self.series.iter().map(|one| match one.error {
            Some(_) => Trust::Refused,
            None => of_findings(&one.findings),
        }))
    }
}
