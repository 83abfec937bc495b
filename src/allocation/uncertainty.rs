//! Intervals on N*, D*, L* and the exponents, by three methods.

use super::bootstrap::{Bootstrap, Resampling};
use super::flops::Flops;
use super::joint;
use super::profile::Profile;
use super::quantity::{AllocationQuantity, Functional};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::surface::{Point, SurfaceProblem, Workspace};
use crate::fit::{FitResult, Inference};
use crate::interval::LEVELS;
use crate::numeric::{Allocation, Surface};
use crate::progress::{Listener, Progress};
use crate::remedy::Setting;
use crate::resampling::{reaches_beyond, tail};
use serde::{Deserialize, Serialize};

/// The method of an interval. All are confidence intervals: of the surface, not of a run. They are
/// right only if the form of the surface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AllocationMethod {
    /// Linearised at the minimum, Student's t.
    Delta,
    /// All values that some surface with an almost equal fit gives.
    Profile,
    /// Percentiles of refits.
    Bootstrap,
}

impl AllocationMethod {
    /// Every method, in display order.
    #[doc(hidden)]
    pub const ALL: [AllocationMethod; 3] = [
        AllocationMethod::Delta,
        AllocationMethod::Profile,
        AllocationMethod::Bootstrap,
    ];

    /// Its name on the command line and in files.
    #[must_use]
    #[doc(hidden)]
    pub fn name(self) -> &'static str {
        match self {
            AllocationMethod::Delta => "delta",
            AllocationMethod::Profile => "profile",
            AllocationMethod::Bootstrap => "bootstrap",
        }
    }
}

/// A confidence interval of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AllocationInterval {
    /// The quantity.
    pub quantity: AllocationQuantity,
    /// The method.
    pub method: AllocationMethod,
    /// Nominal probability.
    pub level: f64,
    /// Whether the level is the probability that all quantities of the allocation are inside their
    /// intervals.
    pub(crate) joint: bool,
    /// Lower end; absent if the data give none, or if it is below one parameter or token.
    pub lower: Option<f64>,
    /// Upper end; absent for the same reasons.
    pub upper: Option<f64>,
    /// Whether the lower and the upper end are below one parameter or token.
    #[serde(skip_serializing_if = "neither")]
    pub(crate) below_one: (bool, bool),
}

fn neither(ends: &(bool, bool)) -> bool {
    *ends == (false, false)
}

