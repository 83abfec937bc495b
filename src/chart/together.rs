//! Several series in one chart.

use super::Chart;
use super::spec::{Axis, Color, Dash, Layer, Marker, MarkerShape, Panel, XY};
use super::views::{interval_of, loss_label, point_of, run_marker};
use crate::ask::{PlotAnswer, spaced};
use crate::fit::FitResult;
use crate::number::{compute, digits};

/// Points of a curve.
const CURVE: usize = 81;
/// The most series that can be told apart: the steps of the ramp of colours.
pub const MOST: usize = Color::STEPS as usize;
const SHAPES: [MarkerShape; 4] = [
    MarkerShape::Disc,
    MarkerShape::Square,
    MarkerShape::Triangle,
    MarkerShape::Diamond,
];

/// How the series in this place is drawn. Colours are spread over the ramp, and neighbours differ
/// in their pattern and shape too.
pub(super) fn look(k: usize, count: usize) -> (Color, Dash, MarkerShape) {
    (
        Color::of_ramp(k, count),
        Dash::ALL[k % Dash::ALL.len()],
        SHAPES[k % SHAPES.len()],
    )
}

/// The laws, runs and forecasts of up to twelve series in one chart, each in a colour of its own. A
/// line is the fitted law among the runs, and beyond them the recommended forecast if there is one.
/// The axes are those of the first series.
///
/// ```
/// use scalewise::{Dataset, Fit, Method, ask::PlotAnswer, chart::{self, Theme}, law::Power};
/// let of = |a: f64| {
///     let runs = [1e18, 1e19, 1e20, 1e21].map(|c: f64| (c, a * c.powf(-0.05)));
///     let fit = Fit::new(Power).run(&Dataset::from_runs(runs)?)?;
///     Ok::<_, scalewise::Error>(PlotAnswer::of(fit, Vec::new(), 0.9, Method::Delta))
/// };
/// let chart = chart::together("Two recipes", &[("A".into(), of(20.0)?), ("B".into(), of(21.0)?)]);
/// assert!(chart.to_svg(&Theme::light()).contains("Two recipes"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn together(title: &str, series: &[(String, PlotAnswer)]) -> Chart {
    let Some((_, first)) = series.first() else {
        return Panel::new(title, Axis::log(""), Axis::log("")).into();
    };
    let first = &first.fit;
    let mut panel = Panel::new(
        title,
        Axis::log(first.variable().axis()),
        Axis::log(loss_label(first)),
    );
    let (mut marks, mut said) = (Vec::new(), Vec::new());
    for (k, (name, shown)) in series.iter().enumerate() {
        let fit = &shown.fit;
        let (color, dash, shape) = look(k, series.len());
        let line = Layer::patterned(curve(shown), color, dash).label(name.as_str());
        panel = panel.layer(line.listed());
        let marker = |run| run_marker(run, 0.0, fit.variable());
        let runs: Vec<Marker> = fit.runs_in_order().into_iter().map(marker).collect();
        marks.push((runs.len(), Layer::markers(runs, shape, color)));
        let actuals: Vec<Marker> = fit
            .data()
            .actuals_in_order()
            .into_iter()
            .map(marker)
            .collect();
        marks.push((
            actuals.len(),
            Layer::markers(actuals, MarkerShape::Circle, color),
        ));
        for forecast in &shown.forecasts {
            let point = point_of(shown, forecast);
            if let Some(i) = interval_of(shown, forecast) {
                panel = panel.layer(Layer::interval(forecast.x, i.lower, i.upper, color));
            }
            let star = vec![Marker::new(forecast.x, point).hover(name.clone())];
            marks.push((0, Layer::markers(star, MarkerShape::Star, color)));
            said.push(format!(
                "{name} {} at {}",
                digits(point, 4),
                compute(forecast.x)
            ));
        }
    }
    // Few marks lie on top of many, which would hide them.
    marks.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let said = match said.is_empty() {
        true => format!("{} series, each with its law and its runs.", series.len()),
        false => format!("Forecasts: {}.", said.join(", ")),
    };
    panel
        .description(said)
        .layers(marks.into_iter().map(|(_, layer)| layer))
        .into()
}

/// The law among the runs, and the forecast beyond them.
fn curve(shown: &PlotAnswer) -> Vec<XY> {
    let fit: &FitResult = &shown.fit;
    let (low, high) = (fit.smallest_fitted(), fit.largest_fitted());
    let farthest = shown.forecasts.iter().map(|f| f.x).fold(high, f64::max);
    let law = |from: f64, to: f64| -> Vec<XY> {
        spaced(from, to, CURVE)
            .map(|c| (c, fit.predict(&[c])))
            .collect()
    };
    let mut points = match low < high {
        true => law(low, high),
        false => Vec::new(),
    };
    let beyond = shown.recommended.iter().filter(|(x, _)| *x <= farthest);
    match shown.recommended.is_empty() {
        false => points.extend(beyond),
        true if farthest > high => points.extend(law(high, farthest)),
        true => {}
    }
    points
}
