//! The chart of a suite: the score of every task against compute, one panel per task.

use super::Chart;
use super::spec::{Axis, Color, Content, Figure, Layer, Marker, MarkerShape, Panel};
use crate::ask::{ScoreCurves, ScoresAnswer, TaskAnswer};
use crate::fit::{Code, Severity};
use crate::number::{compute, percent};
use crate::said::Said;

/// Most tasks with a panel of their own.
const PANELS: usize = 12;
/// The least distance of a mark from the edge of a shared scale, in points of per cent.
const CLEAR: f64 = 1.0;

/// Scores in per cent against compute: the fitted models, the mean of the laws over them, and the
/// forecasts beyond with their prediction intervals and outcomes. A dotted line marks the chance
/// level. The panels of several tasks have one vertical scale.
///
/// ```
/// use scalewise::ask::ScoresRequest;
/// use scalewise::chart::{self, Theme};
/// use scalewise::tables::Source;
/// let csv = b"compute,accuracy\n1e18,0.31\n1e19,0.36\n1e20,0.42\n1e21,0.49\n1e22,0.56\n";
/// let request = ScoresRequest::default().chance(0.25).at(["10x".parse()?]);
/// let answer = request.answer(&Source::bytes(csv, "scores.csv"))?;
/// assert!(chart::scores(&answer).to_svg(&Theme::light()).contains("forecast"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn scores(answer: &ScoresAnswer) -> Chart {
    let shown = answer.tasks.len().min(PANELS);
    let all = answer.tasks.iter().zip(&answer.curves).take(shown);
    let mut panels: Vec<Panel> = all
        .map(|(task, curves)| panel(answer, task, curves))
        .collect();
    share_scale(&mut panels);
    let title = match answer.tasks.as_slice() {
        [only] if only.task.is_empty() => format!("{} against compute", only.score_name),
        [only] => only.task.clone(),
        all => format!("The scores of {} tasks against compute", all.len()),
    };
    let hidden = answer.tasks.len() - shown;
    let mut subtitle = format!("{} prediction intervals", percent(answer.main()));
    if hidden > 0 {
        subtitle += &format!("; {hidden} more tasks are not drawn");
    }
    Figure {
        subtitle: Some(subtitle),
        description: describe(answer),
        ..Figure::new(title, panels)
    }
    .into()
}

fn panel(answer: &ScoresAnswer, task: &TaskAnswer, curves: &ScoreCurves) -> Panel {
    let score = |value: f64| 100.0 * value;
    let alone = answer.tasks.len() == 1;
    let label = match answer.compute_name.to_lowercase() {
        name if name == "6nd" || name.contains("flop") || name.contains("compute") => {
            "Training compute C (FLOP)".to_owned()
        }
        _ => answer.compute_name.clone(),
    };
    let mut panel = Panel::new(task.name(), Axis::log(label), Axis::linear("Score (%)"));
    let mut found = task.diagnoses.iter();
    if let Some(found) = found.find(|d| d.severity == Severity::Refuse) {
        panel = panel.note(format!(
            "NOT PREDICTABLE ({}): {}",
            found.code, found.message
        ));
    } else if task.missed() {
        panel = panel.note(format!(
            "{}: larger models are too far from their forecasts",
            Code::HeldOutMisses
        ));
    }
    let law = curves.law.iter().map(|(c, p)| (*c, score(*p))).collect();
    let chance = task.fit.chance();
    let rule = Layer::horizontal_rule(score(chance));
    let mut layers = vec![
        match chance > 0.0 {
            true => rule.label(format!("chance {}", percent((1e3 * chance).round() / 1e3))),
            false => rule,
        },
        Layer::line(law, Color::Blue),
    ];
    for path in &curves.paths {
        let band = path.iter().map(|(c, _, l, u)| (*c, score(*l), score(*u)));
        let line = path.iter().map(|(c, p, ..)| (*c, score(*p)));
        layers.push(Layer::band(band.collect(), Color::Blue));
        layers.push(Layer::dashed_line(line.collect(), Color::Blue));
    }
    let models = task.models.iter().map(|m| {
        let words = format!("{}: {:.1} %", m.model, Said(score(m.rate)));
        Marker::new(m.compute, score(m.rate)).hover(words)
    });
    let models = models.collect();
    layers.push(Layer::markers(models, MarkerShape::Disc, Color::Ink));
    for made in task.forecasts.iter().filter_map(|f| f.as_ref().ok()) {
        let interval = made.intervals.iter().find(|i| i.level == answer.main());
        let point = score(made.point());
        let words = match alone {
            true => format!("forecast {:.1} %", Said(point)),
            false => format!("{:.1} %", Said(point)),
        };
        layers.extend(Layer::star(
            Marker::new(made.target.compute, point).label(words),
            interval.map(|i| (score(i.lower), score(i.upper))),
        ));
    }
    let actuals = task.actuals.iter().map(|a| {
        let words = format!("{}: {:.1} %", a.model, Said(score(a.score)));
        let marker = Marker::new(a.target.compute, score(a.score)).hover(words);
        match alone && task.actuals.len() == 1 {
            true => marker.label(format!("actual {:.1} %", Said(score(a.score)))),
            false => marker,
        }
    });
    let actuals = actuals.collect();
    layers.push(Layer::markers(actuals, MarkerShape::Circle, Color::Green));
    panel.layers(layers)
}

/// Gives several panels one vertical scale, in whole tens of per cent, so that their tasks can be
/// compared.
fn share_scale(panels: &mut [Panel]) {
    let values = |panel: &Panel| -> Vec<f64> {
        let contents = panel.layers.iter().map(|layer| &layer.content);
        let of = |content: &Content| match content {
            Content::HorizontalRule(y) => vec![*y],
            other => other.corners().iter().flatten().map(|at| at.1).collect(),
        };
        contents.flat_map(of).collect()
    };
    let all = panels.iter().flat_map(values);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    if panels.len() < 2 || low > high {
        return;
    }
    // A mark does not lie on the edge, unless that is the end of all scores.
    let low = (10.0 * ((low - CLEAR) / 10.0).floor()).max(low.min(0.0));
    let high = (10.0 * ((high + CLEAR) / 10.0).ceil()).min(high.max(100.0));
    for panel in panels {
        panel.y = panel.y.clone().range(low, high);
    }
}

fn describe(answer: &ScoresAnswer) -> String {
    let mut text = String::new();
    for task in &answer.tasks {
        for made in task.forecasts.iter().filter_map(|f| f.as_ref().ok()) {
            text += &format!(
                "{}: {:.1} % at {}. ",
                task.name(),
                Said(100.0 * made.point()),
                compute(made.target.compute)
            );
        }
    }
    text.trim_end().to_owned()
}
