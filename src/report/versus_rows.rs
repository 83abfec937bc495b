//! A comparison of recipes as CSV.

use super::rows::csv;
use super::versus_words::said_at;
use crate::ask::{Compared, VersusAnswer};
use crate::versus::Place;

table_row! {
    /// An interval of a multiplier, or why there is none.
    struct Row<'a> {
        base: &'a str,
        recipe: &'a str,
        compute: Option<f64>,
        extrapolation: Option<f64>,
        multiplier: Option<f64>,
        method: &'a str,
        level: Option<f64>,
        lower: Option<f64>,
        upper: Option<f64>,
        base_loss: Option<f64>,
        loss: Option<f64>,
        difference: Option<f64>,
        difference_lower: Option<f64>,
        difference_upper: Option<f64>,
        probability_better: Option<f64>,
        simultaneous: usize,
        verdict: &'a str,
        status: String,
        reason: &'a str,
        quantity: &'a str,
        params: Option<f64>,
        tokens: Option<f64>,
    }
}

/// One row per interval, and one for a missing interval.
pub(super) fn table(answer: &VersusAnswer) -> String {
    let mut rows = Vec::new();
    for one in &answer.compared {
        let found = &one.comparison;
        for place in found.places.iter().chain(&found.of_tokens) {
            rows.extend(of_place(answer, one, place));
        }
    }
    for (name, why) in answer.refused() {
        rows.push(Row {
            recipe: name,
            status: format!("abstained: {}", why.code),
            reason: &why.reason,
            ..Row::none(answer)
        });
    }
    csv(&Row::COLUMNS, rows)
}

impl<'a> Row<'a> {
    fn none(answer: &'a VersusAnswer) -> Row<'a> {
        Row {
            base: answer.base(),
            recipe: "",
            compute: None,
            extrapolation: None,
            multiplier: None,
            method: "",
            level: None,
            lower: None,
            upper: None,
            base_loss: None,
            loss: None,
            difference: None,
            difference_lower: None,
            difference_upper: None,
            probability_better: None,
            simultaneous: answer.family,
            verdict: "",
            status: "ok".to_owned(),
            reason: "",
            quantity: "",
            params: None,
            tokens: None,
        }
    }
}

fn of_place<'a>(answer: &'a VersusAnswer, one: &'a Compared, place: &'a Place) -> Vec<Row<'a>> {
    let plain = || Row {
        recipe: &one.name,
        compute: Some(place.compute),
        extrapolation: Some(place.extrapolation),
        multiplier: place.multiplier,
        base_loss: Some(place.base_loss),
        loss: Some(place.loss),
        difference: Some(place.difference),
        probability_better: place.probability_better,
        verdict: said_at(place.verdict),
        quantity: match place.tokens {
            Some(_) => "tokens",
            None => "compute",
        },
        params: place.params,
        tokens: place.tokens,
        ..Row::none(answer)
    };
    let mut rows = Vec::new();
    for interval in &place.intervals {
        let mut losses = place.difference_intervals.iter();
        let losses = losses.find(|i| i.level == interval.level);
        rows.push(Row {
            method: interval.method.name(),
            level: Some(interval.level),
            lower: interval.lower,
            upper: interval.upper,
            difference_lower: losses.map(|i| i.lower),
            difference_upper: losses.map(|i| i.upper),
            ..plain()
        });
    }
    for none in &place.abstentions {
        rows.push(Row {
            method: none.method.map_or("", crate::Method::name),
            status: format!("abstained: {}", none.code),
            reason: &none.reason,
            ..plain()
        });
    }
    if rows.is_empty() {
        rows.push(plain());
    }
    rows
}
