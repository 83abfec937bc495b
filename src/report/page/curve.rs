//! The page of the end of a training run.

use super::super::curve::{parts, place, said};
use super::super::document::Tone;
use super::{Page, Picture, Provenance, checklist};
use crate::ask::{CurveAnswer, Trust};
use crate::chart;

const READING: &str = "The line is the log, the dashed line the forecast with its interval, and the \
     star the loss at the end. Below stands the learning rate, dashed where it is planned.";

/// The page. `command` is the command that makes it again from the log named `input`.
#[must_use]
pub fn curve_page(answer: &CurveAnswer, command: String, input: &str) -> Page {
    let one_line = match answer.refusal() {
        Some(_) => "No forecast is given: a finding forbids it.".to_owned(),
        None => format!(
            "The loss at {} is forecast as {}.",
            place(answer, answer.end()),
            said(answer)
        ),
    };
    let mut out = Page::new(
        "The end of a training run".to_owned(),
        one_line,
        verdict(answer),
    );
    for (id, heading, blocks) in parts(answer) {
        out.section(id, heading, blocks);
        if id == "end" {
            let picture = Picture::first(&chart::curve(answer), READING);
            out.section("chart", "The run", vec![picture]);
        }
    }
    out.section(
        "excluded",
        "Rows left out",
        checklist::excluded(answer.log.excluded()),
    );
    out.signed(Provenance::new(
        command,
        input,
        "Digest of the points, SHA-256",
        answer.digest.clone(),
    ))
}

fn verdict(answer: &CurveAnswer) -> (String, Tone) {
    match answer.trust() {
        Trust::Refused => (
            "REFUSED: this log has no end that can be forecast.".to_owned(),
            Tone::Bad,
        ),
        Trust::Trustworthy => (
            "Nothing was found against the forecast.".to_owned(),
            Tone::Good,
        ),
        Trust::NotTrustworthy => (
            "CAUTION: read what was found before you use the forecast.".to_owned(),
            Tone::Bad,
        ),
    }
}
