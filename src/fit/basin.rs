//! The minima of a fit.

use serde::{Deserialize, Serialize};

/// Every basin, and (starts that reached the best, starts tried) where starts were needed.
pub(super) type Found = (Vec<Basin>, Option<(usize, usize)>);

/// A local minimum of the objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Basin {
    /// Parameters in the law's order.
    pub parameters: Vec<f64>,
    /// The unscaled objective.
    pub objective: f64,
    /// Whether the descent ended at a minimum.
    #[doc(hidden)]
    pub converged: bool,
}

impl Basin {
    /// Sorted by objective, each minimum once.
    pub(crate) fn distinct(mut minima: Vec<Basin>) -> Vec<Basin> {
        minima.sort_by(|p, q| p.objective.total_cmp(&q.objective));
        let mut kept: Vec<Basin> = Vec::new();
        for basin in minima {
            let same = |k: &Basin| {
                let flat = (k.objective - basin.objective).abs() <= 1e-9 * basin.objective.abs();
                let near = k
                    .parameters
                    .iter()
                    .zip(&basin.parameters)
                    .all(|(p, q)| (p - q).abs() <= 1e-4 * p.abs().max(q.abs()));
                flat || near
            };
            if !kept.iter().any(same) {
                kept.push(basin);
            }
        }
        kept
    }
}
