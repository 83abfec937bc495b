//! The quantities that have intervals, as smooth functions of the surface's parameters in centred
//! units.

use super::flops::Flops;
use crate::fit::surface::{Centred, Point, Tilt};
use crate::numeric::{Allocation, Pulls};

/// A quantity of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AllocationQuantity {
    /// ln N* at a compute.
    Params,
    /// ln D* at a compute.
    Tokens,
    /// ln L* at a compute.
    Loss,
    /// a in N* ∝ C^a.
    ParamsExponent,
    /// b in D* ∝ C^b.
    TokensExponent,
    /// The signed root of twice ln(loss of some size ÷ L*), at a compute. Unlike the penalty
    /// itself, it is smooth and monotone around the best size.
    #[doc(hidden)]
    Penalty,
}

impl AllocationQuantity {
    /// Every quantity of an allocation.
    #[doc(hidden)]
    pub const ALL: [AllocationQuantity; 5] = [
        AllocationQuantity::Params,
        AllocationQuantity::Tokens,
        AllocationQuantity::Loss,
        AllocationQuantity::ParamsExponent,
        AllocationQuantity::TokensExponent,
    ];
    /// The quantities that depend on the compute.
    pub(crate) const AT_COMPUTE: [AllocationQuantity; 3] = [
        AllocationQuantity::Params,
        AllocationQuantity::Tokens,
        AllocationQuantity::Loss,
    ];
    /// The quantities that do not.
    pub(crate) const EXPONENTS: [AllocationQuantity; 2] = [
        AllocationQuantity::ParamsExponent,
        AllocationQuantity::TokensExponent,
    ];

    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            AllocationQuantity::Params => "params",
            AllocationQuantity::Tokens => "tokens",
            AllocationQuantity::Loss => "loss",
            AllocationQuantity::ParamsExponent => "params-exponent",
            AllocationQuantity::TokensExponent => "tokens-exponent",
            AllocationQuantity::Penalty => "penalty",
        }
    }

    /// Whether intervals are computed on its logarithm.
    fn is_log(self) -> bool {
        matches!(
            self,
            AllocationQuantity::Params | AllocationQuantity::Tokens | AllocationQuantity::Loss
        )
    }

    /// Converts an end from the scale of intervals; absent if the result is not positive (for
    /// logarithms) or not finite.
    pub(crate) fn end(self, value: f64) -> Option<f64> {
        match self.is_log() {
            true => Some(value.exp()).filter(|v| *v > 0.0 && v.is_finite()),
            false => Some(value).filter(|v| v.is_finite()),
        }
    }
}

/// A quantity at a compute, for one centring of the data and one way to count FLOP.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Functional<'a> {
    pub quantity: AllocationQuantity,
    flops: &'a Flops,
    ln_compute: f64,
    /// ln N of the size whose penalty is wanted.
    size: f64,
    /// (ln N*, ln D*) of the fit, where the search for a formula's optimum starts.
    near: (f64, f64),
    mean_x: f64,
    mean_z: f64,
    unit: f64,
}

