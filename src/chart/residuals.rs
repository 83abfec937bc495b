//! The residuals of a fit against each of its arguments.

use super::Chart;
use super::spec::{Axis, Color, Figure, Layer, Marker, MarkerShape, Panel};
use super::views::{lower_first, said_of};
use crate::fit::{FitResult, Residuals};
use crate::runs::Run;
use crate::text::capitalised;

type Value = fn(&Run) -> Option<f64>;

/// Residuals against compute: a pattern means that the law has another shape than the runs.
pub(crate) fn residual(fit: &FitResult) -> Chart {
    let label = lower_first(fit.variable().axis());
    let panel = panel(fit, &label, Axis::log(capitalised(&label)), |r| Some(r.x));
    Chart::from(panel).titled("Residuals")
}

/// Residuals of a surface against N, D and C: a trend in one of them shows what the form lacks.
#[must_use]
pub fn residuals(fit: &FitResult) -> Chart {
    let axes: [(&str, Value); 3] = [
        ("parameters N", |r| r.params),
        ("tokens D", |r| r.tokens),
        ("compute C (FLOP)", |r| Some(r.x)),
    ];
    let panels = axes.map(|(label, value)| panel(fit, label, Axis::log(capitalised(label)), value));
    let count = fit.fitted_runs().count();
    Chart::from(Figure::new("Residuals of the surface", panels.to_vec()))
        .described(format!("Residuals of {count} runs against N, D and C."))
}

/// Residuals against one argument, along this axis.
pub(super) fn panel(
    fit: &FitResult,
    label: &str,
    axis: Axis,
    value: impl Fn(&Run) -> Option<f64>,
) -> Panel {
    let (factor, y) = match fit.settings().residuals {
        Residuals::Absolute => (1.0, "Fitted − observed"),
        Residuals::Relative | Residuals::Log => (100.0, "Fitted − observed (%)"),
    };
    let markers: Vec<Marker> = fit
        .residuals_in_order()
        .into_iter()
        .filter_map(|(run, r)| {
            Some(Marker::new(value(run)?, factor * r).hover(said_of(run, fit.variable())))
        })
        .collect();
    Panel::new(format!("Residuals against {label}"), axis, Axis::linear(y))
        .description(format!(
            "Residuals of {} runs against {label}.",
            markers.len()
        ))
        .layer(Layer::horizontal_rule(0.0))
        .layer(Layer::markers(markers, MarkerShape::Disc, Color::Blue))
}
