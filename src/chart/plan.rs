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
    match &answer.planned {
        Planned::Refused => {}
        Planned::Runs(widths) => {
            now = widths.now;
            for (k, step) in widths.steps.iter().enumerate() {
                if let Some(width) = step.width {
                    points.push((step.spent, 100.0 * width));
                    if k + 1 == widths.stop.after {
                        stop = points.last().copied();
                    }
                }
            }
        }
        Planned::Ladder { ladders, best, .. } => {
            let of = |l: &crate::plan::Rungs| (l.cost, 100.0 * l.width);
            points.extend(ladders.iter().map(of));
            stop = ladders.get(*best).map(of);
        }
    }
    if let Some(width) = answer.request.width {
        enough = Some(100.0 * width);
    }
    let mut panel = Panel::new(title, Axis::log("Spent"), Axis::log(y));
    if let Some(now) = now {
        panel = panel.layer(Layer::horizontal_rule(100.0 * now).label("now"));
    }
    if let Some(enough) = enough {
        panel = panel.layer(Layer::horizontal_rule(enough).label("enough"));
    }
    if !points.is_empty() {
        let markers = points.iter().map(|(x, y)| Marker::new(*x, *y)).collect();
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
