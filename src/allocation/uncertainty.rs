//! Intervals on N*, D*, L* and the exponents, by three methods that are told apart.

use super::bootstrap::{Bootstrap, Resampling};
use super::profile::Profile;
use super::quantity::{Functional, Quantity};
use super::surface::Surface;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::surface::{Point, SurfaceProblem, Workspace};
use crate::fit::{FitResult, Inference};
use serde::Serialize;

/// How an interval of a quantity was made. All are confidence intervals: of the surface, not of a
/// run; and all are right only if the surface's form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IntervalMethod {
    /// Linearised at the minimum, Student's t.
    Delta,
    /// Every value that some surface nearly as good gives.
    Profile,
    /// Percentiles of refits.
    Bootstrap,
}

impl IntervalMethod {
    /// Every method, in the order they are shown.
    pub const ALL: [IntervalMethod; 3] = [
        IntervalMethod::Delta,
        IntervalMethod::Profile,
        IntervalMethod::Bootstrap,
    ];

    /// Its name on the command line and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            IntervalMethod::Delta => "delta",
            IntervalMethod::Profile => "profile",
            IntervalMethod::Bootstrap => "bootstrap",
        }
    }
}

/// A confidence interval of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuantityInterval {
    /// Of what.
    pub quantity: Quantity,
    /// How it was made.
    pub method: IntervalMethod,
    /// Nominal probability.
    pub level: f64,
    /// Lower end; absent where the data give none.
    pub lower: Option<f64>,
    /// Upper end; absent where the data give none.
    pub upper: Option<f64>,
}

/// A fit that can be asked for intervals of what follows from it.
#[derive(Debug, Clone)]
pub struct Uncertainty<'a> {
    fit: &'a FitResult,
    pub(crate) problem: SurfaceProblem,
    pub(crate) p: Point,
    inference: Inference,
    bootstrap: Option<Bootstrap>,
}

impl<'a> Uncertainty<'a> {
    /// Prepares the intervals of a surface fit.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a law that is no surface or has bounds on A or B.
    pub fn new(fit: &'a FitResult) -> Result<Uncertainty<'a>> {
        let surface = Surface::of(fit)?;
        let inference = fit.inference()?;
        let problem = SurfaceProblem::new(fit.law(), &inference.observations, fit.settings())
            .ok_or_else(|| {
                Error::new(ErrorKind::Usage, "intervals need A and B without bounds")
                    .with_hint("leave out --fix and --bound for A and B")
            })?;
        let raw = [surface.a, surface.b, surface.e, surface.alpha, surface.beta];
        Ok(Uncertainty {
            p: problem.data.centred(&raw),
            fit,
            problem,
            inference,
            bootstrap: None,
        })
    }

    /// Refits on resampled data, for the bootstrap intervals: the same seed gives the same bits.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for clusters without groups.
    pub fn resample(&mut self, resampling: Resampling, replicates: usize, seed: u64) -> Result<()> {
        let made = Bootstrap::run(
            self.fit,
            &self.problem,
            self.p,
            resampling,
            replicates,
            seed,
        )?;
        self.bootstrap = Some(made);
        Ok(())
    }

    /// The fit they are of.
    #[must_use]
    pub fn fit(&self) -> &'a FitResult {
        self.fit
    }

    /// The refits, if any were made.
    #[must_use]
    pub fn bootstrap(&self) -> Option<&Bootstrap> {
        self.bootstrap.as_ref()
    }

    /// The intervals of one quantity at a compute, each method that can give one.
    #[must_use]
    pub fn intervals(
        &self,
        quantity: Quantity,
        compute: f64,
        level: f64,
        methods: &[IntervalMethod],
    ) -> Vec<QuantityInterval> {
        let functional = Functional::new(quantity, compute, &self.problem.data);
        let mut found = Vec::new();
        for &method in methods {
            let ends = match method {
                IntervalMethod::Delta => self.delta(&functional, level),
                IntervalMethod::Profile => self.profile(functional, level),
                IntervalMethod::Bootstrap => self
                    .bootstrap
                    .as_ref()
                    .and_then(|b| b.interval(&functional, level))
                    .map(|(l, u)| (Some(l), Some(u))),
            };
            if let Some((lower, upper)) = ends {
                found.push(QuantityInterval {
                    quantity,
                    method,
                    level,
                    lower: lower.map(|v| quantity.shown(v)),
                    upper: upper.map(|v| quantity.shown(v)),
                });
            }
        }
        found
    }

    fn delta(&self, functional: &Functional, level: f64) -> Option<(Option<f64>, Option<f64>)> {
        let (value, gradient) = functional.both(&self.p);
        let se = self.standard_error(&gradient)?;
        let reach = self.inference.quantile(level) * se;
        Some((Some(value - reach), Some(value + reach)))
    }

    /// Standard error of a function with this gradient in centred units.
    pub(crate) fn standard_error(&self, g: &Point) -> Option<f64> {
        if !self.inference.enough() {
            return None;
        }
        let data = &self.problem.data;
        let raw = data.raw(&self.p);
        let p = &self.p;
        let mut full = vec![
            g[0] * p[0] / raw[0],
            g[1] * p[1] / raw[1],
            g[2] / data.unit,
            g[3] - data.mean_x * p[0] * g[0],
        ];
        let beta = g[4] - data.mean_z * p[1] * g[1];
        if self.problem.limits.tied {
            full[3] += beta;
        } else {
            full.push(beta);
        }
        self.inference
            .standard_error(&full)
            .filter(|se| se.is_finite())
    }

    fn profile(&self, functional: Functional, level: f64) -> Option<(Option<f64>, Option<f64>)> {
        let mut w = Workspace::new(&self.problem.data);
        let profile = Profile::new(&self.problem, &mut w, &self.inference, self.p)?;
        let quantile = self.inference.quantile(level);
        Some(profile.interval(&mut w, functional, quantile))
    }
}
