//! A recipe against another: the multiplier, its intervals, the tests and the crossings.

use super::bootstrap::Refits;
use super::crossing::{self, Crossing};
use super::curve::Curve;
use super::design::{Design, Held, Side};
use super::estimate::{Estimate, Known};
use super::hypotheses::{self, Hypothesis};
use super::place::{LossInterval, MultiplierInterval, NoMultiplier, Place, Verdict};
use super::power;
use super::profile;
use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::interval::Method;
use crate::progress::Listener;
use crate::resampling::{FEWEST, check_replicates, percentiles, reaches_beyond, tail};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// What is asked of two recipes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The first compute: the largest that all recipes have runs at.
    pub largest: f64,
    /// More computes.
    pub at: &'a [f64],
    pub levels: &'a [f64],
    pub methods: &'a [Method],
    /// The level that decides what can be told apart.
    pub main: f64,
    /// How many comparisons hold together at each level.
    pub family: usize,
    /// Whether runs of one compute and seed are paired.
    pub paired: bool,
    /// Whether the power is asked for.
    pub power: bool,
    pub replicates: usize,
    pub seed: u64,
    pub listener: Listener<'a>,
}

/// The level at which each of so many intervals is made, for all to hold together at `level`
/// whatever their correlation (Šidák 1967).
pub(crate) fn each_of(level: f64, family: usize) -> f64 {
    match family {
        0 | 1 => level,
        many => level.powf(1.0 / many as f64),
    }
}

impl Asked<'_> {
    /// The level at which each of the comparisons is made.
    fn each(&self, level: f64) -> f64 {
        each_of(level, self.family)
    }
}

/// How the multiplier changes with compute: d ln m / d ln C.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Growth {
    /// At the largest compute that both have runs at.
    pub(crate) value: f64,
    /// Its standard error, where the runs give one.
    pub(crate) stderr: Option<f64>,
}

/// A point of the multiplier as a curve, with its interval at the main level by the delta method.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Station {
    pub(crate) compute: f64,
    pub(crate) multiplier: f64,
    pub(crate) lower: Option<f64>,
    pub(crate) upper: Option<f64>,
}

/// A recipe against the base.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    /// The laws of the base and of the recipe, and ln C where their u is 0.
    pub(crate) curves: [Curve; 2],
    pub(crate) log_reference: f64,
    /// How many pairs of runs have their common noise cancelled.
    pub(crate) pairs: usize,
    /// The correlation of the noise of paired runs.
    pub(crate) correlation: Option<f64>,
    /// Relative standard deviation of a run about its law; absent where it is given or unknown.
    pub(crate) noise: Option<f64>,
    /// Degrees of freedom of the noise that decides; absent where it is given.
    pub(crate) dof: Option<f64>,
    /// Computes that both recipes have runs between.
    pub(crate) common: (f64, f64),
    pub(crate) places: Vec<Place>,
    pub(crate) growth: Option<Growth>,
    pub(crate) hypotheses: Vec<Hypothesis>,
    pub(crate) crossings: Vec<Crossing>,
    /// The computes between which crossings were looked for.
    pub(crate) looked_at: (f64, f64),
    pub(crate) stations: Vec<Station>,
}

/// Stations of the multiplier as a curve.
const STATIONS: usize = 61;

