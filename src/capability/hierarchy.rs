//! The hierarchical likelihood of all counts, zeros included.
//!
//! ln λ_im = t_i + β_m + ε_im for problem i and model m, with λ = −ln p, binomial counts,
//! difficulties t_i from [`Mixing`] and normal ε_im with standard deviation τ. The difficulties are
//! integrated out: estimating each would be inconsistent (Neyman and Scott 1948). Every factor is
//! log-concave in t, so each problem has one mode, and its integral is a trapezoid sum over a
//! window around it. The error of that sum moves no estimate by a hundredth of its standard error.
//! Newton's method uses the observed information by Louis (1982).

use super::cells::Cells;
use super::integral::{Data, NODES, Sums, Window};
use super::mixing::{Mixing, SHAPE, Shape};
use super::root::root;
use crate::runs::Count;
use nalgebra::{DMatrix, DVector};

/// The smallest rate of the exponential factor, which keeps the mean of the difficulties finite.
const LEAST_RATE: f64 = 1e-4;
/// The most Newton steps.
const STEPS: usize = 80;
/// The range of the search for τ².
const TAU_SQUARED: (f64, f64) = (4e-4, 4.0);
/// A climb ends when half the squared distance from the maximum, in standard errors, is below this.
const AT_THE_TOP: f64 = 1e-9;
/// The same during the search for τ.
const NEAR_THE_TOP: f64 = 1e-4;

/// Levels of the models. Their mean over the first `small` ones is fixed.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    pub(super) beta: Vec<f64>,
    small: usize,
}

impl Levels {
    /// The matrix from free parameters (all models but the first) to levels.
    fn basis(models: usize, small: usize) -> DMatrix<f64> {
        DMatrix::from_fn(models, models - 1, |m, j| {
            let own = if m == j + 1 { 1.0 } else { 0.0 };
            let mean = if j + 1 < small {
                1.0 / small as f64
            } else {
                0.0
            };
            own - mean
        })
    }
}

/// A maximum of the likelihood.
#[derive(Debug, Clone)]
pub(super) struct Hierarchy {
    pub(super) levels: Levels,
    pub(super) mixing: Mixing,
    /// Standard deviation of ε.
    pub(super) tau: f64,
    /// Covariance of (levels, shape); zero for the shape if it was fixed.
    pub(super) covariance: DMatrix<f64>,
    /// Whether the score is zero and the information positive definite.
    pub(super) converged: bool,
}

/// The posterior of one problem's λ at every model.
#[derive(Debug, Clone)]
pub(super) struct Posterior {
    /// E\[λ_im\].
    pub(super) lambda: Vec<f64>,
    /// Cov(λ_im, λ_im′).
    pub(super) covariance: DMatrix<f64>,
    /// dE\[λ_im\]/d(levels, shape).
    pub(super) slopes: DMatrix<f64>,
    /// The window over t with its probabilities.
    pub(super) nodes: Vec<(f64, f64)>,
}

/// Counts, one row per fitted model in order of compute. The first `small` models anchor the
/// levels.
pub(super) struct Counts<'a> {
    pub(super) rows: Vec<&'a [Count]>,
    pub(super) small: usize,
}

impl Hierarchy {
    /// Fits levels, difficulties and scatter to every problem.
    pub(super) fn fit(counts: &Counts<'_>) -> Hierarchy {
        let problems: Vec<usize> = (0..counts.rows[0].len()).collect();
        let (mut levels, shape) = start(counts);
        let mut mixing = Mixing::new(shape);
        let at = |tau: f64, levels: &mut Levels, mixing: &mut Mixing, end: f64| {
            let cells = Cells::new(&counts.rows, tau);
            let data = Data {
                cells: &cells,
                problems: &problems,
                models: counts.rows.len(),
            };
            data.climb(levels, mixing, true, end)
        };
        let (mut sums, mut converged) = at(0.0, &mut levels, &mut mixing, AT_THE_TOP);
        let mut tau = 0.0;
        if sums.tau_score > 0.0 && counts.rows.len() > 1 {
            let plain = (levels.clone(), mixing.clone());
            let squared = root(TAU_SQUARED, |v| {
                at(v.sqrt(), &mut levels, &mut mixing, NEAR_THE_TOP)
                    .0
                    .tau_score
            });
            let (with, well) = at(squared.sqrt(), &mut levels, &mut mixing, AT_THE_TOP);
            // The additional parameter must raise the log likelihood by one (Akaike 1974).
            if squared > TAU_SQUARED.0 && with.value > sums.value + 1.0 {
                (tau, sums, converged) = (squared.sqrt(), with, well);
            } else {
                (levels, mixing) = plain;
            }
        }
        finish(levels, mixing, tau, &sums, converged, true)
    }

