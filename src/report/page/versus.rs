//! The page of a comparison of recipes.

use super::super::document::{Block, Tone};
use super::super::versus::parts;
use super::super::versus_words::{here, how_far};
use super::{Page, Picture, Provenance, checklist};
use crate::ask::{Trust, VersusAnswer};
use crate::chart;
use crate::code::Code;
use crate::digest::sha256;
use crate::forecast::FARTHEST_RECORDED;
use crate::versus::Place;

const READING: &str = "Marks are runs and lines are laws, solid where there are runs and dashed beyond. The star is the compute at which \
     the base reaches the loss of the best recipe, and its bar is the interval. The last panel shows that compute as a multiple of the \
     recipe's: the band is by the delta method, and the bar at each compute that was asked for is by the method of the answer. At 1 \
     both recipes are equal, and a band that holds 1 says that the runs cannot tell them apart.";

/// The page. `command` is the command that makes it again from the tables named `input`; `seed` is
/// that of the bootstrap, if there is one.
#[must_use]
pub fn versus_page(answer: &VersusAnswer, command: String, input: &str, seed: Option<u64>) -> Page {
    let mut out = Page::new(title(answer), in_one_line(answer), verdict(answer));
    for part in parts(answer) {
        let is_multiplier = part.id == "multiplier" && !part.blocks.is_empty();
        out.section(part.id, part.heading, part.blocks);
        if is_multiplier {
            let picture = Picture::first(&chart::versus(answer), READING);
            out.section("chart", "The laws and the multiplier", vec![picture]);
        }
    }
    let mut left_out = Vec::new();
    for recipe in &answer.recipes {
        let excluded = recipe.fit.data().excluded();
        if !excluded.is_empty() {
            left_out.push(Block::text(format!("Of '{}':", recipe.name)));
            left_out.extend(checklist::excluded(excluded));
        }
    }
    out.section("excluded", "Rows left out", left_out);
    let digests = answer.recipes.iter().map(|one| one.fit.data().digest());
    let digest = sha256(digests.collect::<Vec<String>>());
    let of = "Digests of the runs of each recipe, SHA-256";
    out.signed(Provenance {
        seed,
        ..Provenance::new(command, input, of, digest)
    })
}

fn title(answer: &VersusAnswer) -> String {
    match answer.compared.as_slice() {
        [one] => format!("Is {} better than {}?", one.name, answer.base()),
        all => format!("Which of {} recipes is the best?", all.len() + 1),
    }
}

/// The statement about the best recipe.
fn in_one_line(answer: &VersusAnswer) -> String {
    let best = answer.compared.first();
    match best.and_then(|one| Some((one, one.comparison.places.split_first()?))) {
        Some((one, (first, asked))) => {
            // What was asked comes before what the runs themselves show.
            let asked = asked.iter().map(|place| {
                let (said, far) = (here(answer, one, place), how_far(one, place));
                format!("{said} ({far}).")
            });
            let runs = format!("{}.", here(answer, one, first));
            let all: Vec<String> = asked.chain([runs]).collect();
            all.join(" ")
        }
        None => match answer.refused().next() {
            Some((name, why)) => format!("No number is given: recipe '{name}': {}", why.reason),
            None => "No recipe is compared.".to_owned(),
        },
    }
}

/// How far the comparison can be relied on.
fn verdict(answer: &VersusAnswer) -> (String, Tone) {
    let refused = |(name, why): (&str, &crate::ask::Withheld)| format!("'{name}' ({})", why.code);
    let refused: Vec<String> = answer.refused().map(refused).collect();
    if !refused.is_empty() {
        let all = refused.join(", ");
        return (
            format!("REFUSED: no law of {all} can be relied on."),
            Tone::Bad,
        );
    }
    let places = || {
        answer
            .compared
            .iter()
            .flat_map(|one| &one.comparison.places)
    };
    let none = |code: Code| places().any(|p| p.abstentions.iter().any(|a| a.code == code));
    let mut doubted = answer.recipes.iter().filter(|one| !one.fit.trustworthy());
    match answer.trust() {
        Trust::Trustworthy if places().any(|p| p.extrapolation > FARTHEST_RECORDED) => (
            format!(
                "CAUTION: a target lies more than {FARTHEST_RECORDED} times beyond the runs, where \
                 no published curve was checked. The intervals hold if both laws are exactly right."
            ),
            Tone::Bad,
        ),
        Trust::Trustworthy if places().any(Place::is_beyond) => (
            "Every multiplier has an interval, and nothing was found against the laws. Beyond the \
             runs, the intervals hold if both laws are exactly right."
                .to_owned(),
            Tone::Good,
        ),
        Trust::Trustworthy => (
            "Every multiplier has an interval, and nothing was found against the laws.".to_owned(),
            Tone::Good,
        ),
        _ if answer.findings.iter().any(|d| d.code == Code::TargetFarBeyond) => (
            "CAUTION: a target lies farther beyond the runs than any forecast that was checked."
                .to_owned(),
            Tone::Bad,
        ),
        _ if none(Code::TooFewRuns) => (
            "NO INTERVAL: the noise of the runs is not known, so nothing says whether the \
             difference is real."
                .to_owned(),
            Tone::Bad,
        ),
        _ => match doubted.next() {
            Some(one) => (
                format!("CAUTION: the law of '{}' is in doubt.", one.name),
                Tone::Bad,
            ),
            None => (
                "CAUTION: not every multiplier has an interval.".to_owned(),
                Tone::Bad,
            ),
        },
    }
}
