//! The least loss for a cost. At the optimum both terms of the surface gain equally per FLOP,
//! (αA/N^α)/(∂ln C/∂ln N) = (βB/D^β)/(∂ln C/∂ln D).
//!
//! If ln C is linear in ln N and ln D, as for 6ND and k·N·D, this has a closed form. Otherwise it
//! is solved by bisection and Newton's method.

use super::flops::Flops;
use crate::error::{Error, ErrorKind, Result};
use crate::numeric::{Allocation, LogCost, Pulls, Surface, bisect};
use crate::quantity::format_quantity;

/// Range of the search in ln N and ln D: 1e3 to 1e16.
const SIZES: (f64, f64) = (6.9, 36.8);
/// Steps of the searches.
const STEPS: usize = 600;

impl Pulls {
    /// Positive if a FLOP is better spent on parameters, zero at an optimum.
    fn imbalance(&self, at: &LogCost, ln_n: f64, ln_d: f64) -> f64 {
        (self.n - self.alpha * ln_n - at.by_n.ln()) - (self.d - self.beta * ln_d - at.by_d.ln())
    }

    /// The optimum for any cost, by Newton's method from a nearby point; `None` if it does not
    /// converge.
    pub(crate) fn near(
        &self,
        flops: &Flops,
        ln_c: f64,
        (mut x, mut z): (f64, f64),
    ) -> Option<(f64, f64)> {
        for _ in 0..50 {
            let at = flops.log_cost(x, z);
            let [h_x, h_z] = self.slopes(flops, x, z);
            let (h, c) = (self.imbalance(&at, x, z), at.value - ln_c);
            let determinant = h_x * at.by_d - h_z * at.by_n;
            let dx = (h_z * c - h * at.by_d) / determinant;
            let dz = (h * at.by_n - h_x * c) / determinant;
            if !(dx.is_finite() && dz.is_finite()) {
                return None;
            }
            // The cost may be curved: no step changes N or D by more than a factor e.
            let short = 1.0 / dx.abs().max(dz.abs()).max(1.0);
            (x, z) = (x + short * dx, z + short * dz);
            if dx.abs().max(dz.abs()) < 1e-12 * x.abs().max(z.abs()) {
                return Some((x, z));
            }
        }
        None
    }

    /// Derivatives of the imbalance by ln N and ln D.
    pub(crate) fn slopes(&self, flops: &Flops, x: f64, z: f64) -> [f64; 2] {
        if flops.is_power() {
            return [-self.alpha, self.beta];
        }
        // The elasticities are exact, and their slopes are differences of them.
        const H: f64 = 1e-4;
        let bend = |dx: f64, dz: f64| {
            let (p, q) = (
                flops.log_cost(x + dx, z + dz),
                flops.log_cost(x - dx, z - dz),
            );
            ((p.by_d / p.by_n).ln() - (q.by_d / q.by_n).ln()) / (2.0 * H)
        };
        [-self.alpha + bend(H, 0.0), self.beta + bend(0.0, H)]
    }
}

impl Flops {
    /// The allocation that minimises the loss at this cost.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] if the cost never reaches the compute, the best N lies at the end of
    /// the search (1e3 to 1e16), or the optimum has less than one parameter or one token.
    pub fn optimal(&self, surface: &Surface, compute: f64) -> Result<Allocation> {
        let pulls = Pulls::of(surface);
        let (ln_n, ln_d) = if self.is_power() {
            pulls.on_plane(&self.log_cost(0.0, 0.0), compute.ln())
        } else {
            let loss = |ln_n: f64| {
                self.ln_tokens(ln_n, compute)
                    .map_or(f64::INFINITY, |ln_d| surface.loss(ln_n.exp(), ln_d.exp()))
            };
            let (step, best) = (0..=STEPS)
                .map(|k| (k, loss(size(k))))
                .min_by(|p, q| p.1.total_cmp(&q.1))
                .unwrap_or((0, f64::INFINITY));
            let start = (best.is_finite() && step > 0 && step < STEPS)
                .then(|| Some((size(step), self.ln_tokens(size(step), compute)?)))
                .flatten();
            start
                .and_then(|start| pulls.near(self, compute.ln(), start))
                .ok_or_else(|| {
                    self.no_answer(format!(
                        "no allocation of {compute:e} FLOP has its best N from 1e3 to 1e16, which are searched"
                    ))
                })?
        };
        self.at(surface, ln_n, ln_d, compute).sensible()
    }

