//! Words for scores, their intervals and their models.

use super::document::{Fact, Tone};
use crate::ask::Withheld;
use crate::interval::Interval;
use crate::number::compute;
use crate::said::Said;
use crate::scores::hidden::ScoreTarget;

/// A score in per cent.
pub(super) fn points(score: f64) -> String {
    format!("{:.1} %", Said(100.0 * score))
}

/// An interval of scores in per cent.
pub(super) fn bracket(interval: Option<&Interval>) -> String {
    interval.map_or("none".to_owned(), |i| {
        format!(
            "{:.1} .. {:.1} %",
            Said(100.0 * i.lower),
            Said(100.0 * i.upper)
        )
    })
}

/// A model in words.
pub(super) fn model(target: &ScoreTarget, compute_name: &str) -> String {
    match target.size {
        Some((n, d)) => format!("N = {}, D = {}", compute(n), compute(d)),
        None => format!("{compute_name} {}", compute(target.compute)),
    }
}

/// The fact in place of a forecast.
pub(super) fn none_given(why: &Withheld) -> Fact {
    let words = format!("NONE GIVEN: {}: {}", why.code, why.reason);
    ("Forecast".to_owned(), words, Tone::Bad)
}
