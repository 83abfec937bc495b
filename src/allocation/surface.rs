//! The fitted surface and what it says about compute-optimal training, in closed form.

use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::law::Form;
use serde::Serialize;

/// E + A/N^α + B/D^β with its coefficients.
///
/// ```
/// use scalewise::allocation::Surface;
/// // Hoffmann et al. (2022), eq. 10: at Gopher's budget the optimum has some 40B parameters
/// let surface = Surface::new(406.4, 410.7, 1.69, 0.34, 0.28)?;
/// let best = surface.optimal(5.76e23);
/// assert!((best.params / 32.2e9 - 1.0).abs() < 0.01);
/// // at the optimum both terms pull equally: αA/N^α = βB/D^β
/// let pull = |scale: f64, at: f64, k: f64| k * scale / at.powf(k);
/// let ratio = pull(406.4, best.params, 0.34) / pull(410.7, best.tokens, 0.28);
/// assert!((ratio - 1.0).abs() < 1e-12);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Surface {
    /// Coefficient of the term of N.
    pub a: f64,
    /// Coefficient of the term of D.
    pub b: f64,
    /// Irreducible loss.
    pub e: f64,
    /// Exponent of N.
    pub alpha: f64,
    /// Exponent of D.
    pub beta: f64,
}

/// A way to spend compute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Allocation {
    /// Training compute in FLOP.
    pub compute: f64,
    /// Parameters N.
    pub params: f64,
    /// Training tokens D.
    pub tokens: f64,
    /// The law's loss there.
    pub loss: f64,
}

/// FLOP a parameter and token: forward and backward pass (Kaplan et al. 2020, §2.1).
pub const SIX: f64 = 6.0;

impl Surface {
    /// A surface with these coefficients.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] when a coefficient or exponent is not positive and finite: then no
    /// allocation is optimal.
    pub fn new(a: f64, b: f64, e: f64, alpha: f64, beta: f64) -> Result<Surface> {
        let positive = |v: f64| v > 0.0 && v.is_finite();
        for (name, value) in [("A", a), ("B", b), ("alpha", alpha), ("beta", beta)] {
            if !positive(value) {
                return Err(Error::new(
                    ErrorKind::NoFit,
                    format!("{name} = {value}: without this term no allocation is optimal"),
                )
                .with_hint(
                    "the runs must vary both N and D; see scalewise fit for the diagnosis",
                ));
            }
        }
        if !(e >= 0.0 && e.is_finite()) {
            return Err(Error::new(ErrorKind::NoFit, format!("E = {e} is no loss")));
        }
        Ok(Surface {
            a,
            b,
            e,
            alpha,
            beta,
        })
    }

