//! The facts about a suite of scores that come before its forecasts.

use super::document::{Fact, fact};
use super::fit::source_name;
use crate::ask::{ScoresAnswer, TaskAnswer};
use crate::number::digits;
use crate::text::list;

/// The laws that some tasks do not allow, with the reasons. A task without any law has a finding
/// that says so.
pub(super) fn not_fitted(answer: &ScoresAnswer) -> Option<Fact> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for task in answer.tasks.iter().filter(|task| !task.fit.laws.is_empty()) {
        for (law, why) in &task.fit.without {
            let words = format!("{}: {why}", law.name());
            match reasons.iter_mut().find(|(known, _)| *known == words) {
                Some((_, tasks)) => tasks.push(task.name()),
                None => reasons.push((words, vec![task.name()])),
            }
        }
    }
    let fitted = answer.tasks.iter().filter(|task| !task.fit.laws.is_empty());
    let all = fitted.count();
    let said = reasons
        .into_iter()
        .map(|(words, tasks)| match tasks.len() < all {
            true => format!("{words} ({})", list(tasks)),
            false => words,
        });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| fact("Not fitted", said.join("; ")))
}

/// The score of guessing, with the tasks that have it where it differs between tasks. Zero is
/// assumed where nothing else is known, so the tasks with zero are always named.
pub(super) fn chances(answer: &ScoresAnswer) -> String {
    let mut values: Vec<f64> = answer.tasks.iter().map(|t| t.fit.chance()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let assumed = "as neither the table nor the name of a task says otherwise";
    let of = |value: f64| {
        let tasks = answer.tasks.iter().filter(|t| t.fit.chance() == value);
        let names = list(tasks.map(TaskAnswer::name));
        match value == 0.0 {
            true => format!("0 ({names}), {assumed}"),
            false => format!("{} ({names})", digits(value, 4)),
        }
    };
    match values.as_slice() {
        [0.0] => format!("0, {assumed}"),
        [only] => digits(*only, 4),
        several => several
            .iter()
            .rev()
            .map(|v| of(*v))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

/// How the table was understood, each sentence once.
pub(super) fn notes(answer: &ScoresAnswer) -> Option<Fact> {
    let mut all: Vec<&str> = Vec::new();
    for note in answer.tasks.iter().flat_map(|task| &task.notes) {
        if !all.contains(&note.as_str()) {
            all.push(note);
        }
    }
    (!all.is_empty()).then(|| fact("Note", all.join("; ")))
}

pub(super) fn data(answer: &ScoresAnswer) -> String {
    let models = answer.tasks.iter().map(|t| t.models.len());
    let (few, many) = (models.clone().min().unwrap_or(0), models.max().unwrap_or(0));
    let models = match few == many {
        true => format!("{many}"),
        false => format!("{few} to {many}"),
    };
    let mut line = format!("{}: ", source_name(&answer.source));
    if answer.only().is_none() {
        line += &format!("{} tasks, ", answer.tasks.len() + answer.failed.len());
    }
    if !answer.failed.is_empty() {
        let unread = answer.failed.iter().map(|(task, _)| task.as_str());
        line += &format!("{} not read ({}), ", answer.failed.len(), list(unread));
    }
    line += &format!("{models} models fitted");
    let actuals = answer
        .tasks
        .iter()
        .map(|t| t.actuals.len())
        .max()
        .unwrap_or(0);
    if actuals > 0 {
        line += &format!(", {actuals} kept as actual");
    }
    let excluded: usize = answer.tasks.iter().map(|t| t.excluded.len()).sum();
    let first = answer.tasks.iter().find_map(|t| t.excluded.first());
    if let Some(first) = first {
        line += &format!(
            ", {excluded} row{} excluded (line {}: {}{})",
            if excluded == 1 { "" } else { "s" },
            first.line,
            first.reason,
            if excluded > 1 { "; ..." } else { "" }
        );
    }
    line
}