    /// The optimal allocation with this many parameters.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] when the formula has none, or it has less than one token.
    #[doc(hidden)]
    pub fn for_params(&self, surface: &Surface, params: f64) -> Result<Allocation> {
        let x = params.ln();
        self.along(
            surface,
            |s| (x, s),
            |p, ratio| (p.d - p.n + p.alpha * x + ratio) / p.beta,
        )
        .map(|made| Allocation { params, ..made })
        .ok_or_else(|| self.no_answer(format!("no budget has N* = {params:e}")))
        .and_then(Allocation::sensible)
    }

    /// The optimal allocation with this many tokens.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] when the formula has none, or it has less than one parameter.
    #[doc(hidden)]
    pub fn for_tokens(&self, surface: &Surface, tokens: f64) -> Result<Allocation> {
        let z = tokens.ln();
        self.along(
            surface,
            |s| (s, z),
            |p, ratio| (p.n - p.d + p.beta * z - ratio) / p.alpha,
        )
        .map(|made| Allocation { tokens, ..made })
        .ok_or_else(|| self.no_answer(format!("no budget has D* = {tokens:e}")))
        .and_then(Allocation::sensible)
    }

    /// The optimal allocation with D/N = `ratio`. If a formula has several, it is that of the
    /// largest budget.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] if the exponents are equal and every budget has the same ratio, the
    /// formula has none, or it has less than one parameter or one token.
    #[doc(hidden)]
    pub fn for_ratio(&self, surface: &Surface, ratio: f64) -> Result<Allocation> {
        let flat = (surface.alpha - surface.beta).abs() < 1e-9 * surface.alpha;
        let none = |hint: &str| {
            Error::new(ErrorKind::NoFit, format!("no budget has D*/N* = {ratio}")).with_hint(hint)
        };
        if flat && self.is_power() {
            return Err(none(
                "with equal exponents D*/N* is the same for every budget of 6ND",
            ));
        }
        let z = ratio.ln();
        self.along(
            surface,
            |s| (s, s + z),
            |p, slope| (p.n - p.d + p.beta * z - slope) / (p.alpha - p.beta),
        )
        .ok_or_else(|| {
            none("with this cost, D*/N* never reaches this value: ask for a budget instead")
        })
        .and_then(Allocation::sensible)
    }

    /// The range of N for which the loss is at most a share `fraction` above `best` at its compute.
    ///
    /// ```
    /// # use scalewise::allocation::{Flops, Surface};
    /// let surface = Surface::new(482.0, 2085.0, 1.817, 0.348, 0.366)?;
    /// let best = surface.optimal(1e24);
    /// let (low, high) = Flops::SixNd.flat_range(&surface, &best, 0.001);
    /// let edge = surface.loss(low, 1e24 / (6.0 * low));
    /// assert!((edge / best.loss - 1.001).abs() < 1e-9 && low < best.params && best.params < high);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    #[doc(hidden)]
    pub fn flat_range(&self, surface: &Surface, best: &Allocation, fraction: f64) -> (f64, f64) {
        let limit = best.loss * (1.0 + fraction);
        let flat = |ln_n: f64| {
            let ln_d = self.ln_tokens(ln_n, best.compute);
            // Below one parameter or one token nothing can be trained.
            ln_d.is_some_and(|ln_d| {
                ln_n >= 0.0 && ln_d >= 0.0 && surface.loss(ln_n.exp(), ln_d.exp()) <= limit
            })
        };
        let edge = |outwards: f64| {
            let mut reach = outwards;
            while flat(best.params.ln() + reach) && reach.abs() < 600.0 {
                reach *= 2.0;
            }
            let inside = best.params.ln();
            bisect(inside, inside + reach, flat).0.exp()
        };
        (edge(-1.0), edge(1.0))
    }

