//! Training for a model that will be used a lot: fewer parameters, more tokens.

use super::flops::Flops;
use crate::numeric::{Allocation, Surface, bisect};
use serde::Serialize;

/// FLOP per parameter and token of inference: only the forward pass.
pub(super) const TWO: f64 = 2.0;
/// Largest logit of the share of the term of N in the search.
const FARTHEST: f64 = 700.0;
/// Steps of the first search over the share.
const STEPS: usize = 600;

/// The allocation that reaches a loss with the least FLOP over training and inference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InferenceAware {
    /// The loss that is reached.
    pub(crate) loss: f64,
    /// Tokens to be processed at inference.
    pub(crate) inference_tokens: f64,
    /// Parameters N.
    pub params: f64,
    /// Training tokens D.
    pub tokens: f64,
    /// FLOP of training.
    pub training: f64,
    /// 2N·D_inf.
    pub inference: f64,
    /// Cost of training and inference with the compute-optimal model of this loss.
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
    /// Minimises the cost of training plus 2N·`inference_tokens` over all N ≥ 1 and D with the loss
    /// of `best`, which is optimal for training alone (Sardana et al. 2024, eq. 2).
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
    #[doc(hidden)]
    pub fn inference_aware(
        &self,
        surface: &Surface,
        best: &Allocation,
        inference_tokens: f64,
    ) -> InferenceAware {
        let split = Split::new(self, surface, best, inference_tokens);
        let (ln_n, ln_d) = split.sizes(split.best());
        let (params, tokens) = (ln_n.exp(), ln_d.exp());
        InferenceAware {
            loss: best.loss,
            inference_tokens,
            params,
            tokens,
            training: self.cost(params, tokens),
            inference: TWO * params * inference_tokens,
            compute_optimal_total: best.compute + TWO * best.params * inference_tokens,
        }
    }
}

/// The allocations with one loss, parametrised by the share of the reducible loss that belongs to
/// the term of N. The logit of the share keeps full precision for small shares of either term.
struct Split<'a> {
    flops: &'a Flops,
    surface: &'a Surface,
    /// ln of the reducible loss.
    ln_reducible: f64,
    /// Logit of the share that is optimal for training alone.
    trained: f64,
    /// ln(2·tokens of inference).
    ln_inference: f64,
}

impl Split<'_> {
    fn new<'a>(
        flops: &'a Flops,
        surface: &'a Surface,
        best: &Allocation,
        inference_tokens: f64,
    ) -> Split<'a> {
        // Computed from the terms: the loss may equal the irreducible loss to the last digit.
        let ln_n_term = surface.a.ln() - surface.alpha * best.params.ln();
        let ln_d_term = surface.b.ln() - surface.beta * best.tokens.ln();
        Split {
            flops,
            surface,
            ln_reducible: ln_sum(ln_n_term, ln_d_term),
            trained: ln_n_term - ln_d_term,
            ln_inference: (TWO * inference_tokens).ln(),
        }
    }

    /// (ln N, ln D) at a logit.
    fn sizes(&self, logit: f64) -> (f64, f64) {
        let s = self.surface;
        let (ln_share, ln_rest) = (-ln_sum(0.0, -logit), -ln_sum(0.0, logit));
        (
            (s.a.ln() - self.ln_reducible - ln_share) / s.alpha,
            (s.b.ln() - self.ln_reducible - ln_rest) / s.beta,
        )
    }

    /// ln of all FLOP at a logit, and its derivative.
    fn total(&self, logit: f64) -> (f64, f64) {
        let (ln_n, ln_d) = self.sizes(logit);
        let at = self.flops.log_cost(ln_n, ln_d);
        let inference = self.ln_inference + ln_n;
        let total = ln_sum(at.value, inference);
        // The share of training in the total FLOP.
        let trained = (at.value - total).exp();
        let (by_n, by_d) = (
            trained * at.by_n + (inference - total).exp(),
            trained * at.by_d,
        );
        let share = 1.0 / (1.0 + (-logit).exp());
        let rest = 1.0 / (1.0 + logit.exp());
        let slope = by_d * share / self.surface.beta - by_n * rest / self.surface.alpha;
        (total, slope)
    }

    /// Logit of the cheapest allocation with at least one parameter. For 6ND the slope of ln C
    /// rises with the logit, so it has one zero. For a formula the cheapest of its zeros is taken.
    fn best(&self) -> f64 {
        // Inference makes the best model smaller, and the share of the term of N larger.
        let (low, high) = (self.trained, self.largest().max(self.trained));
        let at = |k: usize| low + (high - low) * k as f64 / STEPS as f64;
        let falls = |logit: f64| self.total(logit).1 < 0.0;
        let zeros = (1..=STEPS)
            .filter(|&k| falls(at(k - 1)) && !falls(at(k)))
            .map(|k| self.zero(at(k - 1), at(k)));
        let cost = |logit: &f64| {
            let total = self.total(*logit).0;
            if total.is_finite() {
                total
            } else {
                f64::INFINITY
            }
        };
        zeros
            .chain([low, high])
            .min_by(|p, q| cost(p).total_cmp(&cost(q)))
            .unwrap_or(low)
    }

    fn zero(&self, low: f64, high: f64) -> f64 {
        let (low, high) = bisect(low, high, |logit| self.total(logit).1 < 0.0);
        0.5 * (low + high)
    }

    /// Logit of a model of one parameter.
    fn largest(&self) -> f64 {
        let ln_share = self.surface.a.ln() - self.ln_reducible;
        if ln_share >= 0.0 {
            return FARTHEST;
        }
        (ln_share - (-ln_share.exp_m1()).ln()).min(FARTHEST)
    }
}

/// ln(e^a + e^b).
fn ln_sum(a: f64, b: f64) -> f64 {
    let (less, more) = if a < b { (a, b) } else { (b, a) };
    if less == f64::NEG_INFINITY {
        return more;
    }
    more + (less - more).exp().ln_1p()
}
