//! Profile likelihood of the forecast for any law: refit with the forecast as one more run.
//!
//! Each value of that run gives the law that fits best with such a forecast. For a prediction its
//! own residual counts as the noise of a new run; for confidence of the curve it does not.

use super::abstain::Abstain;
use crate::fit::{Basin, Code, FitResult, Inference, Observations};
use crate::interval::Kind;
use crate::numeric::crossing_within;

/// A forecast that can be moved farther than this, in ln L or in units of the mean loss, has no
/// limit that means anything: it is a factor of 22,000.
pub(super) const FARTHEST: f64 = 10.0;

/// The interval has no ends that mean anything.
pub(super) fn no_limit() -> Abstain {
    Abstain::new(
        Code::NotConverged,
        "the data put no limit on the forecast at this level",
    )
}

pub(super) struct GeneralProfile<'a> {
    fit: &'a FitResult,
    inference: &'a Inference,
    x: Vec<f64>,
    point: f64,
}

impl<'a> GeneralProfile<'a> {
    pub(super) fn new(
        fit: &'a FitResult,
        inference: &'a Inference,
        x: &[f64],
        point: f64,
    ) -> GeneralProfile<'a> {
        GeneralProfile {
            fit,
            inference,
            x: x.to_vec(),
            point,
        }
    }

    pub(super) fn bounds(&mut self, level: f64, kind: Kind) -> Result<(f64, f64), Abstain> {
        let threshold = self
            .fit
            .threshold(self.inference, level)
            .ok_or_else(|| Abstain::new(Code::TooFewRuns, "the noise cannot be estimated"))?;
        let noise = self.inference.noise.unwrap_or(0.0);
        if noise <= 1e-14 * self.inference.observations.size_of_a_loss() {
            return Ok((self.point, self.point));
        }
        // Every minimum that fits almost as well has its own range of forecasts.
        let (mut lower, mut upper) = (f64::INFINITY, f64::NEG_INFINITY);
        let near = |basin: &&Basin| basin.objective <= threshold;
        for basin in self.fit.basins().iter().filter(near) {
            let from = |sign| self.end(sign, &basin.parameters, threshold, kind, noise);
            lower = lower.min(from(-1.0)?);
            upper = upper.max(from(1.0)?);
        }
        Ok((lower, upper))
    }

    /// The end of the forecasts around the minimum `start` in one direction.
    fn end(
        &self,
        sign: f64,
        start: &[f64],
        threshold: f64,
        kind: Kind,
        noise: f64,
    ) -> Result<f64, Abstain> {
        let point = self.fit.law().predict(&self.x, start);
        let mut p = start.to_vec();
        let mut end = point;
        // The square root of the excess cost is nearly linear in the step.
        let minimum = self.fit.objective();
        let root = |cost: f64| (cost - minimum).max(0.0).sqrt();
        let mut beyond = |step: f64| match self.cost(self.moved(point, sign * step), kind, &p) {
            Some((cost, at, value)) => {
                if cost <= threshold {
                    (p, end) = (at, value);
                }
                root(cost) - root(threshold)
            }
            None => f64::INFINITY,
        };
        // The steps are on ln L, but the noise of absolute residuals is in the unit of the losses.
        let size = self.inference.observations.size_of_a_loss();
        let (mut inside, mut step) = (0.0, noise / size);
        let mut outside = None;
        for _ in 0..200 {
            let trial = inside + step;
            if beyond(trial) > 0.0 {
                outside = Some(trial);
                break;
            }
            inside = trial;
            if inside > FARTHEST {
                break;
            }
            step *= 1.7;
        }
        let Some(outside) = outside.filter(|o| *o < FARTHEST) else {
            return Err(no_limit());
        };
        crossing_within(&mut beyond, inside, outside, 1e-12);
        Ok(end)
    }

    /// The forecast moved by a factor e^`step`, or by `step` mean losses if it may be negative.
    fn moved(&self, point: f64, step: f64) -> f64 {
        match self.fit.signed() || point <= 0.0 {
            true => point + step * self.inference.observations.mean_size(),
            false => point * step.exp(),
        }
    }

    /// The smallest sum of squares with the forecast at `value`, with its parameters and the end of
    /// the interval that it would give.
    fn cost(&self, value: f64, kind: Kind, near: &[f64]) -> Option<(f64, Vec<f64>, f64)> {
        let weight = 1.0 / self.inference.noise_of_a_run();
        let extended = self.inference.observations.with_run(&self.x, value, weight);
        let found = self.fit.minimum_near(&extended, near)?;
        Some(match kind {
            Kind::Prediction => (found.objective, found.parameters, value),
            Kind::Confidence => {
                let at = self.fit.law().predict(&self.x, &found.parameters);
                (
                    self.sum_of_squares(&self.inference.observations, &found.parameters),
                    found.parameters,
                    at,
                )
            }
        })
    }

    fn sum_of_squares(&self, o: &Observations, p: &[f64]) -> f64 {
        let prior = self.fit.settings().prior.as_ref();
        let runs: f64 = (0..o.len())
            .map(|i| o.residual(i, self.fit.law().predict(o.input(i), p)).powi(2))
            .sum();
        runs + prior.map_or(0.0, |prior| prior.value(p))
    }
}
