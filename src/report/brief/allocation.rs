//! An allocation in short.

use super::super::allocation::{budget, cost, depends, in_one_line, interval_of, refusal, short};
use super::super::document::{Block, Document, Fact, Tone, fact};
use super::super::grade::tone;
use super::super::sizes::sizes;
use super::fit;
use super::together::{Brief, together};
use crate::allocation::AllocationQuantity;
use crate::ask::{AllocateAnswer, AllocationAt, Allocations, FLAT, FLOPS};
use crate::number::{digits, percent};
use crate::quantity::format_quantity;

const REST: &str = "the parameters of the law, all intervals, other sizes, and what other \
                    objectives and fewer runs say";

impl Brief for AllocateAnswer {
    fn brief(&self, how: &str) -> Document {
        match &self.found {
            Some(found) => in_short(self, found, how).forced_if(self.request.force),
            None => fit::refused(&self.fit, how),
        }
    }
}

/// What to train with each budget.
fn in_short(answer: &AllocateAnswer, found: &Allocations, how: &str) -> Document {
    let mut facts = fit::source_facts(&answer.fit);
    if answer.request.flops != FLOPS {
        facts.push(fact("FLOP", answer.flops.describe()));
    }
    let mut asked = Vec::new();
    match found.answers.as_slice() {
        [] => {}
        [one] => facts.extend(one_budget(answer, found, one)),
        several => asked.push(table(several, answer.request.level)),
    }
    if !answer.request.sizes.is_empty() {
        let all = found.answers.iter();
        asked.extend(all.flat_map(|one| sizes(&answer.request, one)));
    }
    asked.extend(found.refused.iter().map(refusal));
    together(facts, asked, &answer.diagnoses(), (how, REST))
}

fn one_budget(answer: &AllocateAnswer, found: &Allocations, one: &AllocationAt) -> Vec<Fact> {
    let mut facts = vec![
        fact("Answer", in_one_line(answer)),
        fact(
            "Flat",
            format!(
                "any N from {} to {} raises the loss by less than {}",
                format_quantity(one.flat_params.0),
                format_quantity(one.flat_params.1),
                percent(FLAT)
            ),
        ),
        (
            "Grade".to_owned(),
            format!(
                "{}: {}; {} times the compute of the largest fitted run",
                one.grade.name().to_uppercase(),
                one.because,
                digits(one.extrapolation, 3)
            ),
            tone(one.grade),
        ),
    ];
    if let Some(i) = &one.inference {
        facts.push(fact(
            "Inference",
            format!(
                "with {} tokens of use, train {} parameters on {} tokens",
                format_quantity(i.inference_tokens),
                short(i.params),
                short(i.tokens)
            ),
        ));
    }
    if answer.request.price.is_some() {
        facts.push(fact("Cost", cost(&one.cost, answer.request.price)));
    }
    let depends = depends(found, one);
    facts.extend(depends.map(|words| ("Warning".to_owned(), words, Tone::Bad)));
    facts
}

/// Several budgets, one per row.
fn table(all: &[AllocationAt], level: f64) -> Block {
    let rows = all.iter().map(|one| {
        let best = &one.best;
        vec![
            budget(one),
            short(best.params),
            interval_of(one, AllocationQuantity::Params).unwrap_or_else(|| "none".to_owned()),
            short(best.tokens),
            digits(best.tokens / best.params, 3),
            digits(best.loss, 4),
            format!(
                "{} to {}",
                short(one.flat_params.0),
                short(one.flat_params.1)
            ),
            digits(one.extrapolation, 3),
            one.grade.name().to_owned(),
        ]
    });
    let interval = format!("{} interval of N*", percent(level));
    let flat = format!("N within {}", percent(FLAT));
    let head = [
        "compute",
        "N*",
        &interval,
        "D*",
        "D/N",
        "L*",
        &flat,
        "times the largest",
        "grade",
    ];
    Block::table(&head, &[2, 6, 8], rows)
}
