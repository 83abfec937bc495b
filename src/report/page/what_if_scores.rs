//! The what-if part of a page of scores: other targets, single laws, single tasks.

use super::super::controls::Controls;
use super::super::document::Block;
use super::super::scores::{average_words, forecast_words};
use super::super::scores_words::model;
use super::what_if::rounded;
use crate::ask::{ScoresAnswer, TaskAnswer};
use crate::said::Said;
use crate::scores::hidden::ScoreTarget;

/// Most tasks whose forecasts are listed.
const TASKS: usize = 40;

/// The table, and the controls that show one of its forecasts at a time.
pub(super) fn what_if(answer: &ScoresAnswer) -> Vec<Block> {
    let Some(found) = &answer.what_if else {
        return Vec::new();
    };
    let choices = choices(&found.answer);
    if choices.is_empty() {
        return Vec::new();
    }
    let targets: Vec<String> = (found.answer.targets.iter())
        .map(|target| model(&short(target), "compute"))
        .collect();
    let head: Vec<&str> = std::iter::once("")
        .chain(choices.iter().map(|(name, _)| name.as_str()))
        .collect();
    let rows = targets.iter().enumerate().map(|(k, target)| {
        let cells = choices.iter().map(|(_, all)| all[k].clone());
        std::iter::once(target.clone())
            .chain(cells)
            .collect::<Vec<String>>()
    });
    let text: Vec<usize> = (0..head.len()).collect();
    let table = Block::table(&head, &text, rows.collect::<Vec<_>>());
    let summary = format!("All {} forecasts as a table", targets.len() * choices.len());
    let growth = match found
        .answer
        .targets
        .iter()
        .any(|target| target.size.is_some())
    {
        true => {
            " Parameters and tokens grow geometrically from the largest model through the target."
        }
        false => "",
    };
    let left_out = match found.answer.tasks.len() > TASKS {
        true => format!(" The first {TASKS} tasks are listed."),
        false => String::new(),
    };
    vec![
        Block::Controls(Controls {
            target: "model".to_owned(),
            asked: found.asked,
            targets,
            choices,
        }),
        Block::Details(summary, vec![table]),
        Block::text(format!(
            "Each number was computed when this page was written, by the same methods as the \
             forecast.{growth}{left_out}"
        )),
    ]
}

/// A target with three digits.
fn short(target: &ScoreTarget) -> ScoreTarget {
    ScoreTarget {
        compute: rounded(target.compute),
        size: target.size.map(|(n, d)| (rounded(n), rounded(d))),
    }
}

/// The names of the forecasts, and the words of each at every target.
fn choices(answer: &ScoresAnswer) -> Vec<(String, Vec<String>)> {
    let main = answer.main();
    let of_task = |task: &TaskAnswer| -> Vec<String> {
        let all = task.forecasts.iter();
        all.map(|made| match made {
            Ok(made) => format!("{}, grade {}", forecast_words(made, main), made.grade),
            Err(why) => format!("no forecast: {}", why.code),
        })
        .collect()
    };
    if let [only] = answer.tasks.as_slice() {
        let mut all = vec![("all laws".to_owned(), of_task(only))];
        let fitted = only.fit.laws.iter().map(|law| law.law.name());
        all.extend(fitted.map(|name| (format!("{name} alone"), by_law(only, name))));
        return all;
    }
    let averages: Vec<String> = (answer.averages.iter())
        .map(|average| match average {
            Some(average) => average_words(answer, average, main),
            None => "no average without all tasks".to_owned(),
        })
        .collect();
    let tasks = answer.tasks.iter().take(TASKS);
    let tasks = tasks.map(|task| (task.name().to_owned(), of_task(task)));
    std::iter::once(("average of the tasks".to_owned(), averages))
        .chain(tasks)
        .collect()
}

/// What one law says, with its interval by the delta method.
fn by_law(task: &TaskAnswer, name: &str) -> Vec<String> {
    let all = task.forecasts.iter();
    all.map(|made| {
        let made = made.as_ref().ok();
        let mut members = made.iter().flat_map(|made| &made.combined.members);
        members.find(|m| m.law.name() == name).map_or_else(
            || "no forecast".to_owned(),
            |m| {
                let [point, low, high] = [m.point, m.delta.0, m.delta.1].map(|s| 100.0 * s);
                format!(
                    "{:.1} % [{:.1} .. {:.1} %, 90 % delta confidence interval]",
                    Said(point),
                    Said(low),
                    Said(high)
                )
            },
        )
    })
    .collect()
}
