//! The chart of schedules that were not yet run: the forecast and the learning rate along the run,
//! and for several schedules their ends and the differences of these.

use super::Chart;
use super::spec::{Axis, BandPoint, Color, Content, Figure, Layer, Marker, MarkerShape, Panel, XY};
use super::together::{MOST, look};
use crate::ask::SchedulesAnswer;
use crate::curve::hidden::{CurveInterval, ScheduleTold};
use crate::number::{digits, percent};
use crate::runs::LogAxis;
use crate::said::Said;

/// Most bytes of a name that an axis has room for.
const SHORT: usize = 20;

/// One schedule: the forecast of its loss with the band and its learning rate. Several: their
/// forecasts, their ends with intervals, their learning rates, and their differences to the first.
#[must_use]
pub fn schedules(answer: &SchedulesAnswer) -> Chart {
    let all = &answer.compared.schedules;
    let shown = &all[..all.len().min(MOST)];
    if let [told] = shown {
        let panels = vec![alone(answer, told), rates(answer, shown)];
        return Figure {
            columns: 1,
            ..Figure::new("The end of a run with this schedule", panels)
        }
        .into();
    }
    let names = names(shown);
    let panels = vec![
        losses(answer, shown, &names),
        ends(shown, &names),
        rates(answer, shown),
        differences(shown, &names),
    ];
    let hidden = all.len() - shown.len();
    Figure {
        columns: 2,
        subtitle: (hidden > 0).then(|| format!("{hidden} more schedules are not drawn")),
        ..Figure::new("The end of the run with each schedule", panels)
    }
    .into()
}

/// The axis of the steps of a run that ends there.
pub(super) fn along(axis: LogAxis, end: f64) -> Axis {
    let label = match axis {
        LogAxis::Step => "Step",
        LogAxis::Tokens => "Tokens",
    };
    Axis::linear(label).range(0.0, end * 1.02)
}

/// What the axis of learning rates in units of the recipe's peak says.
pub(super) const RATE: &str = "Learning rate / largest of the recipe";

/// What schedules are called in a picture: their shapes, if these tell them apart.
fn names(shown: &[ScheduleTold]) -> Vec<String> {
    let shape = |told: &ScheduleTold| {
        let shape = told.name.split([':', ',']).next();
        shape.unwrap_or(&told.name).trim().to_owned()
    };
    let short: Vec<String> = shown.iter().map(shape).collect();
    match (1..short.len()).all(|k| !short[..k].contains(&short[k])) {
        true => short,
        false => shown.iter().map(|told| told.name.clone()).collect(),
    }
}

fn line_of(told: &ScheduleTold) -> Vec<XY> {
    told.curve.iter().map(|at| (at.step, at.point)).collect()
}

fn alone(answer: &SchedulesAnswer, told: &ScheduleTold) -> Panel {
    let band: Vec<BandPoint> = (told.curve.iter())
        .map(|at| (at.step, at.interval.0, at.interval.1))
        .collect();
    let widest = told.intervals.first();
    let band = Layer::band(band, Color::Vermillion);
    let star = Marker::new(answer.request.end, told.point).label(digits(told.point, 4));
    Panel::new(
        "Loss",
        along(answer.recipe.axis, answer.request.end),
        Axis::linear("Loss"),
    )
    .subtitle(told.name.as_str())
    .layer(match widest {
        Some(i) => band.label(format!("{} interval", percent(i.level))),
        None => band,
    })
    .layer(Layer::dashed_line(line_of(told), Color::Vermillion).label("forecast"))
    .layers(Layer::star(star, widest.map(|i| (i.lower, i.upper))))
    .description(said(told))
}

fn losses(answer: &SchedulesAnswer, shown: &[ScheduleTold], names: &[String]) -> Panel {
    let lines = shown.iter().zip(names).enumerate();
    let lines = lines.map(|(k, (told, name))| {
        let (color, dash, _) = look(k, shown.len());
        Layer::patterned(line_of(told), color, dash)
            .label(name.as_str())
            .listed()
    });
    Panel::new(
        "Forecast",
        along(answer.recipe.axis, answer.request.end),
        Axis::linear("Loss"),
    )
    .layers(lines)
}

fn rates(answer: &SchedulesAnswer, shown: &[ScheduleTold]) -> Panel {
    let label = match answer.recipe.peak {
        Some(_) => RATE,
        None => "Learning rate / its peak",
    };
    let lines = shown.iter().enumerate().map(|(k, told)| {
        let (color, dash, _) = match shown.len() {
            1 => (Color::Purple, super::spec::Dash::Dashed, MarkerShape::Disc),
            count => look(k, count),
        };
        Layer::patterned(told.rates.clone(), color, dash)
    });
    Panel::new(
        "Learning rate",
        along(answer.recipe.axis, answer.request.end),
        Axis::linear(label),
    )
    .layers(lines)
}

/// A row for each schedule with its value and its interval; the first stands on top.
fn rows<'a>(
    panel: Panel,
    shown: &'a [ScheduleTold],
    of: impl Fn(&'a ScheduleTold) -> (f64, Option<&'a CurveInterval>, String),
) -> Panel {
    let count = shown.len();
    let layers = shown.iter().enumerate().flat_map(|(k, told)| {
        let (value, interval, words) = of(told);
        let (color, _, shape) = look(k, count);
        let y = (count - k) as f64;
        let bar = interval.map(|i| {
            let (lower, upper) = (i.lower, i.upper);
            Layer::new(Content::Across { y, lower, upper }, color)
        });
        let marker = Marker::new(value, y).label(words);
        let marker = Layer::markers(vec![marker], shape, color);
        bar.into_iter().chain([marker])
    });
    panel.layers(layers)
}

fn named(names: &[String]) -> Axis {
    Axis::rows(names.iter().rev().cloned().collect())
}

fn ends(shown: &[ScheduleTold], names: &[String]) -> Panel {
    let level = shown.iter().find_map(|told| told.intervals.first());
    let title = match level {
        Some(i) => format!("Loss at the end, {} interval", percent(i.level)),
        None => "Loss at the end".to_owned(),
    };
    let all: Vec<String> = shown.iter().map(said).collect();
    let panel = Panel::new(title, Axis::linear("Loss"), named(names)).description(all.join(" "));
    rows(panel, shown, |told| {
        let words = digits(told.point, 4);
        (told.point, told.intervals.first(), words)
    })
}

fn differences(shown: &[ScheduleTold], names: &[String]) -> Panel {
    let short = names.first().filter(|name| name.len() <= SHORT);
    let first = short.map_or("the first", String::as_str);
    let panel = Panel::new(
        "Loss less that of the first",
        Axis::linear(format!("Loss less that of {first}")),
        named(names),
    )
    .layer(Layer::vertical_rule(0.0));
    rows(panel, shown, |told| {
        // The first schedule has no difference to itself.
        let is_first = std::ptr::eq(told, &raw const shown[0]);
        let (interval, words) = match is_first {
            true => (None, String::new()),
            false => (
                told.differences.first(),
                format!("{:+.4}", Said(told.difference)),
            ),
        };
        (told.difference, interval, words)
    })
}

fn said(told: &ScheduleTold) -> String {
    let ends = match told.intervals.first() {
        Some(i) => format!(
            ", {} interval {} to {}",
            percent(i.level),
            digits(i.lower, 4),
            digits(i.upper, 4)
        ),
        None => String::new(),
    };
    format!("{} ends at {}{ends}.", told.name, digits(told.point, 4))
}
