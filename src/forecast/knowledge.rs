//! The user's knowledge of a curve besides its runs: a floor or an exponent that is fixed, bounded
//! or has a prior.
//!
//! The law-free methods work on what lies above the floor, L − c, so that no point and no lower end
//! lies below a given floor. If the floor is not a single number, the methods are made for several
//! floors, weighted by the prior and by the evidence of the runs.

use super::abstain::Abstain;
use super::curve::Curve;
use super::held::{Held, Slope};
use crate::fit::{Code, FitResult, Prior};
use crate::law::Form;

/// The knowledge of the floor.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Floor {
    /// At or above this.
    Above(f64),
    /// Between these.
    Between(f64, f64),
    Normal {
        mean: f64,
        sd: f64,
    },
}

/// The knowledge of the law of a fit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Knowledge {
    floor: Floor,
    /// Hard bounds of the floor.
    bounds: (f64, f64),
    slope: Slope,
    prior: Option<Prior>,
    noise: Option<f64>,
    /// The floor of the fitted law and its standard error.
    fitted: Option<(f64, f64)>,
    carried: f64,
}

/// An exponent is well known if its bounds differ by at most this factor. A floor is well known if
/// its bounds are closer than the smallest loss divided by this.
const WELL_KNOWN: f64 = 2.0;

/// Share of the prior weight that has a standard deviation [`MISTAKEN_SPREAD`] times as large, so
/// that runs can overrule a mistaken prior.
const MISTAKEN: f64 = 0.05;
const MISTAKEN_SPREAD: f64 = 5.0;
/// Floors to try, in standard deviations of the prior and of the fit.
const OF_PRIOR: [f64; 21] = [
    -12.0, -8.0, -5.0, -3.5, -2.75, -2.25, -1.75, -1.25, -0.8, -0.4, 0.0, 0.4, 0.8, 1.25, 1.75,
    2.25, 2.75, 3.5, 5.0, 8.0, 12.0,
];
const OF_FIT: [f64; 9] = [-3.0, -2.0, -1.2, -0.6, 0.0, 0.6, 1.2, 2.0, 3.0];
/// Floors to try, evenly spaced between the lowest and the highest possible floor.
const OF_BOUNDS: usize = 25;
/// The highest floor, as a share of the smallest loss: above it nothing is left to forecast.
const HIGHEST: f64 = 0.999;

impl Knowledge {
    /// `None` if nothing is known beyond the law's own bounds.
    ///
    /// # Errors
    /// If the knowledge is about something that the law-free methods cannot use.
    pub(super) fn of(fit: &FitResult) -> Result<Option<Knowledge>, Abstain> {
        let (settings, law) = (fit.settings(), fit.law());
        let parameters = law.parameters();
        let own = |k: usize| {
            settings.lower[k] == parameters[k].lower && settings.upper[k] == parameters[k].upper
        };
        if settings.prior.is_none() && (0..parameters.len()).all(own) {
            return Ok(None);
        }
        let only_the_law = |what: &str| {
            let reason = format!("{what}: only the law itself knows of that");
            Err(Abstain::new(Code::KnowledgeOfLaw, reason))
        };
        let constant = match law.form() {
            Form::PowerPlusConstant => true,
            Form::Power => false,
            _ => return only_the_law("parameters of a law of another form are held or known"),
        };
        let prior = settings.prior.as_ref().map(|penalty| &penalty.prior);
        if settings.upper[1] > 0.0 {
            return only_the_law("the exponent may be positive, so that the loss may rise");
        }
        if !own(0) || prior.is_some_and(|p| p.of("a").is_some()) {
            return only_the_law("the scale a is held, bounded or known");
        }
        let slope = match prior.and_then(|p| p.of("b")) {
            Some((mean, sd)) => Slope::Normal { mean: -mean, sd },
            None if own(1) => Slope::Open,
            None => Slope::Between(-settings.upper[1], -settings.lower[1]),
        };
        let bounds = match constant {
            true => (settings.lower[2], settings.upper[2]),
            false => (0.0, 0.0),
        };
        if !bounds.0.is_finite() {
            return only_the_law("the floor has no lower bound");
        }
        let floor = match prior.and_then(|p| p.of("c")) {
            Some((mean, sd)) => Floor::Normal { mean, sd },
            None if bounds.1.is_finite() || slope != Slope::Open => {
                Floor::Between(bounds.0, bounds.1)
            }
            None => Floor::Above(bounds.0),
        };
        let noise = settings.prior.as_ref().filter(|p| p.dof.is_none());
        let relative = settings.residuals != crate::fit::Residuals::Absolute;
        let floor_of_fit = fit.parameters().get(2);
        Ok(Some(Knowledge {
            floor,
            bounds,
            slope,
            prior: prior.cloned(),
            noise: noise
                .map(|p| p.noise)
                .filter(|noise| relative && *noise < 1.0),
            fitted: floor_of_fit.and_then(|c| Some((c.value, c.stderr?))),
            carried: carried(fit),
        }))
    }