impl<'a> Functional<'a> {
    pub(crate) fn new(
        quantity: AllocationQuantity,
        best: &Allocation,
        flops: &'a Flops,
        data: &Centred,
    ) -> Functional<'a> {
        Functional {
            quantity,
            flops,
            ln_compute: best.compute.ln(),
            size: best.params.ln(),
            near: (best.params.ln(), best.tokens.ln()),
            mean_x: data.mean_x,
            mean_z: data.mean_z,
            unit: data.unit,
        }
    }

    /// The same with FLOP counted in another way.
    pub(crate) fn counting<'b>(&self, flops: &'b Flops) -> Functional<'b> {
        Functional {
            flops,
            quantity: self.quantity,
            ln_compute: self.ln_compute,
            size: self.size,
            near: self.near,
            mean_x: self.mean_x,
            mean_z: self.mean_z,
            unit: self.unit,
        }
    }

    /// The same for another size than the best one.
    pub(super) fn of_size(self, ln_n: f64) -> Functional<'a> {
        Functional { size: ln_n, ..self }
    }

    fn pulls(&self, p: &Point) -> Pulls {
        let [a, b, _, alpha, beta] = *p;
        Pulls {
            n: (alpha * a).ln() + alpha * self.mean_x,
            d: (beta * b).ln() + beta * self.mean_z,
            alpha,
            beta,
        }
    }

    /// ln N* and ln D*; not numbers if there is no optimum. If the best size deviates from a fitted
    /// cost, only its tokens change: the best size is that of the fitted curve.
    fn optimum(&self, pulls: &Pulls) -> (f64, f64) {
        let off = match self.quantity {
            AllocationQuantity::Penalty => 0.0,
            _ => self.flops.off(),
        };
        let by_curve = self.ln_compute + off;
        let (x, z) = if self.flops.is_power() {
            pulls.on_plane(&self.flops.log_cost(0.0, 0.0), by_curve)
        } else {
            let found = pulls.near(self.flops, by_curve, self.near);
            found.unwrap_or((f64::NAN, f64::NAN))
        };
        (x, z - off)
    }

    pub(crate) fn value(&self, p: &Point) -> f64 {
        let pulls = self.pulls(p);
        let (x, z) = self.optimum(&pulls);
        match self.quantity {
            AllocationQuantity::Params => x,
            AllocationQuantity::Tokens => z,
            AllocationQuantity::Loss => self.terms(p, x, z).0,
            AllocationQuantity::ParamsExponent => self.flops.growth_at(&pulls, x, z).0,
            AllocationQuantity::TokensExponent => self.flops.growth_at(&pulls, x, z).1,
            AllocationQuantity::Penalty => self.root(p, x, z),
        }
    }

    /// ln L at (x, z), and e^(−αx), e^(−βz) and the loss in centred units.
    fn terms(&self, p: &Point, x: f64, z: f64) -> (f64, [f64; 3]) {
        let [a, b, e, alpha, beta] = *p;
        let en = (-alpha * (x - self.mean_x)).exp();
        let ed = (-beta * (z - self.mean_z)).exp();
        let loss = e + a * en + b * ed;
        ((loss * self.unit).ln(), [en, ed, loss])
    }

    /// The signed root of the penalty, from differences of the terms. Close to the optimum,
    /// differences of the losses would be lost to rounding.
    fn root(&self, p: &Point, x: f64, z: f64) -> f64 {
        let [a, b, _, alpha, beta] = *p;
        let (_, [en, ed, loss]) = self.terms(p, x, z);
        let at_x = self.size;
        let Some(at_z) = self.flops.ln_tokens(at_x, self.ln_compute.exp()) else {
            return f64::NAN;
        };
        let more = a * en * (-alpha * (at_x - x)).exp_m1() + b * ed * (-beta * (at_z - z)).exp_m1();
        let penalty = (more / loss).ln_1p().max(0.0);
        (2.0 * penalty).sqrt().copysign(at_x - x)
    }

    /// Value and gradient.
    pub(crate) fn both(&self, p: &Point) -> (f64, Point) {
        let [a, b, _, alpha, beta] = *p;
        let pulls = self.pulls(p);
        let (x, z) = self.optimum(&pulls);
        match self.quantity {
            AllocationQuantity::Params | AllocationQuantity::Tokens => {
                let at = self.flops.log_cost(x, z);
                let [h_x, h_z] = pulls.slopes(self.flops, x, z);
                // The imbalance of the two terms stays zero at constant C.
                let imbalance = [
                    1.0 / a,
                    -1.0 / b,
                    0.0,
                    1.0 / alpha - (x - self.mean_x),
                    (z - self.mean_z) - 1.0 / beta,
                ];
                let speed = h_z * at.by_n - h_x * at.by_d;
                if self.quantity == AllocationQuantity::Params {
                    (x, imbalance.map(|h| h * at.by_d / speed))
                } else {
                    (z, imbalance.map(|h| -h * at.by_n / speed))
                }
            }
            AllocationQuantity::Loss => {
                let (value, [en, ed, loss]) = self.terms(p, x, z);
                // N* is a minimum along the budget, so its change has no effect to first order.
                let g = [
                    en,
                    ed,
                    1.0,
                    -(x - self.mean_x) * a * en,
                    -(z - self.mean_z) * b * ed,
                ];
                (value, g.map(|v| v / loss))
            }
            AllocationQuantity::ParamsExponent
            | AllocationQuantity::TokensExponent
            | AllocationQuantity::Penalty => {
                let gradient = std::array::from_fn(|k| {
                    let h = 1e-5 * p[k].abs().max(1e-3);
                    let (mut above, mut below) = (*p, *p);
                    above[k] += h;
                    below[k] -= h;
                    (self.value(&above) - self.value(&below)) / (2.0 * h)
                });
                (self.value(p), gradient)
            }
        }
    }
}

