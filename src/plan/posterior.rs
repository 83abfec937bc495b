//! The posterior of a law after the fitted runs: a normal distribution about each minimum.
//!
//! The error of the prediction at the targets has two parts: the variance about each minimum, and
//! the difference between the minima (arXiv 2604.22753). A run reduces the first part by a rank-one
//! update of the covariance. It reduces the second part if the minima predict different outcomes
//! for it: the product of the weights of two minima falls by the Bhattacharyya coefficient of their
//! predictions, in any order of the runs.
//!
//! The risk, by which runs are chosen, has a third part: the law itself may be off.

use super::bias::{Bias, Run};
use super::candidate::Candidate;
use super::discrepancy::{Discrepancy, Evidence};
use crate::fit::{Basin, Observations, Residuals, Settings};
use crate::law::Law;
use nalgebra::{DMatrix, DVector};

/// Most minima that are kept.
const MOST: usize = 8;
/// Minima with a smaller weight are left out.
const LEAST_WEIGHT: f64 = 1e-3;
/// The least relative noise of a run if too few runs determine it; published ladders scatter by 0.1
/// to 0.5 % about their laws.
const ASSUMED_NOISE: f64 = 0.003;
/// Fewest degrees of freedom that determine the noise.
const ENOUGH: f64 = 3.0;
/// Noise below this share of the outcome is rounding error.
const ROUNDING: f64 = 1e-5;
/// The prior standard deviation of a parameter without bounds, as a multiple of its size.
const KNOWN_TO: f64 = 10.0;

/// A minimum with its covariance.
#[derive(Debug, Clone)]
struct Minimum {
    weight: f64,
    p: Vec<f64>,
    /// The unit of each free parameter.
    unit: Vec<f64>,
    covariance: DMatrix<f64>,
    /// The mean over the targets of the products of pairs of derivatives.
    target: DMatrix<f64>,
    /// The derivatives at each target, times the outcome's size for a process of one.
    aims: Vec<DVector<f64>>,
    bias: Bias,
}

/// The posterior of a law's predictions at some targets.
#[derive(Debug, Clone)]
pub(crate) struct Posterior<'a> {
    law: &'a dyn Law,
    free: Vec<usize>,
    /// Standard deviation of a weighted residual.
    noise: f64,
    /// The noise of a new run before weighting; its weight is the median weight of the fitted runs.
    run: f64,
    residuals: Residuals,
    /// How far the law may be off; `None` if nothing is known of it.
    discrepancy: Option<Discrepancy>,
    /// The places of the targets for it.
    aims: Vec<Vec<f64>>,
    minima: Vec<Minimum>,
    /// The mean squared difference of each two minima at the targets, times their weights.
    apart: DMatrix<f64>,
}

/// A candidate at each minimum, and its predicted outcomes.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    runs: Vec<Run>,
    values: Vec<f64>,
    place: Vec<f64>,
}

