//! Training for a model that will be used much: fewer parameters, more tokens.

use super::flops::Flops;
use super::surface::{Allocation, Surface};
use crate::fit::minimise_to;
use serde::Serialize;

/// FLOP a parameter and token of inference: the forward pass alone.
const TWO: f64 = 2.0;
/// Sizes looked at before the best is refined.
const STEPS: usize = 400;

/// The allocation that reaches a loss with the least FLOP over training and inference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InferenceAware {
    /// The loss to reach.
    pub loss: f64,
    /// Tokens to be processed at inference.
    pub inference_tokens: f64,
    /// Parameters N.
    pub params: f64,
    /// Training tokens D.
    pub tokens: f64,
    /// FLOP of training.
    pub training: f64,
    /// 2N·D_inf.
    pub inference: f64,
    /// What the compute-optimal model of this loss would cost over both.
    pub compute_optimal_total: f64,
}

impl InferenceAware {
    /// FLOP over training and inference.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.training + self.inference
    }
}

impl Flops {
    /// Minimises the cost of training plus 2N·`inference_tokens` over all N and D with the loss of
    /// `best`, which is optimal for training alone (Sardana et al. 2024, eq. 2).
    ///
    /// ```
    /// # use scalewise::allocation::{Flops, Surface};
    /// let surface = Surface::new(406.4, 410.7, 1.69, 0.34, 0.28)?;
    /// let best = surface.optimal(1e23);
    /// let used = Flops::SixNd.inference_aware(&surface, &best, 2e12);
    /// assert!(used.params < best.params && used.tokens > best.tokens);
    /// assert!((surface.loss(used.params, used.tokens) - best.loss).abs() < 1e-9);
    /// assert!(used.total() < used.compute_optimal_total);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn inference_aware(
        &self,
        surface: &Surface,
        best: &Allocation,
        inference_tokens: f64,
    ) -> InferenceAware {
        let reducible = best.loss - surface.e;
        // With all tokens in the world, N cannot be smaller than this.
        let smallest = ((surface.a / reducible).ln() / surface.alpha).max(0.0);
        let tokens = |ln_n: f64| {
            let left = reducible - surface.a * (-surface.alpha * ln_n).exp();
            (surface.b / left).powf(1.0 / surface.beta)
        };
        let cost = |ln_n: f64| {
            let (n, d) = (ln_n.exp(), tokens(ln_n));
            let total = self.cost(n, d) + TWO * n * inference_tokens;
            if total > 0.0 && total.is_finite() {
                total.ln()
            } else {
                f64::MAX
            }
        };
        // Inference only ever makes the best model smaller.
        let (low, high) = (smallest, best.params.ln());
        let at = |k: usize| low + (high - low) * k as f64 / STEPS as f64;
        let near = (1..=STEPS)
            .min_by(|p, q| cost(at(*p)).total_cmp(&cost(at(*q))))
            .unwrap_or(STEPS);
        let ln_n = minimise_to(cost, at(near - 1), at((near + 1).min(STEPS)), 1e-12);
        let (params, d) = (ln_n.exp(), tokens(ln_n));
        InferenceAware {
            loss: best.loss,
            inference_tokens,
            params,
            tokens: d,
            training: self.cost(params, d),
            inference: TWO * params * inference_tokens,
            compute_optimal_total: best.compute + TWO * best.params * inference_tokens,
        }
    }
}
