//! The chart of a plan: the width of the interval against the cost.

use super::Chart;
use super::spec::{Axis, Color, Layer, Marker, MarkerShape, Panel, XY};
use crate::ask::{PlanAnswer, Planned};
use crate::number::{half_width, percent};
use crate::quantity::format_quantity;

/// More runs than this have no room for their names.
const NAMED: usize = 8;

/// The dots of a plan in the words of its text.
#[derive(Default)]
struct Dots {
    /// Spent, half-width in per cent, and what it is.
    all: Vec<(XY, String)>,
    /// The one to choose, and what it is called.
    star: Option<(XY, String)>,
}

/// The width of the interval after each run of the sequence, or of each ladder, against its cost.
#[must_use]
pub fn plan(answer: &PlanAnswer) -> Chart {
    let Dots { all, star } = dots(answer);
    let enough = answer.request.width;
    let largest = |of: fn(&XY) -> f64| all.iter().map(|(at, _)| of(at)).fold(0.0, f64::max);
    let (dearest, widest) = (
        largest(|p| p.0),
        largest(|p| p.1).max(100.0 * enough.unwrap_or(0.0)),
    );
    let axis = |label: String, end: f64| match end > 0.0 {
        true => Axis::linear(label).range(0.0, 1.12 * end),
        false => Axis::linear(label),
    };
    let (x, y) = (axis(spent(answer), dearest), axis(measured(answer), widest));
    let mut panel = Panel::new("What further runs are expected to do", x, y)
        .subtitle(format!("target {}", answer.targets_typed()))
        .description(said(answer, &all));
    if let Some(enough) = enough {
        let label = format!("enough: {}", half_width(Some(enough)));
        panel = panel.layer(Layer::horizontal_rule(100.0 * enough).label(label));
    }
    if !all.is_empty() {
        let is_starred = |at: &XY| star.as_ref().is_some_and(|(other, _)| other == at);
        let is_named = all.len() <= NAMED;
        let marker = |(at, name): &(XY, String)| {
            let marker = Marker::new(at.0, at.1).hover(name.as_str());
            match (at.0 == 0.0 || is_named) && !is_starred(at) {
                true => marker.label(name.as_str()),
                false => marker,
            }
        };
        let markers = all.iter().map(marker).collect();
        let points: Vec<XY> = all.iter().map(|(at, _)| *at).collect();
        panel = panel
            .layer(Layer::line(steps(&points), Color::Blue))
            .layer(Layer::markers(markers, MarkerShape::Disc, Color::Blue));
    }
    if let Some(((x, y), name)) = star {
        let marker = Marker::new(x, y).label(name);
        panel = panel.layer(Layer::markers(
            vec![marker],
            MarkerShape::Star,
            Color::Vermillion,
        ));
    }
    panel.into()
}

/// The line of steps through the dots: money between two of them buys nothing yet.
fn steps(points: &[XY]) -> Vec<XY> {
    let first = points.first().copied();
    let rest = points
        .windows(2)
        .flat_map(|pair| [(pair[1].0, pair[0].1), pair[1]]);
    first.into_iter().chain(rest).collect()
}

fn dots(answer: &PlanAnswer) -> Dots {
    let mut found = Dots::default();
    let at = |spent: f64, width: f64| (spent, 100.0 * width);
    let now = |width: f64, words: &str| {
        let name = format!("{words}: {}", half_width(Some(width)));
        // What is known without any further run has cost nothing.
        (at(0.0, width), name)
    };
    match &answer.planned {
        Planned::Refused => {}
        Planned::Runs(widths) => {
            found.all.extend(widths.now.map(|w| now(w, "interval now")));
            for step in &widths.steps {
                let Some(width) = step.width else { continue };
                let name = format!("{}: {}", answer.typed(&step.x), half_width(Some(width)));
                found.all.push((at(step.spent, width), name));
            }
            let stop = match widths.stop.after {
                0 => widths.now.map(|width| at(0.0, width)),
                k => widths.steps.get(k - 1).and_then(|step| {
                    let width = step.width?;
                    Some(at(step.spent, width))
                }),
            };
            found.star = stop.map(|place| {
                let width = half_width(Some(place.1 / 100.0));
                let words = match widths.stop.after {
                    0 => "stop now".to_owned(),
                    1 => "stop after 1 run".to_owned(),
                    k => format!("stop after {k} runs"),
                };
                (place, format!("{words}: {width}"))
            });
        }
        Planned::Ladder {
            ladders,
            best,
            before,
            ..
        } => {
            found.all.extend(before.map(|w| now(w, "without any run")));
            let name = |one: &crate::plan::Rungs| {
                let (count, cost) = (one.rungs.len(), format_quantity(one.cost));
                let width = half_width(Some(one.width));
                format!("{count} rungs for {cost}: {width}")
            };
            let all = ladders
                .iter()
                .map(|one| (at(one.cost, one.width), name(one)));
            found.all.extend(all);
            let chosen = ladders.get(*best);
            found.star = chosen.map(|one| (at(one.cost, one.width), name(one)));
        }
    }
    found
}

/// What a width is, as the text says it.
fn measured(answer: &PlanAnswer) -> String {
    let level = percent(answer.request.level);
    match answer.method() {
        "delta" => format!("Half of the {level} interval of the law (%)"),
        _ => format!("Half of the calibrated {level} interval (%)"),
    }
}

fn said(answer: &PlanAnswer, dots: &[(XY, String)]) -> String {
    let names: Vec<&str> = dots.iter().map(|(_, name)| name.as_str()).collect();
    format!("{}. A width is {}.", names.join("; "), answer.measure())
}

/// The axis of what is spent: FLOP, unless the costs are somebody's own.
fn spent(answer: &PlanAnswer) -> String {
    let own = answer.request.cost.is_some() || answer.request.candidates.is_some();
    match own {
        true => "Spent (unit of the costs)".to_owned(),
        false => "Spent (FLOP)".to_owned(),
    }
}
