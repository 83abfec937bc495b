//! What was predicted against what came true.

use super::{Axis, Chart, Color, Figure, Layer, Point, Scale, Shape};
use crate::ledger::{Claim, LEVEL, Ledger, Outcome, Prediction};
use crate::report::number::{digits, percent};

/// More intervals than this hide one another: only those that failed are drawn.
const INTERVALS: usize = 60;

/// One chart a quantity: every outcome that counts, the diagonal on which they should lie, and the interval to quote of
/// each.
#[must_use]
pub fn ledger(ledger: &Ledger) -> Figure {
    let mut groups: Vec<(&str, Vec<(&Prediction, &Outcome)>)> = Vec::new();
    for (prediction, outcome) in ledger.counted() {
        let quantity = prediction.quantity.as_str();
        match groups.iter_mut().find(|(q, _)| *q == quantity) {
            Some((_, members)) => members.push((prediction, outcome)),
            None => groups.push((quantity, vec![(prediction, outcome)])),
        }
    }
    let charts: Vec<Chart> = groups
        .iter()
        .map(|(quantity, members)| chart(ledger, quantity, members))
        .collect();
    Figure {
        columns: charts.len().min(3),
        ..Figure::new(
            match charts.len() {
                0 => "No outcomes yet",
                _ => "Registered forecasts and what came true",
            },
            charts,
        )
    }
}

fn chart(ledger: &Ledger, quantity: &str, members: &[(&Prediction, &Outcome)]) -> Chart {
    let of = |inside: bool| {
        members
            .iter()
            .filter(move |m| m.1.held(m.0) == Some(inside))
    };
    let (hits, misses) = (of(true).count(), of(false).count());
    let promise = members.iter().find_map(|(p, _)| p.quoted());
    let bias = ledger.bias().into_iter().find(|b| b.quantity == quantity);
    let bias = bias.map_or_else(String::new, |b| {
        format!("{:+.1} %", 100.0 * b.mean.exp_m1())
    });
    let said = match promise {
        Some(claim) => format!(
            "{hits} of {} inside their {} interval ({} {}); mean bias {bias}",
            hits + misses,
            percent(claim.level),
            claim.method,
            claim.kind.name()
        ),
        None => format!("mean bias {bias}"),
    };
    let mut chart = Chart::new(
        format!("Predicted and actual {}", quantity.replace('_', " ")),
        Axis::new("What came true", Scale::Log),
        Axis::new("What was predicted", Scale::Log),
    )
    .subtitle(said.clone())
    .description(format!(
        "{} outcomes of {quantity}; {said}. {}",
        members.len(),
        binomial(ledger, quantity, promise)
    ))
    .note(binomial(ledger, quantity, promise));
    let values = members.iter().flat_map(|(p, o)| [p.point, o.scored.actual]);
    let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    chart = chart.layer(Layer::Line {
        points: vec![(low / 1.02, low / 1.02), (high * 1.02, high * 1.02)],
        color: Color::Muted,
        dashed: false,
        label: None,
    });
    for member in members {
        let failed = member.1.held(member.0) == Some(false);
        if members.len() <= INTERVALS || failed {
            chart.layers.extend(interval(member, failed));
        }
    }
    let points = |inside: Option<bool>| -> Vec<Point> {
        let alike = members.iter().filter(|m| m.1.held(m.0) == inside);
        alike
            .map(|(p, o)| Point::new(o.scored.actual, p.point))
            .collect()
    };
    for (inside, shape, color, name) in [
        (Some(true), Shape::Disc, Color::Blue, "interval held"),
        (
            Some(false),
            Shape::Cross,
            Color::Vermillion,
            "interval failed",
        ),
        (None, Shape::Circle, Color::Ink, "no interval"),
    ] {
        let points = points(inside);
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

fn interval((prediction, outcome): &(&Prediction, &Outcome), failed: bool) -> Option<Layer> {
    let claim = prediction.quoted()?;
    Some(Layer::Interval {
        x: outcome.scored.actual,
        lower: claim.lower?,
        upper: claim.upper?,
        color: if failed {
            Color::Vermillion
        } else {
            Color::Blue
        },
        label: None,
    })
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
