//! The chart of predictions and outcomes.

use super::Chart;
use super::spec::{Axis, Color, Figure, Layer, Marker, MarkerShape, Panel};
use crate::ledger::{COVERAGE_LEVEL, Claim, Ledger, Outcome, Prediction, SCORE};
use crate::number::{digits, percent};
use crate::said::Said;

/// With more intervals than this they hide one another, and only failed ones are drawn.
const INTERVALS: usize = 60;

/// Two panels per quantity: every outcome that counts against its prediction, with the diagonal on
/// which they should lie; and the ratio of prediction to outcome, with the intervals to quote.
#[must_use]
pub fn ledger(ledger: &Ledger) -> Chart {
    let mut groups: Vec<(&str, Vec<Pair<'_>>)> = Vec::new();
    for (prediction, outcome) in ledger.counted() {
        let quantity = prediction.quantity.as_str();
        match groups.iter_mut().find(|(q, _)| *q == quantity) {
            Some((_, members)) => members.push((prediction, outcome)),
            None => groups.push((quantity, vec![(prediction, outcome)])),
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

type Pair<'a> = (&'a Prediction, &'a Outcome);

/// Outcomes against predictions.
fn against(ledger: &Ledger, quantity: &str, members: &[Pair<'_>]) -> Panel {
    let bias = ledger.bias().into_iter().find(|b| b.quantity == quantity);
    let mean = bias.map_or(0.0, |b| b.mean);
    let bias = match quantity == SCORE {
        true => format!("{:+.1} points", Said(100.0 * mean)),
        false => format!("{:+.1}%", Said(100.0 * mean.exp_m1())),
    };
    let said = format!("{} outcomes; mean bias {bias}", members.len());
    let values = members.iter().flat_map(|(p, o)| [p.point, o.scored.actual]);
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
    markers(panel, members, |_, (p, o)| (o.scored.actual, p.point))
}

/// Ratios of predictions to outcomes, in order of registration.
fn ratios(ledger: &Ledger, quantity: &str, members: &[Pair<'_>]) -> Panel {
    let held = |inside: bool| {
        members
            .iter()
            .filter(move |(p, o)| o.held(p) == Some(inside))
    };
    let (hits, misses) = (held(true).count(), held(false).count());
    let promise = members.iter().find_map(|(p, _)| p.quoted());
    let said = promise.map_or_else(String::new, |claim| {
        format!(
            "{hits} of {} inside their {} {} interval",
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
    let intervals = members.iter().enumerate().filter_map(|(k, (p, o))| {
        let drawn = few || o.held(p) == Some(false);
        interval(place(k), p, o).filter(|_| drawn)
    });
    let panel = Panel::new(
        "Predicted / actual",
        Axis::linear("Outcome, by registration"),
        Axis::log("Predicted / actual"),
    )
    .subtitle(said.clone())
    .description(format!(
        "Predictions of {quantity} as multiples of what came true: {said}. {binomial}"
    ))
    .note(binomial)
    .layer(Layer::horizontal_rule(1.0))
    .layers(intervals);
    markers(panel, members, |k, (p, o)| {
        (place(k), p.point / o.scored.actual)
    })
}

/// Outcomes are counted from 1.
fn place(k: usize) -> f64 {
    (k + 1) as f64
}

/// One marker per outcome, by whether the interval to quote held.
fn markers(
    panel: Panel,
    members: &[Pair<'_>],
    at: impl Fn(usize, &Pair<'_>) -> (f64, f64),
) -> Panel {
    let marker = |(k, pair): (usize, &Pair<'_>)| {
        let (x, y) = at(k, pair);
        let (p, o) = pair;
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
        let alike = numbered.filter(|(_, (p, o))| o.held(p) == held);
        let markers: Vec<Marker> = alike.map(marker).collect();
        (!markers.is_empty()).then(|| Layer::markers(markers, shape, color).label(name))
    });
    panel.layers(layers)
}

fn interval(x: f64, prediction: &Prediction, outcome: &Outcome) -> Option<Layer> {
    let claim = prediction.quoted()?;
    let end = |end: f64| end / outcome.scored.actual;
    let color = match outcome.held(prediction) {
        Some(false) => Color::Vermillion,
        _ => Color::Blue,
    };
    Some(Layer::interval(
        x,
        end(claim.lower?),
        end(claim.upper?),
        color,
    ))
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
