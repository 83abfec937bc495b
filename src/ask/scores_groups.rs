//! Tasks of a suite that aggregate others and are not counted in its average.

use super::scores_answer::{ScoresAnswer, TaskAnswer};
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::scores::hidden::{Group, Named, groups};
use crate::text::list;
use std::collections::HashMap;

/// The groups among these tasks. Adds a finding to each.
pub(super) fn found(tasks: &mut [TaskAnswer], by: Option<&str>) -> Vec<Group> {
    let mut numbers: HashMap<(String, u64), u64> = HashMap::new();
    let mut number = |model: &str, compute: f64| {
        let next = numbers.len() as u64;
        let key = (model.to_owned(), compute.to_bits());
        *numbers.entry(key).or_insert(next)
    };
    let mut named = Vec::new();
    for task in tasks.iter() {
        let fitted = task.models.iter().map(|m| (&m.model, m.compute, m.rate));
        let actuals = task.actuals.iter();
        let all = fitted.chain(actuals.map(|a| (&a.model, a.target.compute, a.score)));
        named.push(Named {
            task: &task.task,
            scores: all
                .map(|(model, compute, score)| (number(model, compute), score))
                .collect(),
        });
    }
    let found = groups(&named);
    let words: Vec<Diagnosis> = found
        .iter()
        .map(|group| finding(group, tasks, by))
        .collect();
    for (group, words) in found.iter().zip(words) {
        tasks[group.task].diagnoses.push(words);
    }
    found
}

fn finding(group: &Group, tasks: &[TaskAnswer], by: Option<&str>) -> Diagnosis {
    let name = crate::text::excerpt(&tasks[group.task].task);
    let parts = list(group.parts.iter().map(|part| tasks[*part].task.as_str()));
    match group.certain {
        true => Diagnosis::new(
            Code::GroupOfTasks,
            Severity::Note,
            format!("'{name}' is {parts} together: it is not counted in the average"),
            "to count it and not its parts, leave out the rows of its parts",
        ),
        false => Diagnosis::new(
            Code::GroupOfTasks,
            Severity::Warn,
            format!(
                "by its name, and since its scores lie between theirs, '{name}' may be {parts} together: the average \
                 counts it beside them"
            ),
            "leave out its rows, or those of its parts, unless it is a task of its own",
        ),
    }
    .with_remedy(match by.filter(|by| !by.contains(',')) {
        Some(by) => Setting::Where.to(format!("{by} != '{}'", tasks[group.task].task)),
        None => Setting::Where.into(),
    })
}

impl ScoresAnswer {
    /// The tasks in the average.
    pub(crate) fn counted(&self) -> impl Iterator<Item = &TaskAnswer> {
        let tasks = self.tasks.iter().enumerate();
        tasks
            .filter(|(place, _)| counts(&self.groups, *place))
            .map(|(_, task)| task)
    }

    /// The names of the tasks that are not in the average.
    pub(crate) fn not_counted(&self) -> Vec<&str> {
        let groups = self.groups.iter().filter(|group| group.certain);
        groups.map(|group| self.tasks[group.task].name()).collect()
    }
}

/// Whether a task counts in the average.
pub(super) fn counts(groups: &[Group], place: usize) -> bool {
    !groups
        .iter()
        .any(|group| group.certain && group.task == place)
}
