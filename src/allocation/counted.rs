//! The compute that runs are counted by: the budget that they were planned for, their compute
//! column, or 6ND if a table has neither.

use crate::numeric::SIX;
use crate::runs::Run;
use serde::Serialize;

/// A run with the compute that it is counted by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// N.
    pub params: f64,
    /// D.
    pub tokens: f64,
    /// The loss.
    pub loss: f64,
    /// C.
    pub compute: f64,
}

/// The source of the compute of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// The budget column.
    Budget,
    /// The compute column.
    Compute,
    /// 6ND.
    #[serde(rename = "6nd")]
    SixNd,
    /// A formula of N and D.
    Formula,
}

/// Runs with the source of their compute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Own {
    pub(crate) counting: Counting,
    /// Whether the user named the budget column.
    pub(crate) named: bool,
    pub(crate) runs: Vec<Counted>,
}

/// A column whose C/(N·D) differs from 6 by more than this factor is not compute in FLOP.
const NO_COMPUTE: f64 = 30.0;

impl Counted {
    /// C/(N·D).
    pub(crate) fn ratio(&self) -> f64 {
        self.compute / (self.params * self.tokens)
    }

    /// Whether the value may be compute in FLOP; asked of columns that the user did not name.
    pub(super) fn is_compute(&self) -> bool {
        (self.ratio() / SIX).ln().abs() <= NO_COMPUTE.ln()
    }

    /// Whether the compute is 6ND.
    pub(super) fn is_six_nd(&self) -> bool {
        (self.ratio() / SIX - 1.0).abs() <= 1e-9
    }
}

impl Counting {
    /// The source in words.
    pub(crate) fn called(self) -> &'static str {
        match self {
            Counting::Budget => "the budget column",
            Counting::Compute => "the compute column",
            Counting::SixNd => "6ND",
            Counting::Formula => "the formula",
        }
    }

    /// What the runs have in this source, in words.
    pub(super) fn of_runs(self) -> &'static str {
        match self {
            Counting::Budget => "the budgets of the runs",
            _ => "the compute of the runs",
        }
    }

    /// The run counted in this way. For a formula, 6ND stands in.
    pub(super) fn of(self, run: &Run) -> Option<Counted> {
        let (params, tokens) = (run.params?, run.tokens?);
        Some(Counted {
            params,
            tokens,
            loss: run.loss,
            compute: match self {
                Counting::Budget => run.budget?,
                Counting::Compute => run.x,
                Counting::SixNd | Counting::Formula => SIX * params * tokens,
            },
        })
    }
}

impl Own {
    /// Counts the runs by budgets if the user `named` their column; otherwise by the compute
    /// column; otherwise by budgets, if all have one that may be compute in FLOP; otherwise by 6ND.
    pub(crate) fn of<'a>(runs: impl IntoIterator<Item = &'a Run>, named: bool) -> Own {
        let all: Vec<&Run> = runs.into_iter().collect();
        let by = |counting: Counting| -> Option<Vec<Counted>> {
            all.iter().map(|run| counting.of(run)).collect()
        };
        let compute: Vec<Counted> = (all.iter())
            .filter_map(|run| Counting::Compute.of(run))
            .collect();
        let has_column = !compute.iter().all(Counted::is_six_nd);
        let budgets = by(Counting::Budget);
        let budgets = budgets.filter(|runs| {
            named || (!has_column && !runs.is_empty() && runs.iter().all(Counted::is_compute))
        });
        match budgets {
            Some(runs) => Own {
                counting: Counting::Budget,
                named,
                runs,
            },
            None => Own {
                counting: match has_column {
                    true => Counting::Compute,
                    false => Counting::SixNd,
                },
                named,
                runs: compute,
            },
        }
    }

    /// The median C/(N·D) of the runs if it is so far from 6 that the compute is in another unit
    /// than FLOP, or is not compute.
    pub(super) fn in_other_unit(&self) -> Option<f64> {
        let mut ratios: Vec<f64> = self.runs.iter().map(Counted::ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let middle = ratios.get(ratios.len() / 2)?;
        let apart = (middle / SIX).max(SIX / middle);
        (apart > NO_COMPUTE).then_some(*middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Dataset;

    /// A run with a compute column and a budget in units of 6ND.
    fn run(compute: f64, budget: Option<f64>) -> Run {
        let made = Dataset::of_params_tokens(&[1e8], &[2e9], &[3.0]).expect("a run");
        let mut run = made.runs[0].clone();
        run.x = compute * 1.2e18;
        run.budget = budget.map(|budget| budget * 1.2e18);
        run
    }

    #[test]
    fn a_budget_stands_in_for_a_compute_column_that_is_not_there() {
        let of = |runs: &[Run], named| {
            let own = Own::of(runs, named);
            (own.counting, own.runs[0].ratio())
        };
        let near = |found: (Counting, f64), counting, ratio: f64| {
            assert_eq!(found.0, counting);
            approx::assert_relative_eq!(found.1, ratio, max_relative = 1e-12);
        };
        near(of(&[run(1.0, None)], false), Counting::SixNd, 6.0);
        near(of(&[run(1.2, None)], false), Counting::Compute, 7.2);
        near(of(&[run(1.0, Some(1.1))], false), Counting::Budget, 6.6);
        near(of(&[run(1.2, Some(1.1))], false), Counting::Compute, 7.2);
        near(of(&[run(1.2, Some(1.1))], true), Counting::Budget, 6.6);
        // A budget that cannot be compute in FLOP is used only if its column is named.
        near(of(&[run(1.0, Some(1e-9))], false), Counting::SixNd, 6.0);
        let some = [run(1.0, Some(1.1)), run(1.0, None)];
        near(of(&some, false), Counting::SixNd, 6.0);
    }
}
