//! What intervals are wanted for, as smooth functions of the surface's parameters in centred units.

use crate::fit::surface::{Centred, Point, Tilt};

/// A quantity that follows from the surface.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
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
}

impl Quantity {
    /// Those that depend on the compute.
    pub const AT_COMPUTE: [Quantity; 3] = [Quantity::Params, Quantity::Tokens, Quantity::Loss];
    /// Those that do not.
    pub const EXPONENTS: [Quantity; 2] = [Quantity::ParamsExponent, Quantity::TokensExponent];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Params => "params",
            Quantity::Tokens => "tokens",
            Quantity::Loss => "loss",
            Quantity::ParamsExponent => "params-exponent",
            Quantity::TokensExponent => "tokens-exponent",
        }
    }

    /// Whether intervals are made on its logarithm.
    #[must_use]
    pub fn is_log(self) -> bool {
        matches!(self, Quantity::Params | Quantity::Tokens | Quantity::Loss)
    }

    /// From the scale of intervals to what people read.
    pub(crate) fn shown(self, value: f64) -> f64 {
        if self.is_log() { value.exp() } else { value }
    }
}

/// A quantity at a compute, for one centring of the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Functional {
    pub quantity: Quantity,
    /// ln(C/6) less the means of ln N and ln D.
    budget: f64,
    mean_x: f64,
    mean_z: f64,
    unit: f64,
}

impl Functional {
    pub(crate) fn new(quantity: Quantity, compute: f64, data: &Centred) -> Functional {
        Functional {
            quantity,
            budget: (compute / super::SIX).ln() - data.mean_x - data.mean_z,
            mean_x: data.mean_x,
            mean_z: data.mean_z,
            unit: data.unit,
        }
    }

    /// Centred ln N* and ln D*.
    fn optimum(&self, p: &Point) -> (f64, f64) {
        let [a, b, _, alpha, beta] = *p;
        let n = ((alpha * a / (beta * b)).ln() + beta * self.budget) / (alpha + beta);
        (n, self.budget - n)
    }

    pub(crate) fn value(&self, p: &Point) -> f64 {
        self.both(p).0
    }

    /// Value and gradient.
    pub(crate) fn both(&self, p: &Point) -> (f64, Point) {
        let [a, b, e, alpha, beta] = *p;
        let sum = alpha + beta;
        match self.quantity {
            Quantity::Params | Quantity::Tokens => {
                let (n, d) = self.optimum(p);
                let g = [
                    1.0 / (a * sum),
                    -1.0 / (b * sum),
                    0.0,
                    (1.0 / alpha - n) / sum,
                    (self.budget - 1.0 / beta - n) / sum,
                ];
                if self.quantity == Quantity::Params {
                    (n + self.mean_x, g)
                } else {
                    (d + self.mean_z, g.map(|v| -v))
                }
            }
            Quantity::Loss => {
                let (n, d) = self.optimum(p);
                let (en, ed) = ((-alpha * n).exp(), (-beta * d).exp());
                let loss = e + a * en + b * ed;
                // N* is a minimum along the budget: its own change does not matter.
                let g = [en, ed, 1.0, -n * a * en, -d * b * ed];
                ((loss * self.unit).ln(), g.map(|v| v / loss))
            }
            Quantity::ParamsExponent => {
                let square = sum * sum;
                (beta / sum, [0.0, 0.0, 0.0, -beta / square, alpha / square])
            }
            Quantity::TokensExponent => {
                let square = sum * sum;
                (alpha / sum, [0.0, 0.0, 0.0, beta / square, -alpha / square])
            }
        }
    }
}

/// μ times a functional, subtracted from the objective to trace its profile.
pub(crate) struct Scaled {
    pub functional: Functional,
    pub factor: f64,
}

impl Tilt for Scaled {
    fn at(&self, p: &Point) -> (f64, Point) {
        let (value, gradient) = self.functional.both(p);
        (self.factor * value, gradient.map(|g| self.factor * g))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::Surface;
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
        let Ok(surface) = Surface::new(482.0, 2085.0, 1.817, 0.348, 0.366) else {
            unreachable!("the surface is proper");
        };
        let best = surface.optimal(1e22);
        let wanted = [
            (Quantity::Params, best.params.ln()),
            (Quantity::Tokens, best.tokens.ln()),
            (Quantity::Loss, best.loss.ln()),
            (Quantity::ParamsExponent, surface.params_exponent()),
            (Quantity::TokensExponent, surface.tokens_exponent()),
        ];
        for (quantity, wanted) in wanted {
            let f = Functional::new(quantity, 1e22, &data);
            let (value, gradient) = f.both(&p);
            approx::assert_relative_eq!(value, wanted, max_relative = 1e-12);
            for k in 0..5 {
                let h = 1e-6 * p[k];
                let (mut above, mut below) = (p, p);
                above[k] += h;
                below[k] -= h;
                let difference = (f.value(&above) - f.value(&below)) / (2.0 * h);
                approx::assert_relative_eq!(
                    gradient[k],
                    difference,
                    max_relative = 1e-6,
                    epsilon = 1e-8
                );
            }
        }
    }
}
