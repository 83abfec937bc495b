//! How a table of pass counts was understood.

use super::answer::Shown;
use super::check::{excluded_table, of_findings};
use super::document::{Block, Document, fact};
use super::fit::findings;
use super::rows::csv;
use crate::ask::Trust;
use crate::fit::Diagnosis;
use crate::number::{compute, digits};
use crate::runs::{CountTable, Excluded, PassCounts, PassRates, Role};
use serde::Serialize;

/// What was found in a table of pass counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountsUnderstood<'a> {
    /// Name of the file.
    pub source: &'a str,
    /// Column or rule of the compute.
    pub compute_from: &'a str,
    /// Rows read.
    pub rows: usize,
    /// Number of problems; absent where only rates of a whole benchmark are known.
    pub problems: Option<usize>,
    /// Smallest and largest number of samples of a cell, where it is known.
    pub samples: Option<(u64, u64)>,
    /// Cells without a pass, of all cells.
    pub without_pass: Option<(usize, usize)>,
    /// The models by growing compute.
    pub models: Vec<ModelUnderstood<'a>>,
    /// Rows left out, each with its reason.
    pub excluded: &'a [Excluded],
    /// What was found against the rows.
    #[serde(skip_serializing_if = "<[Diagnosis]>::is_empty")]
    pub findings: &'a [Diagnosis],
}

/// One model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelUnderstood<'a> {
    /// Its name.
    pub model: &'a str,
    /// Its compute.
    pub compute: f64,
    /// Problems with at least one pass.
    pub solved: Option<usize>,
    /// Mean pass rate.
    pub pass_rate: f64,
    /// Used by a fit, or kept as an actual.
    pub role: Role,
}

impl<'a> CountsUnderstood<'a> {
    /// What was found.
    #[must_use]
    pub fn of(table: &'a CountTable) -> CountsUnderstood<'a> {
        match table {
            CountTable::Counts(counts) => CountsUnderstood::of_counts(counts),
            CountTable::Rates(rates) => CountsUnderstood::of_rates(rates),
        }
    }

    fn of_counts(table: &'a PassCounts) -> CountsUnderstood<'a> {
        let cells = || table.counts.iter().flatten();
        let samples = || cells().map(|c| c.samples);
        let rate = |m: usize| {
            let rates = table.counts[m].iter();
            rates
                .map(|c| c.passes as f64 / c.samples as f64)
                .sum::<f64>()
                / table.problems.len() as f64
        };
        CountsUnderstood {
            source: &table.source,
            compute_from: &table.compute_name,
            rows: table.rows,
            problems: Some(table.problems.len()),
            samples: samples().min().zip(samples().max()),
            without_pass: Some((cells().filter(|c| c.passes == 0).count(), cells().count())),
            models: table
                .models
                .iter()
                .enumerate()
                .map(|(m, model)| ModelUnderstood {
                    model: &model.name,
                    compute: model.compute,
                    solved: Some(table.solved(m)),
                    pass_rate: rate(m),
                    role: model.role,
                })
                .collect(),
            excluded: &table.excluded,
            findings: &[],
        }
    }

    fn of_rates(table: &'a PassRates) -> CountsUnderstood<'a> {
        let samples = || table.rates.iter().filter_map(|r| r.samples);
        CountsUnderstood {
            source: &table.source,
            compute_from: &table.compute_name,
            rows: table.rows,
            problems: None,
            samples: samples().min().zip(samples().max()),
            without_pass: None,
            models: table
                .rates
                .iter()
                .map(|r| ModelUnderstood {
                    model: &r.model,
                    compute: r.compute,
                    solved: None,
                    pass_rate: r.rate,
                    role: r.role,
                })
                .collect(),
            excluded: &table.excluded,
            findings: &table.findings,
        }
    }
}

impl Shown for CountsUnderstood<'_> {
    fn document(&self) -> Document {
        check_counts(self)
    }

    /// The models.
    fn table(&self) -> String {
        let columns = ["model", "compute", "solved", "pass_rate", "role"];
        csv(&columns, &self.models)
    }

    fn trust(&self) -> Trust {
        of_findings(self.findings)
    }
}

fn check_counts(u: &CountsUnderstood<'_>) -> Document {
    let fitted = u.models.iter().filter(|m| m.role == Role::Fit).count();
    let mut facts = vec![
        fact("File", u.source.to_owned()),
        fact(
            "Rows",
            format!("{} read, {} excluded", u.rows, u.excluded.len()),
        ),
        fact("Compute", format!("column or rule '{}'", u.compute_from)),
        fact(
            "Models",
            format!(
                "{}: {fitted} fitted, {} kept as actual",
                u.models.len(),
                u.models.len() - fitted
            ),
        ),
        fact(
            "Problems",
            u.problems.map_or_else(
                || "one rate a model: no problem is told from another".to_owned(),
                |n| n.to_string(),
            ),
        ),
    ];
    if let Some((low, high)) = u.samples {
        let range = match low == high {
            true => low.to_string(),
            false => format!("{low} to {high}"),
        };
        facts.push(fact("Samples", format!("{range} each")));
    }
    if let Some((empty, all)) = u.without_pass {
        facts.push(fact("Without a pass", format!("{empty} of {all} cells")));
    }
    let head = ["model", "compute", "solved", "pass rate", "role"];
    let mut blocks = vec![
        Block::Facts(facts),
        Block::table(&head, &[0, 4], u.models.iter().map(cells)),
    ];
    blocks.extend(excluded_table("excluded because", u.excluded));
    blocks.extend(findings(u.findings));
    blocks.into()
}

fn cells(m: &ModelUnderstood<'_>) -> Vec<String> {
    vec![
        m.model.to_owned(),
        compute(m.compute),
        m.solved.map_or_else(String::new, |n| n.to_string()),
        digits(m.pass_rate, 3),
        if m.role == Role::Fit { "fit" } else { "actual" }.to_owned(),
    ]
}
