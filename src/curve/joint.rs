//! Joint fits of one law to the complete runs of a recipe.
//!
//! Three parameters are linear and solved exactly. The search over the others takes a grid of
//! responses to falls and finds the exponent for each by Brent's method. Levenberg–Marquardt
//! descents on all parameters follow from the best starts and from some others. Residuals are those
//! of ln L, with squared or Huber's loss.

use super::laws::CurveLaw;
use super::log::Point;
use super::path::Path;
use super::posterior::{Seen, closest};
use super::response::Response;
use crate::numeric::QrFactor;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Most steps of a descent, and the relative change that ends it.
const STEPS: usize = 300;
const ENOUGH: f64 = 1e-12;
/// The step of numerical derivatives.
const DIFFERENCE: f64 = 1e-5;

/// The parameters of a law that all runs of a recipe share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LawParameters {
    /// L0.
    pub floor: f64,
    /// A·S^(−α) at S = `unit`.
    pub reducible: f64,
    /// α.
    pub exponent: f64,
    /// B: the final effect on the loss of a fall from the peak to zero.
    pub amplitude: f64,
    /// The response to falls.
    pub response: Option<Response>,
    /// The sum of the rates at which `reducible` is given, in units of the peak.
    pub unit: f64,
}

impl LawParameters {
    /// The loss of a run at a step.
    pub(super) fn loss(&self, law: CurveLaw, path: &Path, step: f64) -> f64 {
        let s = match law {
            CurveLaw::PowerInSteps => step,
            _ => path.sum(step),
        };
        let power = self.reducible * (s / self.unit).max(1e-12).powf(-self.exponent);
        let fall = self.response.map_or(0.0, |r| r.at(path, step));
        self.floor + power - self.amplitude * fall
    }

    fn vector(&self) -> Vec<f64> {
        let mut v = vec![
            self.floor,
            self.reducible.ln(),
            self.exponent.ln(),
            self.amplitude,
        ];
        match self.response {
            None => drop(v.pop()),
            Some(Response::MultiPower { speed, beta, gamma }) => {
                v.extend([speed.ln(), beta.ln(), gamma]);
            }
            Some(Response::Annealing { time }) => v.push(time.ln()),
            Some(Response::Forgetting { speed, beta }) => v.extend([speed.ln(), beta.ln()]),
        }
        v
    }

    fn with(&self, v: &[f64]) -> LawParameters {
        let response = match self.response {
            None => None,
            Some(Response::MultiPower { .. }) => Some(Response::MultiPower {
                speed: v[4].exp(),
                beta: v[5].exp(),
                gamma: v[6],
            }),
            Some(Response::Annealing { .. }) => Some(Response::Annealing { time: v[4].exp() }),
            Some(Response::Forgetting { .. }) => Some(Response::Forgetting {
                speed: v[4].exp(),
                beta: v[5].exp(),
            }),
        };
        LawParameters {
            floor: v[0],
            reducible: v[1].exp(),
            exponent: v[2].exp(),
            amplitude: v.get(3).copied().unwrap_or(0.0),
            response,
            unit: self.unit,
        }
    }
}

/// A complete run: its points and its learning rate.
#[derive(Clone, Copy)]
pub(super) struct Complete<'a> {
    pub points: &'a [Point],
    pub path: &'a Path,
}

/// A fit of a law to runs.
#[derive(Debug, Clone)]
pub struct JointFit {
    /// The parameters at the lowest minimum.
    pub parameters: LawParameters,
    /// The sum of Huber's losses, or half the sum of squares, of the residuals of ln L.
    pub objective: f64,
    /// The objectives of all minima found, lowest first.
    pub minima: Vec<f64>,
}

/// How thorough a search is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effort {
    /// Huber's threshold; infinite for least squares.
    pub delta: f64,
    /// Number of descents.
    pub descents: usize,
}

