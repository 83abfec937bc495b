//! Simulates the width of the calibrated interval after runs that are not trained yet.
//!
//! The outcome of a run is drawn from the posterior of its law. Each draw has its own noise and its
//! own law, refitted to losses simulated from the fitted law. All candidates use the same draws, so
//! their differences are not due to chance.

use super::candidate::{Candidate, Design};
use super::choose::{Chosen, Outcome, choose};
use super::posterior::Posterior;
use crate::error::Result;
use crate::fit::{Fit, FitResult, Residuals, central_quantile};
use crate::forecast::{Curve, Free, Target};
use crate::interval::{Kind, Method};
use crate::progress::Listener;
use crate::random::standard_normal;
use crate::resampling::stream;
use crate::runs::{Dataset, Role, Run};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

/// The law of one draw; `number` seeds its noise.
#[derive(Debug, Clone)]
struct Draw {
    p: Vec<f64>,
    number: usize,
}

/// A ladder that is to be extended.
#[derive(Debug)]
pub(crate) struct Ladder<'a> {
    fit: &'a FitResult,
    targets: Vec<f64>,
    level: f64,
    /// Whether there is a prior besides the runs, so that a forecast needs a full fit.
    informed: bool,
    /// Relative standard deviation of a run.
    noise: f64,
    /// Standard deviation of a new run, as a share of its loss.
    sigma: Option<f64>,
    draws: Vec<Draw>,
    /// The widening from the runs' own back-test. It takes longer than everything else, so supposed
    /// runs do not change it.
    widening: f64,
    seed: u64,
}

/// Number of draws that rank candidates; the chosen sequence uses all draws.
const RANKED_BY: usize = 16;

/// A simulated width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Simulated {
    /// The median over the draws.
    pub width: f64,
    /// Number of draws without an interval.
    pub without: usize,
}

