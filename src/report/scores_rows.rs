//! Scores of a suite as CSV.

use super::rows::csv;
use crate::ask::{ScoresAnswer, TaskAnswer};
use crate::capability::Verdict;
use crate::fit::Severity;
use crate::forecast::Grade;
use crate::interval::{Interval, Kind};
use crate::scores::hidden::{LawFit, ScoreTarget};
use serde::Serialize;

table_row!(
    /// One row of forecasts: the columns of a capability, and those that only scores have.
    struct ScoreRow {
        bucket: &'static str,
        quantity: &'static str,
        compute: f64,
        point: Option<f64>,
        about: Option<&'static str>,
        level: Option<f64>,
        kind: Option<Kind>,
        method: Option<&'static str>,
        lower: Option<f64>,
        upper: Option<f64>,
        extrapolation: f64,
        status: String,
        verdict: Option<Verdict>,
        params: Option<f64>,
        tokens: Option<f64>,
        grade: Option<Grade>,
        actual: Option<f64>,
    }
);

table_row!(
    /// One row of laws.
    struct LawRow {
        law: &'static str,
        parameter: &'static str,
        value: Option<f64>,
        scatter: Option<f64>,
        models: Option<usize>,
        verdict: Option<Verdict>,
        status: String,
    }
);

/// The bucket of all problems, named as in a capability's CSV.
const ALL: &str = "all";

/// The status of a task that could not be read.
const UNREAD: &str = "abstained: no-fit";

/// The name of the average among the tasks.
const AVERAGE: &str = "average";

fn status(task: &TaskAnswer) -> String {
    let mut found = task.diagnoses.iter();
    match found.find(|d| d.severity == Severity::Refuse) {
        Some(found) if task.refusal.is_none() => format!("forced: {}", found.code),
        Some(found) => format!("abstained: {}", found.code),
        None => "ok".to_owned(),
    }
}

/// All numbers as CSV.
pub(super) fn table(answer: &ScoresAnswer) -> String {
    let suite = answer.request.by.is_some();
    if answer.targets.is_empty() {
        let rows = answer.tasks.iter().flat_map(|task| {
            let row = move |law: &LawFit, (parameter, value)| LawRow {
                law: law.law.name(),
                parameter,
                value: Some(value),
                scatter: Some(law.scatter),
                models: Some(task.models.len()),
                verdict: Some(task.verdict()),
                status: status(task),
            };
            let laws = task.fit.laws.iter();
            laws.flat_map(move |law| {
                let named = law.named(task.fit.chance()).into_iter();
                named.map(move |value| (task.name(), row(law, value)))
            })
        });
        let unread = answer.failed.iter().map(|(task, _)| {
            let row = LawRow {
                law: "",
                parameter: "",
                value: None,
                scatter: None,
                models: None,
                verdict: None,
                status: UNREAD.to_owned(),
            };
            (task.as_str(), row)
        });
        return under(suite, &LawRow::COLUMNS, rows.chain(unread));
    }
    let mut rows = Vec::new();
    for (place, target) in answer.targets.iter().enumerate() {
        for task in &answer.tasks {
            let all = task_rows(answer, task, place).into_iter();
            rows.extend(all.map(|row| (task.name(), row)));
        }
        rows.extend(answer.failed.iter().map(|(task, _)| {
            let status = UNREAD.to_owned();
            let row = row(answer, target, None, None);
            (task.as_str(), ScoreRow { status, ..row })
        }));
        if let Some(average) = answer.averages[place].filter(|_| suite) {
            let intervals = answer.average_intervals(&average);
            let row = |i: &Interval| (AVERAGE, row(answer, target, Some(average.point), Some(i)));
            rows.extend(intervals.iter().map(row));
        }
    }
    under(suite, &ScoreRow::COLUMNS, rows)
}

/// Rows as CSV, preceded by the name of the task if there is a suite.
fn under<'a, R: Serialize>(
    suite: bool,
    columns: &[&'static str],
    rows: impl IntoIterator<Item = (&'a str, R)>,
) -> String {
    let rows = rows.into_iter();
    match suite {
        true => csv(&[&["series"], columns].concat(), rows),
        false => csv(columns, rows.map(|(_, row)| row)),
    }
}

fn row(
    answer: &ScoresAnswer,
    target: &ScoreTarget,
    point: Option<f64>,
    i: Option<&Interval>,
) -> ScoreRow {
    ScoreRow {
        bucket: ALL,
        quantity: "score",
        compute: target.compute,
        point,
        about: None,
        level: i.map(|i| i.level),
        kind: i.map(|i| i.kind),
        method: i.map(|i| i.method.name()),
        lower: i.map(|i| i.lower),
        upper: i.map(|i| i.upper),
        extrapolation: target.compute / answer.largest,
        status: "ok".to_owned(),
        verdict: None,
        params: target.size.map(|s| s.0),
        tokens: target.size.map(|s| s.1),
        grade: None,
        actual: None,
    }
}

fn task_rows(answer: &ScoresAnswer, task: &TaskAnswer, place: usize) -> Vec<ScoreRow> {
    let target = &answer.targets[place];
    let known = |row: ScoreRow| ScoreRow {
        actual: task.actual(target).map(|a| a.score),
        verdict: Some(task.verdict()),
        ..row
    };
    match &task.forecasts[place] {
        Ok(made) => {
            let of = |i: &Interval| ScoreRow {
                grade: Some(made.grade),
                status: status(task),
                ..known(row(answer, target, Some(made.point()), Some(i)))
            };
            made.intervals.iter().map(of).collect()
        }
        Err(why) => vec![ScoreRow {
            status: format!("abstained: {}", why.code),
            ..known(row(answer, target, None, None))
        }],
    }
}
