//! All findings about the runs of a table, before a law is chosen.

use super::{Ask, FitRequest};
use crate::fit::{Code, Diagnosis, Severity};
use crate::progress::Silent;
use crate::runs::Dataset;

/// Findings about rows that need a fit.
const BY_FIT: [Code; 3] = [
    Code::RunFarOff,
    Code::ScatterAtOneCompute,
    Code::UnequalNoise,
];
/// Most runs that are fitted only to look for findings, since more would take too long.
const MOST_RUNS: usize = 100_000;

/// The findings of reading the table, and those of a fit of the usual law. Without a fit, only the
/// former.
#[must_use]
pub fn findings(data: &Dataset) -> Vec<Diagnosis> {
    let mut found = data.findings.clone();
    let blocked = found.iter().any(|d| d.severity == Severity::Refuse);
    if blocked || data.runs.len() > MOST_RUNS {
        return found;
    }
    if let Ok(answer) = FitRequest::default().watched(data, &Silent) {
        let fit = answer.fit.diagnoses.into_iter();
        found.extend(fit.filter(|d| BY_FIT.contains(&d.code)));
    }
    found
}
