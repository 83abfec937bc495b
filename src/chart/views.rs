//! The charts of a fit: loss against compute, and the reducible loss, for which the law is a
//! straight line.

use super::Chart;
use super::spec::{Axis, BandPoint, Color, Dash, Figure, Layer, Marker, MarkerShape, Panel, XY};
use crate::ask::{PlotAnswer, spaced};
use crate::fit::{Code, FitResult};
use crate::forecast::{Forecast, Grade};
use crate::interval::{Interval, Kind};
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::runs::{Run, Variable};
use crate::said::Said;

/// Points of a curve: enough for a smooth line at any size.
const CURVE: usize = 81;
/// With more actuals than this their labels would overlap.
const NAMED: usize = 3;

/// Loss against compute: runs, the law (solid within the runs and dashed beyond), the band with the
/// recommended forecast in it, the targets, and the outcomes.
#[must_use]
pub fn scaling(shown: &PlotAnswer) -> Chart {
    loss(shown).into()
}

/// Loss above the fitted irreducible loss on log–log axes, where a·C^b is a straight line.
#[must_use]
pub fn reducible(shown: &PlotAnswer) -> Chart {
    above_floor(shown).into()
}

/// Both views side by side.
#[must_use]
pub fn both(shown: &PlotAnswer) -> Chart {
    let (mut left, mut right) = (loss(shown), above_floor(shown));
    let title = std::mem::replace(&mut left.title, "Loss".to_owned());
    let subtitle = left.subtitle.take();
    let description = left.description.clone();
    right.title = "Reducible loss".to_owned();
    (right.subtitle, right.note) = (None, None);
    let figure = Figure {
        subtitle,
        description,
        ..Figure::new(title, vec![left, right])
    };
    figure.into()
}

/// `Loss L`, with its unit if known.
pub(super) fn loss_label(fit: &FitResult) -> String {
    match &fit.data().loss_unit {
        Some(unit) => format!("Loss L ({unit})"),
        None => "Loss L".to_owned(),
    }
}

pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn loss(shown: &PlotAnswer) -> Panel {
    panel(shown, 0.0, &loss_label(&shown.fit))
}

fn above_floor(shown: &PlotAnswer) -> Panel {
    let signed = shown.fit.signed();
    let floor = shown.fit.value("c");
    let floor = floor.filter(|c| c.is_finite() && (signed || *c > 0.0));
    let (floor, said) = match floor {
        Some(floor) => (floor, digits(floor, 4)),
        None => (0.0, "0".to_owned()),
    };
    let mut panel = panel(shown, floor, &format!("Reducible loss L − c, c = {said}"));
    panel.title = format!("Above the irreducible loss: {}", lower_first(&panel.title));
    let below = |f: &Forecast| interval_of(shown, f).is_some_and(|i| i.lower <= floor);
    let hidden = match &shown.forecasts[..] {
        all if all.iter().any(|f| point_of(shown, f) <= floor) => {
            Some("the forecast lies below the fitted irreducible loss and has no place here")
        }
        all if floor > 0.0 && all.iter().any(below) => {
            Some("the interval reaches below the fitted irreducible loss, beyond this axis")
        }
        _ => None,
    };
    if let Some(hidden) = hidden {
        let notes = panel.note.take().into_iter().chain([hidden.to_owned()]);
        panel.note = Some(notes.collect::<Vec<String>>().join("; "));
    }
    panel
}

