//! IsoFLOP curves: losses against N, one parabola per budget, and the minima.

use super::Chart;
use super::spec::{Axis, Color, Layer, Marker, MarkerShape, Panel};
use crate::allocation::{Budget, PowerLine};
use crate::number::{compute, digits};

/// Points of a curve.
const CURVE: usize = 41;
/// Colours of successive curves, which their labels also tell apart.
const COLORS: [Color; 4] = [Color::Blue, Color::Green, Color::Purple, Color::Ink];

/// Losses against parameters with the parabola and the minimum of every budget. Unused parabolas
/// are dashed, and a minimum at the edge of its sizes is a cross.
#[must_use]
pub fn isoflops(budgets: &[Budget], line: Option<&PowerLine>) -> Chart {
    let subtitle = match line {
        Some(line) => format!(
            "N* ~ C^{} through {} minima",
            digits(line.exponent, 3),
            line.points
        ),
        None => "no line: fewer than two budgets have a minimum".to_owned(),
    };
    let mut panel = Panel::new(
        "IsoFLOP curves",
        Axis::log("Parameters N"),
        Axis::log("Loss L"),
    )
    .subtitle(subtitle)
    .description(format!(
        "Loss against parameters for {} compute budgets with a parabola in ln N for each.",
        budgets.len()
    ));
    let (mut minima, mut unused) = (Vec::new(), Vec::new());
    for (k, budget) in budgets.iter().enumerate() {
        let color = COLORS[k % COLORS.len()];
        let found = budget.minimum();
        if let Some(c) = budget.coefficients {
            let (low, high) = (budget.runs[0].0, budget.runs[budget.runs.len() - 1].0);
            let points = (0..CURVE).map(|i| {
                let n = low * (high / low).powf(i as f64 / (CURVE - 1) as f64);
                let v = n.ln() - budget.centre;
                (n, c[0] + v * (c[1] + v * c[2]))
            });
            let curve = match found {
                Some(_) => Layer::line(points.collect(), color),
                None => Layer::dashed_line(points.collect(), color),
            };
            panel = panel.layer(curve.label(compute(budget.compute)));
        }
        let runs = budget.runs.iter().map(|r| Marker::new(r.0, r.2)).collect();
        let shape = match found {
            Some(_) => MarkerShape::Disc,
            None => MarkerShape::Cross,
        };
        panel = panel.layer(Layer::markers(runs, shape, color));
        if found.is_none() {
            unused.extend(budget.any_minimum().map(|m| Marker::new(m.params, m.loss)));
        }
        minima.extend(found.map(|m| Marker::new(m.params, m.loss)));
    }
    if !unused.is_empty() {
        let edge = Layer::markers(unused, MarkerShape::Cross, Color::Vermillion);
        panel = panel.layer(edge.label("minima at the edge, not used"));
    }
    panel
        .layer(Layer::markers(minima, MarkerShape::Star, Color::Vermillion).label("minima"))
        .into()
}
