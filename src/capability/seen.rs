//! The metric of some problems under the hierarchical fit.

use super::cells::Cells;
use super::hierarchy::{Hierarchy, Posterior};
use super::mixing::SHAPE;
use nalgebra::DMatrix;

/// The metric of a set of problems under the hierarchical fit.
pub(super) struct Seen {
    /// Mean λ of every model.
    pub(super) metric: Vec<f64>,
    /// Covariance of its logarithm for these problems.
    pub(super) errors: DMatrix<f64>,
    pub(super) difficulties: Vec<Vec<(f64, f64)>>,
    /// Mean θ of every problem, in units of their mean.
    pub(super) means: Vec<f64>,
}

/// The metric of some problems with its errors: the uncertainty of each problem given its counts,
/// and the shared uncertainty of the parameters.
pub(super) fn seen(
    fit: &Hierarchy,
    parameters: &DMatrix<f64>,
    cells: &Cells,
    problems: &[usize],
) -> Seen {
    let models = fit.levels.beta.len();
    let n = problems.len() as f64;
    let mut metric = vec![0.0; models];
    let mut own = DMatrix::zeros(models, models);
    let mut slopes = DMatrix::zeros(models, models + SHAPE);
    let mut difficulties = Vec::with_capacity(problems.len());
    for &problem in problems {
        let Posterior {
            lambda,
            covariance,
            slopes: rises,
            nodes,
        } = fit.posterior(cells, problem);
        for (total, one) in metric.iter_mut().zip(&lambda) {
            *total += one / n;
        }
        own += covariance / (n * n);
        slopes += rises / n;
        difficulties.push(
            nodes
                .into_iter()
                .map(|(t, w)| (t.exp(), w))
                .collect::<Vec<_>>(),
        );
    }
    let total = own + &slopes * parameters * slopes.transpose();
    let errors = DMatrix::from_fn(models, models, |i, j| {
        total[(i, j)] / (metric[i] * metric[j])
    });
    let means: Vec<f64> = difficulties
        .iter()
        .map(|nodes| nodes.iter().map(|(d, w)| d * w).sum())
        .collect();
    let mean = means.iter().sum::<f64>() / n;
    for node in difficulties.iter_mut().flatten() {
        node.0 /= mean;
    }
    Seen {
        metric,
        errors,
        difficulties,
        means: means.into_iter().map(|m| m / mean).collect(),
    }
}
