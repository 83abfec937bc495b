//! A capability in short.

use super::super::capability::{data_line, law_words, tone};
use super::super::capability_target::{actual_line, pass_at_blocks, recommended, verdict_line};
use super::super::document::{Block, Document, Fact, Tone, fact};
use super::together::{Brief, together};
use crate::ask::CapabilityAnswer;
use crate::capability::Verdict;
use crate::number::{compute, digits, with_uncertainty};

const REST: &str = "every model, every bucket of problems and all intervals";

impl Brief for CapabilityAnswer {
    fn brief(&self, how: &str) -> Document {
        in_short(self, how).forced_if(self.request.force)
    }
}

/// The forecasts, or the law if nothing is asked.
fn in_short(answer: &CapabilityAnswer, how: &str) -> Document {
    let fit = &answer.fit;
    let mut facts = vec![fact("Law", law_words(fit)), fact("Data", data_line(fit))];
    // Warnings are listed below. A verdict that forbids the numbers takes their place.
    if answer.targets.is_empty() || fit.verdict() != Verdict::Predictable {
        let words = verdict_line(&fit.overall);
        let words = words.split(':').next().unwrap_or_default().to_owned();
        facts.push(("Verdict".to_owned(), words, tone(fit)));
    }
    if answer.targets.is_empty() {
        facts.extend(exponent(answer));
    }
    let mut asked = Vec::new();
    for place in 0..answer.targets.len() {
        let own = target(answer, place);
        match answer.targets.len() {
            1 => facts.extend(own),
            _ => asked.push(Block::Facts(own)),
        }
    }
    asked.extend(pass_at_blocks(answer));
    together(facts, asked, &fit.overall.diagnoses, (how, REST))
}

/// The exponent and the coefficient of the law.
fn exponent(answer: &CapabilityAnswer) -> Option<Fact> {
    let overall = &answer.fit.overall;
    let (k, stderr) = overall.exponent().filter(|k| k.0.is_finite())?;
    let error = stderr.map_or(String::new(), |se| {
        format!(" (std. error {})", digits(se, 2))
    });
    let alpha = overall.alpha().filter(|a| a.0.is_finite());
    let alpha = alpha.map_or(String::new(), |(a, _)| {
        format!(", alpha = {}", digits(a, 4))
    });
    let words = format!("k = {}{error}{alpha}", with_uncertainty(k, stderr));
    Some(fact("Exponent", words))
}

/// One target.
fn target(answer: &CapabilityAnswer, place: usize) -> Vec<Fact> {
    let (fit, at) = (&answer.fit, answer.targets[place]);
    let largest = fit.overall.largest_fitted();
    let mut facts = vec![fact(
        "Target",
        format!(
            "{} {}: {} times the largest fitted model ({})",
            fit.compute_name,
            compute(at),
            digits(at / largest, 3),
            compute(largest)
        ),
    )];
    match &answer.overall[place] {
        Ok(forecast) => {
            facts.extend(recommended(forecast, answer.highest(), false));
            let actual = actual_line(&fit.overall, forecast);
            facts.extend(actual.map(|line| fact("Actual", line)));
        }
        Err(why) => {
            let words = format!("NONE GIVEN: {} ({})", why.reason, why.code);
            facts.push(("Forecast".to_owned(), words, Tone::Bad));
        }
    }
    facts
}
