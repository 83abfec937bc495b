//! Intervals on N*, D*, L* and the exponents, by three methods that are told apart.

use super::bootstrap::{Bootstrap, Resampling};
use super::flops::Flops;
use super::joint;
use super::profile::Profile;
use super::quantity::{Functional, Quantity};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::surface::{Point, SurfaceProblem, Workspace};
use crate::fit::{FitResult, Inference};
use crate::interval::LEVELS;
use crate::numeric::{Allocation, Surface};
use crate::progress::{Listener, Progress};
use crate::remedy::Setting;
use crate::resampling::reaches_beyond;
use serde::{Deserialize, Serialize};

/// How an interval of a quantity was made. All are confidence intervals: of the surface, not of a
/// run; and all are right only if the surface's form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
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
    /// Whether that is the probability that all quantities of the allocation lie inside theirs.
    pub joint: bool,
    /// Lower end; absent where the data give none, or where it lies below one parameter or token.
    pub lower: Option<f64>,
    /// Upper end; absent likewise.
    pub upper: Option<f64>,
    /// Whether the lower and the upper end lie below one parameter or token.
    #[serde(skip_serializing_if = "neither")]
    pub below_one: (bool, bool),
}

fn neither(ends: &(bool, bool)) -> bool {
    *ends == (false, false)
}

