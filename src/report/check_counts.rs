//! How a table of pass counts was understood.

use super::answer::Shown;
use super::check::{LISTED, of_findings};
use super::document::{Block, Document, Fact, fact};
use super::excluded::excluded;
use super::fit::findings;
use super::rows::csv;
use crate::ask::Trust;
use crate::fit::Diagnosis;
use crate::number::{compute, digits};
use crate::runs::{CountTable, Excluded, PassCounts, PassRate, PassRates, Role};
use serde::Serialize;
use std::collections::BTreeSet;

/// What was found in a table of pass counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountsUnderstood<'a> {
    /// Name of the file.
    pub source: &'a str,
    /// Column or rule for the compute.
    pub compute_from: &'a str,
    /// Rows read.
    pub rows: usize,
    /// Column of the score of a model; absent where problems are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_from: Option<&'a str>,
    /// Number of problems; absent where only scores of a whole benchmark are known.
    pub problems: Option<usize>,
    /// Smallest and largest number of samples of a cell, if known.
    pub samples: Option<(u64, u64)>,
    /// Cells without a pass, and all cells.
    pub without_pass: Option<(usize, usize)>,
    /// What rows of rates say about them; absent where problems are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<BesideRates>,
    /// The models in order of compute.
    pub models: Vec<ModelUnderstood<'a>>,
    /// Rows left out, each with its reason.
    pub excluded: &'a [Excluded],
    /// Choices made in reading the table.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub notes: &'a [String],
    /// Findings about the rows.
    #[serde(skip_serializing_if = "<[Diagnosis]>::is_empty")]
    pub findings: &'a [Diagnosis],
}

/// The number of rates that have each further value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BesideRates {
    /// Parameters and tokens.
    pub size: usize,
    /// The standard error.
    pub stderr: usize,
    /// The chance level, from a column or by the task's name.
    pub chance: usize,
    /// Smallest and largest chance level.
    pub chance_range: Option<(f64, f64)>,
    /// A loss on the task.
    pub loss: usize,
}

impl BesideRates {
    fn of(table: &PassRates) -> BesideRates {
        let count = |has: &dyn Fn(&PassRate) -> bool| table.rates.iter().filter(|r| has(r)).count();
        let chances = || table.rates.iter().filter_map(|rate| rate.chance);
        let least = chances().min_by(f64::total_cmp);
        BesideRates {
            size: count(&|rate| rate.size.is_some()),
            stderr: count(&|rate| rate.stderr.is_some()),
            chance: chances().count(),
            chance_range: least.zip(chances().max_by(f64::total_cmp)),
            loss: count(&|rate| rate.loss.is_some()),
        }
    }

    /// One fact per value that some rate has, out of `rates` rates.
    fn facts(&self, rates: usize) -> Vec<Fact> {
        let of = |count: usize| match count == rates {
            true => "of every score".to_owned(),
            false => format!("of {count} of {rates} scores"),
        };
        let chance = self.chance_range.map_or(String::new(), |(low, high)| {
            let low_digits = digits(low, 3);
            match low == high {
                true => format!("{low_digits}, "),
                false => format!("{low_digits} to {}, ", digits(high, 3)),
            }
        });
        let all = [
            ("N and D", self.size, String::new()),
            ("Standard error", self.stderr, String::new()),
            ("Chance level", self.chance, chance),
            ("Loss on the task", self.loss, String::new()),
        ];
        let known = all.into_iter().filter(|(_, count, _)| *count > 0);
        let mut facts: Vec<Fact> = known
            .map(|(name, count, value)| fact(name, format!("{value}{}", of(count))))
            .collect();
        let mut laws = vec!["compute"];
        laws.extend((self.size == rates).then_some("size"));
        laws.extend((self.loss == rates).then_some("two-step"));
        let laws = format!("{}, as far as the models tell them", laws.join(", "));
        facts.push(fact("Laws", laws));
        facts
    }
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
    /// Whether it is fitted or kept as an actual.
    pub role: Role,
}

impl<'a> CountsUnderstood<'a> {
    /// Collects what was found in a table.
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
            score_from: None,
            problems: Some(table.problems.len()),
            samples: samples().min().zip(samples().max()),
            without_pass: Some((cells().filter(|c| c.passes == 0).count(), cells().count())),
            beside: None,
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
            notes: &[],
            findings: &[],
        }
    }

    fn of_rates(table: &'a PassRates) -> CountsUnderstood<'a> {
        let samples = || table.rates.iter().filter_map(|r| r.samples);
        CountsUnderstood {
            source: &table.source,
            compute_from: &table.compute_name,
            rows: table.rows,
            score_from: Some(&table.rate_name),
            problems: None,
            samples: samples().min().zip(samples().max()),
            without_pass: None,
            beside: Some(BesideRates::of(table)),
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
            notes: &table.notes,
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

/// Most rows that are shown of the models and their scores.
const SHOWN: usize = 40;

fn check_counts(u: &CountsUnderstood<'_>) -> Document {
    let (models, fitted) = counted(u);
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
                "{models}: {fitted} fitted, {} kept as actual",
                models - fitted
            ),
        ),
        match (u.score_from, u.problems) {
            (Some(column), _) if models < u.models.len() => fact(
                "Score",
                format!(
                    "column '{column}', {} scores of these models",
                    u.models.len()
                ),
            ),
            (Some(column), _) => fact("Score", format!("column '{column}', one a model")),
            (None, problems) => fact("Problems", problems.unwrap_or(0).to_string()),
        },
    ];
    if let Some((low, high)) = u.samples {
        let range = match low == high {
            true => low.to_string(),
            false => format!("{low} to {high}"),
        };
        facts.push(fact("Samples", format!("{range} each")));
    }
    if let Some(beside) = &u.beside {
        facts.extend(beside.facts(u.models.len()));
    }
    if let Some((empty, all)) = u.without_pass {
        facts.push(fact("Without a pass", format!("{empty} of {all} cells")));
    }
    let head = match u.score_from {
        Some(_) => ["model", "compute", "", "score", "role"],
        None => ["model", "compute", "solved", "pass rate", "role"],
    };
    let mut blocks = vec![
        Block::Facts(facts),
        Block::table(&head, &[0, 4], u.models.iter().take(SHOWN).map(cells)),
    ];
    if u.models.len() > SHOWN {
        let more = u.models.len() - SHOWN;
        blocks.push(Block::Text(format!(
            "{more} more; the format csv has all of them."
        )));
    }
    if !u.notes.is_empty() {
        let notes = u.notes.iter().map(|note| fact("note", note.clone()));
        blocks.push(Block::Facts(notes.collect()));
    }
    blocks.extend(excluded(u.excluded, LISTED, "excluded because"));
    blocks.extend(findings(u.findings));
    blocks.into()
}

/// How many models there are, and how many of them are fitted. A model has several scores in a
/// suite of tasks, and one that some score is fitted to counts as fitted.
fn counted(u: &CountsUnderstood<'_>) -> (usize, usize) {
    let names = |of: &dyn Fn(&ModelUnderstood<'_>) -> bool| {
        let chosen = u.models.iter().filter(|m| of(m));
        let names: BTreeSet<(&str, u64)> = chosen.map(|m| (m.model, m.compute.to_bits())).collect();
        names.len()
    };
    (names(&|_| true), names(&|m| m.role == Role::Fit))
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
