//! Training for a model that will be used much: fewer parameters, more tokens.

use super::surface::{SIX, Surface};
use crate::fit::minimise_to;
use serde::Serialize;

/// FLOP a parameter and token of inference: the forward pass alone.
const TWO: f64 = 2.0;

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
    /// 6ND.
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

impl Surface {
    /// Minimises 6ND + 2N·`inference_tokens` over all N and D with the loss that `compute` reaches
    /// when spent optimally on training alone (Sardana et al. 2024, eq. 2).
    ///
    /// ```
    /// # use scalewise::allocation::Surface;
    /// let surface = Surface::new(406.4, 410.7, 1.69, 0.34, 0.28)?;
    /// let best = surface.optimal(1e23);
    /// let used = surface.inference_aware(1e23, 2e12);
    /// assert!(used.params < best.params && used.tokens > best.tokens);
    /// assert!((surface.loss(used.params, used.tokens) - best.loss).abs() < 1e-9);
    /// assert!(used.total() < used.compute_optimal_total);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn inference_aware(&self, compute: f64, inference_tokens: f64) -> InferenceAware {
        let best = self.optimal(compute);
        let reducible = best.loss - self.e;
        // With all tokens in the world, N cannot be smaller than this.
        let smallest = ((self.a / reducible).ln() / self.alpha).max(0.0);
        let tokens = |ln_n: f64| {
            let left = reducible - self.a * (-self.alpha * ln_n).exp();
            (self.b / left).powf(1.0 / self.beta)
        };
        let cost = |ln_n: f64| {
            let d = tokens(ln_n);
            let total = ln_n.exp() * (SIX * d + TWO * inference_tokens);
            if total.is_finite() && d > 0.0 {
                total.ln()
            } else {
                f64::MAX
            }
        };
        // Inference only ever makes the best model smaller.
        let (low, high) = (smallest, best.params.ln());
        let steps = 400;
        let at = |k: usize| low + (high - low) * k as f64 / steps as f64;
        let near = (1..=steps)
            .min_by(|p, q| cost(at(*p)).total_cmp(&cost(at(*q))))
            .unwrap_or(steps);
        let ln_n = minimise_to(cost, at(near - 1), at((near + 1).min(steps)), 1e-12);
        let (params, d) = (ln_n.exp(), tokens(ln_n));
        InferenceAware {
            loss: best.loss,
            inference_tokens,
            params,
            tokens: d,
            training: SIX * params * d,
            inference: TWO * params * inference_tokens,
            compute_optimal_total: best.compute + TWO * best.params * inference_tokens,
        }
    }
}
