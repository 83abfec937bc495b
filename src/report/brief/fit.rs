//! A fitted law in short.

use super::super::document::{Document, Fact, Tone, fact};
use super::super::fit::{data_in_short, named, noise_line, parameter_cells};
use super::together::{Brief, together};
use crate::ask::FitAnswer;
use crate::fit::{FitResult, FitStatus};
use crate::number::percent;

const REST: &str = "how the law was fitted, every minimum and every residual";
const REST_OF_REFUSED: &str = "the parameters of the law, and how it was fitted";

impl Brief for FitAnswer {
    fn brief(&self, how: &str) -> Document {
        in_short(&self.fit, how)
    }
}

/// The law, its parameters, its noise and the findings.
fn in_short(result: &FitResult, how: &str) -> Document {
    let mut facts = source_facts(result);
    if result.refusal().is_some() {
        facts.push(("Status".to_owned(), "REFUSED".to_owned(), Tone::Bad));
    }
    let first = result.parameters().iter().find_map(|p| p.intervals.first());
    let title = first.map_or(String::new(), |i| {
        format!("{} {} interval", percent(i.level), i.method.name())
    });
    facts.extend(
        parameter_cells(result).map(|([name, value, stderr], interval)| {
            let error = match stderr.as_str() {
                "n/a" => String::new(),
                "fixed" | "at bound" => format!(", {stderr}"),
                error => format!(" with a standard error of {error}"),
            };
            let interval = interval.map_or(String::new(), |i| format!(", {title} {i}"));
            fact(&name, format!("{value}{error}{interval}"))
        }),
    );
    facts.push(fact("Noise", noise_line(result)));
    together(facts, Vec::new(), result.diagnoses(), (how, REST))
}

/// A fit whose numbers a finding forbids.
pub(super) fn refused(result: &FitResult, how: &str) -> Document {
    let mut facts = source_facts(result);
    // Capitals mark the refusal without colour; the finding below gives the reason.
    facts.push(("Status".to_owned(), "REFUSED".to_owned(), Tone::Bad));
    together(
        facts,
        Vec::new(),
        result.diagnoses(),
        (how, REST_OF_REFUSED),
    )
}

/// The law, the data, and important facts about how the law was obtained.
pub(super) fn source_facts(result: &FitResult) -> Vec<Fact> {
    let mut facts = vec![
        fact("Law", named(result)),
        fact("Data", data_in_short(result.data())),
    ];
    let prior = result.settings().prior.as_ref();
    facts.extend(prior.map(|penalty| fact("Prior", penalty.prior.said())));
    if let Some(otherwise) = result.claimed_otherwise() {
        facts.push(("Law file".to_owned(), otherwise.to_owned(), Tone::Bad));
    }
    let status = result.status();
    if matches!(status, FitStatus::NotConverged | FitStatus::StartsDisagree) {
        let words = status.name().replace('-', " ").to_uppercase();
        facts.push(("Status".to_owned(), words, Tone::Bad));
    }
    facts
}
