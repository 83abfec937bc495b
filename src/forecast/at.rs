//! Intervals of a law of several columns at points.

use super::abstain::Abstain;
use super::bootstrap::{Bootstrap, Refits};
use super::delta::Delta;
use super::prepared::{profile_undefined, withheld};
use super::profile_general::{FARTHEST, GeneralProfile, no_limit};
use crate::code::Code;
use crate::error::Result;
use crate::fit::{FitResult, Inference, Objective};
use crate::interval::{Abstention, Interval, Kind, Method};

/// A law of several columns, prepared for intervals at many points.
pub(crate) struct AtPoints<'a> {
    fit: &'a FitResult,
    methods: &'a [Method],
    inference: std::result::Result<Inference, Abstain>,
    bootstrap: std::result::Result<Bootstrap, Abstain>,
}

impl<'a> AtPoints<'a> {
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) for too few replicates,
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) if the listener stops the refits.
    pub(crate) fn new(
        fit: &'a FitResult,
        methods: &'a [Method],
        refits: Refits<'_>,
    ) -> Result<AtPoints<'a>> {
        let inference = fit.inference();
        let inference = inference.map_err(|e| Abstain::new(Code::IllConditioned, e.message()));
        let bootstrap = match &inference {
            Ok(inference) if methods.contains(&Method::Bootstrap) => {
                Bootstrap::new(fit, inference, refits)?
            }
            Ok(_) => Err(Abstain::not_asked()),
            Err(why) => Err(why.clone()),
        };
        Ok(AtPoints {
            fit,
            methods,
            inference,
            bootstrap,
        })
    }

    /// The intervals of the law at these arguments, and the abstentions.
    pub(crate) fn at(
        &self,
        x: &[f64],
        levels: &[f64],
        kinds: &[Kind],
    ) -> (Vec<Interval>, Vec<Abstention>) {
        let (mut given, mut abstained) = (Vec::new(), Vec::new());
        for &method in self.methods {
            for &level in levels {
                for &kind in kinds {
                    match self.bounds(method, x, level, kind) {
                        Ok((lower, upper)) => given.push(Interval {
                            level,
                            kind,
                            method,
                            lower,
                            upper,
                        }),
                        Err(why) => abstained.push(why.at(method, level, kind)),
                    }
                }
            }
        }
        (given, abstained)
    }

    fn bounds(
        &self,
        method: Method,
        x: &[f64],
        level: f64,
        kind: Kind,
    ) -> std::result::Result<(f64, f64), Abstain> {
        let fit = self.fit;
        if let Some(why) = withheld(fit, method) {
            return Err(why);
        }
        let inference = self.inference.as_ref().map_err(Clone::clone)?;
        let point = fit.predict(x);
        match method {
            Method::Profile if fit.settings().objective != Objective::Squared => {
                Err(profile_undefined())
            }
            Method::Profile => GeneralProfile::new(fit, inference, x, point).bounds(level, kind),
            Method::Bootstrap => {
                let bootstrap = self.bootstrap.as_ref().map_err(Clone::clone)?;
                bootstrap.bounds(fit.law(), x, level, kind)
            }
            _ => {
                let ends = Delta::new(fit, inference, x, point).bounds(level, kind)?;
                match self.is_limit(inference, point, ends) {
                    true => Ok(ends),
                    false => Err(no_limit()),
                }
            }
        }
    }

    /// Whether both ends lie so near the point that they mean anything, by the rule of the profile.
    fn is_limit(&self, inference: &Inference, point: f64, (lower, upper): (f64, f64)) -> bool {
        let most = match self.fit.signed() || point <= 0.0 {
            true => FARTHEST * inference.observations.mean_size(),
            false => return lower >= point / FARTHEST.exp() && upper <= point * FARTHEST.exp(),
        };
        point - lower <= most && upper - point <= most
    }
}

/// The intervals of the delta method alone.
pub(crate) fn delta_at(
    fit: &FitResult,
    x: &[f64],
    levels: &[f64],
) -> (Vec<Interval>, Vec<Abstention>) {
    let made = AtPoints::new(fit, &[Method::Delta], Refits::default());
    made.map_or_else(
        |_| (Vec::new(), Vec::new()),
        |at| at.at(x, levels, &Kind::ALL),
    )
}
