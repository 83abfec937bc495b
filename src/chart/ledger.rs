//! The chart of predictions and outcomes.

use super::Chart;
use super::spec::{Axis, Color, Content, Figure, Layer, Marker, MarkerShape, Panel};
use crate::ledger::{COVERAGE_LEVEL, Claim, Ledger, Outcome, Prediction, SCORE};
use crate::number::{digits, percent};
use crate::said::Said;

/// With more intervals than this they hide one another, and only failed ones are drawn.
const INTERVALS: usize = 60;
/// More rows than this have no room for their names.
const NAMED: usize = 25;
/// With more outcomes than this their names would overlap, and only the farthest are named.
const FEW: usize = 12;
/// Of many outcomes, so many have a name.
const FARTHEST: usize = 3;
/// How the intervals of several methods are told apart: by colour, and where they held by shape.
const LOOKS: [(MarkerShape, Color); 4] = [
    (MarkerShape::Disc, Color::Blue),
    (MarkerShape::Square, Color::Green),
    (MarkerShape::Triangle, Color::Purple),
    (MarkerShape::Diamond, Color::Vermillion),
];

/// Two panels per quantity: every outcome that counts against its prediction, with the diagonal on
/// which they should lie; and the ratio of prediction to outcome, with the intervals to quote.
#[must_use]
pub fn ledger(ledger: &Ledger) -> Chart {
    let mut groups: Vec<(&str, Vec<Member<'_>>)> = Vec::new();
    for member in ledger.counted_of() {
        let quantity = member.1.quantity.as_str();
        match groups.iter_mut().find(|(q, _)| *q == quantity) {
            Some((_, members)) => members.push(member),
            None => groups.push((quantity, vec![member])),
        }
    }
    let panels: Vec<Panel> = groups
        .iter()
        .flat_map(|(quantity, members)| {
            [
                against(ledger, quantity, members),
                ratios(ledger, quantity, members),
            ]
        })
        .collect();
    let title = match panels.len() {
        0 => "No outcomes yet",
        _ => "Registered forecasts and observed values",
    };
    let figure = Figure {
        columns: 2,
        ..Figure::new(title, panels)
    };
    figure.into()
}

/// The file of an entry, what it predicted, and what was observed.
type Member<'a> = (&'a str, &'a Prediction, &'a Outcome);

/// What was predicted against what was observed.
fn against(ledger: &Ledger, quantity: &str, members: &[Member<'_>]) -> Panel {
    let bias = ledger.bias().into_iter().find(|b| b.quantity == quantity);
    let mean = bias.map_or(0.0, |b| b.mean);
    let bias = match quantity == SCORE {
        true => format!("{:+.1} points", Said(100.0 * mean)),
        false => format!("{:+.1}%", Said(100.0 * mean.exp_m1())),
    };
    let said = match members.len() {
        1 => format!("1 outcome; bias {bias}"),
        many => format!("{many} outcomes; mean bias {bias}"),
    };
    let values = members
        .iter()
        .flat_map(|(_, p, o)| [p.point, o.scored.actual]);
    let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let diagonal = vec![(low / 1.02, low / 1.02), (high * 1.02, high * 1.02)];
    let axis = |label| match quantity == SCORE {
        true => Axis::linear(label),
        false => Axis::log(label),
    };
    let panel = Panel::new(
        words(quantity),
        axis("Observed value"),
        axis("Predicted value"),
    )
    .subtitle(said.clone())
    .description(format!(
        "Predictions of {quantity} against observed values: {said}."
    ))
    .layer(Layer::line(diagonal, Color::Muted).label("predicted = observed"));
    let names = names(members);
    let named = outstanding(members);
    markers(panel, members, |k, (_, p, o)| {
        let marker = Marker::new(o.scored.actual, p.point);
        match named.contains(&k) {
            true => marker.label(names[k].as_str()),
            false => marker,
        }
    })
}

/// The outcomes to name: all if there are few, otherwise those farthest from their predictions.
fn outstanding(members: &[Member<'_>]) -> Vec<usize> {
    let off = |k: &usize| {
        let (_, p, o) = members[*k];
        (p.point / o.scored.actual).ln().abs()
    };
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by(|a, b| off(b).total_cmp(&off(a)));
    match members.len() <= FEW {
        true => order,
        false => order.into_iter().take(FARTHEST).collect(),
    }
}

/// The intervals to quote, by their level, kind and method, in the order of their registration.
fn promises<'a>(members: &[Member<'a>]) -> Vec<&'a Claim> {
    let mut found: Vec<&Claim> = Vec::new();
    for claim in members.iter().filter_map(|(_, p, _)| p.quoted()) {
        if !found.iter().any(|other| is_alike(other, claim)) {
            found.push(claim);
        }
    }
    found
}

fn is_alike(one: &Claim, other: &Claim) -> bool {
    (one.level, one.kind, &one.method) == (other.level, other.kind, &other.method)
}