impl<'a> Posterior<'a> {
    /// The posterior from the minima of a fit; `None` if no covariance exists.
    pub(crate) fn new(
        law: &'a dyn Law,
        o: &Observations,
        settings: &Settings,
        basins: &[Basin],
        (targets, candidates): (&[Vec<f64>], &[Candidate]),
    ) -> Option<Posterior<'a>> {
        let fixed = settings.fixed();
        let free: Vec<usize> = (0..fixed.len()).filter(|k| !fixed[*k]).collect();
        let squares = |p: &[f64]| -> f64 {
            let residual = |i| o.residual(i, law.predict(o.input(i), p));
            (0..o.len()).map(|i| residual(i).powi(2)).sum()
        };
        let best = squares(&basins.first()?.parameters);
        let size = match o.residuals {
            Residuals::Absolute => o.mean_size(),
            Residuals::Relative | Residuals::Log => 1.0,
        };
        let freedom = o.len() as f64 - free.len() as f64;
        let noise = match o.sigma_known {
            true => 1.0,
            false if freedom >= ENOUGH => (best / freedom).sqrt().max(ROUNDING * size),
            false => (best / freedom.max(1.0)).sqrt().max(ASSUMED_NOISE * size),
        };
        let mut made = Posterior {
            law,
            free,
            noise,
            run: noise / middle_weight(o),
            residuals: o.residuals,
            discrepancy: None,
            aims: Vec::new(),
            minima: Vec::new(),
            apart: DMatrix::zeros(0, 0),
        };
        let evidence = made.evidence(o, settings, &basins.first()?.parameters, size);
        let unit = (made.run / noise).powi(2);
        made.discrepancy = Discrepancy::estimate(&evidence, targets, candidates, unit);
        let places = |d: &Discrepancy| targets.iter().map(|x| d.place(x)).collect();
        made.aims = made.discrepancy.as_ref().map_or_else(Vec::new, places);
        for basin in basins.iter().take(MOST) {
            let excess = (squares(&basin.parameters) - best).max(0.0);
            let weight = (-0.5 * excess / (noise * noise)).exp();
            if weight >= LEAST_WEIGHT
                && let Some(minimum) = made.minimum(o, settings, weight, &basin.parameters, targets)
            {
                made.minima.push(minimum);
            }
        }
        let total: f64 = made.minima.iter().map(|m| m.weight).sum();
        made.minima.iter_mut().for_each(|m| m.weight /= total);
        let count = made.minima.len();
        let said =
            |m: &Minimum| -> Vec<f64> { targets.iter().map(|t| law.predict(t, &m.p)).collect() };
        let said: Vec<Vec<f64>> = made.minima.iter().map(said).collect();
        let apart = |i: usize, k: usize| {
            let squares = said[i].iter().zip(&said[k]).map(|(a, b)| (a - b).powi(2));
            let mean = squares.sum::<f64>() / targets.len().max(1) as f64;
            made.minima[i].weight * made.minima[k].weight * mean
        };
        made.apart = DMatrix::from_fn(count, count, apart);
        let finite = made.apart.iter().all(|v| v.is_finite());
        (count > 0 && finite).then_some(made)
    }

    /// The unit of each free parameter: the standard deviation of a prior with the width of the
    /// bounds, or a multiple of the parameter's size. It keeps the covariance finite.
    fn units(&self, settings: &Settings, p: &[f64]) -> Vec<f64> {
        let known = |k: &usize| {
            let width = settings.upper[*k] - settings.lower[*k];
            match width.is_finite() {
                true => width / 12f64.sqrt(),
                false => KNOWN_TO * if p[*k] == 0.0 { 1.0 } else { p[*k].abs() },
            }
        };
        self.free.iter().map(known).collect()
    }

    /// The information of the priors, in these units.
    fn prior(&self, settings: &Settings, unit: &[f64]) -> DMatrix<f64> {
        let size = unit.len();
        let mut information = DMatrix::<f64>::identity(size, size);
        if let Some(prior) = &settings.prior {
            for row in 0..prior.len() {
                let slopes = prior.slopes(row);
                let row = DVector::from_fn(size, |k, _| slopes[self.free[k]] * unit[k]);
                information.ger(1.0, &row, &row, 1.0);
            }
        }
        information
    }

    /// What the residuals at a minimum say of the process around the law.
    fn evidence(&self, o: &Observations, settings: &Settings, p: &[f64], size: f64) -> Evidence {
        let unit = self.units(settings, p);
        let mut made = Evidence {
            residuals: Vec::new(),
            slopes: Vec::new(),
            factors: Vec::new(),
            points: Vec::new(),
            prior: self.prior(settings, &unit) * self.noise.powi(2),
            assumed: if o.sigma_known {
                1.0
            } else {
                (ASSUMED_NOISE * size).powi(2)
            },
            is_known: o.sigma_known,
        };
        let middle = self.noise / self.run;
        for i in 0..o.len() {
            let (slope, value) = self.slope(o.input(i), p, &unit);
            let weight = o.slope(i, value);
            let slope = slope * weight;
            if slope.iter().all(|v| v.is_finite()) {
                made.residuals.push(o.residual(i, value));
                made.slopes.push(slope);
                made.factors.push(weight * self.size(value) / middle);
                made.points.push(o.input(i).to_vec());
            }
        }
        made
    }

    fn minimum(
        &self,
        o: &Observations,
        settings: &Settings,
        weight: f64,
        p: &[f64],
        targets: &[Vec<f64>],
    ) -> Option<Minimum> {
        let unit = self.units(settings, p);
        let mut information = self.prior(settings, &unit);
        for i in 0..o.len() {
            let (slope, value) = self.slope(o.input(i), p, &unit);
            let row = slope * (o.slope(i, value) / self.noise);
            if row.iter().all(|v| v.is_finite()) {
                information.ger(1.0, &row, &row, 1.0);
            }
        }
        let covariance = information.cholesky()?.inverse();
        if covariance.iter().any(|v| !v.is_finite()) {
            return None;
        }
        let size = unit.len();
        let mut made = Minimum {
            weight,
            p: p.to_vec(),
            target: DMatrix::zeros(size, size),
            aims: Vec::new(),
            bias: Bias::none(size),
            covariance,
            unit,
        };
        for x in targets {
            let (slope, value) = self.slope(x, p, &made.unit);
            let is_finite = slope.iter().all(|v| v.is_finite());
            if is_finite {
                made.target
                    .ger(1.0 / targets.len() as f64, &slope, &slope, 1.0);
            }
            let share = if is_finite { self.size(value) } else { 0.0 };
            made.aims.push(if is_finite {
                slope * share
            } else {
                slope * 0.0
            });
        }
        self.add_bias(&mut made, o);
        Some(made)
    }

    /// Adds the fitted runs to the bias of a minimum.
    fn add_bias(&self, minimum: &mut Minimum, o: &Observations) {
        let Some(discrepancy) = &self.discrepancy else {
            return;
        };
        for i in 0..o.len() {
            let x = o.input(i);
            let (slope, value) = self.slope(x, &minimum.p, &minimum.unit);
            let place = discrepancy.place(x);
            let run = Run {
                toward: self.toward(minimum, &place),
                along: minimum
                    .bias
                    .along(|other| discrepancy.covariance(&place, other)),
                size: self.size(value),
                variance: (self.noise / o.slope(i, value)).powi(2),
                slope,
            };
            if run.force().iter().all(|v| v.is_finite()) {
                minimum.bias.add(&place, &run, discrepancy.variance());
            }
        }
        minimum.bias.prepare(&minimum.covariance, &minimum.target);
    }

    /// The mean over the targets of their derivatives, each times the covariance with a place.
    fn toward(&self, minimum: &Minimum, place: &[f64]) -> DVector<f64> {
        let mut sum = DVector::zeros(minimum.unit.len());
        if let Some(discrepancy) = &self.discrepancy {
            for (other, aim) in self.aims.iter().zip(&minimum.aims) {
                let shared = discrepancy.covariance(place, other);
                sum.axpy(shared / self.aims.len() as f64, aim, 1.0);
            }
        }
        sum
    }

    /// How far an outcome moves for a process of one.
    fn size(&self, value: f64) -> f64 {
        match self.residuals {
            Residuals::Absolute => 1.0,
            Residuals::Relative | Residuals::Log => value.abs(),
        }
    }

    /// Derivatives by the free parameters in their units, and the value.
    fn slope(&self, x: &[f64], p: &[f64], unit: &[f64]) -> (DVector<f64>, f64) {
        let mut gradient = vec![0.0; p.len()];
        let value = self.law.predict_with_gradient(x, p, &mut gradient);
        let slope = DVector::from_fn(unit.len(), |k, _| gradient[self.free[k]] * unit[k]);
        (slope, value)
    }

    /// The variance of a run with this predicted outcome.
    fn variance(&self, value: f64) -> f64 {
        (self.run * self.size(value)).powi(2)
    }

    /// Prepares a candidate; `None` if the law has no value there.
    pub(crate) fn see(&self, x: &[f64]) -> Option<Seen> {
        let place = self.discrepancy.as_ref().map(|d| d.place(x));
        let place = place.unwrap_or_default();
        let (mut runs, mut values) = (Vec::new(), Vec::new());
        for minimum in &self.minima {
            let (slope, value) = self.slope(x, &minimum.p, &minimum.unit);
            if !value.is_finite() || slope.iter().any(|v| !v.is_finite()) {
                return None;
            }
            runs.push(Run {
                size: self.size(value),
                variance: self.variance(value),
                toward: self.toward(minimum, &place),
                along: minimum.bias.along(|other| match &self.discrepancy {
                    Some(discrepancy) => discrepancy.covariance(&place, other),
                    None => 0.0,
                }),
                slope,
            });
            values.push(value);
        }
        Some(Seen {
            runs,
            values,
            place,
        })
    }

    /// The predictive variance of the outcome at each minimum.
    fn spreads(&self, seen: &Seen) -> Vec<f64> {
        let of = |(minimum, run): (&Minimum, &Run)| {
            run.variance + run.slope.dot(&(&minimum.covariance * &run.slope))
        };
        self.minima.iter().zip(&seen.runs).map(of).collect()
    }

    /// The same with the process around the law.
    fn wide_spreads(&self, seen: &Seen, spreads: &[f64]) -> Vec<f64> {
        let own = self.own();
        let runs = seen.runs.iter().zip(spreads);
        runs.map(|(run, spread)| spread + own * run.size * run.size)
            .collect()
    }

    /// The variance of the process around the law.
    fn own(&self) -> f64 {
        self.discrepancy.as_ref().map_or(0.0, Discrepancy::variance)
    }

    /// The variance of the noise without the process, as a share of that with it.
    fn noise_left(&self) -> f64 {
        let left = self.discrepancy.as_ref().map(|d| d.noise);
        left.map_or(1.0, |noise| noise / self.noise.powi(2))
    }

    /// The factor by which this run reduces the product of two minima's weights.
    fn overlap(values: &[f64], spreads: &[f64], i: usize, k: usize) -> f64 {
        if i == k {
            return 1.0;
        }
        let both = spreads[i] + spreads[k];
        let root = (2.0 * (spreads[i] * spreads[k]).sqrt() / both).sqrt();
        root * (-0.25 * (values[i] - values[k]).powi(2) / both).exp()
    }

    /// The reduction of the risk by a run: about each minimum, and between the minima. It is
    /// negative for a run that is expected to mislead the law.
    pub(crate) fn gain(&self, seen: &Seen) -> f64 {
        let spreads = self.spreads(seen);
        let (own, noise) = (self.own(), self.noise_left());
        let within = self.minima.iter().zip(&seen.runs).zip(&spreads);
        let within = within.map(|((minimum, run), spread)| {
            let (covariance, target) = (&minimum.covariance, &minimum.target);
            let moved = covariance * &run.slope;
            let variance = noise * moved.dot(&(target * &moved)) / spread;
            let at = (&moved, *spread, own);
            let worse = match own > 0.0 {
                true => minimum.bias.change(run, (covariance, target), at),
                false => 0.0,
            };
            minimum.weight * (variance - worse)
        });
        let (count, wide) = (self.minima.len(), self.wide_spreads(seen, &spreads));
        let mut between = 0.0;
        for i in 0..count {
            for k in 0..i {
                let rest = Self::overlap(&seen.values, &wide, i, k);
                between += self.apart[(i, k)] * (1.0 - rest);
            }
        }
        within.sum::<f64>() + between
    }

    /// The reduction of the best law's variance at the targets by a run.
    pub(crate) fn gain_of_best(&self, seen: &Seen) -> f64 {
        let (minimum, run) = (&self.minima[0], &seen.runs[0]);
        let moved = &minimum.covariance * &run.slope;
        let spread = run.variance + run.slope.dot(&moved);
        moved.dot(&(&minimum.target * &moved)) / spread
    }

    /// The increase of the log determinant of the information by a run.
    pub(crate) fn gain_of_determinant(&self, seen: &Seen) -> f64 {
        let (minimum, run) = (&self.minima[0], &seen.runs[0]);
        let ratio = run.slope.dot(&(&minimum.covariance * &run.slope)) / run.variance;
        ratio.ln_1p()
    }

    /// Updates the posterior for this run, whatever its outcome.
    pub(crate) fn with(&mut self, seen: &Seen) {
        let (spreads, own) = (self.spreads(seen), self.own());
        let wide = self.wide_spreads(seen, &spreads);
        for ((minimum, run), spread) in self.minima.iter_mut().zip(&seen.runs).zip(&spreads) {
            let moved = &minimum.covariance * &run.slope;
            minimum.covariance.ger(-1.0 / spread, &moved, &moved, 1.0);
            minimum.bias.add(&seen.place, run, own);
            minimum.bias.prepare(&minimum.covariance, &minimum.target);
        }
        let count = self.minima.len();
        for i in 0..count {
            for k in 0..count {
                self.apart[(i, k)] *= Self::overlap(&seen.values, &wide, i, k);
            }
        }
    }

    /// Tells a candidate that the posterior has been updated for a run.
    pub(crate) fn tell(&self, candidate: &mut Seen, run: &Seen) {
        let Some(discrepancy) = &self.discrepancy else {
            return;
        };
        let shared = discrepancy.covariance(&candidate.place, &run.place);
        for (own, other) in candidate.runs.iter_mut().zip(&run.runs) {
            own.along.axpy(shared, &other.force(), 1.0);
        }
    }

    /// The weights of the minima.
    pub(crate) fn weights(&self) -> Vec<f64> {
        self.minima.iter().map(|minimum| minimum.weight).collect()
    }

    /// The mean squared error at the targets, apart from the variance of the process there.
    pub(crate) fn risk(&self) -> f64 {
        let noise = self.noise_left();
        let within = self.minima.iter().map(|minimum| {
            let variance = minimum.covariance.component_mul(&minimum.target).sum();
            minimum.weight * (noise * variance + minimum.bias.error(&minimum.covariance))
        });
        within.sum::<f64>() + 0.5 * self.apart.sum()
    }

    /// The mean squared error of the law at the targets, if the law is right.
    pub(crate) fn error(&self) -> f64 {
        let within = self.minima.iter().map(|minimum| {
            minimum.weight
                * minimum
                    .covariance
                    .component_mul(&minimum.target)
                    .sum()
                    .max(0.0)
        });
        within.sum::<f64>() + 0.5 * self.apart.sum()
    }
}

/// The median weight of the residuals.
fn middle_weight(o: &Observations) -> f64 {
    let mut weights = o.weight.clone();
    weights.sort_by(f64::total_cmp);
    weights.get(weights.len() / 2).copied().unwrap_or(1.0)
}

#[cfg(test)]
mod tests;
