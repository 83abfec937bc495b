//! Forecasts of scores in short.

use super::super::document::{Block, Document, fact};
use super::super::scores::{facts, findings_of, forced, laws, said_of, target_in_short};
use super::together::{Brief, together};
use crate::ask::ScoresAnswer;

const REST: &str = "what each law says";
const REST_OF_SUITE: &str = "what each law says of every task, and the reasons of each grade";

impl Brief for ScoresAnswer {
    fn brief(&self, how: &str) -> Document {
        match self.only() {
            Some(_) => in_short(self, how).forced_if(self.request.force),
            None => of_suite(self, how).forced_if(self.request.force),
        }
    }
}

/// The forecasts of several tasks, one row per task.
fn of_suite(answer: &ScoresAnswer, how: &str) -> Document {
    let mut blocks = said_of(answer);
    if !answer.targets.is_empty()
        && let Some(Block::Facts(facts)) = blocks.first_mut()
    {
        facts.push(fact("More", format!("{how} {REST_OF_SUITE}")));
    }
    blocks.extend(findings_of(answer));
    blocks.into()
}

/// The forecasts of the only task.
fn in_short(answer: &ScoresAnswer, how: &str) -> Document {
    let mut facts = facts(answer);
    let mut asked = Vec::new();
    match answer.targets.len() {
        0 => asked.push(laws(answer)),
        1 => facts.extend(target_in_short(answer, 0)),
        several => {
            let each = (0..several).map(|place| target_in_short(answer, place));
            asked.extend(each.map(Block::Facts));
        }
    }
    asked.extend(forced(answer));
    let found = answer.tasks.iter().flat_map(|task| &task.diagnoses);
    let found: Vec<_> = found.cloned().collect();
    together(facts, asked, &found, (how, REST))
}