    /// The surface of a fit of `chinchilla` or `chinchilla-tied`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for another law; as for [`Surface::new`] otherwise.
    pub fn of(fit: &FitResult) -> Result<Surface> {
        if fit.law().form() != Form::Surface {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "law '{}' has no compute-optimal allocation in closed form",
                    fit.law().name()
                ),
            )
            .with_hint("fit --law chinchilla or --law chinchilla-tied"));
        }
        let p = fit.values();
        Surface::new(p[0], p[1], p[2], p[3], p.get(4).copied().unwrap_or(p[3]))
    }

    /// The law's loss for N parameters and D tokens.
    #[must_use]
    pub fn loss(&self, params: f64, tokens: f64) -> f64 {
        self.e + self.a * params.powf(-self.alpha) + self.b * tokens.powf(-self.beta)
    }

    /// a in N* ∝ C^a: β/(α + β).
    #[must_use]
    pub fn params_exponent(&self) -> f64 {
        self.beta / (self.alpha + self.beta)
    }

    /// b in D* ∝ C^b: α/(α + β).
    #[must_use]
    pub fn tokens_exponent(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// The allocation that minimises the loss for 6ND = `compute` (Hoffmann et al. 2022, eq. 4):
    /// N* = G·(C/6)^(β/(α+β)), D* = (C/6)/N*, G = (αA/βB)^(1/(α+β)).
    #[must_use]
    pub fn optimal(&self, compute: f64) -> Allocation {
        self.optimal_at((compute / SIX).ln(), compute)
    }

    /// The same for N·D = e^`ln_nd`.
    fn optimal_at(&self, ln_nd: f64, compute: f64) -> Allocation {
        let sum = self.alpha + self.beta;
        let ln_ratio = (self.alpha * self.a / (self.beta * self.b)).ln();
        let ln_n = (ln_ratio + self.beta * ln_nd) / sum;
        let (params, tokens) = (ln_n.exp(), (ln_nd - ln_n).exp());
        Allocation {
            compute,
            params,
            tokens,
            loss: self.loss(params, tokens),
        }
    }

    /// The compute-optimal allocation with this many parameters.
    #[must_use]
    pub fn for_params(&self, params: f64) -> Allocation {
        let ln_pull = (self.alpha * self.a).ln() - self.alpha * params.ln();
        let ln_d = ((self.beta * self.b).ln() - ln_pull) / self.beta;
        self.at(params, ln_d.exp())
    }

    /// The compute-optimal allocation with this many tokens.
    #[must_use]
    pub fn for_tokens(&self, tokens: f64) -> Allocation {
        let ln_pull = (self.beta * self.b).ln() - self.beta * tokens.ln();
        let ln_n = ((self.alpha * self.a).ln() - ln_pull) / self.alpha;
        self.at(ln_n.exp(), tokens)
    }

    /// The compute-optimal allocation with D/N = `ratio`; `None` where the exponents are equal, so
    /// that every budget has one and the same ratio.
    #[must_use]
    pub fn for_ratio(&self, ratio: f64) -> Option<Allocation> {
        // αA/N^α = βB/(ratio·N)^β
        let difference = self.alpha - self.beta;
        if difference.abs() < 1e-9 * self.alpha {
            return None;
        }
        let ln_terms = (self.alpha * self.a).ln() - (self.beta * self.b).ln();
        let ln_n = (ln_terms + self.beta * ratio.ln()) / difference;
        let made = self.at(ln_n.exp(), ratio * ln_n.exp());
        (made.compute.is_finite() && made.compute > 0.0).then_some(made)
    }

    /// N and D as they are, at 6ND.
    #[must_use]
    pub fn at(&self, params: f64, tokens: f64) -> Allocation {
        Allocation {
            compute: SIX * params * tokens,
            params,
            tokens,
            loss: self.loss(params, tokens),
        }
    }

    /// The range of N that costs at most `fraction` of the loss more than the best at this compute.
    ///
    /// ```
    /// # use scalewise::allocation::Surface;
    /// let surface = Surface::new(482.0, 2085.0, 1.817, 0.348, 0.366)?;
    /// let best = surface.optimal(1e24);
    /// let (low, high) = surface.flat_range(1e24, 0.001);
    /// let edge = surface.loss(low, 1e24 / (6.0 * low));
    /// assert!((edge / best.loss - 1.001).abs() < 1e-9 && low < best.params && best.params < high);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn flat_range(&self, compute: f64, fraction: f64) -> (f64, f64) {
        let best = self.optimal(compute);
        let limit = best.loss * (1.0 + fraction);
        let nd = compute / SIX;
        let edge = |outwards: f64| {
            let (mut inside, mut outside) = (best.params.ln(), best.params.ln() + outwards);
            let mut reach = outwards;
            while self.loss(outside.exp(), nd / outside.exp()) < limit && reach.abs() < 600.0 {
                reach *= 2.0;
                outside = best.params.ln() + reach;
            }
            for _ in 0..200 {
                let middle = 0.5 * (inside + outside);
                if self.loss(middle.exp(), nd / middle.exp()) <= limit {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
            inside.exp()
        };
        (edge(-1.0), edge(1.0))
    }
}
