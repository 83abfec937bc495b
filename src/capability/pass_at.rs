//! pass@k: the chance that at least one of k samples passes, as a mean over problems.
//!
//! At a fitted model it is the mean of E\[1 − (1 − p)^k | counts\] under the likelihood of all
//! counts, so k may be larger than the number of samples. Beyond the models it comes from
//! [`Trend`](super::trend::Trend). Three others are given for comparison: the unbiased estimate if
//! k ≤ n, a beta-binomial distribution of each model's counts, and the law of ln(−ln pass@k),
//! a + b·ln C + c·ln k + d·ln C·ln k (arXiv 2512.08894, equation 5).

use super::cells::Cells;
use super::curve::{About, CurveForecast, PassInterval, PassQuantity};
use super::estimator::pass_at_k;
use super::fitted::Fitted;
use super::integral::{Data, NODES, Window};
use super::mean_pass::TrendPass;
use super::mixing::SHAPE;
use super::pass_lines::{BetaBinomial, PassLine};
use super::result::Capability;
use super::trend::{Pass, on_logits, passes};
use crate::error::{Error, ErrorKind, Result};
use crate::interval::{Interval, Kind, Method, check_levels};
use crate::remedy::Setting;
use crate::runs::{Count, PassCounts};
use nalgebra::DVector;
use serde::Serialize;

/// Points of the sum over the scatter of a problem, and its range in standard deviations.
const POINTS: usize = 41;
const REACH: f64 = 5.0;

/// pass@k of one model, or at one target.
///
/// ```
/// use scalewise::{ask::CapabilityRequest, internal::Benchmark, runs::CountTable};
/// let counts = Benchmark { samples: 20, problems: 40, ..Benchmark::default() }.simulate()?.counts;
/// let request = CapabilityRequest::default().at([scalewise::Size::Of(1e23)]).pass_at([1, 100]);
/// let answer = request.of(&CountTable::Counts(counts))?;
/// let rows = answer.pass_at();
/// // Five models and a target for each k; with more samples more problems pass.
/// assert_eq!(rows.len(), 12);
/// assert!(rows[6].rate.value > rows[0].rate.value && rows[0].unbiased.is_some());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PassAt {
    /// The number of samples, of which at least one has to pass.
    pub k: u64,
    /// The fitted model; absent for a target.
    pub model: Option<String>,
    /// Its compute.
    pub compute: f64,
    /// The mean over problems, with its intervals.
    #[serde(flatten)]
    pub rate: PassQuantity,
    /// The mean of the unbiased estimates; absent unless a model at this compute has k samples of
    /// every problem.
    pub unbiased: Option<f64>,
    /// From a beta-binomial distribution of this model's counts; absent for a target.
    pub beta_binomial: Option<f64>,
    /// From the line through ln(−ln pass@k) of all fitted models.
    pub line: Option<f64>,
}