    /// a and b in N* ∝ C^a, D* ∝ C^b. They hold everywhere if ln C is linear in ln N and ln D,
    /// otherwise at this allocation.
    #[must_use]
    #[doc(hidden)]
    pub fn growth(&self, surface: &Surface, best: &Allocation) -> (f64, f64) {
        let (x, z) = (best.params.ln(), best.tokens.ln());
        self.growth_at(&Pulls::of(surface), x, z)
    }

    /// The same at any point of the frontier.
    pub(crate) fn growth_at(&self, pulls: &Pulls, x: f64, z: f64) -> (f64, f64) {
        let at = self.log_cost(x, z);
        let [h_x, h_z] = pulls.slopes(self, x, z);
        // Along the frontier the imbalance stays zero.
        let speed = h_z * at.by_n - h_x * at.by_d;
        (h_z / speed, -h_x / speed)
    }

    /// The optimum on a line in (ln N, ln D): in closed form if ln C is linear, otherwise the first
    /// one from the largest size down.
    fn along(
        &self,
        surface: &Surface,
        line: impl Fn(f64) -> (f64, f64),
        closed: impl Fn(&Pulls, f64) -> f64,
    ) -> Option<Allocation> {
        let pulls = Pulls::of(surface);
        let s = if self.is_power() {
            let at = self.log_cost(0.0, 0.0);
            closed(&pulls, (at.by_n / at.by_d).ln())
        } else {
            let imbalance = |s: f64| {
                let (x, z) = line(s);
                pulls.imbalance(&self.log_cost(x, z), x, z)
            };
            let apart = |k: &usize| imbalance(size(*k)) * imbalance(size(*k + 1)) <= 0.0;
            let step = (0..STEPS).rev().find(apart)?;
            let sign = imbalance(size(step)).signum();
            let same = |s: f64| imbalance(s).signum() == sign;
            let (low, high) = bisect(size(step), size(step + 1), same);
            0.5 * (low + high)
        };
        let (x, z) = line(s);
        let compute = self.log_cost(x, z).value.exp();
        (compute.is_finite() && compute > 0.0).then(|| self.at(surface, x, z, compute))
    }

    /// Whether the cost of a size is a number. A fitted cost may be negative far from its sizes.
    pub(crate) fn has_cost(&self, params: f64) -> bool {
        self.log_cost(params.ln(), 0.0).value.is_finite()
    }

    fn no_answer(&self, what: String) -> Error {
        let (message, hint) = match self {
            Flops::Fitted(model, _) => (
                format!("{what} by the fitted cost"),
                format!(
                    "the cost was fitted to sizes from {} to {}: ask nearer to them, or count FLOP \
                     by 6nd or by a formula",
                    format_quantity(model.sizes.0),
                    format_quantity(model.sizes.1)
                ),
            ),
            _ => (
                format!("{what} by this formula"),
                "check the formula: it must grow with N and D".to_owned(),
            ),
        };
        Error::new(ErrorKind::NoFit, message).with_hint(hint)
    }

    fn at(&self, surface: &Surface, ln_n: f64, ln_d: f64, compute: f64) -> Allocation {
        let (params, tokens) = (ln_n.exp(), ln_d.exp());
        Allocation {
            compute,
            params,
            tokens,
            loss: surface.loss(params, tokens),
        }
    }

    /// ln of the tokens that cost `compute` with N parameters.
    pub(crate) fn ln_tokens(&self, ln_n: f64, compute: f64) -> Option<f64> {
        let ln_c = compute.ln();
        if self.is_power() {
            let at = self.log_cost(ln_n, 0.0);
            return Some((ln_c - at.value) / at.by_d);
        }
        let (low, high) = (0.0, 60.0);
        let cost = |ln_d: f64| self.log_cost(ln_n, ln_d).value;
        if !(cost(low) < ln_c && cost(high) > ln_c) {
            return None;
        }
        let (low, high) = bisect(low, high, |ln_d| cost(ln_d) < ln_c);
        Some(0.5 * (low + high))
    }
}

/// ln N at a step of the searches.
fn size(step: usize) -> f64 {
    SIZES.0 + (SIZES.1 - SIZES.0) * step as f64 / STEPS as f64
}
