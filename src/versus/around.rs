//! Compares a recipe with the base at one place: the multiplier, its intervals and the difference
//! of the losses.

use super::asked::Asked;
use super::bootstrap::Refits;
use super::estimate::{Estimate, Known, MIN_DOF};
use super::place::{LossInterval, MultiplierInterval, NoMultiplier, Place, Verdict};
use super::power;
use super::profile;
use super::surface::{Along, View};
use crate::code::Code;
use crate::interval::Method;
use crate::resampling::{FEWEST, percentiles, reaches_beyond, tail};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Whether the noise is known, or estimated with enough degrees of freedom.
pub(super) fn enough(estimate: &Estimate<'_>) -> bool {
    estimate.dof() >= MIN_DOF
}

/// The value, if it is positive and finite.
pub(super) fn finite(value: f64) -> Option<f64> {
    (value.is_finite() && value > 0.0).then_some(value)
}

/// The inputs that every place shares.
pub(super) struct Around<'a> {
    pub(super) estimate: &'a Estimate<'a>,
    pub(super) refits: Option<&'a Refits>,
    pub(super) asked: &'a Asked<'a>,
}

impl Around<'_> {
    /// The comparison at `u` of a line; `compute` is that of the recipe there.
    pub(super) fn at(&self, compute: f64, (along, u): (Along, f64)) -> Place {
        let estimate = self.estimate;
        let view = estimate.view(along);
        let two = &view.two;
        let (difference, gradient) = view.difference_with_gradient(u);
        let known = estimate.known((difference, gradient)).filter(Known::enough);
        let interval = |level: &f64| {
            let known = known.as_ref()?;
            let reach = known.reach(self.asked.each(*level));
            let (lower, upper) = (known.value - reach, known.value + reach);
            (lower.is_finite() && upper.is_finite()).then_some(LossInterval {
                level: *level,
                lower,
                upper,
            })
        };
        let mut place = Place {
            compute,
            params: None,
            tokens: None,
            extrapolation: 1.0,
            multiplier: two.log_multiplier(u).map(f64::exp).and_then(finite),
            verdict: Verdict::NeverReached,
            intervals: Vec::new(),
            abstentions: Vec::new(),
            base_loss: two.a.at(u),
            loss: two.b.at(u),
            difference,
            difference_intervals: self.asked.levels.iter().filter_map(interval).collect(),
            probability_better: known.as_ref().and_then(probability),
            power: None,
        };
        if place.multiplier.is_none() {
            place.abstentions.push(NoMultiplier {
                method: None,
                code: Code::NeverReached,
                reason: match along {
                    Along::Path => {
                        "the loss of the recipe lies at or below the irreducible loss of the base, \
                         whose law never reaches it"
                    }
                    Along::Tokens { .. } => {
                        "the loss of the recipe lies at or below what the base reaches with so many \
                         parameters and any number of tokens"
                    }
                }
                .to_owned(),
            });
            return place;
        }
        for &method in self.asked.methods {
            match self.intervals(method, (along, u)) {
                Ok(found) => place.intervals.extend(found),
                Err((code, reason)) => place.abstentions.push(NoMultiplier {
                    method: Some(method),
                    code,
                    reason,
                }),
            }
        }
        place.verdict = match place.main(self.asked.main) {
            None => Verdict::NoInterval,
            Some(main) if main.holds_one() => Verdict::NotToldApart,
            Some(main) if main.lower.is_some_and(|lower| lower > 1.0) => Verdict::Better,
            Some(_) => Verdict::Worse,
        };
        if self.asked.power {
            place.power = Some(power::at(
                estimate,
                (along, u),
                self.asked.each(self.asked.main),
            ));
        }
        place
    }

    /// The intervals of a method at every level.
    fn intervals(
        &self,
        method: Method,
        (along, u): (Along, f64),
    ) -> std::result::Result<Vec<MultiplierInterval>, (Code, String)> {
        let estimate = self.estimate;
        if !matches!(method, Method::Delta | Method::Profile | Method::Bootstrap) {
            let reason = format!(
                "there is no {} interval of a multiplier: how multipliers go on beyond the runs \
                 has not been measured on published pairs of recipes",
                method.name()
            );
            return Err((Code::LevelNotMeasured, reason));
        }
        let undetermined = || {
            let reason = "the runs do not determine the laws: there is no standard error";
            (Code::IllConditioned, reason.to_owned())
        };
        if !estimate.task.design.known && !enough(estimate) {
            return Err((Code::TooFewRuns, too_few(estimate)));
        }
        let found = estimate.view(along).multiplier_with_gradient(u);
        let known = found.and_then(|found| estimate.known(found));
        let ends = |level: f64| -> std::result::Result<[Option<f64>; 2], (Code, String)> {
            match method {
                Method::Bootstrap => self.of_refits((along, u), level),
                _ => {
                    let known = known.as_ref().ok_or_else(undetermined)?;
                    let reach = known.reach(level);
                    let delta = [known.value - reach, known.value + reach];
                    Ok(match method {
                        Method::Delta => delta.map(Some),
                        _ => {
                            let near = (known.value, 0.6 * reach);
                            profile::ends(estimate, (along, u), near, level, known.dof)
                        }
                    })
                }
            }
        };
        let one = |level: &f64| {
            let [lower, upper] =
                ends(self.asked.each(*level))?.map(|end| end.map(f64::exp).and_then(finite));
            Ok(MultiplierInterval {
                level: *level,
                method,
                lower,
                upper,
            })
        };
        self.asked.levels.iter().map(one).collect()
    }

    fn of_refits(
        &self,
        (along, u): (Along, f64),
        level: f64,
    ) -> std::result::Result<[Option<f64>; 2], (Code, String)> {
        let Some(Refits(refits)) = self.refits.filter(|refits| refits.0.len() >= FEWEST) else {
            let reason = "too few refits have an answer".to_owned();
            return Err((Code::NotConverged, reason));
        };
        if !reaches_beyond(refits.len(), level) {
            let reason = format!(
                "of {} refits none lies beyond the ends at this level: ask for more replicates",
                refits.len()
            );
            return Err((Code::TooFewRefits, reason));
        }
        // If the base never reaches the loss, the multiplier is unlimited.
        let values = refits
            .iter()
            .map(|full| View::new(full, along).two.log_multiplier(u))
            .map(|log_m| log_m.unwrap_or(f64::MAX))
            .collect();
        let (lower, upper) = percentiles(values, tail(level));
        Ok([lower, upper].map(|end| (end.abs() < 700.0).then_some(end)))
    }
}

/// The reason why the noise is unknown.
fn too_few(estimate: &Estimate<'_>) -> String {
    let dof = estimate.dof();
    let left = if dof < 0.5 {
        "no".to_owned()
    } else {
        format!("{dof:.0}")
    };
    let degrees = if left == "1" { "degree" } else { "degrees" };
    format!(
        "the noise is not known, and {left} {degrees} of freedom are too few to estimate it: give \
         the standard deviation of the loss over seeds, or more runs"
    )
}

/// One-sided confidence that a value is positive.
fn probability(known: &Known) -> Option<f64> {
    let t = known.value / known.se;
    let found = match known.dof {
        None => Normal::standard().cdf(t),
        Some(dof) => StudentsT::new(0.0, 1.0, dof).ok()?.cdf(t),
    };
    found.is_finite().then_some(found)
}
