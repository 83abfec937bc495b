//! Designs a ladder before any run is trained, from the prior of its law.

use crate::error::Result;
use crate::fit::{Fit, Prior, central_quantile};
use crate::forecast::Target;
use crate::interval::{Kind, Method};
use crate::law::Saturating;
use crate::progress::Listener;
use crate::random::standard_normal;
use crate::resampling::stream;
use crate::runs::Dataset;
use nalgebra::{DMatrix, DVector};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

/// The request for a ladder that does not exist yet.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    /// The prior of b and c.
    pub prior: &'a Prior,
    /// A compute and the expected loss there.
    pub anchor: (f64, f64),
    pub target: f64,
    pub budget: f64,
    /// Relative standard deviation of a run.
    pub noise: f64,
    pub level: f64,
    pub draws: usize,
    pub seed: u64,
}

/// The rungs of a ladder, evenly spaced in ln C.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Rungs {
    /// Compute of each rung.
    pub(crate) rungs: Vec<f64>,
    /// Runs per rung.
    pub(crate) seeds: usize,
    pub(crate) cost: f64,
    /// The expected width of the forecast: the median over the draws.
    pub(crate) width: f64,
}

/// A law drawn from the prior.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn {
    a: f64,
    b: f64,
    c: f64,
}

/// Numbers of rungs that are tried.
const RUNGS: [usize; 3] = [5, 8, 12];
/// Decades from the smallest rung to the largest, tried in turn.
const SPANS: [f64; 3] = [1.0, 2.0, 3.0];
const SEEDS: [usize; 2] = [1, 2];
/// Shares of the budget for each of which the best ladder is reported.
const SHARES: [f64; 3] = [0.1, 0.3, 1.0];
/// Number of laws that rank ladders; the best ladder uses all laws.
const RANKED_BY: usize = 8;

impl Asked<'_> {
    /// Draws laws: b and c from the prior, a from the expected loss.
    pub(crate) fn laws(&self) -> Vec<Drawn> {
        let size = self.prior.names.len();
        let covariance = DMatrix::from_fn(size, size, |i, k| self.prior.covariance[i][k]);
        let Some(factor) = covariance.cholesky().map(|c| c.unpack()) else {
            return Vec::new();
        };
        let place = |name: &str| self.prior.names.iter().position(|known| known == name);
        let (Some(b), Some(c)) = (place("b"), place("c")) else {
            return Vec::new();
        };
        let (at, loss) = self.anchor;
        let mut laws = Vec::new();
        // Draws that are not a law falling to a floor are discarded.
        for number in 0..100 * self.draws {
            let mut rng = stream(self.seed, number);
            let z = DVector::from_fn(size, |_, _| standard_normal(&mut rng));
            let p = &factor * z;
            let (b, c) = (self.prior.mean[b] + p[b], self.prior.mean[c] + p[c]);
            if b < 0.0 && (0.0..loss).contains(&c) {
                // `a` refers to the anchor, so that no power of an amount in FLOP is computed.
                laws.push(Drawn { a: loss - c, b, c });
            }
            if laws.len() == self.draws {
                break;
            }
        }
        laws.retain(|law| law.at(self.target / at).is_finite());
        laws
    }

    /// The median width of the calibrated interval over the laws; `None` if most have none.
    pub(crate) fn width(&self, rungs: &[f64], seeds: usize, laws: &[Drawn]) -> Option<f64> {
        let numbered: Vec<(usize, &Drawn)> = laws.iter().enumerate().collect();
        let of = |(number, law): &(usize, &Drawn)| self.width_of(rungs, seeds, law, *number);
        let widths: Vec<Option<f64>> = numbered.par_iter().map(of).collect();
        let mut known: Vec<f64> = widths.iter().flatten().copied().collect();
        if 2 * known.len() <= widths.len() {
            return None;
        }
        known.sort_by(f64::total_cmp);
        let count = known.len();
        Some(0.5 * (known[(count - 1) / 2] + known[count / 2]))
    }

    fn width_of(&self, rungs: &[f64], seeds: usize, law: &Drawn, number: usize) -> Option<f64> {
        let mut rng = stream(!self.seed, number);
        let mut runs = Vec::new();
        for x in rungs {
            for _ in 0..seeds {
                let z = standard_normal(&mut rng);
                runs.push((*x, law.at(x / self.anchor.0) * (1.0 + self.noise * z)));
            }
        }
        let data = Dataset::from_runs(runs).ok()?;
        let fit = Fit::new(Saturating)
            .prior(self.prior.clone())
            .run(&data)
            .ok()?;
        let builder = fit.forecast(Target::at(self.target)).levels(&[self.level]);
        let builder = builder
            .kinds(&[Kind::Prediction])
            .methods(&[Method::Calibrated]);
        let forecast = builder.force(true).run().ok()?;
        let interval = forecast.interval(Method::Calibrated, self.level, Kind::Prediction)?;
        let width = 0.5 * (interval.upper - interval.lower) / forecast.point;
        width.is_finite().then_some(width)
    }

    /// The width without any run: the relative half-width of the laws' values at the target.
    pub(crate) fn width_before(&self, laws: &[Drawn]) -> Option<f64> {
        let values: Vec<f64> = laws
            .iter()
            .map(|l| l.at(self.target / self.anchor.0))
            .collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let width = central_quantile(self.level, None) * variance.sqrt() / mean;
        width.is_finite().then_some(width)
    }
}

impl Drawn {
    /// The loss at this multiple of the anchor's compute.
    fn at(self, times: f64) -> f64 {
        self.a * times.powf(self.b) + self.c
    }
}

/// The ladder with the smallest width, for each share of the budget.
///
/// # Errors
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when the listener stops it.
pub(crate) fn best_ladder(
    asked: &Asked<'_>,
    laws: &[Drawn],
    listener: Listener<'_>,
) -> Result<Vec<Rungs>> {
    let few = &laws[..laws.len().min(RANKED_BY)];
    let mut best = Vec::new();
    listener
        .0
        .expect(SHARES.len() * RUNGS.len() * SPANS.len() * SEEDS.len());
    for share in SHARES {
        let mut found: Option<Rungs> = None;
        for count in RUNGS {
            for span in SPANS {
                for seeds in SEEDS {
                    listener.go_on()?;
                    listener.0.step();
                    let Some(made) = ladder(asked, (count, span, seeds), share, few) else {
                        continue;
                    };
                    if found.as_ref().is_none_or(|found| made.width < found.width) {
                        found = Some(made);
                    }
                }
            }
        }
        best.extend(found.and_then(|found| {
            let width = asked.width(&found.rungs, found.seeds, laws)?;
            Some(Rungs { width, ..found })
        }));
    }
    Ok(best)
}

/// The ladder that costs this share of the budget.
fn ladder(
    asked: &Asked<'_>,
    (count, span, seeds): (usize, f64, usize),
    share: f64,
    laws: &[Drawn],
) -> Option<Rungs> {
    let step = span / (count - 1) as f64;
    // Rungs as shares of the largest one.
    let shares: Vec<f64> = (0..count)
        .map(|k| 10f64.powf(step * k as f64 - span))
        .collect();
    let all = shares.iter().sum::<f64>() * seeds as f64;
    let largest = share * asked.budget / all;
    // If a rung reached the target, no forecast would be needed.
    if largest >= asked.target {
        return None;
    }
    let rungs: Vec<f64> = shares.iter().map(|share| share * largest).collect();
    Some(Rungs {
        width: asked.width(&rungs, seeds, laws)?,
        cost: rungs.iter().sum::<f64>() * seeds as f64,
        rungs,
        seeds,
    })
}
