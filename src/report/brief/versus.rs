//! A comparison of recipes in short.

use super::super::document::Document;
use super::super::versus::{facts, power};
use super::brief;
use crate::ask::VersusAnswer;
use crate::code::Code;
use crate::fit::Diagnosis;

const REST: &str = "the multiplier at every compute, the tests of what the laws have in common, \
                    and how the intervals were made";

/// The verdict on each recipe, the laws, and what was found.
pub(in crate::report) fn versus(answer: &VersusAnswer) -> Document {
    let mut found: Vec<Diagnosis> = answer.findings.clone();
    for recipe in &answer.recipes {
        let own = recipe.fit.diagnoses().iter();
        for one in own.filter(|d| d.code != Code::TooFewRuns) {
            let mut one = one.clone();
            one.message = format!("recipe '{}': {}", recipe.name, one.message);
            found.push(one);
        }
    }
    brief(facts(answer), power(answer), &found, REST)
}
