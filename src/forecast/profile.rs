//! Profile likelihood of the forecast for a·C^b + c: exact over every exponent and both bounds.

use super::abstain::Abstain;
use crate::fit::{
    Coarse, Code, Cover, FitResult, Functional, Inference, Noise, PowerProfile, Residuals,
};
use crate::interval::Kind;
use std::sync::{Arc, Mutex, OnceLock};

pub(super) struct PowerForecast<'a> {
    fit: &'a FitResult,
    inference: &'a Inference,
    profile: PowerProfile,
    covers: &'a Covers,
    log_distance: f64,
}

/// The exponents that the runs allow at each level. They do not depend on the target.
#[derive(Default)]
pub(super) struct Covers {
    levels: Mutex<Vec<(u64, Arc<Cover>)>>,
    /// What the covers of all levels begin with.
    coarse: OnceLock<Coarse>,
}

impl Covers {
    /// The cover of a level. Two threads may compute it at once.
    fn get(&self, level: f64, make: impl FnOnce() -> Cover) -> Arc<Cover> {
        let known = |all: &Vec<(u64, Arc<Cover>)>| {
            let same = all.iter().find(|(bits, _)| *bits == level.to_bits());
            same.map(|(_, cover)| Arc::clone(cover))
        };
        if let Ok(all) = self.levels.lock()
            && let Some(cover) = known(&all)
        {
            return cover;
        }
        let made = Arc::new(make());
        if let Ok(mut all) = self.levels.lock() {
            all.push((level.to_bits(), Arc::clone(&made)));
        }
        made
    }
}

impl<'a> PowerForecast<'a> {
    pub(super) fn new(
        fit: &'a FitResult,
        inference: &'a Inference,
        profile: PowerProfile,
        covers: &'a Covers,
        compute: f64,
    ) -> PowerForecast<'a> {
        PowerForecast {
            fit,
            inference,
            covers,
            log_distance: compute.ln() - profile.log_reference(),
            profile,
        }
    }

    pub(super) fn bounds(&mut self, level: f64, kind: Kind) -> Result<(f64, f64), Abstain> {
        let threshold = self
            .fit
            .threshold(self.inference, level)
            .ok_or_else(|| Abstain::new(Code::TooFewRuns, "the noise cannot be estimated"))?;
        let kappa = self.inference.noise_of_a_run();
        let noise = match (kind, self.fit.settings().residuals) {
            (Kind::Confidence, _) => Noise::None,
            (Kind::Prediction, Residuals::Absolute) => Noise::Added(kappa),
            (Kind::Prediction, _) => Noise::Multiplied(kappa),
        };
        let functional = AtTarget {
            unit: self.profile.unit(),
            log_distance: self.log_distance,
            noise,
        };
        let b = self.fit.parameters()[1].value;
        let coarse = &self.covers.coarse;
        let make = || {
            let coarse = coarse.get_or_init(|| self.profile.coarse(b));
            self.profile.cover(coarse, threshold)
        };
        let cover = self.covers.get(level, make);
        let (lower, upper) = self.profile.range(&cover, &functional);
        if lower.is_finite() && upper.is_finite() && lower <= upper {
            Ok((lower, upper))
        } else {
            Err(Abstain::new(
                Code::NotConverged,
                "the profile of the forecast was not resolved",
            ))
        }
    }
}

/// s·e^(b·u*) + c.
struct AtTarget {
    unit: f64,
    log_distance: f64,
    noise: Noise,
}

impl Functional for AtTarget {
    fn direction(&self, b: f64) -> (f64, f64) {
        (self.unit * (b * self.log_distance).exp(), self.unit)
    }

    fn noise(&self) -> Noise {
        self.noise
    }
}
