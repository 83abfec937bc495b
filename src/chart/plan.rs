//! The chart of a plan: the width of the interval against the cost.

use super::Chart;
use super::spec::{Axis, Color, Figure, Layer, Marker, MarkerShape, Panel, XY};
use crate::ask::{PlanAnswer, Planned};
use crate::number::percent;

/// The width of the interval after each run of the sequence, or of each ladder, against its cost.
#[must_use]
pub fn plan(answer: &PlanAnswer) -> Chart {
    let title = "Interval against cost";
    let level = percent(answer.request.level);
    let y = format!("Half-width of the {level} interval (%)");
    let mut points: Vec<XY> = Vec::new();
    let mut stop = None;
    let (mut now, mut enough) = (None, None);
    let mut stops_now = false;
    match &answer.planned {
        Planned::Refused => {}
        Planned::Runs(widths) => {
            now = widths.now;
            stops_now = widths.stop.after == 0;
            for (k, step) in widths.steps.iter().enumerate() {
                if let Some(width) = step.width {
                    points.push((step.spent, 100.0 * width));
                    if k + 1 == widths.stop.after {
                        stop = points.last().copied();
                    }
                }
            }
        }
        Planned::Ladder {
            ladders,
            best,
            before,
            ..
        } => {
            now = *before;
            let of = |l: &crate::plan::Rungs| (l.cost, 100.0 * l.width);
            points.extend(ladders.iter().map(of));
            stop = ladders.get(*best).map(of);
        }
    }
    if let Some(width) = answer.request.width {
        enough = Some(100.0 * width);
    }
    // What is known without any further run has cost nothing.
    if let Some(now) = now {
        points.insert(0, (0.0, 100.0 * now));
        stop = stop.or(stops_now.then_some((0.0, 100.0 * now)));
    }
    let largest = |of: fn(&XY) -> f64| points.iter().map(of).fold(0.0, f64::max);
    let (dearest, widest) = (
        largest(|p| p.0),
        largest(|p| p.1).max(enough.unwrap_or(0.0)),
    );
    let axis = |label: String, end: f64| match end > 0.0 {
        true => Axis::linear(label).range(0.0, 1.12 * end),
        false => Axis::linear(label),
    };
    let mut panel = Panel::new(title, axis(spent(answer), dearest), axis(y, widest));
    if let Some(enough) = enough {
        panel = panel.layer(Layer::horizontal_rule(enough).label("enough"));
    }
    if !points.is_empty() {
        let marker = |(x, y): &XY| match *x == 0.0 {
            true => Marker::new(*x, *y).label("now"),
            false => Marker::new(*x, *y),
        };
        let markers = points.iter().map(marker).collect();
        panel = panel
            .layer(Layer::line(points, Color::Blue).label("expected"))
            .layer(Layer::markers(markers, MarkerShape::Disc, Color::Blue));
    }
    if let Some((x, y)) = stop {
        let marker = Marker::new(x, y).label("stop here");
        panel = panel.layer(Layer::markers(
            vec![marker],
            MarkerShape::Star,
            Color::Vermillion,
        ));
    }
    Figure::new("What further runs are expected to do", vec![panel]).into()
}

/// The axis of what is spent: FLOP, unless the costs are somebody's own.
fn spent(answer: &PlanAnswer) -> String {
    let own = answer.request.cost.is_some() || answer.request.candidates.is_some();
    match own {
        true => "Spent (unit of the costs)".to_owned(),
        false => "Spent (FLOP)".to_owned(),
    }
}
