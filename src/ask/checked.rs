//! Everything that is found against the runs of a table, before a law is chosen.

use super::{Ask, FitRequest};
use crate::fit::{Code, Diagnosis, Severity};
use crate::progress::Silent;
use crate::runs::Dataset;

/// Findings about rows that only a fit shows.
const BY_FIT: [Code; 3] = [
    Code::RunFarOff,
    Code::ScatterAtOneCompute,
    Code::UnequalNoise,
];
/// A table of more runs is fitted for longer than somebody waits who only looks.
const MOST_RUNS: usize = 100_000;

/// What was found when the table was read, and what a fit of the usual law shows. Where there is no
/// fit, it shows nothing.
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
