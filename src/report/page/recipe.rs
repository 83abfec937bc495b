//! The pages of recipes of training runs and of their schedules.

use super::super::answer::Shown;
use super::super::document::{Block, Tone};
use super::super::recipe::{facts, interval_words, laws, recipe_facts, schedules};
use super::{Page, Picture, Provenance, checklist};
use crate::ask::{RecipeAnswer, SchedulesAnswer, Trust};
use crate::chart;
use crate::curve::hidden::ScheduleTold;
use crate::number::{digits, percent};
use crate::quantity::format_quantity;
use crate::said::Said;

const ONE: &str = "The dashed line is the mean of the laws with its interval, and the star is the \
     loss at the end. The lower panel shows the learning rate.";
const SEVERAL: &str = "The upper panels show the forecast of each schedule, and its end with its \
     interval. The lower panels show the learning rates, and the difference of each end to that of \
     the first schedule. If the interval of a difference contains 0, the runs cannot tell the two \
     apart.";
const RUNS: &str = "The upper panel shows the runs, and the mean of the laws as dashed lines. The \
     panel in the middle shows the distance between both. If a line stays on one side of zero, the \
     laws do not describe this run. The lowest panel shows the learning rates.";
const LAWS: &str = "Each law has a floor, a power of the sum of the learning rates, and a \
     response to the falls of the rate. All runs share its parameters. The response is chosen \
     from a list with the shapes of published curves, and the other parameters are found exactly \
     or on a grid.";
const INTERVAL: &str = "The forecast is the mean of the laws. Its interval combines the error of \
     the recipe for its own runs, the difference between the laws, and a fifth of the change of \
     the loss beyond the longest run. The interval of a difference counts the whole error of the \
     recipe, because it is not known how far the errors of two schedules are alike.";

/// The page of a recipe. `command` is the command that makes it again from the logs named `input`.
#[must_use]
pub fn recipe_page(answer: &RecipeAnswer, command: String, input: &str) -> Page {
    let recipe = &answer.recipe;
    let one_line = format!(
        "{} of {} runs say what later runs do; the end of a run is missed by {} %.",
        match recipe.laws.len() {
            1 => "The law".to_owned(),
            count => format!("{count} laws"),
        },
        recipe.runs.len(),
        digits(100.0 * recipe.missed, 2)
    );
    let title = "What do the runs of this recipe teach?".to_owned();
    let mut out = Page::new(title, one_line, verdict(answer.trust(), "recipe"));
    out.section(
        "recipe",
        "The recipe",
        vec![Block::Facts(recipe_facts(answer))],
    );
    let picture = Picture::first(&chart::recipe(answer), RUNS);
    out.section("chart", "The runs and the laws", vec![picture]);
    out.section("parameters", "Parameters", vec![laws(recipe)]);
    out.section(
        "findings",
        "What was found",
        checklist::found(answer.findings()),
    );
    out.section(
        "excluded",
        "Rows left out",
        checklist::excluded(answer.excluded()),
    );
    out.section("method", "Method in plain words", vec![Block::text(LAWS)]);
    out.section("numbers", "Exact numbers", exact("Laws", answer.table()));
    out.signed(signature(command, input, recipe))
}

/// The page of schedules. `command` is the command that makes it again from the recipe in `input`.
#[must_use]
pub fn schedules_page(answer: &SchedulesAnswer, command: String, input: &str) -> Page {
    let all = &answer.compared.schedules;
    let (title, reading) = match all.len() {
        1 => ("What will a run with this schedule reach?", ONE),
        _ => ("Which schedule ends lowest?", SEVERAL),
    };
    let mut out = Page::new(
        title.to_owned(),
        in_one_line(answer),
        verdict(answer.trust(), "forecast"),
    );
    let blocks = vec![Block::Facts(facts(answer)), schedules(answer)];
    out.section("end", "The end of the run", blocks);
    let picture = Picture::of(&chart::schedules(answer), reading);
    out.section("chart", "The forecast", vec![picture]);
    out.section(
        "findings",
        "What was found",
        checklist::found(answer.findings()),
    );
    out.section(
        "parameters",
        "Parameters of the recipe",
        vec![laws(&answer.recipe)],
    );
    out.section(
        "method",
        "Method in plain words",
        vec![Block::text(LAWS), Block::text(INTERVAL)],
    );
    out.section(
        "numbers",
        "Exact numbers",
        exact("Forecasts", answer.table()),
    );
    out.signed(signature(command, input, &answer.recipe))
}

fn exact(what: &str, csv: String) -> Vec<Block> {
    let title = format!("{what} as CSV");
    vec![Block::Details(title, vec![Block::Verbatim(csv)])]
}

fn signature(command: String, input: &str, recipe: &crate::curve::hidden::Recipe) -> Provenance {
    let digest = recipe.digest().unwrap_or_default();
    Provenance::new(command, input, "Digest of the recipe, SHA-256", digest)
}

fn in_one_line(answer: &SchedulesAnswer) -> String {
    let all = &answer.compared.schedules;
    let lowest = (all.iter()).min_by(|a, b| a.point.total_cmp(&b.point));
    let Some(lowest) = lowest else {
        return "No schedule was asked for.".to_owned();
    };
    let end = format_quantity(answer.request.end);
    let loss = format!("{}{}", digits(lowest.point, 4), with_interval(lowest));
    let best = match all.as_slice() {
        [_] => format!("The loss at {end} is forecast as {loss}."),
        _ => format!("'{}' ends lowest, at {loss}.", lowest.name),
    };
    match difference(all, lowest) {
        Some(said) => format!("{best} {said}"),
        None => best,
    }
}

fn with_interval(told: &ScheduleTold) -> String {
    let said = |i: &crate::curve::hidden::CurveInterval| {
        let level = percent(i.level);
        format!(", {level} {} interval {}", i.kind.name(), interval_words(i))
    };
    told.intervals.first().map_or_else(String::new, said)
}

/// How the lowest differs from the first schedule, or the next one if the first is the lowest.
fn difference(all: &[ScheduleTold], lowest: &ScheduleTold) -> Option<String> {
    let (first, others) = all.split_first()?;
    let is_first = first.name == lowest.name;
    let other = match is_first {
        true => (others.iter()).min_by(|a, b| a.point.total_cmp(&b.point))?,
        false => lowest,
    };
    let ends = other.differences.first();
    let same = ends.is_some_and(|i| i.lower <= 0.0 && i.upper >= 0.0);
    let by = format!("{:.4}", Said(other.difference.abs()));
    let than = match is_first {
        true => format!("'{}', the next, ends {by} higher", other.name),
        false => format!("That is {by} lower than '{}'", first.name),
    };
    Some(match same {
        true => format!("{than}, but the interval of this difference contains 0."),
        false => format!("{than}."),
    })
}

fn verdict(trust: Trust, what: &str) -> (String, Tone) {
    match trust {
        Trust::Trustworthy => (format!("Nothing was found against the {what}."), Tone::Good),
        _ => (
            format!("CAUTION: read what was found before you use the {what}."),
            Tone::Bad,
        ),
    }
}
