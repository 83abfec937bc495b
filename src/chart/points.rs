//! The charts of a law of several columns: its values against outcomes, and its residuals.

use super::Chart;
use super::residuals::panel;
use super::spec::{Axis, Color, Figure, Layer, Marker, MarkerShape, Panel};
use super::views::{loss_label, said_of};
use crate::ask::{PointAt, PointsAnswer, name_of};
use crate::fit::argument;
use crate::interval::Kind;

/// Most columns with a panel of residuals; more cannot be read side by side.
const MOST: usize = 5;
/// Values over a larger factor than this are shown on a logarithmic axis.
const WIDE: f64 = 5.0;

/// The values of a law of several columns against the outcomes, with the held-out runs and the
/// requested points; and its residuals against each column.
#[must_use]
pub fn points(answer: &PointsAnswer) -> Chart {
    let fit = &answer.fit;
    let law = fit.law();
    let inputs = law.asked_inputs();
    let mut panels = vec![against_runs(answer)];
    panels.extend(inputs.iter().take(MOST).map(|input| {
        let name = name_of(law, *input);
        let value = |run: &_| argument(law, *input, run);
        let label = match name {
            "C" => "compute C (FLOP)",
            "N" => "parameters N",
            "D" => "tokens D",
            "U" => "unique tokens U",
            other => other,
        };
        panel(
            fit,
            label,
            axis(label, fit.fitted_runs().filter_map(value)),
            value,
        )
    }));
    let shown = match inputs.len() > MOST {
        true => format!(
            " The first {MOST} of its {} columns are shown.",
            inputs.len()
        ),
        false => String::new(),
    };
    Chart::from(Figure::new("The law and its runs", panels)).described(format!(
        "What {} gives against what came out, and its residuals.{shown}",
        fit.formula()
    ))
}

/// A logarithmic axis if the values are positive and vary widely, else a linear one.
fn axis(label: &str, values: impl Iterator<Item = f64>) -> Axis {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values.fold(start, |(l, h), v| (l.min(v), h.max(v)));
    match low > 0.0 && high > WIDE * low {
        true => Axis::log(label),
        false => Axis::linear(label),
    }
}

fn against_runs(answer: &PointsAnswer) -> Panel {
    let fit = &answer.fit;
    let law = fit.law();
    let mut markers = Vec::new();
    for run in fit.fitted_runs() {
        let inputs = law.inputs().iter().map(|input| argument(law, *input, run));
        if let Some(x) = inputs.collect::<Option<Vec<f64>>>() {
            let marker = Marker::new(run.loss, fit.predict(&x));
            markers.push(marker.hover(said_of(run, fit.variable())));
        }
    }
    let known = answer.points.iter().flat_map(|at| [at.point, at.observed]);
    let all = markers.iter().flat_map(|marker| [marker.x, marker.y]);
    let all: Vec<f64> = all
        .chain(known.flatten())
        .filter(|v| v.is_finite())
        .collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let count = markers.len();
    let mut panel = Panel::new(
        "The law against the runs",
        axis(
            &format!("{} that came out", loss_label(fit)),
            all.iter().copied(),
        ),
        axis("What the law gives", all.iter().copied()),
    )
    .layer(Layer::markers(markers, MarkerShape::Disc, Color::Blue));
    if low < high {
        let line = Layer::dashed_line(vec![(low, low), (high, high)], Color::Muted);
        panel = panel.layer(line.label("equal"));
    }
    let (mut held, mut asked) = (0, 0);
    for at in &answer.points {
        let Some(point) = at.point else { continue };
        // The first marker of each kind has a label.
        let (count, words) = match at.observed {
            Some(_) => (&mut held, "held out"),
            None => (&mut asked, "to come"),
        };
        *count += 1;
        let label = (*count == 1).then(|| words.to_owned());
        // A point without an outcome is drawn where its outcome would equal the forecast.
        let star = Marker {
            label,
            ..Marker::new(at.observed.unwrap_or(point), point).hover(hover(at))
        };
        panel = panel.layers(Layer::star(star, widest(at)));
    }
    panel.description(format!(
        "Fitted runs: {count}. Runs that were held out: {held}. Points without a run: {asked}."
    ))
}

fn hover(at: &PointAt) -> String {
    let parts = at
        .at
        .iter()
        .map(|(name, value)| format!("{name} {value:e}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// The widest interval for a new run.
fn widest(at: &PointAt) -> Option<(f64, f64)> {
    let of_run = at.intervals.iter().filter(|i| i.kind == Kind::Prediction);
    let widest = of_run.max_by(|a, b| a.level.total_cmp(&b.level))?;
    Some((widest.lower, widest.upper))
}
