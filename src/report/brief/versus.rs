//! A comparison of recipes in short.

use super::super::document::{Document, Fact, Tone, fact};
use super::super::versus::{facts, power};
use super::super::versus_words::{how_far, how_sure, in_tokens, lasting, there, turns};
use super::together::{Brief, together};
use crate::ask::{Compared, Fitted, VersusAnswer};
use crate::code::Code;
use crate::fit::Diagnosis;
use crate::number::compute;
use crate::versus::{Place, Verdict};

const REST: &str = "the multiplier at every compute, the tests of what the laws have in common, \
                    and how the intervals were made";

impl Brief for VersusAnswer {
    fn brief(&self, how: &str) -> Document {
        in_short(self, how)
    }
}

/// The verdict on each recipe, the laws and the findings.
fn in_short(answer: &VersusAnswer, how: &str) -> Document {
    let mut found: Vec<Diagnosis> = answer.findings.clone();
    for recipe in &answer.recipes {
        let own = recipe.fit.diagnoses().iter();
        for one in own.filter(|d| d.code != Code::TooFewRuns) {
            let mut one = one.clone();
            one.message = format!("recipe '{}': {}", recipe.name, one.message);
            found.push(one);
        }
    }
    let mut facts = facts(answer);
    // Requested places have lines of their own; with more recipes each has one line.
    if let [one] = answer.compared.as_slice()
        && let Some(place) = facts.iter().position(|fact| fact.0 == one.name)
    {
        facts.splice(place..=place, lines(answer, one));
    }
    let forced = answer.recipes.iter().any(Fitted::is_forced);
    together(facts, power(answer), &found, (how, REST)).forced_if(forced)
}

/// The verdict on the only recipe: at the targets, within the range of the runs, and whether the
/// advantage lasts.
fn lines(answer: &VersusAnswer, one: &Compared) -> Vec<Fact> {
    let places = &one.comparison.places;
    let asked = places.iter().skip(1).map(|place| {
        let sure = how_sure(answer, one, place).map(|sure| format!("; {sure}"));
        let (said, far) = (there(answer, one, place), how_far(one, place));
        let words = format!("{said}{}; {far}", sure.unwrap_or_default());
        (format!("At {}", compute(place.compute)), words, tone(place))
    });
    let mut facts: Vec<Fact> = asked.collect();
    if let Some(first) = places.first() {
        let at = format!("At {}", compute(first.compute));
        let said = there(answer, one, first);
        let (low, high) = one.comparison.common;
        let words = match low > high {
            true => format!("{said}; no compute lies within the runs of both"),
            false => format!("{said}; the largest compute that both have runs at"),
        };
        facts.push((at, words, tone(first)));
        let parts = [lasting(answer, one, first), turns(answer, one)];
        let words: Vec<String> = parts.into_iter().flatten().collect();
        if !words.is_empty() {
            facts.push(fact("With scale", words.join("; ")));
        }
        if let Some(main) = first.main(answer.main) {
            let method = main.method.name();
            let paired = match one.comparison.pairs {
                0 => String::new(),
                1 => ", with 1 pair of runs".to_owned(),
                pairs => format!(", with {pairs} pairs of runs"),
            };
            let mut words =
                format!("of the laws, {method}{paired}; they hold if both laws are exactly right");
            if places.iter().any(Place::is_beyond) {
                words += ". Beyond the runs, the forecasts of each recipe alone may order them otherwise";
            }
            facts.push(fact("Intervals", words));
        }
    }
    let of_tokens = one.comparison.of_tokens.iter();
    facts.extend(of_tokens.map(|place| {
        let words = in_tokens(answer, one, place);
        ("In tokens".to_owned(), words, tone(place))
    }));
    facts
}

fn tone(place: &Place) -> Tone {
    match place.verdict {
        Verdict::Better | Verdict::NeverReached => Tone::Good,
        Verdict::Worse => Tone::Bad,
        _ => Tone::Plain,
    }
}
