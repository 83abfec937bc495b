//! The cost of sizes other than the best at the budget of an allocation.

use super::AllocateRequest;
use super::allocated::{Cost, OtherSize, RefusedQuestion};
use crate::allocation::{Allocation, Uncertainty, inference_flop};
use crate::quantity::format_quantity;

impl AllocateRequest {
    /// The cost of the requested sizes, or else of those around the best one, at its budget.
    pub(super) fn other_sizes(
        &self,
        uncertainty: &Uncertainty,
        best: &Allocation,
    ) -> Vec<OtherSize> {
        let asked = &self.sizes;
        let about = self.sensitivity || !asked.is_empty();
        let about = about.then(|| sizes_about(uncertainty, best, asked));
        let one = |params: f64| {
            let at = uncertainty.at_size(best, params, self.level, &self.methods)?;
            let inference_flop = inference_flop(params);
            let of_use = self.inference_tokens.map(|t| inference_flop * t);
            let cost = |flop: f64| Cost::new(flop, self.price);
            Some(OtherSize {
                asked: asked.contains(&params),
                inference_flop,
                in_all: of_use.map(|of_use| cost(best.compute + of_use)),
                same_loss: at.same_loss.map(cost),
                at,
            })
        };
        about.into_iter().flatten().filter_map(one).collect()
    }

    /// Requested sizes that leave no tokens at a budget.
    pub(super) fn too_large(
        &self,
        uncertainty: &Uncertainty,
        best: &Allocation,
    ) -> Vec<RefusedQuestion> {
        let all = self.sizes.iter();
        all.filter(|params| uncertainty.tokens_at(best, **params).is_none())
            .map(|params| RefusedQuestion {
                given: "sizes",
                asked: *params,
                reason: match uncertainty.counting().has_cost(*params) {
                    true => format!(
                        "a budget of {} FLOP leaves less than one token",
                        format_quantity(best.compute)
                    ),
                    false => "by the cost that is counted it costs nothing or less".to_owned(),
                },
                hint: Some(match uncertainty.counting().has_cost(*params) {
                    true => "ask for a smaller size or a larger budget".to_owned(),
                    false => "ask for a size nearer to those of the runs, or count FLOP otherwise"
                        .to_owned(),
                }),
            })
            .collect()
    }
}

/// The sizes that are looked at: those asked for with the best one, or else a half and a quarter of
/// it, the double and the quadruple, and the largest of the runs.
fn sizes_about(uncertainty: &Uncertainty, best: &Allocation, asked: &[f64]) -> Vec<f64> {
    let mut all = match asked {
        [] => [0.25, 0.5, 1.0, 2.0, 4.0]
            .map(|times| times * best.params)
            .to_vec(),
        asked => [&[best.params], asked].concat(),
    };
    if asked.is_empty() {
        let runs = uncertainty.fit().fitted_runs();
        let largest = runs.filter_map(|run| run.params).fold(0.0, f64::max);
        if all.iter().all(|size| (size / largest).ln().abs() > 0.05) {
            all.push(largest);
        }
    }
    all.retain(|size| *size >= 1.0);
    all.sort_by(f64::total_cmp);
    all
}