    /// The curve above each possible floor, with the logarithm of the floor's prior weight.
    pub(super) fn curves(&self, curve: &Curve) -> Result<Vec<(f64, Curve)>, Abstain> {
        let smallest = curve.y.iter().copied().fold(f64::INFINITY, f64::min) * curve.unit;
        let noise = match &curve.sigma {
            Some(sigma) => {
                let squares: f64 = sigma.iter().map(|s| s * s).sum();
                Some((squares / sigma.len() as f64).sqrt())
            }
            None => self.noise,
        };
        let held = |floor: f64, only: bool| Held {
            floor,
            only,
            slope: self.slope_at(floor),
            noise,
        };
        let highest = self.bounds.1.min(HIGHEST * smallest);
        if let Floor::Above(_) = self.floor {
            return match self.plain(curve) {
                Some(above) => Ok(vec![(0.0, above)]),
                None => Err(above_runs()),
            };
        }
        let places = self.places(smallest, highest);
        let curves: Vec<(f64, Curve)> = (places.into_iter())
            .map(|(log_weight, floor)| (log_weight, curve.above(held(floor, true))))
            .collect();
        match curves.is_empty() {
            true => Err(above_runs()),
            false => Ok(curves),
        }
    }

    /// The curve above its lowest possible floor, without other knowledge; `None` if some runs lie
    /// below that floor.
    pub(super) fn plain(&self, curve: &Curve) -> Option<Curve> {
        let smallest = curve.y.iter().copied().fold(f64::INFINITY, f64::min) * curve.unit;
        let lowest = self.bounds.0;
        let held = Held {
            floor: lowest,
            only: false,
            slope: Slope::Open,
            noise: None,
        };
        match lowest == 0.0 {
            true => Some(curve.clone()),
            false => (lowest < HIGHEST * smallest).then(|| curve.above(held)),
        }
    }

    fn slope_at(&self, floor: f64) -> Slope {
        match (&self.prior, self.slope) {
            (Some(prior), Slope::Normal { .. }) => match prior.given("b", "c", floor) {
                Some((mean, sd)) => Slope::Normal { mean: -mean, sd },
                None => self.slope,
            },
            _ => self.slope,
        }
    }