impl<'a> Ladder<'a> {
    /// Prepares the draws.
    ///
    /// # Errors
    /// If the fit has no covariance.
    pub(crate) fn new(
        fit: &'a FitResult,
        targets: &[f64],
        (level, draws, seed): (f64, usize, u64),
    ) -> Result<Ladder<'a>> {
        let noise = noise(fit)?;
        let given = fit.runs_in_order();
        let sigmas: Option<Vec<f64>> = given.iter().map(|r| Some(r.sigma? / r.loss)).collect();
        let sigma = sigmas.map(|mut sigmas| {
            sigmas.sort_by(f64::total_cmp);
            sigmas[sigmas.len() / 2]
        });
        let laws: Vec<Option<Vec<f64>>> = (0..draws)
            .into_par_iter()
            .map(|k| law_of_draw(fit, noise, seed, k))
            .collect();
        let draws = laws.into_iter().enumerate();
        let draws = draws.map(|(number, p)| Draw {
            p: p.unwrap_or_else(|| fit.values()),
            number,
        });
        Ok(Ladder {
            fit,
            targets: targets.to_vec(),
            level,
            informed: fit.settings().are_informed(fit.law()),
            noise,
            sigma,
            draws: draws.collect(),
            widening: Free::own_widening(&Curve::of(fit)),
            seed,
        })
    }

    /// The loss of a run in a draw; `nth` distinguishes runs of one compute.
    fn loss(&self, draw: &Draw, x: f64, nth: usize) -> f64 {
        let mut rng = stream(self.seed ^ x.to_bits(), draw.number);
        let mut z = standard_normal(&mut rng);
        for _ in 0..nth {
            z = standard_normal(&mut rng);
        }
        let law = self.fit.law().predict(&[x], &draw.p);
        law * (1.0 + self.noise * z)
    }

    /// The outcomes of these runs in a draw.
    fn outcomes(&self, draw: &Draw, runs: &[f64]) -> Vec<(f64, f64)> {
        let nth = |k: usize| runs[..k].iter().filter(|x| **x == runs[k]).count();
        let of = |k: usize| (runs[k], self.loss(draw, runs[k], nth(k)));
        (0..runs.len()).map(of).collect()
    }

    /// The relative half-width of the calibrated interval with additional runs, averaged over the
    /// targets; `None` without an interval.
    pub(crate) fn width_with(&self, more: &[(f64, f64)]) -> Option<f64> {
        self.said(more, None).as_deref().and_then(Ladder::width_of)
    }

    /// The relative half-width of intervals, averaged over the targets.
    pub(crate) fn width_of(said: &[(f64, f64, f64)]) -> Option<f64> {
        let widths = said
            .iter()
            .map(|(lower, point, upper)| 0.5 * (upper - lower) / point);
        let mean = widths.sum::<f64>() / said.len() as f64;
        mean.is_finite().then_some(mean)
    }

    /// The half-width in standard errors, as for a normal distribution.
    pub(crate) fn quantile(&self) -> f64 {
        central_quantile(self.level, None)
    }

    /// Lower end, point and upper end at each target, with additional runs and without one of the
    /// fitted runs.
    pub(crate) fn said(
        &self,
        more: &[(f64, f64)],
        without: Option<usize>,
    ) -> Option<Vec<(f64, f64, f64)>> {
        if more.iter().any(|run| !(run.1 > 0.0 && run.1.is_finite())) {
            return None;
        }
        let runs = self.fit.runs_in_order();
        let kept = runs.iter().enumerate().filter(|(k, _)| Some(*k) != without);
        let kept = kept.map(|(_, run)| *run);
        if !self.informed {
            let own = kept.map(|run| (run.x, run.loss, run.sigma.map(|s| s / run.loss)));
            let new = more.iter().map(|(x, y)| (*x, *y, self.sigma));
            let curve = Curve {
                kind: self.fit.data().curve(),
                ..Curve::new(own.chain(new))
            };
            let free = match more.is_empty() && without.is_some() {
                true => Free::whole(curve),
                false => Free::with_widening(curve, self.widening),
            };
            let at = |x: &f64| {
                let found = free.at(*x, &[Method::Calibrated]);
                let (lower, upper) = found.bounds(Method::Calibrated, self.level).ok()?;
                Some((lower, found.point(Method::Calibrated)?, upper))
            };
            return self.targets.iter().map(at).collect();
        }
        let mut runs: Vec<Run> = kept.cloned().collect();
        runs.extend(more.iter().map(|(x, y)| self.run(*x, *y)));
        let data = Dataset {
            runs,
            ..self.fit.data().clone()
        };
        let fit = Fit::again(self.fit).run(&data).ok()?;
        let at = |x: &f64| {
            let builder = fit.forecast(Target::at(*x)).levels(&[self.level]);
            let builder = builder
                .kinds(&[Kind::Prediction])
                .methods(&[Method::Calibrated]);
            let forecast = builder.force(true).run().ok()?;
            let interval = forecast.interval(Method::Calibrated, self.level, Kind::Prediction)?;
            Some((interval.lower, forecast.point, interval.upper))
        };
        self.targets.iter().map(at).collect()
    }

    fn run(&self, x: f64, loss: f64) -> Run {
        Run {
            line: 0,
            x,
            params: None,
            tokens: None,
            unique_tokens: None,
            budget: None,
            loss,
            sigma: self.sigma.map(|s| s * loss),
            group: None,
            pair: None,
            role: Role::Fit,
            columns: std::collections::BTreeMap::new(),
        }
    }

    /// The median width after these runs; `None` if most draws have no interval.
    pub(crate) fn width_after(&self, runs: &[f64]) -> Option<Simulated> {
        self.simulated(runs, self.draws.len())
    }

    /// The same with fewer draws.
    pub(crate) fn ranked(&self, runs: &[f64]) -> Option<f64> {
        self.simulated(runs, RANKED_BY).map(|w| w.width)
    }

    fn simulated(&self, runs: &[f64], draws: usize) -> Option<Simulated> {
        if runs.is_empty() {
            let width = self.width_with(&[])?;
            return Some(Simulated { width, without: 0 });
        }
        let of = |draw: &Draw| self.width_with(&self.outcomes(draw, runs));
        let widths: Vec<Option<f64>> = self.draws[..draws.min(self.draws.len())]
            .par_iter()
            .map(of)
            .collect();
        let mut known: Vec<f64> = widths.iter().flatten().copied().collect();
        let without = widths.len() - known.len();
        if known.len() <= without {
            return None;
        }
        known.sort_by(f64::total_cmp);
        let count = known.len();
        let width = 0.5 * (known[(count - 1) / 2] + known[count / 2]);
        Some(Simulated { width, without })
    }

    /// Chooses the runs to buy with a budget, with the simulated width after each; `alone` holds
    /// the width after each candidate alone.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) when the listener stops it.
    pub(crate) fn choose(
        &self,
        candidates: &[Candidate],
        how: &How<'_>,
        alone: &[Option<f64>],
    ) -> Result<(Vec<usize>, Vec<Option<Simulated>>)> {
        let order = match how.design {
            Design::Ours => self.by_width(candidates, how, alone)?,
            design => self.by_law(candidates, design, how).order,
        };
        let mut widths = Vec::new();
        for count in 1..=order.len() {
            how.listener.go_on()?;
            let runs: Vec<f64> = order[..count].iter().map(|k| candidates[*k].x[0]).collect();
            widths.push(self.width_after(&runs));
        }
        Ok((order, widths))
    }

    /// Chooses by the posterior of the law.
    fn by_law(&self, candidates: &[Candidate], design: Design, how: &How<'_>) -> Chosen {
        let targets: Vec<Vec<f64>> = self.targets.iter().map(|x| vec![*x]).collect();
        let fit = self.fit;
        let made = fit.observations().ok().and_then(|o| {
            let points = (targets.as_slice(), candidates);
            let posterior = Posterior::new(fit.law(), &o, fit.settings(), fit.basins(), points)?;
            let outcome = Outcome::new(&posterior, candidates);
            let limits = (how.budget, how.most, self.seed);
            Some(choose(&[outcome], candidates, design, limits))
        });
        made.unwrap_or_default()
    }

    /// Chooses by the simulated width. It tries each power of the cost to divide the gain by, and
    /// takes the sequence that ends with the smallest width.
    fn by_width(
        &self,
        candidates: &[Candidate],
        how: &How<'_>,
        alone: &[Option<f64>],
    ) -> Result<Vec<usize>> {
        let own = self.width_after(&[]).map_or(f64::INFINITY, |w| w.width);
        let mut best: Option<(f64, Vec<usize>)> = None;
        for power in [0.0, 1.0] {
            let (mut order, mut width, mut left) = (Vec::new(), own, how.budget);
            while order.len() < how.most {
                let affordable = |k: &usize| {
                    let candidate = &candidates[*k];
                    candidate.cost <= left && (candidate.repeatable || !order.contains(k))
                };
                let open: Vec<usize> = (0..candidates.len()).filter(affordable).collect();
                how.listener.0.expect(open.len());
                let mut found: Option<(f64, usize, f64)> = None;
                for k in open {
                    how.listener.go_on()?;
                    let with = order.iter().chain([&k]).map(|k| candidates[*k].x[0]);
                    let after = match order.is_empty() {
                        true => alone[k],
                        false => self.ranked(&with.collect::<Vec<f64>>()),
                    };
                    how.listener.0.step();
                    let Some(after) = after else { continue };
                    let gain = match width.is_finite() {
                        true => width - after,
                        false => -after,
                    };
                    let score = match gain > 0.0 {
                        true => gain / candidates[k].cost.powf(power),
                        false => gain,
                    };
                    if found.is_none_or(|found| score > found.0) {
                        found = Some((score, k, after));
                    }
                }
                let Some((score, k, after)) = found else {
                    break;
                };
                // A run that widens the interval is not worth its cost.
                if score <= 0.0 && width.is_finite() {
                    break;
                }
                order.push(k);
                left -= candidates[k].cost;
                width = after;
            }
            if best.as_ref().is_none_or(|best| width < best.0) && !order.is_empty() {
                best = Some((width, order));
            }
        }
        Ok(best.map_or_else(Vec::new, |best| best.1))
    }
}

