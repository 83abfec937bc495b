//! What the tables of a capability say of a curve.

use super::document::Block;
use crate::ask::CapabilityAnswer;
use crate::capability::{Curve, Verdict};
use crate::fit::Severity;

/// What every row of a machine-readable table says of a curve.
pub(super) fn status(report: &CapabilityAnswer, curve: &Curve) -> String {
    match curve.refusal() {
        Some(d) if report.request.force => format!("forced: {}", d.code),
        Some(d) => format!("abstained: {}", d.code),
        None => "ok".to_owned(),
    }
}

pub(super) fn verdict_line(curve: &Curve) -> String {
    let verdict = curve.verdict();
    let decisive = match verdict {
        Verdict::NotPredictable => Severity::Refuse,
        _ => Severity::Warn,
    };
    let because = curve.diagnoses.iter().find(|d| d.severity == decisive);
    because.map_or(verdict.words().to_owned(), |d| {
        format!("{}: {}: {}", verdict.words(), d.code, d.message)
    })
}

pub(super) fn table(head: &[&str], words: &[usize], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        head: head.iter().map(|h| (*h).to_owned()).collect(),
        text: (0..head.len()).map(|k| words.contains(&k)).collect(),
        rows,
    }
}