/// Fits a law to these runs.
pub(super) fn fit(law: CurveLaw, runs: &[Complete<'_>], effort: Effort) -> Option<JointFit> {
    let problem = Problem::new(law, runs, effort.delta)?;
    let mut starts: Vec<(f64, LawParameters)> = Vec::new();
    for response in problem.grid() {
        starts.extend(problem.start(response));
    }
    starts.sort_by(|p, q| p.0.total_cmp(&q.0));
    let chosen = spread(&starts, effort.descents);
    let mut ends: Vec<(f64, LawParameters)> = chosen
        .into_iter()
        .filter_map(|start| problem.descend(start))
        .collect();
    ends.sort_by(|p, q| p.0.total_cmp(&q.0));
    let (objective, parameters) = *ends.first()?;
    let mut minima: Vec<f64> = ends.iter().map(|end| end.0).collect();
    minima.dedup_by(|later, earlier| (*later - *earlier).abs() <= 1e-6 * earlier.abs());
    Some(JointFit {
        parameters,
        objective,
        minima,
    })
}

/// The law with the best of these responses, by least squares on relative residuals.
pub(super) fn best_of(
    law: CurveLaw,
    runs: &[Complete<'_>],
    responses: impl Iterator<Item = Option<Response>>,
) -> Option<LawParameters> {
    let problem = Problem::new(law, runs, f64::INFINITY)?;
    let starts = responses.filter_map(|response| problem.start(response));
    let best = starts.min_by(|p, q| p.0.total_cmp(&q.0))?;
    Some(best.1)
}

/// The best starts, and some of the others.
fn spread(starts: &[(f64, LawParameters)], most: usize) -> Vec<LawParameters> {
    let best = most.div_ceil(2).min(starts.len());
    let rest = &starts[best..];
    let step = rest.len() / (most / 2).max(1);
    let others = rest.iter().step_by(step.max(1)).take(most / 2);
    let chosen = starts[..best].iter().chain(others);
    chosen.map(|(_, parameters)| *parameters).collect()
}

struct Problem<'a> {
    law: CurveLaw,
    runs: &'a [Complete<'a>],
    logs: Vec<f64>,
    losses: Vec<f64>,
    scale: f64,
    unit: f64,
    length: f64,
    delta: f64,
}