fn panel(shown: &PlotAnswer, floor: f64, y_label: &str) -> Panel {
    let fit = &shown.fit;
    let variable = fit.variable();
    let (low, high) = shown.range;
    let largest = fit.largest_fitted();
    let mut panel = Panel::new(
        title(shown),
        Axis::log(variable.axis()).range(low, high),
        match reaches_zero(shown, floor) {
            true => Axis::linear(y_label),
            false => Axis::log(y_label),
        },
    )
    .subtitle(subtitle(fit))
    .description(description(shown));
    let notes: Vec<String> = grade(shown).into_iter().chain(bandless(shown)).collect();
    if !notes.is_empty() {
        panel = panel.note(notes.join("; "));
    }
    let lowest = lowest_drawn(shown, floor);
    if !shown.band.is_empty() {
        let lowered =
            |(c, lower, upper): &BandPoint| (*c, shown_end(lower - floor, lowest), upper - floor);
        let stations = shown.band.iter().map(lowered).collect();
        panel = panel.layer(Layer::band(stations, Color::Blue).label(format!(
            "{} prediction band ({})",
            percent(shown.level),
            shown.method.name()
        )));
    }
    let curve = |from: f64, to: f64| -> Vec<XY> {
        // A law of several variables is not a line over one of them.
        match fit.law().inputs() {
            [_] => spaced(from, to, CURVE)
                .map(|c| (c, fit.predict(&[c]) - floor))
                .collect(),
            _ => Vec::new(),
        }
    };
    let within = curve(low, largest.min(high));
    panel = panel.layer(Layer::line(within, Color::Blue).label("fitted law"));
    if high > largest {
        panel = panel.layer(Layer::dashed_line(curve(largest, high), Color::Blue));
    }
    if !shown.recommended.is_empty() {
        let lowered = shown
            .recommended
            .iter()
            .map(|(x, point)| (*x, point - floor));
        let line = Layer::patterned(lowered.collect(), Color::Vermillion, Dash::OneDot);
        panel = panel.layer(line.label("recommended forecast"));
    }
    let runs = fit.runs_in_order().into_iter();
    let runs = runs.map(|run| run_marker(run, floor, variable)).collect();
    let actuals = actuals(fit, floor);
    // One label explains the rings of all.
    let none = actuals.is_empty();
    let named = actuals.iter().any(|actual| actual.label.is_some());
    let came_true = Layer::markers(actuals, MarkerShape::Circle, Color::Green);
    panel
        .layer(Layer::vertical_rule(largest).label("largest run fitted"))
        .layer(Layer::markers(runs, MarkerShape::Disc, Color::Ink).label("runs"))
        .layers(
            shown
                .forecasts
                .iter()
                .flat_map(|f| star(shown, f, floor, lowest)),
        )
        .layer(match named || none {
            true => came_true,
            false => came_true.label("actual"),
        })
}

/// Whether something to be drawn has no logarithm.
fn reaches_zero(shown: &PlotAnswer, floor: f64) -> bool {
    let below = |f: &Forecast| point_of(shown, f) <= 0.0;
    floor == 0.0 && (shown.fit.signed() || shown.forecasts.iter().any(below))
}

/// The outcomes with their values as labels: all if there are few, otherwise only the largest run.
fn actuals(fit: &FitResult, floor: f64) -> Vec<Marker> {
    let actuals = fit.data().actuals_in_order();
    let first_named = match actuals.len() {
        0..=NAMED => 0,
        many => many - 1,
    };
    let named: Vec<u64> = actuals[first_named..].iter().map(|run| run.line).collect();
    let variable = fit.variable();
    let marker = |run: &&Run| {
        let marker = run_marker(run, floor, variable);
        if !named.contains(&run.line) {
            return marker.hover(format!("actual {}", said_of(run, variable)));
        }
        let group = run.group.as_deref();
        let name = group.map_or_else(String::new, |group| format!("{group}, "));
        let loss = digits(run.loss, 4);
        let above = above(floor, run.loss, |value| digits(value, 4));
        marker.label(format!("{name}actual {loss}{above}"))
    };
    actuals.iter().map(marker).collect()
}

/// What the axis shows of a loss, where that is not the loss itself.
fn above(floor: f64, loss: f64, said: impl Fn(f64) -> String) -> String {
    match floor == 0.0 {
        true => String::new(),
        false => format!(", {} above c", said(loss - floor)),
    }
}

/// The end of what a logarithmic axis shows of intervals that reach below the irreducible loss:
/// half of the lowest thing that has a place on it. `None` for other axes.
fn lowest_drawn(shown: &PlotAnswer, floor: f64) -> Option<f64> {
    if floor == 0.0 || reaches_zero(shown, floor) {
        return None;
    }
    let points = shown.forecasts.iter().map(|f| point_of(shown, f));
    let runs = shown.fit.data().runs.iter().map(|run| run.loss);
    let above = points.chain(runs).map(|loss| loss - floor);
    let lowest = above.filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    lowest.is_finite().then_some(0.5 * lowest)
}

/// The lower end of an interval as it is drawn.
fn shown_end(end: f64, lowest: Option<f64>) -> f64 {
    match lowest {
        Some(lowest) if end <= 0.0 => lowest,
        _ => end,
    }
}

fn star(shown: &PlotAnswer, forecast: &Forecast, floor: f64, lowest: Option<f64>) -> Vec<Layer> {
    let interval = interval_of(shown, forecast);
    let point = point_of(shown, forecast);
    let said = |value: f64| with_uncertainty(value, spread(interval));
    let label = format!("forecast {}{}", said(point), above(floor, point, said));
    Layer::star(
        Marker::new(forecast.x, point - floor).label(label),
        interval.map(|i| (shown_end(i.lower - floor, lowest), i.upper - floor)),
    )
}

/// A quarter of an interval: the uncertainty that sets the number of digits.
fn spread(interval: Option<&Interval>) -> Option<f64> {
    interval.map(|i| 0.25 * (i.upper - i.lower))
}

