//! Priors of a fit to be run.

use super::builder::Fit;
use super::objective::Objective;
use super::observations::Observations;
use super::prior::{Penalty, Prior};
use super::prior_noise;
use super::settings::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::said::Said;

impl Fit {
    /// Adds a prior of some parameters: the sum of squares, in units of the noise, is penalised by
    /// the squared distance from the prior. Several priors must be about different parameters.
    #[must_use]
    pub fn prior(mut self, prior: Prior) -> Fit {
        self.priors.push(prior);
        self
    }

    /// Fixes a parameter, whatever was requested for it before. A prior is conditioned on this
    /// value.
    pub(crate) fn holding(mut self, name: &str, value: f64) -> Fit {
        self.bounds.retain(|(known, ..)| known != name);
        self.priors = (self.priors.iter())
            .filter_map(|prior| prior.holding(name, value))
            .collect();
        self.fix(name, value)
    }

    /// Puts a prior into the settings, and the weights of the runs into units of their noise.
    pub(super) fn weighed(
        &self,
        prior: Prior,
        observations: Observations,
        settings: &mut Settings,
    ) -> Result<Observations> {
        if self.objective != Objective::Squared {
            let message = "a prior is weighed against least squares only";
            return Err(Error::new(ErrorKind::Usage, message)
                .about(Setting::Prior)
                .with_hint("choose the objective 'squared', or give no prior")
                .with_remedy(Setting::Objective.to("squared")));
        }
        for name in &prior.names {
            let k = self.position(name)?;
            if settings.lower[k] == settings.upper[k] {
                let message = format!("{name} is held, and has a prior as well");
                return Err(Error::new(ErrorKind::Usage, message)
                    .about(Setting::Prior)
                    .with_hint("hold it or give its prior, not both"));
            }
            let range = settings.lower[k]..=settings.upper[k];
            if let Some((mean, _)) = prior.of(name)
                && !range.contains(&mean)
            {
                let message = format!(
                    "the prior mean {} of {name} lies outside the range of {name}, {} to {}",
                    Said(mean),
                    Said(*range.start()),
                    Said(*range.end())
                );
                return Err(Error::new(ErrorKind::Usage, message)
                    .about(Setting::Prior)
                    .with_hint("check its sign and unit, or widen the range")
                    .with_remedy(Setting::Bounds));
            }
        }
        let search = |o: &Observations, s: &Settings| self.search(o, s).ok();
        let noise = prior_noise::of_runs(&*self.law, &observations, settings, &prior, search);
        let parameters = self.law.parameters();
        let names: Vec<&str> = parameters.iter().map(|p| &*p.name).collect();
        settings.prior = Penalty::new(prior, &names, noise);
        Ok(observations.with_noise(noise.0))
    }
}
