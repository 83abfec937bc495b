//! An allocation by a law given as a formula: its lowest point at each budget.

use super::{AllocateRequest, FLOPS, OptimumRequest, usage};
use crate::error::Result;
use crate::fit::FitResult;
use crate::size::Size;

/// The default cost of a run.
const COST: &str = "6*N*D";

impl AllocateRequest {
    /// Whether the law is a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no law of that name.
    #[doc(hidden)]
    pub fn is_of_formula(&self, fit: Option<&FitResult>) -> Result<bool> {
        match fit {
            Some(fit) => Ok(fit.law().typed().is_some()),
            None => self.fit.is_typed(),
        }
    }

    /// The equivalent request for the optimum of a formula.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when something is asked that needs the form
    /// E + A/N^alpha + B/D^beta.
    #[doc(hidden)]
    pub fn of_formula(&self) -> Result<OptimumRequest> {
        let usual = AllocateRequest::default();
        let given = [
            (!self.params.is_empty(), "a number of parameters"),
            (!self.tokens.is_empty(), "a number of tokens"),
            (!self.ratio.is_empty(), "a ratio D/N"),
            (!self.unique.is_empty(), "a cap on unique tokens"),
            (!self.sizes.is_empty(), "a list of other sizes"),
            (
                self.inference_tokens.is_some(),
                "a number of tokens of inference",
            ),
            (self.price.is_some(), "a price"),
            (
                self.methods != usual.methods,
                "a choice of interval methods",
            ),
            (self.resample != usual.resample, "a way to resample"),
            (self.replicates != usual.replicates, "a number of refits"),
            (self.seed != usual.seed, "a seed"),
            (self.joint, "a set of intervals that hold together"),
            (self.flops == "column", "a cost from the column of compute"),
        ];
        if let Some((_, what)) = given.into_iter().find(|(given, _)| *given) {
            let message = format!("{what} is not for a law that is a formula");
            return Err(usage(message).with_hint(
                "leave it out, and give budgets; the intervals are those of the delta method",
            ));
        }
        let cost = match self.flops.as_str() {
            FLOPS => COST,
            formula => formula,
        };
        let budget = |size: &Size| match size {
            Size::Of(budget) => Ok(*budget),
            Size::Times(_) => Err(usage(format!(
                "{size} is a multiple of the largest run, whose cost a formula does not know"
            ))
            .with_hint("give the budget itself, such as 1e22")),
        };
        Ok(OptimumRequest::default()
            .table(self.table.clone())
            .fit(self.fit.clone())
            .cost(cost.to_owned())
            .budget(
                self.compute
                    .iter()
                    .map(budget)
                    .collect::<Result<Vec<_>>>()?,
            )
            .level(self.level)
            .force(self.force))
    }
}