/// A surface fit, prepared for intervals of its allocations.
#[derive(Debug, Clone)]
pub struct Uncertainty<'a> {
    fit: &'a FitResult,
    surface: Surface,
    flops: Flops,
    /// Pairs of costs on both sides of a fitted one, with their distance in standard errors.
    sides: Vec<(Flops, Flops, f64)>,
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
    /// [`ErrorKind::Usage`] for a law that is not a surface or has bounds on A or B.
    pub fn new(fit: &'a FitResult) -> Result<Uncertainty<'a>> {
        let surface = Surface::of(fit)?;
        if fit.settings().objective.is_quantile() {
            let message =
                "an allocation is made from the middle of the runs, and the fit is a quantile";
            return Err(Error::new(ErrorKind::Usage, message)
                .with_hint("fit by least squares or by Huber's loss")
                .with_remedy(Setting::Objective.to("huber")));
        }
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
            sides: Vec::new(),
            problem,
            inference,
            bootstrap: None,
            listener: Listener::default(),
        })
    }

    /// Sets how FLOP are counted, instead of 6ND.
    #[must_use]
    pub fn flops(mut self, flops: Flops) -> Uncertainty<'a> {
        self.sides = flops.sides();
        if let Some(bootstrap) = &mut self.bootstrap {
            bootstrap.count(&flops);
        }
        self.flops = flops;
        self
    }

    /// Reports every refit of [`Uncertainty::resample`] to `progress`, which can stop it.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Uncertainty<'a> {
        self.listener = Listener(progress);
        self
    }

    /// The allocation at a compute.
    ///
    /// # Errors
    /// As for [`Flops::optimal`].
    #[doc(hidden)]
    pub fn optimal(&self, compute: f64) -> Result<Allocation> {
        self.flops.optimal(&self.surface, compute)
    }

    /// Refits on resampled data, for the bootstrap intervals. The same seed gives the same bits.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for fewer than 50 replicates, or clusters without groups;
    /// [`ErrorKind::Cancelled`] if the listener stops it.
    pub fn resample(&mut self, resampling: Resampling, replicates: usize, seed: u64) -> Result<()> {
        let mut made = Bootstrap::run(
            self.fit,
            &self.problem,
            self.p,
            resampling,
            (replicates, seed),
            self.listener,
        )?;
        made.count(&self.flops);
        self.bootstrap = Some(made);
        Ok(())
    }

    /// The fit.
    pub(crate) fn fit(&self) -> &'a FitResult {
        self.fit
    }

    /// The surface of the fit.
    pub(crate) fn surface(&self) -> &Surface {
        &self.surface
    }

    /// How FLOP are counted.
    pub(crate) fn counting(&self) -> &Flops {
        &self.flops
    }

    /// The refits, if any were made.
    #[must_use]
    #[doc(hidden)]
    pub fn bootstrap(&self) -> Option<&Bootstrap> {
        self.bootstrap.as_ref()
    }

    /// Asks for the intervals at a compute.
    #[must_use]
    pub fn at(&self, compute: f64) -> AllocationIntervals<'_> {
        AllocationIntervals {
            uncertainty: self,
            compute,
            level: 0.9,
            methods: AllocationMethod::ALL.to_vec(),
        }
    }

    pub(crate) fn functional(
        &self,
        quantity: AllocationQuantity,
        best: &Allocation,
    ) -> Functional<'_> {
        Functional::new(quantity, best, &self.flops, &self.problem.data)
    }

    /// The ends of an interval on the functional's own scale; absent if the method gives none.
    pub(super) fn ends(
        &self,
        functional: &Functional,
        method: AllocationMethod,
        level: f64,
    ) -> Option<(Option<f64>, Option<f64>)> {
        if !LEVELS.contains(&level) {
            return None;
        }
        let reach = self.inference.quantile(level);
        match method {
            AllocationMethod::Delta => self.delta(functional, reach),
            AllocationMethod::Profile => self.profile(*functional, reach),
            AllocationMethod::Bootstrap => {
                let bootstrap = self.bootstrap.as_ref()?;
                let enough = reaches_beyond(bootstrap.refits().len(), level);
                let (lower, upper) =
                    bootstrap.interval(functional, enough.then_some(tail(level))?)?;
                Some((Some(lower), Some(upper)))
            }
        }
    }

    fn interval(
        &self,
        functional: Functional,
        method: AllocationMethod,
        width: Width,
    ) -> Option<AllocationInterval> {
        let quantity = functional.quantity;
        // With tied exponents and a cost in closed form, a and b are known.
        let exponent = AllocationQuantity::EXPONENTS.contains(&quantity);
        let known = exponent && self.problem.limits.tied && self.flops.is_power();
        let (lower, upper) = match method {
            _ if known => Some((
                Some(functional.value(&self.p)),
                Some(functional.value(&self.p)),
            )),
            AllocationMethod::Delta => self.delta(&functional, width.reach),
            AllocationMethod::Profile => self.profile(functional, width.reach),
            AllocationMethod::Bootstrap => {
                let (l, u) = self
                    .bootstrap
                    .as_ref()?
                    .interval(&functional, width.tail?)?;
                Some((Some(l), Some(u)))
            }
        }?;
        let counted = matches!(
            quantity,
            AllocationQuantity::Params | AllocationQuantity::Tokens
        );
        // On the logarithmic scale, one parameter or token is zero.
        let below_one = |end: Option<f64>| counted && end.is_some_and(|v| v < 0.0);
        let shown = |end: Option<f64>| {
            end.filter(|_| !below_one(end))
                .and_then(|v| quantity.end(v))
        };
        Some(AllocationInterval {
            quantity,
            method,
            level: width.level,
            joint: width.joint,
            lower: shown(lower),
            upper: shown(upper),
            below_one: (below_one(lower), below_one(upper)),
        })
    }

    fn delta(&self, functional: &Functional, reach: f64) -> Option<(Option<f64>, Option<f64>)> {
        let (value, gradient) = functional.both(&self.p);
        let of_surface = self.standard_error(&gradient)?;
        let half = reach * of_surface.hypot(self.cost_error(functional));
        Some((Some(value - half), Some(value + half)))
    }

    /// Standard error of a quantity due to the fitted cost.
    fn cost_error(&self, functional: &Functional) -> f64 {
        let along = |(low, high, apart): &(Flops, Flops, f64)| {
            let at = |flops| functional.counting(flops).value(&self.p);
            (at(high) - at(low)) / apart
        };
        self.sides.iter().map(along).fold(0.0, f64::hypot)
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
        let (lower, upper) = profile.interval(&mut w, functional, reach);
        let error = reach * self.cost_error(&functional);
        if error == 0.0 {
            return Some((lower, upper));
        }
        // The error of the cost is independent of that of the surface.
        let value = functional.value(&self.p);
        let wider = |end: f64| (end - value).hypot(error);
        Some((
            lower.map(|end| value - wider(end)),
            upper.map(|end| value + wider(end)),
        ))
    }
}

