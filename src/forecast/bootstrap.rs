//! Residual bootstrap of a·C^b + c and a·C^b: refits to the fitted curve with its own residuals put
//! back at random.
//!
//! Residuals are centred and scaled by √(n/(n − p)) for the parameters that fitted them away
//! (Davison & Hinkley 1997, §6.2.3). Every refit is exact, over every basin. Intervals are
//! percentiles (Efron 1979): right only if the law is exactly right, and then too narrow where few
//! runs make the refits a poor picture of the estimate.

use super::abstain::{Abstain, limited};
use crate::error::Result;
use crate::fit::{Code, FitResult, Inference, Residuals};
use crate::interval::Kind;
use crate::progress::Listener;
use crate::resampling::{
    FEWEST, below, check_replicates, percentiles, reaches_beyond, stream, tail,
};

/// How often the bootstrap refits, and the seed of its draws.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refits<'a> {
    pub replicates: usize,
    pub seed: u64,
    /// Hears of every refit.
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
    /// (a·C_max^b, b, c) of each, and the weighted residual that a new run would have.
    refits: Vec<([f64; 3], f64)>,
    log_reference: f64,
    residuals: Residuals,
    /// Size of a new run's residual for a weighted one of 1.
    noise_of_a_run: f64,
}

impl Bootstrap {
    /// # Errors
    /// [`ErrorKind::Usage`] for too few replicates, [`ErrorKind::Cancelled`] where the listener
    /// stops them; inside, why there is no bootstrap of this fit.
    pub(super) fn new(
        fit: &FitResult,
        inference: &Inference,
        refits: Refits,
    ) -> Result<std::result::Result<Bootstrap, Abstain>> {
        check_replicates(refits.replicates)?;
        let o = &inference.observations;
        let Some(mut problem) = fit.power_problem(o) else {
            return Ok(Err(Abstain::new(
                Code::BootstrapUndefined,
                "the bootstrap refits a*C^b + c and a*C^b by least squares on relative or absolute residuals within their \
                 own bounds only",
            )));
        };
        if !inference.enough() {
            return Ok(Err(Abstain::too_few_runs(inference)));
        }
        let n = o.len();
        // By compute and loss, so that the draws do not depend on the order of the rows.
        let mut order: Vec<usize> = (0..n).collect();
        let place = |i: usize| (o.input(i)[0], o.y[i]);
        order.sort_by(|&i, &k| {
            let (a, b) = (place(i), place(k));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
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
            if values.iter().all(|v| *v > 0.0)
                && let Some(found) = problem.refit(&values)
            {
                made.push((found, errors[below(&mut rng, n)]));
            }
            refits.listener.0.step();
        }
        if made.len() < FEWEST {
            return Ok(Err(Abstain::new(
                Code::NotConverged,
                format!(
                    "{} of {} refits have an answer",
                    made.len(),
                    refits.replicates
                ),
            )));
        }
        Ok(Ok(Bootstrap {
            refits: made,
            log_reference: problem.log_reference,
            residuals: o.residuals,
            noise_of_a_run: inference.noise_of_a_run(),
        }))
    }

    /// Percentiles at a compute. Those of a new run reach at least as far as those of the curve,
    /// which by chance of the draws they might not.
    pub(super) fn bounds(
        &self,
        compute: f64,
        level: f64,
        kind: Kind,
    ) -> std::result::Result<(f64, f64), Abstain> {
        let refits = self.refits.len();
        if !reaches_beyond(refits, level) {
            let reason = format!(
                "of {refits} refits none lies beyond the ends at this level: ask for more replicates"
            );
            return Err(Abstain::new(Code::TooFewRefits, reason));
        }
        let curve = self.percentiles(compute, level, 0.0);
        let ends = match kind {
            Kind::Confidence => curve,
            Kind::Prediction => {
                let run = self.percentiles(compute, level, self.noise_of_a_run);
                (run.0.min(curve.0), run.1.max(curve.1))
            }
        };
        limited(
            ends,
            Code::IllConditioned,
            "the refits put no limit on the forecast at this level",
        )
    }

    /// Of the refitted curves with their errors times `noise` put back.
    fn percentiles(&self, compute: f64, level: f64, noise: f64) -> (f64, f64) {
        let u = compute.ln() - self.log_reference;
        let value = |([s, b, c], error): &([f64; 3], f64)| {
            put_back(self.residuals, s * (b * u).exp() + c, error * noise)
        };
        percentiles(self.refits.iter().map(value).collect(), tail(level))
    }
}

/// The run whose residual from `f` is `error`.
fn put_back(residuals: Residuals, f: f64, error: f64) -> f64 {
    match residuals {
        Residuals::Relative => f / (1.0 + error),
        Residuals::Absolute => f - error,
        Residuals::Log => f * (-error).exp(),
    }
}
