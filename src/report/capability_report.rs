//! A fitted capability with what was asked of it, and what its tables and sentences share.

use super::document::Block;
use crate::capability::{Capability, Curve, CurveForecast, Verdict};
use crate::fit::Severity;

/// A fit with what was asked of it.
#[derive(Debug, Clone)]
pub struct CapabilityReport<'a> {
    /// The fit.
    pub fit: &'a Capability,
    /// Targets.
    pub targets: Vec<f64>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Give numbers even where a finding forbids them.
    pub force: bool,
}

impl CapabilityReport<'_> {
    /// The forecasts of a curve; none where a finding forbids them.
    pub(super) fn forecasts(&self, curve: &Curve) -> Vec<CurveForecast> {
        self.targets
            .iter()
            .filter_map(|c| curve.forecast(*c, &self.levels, self.force).ok())
            .collect()
    }

    /// What every row of a machine-readable table says of a curve.
    pub(super) fn status(&self, curve: &Curve) -> String {
        match curve.refusal() {
            Some(d) if self.force => format!("forced: {}", d.code),
            Some(d) => format!("abstained: {}", d.code),
            None => "ok".to_owned(),
        }
    }
}

/// The verdict with the finding that decides it.
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

/// A table; the columns in `words` hold words.
pub(super) fn table(head: &[&str], words: &[usize], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        head: head.iter().map(|h| (*h).to_owned()).collect(),
        text: (0..head.len()).map(|k| words.contains(&k)).collect(),
        rows,
    }
}

/// All problems, those that every fitted model solved, and the buckets unless there is only one.
pub(super) fn curves(fit: &Capability) -> Vec<&Curve> {
    let mut curves = vec![&fit.overall];
    curves.extend(&fit.solved_by_all);
    if fit.buckets.len() > 1 {
        curves.extend(&fit.buckets);
    }
    curves
}
