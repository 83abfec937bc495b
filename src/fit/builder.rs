//! The fit to be run.

use super::basin::{Basin, Found};
use super::objective::{DEFAULT_HUBER_DELTA, Objective, Residuals, Weights};
use super::observations::Observations;
use super::prior::{Penalty, Prior};
use super::result::FitResult;
use super::search;
use super::settings::Settings;
use super::status::{Diagnosis, Severity};
use super::surface::{self, Exhaustive};
use super::{minimum, power, prior_noise, projected, unique};
use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::interval::check_levels;
use crate::law::{Form, Input, Law};
use crate::remedy::Setting;
use crate::runs::{Dataset, Role, Variable};
use crate::said::Said;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The settings of a fit: a law, what to minimise, and what is fixed.
///
/// ```
/// use scalewise::{Dataset, Fit, law::Saturating};
/// // L(C) = 20·C^-0.1 + 1.5, without noise
/// let runs = [1e18, 1e19, 1e20, 1e21, 1e22].map(|c: f64| (c, 20.0 * c.powf(-0.1) + 1.5));
/// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
/// assert!((fit.value("b").unwrap() + 0.1).abs() < 1e-9);
/// assert!((fit.value("c").unwrap() - 1.5).abs() < 1e-9);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Fit {
    pub(super) law: Arc<dyn Law>,
    pub(super) objective: Objective,
    pub(super) residuals: Option<Residuals>,
    pub(super) weights: Option<Weights>,
    pub(super) bounds: Vec<(String, f64, f64)>,
    pub(super) starts: Vec<(String, f64)>,
    pub(super) priors: Vec<Prior>,
    pub(super) level: f64,
    pub(super) delta_from_data: bool,
    /// Only the size of the residuals is needed, so minima of the same size need not be separated.
    pub(super) for_scale: bool,
}

impl Fit {
    /// A least-squares fit of `law` on relative residuals, with σ from the data where every fitted
    /// run has one and from the residuals otherwise.
    pub fn new(law: impl Law + 'static) -> Fit {
        Fit::shared(Arc::new(law))
    }

    /// The same for a law behind a shared pointer, such as one shared with other fits.
    pub fn shared(law: Arc<dyn Law>) -> Fit {
        Fit {
            law,
            objective: Objective::Squared,
            residuals: None,
            weights: None,
            bounds: Vec::new(),
            starts: Vec::new(),
            priors: Vec::new(),
            level: 0.9,
            delta_from_data: false,
            for_scale: false,
        }
    }

    /// The request that made this fit: the same law, bounds, residuals and weights.
    pub(crate) fn again(fit: &FitResult) -> Fit {
        let settings = fit.settings();
        let names = fit.parameters().iter().map(|p| p.name.clone());
        let ends = settings.lower.iter().zip(&settings.upper);
        Fit {
            objective: settings.objective,
            residuals: Some(settings.residuals),
            weights: Some(settings.weights.clone()),
            bounds: names.zip(ends).map(|(n, (l, u))| (n, *l, *u)).collect(),
            starts: fit.start.clone(),
            priors: settings.prior.iter().map(|p| p.prior.clone()).collect(),
            ..Fit::shared(Arc::clone(&fit.law))
        }
    }

    /// Minimises another loss; the residuals become its own default unless given.
    #[must_use]
    pub fn loss(mut self, objective: Objective) -> Fit {
        self.objective = objective;
        self
    }

    /// Minimises Huber's loss with a threshold of 1.345 times the robust scale of the residuals,
    /// for which it is 95 % as efficient as least squares under normal noise (Huber 1981, §4.2).
    /// The scale is that of the residuals of least absolute deviations.
    #[must_use]
    pub fn huber_from_data(mut self) -> Fit {
        self.delta_from_data = true;
        self
    }

    /// Compares predictions with losses on this scale.
    #[must_use]
    pub fn residuals(mut self, residuals: Residuals) -> Fit {
        self.residuals = Some(residuals);
        self
    }

    /// States what is known about the noise.
    #[must_use]
    pub fn weights(mut self, weights: Weights) -> Fit {
        self.weights = Some(weights);
        self
    }

    /// Holds a parameter at a value.
    #[must_use]
    pub fn fix(self, name: &str, value: f64) -> Fit {
        self.bounds(name, value..=value)
    }

