//! The allocations of a report at other budgets, or without one of the runs.

use super::allocate::{AllocateAnswer, AllocateRequest};
use super::allocated::AllocationAt;
use super::size::same_number;
use super::what_if::{largest, targets};
use crate::allocation::AllocationMethod;
use crate::fit::{Fit, FitResult};
use crate::size::Size;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// A left-out run: its line and its name.
pub(crate) type LeftOut = (u64, Option<String>);

/// Allocations at all budgets.
#[derive(Debug, Clone)]
pub(crate) struct SurfaceWhatIf {
    /// The budgets, from the largest fitted run on.
    pub(crate) budgets: Vec<f64>,
    /// The index of the requested budget.
    pub(crate) asked: usize,
    /// The allocations from all runs first, then those without one run; `None` where there is none.
    pub(crate) choices: Vec<(Option<LeftOut>, Vec<Option<AllocationAt>>)>,
}

impl SurfaceWhatIf {
    /// Computed around the largest requested budget, with intervals by the delta method. `None` if
    /// the fit is refused or no budget is larger than the runs.
    pub(crate) fn of(answer: &AllocateAnswer) -> Option<SurfaceWhatIf> {
        let best = answer.answers().iter().map(|one| one.best.compute);
        let farthest = best.reduce(f64::max)?;
        let own = answer.answers().iter();
        let factor = own.map(|one| one.extrapolation).reduce(f64::max)?;
        let (budgets, asked) = targets(farthest / factor, farthest)?;
        let request = AllocateRequest {
            compute: budgets.iter().map(|c| Size::Of(*c)).collect(),
            params: Vec::new(),
            tokens: Vec::new(),
            ratio: Vec::new(),
            sizes: Vec::new(),
            methods: vec![AllocationMethod::Delta],
            ..answer.request.clone()
        };
        let at = |fit: FitResult| -> Option<Vec<Option<AllocationAt>>> {
            let made = request.of_fit(fit).ok()?;
            let of = |budget: &f64| {
                let mut all = made.answers().iter();
                all.find(|one| same_number(&one.best.compute, budget))
                    .cloned()
            };
            Some(budgets.iter().map(of).collect())
        };
        let fit = &answer.fit;
        let mut choices = vec![(None, at(fit.clone())?)];
        let without = largest(fit).into_par_iter().filter_map(|run| {
            let mut data = fit.data().clone();
            let left_out = data.runs.remove(run);
            let rest = Fit::again(fit).run(&data).ok()?;
            Some((Some((left_out.line, left_out.group)), at(rest)?))
        });
        choices.extend(without.collect::<Vec<_>>());
        Some(SurfaceWhatIf {
            budgets,
            asked,
            choices,
        })
    }
}
