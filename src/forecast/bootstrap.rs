//! Residual bootstrap: refits to the fitted curve plus its own residuals in random order.
//!
//! Residuals are centred and multiplied by √(n/(n − p)), since the p fitted parameters make them
//! too small (Davison & Hinkley 1997, §6.2.3). Refits of a·C^b + c and a·C^b are exact, over every
//! basin. Those of other laws descend from the minima that the fit found. Intervals are percentiles
//! (Efron 1979). They are right only if the law is exactly right, and too narrow if there are few
//! runs.

use super::abstain::{Abstain, limited};
use crate::error::Result;
use crate::fit::{Code, FitResult, Inference, Objective, Observations, Residuals};
use crate::interval::Kind;
use crate::law::Law;
use crate::progress::Listener;
use crate::resampling::{
    FEWEST, below, check_replicates, percentiles, reaches_beyond, stream, tail,
};

/// How often the bootstrap refits, and the seed of its draws.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refits<'a> {
    pub replicates: usize,
    pub seed: u64,
    /// The listener, called for every refit.
    pub listener: Listener<'a>,
}

impl Default for Refits<'_> {
    fn default() -> Self {
        Refits {
            replicates: 1000,
            seed: 0,
            listener: Listener::default(),
        }
    }
}

/// Many refits, ready for any target.
#[derive(Debug, Clone)]
pub(super) struct Bootstrap {
    made: Made,
    residuals: Residuals,
    /// Factor from a weighted residual to that of a new run.
    noise_of_a_run: f64,
    /// Whether losses may be zero or negative.
    signed: bool,
}

/// The result of each refit, with the weighted residual of a new run.
#[derive(Debug, Clone)]
enum Made {
    /// (a·C_max^b, b, c), with ln C_max.
    Power(Vec<([f64; 3], f64)>, f64),
    /// The parameters of any law.
    General(Vec<(Vec<f64>, f64)>),
}

impl Bootstrap {
    /// # Errors
    /// [`ErrorKind::Usage`] for too few replicates, [`ErrorKind::Cancelled`] if the listener stops
    /// the refits. The inner error says why there is no bootstrap of this fit.
    pub(super) fn new(
        fit: &FitResult,
        inference: &Inference,
        refits: Refits,
    ) -> Result<std::result::Result<Bootstrap, Abstain>> {
        check_replicates(refits.replicates)?;
        let settings = fit.settings();
        if settings.objective != Objective::Squared || settings.prior.is_some() {
            return Ok(Err(Abstain::new(
                Code::BootstrapUndefined,
                "the bootstrap refits by least squares and without knowledge beside the runs",
            )));
        }
        if !inference.enough() {
            return Ok(Err(Abstain::too_few_runs(inference)));
        }
        let o = &inference.observations;
        let made = match fit.power_problem(o) {
            Some(mut problem) => {
                let drawn = drawn(fit, inference, refits, |values| problem.refit(values))?;
                Made::Power(drawn, problem.log_reference)
            }
            None => {
                let mut again = o.clone();
                Made::General(drawn(fit, inference, refits, |values| {
                    again.y.copy_from_slice(values);
                    refitted(fit, &again)
                })?)
            }
        };
        let count = made.len();
        if count < FEWEST {
            let reason = format!("{count} of {} refits have an answer", refits.replicates);
            return Ok(Err(Abstain::new(Code::NotConverged, reason)));
        }
        Ok(Ok(Bootstrap {
            made,
            residuals: o.residuals,
            noise_of_a_run: inference.noise_of_a_run(),
            signed: fit.signed(),
        }))
    }

    /// The percentile interval at a point. The interval of a new run is extended to that of the
    /// curve if the random draws made it narrower.
    pub(super) fn bounds(
        &self,
        law: &dyn Law,
        x: &[f64],
        level: f64,
        kind: Kind,
    ) -> std::result::Result<(f64, f64), Abstain> {
        let refits = self.made.len();
        if !reaches_beyond(refits, level) {
            let reason = format!(
                "of {refits} refits none lies beyond the ends at this level: ask for more replicates"
            );
            return Err(Abstain::new(Code::TooFewRefits, reason));
        }
        let curve = self.percentiles(law, x, level, 0.0);
        let ends = match kind {
            Kind::Confidence => curve,
            Kind::Prediction => {
                let run = self.percentiles(law, x, level, self.noise_of_a_run);
                (run.0.min(curve.0), run.1.max(curve.1))
            }
        };
        if self.signed && ends.0.is_finite() && ends.1.is_finite() {
            return Ok(ends);
        }
        limited(
            ends,
            Code::IllConditioned,
            "the refits put no limit on the forecast at this level",
        )
    }

