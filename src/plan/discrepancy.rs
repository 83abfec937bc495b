//! How far a law may be from the truth, as runs near each other share it.
//!
//! A law is never exactly right. What it lacks is described as a Gaussian process around it
//! (Kennedy and O'Hagan 2001): runs with similar arguments are off by similar amounts. Its variance
//! and its length are not known, and few runs say little about them, so the covariance is the mean
//! over some values of both. Each value is weighted by the restricted likelihood of the residuals
//! and by its prior. The share of the process in the variance of a run is uniform a priori (Daniels
//! 1999, "A prior for the variance in hierarchical models").

use super::candidate::Candidate;
use nalgebra::{DMatrix, DVector};

/// Lengths over which the process changes, as shares of the range of all points in each column.
const LENGTHS: [f64; 3] = [0.25, 0.5, 1.0];
/// Shares of the process in the variance of a run: the middles of five equal parts of 0 to 1.
const SHARES: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];
/// The assumed noise counts as much as this many runs.
const ASSUMED_RUNS: f64 = 1.0;
/// The likelihood uses at most about this many runs, because its cost grows with their cube.
const MOST_RUNS: usize = 200;

/// Points in comparable units: each column's range is one, in the logarithm if all its values are
/// positive.
#[derive(Debug, Clone)]
struct Axes {
    /// Whether the logarithm is taken, the lowest value, and the range.
    columns: Vec<(bool, f64, f64)>,
}

impl Axes {
    fn of(points: &[&[f64]]) -> Axes {
        let width = points.first().map_or(0, |x| x.len());
        let column = |k: usize| {
            let is_log = points.iter().all(|x| x[k] > 0.0);
            let values = points.iter().map(|x| if is_log { x[k].ln() } else { x[k] });
            let low = values.clone().fold(f64::INFINITY, f64::min);
            let high = values.fold(f64::NEG_INFINITY, f64::max);
            let range = if high > low { high - low } else { 1.0 };
            (is_log, low, range)
        };
        Axes {
            columns: (0..width).map(column).collect(),
        }
    }

    fn place(&self, x: &[f64]) -> Vec<f64> {
        let one = |(x, (is_log, low, range)): (&f64, &(bool, f64, f64))| {
            let value = if *is_log { x.ln() } else { *x };
            (value - low) / range
        };
        x.iter().zip(&self.columns).map(one).collect()
    }
}

/// The correlation of the process at two places.
fn correlation(a: &[f64], b: &[f64], length: f64) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (-0.5 * squares / (length * length)).exp()
}

/// The process: its variance at each length, and what it leaves to the noise of the runs.
#[derive(Debug, Clone)]
pub(super) struct Discrepancy {
    axes: Axes,
    variances: [f64; LENGTHS.len()],
    /// The variance of a weighted residual without the process.
    pub(super) noise: f64,
}

/// What the fitted runs say: one row for each in the order of their places.
pub(super) struct Evidence {
    /// Weighted residuals at the best minimum.
    pub(super) residuals: Vec<f64>,
    /// Their derivatives by the free parameters.
    pub(super) slopes: Vec<DVector<f64>>,
    /// The weighted residual for a process of one.
    pub(super) factors: Vec<f64>,
    /// The arguments of the runs.
    pub(super) points: Vec<Vec<f64>>,
    /// The information of the prior, times the variance of a weighted residual.
    pub(super) prior: DMatrix<f64>,
    /// The assumed variance of a weighted residual, and whether it is known.
    pub(super) assumed: f64,
    pub(super) is_known: bool,
}

impl Evidence {
    /// The restricted log likelihood with this ratio of the variance of the process to that of the
    /// noise, and the variance of the noise (Harville 1977).
    fn likelihood(&self, axes: &Axes, ratio: f64, length: f64) -> Option<(f64, f64)> {
        let step = self.points.len().div_ceil(MOST_RUNS).max(1);
        let rows: Vec<usize> = (0..self.points.len()).step_by(step).collect();
        let places: Vec<Vec<f64>> = rows.iter().map(|i| axes.place(&self.points[*i])).collect();
        let (count, size) = (rows.len(), self.prior.nrows());
        let variance = DMatrix::from_fn(count, count, |i, k| {
            let factors = self.factors[rows[i]] * self.factors[rows[k]];
            let shared = ratio * factors * correlation(&places[i], &places[k], length);
            if i == k { 1.0 + shared } else { shared }
        });
        let variance = variance.cholesky()?;
        let white = |v: DMatrix<f64>| variance.l_dirty().solve_lower_triangular(&v);
        let slopes = white(DMatrix::from_fn(count, size, |i, k| {
            self.slopes[rows[i]][k]
        }))?;
        let residuals = white(DMatrix::from_fn(count, 1, |i, _| self.residuals[rows[i]]))?;
        let information = (slopes.tr_mul(&slopes) + &self.prior).cholesky()?;
        let along = slopes.tr_mul(&residuals);
        let explained = along.dot(&information.solve(&along));
        let rest = (residuals.norm_squared() - explained).max(0.0);
        let log = |l: &DMatrix<f64>| -> f64 { l.diagonal().iter().map(|v| v.ln()).sum() };
        let volume = log(variance.l_dirty()) + log(information.l_dirty());
        if self.is_known {
            return Some((-0.5 * rest / self.assumed - volume, self.assumed));
        }
        let freedom = (count as f64 - size as f64).max(0.0) + ASSUMED_RUNS;
        let rest = rest + ASSUMED_RUNS * self.assumed;
        Some((-0.5 * freedom * rest.ln() - volume, rest / freedom))
    }
}

