//! Facts and findings in a few lines.

use super::super::answer::Shown;
use super::super::document::{Block, Document, Fact, fact};
use crate::fit::Diagnosis;
use std::cmp::Reverse;

/// An answer that has a short form.
#[doc(hidden)]
pub trait Brief: Shown {
    /// The answer in about twelve lines. `how` says in the words of the interface how to see all of
    /// it, such as "ask for all to see".
    fn brief(&self, how: &str) -> Document;
}

/// Lines of a short answer. Several targets, tasks or recipes may need more.
const LINES: usize = 12;
/// Most findings of a short answer.
const FINDINGS: usize = 2;

/// Facts, then other requested parts, then as many findings as the lines allow.
///
/// `rest` says what the whole answer has besides, and `how` how to see it.
pub(super) fn together(
    mut facts: Vec<Fact>,
    asked: Vec<Block>,
    found: &[Diagnosis],
    (how, rest): (&str, &str),
) -> Document {
    let mut found: Vec<Diagnosis> = found.to_vec();
    found.sort_by_key(|d| Reverse(d.severity));
    // The facts have one more line, and an empty line precedes the findings.
    let taken = facts.len() + 2 + asked.iter().map(height).sum::<usize>();
    let room = LINES.saturating_sub(taken) / 2;
    let left = found.split_off(found.len().min(room.clamp(1, FINDINGS)));
    facts.push(fact("More", format!("{how} {}", more(rest, &left))));
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(asked);
    // One block each, to avoid empty lines between them.
    blocks.extend(
        found
            .into_iter()
            .map(|one| Block::Findings(vec![one].into())),
    );
    blocks.into()
}

/// Lines that a block takes, with the empty line before it.
fn height(block: &Block) -> usize {
    match block {
        Block::Facts(facts) => facts.len() + 1,
        Block::Table { rows, .. } => rows.len() + 2,
        Block::Findings(found) => 3 * found.count(),
        _ => 2,
    }
}

/// A sentence on the rest of the answer and on the findings that are left out.
fn more(rest: &str, left: &[Diagnosis]) -> String {
    // Every finding that is left out is at least named.
    let codes: Vec<&str> = left.iter().map(|d| d.code.as_str()).collect();
    let codes = codes.join(", ");
    match left.len() {
        0 => rest.to_owned(),
        1 => format!("{rest}, and one more finding: {codes}"),
        n => format!("{rest}, and {n} more findings: {codes}"),
    }
}
