//! The scores in a registered entry: laws, findings and grades.

use super::document::{Fact, Tone, fact};
use crate::forecast::Grade;
use serde_json::Value;

/// The law, the tasks, the status and the grades of the result of an entry about scores.
pub(super) fn facts(result: &Value, tasks: &[Value]) -> Vec<Fact> {
    let mut names: Vec<&str> = Vec::new();
    for law in tasks.iter().flat_map(|task| list(&task["laws"])) {
        let name = law["law"].as_str().unwrap_or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut facts = vec![fact("Law", format!("mean of {}", names.join(", ")))];
    if let Some(by) = result["by"].as_str() {
        let given = tasks.iter().filter(|task| grade(task).is_some()).count();
        let count = tasks.len() + list(&result["failed"]).len();
        let said = format!("{given} of {count} told apart by {by} have predictions");
        facts.push(fact("Tasks", said));
    }
    facts.push(status(tasks));
    facts.extend(grades(tasks));
    facts
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The codes of the findings about a task.
fn found(task: &Value) -> impl Iterator<Item = &str> {
    list(&task["diagnoses"])
        .iter()
        .filter(|one| one["severity"] != "note")
        .filter_map(|one| one["code"].as_str())
}

fn status(tasks: &[Value]) -> Fact {
    let trusted = tasks.iter().filter(|task| found(task).next().is_none());
    let (trusted, count) = (trusted.count(), tasks.len());
    let tone = match trusted == count {
        true => Tone::Good,
        false => Tone::Plain,
    };
    let said = match tasks {
        [only] => {
            let verdict = only["verdict"].as_str().unwrap_or_default();
            let verdict = verdict.replace('-', " ").to_uppercase();
            let found = found(only).map(|code| code.replace('-', " "));
            let parts: Vec<String> = std::iter::once(verdict).chain(found).collect();
            parts.join(", ")
        }
        _ => format!("nothing was found against {trusted} of {count} tasks"),
    };
    ("Status".to_owned(), said, tone)
}

/// The grade of the last forecast of a task, and the reason for it.
fn grade(task: &Value) -> Option<(Grade, &str)> {
    let last = list(&task["forecasts"]).last()?;
    let grade = serde_json::from_value(last["grade"].clone()).ok()?;
    Some((grade, last["because"].as_str().unwrap_or_default()))
}

/// The grade of the only task, or the number of tasks with each grade.
fn grades(tasks: &[Value]) -> Option<Fact> {
    if let [only] = tasks {
        let (grade, because) = grade(only)?;
        let said = format!("{}: {because}", grade.name().to_uppercase());
        return Some(("Grade".to_owned(), said, super::grade::tone(grade)));
    }
    let all: Vec<Grade> = tasks.iter().filter_map(|t| Some(grade(t)?.0)).collect();
    let counted = [Grade::High, Grade::Moderate, Grade::Low];
    let counted = counted.map(|grade| (all.iter().filter(|own| **own == grade).count(), grade));
    let given = counted.iter().filter(|(count, _)| *count > 0);
    let said: Vec<String> = given
        .map(|(count, grade)| format!("{count} {grade}"))
        .collect();
    (!said.is_empty()).then(|| fact("Grades", said.join(", ")))
}
