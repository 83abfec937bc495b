//! N ∝ C^a through the optima of budgets.

use super::least_squares::LeastSquares;
use crate::fit::central_quantile;
use serde::Serialize;

/// N ∝ C^a through optima, by least squares on logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PowerLine {
    /// a in N* ∝ C^a.
    pub exponent: f64,
    /// Its standard error; absent if it is unknown.
    pub stderr: Option<f64>,
    /// ln N at ln C = `centre`.
    pub level: f64,
    /// Mean of ln C.
    pub centre: f64,
    /// Optima used.
    pub points: usize,
    #[serde(skip)]
    errors: Option<Errors>,
}

/// Covariance of the level and the exponent, and its degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Errors {
    pub(super) level: f64,
    pub(super) both: f64,
    pub(super) exponent: f64,
    pub(super) dof: f64,
}

impl PowerLine {
    /// A line through (C, N) pairs, with errors from their scatter; `None` with fewer than two
    /// budgets.
    #[must_use]
    pub fn through(points: &[(f64, f64)]) -> Option<PowerLine> {
        let logs: Vec<(f64, f64)> = points.iter().map(|p| (p.0.ln(), p.1.ln())).collect();
        let line = LeastSquares::through(&logs)?;
        let errors = line.variance.map(|v| Errors {
            level: v / points.len() as f64,
            both: 0.0,
            exponent: v / line.sxx,
            dof: points.len() as f64 - 2.0,
        });
        Some(PowerLine::with_errors(&line, points.len(), errors))
    }

    /// A line through this many points with the given errors.
    pub(super) fn with_errors(
        line: &LeastSquares,
        points: usize,
        errors: Option<Errors>,
    ) -> PowerLine {
        PowerLine {
            exponent: line.slope,
            stderr: errors.map(|e| e.exponent.sqrt()),
            level: line.level,
            centre: line.centre,
            points,
            errors,
        }
    }

    /// The same line without errors, for points that are not independent observations.
    pub(super) fn without_errors(self) -> PowerLine {
        PowerLine {
            stderr: None,
            errors: None,
            ..self
        }
    }

    /// N* at a compute.
    #[must_use]
    pub fn params(&self, compute: f64) -> f64 {
        self.ln_params(compute.ln()).exp()
    }

    fn ln_params(&self, ln_c: f64) -> f64 {
        self.level + self.exponent * (ln_c - self.centre)
    }

    /// Confidence interval of the exponent by the delta method, Student's t.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let errors = self.errors?;
        around(self.exponent, errors.exponent, &errors, level)
    }

    /// Confidence interval of ln N* at a compute by the delta method, Student's t. ln N* has this
    /// variance in addition.
    pub(crate) fn ln_params_interval(&self, compute: f64, level: f64) -> Option<(f64, f64)> {
        let (errors, ln_c) = (self.errors?, compute.ln());
        around(
            self.ln_params(ln_c),
            errors.at(ln_c - self.centre),
            &errors,
            level,
        )
    }

    /// Half-width of that interval, and the number of standard errors in it.
    pub(crate) fn reach(&self, compute: f64, level: f64) -> Option<(f64, f64)> {
        let errors = self.errors?;
        let quantile = central_quantile(level, Some(errors.dof));
        let half = quantile * errors.at(compute.ln() - self.centre).sqrt();
        (half.is_finite()).then_some((half, quantile))
    }
}

impl Errors {
    /// Variance of ln N* at this distance from the centre.
    fn at(&self, off: f64) -> f64 {
        (self.level + off * (2.0 * self.both + off * self.exponent)).max(0.0)
    }
}

fn around(value: f64, variance: f64, errors: &Errors, level: f64) -> Option<(f64, f64)> {
    let reach = variance.sqrt() * central_quantile(level, Some(errors.dof));
    let ends = (value - reach, value + reach);
    (ends.0.is_finite() && ends.1.is_finite()).then_some(ends)
}