/// A fit that can be asked for intervals of what follows from it.
#[derive(Debug, Clone)]
pub struct Uncertainty<'a> {
    fit: &'a FitResult,
    surface: Surface,
    flops: Flops,
    pub(crate) problem: SurfaceProblem,
    pub(crate) p: Point,
    inference: Inference,
    bootstrap: Option<Bootstrap>,
    listener: Listener<'a>,
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
                    .with_hint("do not hold or bound A and B")
                    .with_remedy(Setting::Fix)
                    .with_remedy(Setting::Bounds)
            })?;
        let raw = [surface.a, surface.b, surface.e, surface.alpha, surface.beta];
        Ok(Uncertainty {
            p: problem.data.centred(&raw),
            fit,
            surface,
            flops: Flops::SixNd,
            problem,
            inference,
            bootstrap: None,
            listener: Listener::default(),
        })
    }

    /// Counts FLOP in this way instead of as 6ND.
    #[must_use]
    pub fn flops(mut self, flops: Flops) -> Uncertainty<'a> {
        self.flops = flops;
        self
    }

    /// Tells `progress` of every refit of [`Uncertainty::resample`], and stops when it says so.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Uncertainty<'a> {
        self.listener = Listener(progress);
        self
    }

    /// The allocation at a compute.
    ///
    /// # Errors
    /// As for [`Flops::optimal`].
    pub fn optimal(&self, compute: f64) -> Result<Allocation> {
        self.flops.optimal(&self.surface, compute)
    }

    /// Refits on resampled data, for the bootstrap intervals: the same seed gives the same bits.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for fewer than 50 replicates, or clusters without groups;
    /// [`ErrorKind::Cancelled`] when the listener stops it.
    pub fn resample(&mut self, resampling: Resampling, replicates: usize, seed: u64) -> Result<()> {
        let made = Bootstrap::run(
            self.fit,
            &self.problem,
            self.p,
            resampling,
            (replicates, seed),
            self.listener,
        )?;
        self.bootstrap = Some(made);
        Ok(())
    }

    /// The fit they are of.
    #[must_use]
    pub fn fit(&self) -> &'a FitResult {
        self.fit
    }

    /// Its surface.
    #[must_use]
    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// How FLOP are counted.
    #[must_use]
    pub fn counting(&self) -> &Flops {
        &self.flops
    }

    /// The refits, if any were made.
    #[must_use]
    pub fn bootstrap(&self) -> Option<&Bootstrap> {
        self.bootstrap.as_ref()
    }

    /// The intervals of one quantity at a compute, each method that can give one; none where there
    /// is no allocation, or no interval of this level ([`LEVELS`]).
    #[must_use]
    pub fn intervals(
        &self,
        quantity: Quantity,
        compute: f64,
        level: f64,
        methods: &[IntervalMethod],
    ) -> Vec<QuantityInterval> {
        let Some(best) = self.answerable(compute, level) else {
            return Vec::new();
        };
        let functional = self.functional(quantity, &best);
        let reach = self.inference.quantile(level);
        let refits = self.bootstrap.as_ref().map_or(0, |b| b.refits().len());
        let tail = reaches_beyond(refits, level).then_some(0.5 * (1.0 - level));
        (methods.iter())
            .filter_map(|&method| self.interval(functional, method, level, reach, tail, false))
            .collect()
    }

    /// Intervals of every quantity at a compute that hold together with probability `level`: wider
    /// than [`Uncertainty::intervals`], of which each holds with that probability on its own.
    ///
    /// ```
    /// # use scalewise::allocation::{IntervalMethod, Quantity, Uncertainty};
    /// # use scalewise::{Dataset, Fit, ReadOptions, tables::Needs, law::{Chinchilla, Law}};
    /// # let mut csv = "params,tokens,loss\n".to_owned();
    /// # for n in [1e8, 3e8, 1e9, 3e9] {
    /// #     for d in [2e9, 8e9, 3e10] {
    /// #         let wobble = 1.0 + 1e-3 * f64::ln(n * d).sin();
    /// #         csv += &format!("{n},{d},{}\n", Chinchilla.predict(&[n, d], &[482.0, 2085.0, 1.8, 0.35, 0.37]) * wobble);
    /// #     }
    /// # }
    /// # let options = ReadOptions { needs: Needs::SURFACE, ..ReadOptions::default() };
    /// # let fit = Fit::new(Chinchilla).run(&Dataset::from_csv_bytes(csv.as_bytes(), "runs.csv", &options)?)?;
    /// let uncertainty = Uncertainty::new(&fit)?;
    /// let together = uncertainty.joint(1e22, 0.9, &[IntervalMethod::Profile]);
    /// let alone = uncertainty.intervals(Quantity::Params, 1e22, 0.9, &[IntervalMethod::Profile])[0];
    /// assert!(together[0].lower < alone.lower && together[0].upper > alone.upper);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn joint(
        &self,
        compute: f64,
        level: f64,
        methods: &[IntervalMethod],
    ) -> Vec<QuantityInterval> {
        let Some(best) = self.answerable(compute, level) else {
            return Vec::new();
        };
        let all = Quantity::ALL.map(|quantity| self.functional(quantity, &best));
        let reach = joint::quantile(&self.inference, self.problem.limits.tied, level);
        let tail = (self.bootstrap.as_ref()).and_then(|b| joint::tail(b, &all, level));
        let of = |functional: Functional| {
            let one = move |&method| self.interval(functional, method, level, reach, tail, true);
            methods.iter().filter_map(one).collect::<Vec<_>>()
        };
        all.into_iter().flat_map(of).collect()
    }

    /// The allocation of which intervals of this level can be made.
    fn answerable(&self, compute: f64, level: f64) -> Option<Allocation> {
        let best = self.optimal(compute).ok()?;
        LEVELS.contains(&level).then_some(best)
    }

    pub(crate) fn functional(&self, quantity: Quantity, best: &Allocation) -> Functional<'_> {
        Functional::new(quantity, best, &self.flops, &self.problem.data)
    }

    /// One interval: `reach` standard errors either way, or without `tail` of the refits each end.
    fn interval(
        &self,
        functional: Functional,
        method: IntervalMethod,
        level: f64,
        reach: f64,
        tail: Option<f64>,
        joint: bool,
    ) -> Option<QuantityInterval> {
        let quantity = functional.quantity;
        // With tied exponents a and b are known.
        let exponent = Quantity::EXPONENTS.contains(&quantity);
        let known = exponent && self.problem.limits.tied && self.flops.is_power();
        let (lower, upper) = match method {
            _ if known => Some((
                Some(functional.value(&self.p)),
                Some(functional.value(&self.p)),
            )),
            IntervalMethod::Delta => self.delta(&functional, reach),
            IntervalMethod::Profile => self.profile(functional, reach),
            IntervalMethod::Bootstrap => {
                let (l, u) = self.bootstrap.as_ref()?.interval(&functional, tail?)?;
                Some((Some(l), Some(u)))
            }
        }?;
        let counted = matches!(quantity, Quantity::Params | Quantity::Tokens);
        // On the scale of intervals one parameter or token is zero.
        let below_one = |end: Option<f64>| counted && end.is_some_and(|v| v < 0.0);
        let shown = |end: Option<f64>| {
            end.filter(|_| !below_one(end))
                .and_then(|v| quantity.end(v))
        };
        Some(QuantityInterval {
            quantity,
            method,
            level,
            joint,
            lower: shown(lower),
            upper: shown(upper),
            below_one: (below_one(lower), below_one(upper)),
        })
    }

    fn delta(&self, functional: &Functional, reach: f64) -> Option<(Option<f64>, Option<f64>)> {
        let (value, gradient) = functional.both(&self.p);
        let half = reach * self.standard_error(&gradient)?;
        Some((Some(value - half), Some(value + half)))
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

    fn profile(&self, functional: Functional, reach: f64) -> Option<(Option<f64>, Option<f64>)> {
        let mut w = Workspace::new(&self.problem.data);
        let profile = Profile::new(&self.problem, &mut w, &self.inference, self.p)?;
        Some(profile.interval(&mut w, functional, reach))
    }
}
