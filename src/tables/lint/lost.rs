//! Rows that could not become runs, where the fit would depend on which rows are left.

use super::seen::{Lost, Seen, is_blank, lenient};
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::quantity::{format_quantity, parse_quantity};
use crate::remedy::Setting;
use crate::runs::{Role, Run};

/// Losses that were lost among the largest runs, or from more than a third of the rows. Blank cells
/// are ignored: they mean that a run has no loss yet.
pub(super) fn runs_lost(seen: &Seen<'_>) -> Option<Diagnosis> {
    let loss = seen.columns.loss.index;
    let fitted = || seen.runs.iter().filter(|run| run.role == Role::Fit);
    let largest = fitted().map(|run| run.x).reduce(f64::max)?;
    let lowest = fitted().map(|run| run.loss).reduce(f64::min)?;
    let within = |x: f64| seen.options.fit_below.is_none_or(|limit| x < limit);
    let compute = seen.runs.iter().all(Run::has_compute);
    let written = |lost: &&Lost<'_>| {
        let sizes = [
            seen.columns.compute,
            seen.columns.params,
            seen.columns.tokens,
        ];
        let wanted = seen.columns.wanted.iter().map(|wanted| wanted.column);
        let mut sizes = sizes.into_iter().flatten().chain(wanted);
        !is_blank(lost.row.cell(loss)) && sizes.any(|size| !is_blank(lost.row.cell(size.index)))
    };
    let lost: Vec<&Lost<'_>> = seen.lost.iter().filter(written).collect();
    let is_largest = |lost: &&&Lost<'_>| match seen.size_of(lost.row) {
        _ if !compute => false,
        Some(x) => x > largest * (1.0 + 1e-9) && within(x),
        None => lenient(lost.row.cell(loss)).is_some_and(|loss| loss < lowest),
    };
    let beyond: Vec<&&Lost<'_>> = lost.iter().filter(is_largest).collect();
    let many = 3 * lost.len() > lost.len() + seen.runs.len();
    let (shown, what): (Vec<&Lost<'_>>, String) = if !beyond.is_empty() {
        let sizes = beyond.iter().filter_map(|lost| seen.size_of(lost.row));
        let up_to = sizes.reduce(f64::max).map_or(String::new(), |x| {
            format!(
                " up to {}{}",
                seen.options.over.before(),
                format_quantity(x)
            )
        });
        let what = format!(
            "larger than every run that is left, the largest of which has {}{}{}",
            seen.options.over.before(),
            format_quantity(largest),
            match up_to.is_empty() {
                true => String::new(),
                false => format!(", and reach{up_to}"),
            }
        );
        (beyond.into_iter().copied().collect(), what)
    } else if many {
        let all = lost.len() + seen.runs.len();
        let what = format!(
            "{} of {all}, and the fit would rest on the others",
            lost.len()
        );
        (lost, what)
    } else {
        return None;
    };
    let first = shown.iter().min_by_key(|lost| lost.row.line)?;
    let message = format!(
        "rows that cannot be read as runs ({}: {}) are {what}",
        lines(shown.iter().map(|lost| lost.row.line)),
        first.reason
    );
    let below_zero = |lost: &&Lost<'_>| parse_quantity(lost.row.cell(loss)).is_ok_and(|l| l < 0.0);
    let hint = match shown.iter().any(below_zero) {
        true => {
            "losses below zero are fitted by absolute residuals and a floor whose bounds reach below \
             zero; else correct these cells, or leave the rows out by a condition"
        }
        false => "correct these cells, or leave the rows out by a condition",
    };
    let found = Diagnosis::new(Code::RunsLost, Severity::Refuse, message, hint);
    let found = match shown.iter().any(below_zero) {
        true if seen.columns.wanted.is_empty() => found
            .with_remedy(Setting::Residuals.to("absolute"))
            .with_remedy(Setting::Bounds.to("c=-10..10")),
        true => found.with_remedy(Setting::Residuals.to("absolute")),
        false => found,
    };
    Some(
        found
            .with_remedy(Setting::Exclude)
            .with_remedy(Setting::Force),
    )
}