    /// Keeps a parameter within bounds.
    #[must_use]
    pub fn bounds(mut self, name: &str, range: RangeInclusive<f64>) -> Fit {
        self.bounds
            .push((name.to_owned(), *range.start(), *range.end()));
        self
    }

    /// Starts the search for a law of your own here; the other parameters start at 1 if no search
    /// range is known for them. The built-in laws need no start.
    #[must_use]
    pub fn start(mut self, name: &str, value: f64) -> Fit {
        self.starts.push((name.to_owned(), value));
        self
    }

    /// Level of the parameters' intervals (default 0.9).
    #[must_use]
    pub fn level(mut self, level: f64) -> Fit {
        self.level = level;
        self
    }

    /// Fits the law to the runs whose role is [`Role::Fit`].
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an unknown parameter or an impossible bound; [`ErrorKind::Data`]
    /// when the runs lack a column that the law or the weights need; [`ErrorKind::NoFit`] when
    /// there are fewer runs (or fewer different values of the arguments) than free parameters, or
    /// no start gives a finite objective.
    pub fn run(&self, data: &Dataset) -> Result<FitResult> {
        match self.law.typed().filter(|law| law.outcomes().len() > 1) {
            Some(law) => self.run_rows(&data.by_outcome(law.outcomes())?),
            None => self.run_rows(data),
        }
    }

    fn run_rows(&self, data: &Dataset) -> Result<FitResult> {
        if self.delta_from_data {
            return self.run_with_scale(data);
        }
        let (observations, settings) = self.prepared(data)?;
        let (basins, starts) = self.search(&observations, &settings)?;
        let result = FitResult::judge(
            Arc::clone(&self.law),
            settings,
            data.clone(),
            basins,
            starts,
            self.level,
        )?;
        Ok(FitResult {
            start: self.starts.clone(),
            ..result
        })
    }

