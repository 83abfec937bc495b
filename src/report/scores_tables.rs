//! The tables of a suite: a row for each task, and a row for each law.

use super::document::Block;
use super::scores_words::{bracket, none_given, points};
use crate::ask::{ScoreForecast, ScoresAnswer, TaskAnswer};
use crate::number::percent;
use crate::said::Said;

/// One row per task.
pub(super) fn suite_table(answer: &ScoresAnswer, place: usize, main: f64) -> Block {
    let target = &answer.targets[place];
    let known = answer.tasks.iter().any(|t| t.actual(target).is_some());
    let level = percent(main);
    let mut head = vec!["task", "forecast", level.as_str(), "grade"];
    // A law that no task allows has no column.
    let is_used = |law: &&str| {
        let made = answer
            .tasks
            .iter()
            .filter_map(|t| t.forecasts[place].as_ref().ok());
        let mut members = made.flat_map(|made| &made.combined.members);
        members.any(|m| m.law.name() == *law)
    };
    let all = ["compute", "size", "two-step"];
    let mut laws: Vec<&str> = all.into_iter().filter(is_used).collect();
    // One law alone says what the forecast says.
    if laws.len() == 1 {
        laws.clear();
    }
    let names: Vec<String> = laws.iter().map(|law| format!("by {law}")).collect();
    head.extend(names.iter().map(String::as_str));
    let of_actual = head.len();
    if known {
        head.extend(["actual", ""]);
    }
    let row = |task: &TaskAnswer| {
        let mut row = vec![task.name().to_owned()];
        let actual = task.actual(target).map(|a| a.score);
        match &task.forecasts[place] {
            Ok(made) => {
                let interval = made.intervals.iter().find(|i| i.level == main);
                row.extend([
                    points(made.point()),
                    bracket(interval),
                    made.grade.name().to_owned(),
                ]);
                row.extend(laws.iter().map(|law| {
                    let own = made.combined.members.iter().find(|m| m.law.name() == *law);
                    own.map_or(String::new(), |m| points(m.point))
                }));
                if known {
                    row.push(actual.map_or(String::new(), points));
                    let inside = actual
                        .zip(interval)
                        .map(|(a, i)| i.lower <= a && a <= i.upper);
                    row.push(match inside {
                        Some(true) => "inside".to_owned(),
                        Some(false) => "OUTSIDE".to_owned(),
                        None => String::new(),
                    });
                }
            }
            Err(why) => {
                row.push(format!("none: {}", why.code));
                row.resize(head.len(), String::new());
                if known {
                    row[of_actual] = actual.map_or(String::new(), points);
                }
            }
        }
        row
    };
    let text = [0, 2, 3, of_actual + 1];
    Block::table(&head, &text, answer.tasks.iter().map(row))
}

/// What each law says.
pub(super) const MEMBERS: [&str; 4] = ["law", "score", "90 % delta", "part of the mean"];

/// One row per law.
pub(super) fn member_table(task: &TaskAnswer, place: usize, main: f64) -> Block {
    match &task.forecasts[place] {
        Err(why) => Block::Facts(vec![none_given(why)]),
        Ok(made) => Block::table(&MEMBERS, &[0, 2], member_rows(made, main)),
    }
}

/// One row per law, and one per level other than the main one.
pub(super) fn member_rows(made: &ScoreForecast, main: f64) -> Vec<Vec<String>> {
    let members = made.combined.members.iter().map(|m| {
        vec![
            m.law.name().to_owned(),
            points(m.point),
            format!(
                "{:.1} .. {:.1} %",
                Said(100.0 * m.delta.0),
                Said(100.0 * m.delta.1)
            ),
            match m.weight > 0.0 {
                true => format!("{:.0} %", Said(100.0 * m.weight)),
                false => "not counted".to_owned(),
            },
        ]
    });
    let intervals = made.intervals.iter().filter(|i| i.level != main);
    let others = intervals.map(|i| {
        let level = percent(i.level);
        vec![
            format!("forecast, {level}"),
            points(made.point()),
            bracket(Some(i)),
            String::new(),
        ]
    });
    members.chain(others).collect()
}
