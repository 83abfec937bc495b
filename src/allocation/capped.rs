//! The best allocation if the number of unique tokens is limited and further tokens are
//! repetitions.

use super::counted::Own;
use super::flops::Flops;
use super::quantity::AllocationQuantity;
use super::standing::{LEVEL, Standing, doubts, graded, largest_run};
use super::uncertainty::{AllocationInterval, AllocationMethod};
use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Diagnosis, Severity};
use crate::fit::{FitResult, Inference};
use crate::number::digits;
use crate::numeric::Allocation;

/// Range of the search in ln N: 1e3 to 1e16 parameters.
const SIZES: (f64, f64) = (6.9, 36.8);
const STEPS: usize = 600;
/// Steps of the golden section between the neighbours of the best step, enough for full precision.
const GOLDEN: usize = 50;
/// For a slope, a parameter is moved by this share of its standard error.
const MOVED: f64 = 0.05;
/// A warning follows if tokens are seen this many times more often than in any run.
const OUTSIDE: f64 = 1.1;

/// A fitted law of repeated tokens with the cost of training, for best allocations.
#[derive(Debug)]
pub(crate) struct Capped<'a> {
    fit: &'a FitResult,
    flops: &'a Flops,
    inference: Inference,
    values: Vec<f64>,
}

impl<'a> Capped<'a> {
    /// For the fit of a law of parameters, tokens and unique tokens.
    pub(crate) fn new(fit: &'a FitResult, flops: &'a Flops) -> Result<Capped<'a>> {
        Ok(Capped {
            inference: fit.inference()?,
            values: fit.values(),
            fit,
            flops,
        })
    }

    /// ln D and the loss of a size; the loss is infinite if the budget leaves less than one token.
    fn at(&self, p: &[f64], ln_n: f64, compute: f64, cap: f64) -> (f64, f64) {
        match self
            .flops
            .ln_tokens(ln_n, compute)
            .filter(|ln_d| *ln_d >= 0.0)
        {
            Some(ln_d) => {
                let (n, d) = (ln_n.exp(), ln_d.exp());
                let loss = self.fit.law().predict(&[n, d, d.min(cap)], p);
                (
                    ln_d,
                    if loss.is_finite() {
                        loss
                    } else {
                        f64::INFINITY
                    },
                )
            }
            None => (f64::NAN, f64::INFINITY),
        }
    }

    /// The ln N of least loss between two values.
    fn golden(&self, p: &[f64], (mut low, mut high): (f64, f64), compute: f64, cap: f64) -> f64 {
        let ratio = 0.5 * (5f64.sqrt() - 1.0);
        let loss = |ln_n: f64| self.at(p, ln_n, compute, cap).1;
        let mut inner = (high - ratio * (high - low), low + ratio * (high - low));
        let mut losses = (loss(inner.0), loss(inner.1));
        for _ in 0..GOLDEN {
            if losses.0 <= losses.1 {
                (high, inner.1, losses.1) = (inner.1, inner.0, losses.0);
                inner.0 = high - ratio * (high - low);
                losses.0 = loss(inner.0);
            } else {
                (low, inner.0, losses.0) = (inner.0, inner.1, losses.1);
                inner.1 = low + ratio * (high - low);
                losses.1 = loss(inner.1);
            }
        }
        0.5 * (low + high)
    }

    /// The allocation of least loss for a budget, if at most `cap` of the tokens are unique.
    pub(crate) fn optimal(&self, compute: f64, cap: f64) -> Result<Allocation> {
        let step = (SIZES.1 - SIZES.0) / STEPS as f64;
        let size = |k: usize| SIZES.0 + step * k as f64;
        let loss = |k: usize| self.at(&self.values, size(k), compute, cap).1;
        let best = (0..=STEPS)
            .map(|k| (k, loss(k)))
            .min_by(|p, q| p.1.total_cmp(&q.1))
            .filter(|(k, loss)| loss.is_finite() && *k > 0 && *k < STEPS);
        let Some((k, _)) = best else {
            return Err(Error::new(
                ErrorKind::NoFit,
                format!("no allocation of {compute:e} FLOP has its best N from 1e3 to 1e16, which are searched"),
            )
            .with_hint("ask for another budget, or count FLOP otherwise"));
        };
        let around = (size(k - 1), size(k + 1));
        let ln_n = self.golden(&self.values, around, compute, cap);
        let (ln_d, loss) = self.at(&self.values, ln_n, compute, cap);
        Ok(Allocation {
            compute,
            params: ln_n.exp(),
            tokens: ln_d.exp(),
            loss,
        })
    }

    /// Delta intervals on N*, D* and L*. Their slopes by each parameter come from optima found
    /// again nearby.
    pub(crate) fn intervals(
        &self,
        best: &Allocation,
        cap: f64,
        level: f64,
    ) -> Vec<AllocationInterval> {
        if !self.inference.enough() {
            return Vec::new();
        }
        let centre = [best.params.ln(), best.tokens.ln(), best.loss.ln()];
        let found = |p: &[f64]| -> [f64; 3] {
            let around = (centre[0] - 0.5, centre[0] + 0.5);
            let ln_n = self.golden(p, around, best.compute, cap);
            let (ln_d, loss) = self.at(p, ln_n, best.compute, cap);
            [ln_n, ln_d, loss.ln()]
        };
        let count = self.values.len();
        let mut gradients = [vec![0.0; count], vec![0.0; count], vec![0.0; count]];
        for k in 0..count {
            let mut unit = vec![0.0; count];
            unit[k] = 1.0;
            let error = self.inference.standard_error(&unit);
            // A fixed parameter, or one on its bound, has no error.
            let Some(error) = error.filter(|error| *error > 0.0 && error.is_finite()) else {
                continue;
            };
            let step = (MOVED * error).min(0.01 * self.values[k].abs());
            let moved = |by: f64| {
                let mut p = self.values.clone();
                p[k] += by;
                found(&p)
            };
            let (above, below) = (moved(step), moved(-step));
            for (gradient, (above, below)) in gradients.iter_mut().zip(above.iter().zip(below)) {
                gradient[k] = (above - below) / (2.0 * step);
            }
        }
        let quantile = self.inference.quantile(level);
        AllocationQuantity::AT_COMPUTE
            .into_iter()
            .zip(centre)
            .zip(&gradients)
            .filter_map(|((quantity, centre), gradient)| {
                let half = quantile * self.inference.standard_error(gradient)?;
                let end = |value: f64| quantity.end(value).filter(|_| half.is_finite());
                Some(AllocationInterval {
                    quantity,
                    method: AllocationMethod::Delta,
                    level,
                    joint: false,
                    lower: end(centre - half),
                    upper: end(centre + half),
                    below_one: (false, false),
                })
            })
            .collect()
    }

    /// How far the allocation can be relied on; `own` has the runs with the compute they are
    /// counted by.
    pub(crate) fn standing(&self, best: &Allocation, cap: f64, own: &Own) -> Standing {
        let (fit, flops) = (self.fit, self.flops);
        let factor = best.compute / largest_run(fit, flops);
        let mut found = doubts(fit, flops, own, best);
        found.extend(repeated_more(fit, best.tokens / best.tokens.min(cap)));
        let all = self.intervals(best, cap, LEVEL);
        let own = all
            .iter()
            .find(|i| i.quantity == AllocationQuantity::Params);
        let reach = own.and_then(|i| Some((i.lower? / best.params, i.upper? / best.params)));
        let (grade, because) = graded(fit, reach, factor, &found);
        Standing {
            grade,
            because,
            found,
        }
    }
}

/// A warning for tokens that are seen more often than in any run.
fn repeated_more(fit: &FitResult, epochs: f64) -> Option<Diagnosis> {
    let runs = fit.fitted_runs();
    let most = runs.filter_map(|run| Some(run.tokens? / run.unique_tokens?.min(run.tokens?)));
    let most = most.reduce(f64::max)?;
    (epochs > OUTSIDE * most).then(|| {
        Diagnosis::new(
            Code::EpochsOutsideRuns,
            Severity::Warn,
            format!(
                "every unique token is seen {} times, and in no run more than {} times",
                digits(epochs, 3),
                digits(most, 3)
            ),
            "train runs that repeat their tokens as often before you rely on the split",
        )
    })
}
