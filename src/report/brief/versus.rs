//! A comparison of recipes in short.

use super::super::document::Document;
use super::super::versus::{facts, power};
use super::together::{Brief, together};
use crate::ask::VersusAnswer;
use crate::code::Code;
use crate::fit::Diagnosis;

const REST: &str = "the multiplier at every compute, the tests of what the laws have in common, \
                    and how the intervals were made";

impl Brief for VersusAnswer {
    fn brief(&self, how: &str) -> Document {
        in_short(self, how)
    }
}

/// The verdict on each recipe, the laws, and what was found.
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
    together(facts(answer), power(answer), &found, (how, REST))
}
