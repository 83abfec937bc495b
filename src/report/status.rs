//! The verdict on a fit in words.

use super::document::Tone;
use super::found::WOULD_BE_REFUSED;
use crate::fit::{Diagnosis, FitStatus, Severity};

/// The word of a status for numbers that a finding forbids, in capitals.
pub(super) fn refused(forced: bool) -> String {
    match forced {
        true => WOULD_BE_REFUSED.to_uppercase(),
        false => "REFUSED".to_owned(),
    }
}

/// The verdict on a fit in one line with its main findings. Capitals mark the outcome without
/// colour.
///
/// `forced` says that the numbers are given in spite of a finding that forbids them.
pub(super) fn verdict(status: FitStatus, diagnoses: &[Diagnosis], forced: bool) -> (String, Tone) {
    if let Some(refusal) = diagnoses.iter().find(|d| d.severity == Severity::Refuse) {
        return (
            format!("{}: {}", refused(forced), refusal.message),
            Tone::Bad,
        );
    }
    let name = status.name();
    let found = diagnoses.iter().filter(|d| d.severity == Severity::Warn);
    let found: Vec<String> = found
        .map(|d| d.code.as_str())
        .filter(|code| *code != name)
        .map(|code| code.replace('-', " "))
        .collect();
    let tone = match status {
        FitStatus::NotConverged | FitStatus::StartsDisagree => Tone::Bad,
        FitStatus::Converged if found.is_empty() => Tone::Good,
        _ => Tone::Plain,
    };
    let word = name.replace('-', " ").to_uppercase();
    ([vec![word], found].concat().join(", "), tone)
}
