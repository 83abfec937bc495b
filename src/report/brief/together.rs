//! Facts and findings in a few lines.

use super::super::answer::Shown;
use super::super::document::{Block, Document, Fact, fact};
use crate::fit::Diagnosis;
use std::cmp::Reverse;

/// An answer that has a short form.
#[doc(hidden)]
pub trait Brief: Shown {
    /// The answer in about twelve lines. `how` are the words of a face for how all of it is shown,
    /// such as "ask for all to see".
    fn brief(&self, how: &str) -> Document;
}

/// Lines of a short answer. It has more where several targets, tasks or recipes need them.
const LINES: usize = 12;
/// More findings than these are no help at first sight.
const FINDINGS: usize = 2;

/// Facts, then what was asked for besides, then as many findings as the lines allow.
///
/// `rest` says what the whole answer has besides, and `how` how it is shown.
pub(super) fn together(
    mut facts: Vec<Fact>,
    asked: Vec<Block>,
    found: &[Diagnosis],
    (how, rest): (&str, &str),
) -> Document {
    let mut found: Vec<Diagnosis> = found.to_vec();
    found.sort_by_key(|d| Reverse(d.severity));
    // The facts have one line more, and an empty line stands before the findings.
    let taken = facts.len() + 2 + asked.iter().map(height).sum::<usize>();
    let room = LINES.saturating_sub(taken) / 2;
    let left = found.split_off(found.len().min(room.clamp(1, FINDINGS)));
    facts.push(fact("More", format!("{how} {}", more(rest, &left))));
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(asked);
    // One block each, so that no empty line stands between them.
    blocks.extend(found.into_iter().map(|one| Block::Findings(vec![one])));
    blocks.into()
}

/// Lines that a block takes, with the empty line before it.
fn height(block: &Block) -> usize {
    match block {
        Block::Facts(facts) => facts.len() + 1,
        Block::Table { rows, .. } => rows.len() + 2,
        Block::Findings(found) => 3 * found.len(),
        _ => 2,
    }
}

/// What the whole answer has besides, and the findings that are left out here.
fn more(rest: &str, left: &[Diagnosis]) -> String {
    // All of them: a finding that is neither told nor named would be lost.
    let codes: Vec<&str> = left.iter().map(|d| d.code.as_str()).collect();
    let codes = codes.join(", ");
    match left.len() {
        0 => rest.to_owned(),
        1 => format!("{rest}, and one more finding: {codes}"),
        n => format!("{rest}, and {n} more findings: {codes}"),
    }
}