    /// Percentiles of the refitted curves, each with its error times `noise` added.
    fn percentiles(&self, law: &dyn Law, x: &[f64], level: f64, noise: f64) -> (f64, f64) {
        let run = |f: f64, error: f64| put_back(self.residuals, f, error * noise);
        let values = match &self.made {
            Made::Power(refits, log_reference) => {
                let u = x[0].ln() - log_reference;
                let each = refits.iter();
                each.map(|([s, b, c], error)| run(s * (b * u).exp() + c, *error))
                    .collect()
            }
            Made::General(refits) => {
                let each = refits.iter();
                each.map(|(p, error)| run(law.predict(x, p), *error))
                    .collect()
            }
        };
        percentiles(values, tail(level))
    }
}

impl Made {
    fn len(&self) -> usize {
        match self {
            Made::Power(refits, _) => refits.len(),
            Made::General(refits) => refits.len(),
        }
    }
}

/// Results of `refit` on curves with the residuals in random order, each with one more random
/// residual. Refits without a result are left out.
fn drawn<T>(
    fit: &FitResult,
    inference: &Inference,
    refits: Refits,
    mut refit: impl FnMut(&[f64]) -> Option<T>,
) -> Result<Vec<(T, f64)>> {
    let o = &inference.observations;
    let n = o.len();
    // Ordered by arguments and loss, so that the draws do not depend on the order of the rows.
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &k| {
        let inputs = o.input(i).iter().zip(o.input(k));
        let first = inputs.map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne());
        first.unwrap_or_else(|| o.y[i].total_cmp(&o.y[k]))
    });
    let fitted: Vec<f64> = (0..n).map(|i| fit.predict(o.input(i))).collect();
    let errors: Vec<f64> = order.iter().map(|&i| o.residual(i, fitted[i])).collect();
    let centre = errors.iter().sum::<f64>() / n as f64;
    let free = inference.free.len().min(n - 1);
    let scale = (n as f64 / (n - free) as f64).sqrt();
    let errors: Vec<f64> = errors.iter().map(|e| (e - centre) * scale).collect();
    let mut values = vec![0.0; n];
    let mut made = Vec::with_capacity(refits.replicates);
    refits.listener.0.expect(refits.replicates);
    for k in 0..refits.replicates {
        refits.listener.go_on()?;
        let mut rng = stream(refits.seed, k);
        for &i in &order {
            let error = errors[below(&mut rng, n)] / o.weight[i];
            values[i] = put_back(o.residuals, fitted[i], error);
        }
        if (fit.signed() || values.iter().all(|v| *v > 0.0))
            && let Some(found) = refit(&values)
        {
            made.push((found, errors[below(&mut rng, n)]));
        }
        refits.listener.0.step();
    }
    Ok(made)
}

/// The lowest minimum that descents from the minima of the fit reach on these observations.
fn refitted(fit: &FitResult, observations: &Observations) -> Option<Vec<f64>> {
    /// Refits start from this many of the lowest minima: in another draw any of them may be lowest.
    const MOST_MINIMA: usize = 4;
    let starts = fit.basins().iter().take(MOST_MINIMA);
    let found = starts.filter_map(|basin| fit.minimum_near(observations, &basin.parameters));
    let lowest = found.min_by(|a, b| a.objective.total_cmp(&b.objective))?;
    lowest.converged.then_some(lowest.parameters)
}

/// The loss whose residual from `f` is `error`.
fn put_back(residuals: Residuals, f: f64, error: f64) -> f64 {
    match residuals {
        Residuals::Relative => f / (1.0 + error),
        Residuals::Absolute => f - error,
        Residuals::Log => f * (-error).exp(),
    }
}