/// Compares recipe B with the base A.
///
/// # Errors
/// [`ErrorKind::NoFit`] where the laws cannot be fitted together; [`ErrorKind::Usage`] for too few
/// refits; [`ErrorKind::Cancelled`].
pub(crate) fn compare(a: &Side, b: &Side, held: &Held, asked: &Asked<'_>) -> Result<Comparison> {
    let design = Design::new(a, b, asked.paired);
    let estimate = Estimate::new(a, b, &design, held).ok_or_else(|| {
        Error::new(
            ErrorKind::NoFit,
            "no pair of laws fits the runs of both recipes",
        )
    })?;
    let ends = |side: &Side| {
        let all = side.runs.iter().map(|run| run.compute);
        (
            all.clone().fold(f64::INFINITY, f64::min),
            all.fold(0.0, f64::max),
        )
    };
    let (of_a, of_b) = (ends(a), ends(b));
    let (low, largest) = (of_a.0.max(of_b.0), of_a.1.min(of_b.1));
    let u = |compute: f64| compute.ln() - design.reference;
    let refits = match asked.methods.contains(&Method::Bootstrap) {
        true => {
            check_replicates(asked.replicates)?;
            let possible = design.known || enough(&estimate);
            match possible {
                true => Some(Refits::new(
                    &estimate,
                    asked.replicates,
                    asked.seed,
                    asked.listener,
                )?),
                false => None,
            }
        }
        false => None,
    };
    let mut computes = vec![asked.largest];
    for at in asked.at {
        if !computes.iter().any(|c| (c - at).abs() <= 1e-9 * c) {
            computes.push(*at);
        }
    }
    let around = Around {
        estimate: &estimate,
        refits: refits.as_ref(),
        asked,
    };
    let places: Vec<Place> = computes
        .iter()
        .map(|compute| Place {
            extrapolation: compute / asked.largest,
            ..around.at(*compute, u(*compute))
        })
        .collect();
    let at: Vec<f64> = computes.iter().map(|compute| u(*compute)).collect();
    let farthest = computes.iter().copied().fold(of_a.1.max(of_b.1), f64::max);
    let lowest = of_a.0.min(of_b.0).min(low);
    let growth = estimate.two.growth_with_gradient(u(asked.largest));
    let growth = growth
        .filter(|found| found.0.is_finite())
        .map(|found| Growth {
            value: found.0,
            stderr: estimate.known(found).filter(Known::enough).map(|k| k.se),
        });
    let each: Vec<f64> = asked
        .levels
        .iter()
        .map(|level| asked.each(*level))
        .collect();
    let mut crossings = crossing::all(
        &estimate,
        (u(lowest), u(farthest)),
        (u(low), u(largest)),
        &each,
    );
    for interval in crossings.iter_mut().flat_map(|c| &mut c.intervals) {
        let nominal = asked
            .levels
            .iter()
            .find(|level| asked.each(**level) == interval.level);
        interval.level = nominal.copied().unwrap_or(interval.level);
    }
    let dof = (!design.known).then(|| estimate.dof());
    Ok(Comparison {
        curves: [estimate.two.a, estimate.two.b],
        log_reference: design.reference,
        pairs: design.pairs,
        correlation: estimate.correlation(),
        noise: estimate.noise(),
        dof,
        common: (low, largest),
        growth,
        hypotheses: hypotheses::all(&estimate, &at),
        crossings,
        looked_at: (lowest, farthest),
        stations: stations(&estimate, u(lowest), u(farthest), asked.each(asked.main)),
        places,
    })
}

/// Whether the noise is known, or estimated from enough runs.
fn enough(estimate: &Estimate<'_>) -> bool {
    estimate.dof() >= super::estimate::MIN_DOF
}

/// The multiplier between two computes.
fn stations(estimate: &Estimate<'_>, low: f64, high: f64, level: f64) -> Vec<Station> {
    let at = |k: usize| low + (high - low) * k as f64 / (STATIONS - 1) as f64;
    let station = |u: f64| {
        let found = estimate.two.multiplier_with_gradient(u)?;
        let known = estimate.known(found).filter(Known::enough);
        let end = |sign: f64| {
            let k = known?;
            finite((k.value + sign * k.reach(level)).exp())
        };
        Some(Station {
            compute: (u + estimate.task.design.reference).exp(),
            multiplier: finite(found.0.exp())?,
            lower: end(-1.0),
            upper: end(1.0),
        })
    };
    let count = if low < high { STATIONS } else { 1 };
    (0..count).map(at).filter_map(station).collect()
}

/// A positive number that can be written.
fn finite(value: f64) -> Option<f64> {
    (value.is_finite() && value > 0.0).then_some(value)
}

/// What is the same at every compute.
struct Around<'a> {
    estimate: &'a Estimate<'a>,
    refits: Option<&'a Refits>,
    asked: &'a Asked<'a>,
}

impl Around<'_> {
    fn at(&self, compute: f64, u: f64) -> Place {
        let (estimate, two) = (self.estimate, &self.estimate.two);
        let (difference, gradient) = two.difference_with_gradient(u);
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
                reason:
                    "the loss of the recipe lies at or below the irreducible loss of the base, \
                         whose law never reaches it"
                        .to_owned(),
            });
            return place;
        }
        for &method in self.asked.methods {
            match self.intervals(method, u) {
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
            place.power = Some(power::at(estimate, u, self.asked.each(self.asked.main)));
        }
        place
    }

    /// The intervals of a method at every level.
    fn intervals(
        &self,
        method: Method,
        u: f64,
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
        let found = estimate.two.multiplier_with_gradient(u);
        let known = found.and_then(|found| estimate.known(found));
        let ends = |level: f64| -> std::result::Result<[Option<f64>; 2], (Code, String)> {
            match method {
                Method::Bootstrap => self.of_refits(u, level),
                _ => {
                    let known = known.as_ref().ok_or_else(undetermined)?;
                    let reach = known.reach(level);
                    let delta = [known.value - reach, known.value + reach];
                    Ok(match method {
                        Method::Delta => delta.map(Some),
                        _ => {
                            let near = (known.value, 0.6 * reach);
                            profile::ends(estimate, u, near, level, known.dof)
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
        u: f64,
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
        // Where the base never reaches the loss the multiplier is without limit.
        let values = refits
            .iter()
            .map(|two| two.log_multiplier(u).unwrap_or(f64::MAX))
            .collect();
        let (lower, upper) = percentiles(values, tail(level));
        Ok([lower, upper].map(|end| (end.abs() < 700.0).then_some(end)))
    }
}

/// Why the noise is not known.
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
