//! The chart of a suite: the score of every task against compute, one panel per task.

use super::Chart;
use super::spec::{Axis, Color, Figure, Layer, Marker, MarkerShape, Panel};
use crate::ask::{ScoreCurves, ScoresAnswer, TaskAnswer};
use crate::fit::Severity;
use crate::number::{compute, percent};
use crate::said::Said;

/// Most tasks with a panel of their own.
const PANELS: usize = 12;

/// Scores in per cent against compute: the fitted models, the law of compute over them, and the
/// forecasts beyond with their prediction intervals and outcomes. A dotted line marks the chance
/// level.
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
    let panels: Vec<Panel> = all
        .map(|(task, curves)| panel(answer, task, curves))
        .collect();
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
    }
    let law = curves.law.iter().map(|(c, p)| (*c, score(*p))).collect();
    let mut layers = vec![
        Layer::horizontal_rule(score(task.fit.chance())),
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
