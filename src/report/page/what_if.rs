//! The what-if part of a page: other targets, single methods, one run less.

use super::super::controls::Controls;
use super::super::document::Block;
use super::super::fit::bracket;
use crate::ask::{By, LossReport, WhatIf, WhatIfAt};
use crate::number::{digits, percent, with_uncertainty};
use crate::runs::Variable;
use crate::said::Said;

/// The tables, and the controls that show one of their answers at a time.
pub(super) fn what_if(page: &LossReport) -> Vec<Block> {
    let Some(found) = &page.what_if else {
        return Vec::new();
    };
    let variable = page.forecast.fit.variable();
    let choices = found.choices.iter();
    let choices = choices.map(|(by, all)| (name(by), all.iter().map(said).collect()));
    let controls = Controls {
        target: variable.noun().to_owned(),
        targets: found.targets.iter().map(|x| target(variable, *x)).collect(),
        asked: found.asked,
        choices: choices.collect(),
    };
    let left_out_ones = found.choices.iter();
    let left_out_ones = left_out_ones.filter(|(by, _)| matches!(by, By::Without(..)));
    let count = left_out_ones.count();
    vec![
        Block::Controls(controls),
        by_target(found, variable),
        by_choice(found, variable),
        Block::text(format!(
            "Each number was computed when this page was written, by the same methods as the \
             forecast. {}",
            left_out(count, page.forecast.fit.fitted_runs().count())
        )),
    ]
}

/// Which of all fitted runs are left out in turn, given how many are.
pub(super) fn left_out(count: usize, fitted: usize) -> String {
    match count < fitted {
        true if count == 0 => "There are too many runs for one of them to decide.".to_owned(),
        true => format!(
            "Each of the {count} largest runs is left out in turn, because these decide most."
        ),
        false => "Each run is left out in turn.".to_owned(),
    }
}

/// A number with three digits.
pub(super) fn rounded(x: f64) -> f64 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

/// A target with three digits.
fn target(variable: Variable, x: f64) -> String {
    variable.shown(rounded(x))
}

fn name(by: &By) -> String {
    match by {
        By::All => "all methods, all runs".to_owned(),
        By::Law => "the law alone".to_owned(),
        By::Member(name) => format!("{name} alone"),
        By::Without(line, None) => format!("without the run of line {line}"),
        By::Without(line, Some(run)) => format!("without {run} (line {line})"),
    }
}

fn spread(at: &WhatIfAt) -> Option<f64> {
    at.interval.map(|i| 0.25 * (i.upper - i.lower))
}

fn point(at: &WhatIfAt) -> String {
    match spread(at) {
        Some(spread) => with_uncertainty(at.point, Some(spread)),
        None => digits(at.point, 4),
    }
}

/// One answer in words.
fn said(at: &Option<WhatIfAt>) -> String {
    let Some(at) = at else {
        return "no forecast".to_owned();
    };
    let interval = at.interval.map_or(String::new(), |i| {
        let interval = bracket(&i, spread(at));
        format!(
            ", {} calibrated prediction interval {interval}",
            percent(i.level)
        )
    });
    let grade = at
        .grade
        .map_or(String::new(), |grade| format!(", grade {grade}"));
    format!("Loss {}{interval}{grade}", point(at))
}

fn cells(at: &Option<WhatIfAt>) -> [String; 3] {
    match at {
        None => ["no forecast".to_owned(), String::new(), String::new()],
        Some(at) => [
            point(at),
            at.interval
                .map_or(String::new(), |i| bracket(&i, spread(at))),
            at.grade.map_or(String::new(), |grade| grade.to_string()),
        ],
    }
}

fn by_target(found: &WhatIf, variable: Variable) -> Block {
    let all = found
        .choices
        .iter()
        .flat_map(|(_, all)| all.iter())
        .take(found.targets.len());
    let rows = found.targets.iter().zip(all).map(|(x, at)| {
        let [point, interval, grade] = cells(at);
        vec![target(variable, *x), point, interval, grade]
    });
    let head = [variable.noun(), "forecast", "calibrated interval", "grade"];
    Block::table(&head, &[2, 3], rows.collect::<Vec<_>>())
}

fn by_choice(found: &WhatIf, variable: Variable) -> Block {
    let at = |all: &[Option<WhatIfAt>]| all.get(found.asked).cloned().flatten();
    let own = found.choices.first().and_then(|(_, all)| at(all));
    let rows = found.choices.iter().map(|(by, all)| {
        let one = at(all);
        let change = own
            .as_ref()
            .zip(one.as_ref())
            .map_or(String::new(), |(own, one)| {
                format!("{:+.1} %", Said(100.0 * (one.point / own.point - 1.0)))
            });
        let [point, interval, _] = cells(&one);
        vec![name(by), point, interval, change]
    });
    let title = format!(
        "at {}{}",
        variable.before(),
        variable.shown(found.targets[found.asked])
    );
    let head = [&title, "forecast", "calibrated interval", "change"];
    Block::table(&head, &[0, 2], rows.collect::<Vec<_>>())
}
