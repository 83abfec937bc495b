//! How a table was understood.

use super::answer::Answer;
use super::document::{Block, Document, Tone};
use super::fit::fact;
use crate::ask::Trust;
use crate::csv_text::CsvText;
use crate::number::{compute, digits};
use crate::said::Said;
use crate::tables::{ComputeFrom, Delimiter, Understanding};

impl Answer for Understanding {
    fn document(&self) -> Document {
        check(self)
    }

    /// The columns and their roles.
    fn table(&self) -> String {
        let mut table = CsvText::new();
        table.record(["column", "role"]);
        for column in &self.columns {
            table.record([column.name.as_str(), column.role]);
        }
        table.into_text()
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }
}

fn check(u: &Understanding) -> Document {
    let mut facts = vec![
        fact(
            "File",
            match u.delimiter {
                Delimiter::Objects => format!("{}, JSON Lines", u.source),
                delimiter => format!(
                    "{}, separated by {}",
                    u.source,
                    format!("{delimiter:?}").to_lowercase()
                ),
            },
        ),
        fact(
            "Rows",
            format!(
                "{} read: {} fitted, {} kept as actual, {} excluded",
                u.rows,
                u.fitted,
                u.used - u.fitted,
                u.excluded.len()
            ),
        ),
        fact(
            super::forecast::capital(u.variable),
            match &u.compute_from {
                ComputeFrom::Column(name) => {
                    format!(
                        "column '{name}', over {:.1} decades",
                        Said(u.compute_decades)
                    )
                }
                ComputeFrom::SixParamsTokens => {
                    format!(
                        "6 × params × tokens, over {:.1} decades",
                        Said(u.compute_decades)
                    )
                }
            },
        ),
    ];
    if let Some(unit) = &u.loss_unit {
        facts.push(fact("Loss", format!("in {unit}")));
    }
    if let Some(groups) = u.groups {
        facts.push(fact("Groups", groups.to_string()));
    }
    let columns = u
        .columns
        .iter()
        .map(|c| {
            let range = u.ranges.iter().find(|r| r.role == c.role);
            vec![
                c.name.clone(),
                c.role.to_owned(),
                range.map_or(String::new(), |r| {
                    format!("{} .. {}", show(c.role, r.min), show(c.role, r.max))
                }),
                if c.named_by_user {
                    "named by you".to_owned()
                } else {
                    String::new()
                },
            ]
        })
        .collect();
    let mut blocks = vec![
        Block::Facts(facts),
        Block::Table {
            head: ["column", "used as", "range", ""]
                .map(str::to_owned)
                .to_vec(),
            text: vec![true; 4],
            rows: columns,
        },
    ];
    if !u.excluded.is_empty() {
        blocks.push(Block::Table {
            head: ["line", "excluded because"].map(str::to_owned).to_vec(),
            text: vec![false, true],
            rows: u
                .excluded
                .iter()
                .map(|e| vec![e.line.to_string(), e.reason.clone()])
                .collect(),
        });
    }
    let notes = u
        .notes
        .iter()
        .map(|n| ("note".to_owned(), n.clone(), Tone::Plain))
        .collect::<Vec<_>>();
    if !notes.is_empty() {
        blocks.push(Block::Facts(notes));
    }
    Document { blocks }
}

fn show(role: &str, value: f64) -> String {
    match role {
        "compute" => compute(value),
        "params" | "tokens" => crate::quantity::format_quantity(value),
        _ => digits(value, 4),
    }
}
