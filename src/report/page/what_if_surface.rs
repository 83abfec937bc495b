//! The what-if part of the page of an allocation: other budgets, and one run less.

use super::super::controls::Controls;
use super::super::document::Block;
use super::what_if::{left_out, rounded};
use crate::allocation::AllocationQuantity;
use crate::ask::{AllocationAt, LeftOut, SurfaceReport, SurfaceWhatIf};
use crate::number::{compute, digits, percent};
use crate::quantity::format_quantity;
use crate::said::Said;

/// The tables, and the controls that show one of their answers at a time.
pub(super) fn what_if(page: &SurfaceReport) -> Vec<Block> {
    let Some(found) = &page.what_if else {
        return Vec::new();
    };
    let choices = found.choices.iter();
    let choices = choices.map(|(run, all)| (name(run.as_ref()), all.iter().map(said).collect()));
    let controls = Controls {
        target: "budget".to_owned(),
        targets: found.budgets.iter().map(|c| budget(*c)).collect(),
        asked: found.asked,
        choices: choices.collect(),
    };
    let count = found.choices.len() - 1;
    let left_out = left_out(count, page.allocation.fit.fitted_runs().count());
    vec![
        Block::Controls(controls),
        by_budget(found),
        by_run(found),
        Block::text(format!(
            "Each number was computed when this page was written, by the same law as the \
             allocation. The intervals are those of the delta method. {left_out}"
        )),
    ]
}

/// A budget with three digits.
fn budget(c: f64) -> String {
    compute(rounded(c))
}

fn name(run: Option<&LeftOut>) -> String {
    match run {
        None => "all runs".to_owned(),
        Some((line, None)) => format!("without the run of line {line}"),
        Some((line, Some(run))) => format!("without {run} (line {line})"),
    }
}

/// The interval of N*, and its level.
fn interval(at: &AllocationAt) -> Option<(String, f64)> {
    let mut all = at.intervals.iter();
    let own = all.find(|i| i.quantity == AllocationQuantity::Params)?;
    let ends = own.lower.zip(own.upper)?;
    let words = format!("{} to {}", format_quantity(ends.0), format_quantity(ends.1));
    Some((words, own.level))
}

/// One answer in words.
fn said(at: &Option<AllocationAt>) -> String {
    let Some(at) = at else {
        return "no allocation".to_owned();
    };
    let ends = interval(at).map_or(String::new(), |(ends, level)| {
        format!(" ({} confidence interval {ends})", percent(level))
    });
    format!(
        "{} parameters{ends} on {} tokens: loss {}, grade {}",
        format_quantity(at.best.params),
        format_quantity(at.best.tokens),
        digits(at.best.loss, 4),
        at.grade
    )
}

fn cells(at: Option<&AllocationAt>) -> [String; 5] {
    match at {
        None => ["no allocation", "", "", "", ""].map(str::to_owned),
        Some(at) => [
            format_quantity(at.best.params),
            interval(at).map_or(String::new(), |(ends, _)| ends),
            format_quantity(at.best.tokens),
            digits(at.best.loss, 4),
            at.grade.to_string(),
        ],
    }
}

fn by_budget(found: &SurfaceWhatIf) -> Block {
    let all = found.choices.first().map_or(&[][..], |(_, all)| all);
    let rows = found.budgets.iter().zip(all).map(|(c, at)| {
        let cells = cells(at.as_ref());
        std::iter::once(budget(*c))
            .chain(cells)
            .collect::<Vec<String>>()
    });
    let head = ["budget", "N*", "interval of N*", "D*", "loss", "grade"];
    Block::table(&head, &[2, 5], rows.collect::<Vec<_>>())
}

fn by_run(found: &SurfaceWhatIf) -> Block {
    let at = |all: &[Option<AllocationAt>]| all.get(found.asked).cloned().flatten();
    let own = found.choices.first().and_then(|(_, all)| at(all));
    let rows = found.choices.iter().map(|(run, all)| {
        let one = at(all);
        let both = own.as_ref().zip(one.as_ref());
        let change = both.map_or(String::new(), |(own, one)| {
            let share = one.best.params / own.best.params - 1.0;
            format!("{:+.1} %", Said(100.0 * share))
        });
        let [n, ends, d, loss, _] = cells(one.as_ref());
        vec![name(run.as_ref()), n, ends, d, loss, change]
    });
    let title = format!("at {}", budget(found.budgets[found.asked]));
    let head = [&title, "N*", "interval of N*", "D*", "loss", "change of N*"];
    Block::table(&head, &[0, 2], rows.collect::<Vec<_>>())
}
