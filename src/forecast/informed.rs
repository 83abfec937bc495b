//! The law-free methods with knowledge of the curve: they are made for each possible floor, and the
//! results are combined.

use super::abstain::Abstain;
use super::band::Band;
use super::curve::Curve;
use super::envelope::Bounds;
use super::free::{Free, FreeAt};
use super::knowledge::Knowledge;
use super::own_backtest;
use crate::fit::Code;
use crate::interval::Method;
use statrs::distribution::{ContinuousCDF, Normal};

/// Normal quantile of a 90 % interval.
const NORMAL: f64 = 1.644_853_626_951_472_7;
/// A band is truncated this many standard deviations from its point.
const FAR: f64 = 10.0;
/// Bisection steps that determine an end to the last digit.
const BISECTIONS: usize = 80;
/// A floor with less weight than this is left out.
const LEAST_WEIGHT: f64 = 1e-3;

/// The methods for each floor, with the floor's posterior weight.
#[derive(Debug, Clone)]
pub(crate) struct Informed {
    parts: Vec<(f64, Free)>,
    /// The lowest possible floor.
    lowest: f64,
    /// Share of the knowledge that the runs do not show themselves.
    carried: f64,
    /// The methods without the knowledge, if the runs show part of it.
    plain: Option<Box<Free>>,
}

impl Informed {
    pub(super) fn new(
        curve: &Curve,
        knowledge: &Knowledge,
        methods: &[Method],
    ) -> Result<Informed, Abstain> {
        let distinct = curve.groups().len();
        let curves = knowledge.curves(curve)?;
        let noise = curves[0].1.held.is_some_and(|held| held.noise.is_some());
        // Scale, exponent, floor and noise need as many runs, less what is known.
        let known = knowledge.known(curve);
        let wanted = if noise && known > 0 { 3 } else { 4 };
        if distinct < 2 || distinct + known < wanted {
            let places = if distinct == 1 { "place" } else { "places" };
            let reason =
                format!("runs at {distinct} {places} are too few with what is known of the curve");
            return Err(Abstain::new(Code::TooFewRuns, reason));
        }
        // The evidence of quadrature weighs the floors.
        let weighed = curves.into_iter().map(|(log_weight, curve)| {
            let evidence = Free::of_curve(curve.clone(), &[Method::Quadrature]).log_evidence();
            (log_weight + evidence, curve)
        });
        let weighed: Vec<(f64, Curve)> = weighed.filter(|(log, _)| log.is_finite()).collect();
        let top = weighed
            .iter()
            .map(|m| m.0)
            .fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = weighed.iter().map(|(log, _)| (log - top).exp()).sum();
        let mut parts: Vec<(f64, Free)> = (weighed.into_iter())
            .map(|(log, curve)| ((log - top).exp() / total, curve))
            .filter(|(weight, _)| *weight > LEAST_WEIGHT)
            .map(|(weight, curve)| (weight, Free::of_curve(curve, methods)))
            .collect();
        let Some(best) = (0..parts.len()).max_by(|&i, &k| parts[i].0.total_cmp(&parts[k].0)) else {
            return Err(Abstain::new(
                Code::NotConverged,
                "no floor that was allowed has a finite weight",
            ));
        };
        if methods.contains(&Method::Calibrated) {
            let widening = own_backtest::widening(&parts[best].1.curve().condensed());
            parts = (parts.into_iter())
                .map(|(weight, free)| (weight, free.widened(widening)))
                .collect();
        }
        let carried = knowledge.carried();
        let plain = knowledge.plain(curve).filter(|_| carried < 1.0);
        Ok(Informed {
            parts,
            lowest: knowledge.lowest(),
            carried,
            plain: plain.map(|curve| match methods.contains(&Method::Calibrated) {
                true => Box::new(Free::whole(curve)),
                false => Box::new(Free::of_curve(curve, methods)),
            }),
        })
    }

