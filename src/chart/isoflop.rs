//! IsoFLOP curves: losses against N, one parabola a budget, and their minima.

use super::{Axis, Chart, Color, Layer, Point, Scale, Shape};
use crate::allocation::{Budget, Outcome, PowerLine};
use crate::number::{compute, digits};

/// Points of a curve.
const CURVE: usize = 41;
/// Colours that follow one another, told apart by the labels of the curves too.
const COLORS: [Color; 4] = [Color::Blue, Color::Green, Color::Purple, Color::Ink];

/// Losses against parameters with the parabola and the minimum of every budget; refused parabolas
/// are dashed.
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
    let mut chart = Chart::new(
        "IsoFLOP curves",
        Axis::new("Parameters N", Scale::Log),
        Axis::new("Loss L", Scale::Log),
    )
    .subtitle(subtitle)
    .description(format!(
        "Loss against parameters for {} compute budgets with a parabola in ln N for each.",
        budgets.len()
    ));
    let mut minima = Vec::new();
    for (k, budget) in budgets.iter().enumerate() {
        let color = COLORS[k % COLORS.len()];
        let found = match &budget.outcome {
            Outcome::Minimum(m) => Some(m),
            _ => None,
        };
        if let Some(c) = budget.coefficients {
            let (low, high) = (budget.runs[0].0, budget.runs[budget.runs.len() - 1].0);
            let points = (0..CURVE).map(|i| {
                let n = low * (high / low).powf(i as f64 / (CURVE - 1) as f64);
                let v = n.ln() - budget.centre;
                (n, c[0] + v * (c[1] + v * c[2]))
            });
            chart = chart.layer(Layer::Line {
                points: points.collect(),
                color,
                dashed: found.is_none(),
                label: Some(compute(budget.compute)),
            });
        }
        chart = chart.layer(Layer::Points {
            points: budget.runs.iter().map(|r| Point::new(r.0, r.2)).collect(),
            shape: if found.is_some() {
                Shape::Disc
            } else {
                Shape::Cross
            },
            color,
            label: None,
        });
        minima.extend(found.map(|m| Point::new(m.params, m.loss)));
    }
    chart.layer(Layer::Points {
        points: minima,
        shape: Shape::Star,
        color: Color::Vermillion,
        label: Some("minima".to_owned()),
    })
}
