//! Integrates over the difficulties: a window of nodes per problem, and sums over problems.

use super::cells::{At, Cells, HIGHEST, LOWEST};
use super::mixing::{Mixing, SHAPE, statistics};
use nalgebra::{DMatrix, DVector};

/// Points of the trapezoid sum over one difficulty. With four times as many, k of published counts
/// (128 problems, 7 models, 10,000 samples, zeros among them) moves by at most 0.8 % of its
/// standard error in any bucket.
pub(super) const NODES: usize = 36;
/// Values this far below the peak of a log density are left out.
const NEGLIGIBLE: f64 = 22.0;

/// Sums over problems at one point of the parameters.
pub(super) struct Sums {
    pub(super) value: f64,
    pub(super) score: DVector<f64>,
    pub(super) information: DMatrix<f64>,
    pub(super) tau_score: f64,
}

/// The counts of some problems, with their tables for one τ.
pub(super) struct Data<'a> {
    pub(super) cells: &'a Cells,
    pub(super) problems: &'a [usize],
    pub(super) models: usize,
}

/// The window of one problem over t: nodes with probabilities, and the slopes of its cells there.
pub(super) struct Window {
    /// (t, probability).
    pub(super) nodes: Vec<(f64, f64)>,
    /// Slopes of the cells at every node, the models of one node adjacent.
    slopes: Vec<f64>,
    bends: Vec<f64>,
    logs: Vec<f64>,
    score: Vec<f64>,
    log_mass: f64,
    /// The last mode of every problem, from which the next search starts.
    modes: Vec<f64>,
}

impl Window {
    pub(super) fn new(models: usize, problems: usize) -> Window {
        Window {
            nodes: vec![(0.0, 0.0); NODES],
            slopes: vec![0.0; NODES * models],
            bends: vec![0.0; NODES * models],
            logs: vec![0.0; NODES],
            score: vec![0.0; models + SHAPE],
            log_mass: 0.0,
            modes: vec![0.0; problems],
        }
    }

    /// The complete-data score at a node.
    pub(super) fn score(&mut self, node: usize, t: f64, mixing: &Mixing) -> &[f64] {
        let models = self.score.len() - SHAPE;
        self.score[..models].copy_from_slice(&self.slopes[node * models..(node + 1) * models]);
        let s = statistics(t, t.exp());
        for (score, (s, mean)) in self.score[models..]
            .iter_mut()
            .zip(s.iter().zip(&mixing.mean))
        {
            *score = s - mean;
        }
        &self.score
    }
}

impl Data<'_> {
    /// Log density of t with its derivatives, up to a constant.
    fn log_density(&self, problem: usize, t: f64, beta: &[f64], mixing: &Mixing) -> At {
        let theta = t.exp();
        let [b, a, q] = mixing.shape;
        let mut sum = At {
            value: mixing.log_density(&statistics(t, theta)),
            slope: b - a * theta - q * t,
            bend: -a * theta - q,
        };
        for (m, level) in beta.iter().enumerate() {
            let at = self.cells.cell(problem, m).at(t + level);
            sum.value += at.value;
            sum.slope += at.slope;
            sum.bend += at.bend;
        }
        sum
    }

    /// Places the window around the mode and computes the probabilities of its nodes.
    pub(super) fn window(&self, place: usize, beta: &[f64], mixing: &Mixing, window: &mut Window) {
        let problem = self.problems[place];
        let mut t = window.modes[place].clamp(LOWEST, HIGHEST);
        let mut at = self.log_density(problem, t, beta, mixing);
        for _ in 0..60 {
            let step = if at.bend < -1e-9 {
                (-at.slope / at.bend).clamp(-1.5, 1.5)
            } else {
                at.slope.signum()
            };
            let next = (t + step).clamp(LOWEST, HIGHEST);
            let there = self.log_density(problem, next, beta, mixing);
            let done = step.abs() < 1e-3 / (-at.bend).max(1.0).sqrt();
            (t, at) = if there.value >= at.value {
                (next, there)
            } else {
                let half = 0.5 * (t + next);
                (half, self.log_density(problem, half, beta, mixing))
            };
            if done || next == LOWEST || next == HIGHEST {
                break;
            }
        }
        window.modes[place] = t;
        let width = 5.0 / (-at.bend).max(1e-2).sqrt();
        let edge = |direction: f64| {
            let mut reach = width;
            loop {
                let end = (t + direction * reach).clamp(LOWEST, HIGHEST);
                let low = self.log_density(problem, end, beta, mixing).value;
                // If it is not a number here, it is none further out either.
                let negligible = low.is_nan() || low < at.value - NEGLIGIBLE;
                if negligible || end == LOWEST || end == HIGHEST {
                    return end;
                }
                reach *= 1.35;
            }
        };
        let (low, high) = (edge(-1.0), edge(1.0));
        let step = (high - low) / (NODES - 1) as f64;
        let mut peak = f64::NEG_INFINITY;
        for j in 0..NODES {
            let t = low + step * j as f64;
            let mut log = mixing.log_density(&statistics(t, t.exp()));
            for (m, level) in beta.iter().enumerate() {
                let cell = self.cells.cell(problem, m).at(t + level);
                log += cell.value;
                window.slopes[j * self.models + m] = cell.slope;
                window.bends[j * self.models + m] = cell.bend;
            }
            window.nodes[j].0 = t;
            window.logs[j] = log;
            peak = peak.max(log);
        }
        let mut total = 0.0;
        for j in 0..NODES {
            let ends = if j == 0 || j + 1 == NODES { 0.5 } else { 1.0 };
            let weight = ends * (window.logs[j] - peak).exp();
            window.nodes[j].1 = weight;
            total += weight;
        }
        for node in &mut window.nodes {
            node.1 /= total;
        }
        window.log_mass = peak + (total * step).ln();
    }

    /// The log likelihood with its score and observed information.
    pub(super) fn sums(&self, beta: &[f64], mixing: &Mixing, window: &mut Window) -> Sums {
        let size = self.models + SHAPE;
        let mut sums = Sums {
            value: 0.0,
            score: DVector::zeros(size),
            information: DMatrix::zeros(size, size),
            tau_score: 0.0,
        };
        let mut mean = vec![0.0; size];
        let mut squares = vec![0.0; size * size];
        for place in 0..self.problems.len() {
            self.window(place, beta, mixing, window);
            sums.value += window.log_mass;
            mean.fill(0.0);
            squares.fill(0.0);
            for j in 0..NODES {
                let (t, weight) = window.nodes[j];
                if weight < 1e-12 {
                    continue;
                }
                for m in 0..self.models {
                    let slope = window.slopes[j * self.models + m];
                    let bend = window.bends[j * self.models + m];
                    sums.information[(m, m)] -= weight * bend;
                    sums.tau_score += 0.5 * weight * (bend + slope * slope);
                }
                let score = window.score(j, t, mixing);
                for (k, s) in score.iter().enumerate() {
                    mean[k] += weight * s;
                    let scaled = weight * s;
                    let row = &mut squares[k * size..k * size + k + 1];
                    for (square, other) in row.iter_mut().zip(score) {
                        *square += scaled * other;
                    }
                }
            }
            for k in 0..size {
                sums.score[k] += mean[k];
                for l in 0..=k {
                    sums.information[(k, l)] -= squares[k * size + l] - mean[k] * mean[l];
                }
            }
        }
        for k in 0..SHAPE {
            for l in 0..=k {
                sums.information[(self.models + k, self.models + l)] +=
                    self.problems.len() as f64 * mixing.covariance[k][l];
            }
        }
        sums.information.fill_upper_triangle_with_lower_triangle();
        sums
    }
}