    pub(super) fn at(&self, compute: f64, methods: &[Method]) -> FreeAt {
        let known = self.mixture(compute, methods);
        match &self.plain {
            Some(plain) => {
                known.towards(&plain.at(compute, methods), 1.0 - self.carried, self.lowest)
            }
            None => known,
        }
    }

    /// The results with all the knowledge.
    fn mixture(&self, compute: f64, methods: &[Method]) -> FreeAt {
        let mut found: Vec<(f64, FreeAt)> = (self.parts.iter())
            .map(|(weight, free)| (*weight, free.at(compute, methods)))
            .collect();
        if found.len() == 1
            && let Some((_, only)) = found.pop()
        {
            return only;
        }
        let bands = |of: &dyn Fn(&FreeAt) -> Result<Band, Abstain>| self.joined(&found, of);
        let bounds = |of: &dyn Fn(&FreeAt) -> &Result<Bounds, Abstain>| {
            let widening = found.iter().filter_map(|(_, at)| of(at).as_ref().ok());
            let widening = widening.map(|b| b.widening).fold(1.0, f64::max);
            let band = bands(&|at| of(at).clone().map(|bounds| bounds.band));
            band.map(|band| Bounds { band, widening })
        };
        let calibrated = bands(&|at| at.calibrated.clone());
        FreeAt::informed(
            bounds(&|at| &at.envelope),
            bounds(&|at| at.roomy()),
            bands(&|at| at.quadrature.clone()),
            calibrated,
            self.lowest,
            &found,
        )
    }

    /// Combines the bands of the floors into one: the median and the 5 % and 95 % quantiles of
    /// their mixture. Each is normal on either side of its point, in ln(L − lowest floor).
    fn joined(
        &self,
        found: &[(f64, FreeAt)],
        of: &dyn Fn(&FreeAt) -> Result<Band, Abstain>,
    ) -> Result<Band, Abstain> {
        let (mut bands, mut total, mut why) = (Vec::new(), 0.0, None);
        for (weight, at) in found {
            match of(at) {
                Ok(band) => {
                    total += weight;
                    bands.push((*weight, band));
                }
                Err(reason) => why = Some(reason),
            }
        }
        // There is an answer if floors with at least half of the weight have one.
        if total < 0.5 {
            let none = || Abstain::new(Code::NotConverged, "no floor that was allowed has a band");
            return Err(why.unwrap_or_else(none));
        }
        let log = |value: f64| (value - self.lowest).ln();
        let sides = bands.iter().map(|(weight, band)| {
            let p = log(band.point);
            let deviation = |half: f64| (half / NORMAL).max(f64::MIN_POSITIVE);
            let (below, above) = (p - log(band.lower), log(band.upper) - p);
            (weight / total, p, deviation(below), deviation(above))
        });
        let sides: Vec<(f64, f64, f64, f64)> = sides.collect();
        let normal = Normal::standard();
        let below = |x: f64| -> f64 {
            let share = |&(weight, p, left, right): &(f64, f64, f64, f64)| {
                weight * normal.cdf((x - p) / if x < p { left } else { right })
            };
            sides.iter().map(share).sum()
        };
        let far = |deviation: f64| FAR * deviation;
        let left = sides.iter().map(|(_, p, below, _)| p - far(*below));
        let right = sides.iter().map(|(_, p, _, above)| p + far(*above));
        let left = left.fold(f64::INFINITY, f64::min);
        let right = right.fold(f64::NEG_INFINITY, f64::max);
        let quantile = |share: f64| {
            let (mut low, mut high) = (left, right);
            for _ in 0..BISECTIONS {
                let middle = 0.5 * (low + high);
                match below(middle) < share {
                    true => low = middle,
                    false => high = middle,
                }
            }
            self.lowest + high.exp()
        };
        let band = Band {
            point: quantile(0.5),
            lower: quantile(0.05),
            upper: quantile(0.95),
        };
        match band.lower > 0.0 && band.upper.is_finite() {
            true => Ok(band),
            false => Err(Abstain::new(
                Code::EnvelopeUnbounded,
                "an end of the interval lies outside the range of numbers",
            )),
        }
    }
}
