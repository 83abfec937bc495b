//! The chart of a training run: the losses and the forecast above, the learning rate below.

use super::Chart;
use super::spec::{Axis, BandPoint, Color, Figure, Layer, Marker, Panel, XY};
use crate::ask::CurveAnswer;
use crate::number::{digits, percent};
use crate::runs::LogAxis;

/// The loss of a run as far as it is known, the forecast with its interval, and the learning rate.
#[must_use]
pub fn curve(answer: &CurveAnswer) -> Chart {
    let mut panels = vec![losses(answer)];
    panels.extend(rates(answer));
    let mut figure = Figure::new("The end of the run", panels);
    figure.columns = 1;
    figure.into()
}

fn axis(answer: &CurveAnswer) -> Axis {
    let label = match answer.log.axis {
        LogAxis::Step => "Step",
        LogAxis::Tokens => "Tokens",
    };
    Axis::linear(label).range(0.0, answer.forecast.end * 1.02)
}

fn losses(answer: &CurveAnswer) -> Panel {
    let f = &answer.forecast;
    let label = answer.log.loss_column.as_deref().unwrap_or("Loss");
    let after = |p: &&XY| p.0 > f.left_out_until;
    let (low, high) = answer
        .shown
        .iter()
        .filter(after)
        .map(|p| p.1)
        .chain(f.curve.iter().flat_map(|at| [at.interval.0, at.interval.1]))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
            (low.min(y), high.max(y))
        });
    let margin = 0.05 * (high - low).max(f64::MIN_POSITIVE);
    let mut panel = Panel::new(
        "Loss",
        axis(answer),
        Axis::linear(label).range(low - margin, high + margin),
    );
    let inside = |p: &&XY| (low - margin..=high + margin).contains(&p.1);
    let known: Vec<XY> = answer.shown.iter().filter(inside).copied().collect();
    panel = panel.layer(Layer::line(known, Color::Blue).label("log"));
    if answer.refusal().is_some() {
        return panel;
    }
    let band: Vec<BandPoint> = f
        .curve
        .iter()
        .map(|at| (at.step, at.interval.0, at.interval.1))
        .collect();
    let line: Vec<XY> = f.curve.iter().map(|at| (at.step, at.point)).collect();
    let level = answer.widest().map(|i| percent(i.level));
    let band = Layer::band(band, Color::Vermillion);
    panel = panel
        .layer(match level {
            Some(level) => band.label(format!("{level} interval")),
            None => band,
        })
        .layer(Layer::dashed_line(line, Color::Vermillion).label("forecast"));
    let ends = answer.widest().map(|i| (i.lower, i.upper));
    let star = Marker::new(f.end, f.point).label(digits(f.point, 4));
    panel.layers(Layer::star(star, ends)).description(format!(
        "The forecast at the end is {}.",
        digits(f.point, 5)
    ))
}

fn rates(answer: &CurveAnswer) -> Option<Panel> {
    let known = answer.rates.len() > 1;
    let label = match &answer.log.lr_column {
        Some(column) => column.as_str(),
        None => "Learning rate",
    };
    known.then(|| {
        Panel::new("Learning rate", axis(answer), Axis::linear(label))
            .layer(Layer::line(answer.rates.clone(), Color::Green))
            .layer(Layer::vertical_rule(answer.forecast.now).label("now"))
    })
}