    /// Fits only the levels to some problems; difficulties, scatter and the anchor are kept.
    ///
    /// Problems chosen by the counts of the small models are not a random sample of the
    /// difficulties. But given the anchor, the choice hardly depends on the differences of the
    /// levels, and only these are fitted.
    pub(super) fn refit(&self, cells: &Cells, problems: &[usize]) -> Hierarchy {
        let mut levels = self.levels.clone();
        let mut mixing = self.mixing.clone();
        let data = Data {
            cells,
            problems,
            models: levels.beta.len(),
        };
        let (sums, converged) = data.climb(&mut levels, &mut mixing, false, AT_THE_TOP);
        finish(levels, mixing, self.tau, &sums, converged, false)
    }

    /// The posterior of one problem given the fit.
    pub(super) fn posterior(&self, cells: &Cells, problem: usize) -> Posterior {
        let models = self.levels.beta.len();
        let only = [problem];
        let data = Data {
            cells,
            problems: &only,
            models,
        };
        let mut window = Window::new(models, 1);
        data.window(0, &self.levels.beta, &self.mixing, &mut window);
        let size = models + SHAPE;
        let mut mean = vec![0.0; models];
        let mut squares = DMatrix::zeros(models, models);
        let mut slopes = DMatrix::zeros(models, size);
        let mut scores = vec![0.0; size];
        let mut moments = vec![(0.0, 0.0, 0.0); models];
        for j in 0..NODES {
            let (t, weight) = window.nodes[j];
            let score = window.score(j, t, &self.mixing);
            for (m, moment) in moments.iter_mut().enumerate() {
                *moment = cells.cell(problem, m).lambda(t + self.levels.beta[m]);
            }
            for (m, (first, rise, second)) in moments.iter().enumerate() {
                mean[m] += weight * first;
                slopes[(m, m)] += weight * rise;
                for (k, s) in score.iter().enumerate() {
                    slopes[(m, k)] += weight * first * s;
                }
                for n in 0..m {
                    squares[(m, n)] += weight * first * moments[n].0;
                }
                squares[(m, m)] += weight * second;
            }
            for (k, s) in score.iter().enumerate() {
                scores[k] += weight * s;
            }
        }
        for m in 0..models {
            for n in 0..=m {
                squares[(m, n)] -= mean[m] * mean[n];
                squares[(n, m)] = squares[(m, n)];
            }
            for k in 0..size {
                slopes[(m, k)] -= mean[m] * scores[k];
            }
        }
        Posterior {
            lambda: mean,
            covariance: squares,
            slopes,
            nodes: window.nodes,
        }
    }
}

fn finish(
    levels: Levels,
    mixing: Mixing,
    tau: f64,
    sums: &Sums,
    converged: bool,
    with_shape: bool,
) -> Hierarchy {
    let models = levels.beta.len();
    let free = free_parameters(&mixing.shape, &sums.score, with_shape);
    let map = map(models, levels.small, &free);
    let reduced = map.transpose() * &sums.information * &map;
    let inverse = reduced.cholesky().map(|c| c.inverse());
    let covariance = match &inverse {
        Some(inverse) => &map * inverse * map.transpose(),
        None => DMatrix::zeros(models + SHAPE, models + SHAPE),
    };
    Hierarchy {
        levels,
        mixing,
        tau,
        covariance,
        converged: converged && inverse.is_some(),
    }
}

/// Which shape parameters are free: not on a bound that the score pushes against.
fn free_parameters(shape: &Shape, score: &DVector<f64>, with_shape: bool) -> [bool; SHAPE] {
    let models = score.len() - SHAPE;
    let least = [f64::NEG_INFINITY, LEAST_RATE, 0.0];
    std::array::from_fn(|k| with_shape && (shape[k] > least[k] || score[models + k] > 0.0))
}

/// The matrix from free parameters to (levels, shape).
fn map(models: usize, small: usize, free: &[bool; SHAPE]) -> DMatrix<f64> {
    let shapes = free.iter().filter(|f| **f).count();
    let basis = Levels::basis(models, small);
    let mut map = DMatrix::zeros(models + SHAPE, models - 1 + shapes);
    map.view_mut((0, 0), (models, models - 1)).copy_from(&basis);
    let moving = (0..SHAPE).filter(|k| free[*k]);
    for (column, k) in (models - 1..).zip(moving) {
        map[(models + k, column)] = 1.0;
    }
    map
}

