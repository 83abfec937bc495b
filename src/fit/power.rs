//! The fit of a·C^b + c under every objective: exact for least squares, and from the exact basins
//! otherwise.

use super::basin::Basin;
use super::centred::{Centred, centre, relative};
use super::general::Problem;
use super::objective::{Objective, Residuals};
use super::observations::Observations;
use super::settings::Settings;
use super::{penalised, tilted};
use crate::law::{Form, Law};
use crate::numeric::{self, EXPONENTS, Limits, PowerProblem, minima};
use std::borrow::Cow;

/// Every basin of a power-form law under `settings`, best first.
pub(crate) fn basins(law: &dyn Law, o: &Observations, settings: &Settings) -> Vec<Basin> {
    let constant = law.form() == Form::PowerPlusConstant;
    let limits = settings.power_limits(constant);
    if let Some(prior) = &settings.prior {
        return penalised::basins(law, o, settings, prior, constant);
    }
    let least_squares = settings.objective == Objective::Squared && o.residuals != Residuals::Log;
    let linear = if least_squares {
        Cow::Borrowed(o)
    } else {
        Cow::Owned(relative(o))
    };
    let Some(mut problem) = PowerProblem::new(&linear, constant, limits) else {
        return Vec::new();
    };
    if let (Objective::Quantile { q }, true) = (settings.objective, o.residuals != Residuals::Log)
        && let Some(mut found) = tilted::basins(&problem, q, constant, limits)
    {
        // Rounding must not move a value out of its bounds or off its fixed value.
        for basin in &mut found {
            for (k, value) in basin.parameters.iter_mut().enumerate() {
                *value = value.clamp(settings.lower[k], settings.upper[k]);
            }
        }
        return found;
    }
    let scanned = problem.basins();
    let natural = limits == Limits::natural(constant);
    let keep = if constant { 3 } else { 2 };
    if least_squares && natural {
        return scanned
            .iter()
            .map(|basin| Basin {
                parameters: problem.raw(basin)[..keep].to_vec(),
                objective: basin.rss,
                converged: basin.converged,
            })
            .collect();
    }
    let descents: Vec<Basin> = if natural {
        let centred = centre(o, &problem);
        let law = Centred { constant };
        let general = Problem {
            law: &law,
            observations: &centred,
            objective: settings.objective,
            lower: vec![0.0, limits.b.0, 0.0][..keep].to_vec(),
            upper: vec![f64::INFINITY, limits.b.1, limits.c.1][..keep].to_vec(),
            prior: None,
        };
        let mut starts: Vec<Vec<f64>> = scanned
            .iter()
            .map(|s| vec![s.s, s.b, s.c][..keep].to_vec())
            .collect();
        starts.extend(spread_starts(&general, &mut problem, keep));
        starts
            .iter()
            .filter_map(|start| general.minimise(start))
            .map(|m| {
                let [s, b] = [m.parameters[0], m.parameters[1]];
                let c = m.parameters.get(2).copied().unwrap_or(0.0);
                let centred = numeric::Basin {
                    s,
                    b,
                    c,
                    rss: 0.0,
                    converged: true,
                };
                Basin {
                    parameters: problem.raw(&centred)[..keep].to_vec(),
                    ..m
                }
            })
            .collect()
    } else {
        let general = Problem::new(law, o, settings);
        scanned
            .iter()
            .filter_map(|basin| general.minimise(&problem.raw(basin)[..keep]))
            .collect()
    };
    Basin::distinct(descents)
}

/// s·e^(b·u) + c by least squares on relative residuals: a curve and its misfit, without a verdict.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PowerFit {
    s: f64,
    b: f64,
    c: f64,
    /// Residual sum of squares.
    pub rss: f64,
}

impl PowerFit {
    /// `u` are logarithms of compute; `None` when there is no finite fit.
    pub(crate) fn new(u: &[f64], y: &[f64]) -> Option<PowerFit> {
        PowerFit::of(u, y, &vec![1.0; y.len()], true)
    }

    /// The same without a constant, with a factor on the residual of each run.
    pub(crate) fn without_floor(u: &[f64], y: &[f64], weights: &[f64]) -> Option<PowerFit> {
        PowerFit::of(u, y, weights, false)
    }

    fn of(u: &[f64], y: &[f64], weights: &[f64], constant: bool) -> Option<PowerFit> {
        let x: Vec<f64> = u.iter().map(|u| u.exp()).collect();
        let positive = |v: &f64| *v > 0.0 && v.is_finite();
        if !x.iter().all(|v| v.is_finite()) || !y.iter().all(positive) {
            return None;
        }
        let limits = Limits::natural(constant);
        let mut problem = PowerProblem::weighted(&x, y, weights, true, constant, limits);
        let best = *problem.basins().first()?;
        let [a, b, c] = problem.raw(&best);
        Some(PowerFit {
            s: a,
            b,
            c,
            rss: best.rss,
        })
    }

    /// a and b of a·C^b.
    pub(crate) fn of_power(&self) -> [f64; 2] {
        [self.s, self.b]
    }

    /// The curve at ln C = `u`.
    pub(crate) fn predict(&self, u: f64) -> f64 {
        self.s * (self.b * u).exp() + self.c
    }
}

/// Starts over the whole range of exponents, best first: outliers can hide the best basin of
/// another objective from least squares. The other parameters come from reweighted least squares,
/// and the local minima over the exponent are kept.
fn spread_starts(general: &Problem, problem: &mut PowerProblem, keep: usize) -> Vec<Vec<f64>> {
    const EXPONENTS_TRIED: usize = 120;
    const REWEIGHTINGS: usize = 12;
    const KEPT: usize = 12;
    let original = problem.q.clone();
    let curves: Vec<Vec<f64>> = (0..EXPONENTS_TRIED)
        .map(|k| {
            let t = k as f64 / (EXPONENTS_TRIED - 1) as f64;
            let b = EXPONENTS.1 * (EXPONENTS.0 / EXPONENTS.1).powf(t);
            // The weights of the last exponent are kept as a start for the next.
            let mut p = vec![0.0; keep];
            for _ in 0..REWEIGHTINGS {
                let (s, c, _) = problem.project(b);
                p = vec![s, b, c][..keep].to_vec();
                for (i, q) in problem.q.iter_mut().enumerate() {
                    let fitted = s * (b * problem.u[i]).exp() + c;
                    *q = general.weight(i, fitted).sqrt();
                }
            }
            p
        })
        .collect();
    problem.q = original;
    let values: Vec<f64> = curves.iter().map(|p| general.value(p)).collect();
    let mut lowest = minima(&values);
    lowest.sort_by(|&i, &k| values[i].total_cmp(&values[k]));
    lowest.truncate(KEPT);
    lowest.into_iter().map(|k| curves[k].clone()).collect()
}
