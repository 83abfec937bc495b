//! What a fit leaves over, against each of its arguments.

use super::views::{lower_first, said_of};
use super::{Axis, Chart, Color, Figure, Layer, Point, Scale, Shape};
use crate::fit::{FitResult, Residuals};
use crate::runs::Run;

type Value = fn(&Run) -> Option<f64>;

/// Residuals against compute: a pattern says that the law has another shape than the runs.
#[must_use]
pub fn residual(fit: &FitResult) -> Chart {
    let mut chart = panel(fit, &lower_first(fit.variable().axis()), |r| {
        Some(r.compute)
    });
    chart.title = "Residuals".to_owned();
    chart
}

/// Residuals of a surface against N, D and C: a trend in one of them names what the form lacks.
#[must_use]
pub fn residuals(fit: &FitResult) -> Figure {
    let axes: [(&str, Value); 3] = [
        ("parameters N", |r| r.params),
        ("tokens D", |r| r.tokens),
        ("compute C (FLOP)", |r| Some(r.compute)),
    ];
    let charts = axes
        .iter()
        .map(|(label, value)| panel(fit, label, *value))
        .collect();
    let mut figure = Figure::new("Residuals of the surface", charts);
    let count = fit.fitted_runs().count();
    figure.description = format!("Residuals of {count} runs against N, D and C.");
    figure
}

fn panel(fit: &FitResult, label: &str, value: Value) -> Chart {
    let (factor, y) = match fit.settings().residuals {
        Residuals::Absolute => (1.0, "Fitted − observed"),
        Residuals::Relative | Residuals::Log => (100.0, "Fitted − observed (%)"),
    };
    let points: Vec<Point> = fit
        .residuals_in_order()
        .into_iter()
        .filter_map(|(run, r)| {
            Some(Point::new(value(run)?, factor * r).hover(said_of(run, fit.variable())))
        })
        .collect();
    Chart::new(
        format!("Residuals against {label}"),
        Axis::new(capitalised(label), Scale::Log),
        Axis::new(y, Scale::Linear),
    )
    .description(format!(
        "Residuals of {} runs against {label}.",
        points.len()
    ))
    .layer(Layer::HorizontalRule {
        y: 0.0,
        label: None,
    })
    .layer(Layer::Points {
        points,
        shape: Shape::Disc,
        color: Color::Blue,
        label: None,
    })
}

fn capitalised(label: &str) -> String {
    let (first, rest) = label.split_at(1);
    first.to_uppercase() + rest
}