/// Starting levels and shape from the mean −ln p of each model by the corrected plug-in.
fn start(counts: &Counts<'_>) -> (Levels, Shape) {
    let models = counts.rows.len();
    let means: Vec<f64> = counts
        .rows
        .iter()
        .map(|row| {
            let total: f64 = row
                .iter()
                .map(|c| ((c.samples as f64 + 0.5) / (c.passes as f64 + 0.5)).ln())
                .sum();
            (total / row.len() as f64).max(1e-3)
        })
        .collect();
    let mut beta: Vec<f64> = means.iter().map(|m| m.ln()).collect();
    let small = counts.small.clamp(1, models);
    let anchor = beta[..small].iter().sum::<f64>() / small as f64;
    for b in &mut beta {
        *b -= anchor;
    }
    let rate = 0.7 / anchor.exp();
    (Levels { beta, small }, [0.8, rate.max(1e-3), 0.1])
}

impl Data<'_> {
    /// Newton's method with step halving. Returns the sums at the end and whether the score became
    /// zero.
    fn climb(
        &self,
        levels: &mut Levels,
        mixing: &mut Mixing,
        with_shape: bool,
        end: f64,
    ) -> (Sums, bool) {
        let mut window = Window::new(self.models, self.problems.len());
        let mut sums = self.sums(&levels.beta, mixing, &mut window);
        for _ in 0..STEPS {
            let free = free_parameters(&mixing.shape, &sums.score, with_shape);
            let map = map(self.models, levels.small, &free);
            let score = map.transpose() * &sums.score;
            let information = map.transpose() * &sums.information * &map;
            let Some(step) = newton(&information, &score) else {
                return (sums, false);
            };
            if score.dot(&step) < end {
                return (sums, true);
            }
            let full = &map * step;
            let mut scale = 1.0;
            let improved = loop {
                let beta: Vec<f64> = (0..self.models)
                    .map(|m| levels.beta[m] + scale * full[m])
                    .collect();
                let mut shape: Shape =
                    std::array::from_fn(|k| mixing.shape[k] + scale * full[self.models + k]);
                shape[1] = shape[1].max(LEAST_RATE);
                shape[2] = shape[2].max(0.0);
                let next = if with_shape {
                    Mixing::new(shape)
                } else {
                    mixing.clone()
                };
                let there = self.sums(&beta, &next, &mut window);
                if there.value.is_finite() && there.value >= sums.value - 1e-10 {
                    let gain = there.value - sums.value;
                    levels.beta = beta;
                    *mixing = next;
                    sums = there;
                    break gain;
                }
                scale *= 0.5;
                if scale < 1e-6 {
                    break -1.0;
                }
            };
            if improved < 0.0 {
                return (sums, false);
            }
        }
        (sums, false)
    }
}

