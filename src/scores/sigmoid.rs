//! The score as a sigmoid of a loss on the task, from the level of chance up to a ceiling (Bhagia
//! et al. 2024, arXiv 2412.04403): g + a/(1 + exp(k·(x − x0))).

use super::least::{Curve, Fitted};
use nalgebra::{DMatrix, DVector};

/// A sigmoid over losses in units of their standard deviation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sigmoid {
    /// (loss − mean)/standard deviation, per model.
    pub(super) x: Vec<f64>,
    /// The score of guessing, per model.
    pub(super) chance: Vec<f64>,
    /// Mean and standard deviation of the losses.
    pub(super) scale: (f64, f64),
}

impl Sigmoid {
    pub(super) fn new(losses: &[f64], chance: Vec<f64>) -> Sigmoid {
        let n = losses.len() as f64;
        let mean = losses.iter().sum::<f64>() / n;
        let spread = (losses.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / n).sqrt();
        let scale = (mean, spread.max(f64::MIN_POSITIVE));
        Sigmoid {
            x: losses.iter().map(|l| (l - scale.0) / scale.1).collect(),
            chance,
            scale,
        }
    }

    /// The score at a standardised loss, its derivatives by the parameters, and its derivative by
    /// the loss. The parameters are the ceiling as a share of the range above chance, ln k, and x0.
    pub(super) fn at(x: f64, chance: f64, p: &[f64]) -> (f64, Vec<f64>, f64) {
        let (top, k) = ((1.0 - chance) * p[0], p[1].exp());
        let z = (k * (x - p[2])).clamp(-700.0, 700.0);
        let s = 1.0 / (1.0 + z.exp());
        let slope = -top * s * (1.0 - s);
        let gradient = vec![(1.0 - chance) * s, slope * z, -slope * k];
        (chance + top * s, gradient, slope * k)
    }

    pub(super) fn starts() -> Vec<Vec<f64>> {
        let mut all = Vec::new();
        for top in [0.4, 0.95] {
            for k in [0.3f64, 1.0, 3.0] {
                for middle in [-3.0, -1.0, 0.0] {
                    all.push(vec![top, k.ln(), middle]);
                }
            }
        }
        all
    }
}

impl Curve for Sigmoid {
    fn bounds(&self) -> Vec<(f64, f64)> {
        vec![(0.02, 1.0), (-3.0, 3.0), (-12.0, 12.0)]
    }

    fn fitted(&self, parameters: &[f64]) -> Fitted {
        let rows: Vec<(f64, Vec<f64>, f64)> = self
            .x
            .iter()
            .zip(&self.chance)
            .map(|(x, g)| Sigmoid::at(*x, *g, parameters))
            .collect();
        Fitted {
            values: DVector::from_iterator(rows.len(), rows.iter().map(|r| r.0)),
            jacobian: DMatrix::from_fn(rows.len(), parameters.len(), |i, j| rows[i].1[j]),
        }
    }
}
