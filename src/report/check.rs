//! How a table was understood.

use super::answer::Shown;
use super::document::{Block, Document, fact};
use super::excluded::excluded;
use super::fit::findings;
use super::rows::csv;
use crate::ask::Trust;
use crate::fit::{Diagnosis, Severity};
use crate::number::{compute, digits};
use crate::said::Said;
use crate::tables::{ComputeFrom, Delimiter, Understanding};

impl Shown for Understanding {
    fn document(&self) -> Document {
        check(self)
    }

    /// The columns and their roles.
    fn table(&self) -> String {
        let rows = self.columns.iter().map(|c| (&c.name, c.role));
        csv(&["column", "role"], rows)
    }

    fn trust(&self) -> Trust {
        of_findings(&self.findings)
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
        fact("Table", u.kind.words()),
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
        fact(super::forecast::capital(u.variable), {
            let over = format!("over {:.1} decades", Said(u.compute_decades));
            match &u.compute_from {
                ComputeFrom::Column(name) => format!("column '{name}', {over}"),
                ComputeFrom::SixParamsTokens => format!("6 × params × tokens, {over}"),
                ComputeFrom::Unknown => "not known of each run, and not needed".to_owned(),
            }
        }),
    ];
    facts.push(fact(
        "Curve",
        format!("{}: {}", u.curve.name(), u.curve.points()),
    ));
    if let Some(unit) = &u.loss_unit {
        facts.push(fact("Loss", format!("in {unit}")));
    }
    if let Some(groups) = u.groups {
        facts.push(fact("Groups", groups.to_string()));
    }
    let columns = u.columns.iter().map(|c| {
        let range = u.ranges.iter().find(|r| r.role == c.role);
        let range = range.map_or_else(
            || super::check_seen::range(&c.seen),
            |r| format!("{} .. {}", show(c.role, r.min), show(c.role, r.max)),
        );
        let used = match &c.seen.unit {
            Some(unit) => format!("{}, in {unit}", c.role),
            None => c.role.to_owned(),
        };
        let by = if c.named_by_user { "named by you" } else { "" };
        let holds = c.seen.holds.name().to_owned();
        let example = c.seen.example.clone();
        vec![c.name.clone(), used, holds, range, example, by.to_owned()]
    });
    let mut blocks = vec![
        Block::Facts(facts),
        Block::word_table(
            &["column", "used as", "type", "range", "example", ""],
            columns,
        ),
    ];
    blocks.extend(excluded(&u.excluded, LISTED, "excluded because"));
    if !u.notes.is_empty() {
        let notes = u.notes.iter().map(|n| fact("note", n.clone()));
        blocks.push(Block::Facts(notes.collect()));
    }
    blocks.extend(findings(&u.findings));
    blocks.into()
}

/// How far data can be relied on with these findings.
pub(super) fn of_findings(findings: &[Diagnosis]) -> Trust {
    match findings.iter().map(|found| found.severity).max() {
        Some(Severity::Refuse) => Trust::Refused,
        Some(Severity::Warn) => Trust::NotTrustworthy,
        Some(Severity::Note) | None => Trust::Trustworthy,
    }
}

/// Most excluded rows that are listed one by one. JSON has all of them.
pub(super) const LISTED: usize = 20;

fn show(role: &str, value: f64) -> String {
    match role {
        "compute" => compute(value),
        "params" | "tokens" => crate::quantity::format_quantity(value),
        _ => digits(value, 4),
    }
}