/// How many of the intervals to quote held, for each method.
fn held(members: &[Member<'_>], promises: &[&Claim]) -> String {
    let of = |promise: &&Claim| {
        let alike = |p: &Prediction| p.quoted().is_some_and(|claim| is_alike(claim, promise));
        let all = members.iter().filter(|(_, p, _)| alike(p));
        let all: Vec<bool> = all.filter_map(|(_, p, o)| o.held(p)).collect();
        let hits = all.iter().filter(|inside| **inside).count();
        format!(
            "{hits} of {} inside {} {} {} interval",
            all.len(),
            if all.len() == 1 { "its" } else { "their" },
            percent(promise.level),
            promise.method
        )
    };
    let said: Vec<String> = promises.iter().map(of).collect();
    said.join("; ")
}

/// Predictions as multiples of what was observed, in the order of their registration.
fn ratios(ledger: &Ledger, quantity: &str, members: &[Member<'_>]) -> Panel {
    let promises = promises(members);
    let said = held(members, &promises);
    let few = members.len() <= INTERVALS;
    let drawn = if few {
        ""
    } else {
        " Only failed intervals are drawn."
    };
    let binomials: Vec<String> = promises
        .iter()
        .filter_map(|promise| binomial(ledger, quantity, promise, promises.len() > 1))
        .collect();
    let binomial = binomials.join(" ") + drawn;
    // The first that was registered stands on top.
    let place = |k: usize| (members.len() - k) as f64;
    let intervals = members.iter().enumerate().filter_map(|(k, (_, p, o))| {
        let drawn = few || o.held(p) == Some(false);
        interval(place(k), p, o, &promises).filter(|_| drawn)
    });
    let rows = match members.len() <= NAMED {
        true => Axis::rows(names(members).into_iter().rev().collect()),
        false => Axis {
            label: "Outcomes in the order of their registration".to_owned(),
            ..Axis::rows(numbers(members.len()).into_iter().rev().collect())
        },
    };
    let ratio = "Predicted / observed";
    let panel = Panel::new(ratio, Axis::log(ratio), rows)
        .subtitle(said.clone())
        .description(format!(
            "Predictions of {quantity} as multiples of observed values: {said}. {binomial}"
        ))
        .note(binomial)
        .layer(Layer::vertical_rule(1.0).label("predicted = observed"))
        .layers(intervals);
    markers(panel, members, |k, (_, p, o)| {
        Marker::new(p.point / o.scored.actual, place(k))
    })
}

/// The numbers of so many rows, of which about ten are said.
fn numbers(rows: usize) -> Vec<String> {
    let step = rows.div_ceil(10).max(1);
    let said = |k: usize| k == 1 || k.is_multiple_of(step);
    let number = |k: usize| {
        if said(k) {
            k.to_string()
        } else {
            String::new()
        }
    };
    (1..=rows).map(number).collect()
}

/// What each outcome is called: by its entry, by what it predicts, or by both where
/// only both together tell them apart.
fn names(members: &[Member<'_>]) -> Vec<String> {
    let first = members.first().map(|(file, ..)| *file);
    let is_one_entry = members.iter().all(|(file, ..)| Some(*file) == first);
    let name = |(file, p, _): &Member<'_>| {
        let entry = file.rsplit('/').next().unwrap_or(file);
        let entry = entry.strip_suffix(".json").unwrap_or(entry);
        let what = p.id.split_once('/').map_or(p.id.as_str(), |(what, _)| what);
        let alone = members.iter().filter(|(other, ..)| other == file).count() == 1;
        match (alone, is_one_entry) {
            (true, _) => entry.to_owned(),
            (false, true) => what.to_owned(),
            (false, false) => format!("{entry} {what}"),
        }
    };
    members.iter().map(name).collect()
}

/// One marker per outcome, by the method of the interval to quote and by whether that held.
fn markers(
    panel: Panel,
    members: &[Member<'_>],
    at: impl Fn(usize, &Member<'_>) -> Marker,
) -> Panel {
    let promises = promises(members);
    let marker = |(k, pair): (usize, &Member<'_>)| {
        let (_, p, o) = pair;
        at(k, pair).hover(format!(
            "{}: predicted {}, observed {}",
            p.id,
            digits(p.point, 4),
            digits(o.scored.actual, 4)
        ))
    };
    let mut looks: Vec<Look> = Vec::new();
    for (_, p, o) in members {
        let look = look(p, o, &promises);
        if !looks.contains(&look) {
            looks.push(look);
        }
    }
    looks.sort_by_key(|look| look.turn);
    let layers = looks.iter().map(|of| {
        let numbered = members.iter().enumerate();
        let alike = numbered.filter(|(_, (_, p, o))| look(p, o, &promises) == *of);
        let markers: Vec<Marker> = alike.map(marker).collect();
        Layer::markers(markers, of.shape, of.color)
            .label(of.name.as_str())
            .listed()
    });
    panel.layers(layers)
}

/// What the marks of outcomes of one kind look like, and what they are called.
#[derive(Debug, PartialEq)]
struct Look {
    shape: MarkerShape,
    color: Color,
    name: String,
    /// The order of the kinds.
    turn: (bool, usize, bool),
}

/// By the method of the interval to quote, if there are several, and by whether it held.
fn look(prediction: &Prediction, outcome: &Outcome, promises: &[&Claim]) -> Look {
    let held = outcome.held(prediction);
    let claim = prediction.quoted().filter(|_| held.is_some());
    let Some((claim, held)) = claim.zip(held) else {
        return Look {
            shape: MarkerShape::Circle,
            color: Color::Ink,
            name: "no interval".to_owned(),
            turn: (true, 0, false),
        };
    };
    let k = promises.iter().position(|other| is_alike(other, claim));
    let k = k.unwrap_or_default();
    let (shape, color) = LOOKS[k % LOOKS.len()];
    let several = promises.len() > 1;
    let (shape, color, word) = match (held, several) {
        (true, _) => (shape, color, "held"),
        (false, true) => (MarkerShape::Cross, color, "failed"),
        (false, false) => (MarkerShape::Cross, Color::Vermillion, "failed"),
    };
    let name = match several {
        true => format!("{} {} interval {word}", percent(claim.level), claim.method),
        false => format!("interval {word}"),
    };
    Look {
        shape,
        color,
        name,
        turn: (false, k, !held),
    }
}

fn interval(
    y: f64,
    prediction: &Prediction,
    outcome: &Outcome,
    promises: &[&Claim],
) -> Option<Layer> {
    let claim = prediction.quoted()?;
    let end = |end: f64| end / outcome.scored.actual;
    let color = look(prediction, outcome, promises).color;
    let (lower, upper) = (end(claim.lower?), end(claim.upper?));
    Some(Layer::new(Content::Across { y, lower, upper }, color))
}

/// The name of a quantity for people.
fn words(quantity: &str) -> String {
    match quantity {
        "loss" => "Loss".to_owned(),
        "metric" => "Mean of -ln pass rate".to_owned(),
        "mean_pass_rate" => "Mean pass rate".to_owned(),
        SCORE => "Score".to_owned(),
        "best_params" => "Compute-optimal parameters N*".to_owned(),
        "best_tokens" => "Compute-optimal tokens D*".to_owned(),
        "best_loss" => "Compute-optimal loss L*".to_owned(),
        other => other.to_owned(),
    }
}

/// The coverage of an interval to quote, with its uncertainty.
fn binomial(ledger: &Ledger, quantity: &str, claim: &Claim, several: bool) -> Option<String> {
    let of = match several {
        true => format!(" of {} intervals", claim.method),
        false => String::new(),
    };
    let all = ledger.coverage();
    let same = all.iter().find(|c| {
        c.quantity == quantity
            && c.method == claim.method
            && (c.level, c.kind, &c.about) == (claim.level, claim.kind, &claim.about)
    });
    same.map(|c| {
        format!(
            "Coverage{of} {}% where {} is promised; {} Clopper-Pearson interval [{}%, {}%].",
            digits(100.0 * c.coverage, 3),
            percent(c.level),
            percent(COVERAGE_LEVEL),
            digits(100.0 * c.lower, 3),
            digits(100.0 * c.upper, 3)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Theme;

    #[test]
    fn every_outcome_has_a_row_with_its_name() {
        let files: [(&str, &[u8]); 4] = [
            (
                "a/one.json",
                include_bytes!("../../data/registered/cerebras_13b.json"),
            ),
            (
                "a/one.score.json",
                include_bytes!("../../data/registered/cerebras_13b.score.json"),
            ),
            (
                "b.json",
                include_bytes!("../../data/registered/olmo_13b_suite.json"),
            ),
            (
                "b.score.json",
                include_bytes!("../../data/registered/olmo_13b_suite.score.json"),
            ),
        ];
        let read = files.map(|(name, bytes)| (name.to_owned(), Ok(bytes.to_vec())));
        let chart = super::ledger(&Ledger::read(read));
        let svg = chart.to_svg(&Theme::light());
        for words in [
            "1 outcome; bias",
            "9 outcomes; mean bias",
            "hellaswag",
            "predicted = observed",
            "Observed value",
        ] {
            assert!(svg.contains(words), "{words} is missing");
        }
        let lines: Vec<&str> = svg.lines().map(str::trim).collect();
        assert!(
            lines.contains(&"one") && !svg.contains("1 outcomes"),
            "{svg}"
        );
        assert!(chart.to_vega_lite(&Theme::light()).contains("socialiqa"));
        assert!(chart.to_terminal(80, 24, true).contains("socialiqa"));
    }
}