/// Builds intervals at one compute; see [`Uncertainty::at`].
#[derive(Debug, Clone)]
pub struct AllocationIntervals<'u> {
    uncertainty: &'u Uncertainty<'u>,
    compute: f64,
    level: f64,
    methods: Vec<AllocationMethod>,
}

/// The width of the intervals of one request.
#[derive(Debug, Clone, Copy)]
struct Width {
    level: f64,
    joint: bool,
    /// Half-width in standard errors.
    reach: f64,
    /// The share of the refits cut off at each end; absent if there are too few.
    tail: Option<f64>,
}

impl AllocationIntervals<'_> {
    /// Nominal probability, from 0.001 to 0.999999 (default 0.9). At any other level there are no
    /// intervals.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// Methods (default all). Each gives an interval if it can.
    #[must_use]
    pub fn methods(mut self, methods: &[AllocationMethod]) -> Self {
        self.methods = methods.to_vec();
        self
    }

    /// The intervals of one quantity; empty if there is no allocation at this compute.
    #[must_use]
    pub fn of(&self, quantity: AllocationQuantity) -> Vec<AllocationInterval> {
        let u = self.uncertainty;
        let Some(best) = self.answerable() else {
            return Vec::new();
        };
        let refits = u.bootstrap.as_ref().map_or(0, |b| b.refits().len());
        let width = Width {
            level: self.level,
            joint: false,
            reach: u.inference.quantile(self.level),
            tail: reaches_beyond(refits, self.level).then_some(tail(self.level)),
        };
        self.made(&[u.functional(quantity, &best)], width)
    }

    /// Intervals of every quantity that hold together with the probability of the level: wider than
    /// [`AllocationIntervals::of`], of which each holds with that probability on its own.
    ///
    /// ```
    /// # use scalewise::allocation::{AllocationMethod, AllocationQuantity, Uncertainty};
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
    /// let asked = uncertainty.at(1e22).methods(&[AllocationMethod::Profile]);
    /// let (together, alone) = (asked.joint(), asked.of(AllocationQuantity::Params)[0]);
    /// assert!(together[0].lower < alone.lower && together[0].upper > alone.upper);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    #[doc(hidden)]
    pub fn joint(&self) -> Vec<AllocationInterval> {
        let u = self.uncertainty;
        let Some(best) = self.answerable() else {
            return Vec::new();
        };
        let all = AllocationQuantity::ALL.map(|quantity| u.functional(quantity, &best));
        let bootstrap = u.bootstrap.as_ref();
        let width = Width {
            level: self.level,
            joint: true,
            reach: joint::quantile(&u.inference, u.problem.limits.tied, self.level),
            tail: bootstrap.and_then(|b| joint::tail(b, &all, self.level)),
        };
        self.made(&all, width)
    }

    /// The allocation, if intervals of this level can be given.
    fn answerable(&self) -> Option<Allocation> {
        let best = self.uncertainty.optimal(self.compute).ok()?;
        LEVELS.contains(&self.level).then_some(best)
    }

    fn made(&self, functionals: &[Functional], width: Width) -> Vec<AllocationInterval> {
        let of = |functional: &Functional| {
            let one = |&method| self.uncertainty.interval(*functional, method, width);
            self.methods.iter().filter_map(one).collect::<Vec<_>>()
        };
        functionals.iter().flat_map(of).collect()
    }
}