    /// The observations with the settings that their fit has, once it is known that they suffice.
    pub(super) fn prepared(&self, data: &Dataset) -> Result<(Observations, Settings)> {
        let residuals = self
            .residuals
            .unwrap_or_else(|| default_residuals(&*self.law, self.objective));
        let weights = self.weights.clone().unwrap_or_else(|| {
            let mut fitted = data.runs.iter().filter(|run| run.role == Role::Fit);
            if fitted.all(|run| run.sigma.is_some()) {
                Weights::KnownSigma
            } else {
                Weights::Equal
            }
        });
        if let Objective::Huber { delta } = self.objective
            && (delta.is_nan() || delta <= 0.0)
        {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("the Huber threshold must be positive, not {}", Said(delta)),
            ));
        }
        if let Objective::Quantile { q } = self.objective
            && !(0.0 < q && q < 1.0)
        {
            let message = format!("the quantile must be between 0 and 1, not {}", Said(q));
            return Err(Error::new(ErrorKind::Usage, message)
                .about(Setting::Quantile)
                .with_hint("a share of the runs lies below the curve, for example 0.3"));
        }
        check_levels(&[self.level])?;
        let observations = Observations::from_runs(&*self.law, &data.runs, residuals, &weights)?;
        let (lower, upper) = self.box_bounds()?;
        let mut settings = Settings {
            objective: self.objective,
            residuals,
            weights,
            lower,
            upper,
            prior: None,
        };
        let observations = match Prior::joined(&self.priors)? {
            None => observations,
            Some(prior) => {
                prior.fits(data)?;
                self.weighed(prior, observations, &mut settings)?
            }
        };
        self.enough(&observations, &settings, data)?;
        if self.law.form() == Form::Surface
            && settings.free_count() == settings.lower.len()
            && settings.prior.is_none()
            && let Some(d) = surface::collinear(&observations)
        {
            return Err(d.to_error().at(&data.source, None, None));
        }
        Ok((observations, settings))
    }

    fn run_with_scale(&self, data: &Dataset) -> Result<FitResult> {
        let plain = Fit {
            delta_from_data: false,
            residuals: Some(self.robust_residuals()),
            ..self.clone()
        };
        // Without noise any threshold gives the same answer.
        let Some(delta) = plain.delta_of(data)? else {
            let delta = DEFAULT_HUBER_DELTA;
            return plain.loss(Objective::Huber { delta }).run(data);
        };
        let mut result = plain.loss(Objective::Huber { delta }).run(data)?;
        result.diagnoses.push(delta_from_data(delta));
        Ok(result)
    }

    fn robust_residuals(&self) -> Residuals {
        self.residuals
            .unwrap_or_else(|| default_residuals(&*self.law, Objective::Lad))
    }

    /// Huber's threshold from the residuals of a fit of least absolute deviations; `None` if all
    /// are zero.
    pub(super) fn delta_of(&self, data: &Dataset) -> Result<Option<f64>> {
        let robust = Fit {
            for_scale: true,
            ..self.clone()
        };
        let robust = robust
            .loss(Objective::Lad)
            .residuals(self.robust_residuals())
            .run(data)?;
        let scale = robust.inference()?.noise.filter(|s| *s > 0.0);
        Ok(scale.map(|s| EFFICIENT * s))
    }

    /// Fits the law to bare observations and returns the basins, best first: no data set, no
    /// verdict.
    ///
    /// # Errors
    /// As for [`Fit::run`].
    #[doc(hidden)]
    pub fn run_observations(&self, observations: &Observations) -> Result<Vec<Basin>> {
        let settings = self.bare_settings(observations)?;
        Ok(self.search(&observations.in_order(), &settings)?.0)
    }

    /// The published search for a surface law, to check the exact one: L-BFGS from every
    /// `stride`-th of its 4,500 starts (Hoffmann et al. 2022).
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a law that is not a surface, or with bounds on A or B.
    #[doc(hidden)]
    pub fn exhaustive(&self, observations: &Observations, stride: usize) -> Result<Exhaustive> {
        let settings = self.bare_settings(observations)?;
        surface::exhaustive(&*self.law, &observations.in_order(), &settings, stride)
    }

    /// The settings of a fit to bare observations, which have no weights of their own.
    pub(super) fn bare_settings(&self, observations: &Observations) -> Result<Settings> {
        let (lower, upper) = self.box_bounds()?;
        Ok(Settings {
            objective: self.objective,
            residuals: observations.residuals,
            weights: Weights::Equal,
            lower,
            upper,
            prior: None,
        })
    }

    fn box_bounds(&self) -> Result<(Vec<f64>, Vec<f64>)> {
        let parameters = self.law.parameters();
        let mut lower: Vec<f64> = parameters.iter().map(|p| p.lower).collect();
        let mut upper: Vec<f64> = parameters.iter().map(|p| p.upper).collect();
        for (name, low, high) in &self.bounds {
            let k = self.position(name)?;
            if low.is_nan() || high.is_nan() || low > high || (low == high && !low.is_finite()) {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!(
                        "the bounds {}..{} of {name} are not a range",
                        Said(*low),
                        Said(*high)
                    ),
                ));
            }
            (lower[k], upper[k]) = (*low, *high);
        }
        Ok((lower, upper))
    }

    pub(super) fn position(&self, name: &str) -> Result<usize> {
        let parameters = self.law.parameters();
        parameters
            .iter()
            .position(|p| p.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = parameters.iter().map(|p| &*p.name).collect();
                Error::new(
                    ErrorKind::Usage,
                    format!("law '{}' has no parameter '{name}'", self.law.name()),
                )
                .with_hint(format!("its parameters are {}", names.join(", ")))
            })
    }

    fn enough(&self, o: &Observations, settings: &Settings, data: &Dataset) -> Result<()> {
        let known = settings.prior.as_ref().map_or(0, Penalty::len);
        let free = settings.free_count().saturating_sub(known).max(1);
        let distinct = prior_noise::distinct(o);
        let actuals = data.runs.len() - o.len();
        let too_few = |message: String| {
            let error = match actuals {
                0 => Error::new(ErrorKind::NoFit, message)
                    .with_hint("add runs, hold a parameter, or use a law with fewer parameters")
                    .with_remedy(Setting::Fix)
                    .with_remedy(Setting::Law),
                _ => Error::new(ErrorKind::NoFit, message)
                    .with_hint(format!(
                        "{actuals} runs are kept out of the fit: raise its upper limit, or hold out fewer"
                    ))
                    .with_remedy(Setting::FitBelow),
            };
            match data.source.is_empty() {
                true => error,
                false => error.at(&data.source, None, None),
            }
        };
        if o.len() < free {
            return Err(too_few(format!(
                "{} usable run{}, but law '{}' has {free} free parameters",
                o.len(),
                if o.len() == 1 { "" } else { "s" },
                self.law.name()
            )));
        }
        if distinct < free {
            let message = if distinct == 1 {
                format!(
                    "all {} runs have the same {}",
                    o.len(),
                    input_names(&*self.law, data.variable)
                )
            } else {
                format!(
                    "{distinct} different values of {}, but law '{}' has {free} free parameters",
                    input_names(&*self.law, data.variable),
                    self.law.name()
                )
            };
            return Err(too_few(message));
        }
        Ok(())
    }

    /// Every basin found, best first, and how many starts reached the best one if starts were used.
    pub(super) fn search(&self, o: &Observations, settings: &Settings) -> Result<Found> {
        let typed = self.law.typed().filter(|_| self.starts.is_empty());
        let mut found = match (typed, self.law.form()) {
            (Some(law), _) => projected::basins(law, o, settings),
            (None, Form::General) => self.general(o, settings)?,
            (None, Form::Surface) if settings.prior.is_some() => self.general(o, settings)?,
            (None, Form::Surface) => match surface::basins(&*self.law, o, settings, self.for_scale)
            {
                Some((basins, starts)) => (basins, Some(starts)),
                None => self.general(o, settings)?,
            },
            (None, Form::PowerPlusConstant | Form::Power) => {
                (power::basins(&*self.law, o, settings), None)
            }
        };
        found
            .0
            .retain(|basin| basin.parameters.iter().all(|v| v.is_finite()));
        if let Some(best) = found.0.first_mut() {
            unique::settle(&*self.law, o, settings, best);
            minimum::settle(&*self.law, o, settings, best);
        }
        if found.0.is_empty() {
            return Err(no_basin(&*self.law));
        }
        Ok(found)
    }

    fn general(&self, o: &Observations, settings: &Settings) -> Result<Found> {
        let mut start = None;
        for (name, value) in &self.starts {
            let list = start.get_or_insert_with(|| vec![1.0; settings.lower.len()]);
            list[self.position(name)?] = *value;
        }
        Ok(search::basins(&*self.law, o, settings, start))
    }
}