impl Capability {
    /// pass@k at every fitted model and at the targets of these forecasts, for all problems
    /// together.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a k of 0, an impossible level, and a rule other than the
    /// likelihood.
    pub(crate) fn pass_at(
        &self,
        ks: &[u64],
        forecasts: &[&CurveForecast],
        levels: &[f64],
    ) -> Result<Vec<PassAt>> {
        check_levels(levels)?;
        let usage = |message: &str| Err(Error::new(ErrorKind::Usage, message));
        if ks.contains(&0) {
            return usage("pass@0 means nothing: k is at least 1");
        }
        let (Some(fitted), Some(table)) = (&self.fitted, &self.counts) else {
            let message = "pass@k needs counts for every problem and the rule 'likelihood'";
            let likelihood = Setting::Rule.to("likelihood");
            return usage(message).map_err(|error| error.with_remedy(likelihood));
        };
        let problems = &self.overall.problems;
        let line = PassLine::through(table, &fitted.models, problems);
        let beta: Vec<Option<BetaBinomial>> = fitted
            .models
            .iter()
            .map(|&m| BetaBinomial::of(problems.iter().map(|&i| table.counts[m][i])))
            .collect();
        let mut rows = Vec::new();
        for &k in ks {
            let rates = fitted.rates(table, problems, k as f64);
            for ((&m, pass), beta) in fitted.models.iter().zip(rates).zip(&beta) {
                let compute = table.models[m].compute;
                rows.push(PassAt {
                    k,
                    model: Some(table.models[m].name.clone()),
                    compute,
                    rate: of_model(&pass, problems.len() as f64, levels),
                    unbiased: unbiased(table, m, problems, k),
                    beta_binomial: beta.as_ref().map(|beta| beta.pass_at(k as f64)),
                    line: line.as_ref().and_then(|line| line.at(compute, k as f64)),
                });
            }
            rows.extend(forecasts.iter().filter_map(|forecast| {
                let compute = forecast.compute;
                let here = table
                    .models
                    .iter()
                    .position(|model| (model.compute / compute - 1.0).abs() < 1e-9);
                Some(PassAt {
                    k,
                    model: None,
                    compute,
                    rate: self.target(forecast, k as f64)?,
                    unbiased: here.and_then(|m| unbiased(table, m, problems, k)),
                    beta_binomial: None,
                    line: line.as_ref().and_then(|line| line.at(compute, k as f64)),
                })
            }));
        }
        Ok(rows)
    }

    fn target(&self, forecast: &CurveForecast, k: f64) -> Option<PassQuantity> {
        let pass = TrendPass {
            trend: self.overall.trend.as_ref()?,
            x: forecast.compute.ln(),
            law: forecast.metric.value.ln(),
            k,
        };
        Some(pass.quantity(&forecast.metric.intervals))
    }
}

/// The mean of the unbiased estimates; absent if a problem has fewer than k samples.
fn unbiased(table: &PassCounts, model: usize, problems: &[usize], k: u64) -> Option<f64> {
    let rates = problems.iter().map(|&i| {
        let count = table.counts[model][i];
        pass_at_k(count.samples, count.passes, k)
            .ok()
            .map(|found| found.value)
    });
    let rates: Option<Vec<f64>> = rates.collect();
    rates.map(|rates| rates.iter().sum::<f64>() / rates.len() as f64)
}

/// Confidence intervals of a fitted model's rate.
fn of_model(pass: &Pass, problems: f64, levels: &[f64]) -> PassQuantity {
    let mut intervals = Vec::new();
    for (about, more) in [
        (About::TheseProblems, 0.0),
        (About::ProblemsLikeThese, pass.between / problems),
    ] {
        for &level in levels {
            let (lower, upper) = on_logits(
                pass.mean,
                (pass.mean, pass.mean),
                pass.variance + more,
                level,
            );
            intervals.push(PassInterval {
                about,
                interval: Interval {
                    level,
                    kind: Kind::Confidence,
                    method: Method::Delta,
                    lower,
                    upper,
                },
            });
        }
    }
    PassQuantity {
        value: pass.mean,
        calibrated: None,
        intervals,
        standing: None,
    }
}

