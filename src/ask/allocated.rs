//! The answer for one budget.

use crate::allocation::{Allocation, AllocationInterval, AtSize, InferenceAware};
use crate::fit::Diagnosis;
use crate::forecast::Grade;
use serde::Serialize;

/// FLOP in a PF-day.
const PF_DAY: f64 = 8.64e19;
/// FLOP in an hour of 1 PFLOP/s.
const PFLOP_HOUR: f64 = 3.6e18;
/// One question and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct AllocationAt {
    /// What was given: `compute`, `params`, `tokens` or `ratio`.
    pub(crate) given: &'static str,
    /// The allocation.
    pub(crate) best: Allocation,
    /// a and b in N* ∝ C^a, D* ∝ C^b at this budget.
    pub(crate) growth: (f64, f64),
    /// The cost of training.
    pub(crate) cost: Cost,
    /// Range of N within 0.1 % of the best loss at this compute.
    pub(crate) flat_params: (f64, f64),
    /// Compute ÷ largest fitted compute.
    pub(crate) extrapolation: f64,
    /// Intervals of N*, D* and L* at this compute, and of a and b if these differ between budgets.
    pub(crate) intervals: Vec<AllocationInterval>,
    /// What other sizes cost at the same budget.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sizes: Vec<OtherSize>,
    /// The allocation that counts inference too.
    pub(crate) inference: Option<InferenceAware>,
    /// The cost of training and inference of that allocation.
    pub(crate) inference_cost: Option<Cost>,
    /// How far the allocation can be relied on.
    pub(crate) grade: Grade,
    /// Why it has that grade.
    pub(crate) because: String,
    /// Findings about the allocation, besides those about the fit.
    #[serde(skip)]
    pub(crate) found: Vec<Diagnosis>,
}

impl AllocationAt {
    /// The allocation.
    #[must_use]
    pub fn best(&self) -> &Allocation {
        &self.best
    }

    /// Intervals of N*, D* and L* at this compute, and of a and b if these differ between budgets.
    #[must_use]
    pub fn intervals(&self) -> &[AllocationInterval] {
        &self.intervals
    }

    /// Compute ÷ largest fitted compute.
    #[must_use]
    pub fn extrapolation(&self) -> f64 {
        self.extrapolation
    }
}

/// A question without an answer.
#[derive(Debug, Clone, Serialize)]
pub struct RefusedQuestion {
    /// What was given: `compute`, `params`, `tokens` or `ratio`.
    pub(crate) given: &'static str,
    /// Its value.
    pub(crate) asked: f64,
    /// Why there is no answer.
    pub(crate) reason: String,
    /// A hint for the user.
    pub(crate) hint: Option<String>,
}

/// A cost in its units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    /// FLOP.
    pub(crate) flop: f64,
    /// PF-days of 8.64e19 FLOP.
    pub(crate) pf_days: f64,
    /// Money, if a price is given.
    pub(crate) money: Option<f64>,
}

impl Cost {
    /// `price` is that of an hour of 1 PFLOP/s.
    pub(super) fn new(flop: f64, price: Option<f64>) -> Cost {
        Cost {
            flop,
            pf_days: flop / PF_DAY,
            money: price.map(|price| flop / PFLOP_HOUR * price),
        }
    }
}

/// A model of a size other than the best, at the same training budget.
#[derive(Debug, Clone, Serialize)]
pub struct OtherSize {
    /// Whether the user asked for this size.
    pub(crate) asked: bool,
    /// Its parameters, tokens and loss.
    #[serde(flatten)]
    pub(crate) at: AtSize,
    /// FLOP per inference token.
    pub(crate) inference_flop: f64,
    /// Cost of training and inference together, if a number of inference tokens is given.
    pub(crate) in_all: Option<Cost>,
    /// Cost of training this size to the loss L*; absent if no number of tokens reaches it.
    pub(crate) same_loss: Option<Cost>,
}
