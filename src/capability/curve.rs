//! One set of problems: its metric at every model, the law through it, and forecasts of it.

use super::cells::Cells;
use super::hierarchy::{Hierarchy, Posterior};
use super::line::{Line, OnLine};
use super::mixing::SHAPE;
use super::verdict::Verdict;
use crate::data::Role;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, Severity, central_quantile};
use crate::forecast::{Interval, Kind, Method};
use nalgebra::DMatrix;
use serde::Serialize;

/// The metric of one model on a set of problems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The model's name.
    pub model: String,
    /// Its compute.
    pub compute: f64,
    /// Mean of −ln(pass rate); absent where it cannot be estimated.
    pub metric: Option<f64>,
    /// Its standard error for these problems: what more samples would remove.
    pub stderr: Option<f64>,
    /// Used by the fit, or kept as an actual.
    pub role: Role,
}

/// What a number is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The very problems of the table.
    TheseProblems,
    /// The problems of which these are a random sample.
    ProblemsLikeThese,
}

impl About {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            About::TheseProblems => "these-problems",
            About::ProblemsLikeThese => "problems-like-these",
        }
    }
}

/// An interval, and what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PassInterval {
    /// Which problems.
    pub about: About,
    /// Level, kind, method and ends.
    #[serde(flatten)]
    pub interval: Interval,
}

/// A number with its intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quantity {
    /// The forecast.
    pub value: f64,
    /// Its intervals.
    pub intervals: Vec<PassInterval>,
}

/// A forecast for one set of problems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurveForecast {
    /// The target.
    pub compute: f64,
    /// Target ÷ largest fitted compute.
    pub extrapolation: f64,
    /// Mean of −ln(pass rate).
    pub metric: f64,
    /// Its intervals.
    pub intervals: Vec<PassInterval>,
    /// exp(−metric).
    pub geometric_mean_pass_rate: Quantity,
    /// The mean pass rate, never below the geometric mean (Jensen); absent where only rates of a benchmark are known,
    /// for which the metric is −ln of the mean itself.
    pub mean_pass_rate: Option<Quantity>,
}

/// A set of problems with its law α·C^(−k).
#[derive(Debug, Clone)]
pub struct Curve {
    /// `all`, `bucket 1` (the easiest), …
    pub name: String,
    /// Places of its problems in the table; empty where only rates are known.
    pub problems: Vec<usize>,
    /// The metric of every model, by growing compute.
    pub points: Vec<CurvePoint>,
    /// What was found.
    pub diagnoses: Vec<Diagnosis>,
    /// The part of the metric that rests on problems that no fitted model solved.
    pub unsolved_share: f64,
    /// Standard deviation of ln λ of a problem about the law, beyond sampling; absent where it is not estimated.
    pub problem_scatter: Option<f64>,
    pub(super) line: Option<Line>,
    /// For every problem, its difficulty in units of the mean and the probability of that.
    pub(super) difficulties: Vec<Vec<(f64, f64)>>,
    /// Squared coefficient of variation of the difficulties.
    pub(super) relative_variance: f64,
}

impl Curve {
    /// The exponent k and its standard error; absent where there is no law.
    #[must_use]
    pub fn exponent(&self) -> Option<(f64, Option<f64>)> {
        self.line.as_ref().map(Line::exponent)
    }

    /// α and the standard error of ln α.
    #[must_use]
    pub fn alpha(&self) -> Option<(f64, Option<f64>)> {
        self.line.as_ref().map(Line::alpha)
    }

    /// Standard deviation of ln metric of a model about the law, beyond sampling.
    #[must_use]
    pub fn model_scatter(&self) -> Option<f64> {
        self.line.as_ref().map(|line| line.scatter.sqrt())
    }

