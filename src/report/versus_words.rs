//! A comparison of recipes in a sentence that supports a decision.

use crate::ask::{Compared, VersusAnswer};
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::quantity::format_quantity;
use crate::said::Said;
use crate::versus::{Crossing, Hypothesis, MultiplierInterval, Place, Verdict};

/// Both losses with the digits that their difference supports.
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

/// A verdict for programs.
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
        let at = compute(place.compute);
        parts.push(format!("at {at} {}", there(answer, one, place)));
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

/// The verdict at the largest compute at which all recipes have runs.
pub(super) fn here(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    let (base, name, at) = (answer.base(), &one.name, compute(place.compute));
    if place.multiplier.is_none() {
        let [above, below] = losses(place, None);
        return format!(
            "{base} never reaches the loss of {name} at {at}: its law stays above ({above} there \
             against {below})"
        );
    }
    needs(answer, one, place, &format!(" at {at}"))
}

/// The same where the compute is named before it.
pub(super) fn there(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    match place.multiplier {
        Some(_) => needs(answer, one, place, ""),
        None => format!("{} never reaches the loss of {}", answer.base(), one.name),
    }
}

fn needs(answer: &VersusAnswer, one: &Compared, place: &Place, at: &str) -> String {
    let path = match one.comparison.surface {
        true => " on their compute-optimal paths",
        false => "",
    };
    format!(
        "{} needs {} times the compute of {}{at}{path} ({}): {}",
        answer.base(),
        place.multiplier.map_or(String::new(), |m| digits(m, 3)),
        one.name,
        ends(answer, place),
        so(answer, one, place)
    )
}

/// How far a compute lies from those that both recipes have runs at.
pub(super) fn how_far(one: &Compared, place: &Place) -> String {
    let (low, _) = one.comparison.common;
    match place.extrapolation {
        factor if place.is_beyond() => format!("{} times beyond the runs", digits(factor, 3)),
        _ if place.compute < low * (1.0 - 1e-9) => {
            format!("{} times below the runs", digits(low / place.compute, 3))
        }
        _ => "within the runs".to_owned(),
    }
}

/// Which law is lower, and with which one-sided confidence.
pub(super) fn how_sure(answer: &VersusAnswer, one: &Compared, place: &Place) -> Option<String> {
    let p = place.probability_better?;
    let (name, p) = match p < 0.5 {
        true => (answer.base(), 1.0 - p),
        false => (one.name.as_str(), p),
    };
    let sure = match p > 0.9995 {
        true => "more than 99.9 %".to_owned(),
        false => format!("{:.1} %", Said(100.0 * p)),
    };
    Some(format!("{name} has the lower law with {sure} confidence"))
}

/// Where the laws cross, and which one is lower on each side; absent where they do not cross within
/// the runs.
pub(super) fn turns(answer: &VersusAnswer, one: &Compared) -> Option<String> {
    let found = &one.comparison;
    let mut crossings: Vec<&Crossing> = found.crossings.iter().collect();
    crossings.sort_by(|a, b| a.compute.total_cmp(&b.compute));
    if !crossings.iter().any(|crossing| crossing.within_runs) {
        return None;
    }
    let apart = |p: &Place, c: &Crossing| (p.compute / c.compute).ln().abs() > 1e-9;
    let mut beside = found.places.iter();
    let place = beside.find(|p| crossings.iter().all(|c| apart(p, c)))?;
    let passed = crossings.iter().filter(|c| c.compute < place.compute);
    // The difference is the loss of the base less that of the recipe. Each crossing turns its sign.
    let is_recipe_first = (place.difference > 0.0) == (passed.count() % 2 == 0);
    let (first, second) = match is_recipe_first {
        true => (one.name.as_str(), answer.base()),
        false => (answer.base(), one.name.as_str()),
    };
    let at = |crossing: &Crossing| match crossing.compute > found.common.1 {
        true => format!("{} (beyond the runs)", compute(crossing.compute)),
        false => compute(crossing.compute),
    };
    Some(match crossings[..] {
        [only] => format!(
            "{first} has the lower law below {}, and {second} above",
            at(only)
        ),
        [low, high] => format!(
            "{first} has the lower law below {} and above {}, and {second} between them",
            at(low),
            at(high)
        ),
        _ => {
            let all: Vec<String> = crossings.iter().map(|crossing| at(crossing)).collect();
            format!("the laws cross at {}", all.join(", "))
        }
    })
}

/// Which of the two is better.
fn so(answer: &VersusAnswer, one: &Compared, place: &Place) -> String {
    match place.verdict {
        Verdict::Better => format!("{} is better", one.name),
        Verdict::Worse => format!("{} is better", answer.base()),
        Verdict::NotToldApart => "they cannot be told apart".to_owned(),
        Verdict::NoInterval | Verdict::NeverReached => {
            "without an interval this may be noise".to_owned()
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
            "there is no evidence that this changes with scale ({because})"
        ));
    }
    let what = match (growth > 0.0) == (m >= 1.0) {
        true => "grows",
        false => "shrinks",
    };
    let ahead = match m >= 1.0 {
        true => one.name.as_str(),
        false => answer.base(),
    };
    let (_, largest) = one.comparison.common;
    let mut turns = one.comparison.crossings.iter();
    // Where the laws cross once more beyond the runs, the advantage ends there.
    let where_it_holds = match turns.any(|crossing| crossing.compute > largest) {
        true => format!("at {} ", compute(largest)),
        false => String::new(),
    };
    Some(format!(
        "{where_it_holds}the advantage of {ahead} {what} with scale ({because})"
    ))
}

/// The hypothesis under which the multiplier is a constant.
fn constant(all: &[Hypothesis]) -> Option<&Hypothesis> {
    let named = |name: &str| all.iter().find(|h| h.name == name);
    // If the floor is held or there is none, equal exponents alone make the multiplier constant.
    let floors = named("equal floors").is_some();
    named("equal exponents and floors").or_else(|| named("equal exponents").filter(|_| !floors))
}

/// A probability to two digits.
pub(super) fn probability(p: f64) -> String {
    match p < 1e-4 {
        true => "< 0.0001".to_owned(),
        false => digits(p, 2),
    }
}
