//! The chart of a recipe: its runs, the laws that were fitted to them, what these miss, and the
//! learning rates.

use super::Chart;
use super::schedules::{RATE, along};
use super::spec::{Axis, Color, Figure, Layer, Panel, XY};
use super::together::{MOST, look};
use crate::ask::RecipeAnswer;
use crate::curve::hidden::RunCourse;
use crate::number::digits;

/// The complete runs of a recipe with the mean of the fitted laws, the distance between both, and
/// the learning rates.
#[must_use]
pub fn recipe(answer: &RecipeAnswer) -> Chart {
    let all = &answer.courses;
    let shown = &all[..all.len().min(MOST)];
    let hidden = all.len() - shown.len();
    let panels = vec![
        losses(answer, shown),
        missed(answer, shown),
        rates(answer, shown),
    ];
    Figure {
        columns: 1,
        subtitle: (hidden > 0).then(|| format!("{hidden} more runs are not drawn")),
        ..Figure::new("The runs of the recipe and its laws", panels)
    }
    .into()
}

fn axis(answer: &RecipeAnswer, shown: &[RunCourse]) -> Axis {
    let ends = shown.iter().flat_map(|run| run.log.last());
    along(
        answer.recipe.axis,
        ends.map(|at| at.0).fold(f64::MIN_POSITIVE, f64::max),
    )
}

/// What the runs are called: without their folders, if that tells them apart.
fn names(shown: &[RunCourse]) -> Vec<&str> {
    let last = |run: &'_ RunCourse| run.name.rsplit(['/', '\\']).next().map_or(0, str::len);
    let short = shown
        .iter()
        .map(|run| &run.name[run.name.len() - last(run)..]);
    let short: Vec<&str> = short.collect();
    let differ = (1..short.len()).all(|k| !short[..k].contains(&short[k]));
    match differ && short.iter().all(|name| !name.is_empty()) {
        true => short,
        false => shown.iter().map(|run| run.name.as_str()).collect(),
    }
}

/// The line of a run. It is solid, because the laws are dashed.
fn line(points: Vec<XY>, k: usize, count: usize) -> Layer {
    Layer::line(points, look(k, count).0)
}

fn losses(answer: &RecipeAnswer, shown: &[RunCourse]) -> Panel {
    let names = names(shown).into_iter().zip(shown).enumerate();
    let runs =
        names.map(|(k, (name, run))| line(run.log.clone(), k, shown.len()).label(name).listed());
    let laws = shown.iter().enumerate().map(|(k, run)| {
        let line = Layer::dashed_line(run.law.clone(), Color::Ink);
        match k {
            0 => line.label("mean of the laws").listed(),
            _ => line,
        }
    });
    Panel::new("Loss", axis(answer, shown), of_losses(shown))
        .layers(runs)
        .layers(laws)
        .description(format!(
            "{} runs. Their ends are missed by {} %.",
            answer.courses.len(),
            digits(100.0 * answer.recipe.missed, 2)
        ))
}

/// The axis of the losses after the first twentieth, in which they fall fast.
fn of_losses(shown: &[RunCourse]) -> Axis {
    let late = shown.iter().flat_map(|run| {
        let end = run.log.last().map_or(0.0, |at| at.0);
        let late = move |at: &&XY| at.0 >= 0.05 * end;
        run.log.iter().filter(late).map(|at| at.1)
    });
    let (low, high) = late.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), y| {
        (low.min(y), high.max(y))
    });
    let margin = 0.05 * (high - low);
    match margin > 0.0 && margin.is_finite() {
        true => Axis::linear("Loss").range(low - margin, high + margin),
        false => Axis::linear("Loss"),
    }
}

fn missed(answer: &RecipeAnswer, shown: &[RunCourse]) -> Panel {
    let lines = shown.iter().enumerate().map(|(k, run)| {
        let both = run.log.iter().zip(&run.law);
        let off = both.map(|(log, law)| (log.0, 100.0 * (law.1 / log.1 - 1.0)));
        line(off.collect(), k, shown.len())
    });
    Panel::new(
        "What the laws miss",
        axis(answer, shown),
        Axis::linear("Law less log (%)"),
    )
    .layer(Layer::horizontal_rule(0.0))
    .layers(lines)
}

fn rates(answer: &RecipeAnswer, shown: &[RunCourse]) -> Panel {
    let lines = shown.iter().enumerate();
    let lines = lines.map(|(k, run)| line(run.rates.clone(), k, shown.len()));
    Panel::new("Learning rate", axis(answer, shown), Axis::linear(RATE)).layers(lines)
}
