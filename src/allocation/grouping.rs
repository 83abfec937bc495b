//! Which runs share a budget: by the planned budget, by the compute column, or by 6ND.

use super::counted::{Counted, Counting};
use super::flops::Flops;
use super::isoflop::{FEWEST, groups, sizes};
use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::runs::{Run, in_order};
use serde::Serialize;

/// A way to group the runs, with its result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Way {
    /// The source of the compute.
    pub(crate) counting: Counting,
    /// Number of budgets found.
    pub(crate) budgets: usize,
    /// Number of budgets with enough different sizes for a parabola.
    pub(crate) usable: usize,
}

/// The grouped runs.
#[derive(Debug, Clone)]
pub(crate) struct Grouped {
    /// All ways that were tried, the one in use first.
    pub(crate) ways: Vec<Way>,
    pub(crate) runs: Vec<Counted>,
}

/// Budgets with enough sizes that are needed for a line.
const LINE: usize = 2;
/// The runs counted in one way.
///
/// # Errors
/// [`ErrorKind::Data`] if a run lacks N, D or the value that it is counted by.
pub fn counted_by<'a>(
    runs: impl IntoIterator<Item = &'a Run>,
    counting: Counting,
) -> Result<Vec<Counted>> {
    let lacking = |run: &Run| match run.params.and(run.tokens) {
        None => "params or tokens",
        Some(_) => "a budget",
    };
    let one = |run: &Run| {
        counting.of(run).ok_or_else(|| {
            let message = format!("the run on line {} lacks {}", run.line, lacking(run));
            Error::new(ErrorKind::Data, message)
        })
    };
    in_order(runs).into_iter().map(one).collect()
}

/// Groups the runs. If the user `named` the budget column, it is used. Otherwise, if the user gave
/// an `exact` cost, the runs are counted by it. Otherwise the first way is used that gives two
/// budgets with enough sizes, or else the way with the most such budgets.
///
/// # Errors
/// As for [`counted_by`]; also if the named column lacks budgets.
pub(crate) fn grouped<'a>(
    runs: impl IntoIterator<Item = &'a Run>,
    tolerance: f64,
    named: bool,
    exact: Option<&Flops>,
) -> Result<Grouped> {
    let all = in_order(runs);
    let by = |counting| counted_by(all.iter().copied(), counting);
    let six = by(Counting::SixNd)?;
    let mut known = Vec::new();
    match by(Counting::Budget) {
        Ok(runs) if named || runs.iter().all(Counted::is_compute) => {
            known.push((Counting::Budget, runs))
        }
        Err(error) if named => return Err(error.about(Setting::BudgetCol)),
        _ => {}
    }
    if let Some(flops) = exact.filter(|_| !named) {
        let mut runs = six;
        for run in &mut runs {
            run.compute = flops.cost(run.params, run.tokens);
        }
        let counting = match flops {
            Flops::SixNd => Counting::SixNd,
            _ => Counting::Formula,
        };
        let ways = vec![way(&(counting, runs.clone()), tolerance)];
        return Ok(Grouped { ways, runs });
    }
    let own = by(Counting::Compute)?;
    if !own.iter().all(Counted::is_six_nd) && own.iter().all(Counted::is_compute) {
        known.push((Counting::Compute, own));
    }
    known.push((Counting::SixNd, six));
    let mut ways: Vec<Way> = known.iter().map(|known| way(known, tolerance)).collect();
    let most = ways.iter().map(|way| way.usable).max().unwrap_or(0);
    let first = |least: usize| ways.iter().position(|way| way.usable >= least);
    let chosen = match named {
        true => 0,
        false => first(LINE.min(most)).unwrap_or(0),
    };
    ways[..=chosen].rotate_right(1);
    Ok(Grouped {
        ways,
        runs: known.swap_remove(chosen).1,
    })
}

fn way((counting, runs): &(Counting, Vec<Counted>), tolerance: f64) -> Way {
    let groups = groups(runs, tolerance);
    Way {
        counting: *counting,
        budgets: groups.len(),
        usable: groups.iter().filter(|g| sizes(g).len() >= FEWEST).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Dataset;

    /// Five budgets of six sizes. The true cost per token is 6N + 2e3·N^0.6, and `noise` scatters
    /// it.
    fn runs(noise: f64, budgets: bool) -> Vec<Run> {
        let mut runs = Vec::new();
        for (k, compute) in [1e18, 3e18, 1e19, 3e19, 1e20].into_iter().enumerate() {
            for size in 0..6 {
                let n = 3e7 * 2f64.powi(size + k as i32);
                let d = compute / (6.0 * n + 2e3 * n.powf(0.6));
                let off = noise * f64::from(size * 7 % 5 - 2);
                let made = Dataset::of_params_tokens(&[n], &[d], &[3.0]);
                let mut run = made.expect("a run").runs[0].clone();
                run.x = compute * off.exp();
                run.budget = budgets.then_some(compute);
                runs.push(run);
            }
        }
        runs
    }

    #[test]
    fn the_first_way_that_makes_budgets_is_taken() {
        let of = |runs: &[Run], named| {
            let found = grouped(runs, 0.1, named, None).expect("runs with N and D");
            (found.ways[0].counting, found.ways[0].usable)
        };
        assert_eq!(of(&runs(0.0, true), false), (Counting::Budget, 5));
        assert_eq!(of(&runs(0.0, false), false), (Counting::Compute, 5));
        assert_eq!(of(&runs(0.02, false), false), (Counting::Compute, 5));
        // A compute column that scatters more than budgets do is skipped, and 6ND is used.
        let mut six = runs(0.7, true);
        for run in &mut six {
            let n = run.params.expect("N");
            run.tokens = run.budget.map(|budget| budget / (6.0 * n));
            run.budget = None;
        }
        assert_eq!(of(&six, false).0, Counting::SixNd);
        // A budget column that holds something else is ignored.
        let mut money = runs(0.0, true);
        for run in &mut money {
            run.budget = Some(1e6);
        }
        assert_eq!(of(&money, false).0, Counting::Compute);
        assert_eq!(of(&money, true).0, Counting::Budget);
        assert!(grouped(&runs(0.0, false), 0.1, true, None).is_err());
    }
}