impl<'a> Problem<'a> {
    fn new(law: CurveLaw, runs: &'a [Complete<'a>], delta: f64) -> Option<Problem<'a>> {
        let points = || runs.iter().flat_map(|run| run.points);
        let last = |run: &Complete<'_>| {
            let step = run.points.last().map_or(0.0, |p| p.step);
            match law {
                CurveLaw::PowerInSteps => step,
                _ => run.path.sum(step),
            }
        };
        let unit = runs.iter().map(last).fold(0.0, f64::max);
        let lengths = runs.iter().map(|r| r.path.end - r.path.warmed_up);
        let problem = Problem {
            law,
            runs,
            logs: points().map(|p| p.loss.ln()).collect(),
            losses: points().map(|p| p.loss).collect(),
            scale: points().map(|p| p.loss).fold(f64::INFINITY, f64::min),
            unit,
            length: lengths.fold(0.0, f64::max),
            delta,
        };
        let usable = unit > 0.0 && problem.length > 0.0 && problem.logs.len() > 8;
        usable.then_some(problem)
    }

    /// A grid over all plausible responses.
    fn grid(&self) -> Vec<Option<Response>> {
        let steps = self.length;
        let powers = |from: f64, factor: f64, count: i32| {
            (0..count)
                .map(move |k| from * factor.powi(k))
                .collect::<Vec<f64>>()
        };
        let mut grid = Vec::new();
        match self.law {
            CurveLaw::PowerInSum | CurveLaw::PowerInSteps => grid.push(None),
            CurveLaw::Annealing => {
                let times = powers(1e-4, 1.6, 18).into_iter();
                grid.extend(times.map(|t| Some(Response::Annealing { time: t * steps })));
            }
            CurveLaw::MultiPower => {
                for speed in powers(10.0, 4.0, 9) {
                    for beta in [0.2, 0.4, 0.6, 0.9, 1.4] {
                        for gamma in [0.0, 0.35, 0.65, 1.0] {
                            let speed = speed / steps;
                            grid.push(Some(Response::MultiPower { speed, beta, gamma }));
                        }
                    }
                }
            }
            CurveLaw::Functional => {
                for speed in powers(10.0, 3.0, 10) {
                    for beta in [0.2, 0.4, 0.6, 0.9, 1.4, 2.0] {
                        let speed = speed / steps;
                        grid.push(Some(Response::Forgetting { speed, beta }));
                    }
                }
            }
        }
        grid
    }

    fn start(&self, response: Option<Response>) -> Option<(f64, LawParameters)> {
        let (mut s, mut falls) = (Vec::new(), Vec::new());
        for run in self.runs {
            for point in run.points {
                let power = match self.law {
                    CurveLaw::PowerInSteps => point.step,
                    _ => run.path.sum(point.step),
                };
                s.push((power / self.unit).max(1e-12));
                falls.push(response.map_or(0.0, |r| r.at(run.path, point.step)));
            }
        }
        let y: Vec<f64> = self.losses.iter().map(|l| l / self.scale).collect();
        let weights: Vec<f64> = y.iter().map(|y| 1.0 / (y * y)).collect();
        let seen = Seen {
            y: &y,
            weights: &weights,
            s: &s,
            falls: &falls,
            targets: &[],
        };
        let cell = closest(&seen, 1e-7)?;
        let parameters = LawParameters {
            floor: cell.floor * self.scale,
            reducible: cell.reducible * self.scale,
            exponent: cell.alpha,
            amplitude: cell.amplitude * self.scale,
            response,
            unit: self.unit,
        };
        Some((cell.sum, parameters))
    }

    /// ln of the law minus ln L, at every point.
    fn residuals(&self, parameters: &LawParameters) -> Option<Vec<f64>> {
        let mut residuals = Vec::with_capacity(self.logs.len());
        let points = self
            .runs
            .iter()
            .flat_map(|r| r.points.iter().map(move |p| (r, p)));
        for ((run, point), ln) in points.zip(&self.logs) {
            let loss = parameters.loss(self.law, run.path, point.step);
            if !(loss > 0.0 && loss.is_finite()) {
                return None;
            }
            residuals.push(loss.ln() - ln);
        }
        Some(residuals)
    }

    fn objective(&self, residuals: &[f64]) -> f64 {
        let huber = |r: &f64| match r.abs() <= self.delta {
            true => 0.5 * r * r,
            false => self.delta * (r.abs() - 0.5 * self.delta),
        };
        residuals.iter().map(huber).sum()
    }

    /// Levenberg–Marquardt on weighted residuals (Holland & Welsch 1977 for Huber's loss).
    fn descend(&self, start: LawParameters) -> Option<(f64, LawParameters)> {
        let mut at = start;
        let mut residuals = self.residuals(&at)?;
        let mut value = self.objective(&residuals);
        let mut damping = 1e-3;
        let mut idle = 0;
        for _ in 0..STEPS {
            let jacobian = self.jacobian(&at, residuals.len())?;
            let root = |r: &f64| (self.delta / r.abs()).min(1.0).sqrt();
            let mut moved = false;
            for _ in 0..12 {
                let step = damped(&jacobian, &residuals, root, damping);
                let lower = step.and_then(|step| {
                    let v = at.vector();
                    let next: Vec<f64> = v.iter().zip(step.iter()).map(|(v, s)| v - s).collect();
                    let next = at.with(&next);
                    let residuals = self.residuals(&next)?;
                    let lower = self.objective(&residuals);
                    let within = next.floor >= 0.0 && next.amplitude >= 0.0;
                    (within && lower < value).then_some((next, residuals, lower))
                });
                if let Some((next, found, lower)) = lower {
                    idle = if value - lower <= ENOUGH * value {
                        idle + 1
                    } else {
                        0
                    };
                    (at, residuals, value) = (next, found, lower);
                    damping = (damping * 0.2).max(1e-12);
                    moved = true;
                    break;
                }
                damping *= 5.0;
            }
            if !moved || idle > 3 {
                break;
            }
        }
        Some((value, at))
    }

    /// Derivatives of the residuals by central differences.
    fn jacobian(&self, at: &LawParameters, rows: usize) -> Option<DMatrix<f64>> {
        let v = at.vector();
        let mut jacobian = DMatrix::zeros(rows, v.len());
        for k in 0..v.len() {
            let size = DIFFERENCE * v[k].abs().max(0.1);
            let moved = |by: f64| {
                let mut v = v.clone();
                v[k] += by;
                self.residuals(&at.with(&v))
            };
            let (above, below) = (moved(size)?, moved(-size)?);
            for (row, (a, b)) in above.iter().zip(&below).enumerate() {
                jacobian[(row, k)] = (a - b) / (2.0 * size);
            }
        }
        Some(jacobian)
    }
}

/// The step of a damped linear least-squares problem with these weights.
fn damped(
    jacobian: &DMatrix<f64>,
    residuals: &[f64],
    root: impl Fn(&f64) -> f64,
    damping: f64,
) -> Option<DVector<f64>> {
    let (rows, columns) = jacobian.shape();
    let mut stacked = DMatrix::zeros(rows + columns, columns);
    let mut right = DVector::zeros(rows + columns);
    for (row, r) in residuals.iter().enumerate() {
        let w = root(r);
        right[row] = w * r;
        for k in 0..columns {
            stacked[(row, k)] = w * jacobian[(row, k)];
        }
    }
    for k in 0..columns {
        let length = stacked.column(k).norm();
        stacked[(rows + k, k)] = damping.sqrt() * length.max(1e-12);
    }
    QrFactor::new(&stacked)?.solve(&right)
}
