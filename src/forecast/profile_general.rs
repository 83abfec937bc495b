//! Profile likelihood of the forecast for any law: refit with the forecast as one more run.
//!
//! Moving that run traces the laws that fit best for each value of the forecast. For a prediction
//! its own residual counts as the noise of a new run; for confidence of the curve it does not.

use super::abstain::Abstain;
use crate::fit::{Code, FitResult, Inference, Objective, Observations, Problem};
use crate::interval::Kind;

pub(super) struct GeneralProfile<'a> {
    fit: &'a FitResult,
    inference: &'a Inference,
    compute: f64,
    point: f64,
}

impl<'a> GeneralProfile<'a> {
    pub(super) fn new(
        fit: &'a FitResult,
        inference: &'a Inference,
        compute: f64,
        point: f64,
    ) -> GeneralProfile<'a> {
        GeneralProfile {
            fit,
            inference,
            compute,
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
        let lower = self.end(-1.0, threshold, kind, noise)?;
        let upper = self.end(1.0, threshold, kind, noise)?;
        Ok((lower, upper))
    }

    fn end(&self, sign: f64, threshold: f64, kind: Kind, noise: f64) -> Result<f64, Abstain> {
        let start = self.fit.values();
        let mut p = start.clone();
        // The steps are on ln L, and the noise of absolute residuals is in the unit of the losses.
        let size = self.inference.observations.size_of_a_loss();
        let (mut inside, mut step) = (0.0, noise / size);
        let mut outside = None;
        for _ in 0..200 {
            let trial = inside + step;
            match self.cost(self.moved(sign * trial), kind, &p) {
                Some((cost, at, _)) if cost <= threshold => {
                    (inside, p) = (trial, at);
                    step *= 1.7;
                }
                _ => {
                    outside = Some(trial);
                    break;
                }
            }
        }
        let Some(mut outside) = outside.filter(|o| *o < 200.0) else {
            return Err(Abstain::new(
                Code::NotConverged,
                "the data put no limit on the forecast at this level",
            ));
        };
        let mut end = self.point;
        for _ in 0..60 {
            let middle = 0.5 * (inside + outside);
            match self.cost(self.moved(sign * middle), kind, &p) {
                Some((cost, at, value)) if cost <= threshold => {
                    (inside, p, end) = (middle, at, value);
                }
                _ => outside = middle,
            }
            if outside - inside < 1e-12 {
                break;
            }
        }
        Ok(end)
    }

    /// The forecast moved by a part of itself, or of the size of the losses where it may be
    /// negative.
    fn moved(&self, step: f64) -> f64 {
        match self.fit.signed() || self.point <= 0.0 {
            true => self.point + step * self.inference.observations.mean_size(),
            false => self.point * step.exp(),
        }
    }

    /// Smallest sum of squares with the forecast at `value`: the sum, the parameters, and the
    /// value that the interval would end on.
    fn cost(&self, value: f64, kind: Kind, near: &[f64]) -> Option<(f64, Vec<f64>, f64)> {
        let weight = 1.0 / self.inference.noise_of_a_run();
        let extended = self
            .inference
            .observations
            .with_run(self.compute, value, weight);
        let settings = self.fit.settings();
        let problem = Problem {
            law: self.fit.law(),
            observations: &extended,
            objective: Objective::Squared,
            lower: settings.lower.clone(),
            upper: settings.upper.clone(),
            prior: settings.prior.as_ref(),
        };
        let found = problem.minimise(near)?;
        Some(match kind {
            Kind::Prediction => (found.objective, found.parameters, value),
            Kind::Confidence => {
                let at = self.fit.law().predict(&[self.compute], &found.parameters);
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