    /// What may be said of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.diagnoses)
    }

    /// The largest fitted compute.
    #[must_use]
    pub fn largest_fitted(&self) -> f64 {
        let fitted = self.points.iter().filter(|p| p.role == Role::Fit);
        fitted.map(|p| p.compute).fold(f64::NAN, f64::max)
    }

    /// The finding that forbids a forecast, if there is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.diagnoses
            .iter()
            .find(|d| d.severity == Severity::Refuse)
    }

    /// The metric on the law at a compute, whatever the verdict; absent where there is no law.
    #[must_use]
    pub fn predict(&self, compute: f64) -> Option<f64> {
        Some(self.line.as_ref()?.at(compute.ln()).log.exp())
    }

    /// Metric, geometric-mean and mean pass rate at a compute, with intervals for every level.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a compute or level that makes no sense; [`ErrorKind::NoFit`] where a finding forbids a
    /// forecast and `force` is not set, or there is no law at all.
    pub fn forecast(&self, compute: f64, levels: &[f64], force: bool) -> Result<CurveForecast> {
        let usage = |message: String| Err(Error::new(ErrorKind::Usage, message));
        if !(compute > 0.0 && compute.is_finite()) {
            return usage(format!(
                "a target must be positive and finite, not {compute}"
            ));
        }
        if let Some(level) = levels.iter().find(|l| !(**l > 0.0 && **l < 1.0)) {
            return usage(format!("a level lies between 0 and 1, not at {level}"));
        }
        if let Some(d) = self.refusal().filter(|_| !force) {
            return Err(Error::new(ErrorKind::NoFit, d.message.clone()).with_hint(d.hint.clone()));
        }
        let Some(line) = &self.line else {
            return Err(Error::new(
                ErrorKind::NoFit,
                "no law can be fitted to these rates",
            ));
        };
        let at = line.at(compute.ln());
        let metric = at.log.exp();
        let intervals = self.intervals(line, at, levels);
        let of_metric = |f: &dyn Fn(f64) -> f64| -> Vec<PassInterval> {
            intervals
                .iter()
                .map(|i| PassInterval {
                    interval: Interval {
                        lower: f(i.interval.upper),
                        upper: f(i.interval.lower),
                        ..i.interval
                    },
                    ..*i
                })
                .collect()
        };
        let mean_pass_rate = (!self.difficulties.is_empty()).then(|| Quantity {
            value: self.mean_pass(metric).0,
            intervals: intervals
                .iter()
                .map(|i| self.mean_pass_interval(metric, i))
                .collect(),
        });
        Ok(CurveForecast {
            compute,
            extrapolation: compute / self.largest_fitted(),
            metric,
            geometric_mean_pass_rate: Quantity {
                value: (-metric).exp(),
                intervals: of_metric(&|m| (-m).exp()),
            },
            intervals,
            mean_pass_rate,
        })
    }

    fn intervals(&self, line: &Line, at: OnLine, levels: &[f64]) -> Vec<PassInterval> {
        let mut intervals = Vec::new();
        if line.exponent().1.is_none() {
            return intervals;
        }
        let sampled = self.relative_variance / self.problems.len().max(1) as f64;
        for (about, more) in [
            (About::TheseProblems, 0.0),
            (About::ProblemsLikeThese, sampled),
        ] {
            if about == About::ProblemsLikeThese && self.problems.is_empty() {
                continue;
            }
            for &level in levels {
                for kind in [Kind::Prediction, Kind::Confidence] {
                    // The luck of the problems is independent of the errors about them.
                    let luck = central_quantile(level, None) * more.sqrt();
                    let half = at.half_width(level, kind == Kind::Prediction).hypot(luck);
                    intervals.push(PassInterval {
                        about,
                        interval: Interval {
                            level,
                            kind,
                            method: Method::Delta,
                            lower: (at.log - half).exp(),
                            upper: (at.log + half).exp(),
                        },
                    });
                }
            }
        }
        intervals
    }

    /// The mean of exp(−λ) over problems whose mean λ is `metric`, and the variance of that mean from what is not known
    /// of the single difficulties.
    fn mean_pass(&self, metric: f64) -> (f64, f64) {
        let n = self.difficulties.len() as f64;
        let tau = self.problem_scatter.unwrap_or(0.0);
        let rate = |d: f64| -> f64 {
            if tau <= 0.0 {
                return (-d * metric).exp();
            }
            // Gauss–Hermite with five nodes; the mean of the scatter is part of the metric already.
            GAUSS_HERMITE
                .iter()
                .map(|(z, w)| w * (-d * metric * (z * tau - 0.5 * tau * tau).exp()).exp())
                .sum()
        };
        let (mut mean, mut variance) = (0.0, 0.0);
        for problem in &self.difficulties {
            let (mut one, mut two) = (0.0, 0.0);
            for (d, weight) in problem {
                let p = rate(*d);
                one += weight * p;
                two += weight * p * p;
            }
            mean += one;
            variance += (two - one * one).max(0.0);
        }
        (mean / n, variance / (n * n))
    }

    /// The metric's interval carried over to the mean pass rate, widened on the logit scale by what is not known of the
    /// difficulties.
    fn mean_pass_interval(&self, metric: f64, i: &PassInterval) -> PassInterval {
        let (mean, variance) = self.mean_pass(metric);
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let mut spread = variance.sqrt() / (mean * (1.0 - mean));
        if i.about == About::ProblemsLikeThese {
            let n = self.difficulties.len() as f64;
            let squares: f64 = self
                .difficulties
                .iter()
                .flatten()
                .map(|(d, w)| w * (-2.0 * d * metric).exp())
                .sum();
            let between = (squares / n - mean * mean).max(0.0) / n;
            spread = (variance + between).sqrt() / (mean * (1.0 - mean));
        }
        let widened = |end: f64| {
            let (centre, off) = (logit(mean), logit(self.mean_pass(end).0) - logit(mean));
            let more = central_quantile(i.interval.level, None) * spread;
            let reach = off.hypot(more) * if end > metric { -1.0 } else { 1.0 };
            1.0 / (1.0 + (-(centre + reach)).exp())
        };
        let at_edge = mean <= 0.0 || mean >= 1.0 || !spread.is_finite();
        let (lower, upper) = if at_edge {
            (
                self.mean_pass(i.interval.upper).0,
                self.mean_pass(i.interval.lower).0,
            )
        } else {
            (widened(i.interval.upper), widened(i.interval.lower))
        };
        PassInterval {
            interval: Interval {
                lower,
                upper,
                ..i.interval
            },
            ..*i
        }
    }
}

/// Nodes and weights for a standard normal variable.
const GAUSS_HERMITE: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_69),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_65),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_65),
    (2.856_970_013_872_806, 0.011_257_411_327_720_69),
];

/// A set of problems as the hierarchical fit sees it.
pub(super) struct Seen {
    /// Mean λ of every model.
    pub(super) metric: Vec<f64>,
    /// Covariance of its logarithm for these problems.
    pub(super) errors: DMatrix<f64>,
    pub(super) difficulties: Vec<Vec<(f64, f64)>>,
    /// Mean θ of every problem, in units of their mean.
    pub(super) means: Vec<f64>,
}

/// The metric of some problems with its error: what the counts leave open of each problem, and what the parameters'
/// own errors do to all of them.
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