impl Discrepancy {
    /// The mean process over its possible variances and lengths. `unit` is the variance of a new
    /// run for a weighted residual of variance one.
    pub(super) fn estimate(
        evidence: &Evidence,
        targets: &[Vec<f64>],
        candidates: &[Candidate],
        unit: f64,
    ) -> Option<Discrepancy> {
        let points = evidence.points.iter().chain(targets);
        let points = points.chain(candidates.iter().map(|c| &c.x));
        let points: Vec<&[f64]> = points.map(Vec::as_slice).collect();
        let axes = Axes::of(&points);
        let mut found = Vec::new();
        for (k, length) in LENGTHS.into_iter().enumerate() {
            for share in SHARES {
                let ratio = share / (1.0 - share);
                if let Some((log, noise)) = evidence.likelihood(&axes, ratio, length)
                    && log.is_finite()
                {
                    found.push((log, k, ratio, noise));
                }
            }
        }
        let top = found.iter().map(|f| f.0).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = found.iter().map(|f| (f.0 - top).exp()).sum();
        let (mut variances, mut mean) = ([0.0; LENGTHS.len()], 0.0);
        for (log, k, ratio, noise) in &found {
            let weight = (log - top).exp() / total;
            mean += weight * noise;
            variances[*k] += weight * ratio * noise * unit;
        }
        (mean.is_finite() && mean > 0.0).then_some(Discrepancy {
            axes,
            variances,
            noise: mean,
        })
    }

    /// The place of a point among all points.
    pub(super) fn place(&self, x: &[f64]) -> Vec<f64> {
        self.axes.place(x)
    }

    /// The covariance of the process at two places.
    pub(super) fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        let of = |(variance, length): (&f64, f64)| variance * correlation(a, b, length);
        self.variances.iter().zip(LENGTHS).map(of).sum()
    }

    /// Its variance at any place.
    pub(super) fn variance(&self) -> f64 {
        self.variances.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::standard_normal;
    use crate::resampling::stream;

    /// Twenty runs around a straight line, with a wave of this height and noise of 0.01.
    fn evidence(height: f64) -> Evidence {
        let mut rng = stream(1, 0);
        let x: Vec<f64> = (1..=20).map(|k| k as f64).collect();
        let wave = |x: f64| height * (2.5 * x.ln()).sin();
        let y: Vec<f64> = x
            .iter()
            .map(|x| wave(*x) + 0.01 * standard_normal(&mut rng))
            .collect();
        let slopes = DMatrix::from_fn(20, 2, |i, k| if k == 0 { 1.0 } else { x[i].ln() });
        let fitted = (slopes.tr_mul(&slopes)).cholesky().unwrap();
        let p = fitted.solve(&slopes.tr_mul(&DVector::from_vec(y.clone())));
        let said = &slopes * p;
        Evidence {
            residuals: said.iter().zip(&y).map(|(f, y)| f - y).collect(),
            slopes: slopes.row_iter().map(|row| row.transpose()).collect(),
            factors: vec![1.0; 20],
            points: x.iter().map(|x| vec![*x]).collect(),
            prior: DMatrix::zeros(2, 2),
            assumed: 1e-4,
            is_known: false,
        }
    }

    #[test]
    fn residuals_that_neighbours_share_are_of_the_process() {
        let of = |height: f64| Discrepancy::estimate(&evidence(height), &[], &[], 1.0).unwrap();
        let (right, wrong) = (of(0.0), of(0.1));
        assert!(right.noise.sqrt() > 0.007 && right.variances[0].sqrt() < 0.01);
        // All residuals together have a standard deviation of 0.07.
        assert!(wrong.noise.sqrt() < 0.02, "{:?}", wrong.noise.sqrt());
        assert!(wrong.variance().sqrt() > 0.05, "{:?}", wrong.variances);
    }

    #[test]
    fn near_places_share_more_and_units_do_not_matter() {
        let made = Discrepancy::estimate(&evidence(0.1), &[], &[], 1.0).unwrap();
        let at = |x: f64| made.place(&[x]);
        assert_eq!((at(1.0), at(20.0)), (vec![0.0], vec![1.0]));
        let shared = |x: f64| made.covariance(&at(2.0), &at(x)) / made.variance();
        assert_eq!(shared(2.0), 1.0);
        assert!(shared(3.0) > shared(4.0) && shared(4.0) > shared(20.0));
        let mut other = evidence(0.1);
        other.points.iter_mut().for_each(|x| x[0] *= 1e9);
        let other = Discrepancy::estimate(&other, &[], &[], 1.0).unwrap();
        for (p, q) in made.variances.iter().zip(other.variances) {
            assert!((p - q).abs() <= 1e-9 * p.abs(), "{p} {q}");
        }
        // Columns with values that are not positive keep their own scale.
        let axes = Axes::of(&[&[-1.0, 3.0], &[1.0, 3.0]]);
        assert_eq!(axes.place(&[0.0, 3.0]), [0.5, 0.0]);
    }
}
