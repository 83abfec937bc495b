//! A comparison of recipes in a sentence that a lead can act on.

use crate::ask::{Compared, VersusAnswer};
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::quantity::format_quantity;
use crate::versus::{Hypothesis, MultiplierInterval, Place, Verdict};

/// Both losses to the digits that their difference supports.
pub(super) fn losses(place: &Place, spread: Option<f64>) -> [String; 2] {
    [place.base_loss, place.loss].map(|loss| with_uncertainty(loss, spread))
}

/// The ends of an interval.
pub(super) fn interval_of(interval: &MultiplierInterval) -> String {
    let end = |end: Option<f64>, none: &str| end.map_or(none.to_owned(), |m| digits(m, 4));
    format!(
        "{} .. {}",
        end(interval.lower, "no limit"),
        end(interval.upper, "no limit")
    )
}

/// A verdict as programs read it.
pub(super) fn said_at(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::NotToldApart => "not-told-apart",
        Verdict::NoInterval => "no-interval",
        Verdict::NeverReached => "never-reached",
    }
}

/// The whole verdict about a recipe.
pub(super) fn verdict(answer: &VersusAnswer, one: &Compared) -> String {
    let found = &one.comparison;
    let mut parts = Vec::new();
    if let Some(first) = found.places.first() {
        parts.push(here(answer, one, first));
        parts.extend(lasting(answer, one, first));
    }
    for place in found.places.iter().skip(1) {
        parts.push(there(answer, one, place));
    }
    for place in &found.of_tokens {
        parts.push(in_tokens(answer, one, place));
    }
    parts.join("; ")
}

fn ends(answer: &VersusAnswer, place: &Place) -> String {
    match place.main(answer.main) {
        None => "no interval".to_owned(),
        Some(interval) => {
            let end = |end: Option<f64>, none: &str| end.map_or(none.to_owned(), |m| digits(m, 3));
            format!(
                "{}: {} to {}",
                percent(interval.level),
                end(interval.lower, "no lower limit"),
                end(interval.upper, "no upper limit")
            )
        }
    }
}

/// The verdict at the largest compute that all recipes have runs at.
pub(super) fn here(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    let (base, name, at) = (answer.base(), &one.name, compute(place.compute));
    let Some(m) = place.multiplier else {
        let [above, below] = losses(place, None);
        return format!(
            "{base} never reaches the loss of {name} at {at}: its law stays above ({above} there \
             against {below})"
        );
    };
    let path = match one.comparison.surface {
        true => " on their compute-optimal paths",
        false => "",
    };
    format!(
        "{base} needs {} times the compute of {name} at {at}{path} ({}): {}",
        digits(m, 3),
        ends(answer, place),
        so(answer, one, place)
    )
}

/// Which of the two is better.
fn so(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    match place.verdict {
        Verdict::Better => format!("{} is better", one.name),
        Verdict::Worse => format!("{} is better", answer.base()),
        Verdict::NotToldApart => "they cannot be told apart".to_owned(),
        Verdict::NoInterval | Verdict::NeverReached => {
            "without an interval nothing says whether that is real".to_owned()
        }
    }
}

/// The multiplier of tokens.
pub(super) fn in_tokens(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    let (base, name) = (answer.base(), &one.name);
    let quantity = |value: Option<f64>| value.map_or(String::new(), format_quantity);
    let (n, d) = (quantity(place.params), quantity(place.tokens));
    match place.multiplier {
        None => format!(
            "with {n} parameters {base} never reaches the loss that {name} has after {d} tokens"
        ),
        Some(m) => format!(
            "with {n} parameters {base} needs {} times the tokens of {name} at {d} ({}): {}",
            digits(m, 3),
            ends(answer, place),
            so(answer, one, place)
        ),
    }
}

/// Whether the multiplier changes with compute.
pub(super) fn lasting(answer: &VersusAnswer, one: &Compared, place: &Place) -> Option<String> {
    let growth = one.comparison.growth?.value;
    if growth.abs() < 1e-6 {
        let same =
            "the exponent and the floor are held or shared, which makes it the same at every";
        return Some(format!("{same} compute"));
    }
    let (m, constant) = (place.multiplier?, constant(&one.comparison.hypotheses)?);
    let p = constant.p?;
    let p_is = match probability(p) {
        small if small.starts_with('<') => format!("p {small}"),
        plain => format!("p = {plain}"),
    };
    let because = format!("{}: {p_is}", constant.name);
    if p >= 1.0 - answer.main {
        return Some(format!(
            "nothing shows that this changes with scale ({because})"
        ));
    }
    let what = match (m >= 1.0, (growth > 0.0) == (m >= 1.0)) {
        (true, true) => "the advantage grows with scale",
        (true, false) => "the advantage shrinks with scale",
        (false, true) => "the disadvantage grows with scale",
        (false, false) => "the disadvantage shrinks with scale",
    };
    Some(format!("{what} ({because})"))
}

/// The hypothesis under which the multiplier is a constant.
fn constant(all: &[Hypothesis]) -> Option<&Hypothesis> {
    let named = |name: &str| all.iter().find(|h| h.name == name);
    // Where the floor is held, or there is none, equal exponents alone make it constant.
    let floors = named("equal floors").is_some();
    named("equal exponents and floors").or_else(|| named("equal exponents").filter(|_| !floors))
}

fn there(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    format!(
        "at {} {}",
        compute(place.compute),
        verdict_at(answer, one, place)
    )
}

/// The verdict at another compute, which is not named in it.
pub(super) fn verdict_at(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    let base = answer.base();
    let ends = ends(answer, place);
    let m = place.multiplier.map_or(String::new(), |m| digits(m, 3));
    match place.verdict {
        Verdict::Better => format!("{} is better, m = {m} ({ends})", one.name),
        Verdict::Worse => format!("{base} is better, m = {m} ({ends})"),
        Verdict::NotToldApart => format!("they cannot be told apart, m = {m} ({ends})"),
        Verdict::NoInterval => format!("m = {m} without an interval"),
        Verdict::NeverReached => format!("{base} never reaches the loss of {}", one.name),
    }
}

/// A probability to two digits.
pub(super) fn probability(p: f64) -> String {
    match p < 1e-4 {
        true => "< 0.0001".to_owned(),
        false => digits(p, 2),
    }
}