    /// Floors, in order, with the logarithms of their prior weights.
    fn places(&self, smallest: f64, highest: f64) -> Vec<(f64, f64)> {
        let lowest = self.bounds.0;
        if lowest == self.bounds.1 {
            let inside = lowest <= highest;
            return inside.then_some((0.0, lowest)).into_iter().collect();
        }
        let mut floors: Vec<f64> = (0..OF_BOUNDS)
            .map(|k| lowest + (highest - lowest) * k as f64 / (OF_BOUNDS - 1) as f64)
            .collect();
        if let Floor::Normal { mean, sd } = self.floor {
            floors.extend(OF_PRIOR.iter().map(|z| mean + z * sd));
        }
        if let Some((at, error)) = self.fitted {
            floors.extend(OF_FIT.iter().map(|z| at + z * error));
        }
        floors.retain(|c| (lowest..=highest).contains(c));
        floors.sort_by(f64::total_cmp);
        // Floors that differ by rounding count as one.
        floors.dedup_by(|p, q| (*p - *q).abs() <= 1e-9 * smallest);
        let last = floors.len().saturating_sub(1);
        let width = |k: usize| match (k, last) {
            (_, 0) => 1.0,
            (0, _) => floors[1] - floors[0],
            (k, last) if k == last => floors[k] - floors[k - 1],
            (k, _) => 0.5 * (floors[k + 1] - floors[k - 1]),
        };
        let log_density = |c: f64| match self.floor {
            Floor::Normal { mean, sd } => {
                let z = (c - mean) / sd;
                let normal = |spread: f64| (-0.5 * (z / spread).powi(2)).exp() / spread;
                ((1.0 - MISTAKEN) * normal(1.0) + MISTAKEN * normal(MISTAKEN_SPREAD)).ln()
            }
            // The same density as for the floors of quadrature, which rises with the square.
            _ => 2.0 * ((c - lowest.min(0.0)) / smallest).max(1e-3).ln(),
        };
        (0..floors.len())
            .map(|k| (log_density(floors[k]) + width(k).ln(), floors[k]))
            .collect()
    }

    /// How many of exponent and floor are known well enough to replace a run.
    pub(super) fn known(&self, curve: &Curve) -> usize {
        let smallest = curve.y.iter().copied().fold(f64::INFINITY, f64::min) * curve.unit;
        let slope = match self.slope {
            Slope::Open => false,
            Slope::Between(low, high) => high <= WELL_KNOWN * low,
            Slope::Normal { mean, sd } => sd <= mean / WELL_KNOWN,
        };
        let floor = match self.floor {
            Floor::Above(_) => false,
            Floor::Between(low, high) => high - low <= smallest / WELL_KNOWN,
            Floor::Normal { sd, .. } => sd <= 0.5 * smallest / WELL_KNOWN,
        };
        usize::from(slope) + usize::from(floor)
    }

    /// Share of the knowledge that the runs do not show themselves, from 0 to 1.
    pub(super) fn carried(&self) -> f64 {
        self.carried
    }

    /// The lowest possible floor.
    pub(super) fn lowest(&self) -> f64 {
        self.bounds.0
    }
}

/// The largest share of the knowledge, over all parameters, that the runs do not show themselves.
/// It is 1 for a fixed parameter; for a prior, its share of the parameter's precision; for a bound,
/// 1 if it cuts off part of the parameter's interval, otherwise 0.
fn carried(fit: &FitResult) -> f64 {
    let (settings, parameters) = (fit.settings(), fit.law().parameters());
    let prior = settings.prior.as_ref().map(|penalty| &penalty.prior);
    let of = |k: usize| {
        let (low, high) = (settings.lower[k], settings.upper[k]);
        let estimate = &fit.parameters()[k];
        if let Some((_, sd)) = prior.and_then(|p| p.of(&parameters[k].name)) {
            return estimate.stderr.map_or(1.0, |se| (se / sd).powi(2).min(1.0));
        }
        let given = (low != parameters[k].lower, high != parameters[k].upper);
        let cut = match estimate.intervals.first() {
            None => true,
            Some(i) => (given.0 && i.lower <= low) || (given.1 && i.upper >= high),
        };
        f64::from((given.0 || given.1) && cut)
    };
    (0..parameters.len()).map(of).fold(0.0, f64::max)
}

fn above_runs() -> Abstain {
    Abstain::new(
        Code::FloorAboveRuns,
        "no floor that was allowed lies far enough below every run",
    )
}
