//! Small least-squares problems whose weights depend on the fitted values.

use nalgebra::{DMatrix, DVector};

/// Fitted values and their derivatives, row by row.
pub(super) struct Fitted {
    pub(super) values: DVector<f64>,
    pub(super) jacobian: DMatrix<f64>,
}

/// A curve whose parameters have bounds.
pub(super) trait Curve {
    /// Smallest and largest value of each parameter.
    fn bounds(&self) -> Vec<(f64, f64)>;

    /// The fitted values of all rows.
    fn fitted(&self, parameters: &[f64]) -> Fitted;
}

/// The end of a descent.
#[derive(Debug, Clone)]
pub(super) struct Minimum {
    pub(super) parameters: Vec<f64>,
    /// The weighted sum of squares.
    pub(super) value: f64,
    /// Whether the last steps changed the sum by negligible amounts.
    pub(super) converged: bool,
}

/// Most steps of one descent.
const STEPS: usize = 300;
/// A step that lowers the sum by at most this share of it counts as negligible.
const ENOUGH: f64 = 1e-13;

/// Descends from `start` with these weights by the Levenberg–Marquardt method.
pub(super) fn descend(
    curve: &impl Curve,
    observed: &DVector<f64>,
    weights: &DVector<f64>,
    start: &[f64],
) -> Option<Minimum> {
    let bounds = curve.bounds();
    let inside = |k: usize, v: f64| v.clamp(bounds[k].0, bounds[k].1);
    let mut at: Vec<f64> = (0..start.len()).map(|k| inside(k, start[k])).collect();
    let mut fitted = curve.fitted(&at);
    let mut value = weighted(&(observed - &fitted.values), weights);
    if !value.is_finite() {
        return None;
    }
    let (mut damping, mut still) = (1e-3, 0);
    for _ in 0..STEPS {
        let residuals = observed - &fitted.values;
        let weighed = DMatrix::from_fn(residuals.len(), at.len(), |i, j| {
            fitted.jacobian[(i, j)] * weights[i]
        });
        let gradient = weighed.transpose() * &residuals;
        let gram = weighed.transpose() * &fitted.jacobian;
        // A parameter at a bound does not move if the step would cross the bound.
        let moves: Vec<usize> = (0..at.len())
            .filter(|&k| {
                let (low, high) = bounds[k];
                !(at[k] <= low && gradient[k] <= 0.0 || at[k] >= high && gradient[k] >= 0.0)
            })
            .collect();
        let Some(step) = damped(&gram, &gradient, &moves, damping) else {
            damping *= 10.0;
            if damping > 1e15 {
                break;
            }
            continue;
        };
        let mut next = at.clone();
        for (place, &k) in moves.iter().enumerate() {
            next[k] = inside(k, at[k] + step[place]);
        }
        let tried = curve.fitted(&next);
        let found = weighted(&(observed - &tried.values), weights);
        if found <= value {
            let little = value - found <= ENOUGH * value;
            (at, fitted, value) = (next, tried, found);
            still = if little { still + 1 } else { 0 };
            damping = f64::max(damping * 0.1, 1e-12);
            if still >= 3 || moves.is_empty() {
                return Some(Minimum {
                    parameters: at,
                    value,
                    converged: true,
                });
            }
        } else {
            damping *= 10.0;
            if damping > 1e12 {
                // No step improves the sum beyond its rounding errors.
                return Some(Minimum {
                    parameters: at,
                    value,
                    converged: true,
                });
            }
        }
    }
    Some(Minimum {
        parameters: at,
        value,
        converged: false,
    })
}

fn weighted(residuals: &DVector<f64>, weights: &DVector<f64>) -> f64 {
    residuals.iter().zip(weights).map(|(r, w)| w * r * r).sum()
}

fn damped(
    gram: &DMatrix<f64>,
    gradient: &DVector<f64>,
    moves: &[usize],
    damping: f64,
) -> Option<DVector<f64>> {
    let m = moves.len();
    let mut matrix = DMatrix::from_fn(m, m, |i, j| gram[(moves[i], moves[j])]);
    for i in 0..m {
        matrix[(i, i)] += damping * f64::max(matrix[(i, i)], 1e-300);
    }
    let right = DVector::from_fn(m, |i, _| gradient[moves[i]]);
    let step = matrix.cholesky()?.solve(&right);
    step.iter().all(|s| s.is_finite()).then_some(step)
}

/// The covariance of the `free` parameters, as far as the rows determine them; zero for the others.
pub(super) fn covariance(
    jacobian: &DMatrix<f64>,
    weights: &DVector<f64>,
    free: &[usize],
) -> DMatrix<f64> {
    let all = jacobian.ncols();
    let mut full = DMatrix::zeros(all, all);
    let scaled = DMatrix::from_fn(jacobian.nrows(), free.len(), |i, j| {
        jacobian[(i, free[j])] * weights[i].sqrt()
    });
    let norms: Vec<f64> = scaled.column_iter().map(|c| c.norm()).collect();
    let unit = DMatrix::from_fn(scaled.nrows(), free.len(), |i, j| {
        scaled[(i, j)] / norms[j].max(f64::MIN_POSITIVE)
    });
    let svd = unit.svd(false, true);
    let Some(vt) = svd.v_t else { return full };
    for (k, &s) in svd.singular_values.iter().enumerate() {
        if s < 1e-7 {
            continue;
        }
        for i in 0..free.len() {
            for j in 0..free.len() {
                if norms[i] > 0.0 && norms[j] > 0.0 {
                    full[(free[i], free[j])] +=
                        vt[(k, i)] * vt[(k, j)] / (s * s * norms[i] * norms[j]);
                }
            }
        }
    }
    full
}