impl Fitted {
    /// The rate of every fitted model.
    fn rates(&self, table: &PassCounts, problems: &[usize], k: f64) -> Vec<Pass> {
        let rows: Vec<&[Count]> = self
            .models
            .iter()
            .map(|&m| table.counts[m].as_slice())
            .collect();
        let fit = &self.hierarchy;
        let cells = Cells::new(&rows, fit.tau);
        let models = rows.len();
        let data = Data {
            cells: &cells,
            problems,
            models,
        };
        let mut window = Window::new(models, problems.len());
        let n = problems.len() as f64;
        let size = models + SHAPE;
        let mut sums = vec![(0.0, 0.0, 0.0); models];
        let mut slopes = vec![DVector::<f64>::zeros(size); models];
        for (place, &problem) in problems.iter().enumerate() {
            data.window(place, &fit.levels.beta, &fit.mixing, &mut window);
            let mut scores = DVector::zeros(size);
            let mut own = vec![(0.0, 0.0, DVector::<f64>::zeros(size)); models];
            for node in 0..NODES {
                let (t, weight) = window.nodes[node];
                if weight < 1e-12 {
                    continue;
                }
                let score = DVector::from_column_slice(window.score(node, t, &fit.mixing));
                for (m, (one, two, moved)) in own.iter_mut().enumerate() {
                    let mu = t + fit.levels.beta[m];
                    let given = Given::of(rows[m][problem], fit.tau, mu, k);
                    *one += weight * given.mean;
                    *two += weight * given.square;
                    *moved += &score * (weight * given.mean);
                    moved[m] += weight * given.slope;
                }
                scores += score * weight;
            }
            for (m, (one, two, moved)) in own.into_iter().enumerate() {
                sums[m].0 += one;
                sums[m].1 += (two - one * one).max(0.0);
                sums[m].2 += two;
                slopes[m] += moved - &scores * one;
            }
        }
        let rate = |(sum, slope): (&(f64, f64, f64), &DVector<f64>)| {
            let mean = (sum.0 / n).clamp(0.0, 1.0);
            let shared = (slope.transpose() * &fit.covariance * slope)[0] / (n * n);
            Pass {
                mean,
                variance: sum.1 / (n * n) + shared.max(0.0),
                between: (sum.2 / n - mean * mean).max(0.0),
            }
        };
        sums.iter().zip(&slopes).map(rate).collect()
    }
}

/// pass@k of one problem and model, given its count and μ.
struct Given {
    mean: f64,
    square: f64,
    /// Derivative of the mean by μ.
    slope: f64,
}

impl Given {
    fn of(count: Count, tau: f64, mu: f64, k: f64) -> Given {
        if tau <= 0.0 {
            let at = |mu: f64| passes(mu.exp(), k);
            let mean = at(mu);
            return Given {
                mean,
                square: mean * mean,
                slope: (at(mu + 1e-4) - at(mu - 1e-4)) / 2e-4,
            };
        }
        let (c, f) = (count.passes as f64, (count.samples - count.passes) as f64);
        let step = 2.0 * REACH * tau / (POINTS - 1) as f64;
        // The sum is centred on the most likely scatter, since many samples leave little of it
        // uncertain.
        let log = |off: f64| {
            let lambda = (mu + off).exp();
            let fail = match f > 0.0 {
                true => f * (-(-lambda).exp_m1()).ln(),
                false => 0.0,
            };
            fail - c * lambda - 0.5 * (off / tau).powi(2)
        };
        let offs = (0..POINTS).map(|j| step * j as f64 - REACH * tau);
        let best = offs
            .map(|off| (off, log(off)))
            .fold(
                (0.0, f64::NEG_INFINITY),
                |a, b| if b.1 > a.1 { b } else { a },
            );
        let bend = (2.0 * best.1 - log(best.0 - step) - log(best.0 + step)) / (step * step);
        let width = (1.0 / bend.max(1e-6)).sqrt().clamp(1e-4 * tau, tau);
        let fine = 2.0 * REACH * width / (POINTS - 1) as f64;
        let (mut sum, mut one, mut two, mut off_sum, mut off_one) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for j in 0..POINTS {
            let off = best.0 + fine * j as f64 - REACH * width;
            let weight = (log(off) - best.1).exp();
            let pass = passes((mu + off).exp(), k);
            sum += weight;
            one += weight * pass;
            two += weight * pass * pass;
            off_sum += weight * off;
            off_one += weight * pass * off;
        }
        let mean = one / sum;
        Given {
            mean,
            square: two / sum,
            slope: (off_one / sum - mean * off_sum / sum) / (tau * tau),
        }
    }
}
