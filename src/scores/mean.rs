//! −ln Q as a power law of compute, or of parameters and tokens (arXiv 2512.08894, eqs. 2 and 4).

use super::least::{Curve, Fitted};
use nalgebra::{DMatrix, DVector};

/// A law of −ln Q: the sum of one power law per variable. Each term is exp(θ)·exp(−e^φ·x), where x
/// is the logarithm of a variable divided by its largest value among the fitted models, so units do
/// not matter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MeanLaw {
    /// One row per model: ln C/C_max, or ln N/N_max and ln D/D_max.
    pub(super) x: Vec<Vec<f64>>,
    /// The score of guessing, per model.
    pub(super) chance: Vec<f64>,
}

/// Bounds of ln of a term at the largest model. At the lower bound the term is negligible.
const LEVEL: (f64, f64) = (-12.0, 4.0);
/// Bounds of ln of an exponent: 0.01 to 3.
const EXPONENT: (f64, f64) = (-4.605_170_185_988_091, 1.098_612_288_668_109_8);
/// Largest −ln Q; the model then guesses.
const GUESSES: f64 = 700.0;

impl MeanLaw {
    fn terms(&self) -> usize {
        self.x.first().map_or(0, Vec::len)
    }

    /// −ln Q at a place, and its derivatives.
    fn loss(x: &[f64], parameters: &[f64]) -> (f64, Vec<f64>) {
        let mut value = 0.0;
        let mut gradient = Vec::with_capacity(parameters.len());
        for (k, x) in x.iter().enumerate() {
            let exponent = parameters[2 * k + 1].exp();
            let term = (parameters[2 * k] - exponent * x).min(GUESSES.ln()).exp();
            value += term;
            gradient.extend([term, -term * exponent * x]);
        }
        (value.min(GUESSES), gradient)
    }

    /// The score at a place, and its derivatives.
    pub(super) fn at(x: &[f64], chance: f64, parameters: &[f64]) -> (f64, Vec<f64>) {
        let (loss, gradient) = MeanLaw::loss(x, parameters);
        let left = (1.0 - chance) * (-loss).exp();
        let slopes = gradient.iter().map(|g| -left * g).collect();
        (chance + left, slopes)
    }

    /// The starts of descents: combinations of shares of the terms and of exponents, independent of
    /// units.
    pub(super) fn starts(&self, observed: &[f64]) -> Vec<Vec<f64>> {
        let level = self.level(observed);
        let exponents = [0.1f64, 0.3, 0.8];
        let mut all = Vec::new();
        match self.terms() {
            1 => all.extend(exponents.iter().map(|a| vec![level.ln(), a.ln()])),
            _ => {
                for share in [0.1, 0.5, 0.9] {
                    for a in exponents {
                        for b in exponents {
                            let second = ((1.0 - share) * level).ln();
                            all.push(vec![(share * level).ln(), a.ln(), second, b.ln()]);
                        }
                    }
                }
            }
        }
        all
    }

    /// An estimate of −ln Q of the largest models.
    fn level(&self, observed: &[f64]) -> f64 {
        let mut order: Vec<usize> = (0..self.x.len()).collect();
        let size = |k: &usize| self.x[*k].iter().sum::<f64>();
        order.sort_by(|a, b| size(b).total_cmp(&size(a)));
        let top = &order[..order.len().div_ceil(3)];
        let left = |k: &usize| (observed[*k] - self.chance[*k]) / (1.0 - self.chance[*k]);
        let mean = top.iter().map(left).sum::<f64>() / top.len().max(1) as f64;
        -mean.clamp(0.01, 0.99).ln()
    }
}

impl Curve for MeanLaw {
    fn bounds(&self) -> Vec<(f64, f64)> {
        (0..self.terms()).flat_map(|_| [LEVEL, EXPONENT]).collect()
    }

    fn fitted(&self, parameters: &[f64]) -> Fitted {
        let rows: Vec<(f64, Vec<f64>)> = self
            .x
            .iter()
            .zip(&self.chance)
            .map(|(x, g)| MeanLaw::at(x, *g, parameters))
            .collect();
        Fitted {
            values: DVector::from_iterator(rows.len(), rows.iter().map(|r| r.0)),
            jacobian: DMatrix::from_fn(rows.len(), parameters.len(), |i, j| rows[i].1[j]),
        }
    }
}