/// The point that belongs to the interval shown.
pub(super) fn point_of(shown: &PlotAnswer, forecast: &Forecast) -> f64 {
    forecast.point_of(shown.method).unwrap_or(forecast.point)
}

pub(super) fn interval_of<'f>(shown: &PlotAnswer, forecast: &'f Forecast) -> Option<&'f Interval> {
    forecast.interval(shown.method, shown.level, Kind::Prediction)
}

fn title(shown: &PlotAnswer) -> String {
    let variable = shown.fit.variable();
    match shown.forecasts.last() {
        None => format!("Loss against {}: {}", variable.noun(), shown.fit.formula()),
        Some(last) => format!(
            "Forecast loss {} at {} {}",
            with_uncertainty(point_of(shown, last), spread(interval_of(shown, last))),
            variable.shown(last.x),
            variable.unit()
        ),
    }
}

fn subtitle(fit: &FitResult) -> String {
    let values: Vec<String> = fit
        .parameters()
        .iter()
        .map(|p| format!("{} = {}", p.name, with_uncertainty(p.value, p.stderr)))
        .collect();
    let prior = match fit.settings().prior {
        Some(_) => " and a prior",
        None => "",
    };
    format!(
        "{}, {}, from {} runs over {:.1} decades of {}{prior}",
        fit.formula(),
        values.join(", "),
        fit.fitted_runs().count(),
        Said(fit.span_decades()),
        fit.variable().noun()
    )
}

/// The grade of the drawn forecast, or without a forecast the finding that forbids it. Findings are
/// named by their codes, because their sentences name lines of a table that a picture does not
/// show.
fn grade(shown: &PlotAnswer) -> Option<String> {
    let fit = &shown.fit;
    let named = |code: Code| code.as_str().replace('-', " ");
    let refusal = fit.refusal().map(|d| named(d.code));
    let Some(last) = shown.forecasts.last() else {
        return refusal.map(|code| format!("REFUSED: {code}"));
    };
    if let (Grade::Refused, Some(code)) = (last.grade, refusal) {
        return Some(format!("grade refused: {code}"));
    }
    let findings = fit.data().findings().iter();
    let because = findings.fold(last.because.clone(), |because, d| {
        because.replace(&d.message, &named(d.code))
    });
    // The first reason is the width of the interval, which the picture shows, so it is left out if
    // there are others.
    let why = because.split_once("; ").map_or(&*because, |parts| parts.1);
    Some(format!(
        "grade {}, {} times the largest run: {why}",
        last.grade,
        digits(last.extrapolation, 3)
    ))
}

/// Why there is no band.
fn bandless(shown: &PlotAnswer) -> Option<String> {
    let why = shown.without_band.as_ref()?;
    Some(format!("no {} band: {why}", shown.method.name()))
}

fn description(shown: &PlotAnswer) -> String {
    let fit = &shown.fit;
    let variable = fit.variable();
    let mut text = format!(
        "{} fitted to {} runs with {} from {} to {}.",
        fit.formula(),
        fit.fitted_runs().count(),
        variable.noun(),
        variable.shown(fit.smallest_fitted()),
        variable.shown(fit.largest_fitted())
    );
    for f in &shown.forecasts {
        text += &format!(
            " Forecast at {}: {}, {} times beyond the largest run",
            variable.shown(f.x),
            digits(point_of(shown, f), 4),
            digits(f.extrapolation, 3)
        );
        text += &format!(", of grade {}", f.grade);
        if let Some(i) = interval_of(shown, f) {
            text += &format!(
                "; {} {} interval {} to {}",
                percent(i.level),
                i.kind.name(),
                digits(i.lower, 4),
                digits(i.upper, 4)
            );
        }
        text.push('.');
    }
    for run in fit.data().actuals_in_order() {
        text += &match run.known_x() {
            Some(x) => format!(" Actual loss at {}: {}.", compute(x), run.loss),
            None => format!(" Actual loss: {}.", run.loss),
        };
    }
    text
}

/// A run as a marker that says which it is.
pub(super) fn run_marker(run: &Run, floor: f64, variable: Variable) -> Marker {
    Marker::new(run.x, run.loss - floor).hover(said_of(run, variable))
}

/// Which run a marker is.
pub(super) fn said_of(run: &Run, variable: Variable) -> String {
    let mut words = match &run.group {
        Some(name) => format!("{name}: "),
        None => String::new(),
    };
    if let Some(x) = run.known_x() {
        words += &format!("{} {}, ", variable.symbol(), variable.shown(x));
    }
    words += &format!("loss {}", digits(run.loss, 5));
    if run.line > 0 {
        words += &format!(" (line {})", run.line);
    }
    words
}
