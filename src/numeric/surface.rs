//! The surface E + A/N^α + B/D^β and its compute-optimal training, in closed form.

use crate::error::{Error, ErrorKind, Result};
use crate::quantity::format_quantity;
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

/// A way to spend training compute.
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

/// FLOP per parameter and token: forward and backward pass (Kaplan et al. 2020, §2.1).
pub const SIX: f64 = 6.0;

impl Surface {
    /// A surface with these coefficients.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] if a coefficient or exponent is not positive and finite: then no
    /// allocation is optimal.
    pub fn new(a: f64, b: f64, e: f64, alpha: f64, beta: f64) -> Result<Surface> {
        let positive = |v: f64| v > 0.0 && v.is_finite();
        for (name, value) in [("A", a), ("B", b), ("alpha", alpha), ("beta", beta)] {
            if !positive(value) {
                return Err(Error::new(
                    ErrorKind::NoFit,
                    format!("{name} = {value}: without this term no allocation is optimal"),
                )
                .with_hint("the runs must vary both N and D; the findings of a fit say more"));
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

    /// The law's loss for N parameters and D tokens.
    #[must_use]
    pub fn loss(&self, params: f64, tokens: f64) -> f64 {
        self.e + self.a * params.powf(-self.alpha) + self.b * tokens.powf(-self.beta)
    }

    /// a in N* ∝ C^a: β/(α + β).
    #[must_use]
    #[doc(hidden)]
    pub fn params_exponent(&self) -> f64 {
        self.beta / (self.alpha + self.beta)
    }

    /// b in D* ∝ C^b: α/(α + β).
    #[must_use]
    #[doc(hidden)]
    pub fn tokens_exponent(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// The allocation that minimises the loss for 6ND = `compute` (Hoffmann et al. 2022, eq. 4): N*
    /// = G·(C/6)^(β/(α+β)), D* = (C/6)/N*, G = (αA/βB)^(1/(α+β)).
    /// [`Flops`](crate::allocation::Flops) answers other questions, and for other costs.
    #[must_use]
    pub fn optimal(&self, compute: f64) -> Allocation {
        let (ln_n, ln_d) = Pulls::of(self).on_plane(&LogCost::six_nd(0.0, 0.0), compute.ln());
        let (params, tokens) = (ln_n.exp(), ln_d.exp());
        Allocation {
            compute,
            params,
            tokens,
            loss: self.loss(params, tokens),
        }
    }
}

impl Allocation {
    /// Refuses an allocation with less than one parameter or one token.
    pub(crate) fn sensible(self) -> Result<Allocation> {
        let named = [
            ("N*", self.params, "a model has at least one parameter"),
            (
                "D*",
                self.tokens,
                "a model is trained on at least one token",
            ),
        ];
        for (name, value, why) in named {
            if value.is_nan() || value < 1.0 {
                return Err(Error::new(
                    ErrorKind::NoFit,
                    format!(
                        "the surface has its optimum of {} FLOP at {name} = {}, but {why}",
                        format_quantity(self.compute),
                        format_quantity(value)
                    ),
                )
                .with_hint(
                    "the fitted surface does not hold there: ask for another budget, or add runs that vary N and D, so \
                     that both exponents are known",
                ));
            }
        }
        Ok(self)
    }
}

/// ln C at a point with its elasticities.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogCost {
    pub value: f64,
    pub by_n: f64,
    pub by_d: f64,
}

impl LogCost {
    /// For C = 6ND.
    pub(crate) fn six_nd(ln_n: f64, ln_d: f64) -> LogCost {
        LogCost {
            value: SIX.ln() + ln_n + ln_d,
            by_n: 1.0,
            by_d: 1.0,
        }
    }
}

/// Logarithms of αA and βB, and the exponents, which determine the optimum.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pulls {
    /// ln(αA).
    pub n: f64,
    /// ln(βB).
    pub d: f64,
    pub alpha: f64,
    pub beta: f64,
}

impl Pulls {
    pub(crate) fn of(surface: &Surface) -> Pulls {
        Pulls {
            n: (surface.alpha * surface.a).ln(),
            d: (surface.beta * surface.b).ln(),
            alpha: surface.alpha,
            beta: surface.beta,
        }
    }

    /// (ln N*, ln D*) at ln C for a cost that is linear in the logarithms; `at` is the cost at N =
    /// D = 1.
    pub(crate) fn on_plane(&self, at: &LogCost, ln_c: f64) -> (f64, f64) {
        let ln_nd = (ln_c - at.value) / at.by_d;
        let ratio = at.by_n / at.by_d;
        let ln_n =
            (self.n - self.d - ratio.ln() + self.beta * ln_nd) / (self.alpha + ratio * self.beta);
        (ln_n, ln_nd - ratio * ln_n)
    }
}