/// The settings of a choice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How<'a> {
    pub design: Design,
    pub budget: f64,
    /// Most runs.
    pub most: usize,
    pub listener: Listener<'a>,
}

/// The relative noise of a run, estimated by the fit; with too few runs, that of published ladders.
fn noise(fit: &FitResult) -> Result<f64> {
    const ASSUMED: f64 = 0.003;
    let o = fit.observations()?;
    let inference = fit.inference()?;
    let size = match o.residuals {
        Residuals::Absolute => o.mean_size(),
        Residuals::Relative | Residuals::Log => 1.0,
    };
    let known = inference.noise.filter(|_| inference.enough());
    Ok(match (o.sigma_known, known) {
        (true, _) => inference.noise_of_a_run() / if size == 1.0 { 1.0 } else { size },
        (false, Some(noise)) => noise / size,
        (false, None) => ASSUMED,
    })
}

/// The law of a draw: the same fit to losses simulated from the fitted law.
fn law_of_draw(fit: &FitResult, noise: f64, seed: u64, number: usize) -> Option<Vec<f64>> {
    let mut rng = stream(seed, number);
    let runs = fit.runs_in_order().into_iter();
    let losses: Vec<f64> = runs
        .map(|run| fit.predict(&[run.x]) * (1.0 + noise * standard_normal(&mut rng)))
        .collect();
    let positive = losses.iter().all(|loss| *loss > 0.0);
    positive.then(|| fit.parameters_of(&losses)).flatten()
}
