//! The page of a plan.

use super::super::document::Tone;
use super::super::plan::parts;
use super::{Page, Picture, Provenance, checklist};
use crate::ask::{PlanAnswer, Planned, Trust};
use crate::chart;
use crate::digest::sha256;
use crate::number::half_width;

const READING: &str = "The first dot is the interval now. Each further one is a run of the \
     sequence, or a ladder: how wide the interval is expected to be after it, against what is spent \
     until then. The star is where to stop, or the best ladder.";

/// The page. `command` is the command that makes it again from the table named `input`.
#[must_use]
pub fn plan_page(answer: &PlanAnswer, command: String, input: &str) -> Page {
    let mut out = Page::new(
        "Which run to train next".to_owned(),
        in_one_line(answer),
        verdict(answer),
    );
    for (id, heading, blocks) in parts(answer) {
        let is_first = matches!(id, "next" | "ladder");
        out.section(id, heading, blocks);
        if is_first {
            let picture = Picture::first(&chart::plan(answer), READING);
            out.section("chart", "Interval against cost", vec![picture]);
        }
    }
    if let Some(fit) = &answer.fit {
        out.section(
            "excluded",
            "Rows left out",
            checklist::excluded(fit.data().excluded()),
        );
    }
    let digest = match &answer.fit {
        Some(fit) => fit.data().digest(),
        None => sha256([answer.request.at.join(",")]),
    };
    let of = match &answer.fit {
        Some(_) => "Digest of the runs, SHA-256",
        None => "Digest of the target, SHA-256",
    };
    out.signed(Provenance {
        seed: Some(answer.request.seed),
        ..Provenance::new(command, input, of, digest)
    })
}

fn in_one_line(answer: &PlanAnswer) -> String {
    match &answer.planned {
        Planned::Refused => "No plan is given: a finding forbids the numbers.".to_owned(),
        Planned::Runs(widths) => {
            let last = widths.steps.last().map_or(widths.now, |step| step.width);
            format!(
                "The interval is {} now, and {} is expected after {} more runs.",
                half_width(widths.now),
                half_width(last),
                widths.steps.len()
            )
        }
        Planned::Ladder { ladders, best, .. } => format!(
            "The ladder is expected to forecast to {}.",
            half_width(Some(ladders[*best].width))
        ),
    }
}

fn verdict(answer: &PlanAnswer) -> (String, Tone) {
    match answer.trust() {
        Trust::Refused => (
            "REFUSED: no law of these runs can be relied on.".to_owned(),
            Tone::Bad,
        ),
        Trust::Trustworthy => (
            "Nothing was found against the law that the plan rests on.".to_owned(),
            Tone::Good,
        ),
        Trust::NotTrustworthy => match &answer.fit {
            Some(_) => (
                "CAUTION: the law that the plan rests on is in doubt.".to_owned(),
                Tone::Bad,
            ),
            None => (
                "CAUTION: the plan uses only the prior and no runs.".to_owned(),
                Tone::Bad,
            ),
        },
    }
}
