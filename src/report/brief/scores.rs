//! Forecasts of scores in short.

use super::super::document::{Block, Document};
use super::super::scores::{facts, findings_of, forced, laws, short_target};
use super::together::{Brief, together};
use crate::ask::ScoresAnswer;

const REST: &str = "what each law says, and what was found";

impl Brief for ScoresAnswer {
    fn brief(&self, how: &str) -> Document {
        in_short(self, how)
    }
}

/// The forecasts of each task.
fn in_short(answer: &ScoresAnswer, how: &str) -> Document {
    let mut facts = facts(answer);
    let mut asked = Vec::new();
    match answer.targets.len() {
        0 => asked.push(laws(answer)),
        1 => {
            let (own, table) = short_target(answer, 0);
            facts.extend(own);
            asked.extend(table);
        }
        several => {
            for place in 0..several {
                let (own, table) = short_target(answer, place);
                asked.push(Block::Facts(own));
                asked.extend(table);
            }
        }
    }
    asked.extend(forced(answer));
    let found = match answer.tasks.as_slice() {
        [only] => only.diagnoses.clone(),
        // The findings of several tasks stand in a table of their own.
        _ => {
            asked.extend(findings_of(answer));
            Vec::new()
        }
    };
    together(facts, asked, &found, (how, REST))
}
