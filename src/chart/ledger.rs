//! What was predicted against what came true.

use super::{Axis, Chart, Color, Figure, Layer, Point, Scale, Shape};
use crate::ledger::{Claim, LEVEL, Ledger, Outcome, Prediction};
use crate::number::{digits, percent};
use crate::said::Said;

/// More intervals than this hide one another: only those that failed are drawn.
const INTERVALS: usize = 60;

/// Two charts a quantity: every outcome that counts against its prediction, with the diagonal on which they should lie; and
/// the predictions as multiples of what came true, with their intervals to quote.
#[must_use]
pub fn ledger(ledger: &Ledger) -> Figure {
    let mut groups: Vec<(&str, Vec<Pair<'_>>)> = Vec::new();
    for (prediction, outcome) in ledger.counted() {
        let quantity = prediction.quantity.as_str();
        match groups.iter_mut().find(|(q, _)| *q == quantity) {
            Some((_, members)) => members.push((prediction, outcome)),
            None => groups.push((quantity, vec![(prediction, outcome)])),
        }
    }
    let charts: Vec<Chart> = groups
        .iter()
        .flat_map(|(quantity, members)| {
            [
                against(ledger, quantity, members),
                ratios(ledger, quantity, members),
            ]
        })
        .collect();
    let title = match charts.len() {
        0 => "No outcomes yet",
        _ => "Registered forecasts and what came true",
    };
    Figure {
        columns: 2,
        ..Figure::new(title, charts)
    }
}

type Pair<'a> = (&'a Prediction, &'a Outcome);

/// What was predicted against what came true.
fn against(ledger: &Ledger, quantity: &str, members: &[Pair<'_>]) -> Chart {
    let bias = ledger.bias().into_iter().find(|b| b.quantity == quantity);
    let bias = bias.map_or(0.0, |b| 100.0 * b.mean.exp_m1());
    let said = format!("{} outcomes; mean bias {:+.1}%", members.len(), Said(bias));
    let values = members.iter().flat_map(|(p, o)| [p.point, o.scored.actual]);
    let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    let diagonal = Layer::Line {
        points: vec![(low / 1.02, low / 1.02), (high * 1.02, high * 1.02)],
        color: Color::Muted,
        dashed: false,
        label: None,
    };
    let chart = Chart::new(
        words(quantity),
        Axis::new("What came true", Scale::Log),
        Axis::new("What was predicted", Scale::Log),
    )
    .subtitle(said.clone())
    .description(format!(
        "Predictions of {quantity} against what came true: {said}."
    ))
    .layer(diagonal);
    marks(chart, members, |_, (p, o)| (o.scored.actual, p.point))
}

/// Predictions as multiples of what came true, in the order of their registration.
fn ratios(ledger: &Ledger, quantity: &str, members: &[Pair<'_>]) -> Chart {
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
    let mut chart = Chart::new(
        "Predicted / actual",
        Axis::new("Outcome, by registration", Scale::Linear),
        Axis::new("Predicted / actual", Scale::Log),
    )
    .subtitle(said.clone())
    .description(format!(
        "Predictions of {quantity} as multiples of what came true: {said}. {binomial}"
    ))
    .note(binomial)
    .layer(Layer::HorizontalRule {
        y: 1.0,
        label: None,
    });
    for (k, (prediction, outcome)) in members.iter().enumerate() {
        let failed = outcome.held(prediction) == Some(false);
        if few || failed {
            chart.layers.extend(interval(place(k), prediction, outcome));
        }
    }
    marks(chart, members, |k, (p, o)| {
        (place(k), p.point / o.scored.actual)
    })
}

/// Outcomes are counted from 1.
fn place(k: usize) -> f64 {
    (k + 1) as f64
}

/// One mark an outcome, by whether the interval to quote held.
fn marks(
    mut chart: Chart,
    members: &[Pair<'_>],
    at: impl Fn(usize, &Pair<'_>) -> (f64, f64),
) -> Chart {
    for (held, shape, color, name) in [
        (Some(true), Shape::Disc, Color::Blue, "interval held"),
        (
            Some(false),
            Shape::Cross,
            Color::Vermillion,
            "interval failed",
        ),
        (None, Shape::Circle, Color::Ink, "no interval"),
    ] {
        let alike = members
            .iter()
            .enumerate()
            .filter(|(_, (p, o))| o.held(p) == held);
        let points: Vec<Point> = alike
            .map(|(k, pair)| {
                let (x, y) = at(k, pair);
                let (p, o) = pair;
                Point::new(x, y).hover(format!(
                    "{}: predicted {}, actual {}",
                    p.id,
                    digits(p.point, 4),
                    digits(o.scored.actual, 4)
                ))
            })
            .collect();
        if !points.is_empty() {
            chart = chart.layer(Layer::Points {
                points,
                shape,
                color,
                label: Some(name.to_owned()),
            });
        }
    }
    chart
}

fn interval(x: f64, prediction: &Prediction, outcome: &Outcome) -> Option<Layer> {
    let claim = prediction.quoted()?;
    Some(Layer::Interval {
        x,
        lower: claim.lower? / outcome.scored.actual,
        upper: claim.upper? / outcome.scored.actual,
        color: match outcome.held(prediction) {
            Some(false) => Color::Vermillion,
            _ => Color::Blue,
        },
        label: None,
    })
}

/// A quantity for people.
fn words(quantity: &str) -> String {
    match quantity {
        "loss" => "Loss".to_owned(),
        "metric" => "Mean of -ln pass rate".to_owned(),
        "mean_pass_rate" => "Mean pass rate".to_owned(),
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
            percent(LEVEL),
            digits(100.0 * c.lower, 3),
            digits(100.0 * c.upper, 3)
        )
    })
}
