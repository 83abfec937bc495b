//! Findings about the budget column compared with the compute of the runs.

use super::counted::{Counted, Counting};
use crate::code::Code;
use crate::finding::{Diagnosis, Severity, lines};
use crate::number::digits;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::said::Said;

/// Budgets that differ from the compute of their runs by more than this share are reported.
const APART: f64 = 0.1;

/// The finding about the budgets of runs, if there is one. `named` says whether the user named
/// their column. It is a warning if the answer is `counted` by budgets or by the compute of the
/// runs.
pub(crate) fn budget_findings(runs: &[&Run], named: bool, counted: bool) -> Option<Diagnosis> {
    let lacking: Vec<u64> = (runs.iter())
        .filter(|run| run.budget.is_none())
        .map(|run| run.line)
        .collect();
    if lacking.len() == runs.len() {
        return None;
    }
    if !lacking.is_empty() {
        return Some(some_lack(&lacking, runs.len()));
    }
    let by = |counting: Counting| -> Option<Vec<Counted>> {
        runs.iter().map(|run| counting.of(run)).collect()
    };
    let (budgets, compute) = (by(Counting::Budget)?, by(Counting::Compute)?);
    if !named && !budgets.iter().all(Counted::is_compute) {
        return Some(no_compute(&budgets));
    }
    if compute.iter().all(Counted::is_six_nd) || !compute.iter().all(Counted::is_compute) {
        return None;
    }
    let shares = budgets
        .iter()
        .zip(&compute)
        .map(|(b, c)| b.compute / c.compute);
    let (low, high) = ends(shares);
    (high > 1.0 + APART || low < 1.0 - APART).then(|| {
        Diagnosis::new(
            Code::BudgetNotCompute,
            match counted {
                true => Severity::Warn,
                false => Severity::Note,
            },
            format!(
                "the budgets of the runs are {:.0} to {:.0} % of their compute column",
                Said(100.0 * low),
                Said(100.0 * high)
            ),
            "use the column with the true cost as the column of budgets, and check the other one",
        )
        .with_remedy(Setting::BudgetCol)
        .with_remedy(Setting::ComputeCol)
    })
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, 0.0), |(low, high), v| {
        (low.min(v), high.max(v))
    })
}

fn some_lack(lacking: &[u64], runs: usize) -> Diagnosis {
    Diagnosis::new(
        Code::BudgetNotUsed,
        Severity::Note,
        format!(
            "the budget column is not used: {} of {runs} runs have no number in it ({})",
            lacking.len(),
            lines(lacking.iter().copied())
        ),
        "name the column of the budgets to leave these runs out",
    )
    .with_remedy(Setting::BudgetCol)
}

fn no_compute(budgets: &[Counted]) -> Diagnosis {
    let (low, high) = ends(budgets.iter().map(Counted::ratio));
    let shown = |ratio: f64| match ratio < 1e-3 {
        true => format_quantity(ratio),
        false => digits(ratio, 3),
    };
    Diagnosis::new(
        Code::BudgetNotUsed,
        Severity::Note,
        format!(
            "the budget column is not used: C/(N*D) by it is {} to {}, and compute in FLOP has \
             about 6",
            shown(low),
            shown(high)
        ),
        "write its unit into the heading, such as 'budget (PF-days)', or name the column of the \
         budgets to group by it as it is",
    )
    .with_remedy(Setting::BudgetCol)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Dataset;

    /// Runs with compute and budgets in units of 6ND.
    fn found(runs: &[(f64, Option<f64>)], named: bool) -> Option<(Code, Severity)> {
        let run = |(compute, budget): &(f64, Option<f64>)| {
            let made = Dataset::of_params_tokens(&[1e8], &[2e9], &[3.0]).expect("a run");
            let mut run = made.runs[0].clone();
            run.x = compute * 1.2e18;
            run.budget = budget.map(|budget| budget * 1.2e18);
            run
        };
        let runs: Vec<Run> = runs.iter().map(run).collect();
        let all: Vec<&Run> = runs.iter().collect();
        budget_findings(&all, named, true).map(|found| (found.code, found.severity))
    }

    #[test]
    fn budgets_are_compared_with_the_compute_of_the_runs() {
        let apart = Some((Code::BudgetNotCompute, Severity::Warn));
        assert_eq!(found(&[(1.2, Some(1.25)), (1.1, Some(1.05))], false), None);
        assert_eq!(found(&[(1.2, Some(1.2)), (1.1, Some(0.9))], false), apart);
        assert_eq!(found(&[(1.2, Some(1.4)), (1.1, Some(1.1))], true), apart);
        // Without a compute column there is nothing to compare with.
        assert_eq!(found(&[(1.0, Some(1.4))], false), None);
        assert_eq!(found(&[(1.2, None)], false), None);
    }

    #[test]
    fn a_budget_column_that_is_not_used_is_told() {
        let unused = Some((Code::BudgetNotUsed, Severity::Note));
        assert_eq!(found(&[(1.0, Some(1.0)), (1.0, None)], false), unused);
        assert_eq!(found(&[(1.0, Some(1e-19))], false), unused);
        assert_eq!(found(&[(1.0, Some(1e-19))], true), None);
    }
}
