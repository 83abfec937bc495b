//! The values of a law of several columns at points, in short.

use super::super::document::{Block, Document, fact};
use super::super::fit::findings;
use super::super::points::said;
use super::together::Brief;
use crate::ask::PointsAnswer;

const REST: &str = "how the law was fitted, its parameters with their errors, and every interval";

impl Brief for PointsAnswer {
    fn brief(&self, how: &str) -> Document {
        let mut blocks = said(self);
        if let Some(Block::Facts(facts)) = blocks.first_mut() {
            facts.push(fact("More", format!("{how} {REST}")));
        }
        blocks.extend(findings(self.fit.diagnoses()));
        Document::from(blocks).forced_if(self.force)
    }
}
