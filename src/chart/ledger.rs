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
        _ => "Registered forecasts and what came true",
    };
    let figure = Figure {
        columns: 2,
        ..Figure::new(title, panels)
    };
    figure.into()
}

/// The file of an entry, what it predicted, and what came true.
type Member<'a> = (&'a str, &'a Prediction, &'a Outcome);

/// What was predicted against what came true.
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
        axis("What came true"),
        axis("What was predicted"),
    )
    .subtitle(said.clone())
    .description(format!(
        "Predictions of {quantity} against what came true: {said}."
    ))
    .layer(Layer::line(diagonal, Color::Muted));
    markers(panel, members, |_, (_, p, o)| (o.scored.actual, p.point))
}

/// Predictions as multiples of what came true, in the order of their registration.
fn ratios(ledger: &Ledger, quantity: &str, members: &[Member<'_>]) -> Panel {
    let held = |inside: bool| {
        members
            .iter()
            .filter(move |(_, p, o)| o.held(p) == Some(inside))
    };
    let (hits, misses) = (held(true).count(), held(false).count());
    let promise = members.iter().find_map(|(_, p, _)| p.quoted());
    let said = promise.map_or_else(String::new, |claim| {
        let whose = if hits + misses == 1 { "its" } else { "their" };
        format!(
            "{hits} of {} inside {whose} {} {} interval",
            hits + misses,
            percent(claim.level),
            claim.method
        )
    });
    let few = members.len() <= INTERVALS;
    let drawn = if few {
        ""
    } else {
        " Of the intervals only those that failed are drawn."
    };
    let binomial = binomial(ledger, quantity, promise) + drawn;
    // The first that was registered stands on top.
    let place = |k: usize| (members.len() - k) as f64;
    let intervals = members.iter().enumerate().filter_map(|(k, (_, p, o))| {
        let drawn = few || o.held(p) == Some(false);
        interval(place(k), p, o).filter(|_| drawn)
    });
    let rows = match members.len() <= NAMED {
        true => Axis::rows(names(members)),
        false => Axis::linear("Outcomes, the first registered on top"),
    };
    let panel = Panel::new("Predicted / actual", Axis::log("Predicted / actual"), rows)
        .subtitle(said.clone())
        .description(format!(
            "Predictions of {quantity} as multiples of what came true: {said}. {binomial}"
        ))
        .note(binomial)
        .layer(Layer::vertical_rule(1.0).label("what came true"))
        .layers(intervals);
    markers(panel, members, |k, (_, p, o)| {
        (p.point / o.scored.actual, place(k))
    })
}

/// What each row is called, the lowest first: by its entry, by what it predicts, or by both where
/// only both together tell the rows apart.
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
    members.iter().rev().map(name).collect()
}

/// One marker per outcome, by whether the interval to quote held.
fn markers(
    panel: Panel,
    members: &[Member<'_>],
    at: impl Fn(usize, &Member<'_>) -> (f64, f64),
) -> Panel {
    let marker = |(k, pair): (usize, &Member<'_>)| {
        let (x, y) = at(k, pair);
        let (_, p, o) = pair;
        Marker::new(x, y).hover(format!(
            "{}: predicted {}, actual {}",
            p.id,
            digits(p.point, 4),
            digits(o.scored.actual, 4)
        ))
    };
    let groups = [
        (Some(true), MarkerShape::Disc, Color::Blue, "interval held"),
        (
            Some(false),
            MarkerShape::Cross,
            Color::Vermillion,
            "interval failed",
        ),
        (None, MarkerShape::Circle, Color::Ink, "no interval"),
    ];
    let layers = groups.into_iter().filter_map(|(held, shape, color, name)| {
        let numbered = members.iter().enumerate();
        let alike = numbered.filter(|(_, (_, p, o))| o.held(p) == held);
        let markers: Vec<Marker> = alike.map(marker).collect();
        (!markers.is_empty()).then(|| Layer::markers(markers, shape, color).label(name))
    });
    panel.layers(layers)
}

fn interval(y: f64, prediction: &Prediction, outcome: &Outcome) -> Option<Layer> {
    let claim = prediction.quoted()?;
    let end = |end: f64| end / outcome.scored.actual;
    let color = match outcome.held(prediction) {
        Some(false) => Color::Vermillion,
        _ => Color::Blue,
    };
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

/// The coverage of the interval to quote, with its uncertainty.
fn binomial(ledger: &Ledger, quantity: &str, promise: Option<&Claim>) -> String {
    let Some(claim) = promise else {
        return String::new();
    };
    let all = ledger.coverage();
    let same = all.iter().find(|c| {
        c.quantity == quantity
            && c.method == claim.method
            && (c.level, c.kind, &c.about) == (claim.level, claim.kind, &claim.about)
    });
    same.map_or_else(String::new, |c| {
        format!(
            "Coverage {}% where {} is promised; {} Clopper-Pearson interval [{}%, {}%].",
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
            "what came true",
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
