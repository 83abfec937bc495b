//! Compares one recipe with another: the multiplier, its intervals, the tests and the crossings.

use super::around::{Around, enough, finite};
use super::asked::Asked;
use super::bootstrap::Refits;
use super::crossing::{self, Crossing};
use super::curve::Curve;
use super::design::{Design, Held, Side};
use super::estimate::{Estimate, Known};
use super::hypotheses::{self, Hypothesis};
use super::place::Place;
use super::surface::Along;
use crate::error::{Error, ErrorKind, Result};
use crate::forecast::FARTHEST_RECORDED;
use crate::interval::Method;
use crate::number::digits;
use crate::numeric::SIX;
use crate::resampling::check_replicates;
use serde::Serialize;

/// The change of the multiplier with compute: d ln m / d ln C.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Growth {
    /// At the largest compute that both have runs at.
    pub(crate) value: f64,
    /// Its standard error, if the runs determine one.
    pub(crate) stderr: Option<f64>,
}

/// A point on the curve of the multiplier, with its delta interval at the main level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Station {
    pub(crate) compute: f64,
    pub(crate) multiplier: f64,
    pub(crate) lower: Option<f64>,
    pub(crate) upper: Option<f64>,
}

/// The comparison of a recipe with the base.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    /// The laws of the base and of the recipe; u is 0 at ln C = `log_reference`.
    pub(crate) curves: [Curve; 2],
    pub(crate) log_reference: f64,
    /// Whether the laws are surfaces; the curves are then their compute-optimal paths.
    pub(crate) surface: bool,
    /// For surfaces, how each recipe's compute is counted, in words.
    pub(crate) counted: String,
    /// Number of paired runs, whose common noise cancels.
    pub(crate) pairs: usize,
    /// The correlation of the noise of paired runs.
    pub(crate) correlation: Option<f64>,
    /// Relative standard deviation of a run about its law; absent if it is given or unknown.
    pub(crate) noise: Option<f64>,
    /// Degrees of freedom of the noise that decides; absent if the noise is given.
    pub(crate) dof: Option<f64>,
    /// The range of compute in which both recipes have runs.
    pub(crate) common: (f64, f64),
    pub(crate) places: Vec<Place>,
    /// Multipliers of tokens: how many times as many tokens the base needs with the same
    /// parameters.
    pub(crate) of_tokens: Vec<Place>,
    pub(crate) growth: Option<Growth>,
    pub(crate) hypotheses: Vec<Hypothesis>,
    pub(crate) crossings: Vec<Crossing>,
    /// The range of compute of the multiplier's curve.
    pub(crate) looked_at: (f64, f64),
    /// The range of compute that was searched for crossings.
    pub(crate) searched: (f64, f64),
    pub(crate) stations: Vec<Station>,
}

/// Number of points on the curve of the multiplier.
const STATIONS: usize = 61;

/// Computes that differ by a smaller share are those of one size, and show no law.
const ONE_SIZE: f64 = 1e-9;

/// Refuses different computes that are nearly equal.
fn spread_out(side: &Side) -> Result<()> {
    let all = side.runs.iter().map(|run| run.compute);
    let low = all.clone().fold(f64::INFINITY, f64::min);
    let high = all.fold(0.0, f64::max);
    match high > low && high < low * (1.0 + ONE_SIZE) {
        false => Ok(()),
        true => {
            let message = "the computes of a recipe differ by less than 1e-9 of themselves";
            Err(Error::new(ErrorKind::NoFit, message)
                .with_hint("give all of them one compute, or add runs of other sizes"))
        }
    }
}

/// Compares recipe B with the base A.
///
/// # Errors
/// [`ErrorKind::NoFit`] if the laws cannot be fitted together; [`ErrorKind::Usage`] for too few
/// refits; [`ErrorKind::Cancelled`] if the listener stops it.
pub(crate) fn compare(a: &Side, b: &Side, held: &Held, asked: &Asked<'_>) -> Result<Comparison> {
    spread_out(a)?;
    spread_out(b)?;
    let design = Design::new(a, b, asked.paired);
    let estimate = Estimate::new(a, b, &design, held).ok_or_else(|| {
        let message =
            "no pair of laws with exponents from -2.5 to -0.004 fits the runs of both recipes";
        Error::new(ErrorKind::NoFit, message)
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
            ..around.at(*compute, (Along::Path, u(*compute)))
        })
        .collect();
    let of_tokens = asked.sizes.iter().filter(|_| design.surface);
    let of_tokens = of_tokens.map(|sizes| of_tokens_at(&around, *sizes));
    let of_tokens = of_tokens.collect();
    let at: Vec<f64> = computes.iter().map(|compute| u(*compute)).collect();
    let farthest = computes.iter().copied().fold(of_a.1.max(of_b.1), f64::max);
    let lowest = of_a.0.min(of_b.0).min(low);
    let growth = estimate.path().growth_with_gradient(u(asked.largest));
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
    // A crossing may not depend on which places are asked about.
    let beyond = farthest.max(FARTHEST_RECORDED * asked.largest);
    let mut crossings = crossing::all(
        &estimate,
        (u(lowest), u(beyond)),
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
        surface: design.surface,
        counted: counted(&design),
        pairs: design.pairs,
        correlation: estimate.correlation(),
        noise: estimate.noise(),
        dof,
        common: (low, largest),
        growth,
        hypotheses: hypotheses::all(&estimate, &at),
        crossings,
        looked_at: (lowest, farthest),
        searched: (lowest, beyond),
        stations: stations(&estimate, u(lowest), u(farthest), asked.each(asked.main)),
        places,
        of_tokens,
    })
}

/// How many FLOP each parameter and token costs, in words.
fn counted(design: &Design) -> String {
    let k = design
        .offset
        .map(|offset| (offset + design.reference - design.ln_size).exp());
    match k.iter().all(|k| (k / SIX - 1.0).abs() < 1e-9) {
        true => "C = 6ND".to_owned(),
        false => format!(
            "C = k*N*D with k = {} of the base and {} of the recipe",
            digits(k[0], 4),
            digits(k[1], 4)
        ),
    }
}

/// The multiplier of tokens at one size.
fn of_tokens_at(around: &Around<'_>, (params, tokens): (f64, f64)) -> Place {
    let design = around.estimate.task.design;
    let along = Along::Tokens {
        x: params.ln() - design.ln_size,
        offset: design.offset,
    };
    // The compute of the recipe there, by its own FLOP per parameter and token.
    let u = params.ln() - design.ln_size + tokens.ln() + design.offset[1];
    let compute = (u + design.reference).exp();
    Place {
        extrapolation: compute / around.asked.largest,
        params: Some(params),
        tokens: Some(tokens),
        ..around.at(compute, (along, tokens.ln()))
    }
}

/// The curve of the multiplier between two computes.
fn stations(estimate: &Estimate<'_>, low: f64, high: f64, level: f64) -> Vec<Station> {
    let path = estimate.path();
    let at = |k: usize| low + (high - low) * k as f64 / (STATIONS - 1) as f64;
    let station = |u: f64| {
        let found = path.multiplier_with_gradient(u)?;
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