/// The error when no start leads to a value.
pub(super) fn no_basin(law: &dyn Law) -> Error {
    let hint = match law.typed() {
        Some(_) => "look at logarithms and powers of columns that are zero or negative",
        None => {
            "give compute in a unit that keeps it far from 1e300; a program may set a start with \
             Fit::start"
        }
    };
    let message = format!(
        "no parameters of law '{}' give a finite objective",
        law.name()
    );
    Error::new(ErrorKind::NoFit, message).with_hint(hint)
}

/// Huber's threshold in units of the noise for 95 % efficiency when the noise is normal.
const EFFICIENT: f64 = 1.345;

pub(super) fn delta_from_data(delta: f64) -> Diagnosis {
    Diagnosis::new(
        Code::DeltaFromData,
        Severity::Note,
        format!(
            "delta = {delta:.3e} is {EFFICIENT} times the robust scale of the residuals of least absolute deviations"
        ),
        "give the threshold yourself; 1e-3 is the published one",
    )
    .with_remedy(Setting::Delta.to("1e-3"))
}

/// Log residuals for every law of parameters and tokens; otherwise the objective decides.
fn default_residuals(law: &dyn Law, objective: Objective) -> Residuals {
    if law.inputs().contains(&Input::Params) {
        Residuals::Log
    } else {
        objective.default_residuals()
    }
}

/// The arguments of a law in words.
fn input_names(law: &dyn Law, variable: Variable) -> String {
    let names: Vec<&str> = law
        .inputs()
        .iter()
        .map(|input| match input {
            Input::Compute => variable.noun(),
            Input::Params => "params",
            Input::Tokens => "tokens",
            Input::UniqueTokens => "unique tokens",
            Input::Column(k) => &law.columns()[*k],
        })
        .collect();
    names.join(" and ")
}
