//! Runs that ended early or are not marked as finished.

use super::names::{PLANNED_STEPS, PLANNED_TOKENS, STATES};
use super::seen::Seen;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::quantity::{format_quantity, parse_quantity};
use crate::remedy::{Remedy, Setting};
use crate::text::excerpt;
use std::collections::{BTreeMap, HashSet};

const UNFINISHED: [&str; 23] = [
    "crashed",
    "crash",
    "failed",
    "failure",
    "running",
    "killed",
    "preempted",
    "preempting",
    "error",
    "aborted",
    "interrupted",
    "cancelled",
    "canceled",
    "diverged",
    "oom",
    "timeout",
    "incomplete",
    "unfinished",
    "stopped",
    "terminated",
    "pending",
    "queued",
    "scheduled",
];
/// A run that reaches less than this share of its planned end ended early.
const REACHED: f64 = 0.9;

/// What was found about some rows: their lines, the finding, and a way to leave them out.
struct Found {
    lines: Vec<u64>,
    what: String,
    remedy: Remedy,
}

/// Runs that ended early, judged by their state, by the plan, or by the common end of the others.
pub(super) fn ended_early(seen: &Seen<'_>) -> Option<Diagnosis> {
    let by_plan = short_of_plan(seen);
    let all = [marked(seen), by_plan.or_else(|| short_of_the_others(seen))];
    let all: Vec<Found> = all.into_iter().flatten().collect();
    let parts: Vec<&str> = all.iter().map(|found| &*found.what).collect();
    let rows = all.iter().flat_map(|found| found.lines.iter().copied());
    let rows: Vec<u64> = rows.collect();
    let message = match rows.is_empty() {
        true => return None,
        false => format!("{} ({})", parts.join("; "), lines(rows)),
    };
    let diagnosis = Diagnosis::new(
        Code::EndedEarly,
        Severity::Warn,
        message,
        "the loss of a run that did not end as planned lies off the curve: leave it out",
    );
    // A remedy that names its rows is more useful than one that does not.
    let mut remedies: Vec<Remedy> = all.into_iter().map(|found| found.remedy).collect();
    remedies.sort_by_key(|remedy| remedy.value().is_none());
    let named = remedies.iter().filter(|remedy| remedy.value().is_some());
    remedies.truncate(named.count().max(1));
    Some(remedies.into_iter().fold(diagnosis, Diagnosis::with_remedy))
}

/// Runs whose state says that they did not finish.
fn marked(seen: &Seen<'_>) -> Option<Found> {
    let column = *seen.called(&STATES).first()?;
    let unfinished = |cell: &str| UNFINISHED.contains(&&*cell.to_lowercase());
    let found = seen.pairs().filter(|(_, row)| unfinished(row.cell(column)));
    let found: Vec<(u64, &str)> = found
        .map(|(run, row)| (run.line, row.cell(column)))
        .collect();
    let mut states: Vec<&str> = found.iter().map(|found| found.1).collect();
    states.sort_unstable();
    states.dedup();
    let first = states.first()?;
    let name = seen.name(column);
    Some(Found {
        what: format!(
            "{} marked '{}' in column '{}'",
            counted(found.len()),
            excerpt(&states.join("', '")),
            excerpt(name)
        ),
        remedy: Setting::Exclude.to(format!("{name} = '{first}'")),
        lines: found.into_iter().map(|found| found.0).collect(),
    })
}

fn counted(runs: usize) -> String {
    match runs {
        1 => "one run is".to_owned(),
        many => format!("{many} runs are"),
    }
}

/// Runs that stopped short of the steps or tokens that a column plans for them.
fn short_of_plan(seen: &Seen<'_>) -> Option<Found> {
    let step = seen.step_column();
    let of_steps = seen.called(&PLANNED_STEPS).first().copied().zip(step);
    let tokens = seen.columns.tokens.map(|column| column.index);
    let of_tokens = seen.called(&PLANNED_TOKENS).first().copied().zip(tokens);
    let short = |(planned, reached): (usize, usize)| {
        let found = seen.pairs().filter_map(|(run, row)| {
            let (end, plan) = (row.cell(reached), row.cell(planned));
            let (end, plan) = (parse_quantity(end).ok()?, parse_quantity(plan).ok()?);
            (end < REACHED * plan).then_some((run.line, end, plan))
        });
        let found: Vec<(u64, f64, f64)> = found.collect();
        let worst = found.iter().map(|f| f.1 / f.2).reduce(f64::min)?;
        Some(Found {
            what: format!(
                "{} short of the plan in column '{}', down to {:.0} % of it",
                counted(found.len()),
                excerpt(seen.name(planned)),
                100.0 * worst
            ),
            remedy: Setting::Exclude.into(),
            lines: found.into_iter().map(|found| found.0).collect(),
        })
    };
    of_steps
        .and_then(short)
        .or_else(|| of_tokens.and_then(short))
}

/// A few runs that end well before the step at which most of the others end.
fn short_of_the_others(seen: &Seen<'_>) -> Option<Found> {
    let step = seen.step_column()?;
    let ends = seen.pairs().filter_map(|(run, row)| {
        let end = parse_quantity(row.cell(step)).ok()?;
        Some((run.line, end, run.group.as_deref().unwrap_or_default()))
    });
    let ends: Vec<(u64, f64, &str)> = ends.collect();
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for (_, end, _) in ends.iter().filter(|of| of.1 > 0.0) {
        *counts.entry(end.to_bits()).or_default() += 1;
    }
    // The bits of positive numbers sort as the numbers do.
    let (common, count) = counts
        .into_iter()
        .max_by_key(|(end, count)| (*count, *end))?;
    let common = f64::from_bits(common);
    let early: Vec<&(u64, f64, &str)> = ends.iter().filter(|of| of.1 < REACHED * common).collect();
    if early.is_empty() || count < 3 || 2 * count < ends.len() || 4 * early.len() > ends.len() {
        return None;
    }
    let first = early.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let names: HashSet<&str> = early.iter().map(|of| of.2).collect();
    let who = match first.2 {
        "" => "a run".to_owned(),
        name => format!("run '{}'", excerpt(name)),
    };
    let more = match early.len() {
        1 => String::new(),
        many => format!(", as {} other runs do not reach that end", many - 1),
    };
    let group = match seen.columns.group[..] {
        [group] if names.len() == 1 && !first.2.is_empty() => Some(group),
        _ => None,
    };
    Some(Found {
        what: format!(
            "{who} ends at step {} where most runs end at {}{more}",
            format_quantity(first.1),
            format_quantity(common)
        ),
        remedy: match group {
            Some(group) => Setting::Exclude.to(format!("{} = '{}'", seen.name(group), first.2)),
            None => Setting::Exclude.into(),
        },
        lines: early.iter().map(|of| of.0).collect(),
    })
}