/// μ times a functional, subtracted from the objective to trace its profile.
pub(crate) struct Scaled<'a> {
    pub functional: Functional<'a>,
    pub factor: f64,
}

impl Tilt for Scaled<'_> {
    fn at(&self, p: &Point) -> (f64, Point) {
        let (value, gradient) = self.functional.both(p);
        (self.factor * value, gradient.map(|g| self.factor * g))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Surface;
    use crate::allocation::cost_model::CostModel;
    use crate::allocation::counted::Counting;
    use crate::allocation::formula::Formula;
    use crate::fit::{Observations, Residuals};

    #[test]
    fn values_and_gradients_agree_with_the_closed_form_and_with_differences() {
        let inputs = vec![
            vec![1e8, 3e9],
            vec![5e8, 2e10],
            vec![2e9, 4e9],
            vec![9e9, 9e10],
        ];
        let data = match Observations::new(inputs, vec![3.1, 2.6, 2.7, 2.2], Residuals::Log) {
            Ok(o) => Centred::new(&o),
            Err(e) => unreachable!("{e}"),
        };
        let raw = [482.0, 2085.0, 1.817, 0.348, 0.366];
        let p = data.centred(&raw);
        let [a, b, e, alpha, beta] = raw;
        let Ok(surface) = Surface::new(a, b, e, alpha, beta) else {
            unreachable!("the surface is proper");
        };
        let column = Flops::Fitted(CostModel::exact(6.0, 2000.0, 0.6), Counting::Compute);
        let k = Flops::Fitted(CostModel::exact(0.0, 4.7, 1.0), Counting::Compute);
        let formula = match Formula::parse("6*(N - 5e7)*D + 9e5*N^0.5*D + 2e9*N") {
            Ok(formula) => Flops::Formula(formula),
            Err(e) => unreachable!("{e}"),
        };
        for flops in [Flops::SixNd, k, column, formula] {
            let best = match flops.optimal(&surface, 1e22) {
                Ok(best) => best,
                Err(e) => unreachable!("{e}"),
            };
            let (a, b) = flops.growth(&surface, &best);
            let wanted = [
                (AllocationQuantity::Params, best.params.ln()),
                (AllocationQuantity::Tokens, best.tokens.ln()),
                (AllocationQuantity::Loss, best.loss.ln()),
                (AllocationQuantity::ParamsExponent, a),
                (AllocationQuantity::TokensExponent, b),
                (AllocationQuantity::Penalty, 0.0),
            ];
            for (quantity, wanted) in wanted {
                let f = Functional::new(quantity, &best, &flops, &data);
                let (value, gradient) = f.both(&p);
                approx::assert_relative_eq!(value, wanted, max_relative = 1e-9, epsilon = 1e-7);
                // At the optimum the root and its slope are rounding errors.
                let skip = quantity == AllocationQuantity::Penalty;
                for k in (0..5).filter(|_| !skip) {
                    let h = 1e-5 * p[k];
                    let (mut above, mut below) = (p, p);
                    above[k] += h;
                    below[k] -= h;
                    let difference = (f.value(&above) - f.value(&below)) / (2.0 * h);
                    approx::assert_relative_eq!(
                        gradient[k],
                        difference,
                        max_relative = 1e-6,
                        epsilon = 1e-7
                    );
                }
            }
        }
    }
}
