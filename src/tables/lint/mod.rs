//! Checks of a table: reasons why its rows cannot be independent runs of one curve.
//!
//! Each file looks for one finding. It sees the cells as written, the roles of the columns and the
//! runs made from the rows. Only the line numbers in a finding depend on the order of rows.

mod branches;
mod decay;
mod duplicates;
mod early;
mod kind;
mod lost;
mod names;
mod seen;
mod steps;
mod sweep;
mod tasks;
#[cfg(test)]
mod tests;
mod units;

pub(super) use duplicates::{scores_listed_twice, several_scores};
pub(super) use names::Known;
pub(super) use seen::{Lost, Seen};
pub(super) use tasks::{pooled, repeated, seeds_of, tasks_of};

use crate::finding::Diagnosis;

/// All findings, those that forbid a fit first.
pub(super) fn findings(seen: &Seen<'_>) -> Vec<Diagnosis> {
    let curves = steps::several_steps(seen);
    // Rows of training curves have no size or end of their own.
    let of_runs: &[fn(&Seen<'_>) -> Option<Diagnosis>] = match curves {
        Some(_) => &[],
        None => &[
            tasks::pooled_recipes,
            sweep::pooled_sweep,
            early::ended_early,
            duplicates::listed_twice,
            branches::share_a_trunk,
        ],
    };
    let blocking = [curves, tasks::pooled_tasks(seen), lost::runs_lost(seen)];
    let rest = of_runs.iter().map(|find| find(seen));
    let all = blocking.into_iter().chain(rest);
    let of_rows = [
        units::mixed_units(seen),
        decay::still_decays(seen),
        kind::unknown(seen),
    ];
    all.chain(of_rows).flatten().collect()
}
