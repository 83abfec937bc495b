//! The cost of another size than the best one, at the same training budget.

use super::flops::Flops;
use super::quantity::AllocationQuantity;
use super::uncertainty::{AllocationMethod, Uncertainty};
use crate::numeric::Allocation;
use serde::Serialize;

/// A model of some size, trained with the budget of an optimum.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AtSize {
    /// Parameters.
    pub params: f64,
    /// Tokens that the budget leaves.
    pub tokens: f64,
    /// The loss.
    pub loss: f64,
    /// The loss divided by the best loss at the budget, minus 1.
    pub penalty: f64,
    /// Confidence intervals on the penalty.
    pub intervals: Vec<PenaltyInterval>,
    /// FLOP with which this size reaches the best loss of the budget; absent if no number of tokens
    /// reaches it.
    #[serde(skip)]
    pub same_loss: Option<f64>,
}

/// A confidence interval on the penalty of a size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct PenaltyInterval {
    pub method: AllocationMethod,
    pub level: f64,
    /// 0 if this size may be the best one.
    pub lower: f64,
    /// Absent if the runs give no limit.
    pub upper: Option<f64>,
}

/// FLOP per token of inference: only the forward pass.
pub(crate) fn inference_flop(params: f64) -> f64 {
    super::inference::TWO * params
}

impl Flops {
    /// FLOP with which N parameters reach the loss of an optimum.
    fn same_loss(&self, uncertainty: &Uncertainty, best: &Allocation, params: f64) -> Option<f64> {
        let s = uncertainty.surface();
        let of_n = |params: f64| s.a * params.powf(-s.alpha);
        // Computed from the terms: the losses may equal the irreducible loss to the last digit.
        let left = of_n(best.params) - of_n(params) + s.b * best.tokens.powf(-s.beta);
        let tokens = (left / s.b).powf(-1.0 / s.beta);
        let cost = self.cost(params, tokens);
        (left > 0.0 && tokens >= 1.0 && cost.is_finite()).then_some(cost)
    }
}

impl Uncertainty<'_> {
    /// The tokens that the budget of an optimum leaves for a size.
    pub(crate) fn tokens_at(&self, best: &Allocation, params: f64) -> Option<f64> {
        let ln_d = self.counting().ln_tokens(params.ln(), best.compute)?;
        (ln_d >= 0.0 && ln_d.is_finite()).then(|| ln_d.exp())
    }

    /// The penalty of a size at the budget of an optimum; absent if less than one token is left.
    pub(crate) fn at_size(
        &self,
        best: &Allocation,
        params: f64,
        level: f64,
        methods: &[AllocationMethod],
    ) -> Option<AtSize> {
        let tokens = self.tokens_at(best, params)?;
        let loss = self.surface().loss(params, tokens);
        let root = self
            .functional(AllocationQuantity::Penalty, best)
            .of_size(params.ln());
        let ends = |&method: &AllocationMethod| {
            let (lower, upper) = self.ends(&root, method, level)?;
            let (lower, upper) = of_root(lower, upper);
            Some(PenaltyInterval {
                method,
                level,
                lower,
                upper,
            })
        };
        Some(AtSize {
            params,
            tokens,
            loss,
            penalty: penalty(root.value(&self.p)),
            intervals: methods.iter().filter_map(ends).collect(),
            same_loss: self.counting().same_loss(self, best, params),
        })
    }
}

/// The penalty that belongs to a signed root.
fn penalty(root: f64) -> f64 {
    (0.5 * root * root).exp_m1()
}

/// Converts the ends of an interval on the signed root to those of the penalty. The penalty is 0
/// where the root is 0, and grows to both sides.
fn of_root(lower: Option<f64>, upper: Option<f64>) -> (f64, Option<f64>) {
    let least = match (lower, upper) {
        (Some(lower), _) if lower > 0.0 => lower,
        (_, Some(upper)) if upper < 0.0 => upper,
        _ => 0.0,
    };
    let most = lower.zip(upper).map(|(l, u)| l.abs().max(u.abs()));
    let most = most.map(penalty).filter(|most| most.is_finite());
    (penalty(least), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_on_both_sides_of_zero_may_cost_nothing() {
        let of = |lower, upper| of_root(lower, upper);
        assert_eq!(of(Some(-0.1), Some(0.2)), (0.0, Some(penalty(0.2))));
        assert_eq!(of(Some(0.1), Some(0.2)), (penalty(0.1), Some(penalty(0.2))));
        assert_eq!(
            of(Some(-0.3), Some(-0.2)),
            (penalty(0.2), Some(penalty(0.3)))
        );
        assert_eq!(of(None, Some(-0.2)), (penalty(0.2), None));
        assert_eq!(of(None, None), (0.0, None));
    }
}
