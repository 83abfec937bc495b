//! Forecasts of scores in short.

use super::super::answer::Shown;
use super::super::document::{Block, Document};
use super::super::scores::{facts, forced, laws, target_in_short};
use super::together::{Brief, together};
use crate::ask::ScoresAnswer;

const REST: &str = "what each law says";

impl Brief for ScoresAnswer {
    fn brief(&self, how: &str) -> Document {
        match self.tasks.as_slice() {
            [_] => in_short(self, how).forced_if(self.request.force),
            // For several tasks, the whole document is already short: one row per task.
            _ => self.document(),
        }
    }
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