/// The Newton step. A ridge is added if the information is not positive definite.
fn newton(information: &DMatrix<f64>, score: &DVector<f64>) -> Option<DVector<f64>> {
    if score.is_empty() {
        return Some(score.clone());
    }
    let size = information.diagonal().abs().max().max(1e-12);
    let mut ridge = 0.0;
    for _ in 0..12 {
        let mut m = information.clone();
        for k in 0..m.nrows() {
            m[(k, k)] += ridge * (size + information[(k, k)].abs());
        }
        if let Some(c) = m.cholesky() {
            return Some(c.solve(score));
        }
        ridge = if ridge == 0.0 { 1e-6 } else { ridge * 10.0 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 40 problems, 3 models, 20 samples, drawn from pass rates Beta(0.6, 1.2) at the first model
    /// and k = 0.1.
    const PASSES: [[u64; 40]; 3] = [
        [
            14, 0, 1, 16, 13, 15, 11, 11, 19, 16, 0, 0, 4, 1, 5, 5, 12, 17, 15, 0, 20, 16, 14, 0,
            17, 0, 18, 12, 5, 0, 0, 4, 10, 11, 10, 0, 0, 14, 6, 0,
        ],
        [
            17, 2, 0, 14, 14, 13, 15, 15, 20, 15, 2, 3, 10, 1, 4, 5, 17, 18, 14, 0, 20, 16, 14, 0,
            19, 0, 16, 11, 8, 0, 0, 10, 12, 12, 9, 1, 0, 16, 5, 9,
        ],
        [
            19, 0, 0, 16, 16, 18, 16, 10, 20, 15, 2, 6, 9, 2, 10, 6, 15, 18, 16, 0, 19, 13, 13, 6,
            18, 1, 18, 13, 11, 1, 0, 8, 13, 13, 7, 1, 0, 17, 9, 8,
        ],
    ];

    fn counts() -> Vec<Vec<Count>> {
        let count = |passes| Count {
            samples: 20,
            passes,
        };
        PASSES
            .iter()
            .map(|row| row.iter().map(|&c| count(c)).collect())
            .collect()
    }

    #[test]
    fn the_maximum_is_that_of_a_second_solver() {
        let counts = counts();
        let rows = Counts {
            rows: counts.iter().map(Vec::as_slice).collect(),
            small: 1,
        };
        let (mut levels, shape) = start(&rows);
        let mut mixing = Mixing::new(shape);
        let cells = Cells::new(&rows.rows, 0.0);
        let problems: Vec<usize> = (0..40).collect();
        let data = Data {
            cells: &cells,
            problems: &problems,
            models: 3,
        };
        let (sums, converged) = data.climb(&mut levels, &mut mixing, true, AT_THE_TOP);
        assert!(converged);
        // SciPy 1.17 L-BFGS-B from three starts, all difficulties on one grid of 3,000 points
        // (studies/references/hierarchy.py). Tables are good to about 1e-4 here.
        assert!((sums.value + 1_093.779_957).abs() < 2e-3, "{}", sums.value);
        for (found, expected) in levels.beta.iter().zip([0.0, -0.294_132, -0.468_956]) {
            assert!((found - expected).abs() < 5e-4, "{:?}", levels.beta);
        }
        for (found, expected) in mixing.shape.iter().zip([0.105_459, 0.058_917, 0.386_707]) {
            assert!((found - expected).abs() < 5e-3, "{:?}", mixing.shape);
        }
        let fit = finish(levels, mixing, 0.0, &sums, converged, true);
        let seen = crate::capability::seen::seen(&fit, &fit.covariance, &cells, &problems);
        for (found, expected) in seen.metric.iter().zip([2.259_888, 1.684_019, 1.413_910]) {
            assert!((found / expected - 1.0).abs() < 1e-3, "{:?}", seen.metric);
        }
    }

    #[test]
    fn score_and_information_are_derivatives() {
        let counts = counts();
        let rows: Vec<&[Count]> = counts.iter().map(Vec::as_slice).collect();
        for tau in [0.0, 0.25] {
            let cells = Cells::new(&rows, tau);
            let problems: Vec<usize> = (0..40).collect();
            let data = Data {
                cells: &cells,
                problems: &problems,
                models: 3,
            };
            let at = |p: &[f64]| {
                let mixing = Mixing::new([p[3], p[4], p[5]]);
                data.sums(&p[..3], &mixing, &mut Window::new(3, 40))
            };
            let p = [0.05, -0.2, -0.5, 0.4, 0.3, 0.2];
            let here = at(&p);
            for k in 0..6 {
                let (mut low, mut high) = (p, p);
                low[k] -= 1e-4;
                high[k] += 1e-4;
                let (low, high) = (at(&low), at(&high));
                let slope = (high.value - low.value) / 2e-4;
                assert!(
                    (slope - here.score[k]).abs() < 1e-3 * (1.0 + slope.abs()),
                    "tau {tau}, score {k}: {slope} {}",
                    here.score[k]
                );
                for l in 0..6 {
                    let bend = -(high.score[l] - low.score[l]) / 2e-4;
                    let stated = here.information[(k, l)];
                    // The second derivatives of the cubics are piecewise linear.
                    assert!(
                        (bend - stated).abs() < 0.01 * (1.0 + bend.abs()),
                        "tau {tau}, information {k} {l}: {bend} {stated}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_score_of_the_scatter_is_a_derivative() {
        let counts = counts();
        let rows: Vec<&[Count]> = counts.iter().map(Vec::as_slice).collect();
        let problems: Vec<usize> = (0..40).collect();
        let mixing = Mixing::new([0.4, 0.3, 0.2]);
        let at = |squared: f64| {
            let cells = Cells::new(&rows, squared.sqrt());
            let data = Data {
                cells: &cells,
                problems: &problems,
                models: 3,
            };
            data.sums(&[0.05, -0.2, -0.5], &mixing, &mut Window::new(3, 40))
        };
        let (low, here, high) = (at(0.058), at(0.06), at(0.062));
        let slope = (high.value - low.value) / 0.004;
        assert!(
            (slope / here.tau_score - 1.0).abs() < 0.02,
            "{slope} {}",
            here.tau_score
        );
    }
}
