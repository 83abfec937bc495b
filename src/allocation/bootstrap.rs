//! Bootstrap of the surface. Every replicate is a warm-started fit with its own random stream.

use super::flops::Flops;
use super::quantity::Functional;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::surface::{Point, Rho, SurfaceProblem, Workspace, descend};
use crate::fit::{FitResult, Residuals};
use crate::progress::Listener;
use crate::remedy::Setting;
use crate::resampling::{FEWEST, below, check_replicates, percentiles, stream};
use rand_chacha::rand_core::RngCore;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

/// What is resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Resampling {
    /// Whole runs, with replacement (Efron 1979).
    Cases,
    /// Whole groups of runs, such as the checkpoints of one training run.
    Clusters,
    /// Residuals, scaled up for the fitted parameters and added to the surface. N and D of the runs
    /// stay the same.
    Residuals,
}

/// The refits of a bootstrap.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Bootstrap {
    pub(crate) replicates: Vec<Point>,
    raw: Vec<[f64; 5]>,
    /// The requested number of replicates.
    pub(crate) asked: usize,
    /// Refits that reached no minimum, or one in which a term has vanished.
    pub failures: usize,
    /// What was resampled.
    pub(crate) resampling: Resampling,
    seed: u64,
    /// Whether more runs were fitted than parameters. Otherwise every refit passes through the
    /// runs, and its percentiles say nothing of the noise.
    shows_noise: bool,
    /// How each replicate counts FLOP; empty if all count them alike.
    costs: Vec<Flops>,
}

/// A replicate ends after a Newton step below this share of the parameters. The remaining error is
/// of the order of its square, far below the noise of the replicates.
const TOLERANCE: f64 = 1e-3;
/// Each thread makes at least this many refits with its copy of the runs.
const FEWEST_AT_ONCE: usize = 32;

impl Bootstrap {
    /// Refits `asked` times from the minimum found.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for fewer than 50 replicates, or clusters without groups;
    /// [`ErrorKind::Cancelled`] if the listener stops it.
    pub(crate) fn run(
        fit: &FitResult,
        problem: &SurfaceProblem,
        start: Point,
        resampling: Resampling,
        (asked, seed): (usize, u64),
        listener: Listener<'_>,
    ) -> Result<Bootstrap> {
        check_replicates(asked)?;
        let clusters = match resampling {
            Resampling::Clusters => Some(clusters(fit)?),
            _ => None,
        };
        let mut w = Workspace::new(&problem.data);
        let mean = problem.mean_residual(&mut w, &start);
        let sampler = Sampler {
            problem,
            rho: problem.rho(mean),
            start,
            clusters,
            residuals: (resampling == Resampling::Residuals)
                .then(|| Drawn::new(fit, problem, &mut w, &start)),
        };
        listener.0.expect(asked);
        let refits = (0..asked).into_par_iter().with_min_len(FEWEST_AT_ONCE);
        let refits = refits.map_init(
            || Drawing {
                problem: problem.clone(),
                w: w.clone(),
                times: vec![0.0; problem.data.rows],
                drawn: Vec::with_capacity(problem.data.rows),
            },
            |own, k| {
                listener.go_on()?;
                let refit = sampler.refit(own, &mut stream(seed, k));
                listener.0.step();
                Ok(refit)
            },
        );
        let refits = refits.collect::<Result<Vec<Option<Point>>>>()?;
        let replicates: Vec<Point> = refits.into_iter().flatten().collect();
        Ok(Bootstrap {
            failures: asked - replicates.len(),
            raw: replicates.iter().map(|p| problem.data.raw(p)).collect(),
            replicates,
            asked,
            resampling,
            seed,
            shows_noise: problem.data.rows > fit.settings().free_count(),
            costs: Vec::new(),
        })
    }

    /// (A, B, E, α, β) of every refit that reached a minimum.
    #[must_use]
    pub fn refits(&self) -> &[[f64; 5]] {
        &self.raw
    }

    /// Sets how FLOP are counted, with the cost fitted again for each replicate.
    pub(super) fn count(&mut self, flops: &Flops) {
        self.costs = flops.redrawn(self.replicates.len(), self.seed);
    }

    /// A quantity in each replicate, on the scale of its intervals.
    pub(super) fn values(&self, functional: &Functional) -> Vec<f64> {
        let all = self.replicates.iter().enumerate();
        all.map(|(k, p)| match self.costs.get(k) {
            Some(flops) => functional.counting(flops).value(p),
            None => functional.value(p),
        })
        .collect()
    }

    /// Percentile interval of a quantity on the scale of its intervals, with a share `tail` of the
    /// refits cut off at each end; `None` with too few of them, and if they show no noise.
    pub(crate) fn interval(&self, functional: &Functional, tail: f64) -> Option<(f64, f64)> {
        let values = self.values(functional).into_iter();
        let values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
        (self.shows_noise && values.len() >= FEWEST).then(|| percentiles(values, tail))
    }
}

fn clusters(fit: &FitResult) -> Result<Vec<Vec<usize>>> {
    let mut names: Vec<&str> = Vec::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (i, run) in fit.runs_in_order().into_iter().enumerate() {
        let Some(name) = run.group.as_deref() else {
            return Err(Error::new(
                ErrorKind::Usage,
                format!("the run on line {} belongs to no group", run.line),
            )
            .with_hint("name the column that tells the runs apart")
            .with_remedy(Setting::GroupCol));
        };
        match names.iter().position(|n| *n == name) {
            Some(k) => members[k].push(i),
            None => {
                names.push(name);
                members.push(vec![i]);
            }
        }
    }
    Ok(members)
}

/// What the refits of a bootstrap have in common.
struct Sampler<'a> {
    problem: &'a SurfaceProblem,
    rho: Rho,
    start: Point,
    clusters: Option<Vec<Vec<usize>>>,
    residuals: Option<Drawn>,
}

impl Sampler<'_> {
    /// Draws runs, groups or residuals into `own` and refits. `None` if the descent reaches no
    /// minimum, or one in which a term has vanished.
    fn refit(&self, own: &mut Drawing, rng: &mut impl RngCore) -> Option<Point> {
        let Drawing {
            problem,
            w,
            times,
            drawn,
        } = own;
        match (&self.residuals, &self.clusters) {
            (Some(residuals), _) => residuals.put(rng, problem),
            (None, clusters) => {
                times.fill(0.0);
                match clusters {
                    Some(clusters) => {
                        for _ in 0..clusters.len() {
                            for &i in &clusters[below(rng, clusters.len())] {
                                times[i] += 1.0;
                            }
                        }
                    }
                    None => {
                        let runs = times.len();
                        for _ in 0..runs {
                            times[below(rng, runs)] += 1.0;
                        }
                    }
                }
                problem.data.draw(&self.problem.data, times, drawn);
                w.resize(&problem.data);
            }
        }
        let limits = &self.problem.limits;
        let found = descend(&problem.data, w, self.rho, limits, self.start, TOLERANCE);
        let proper = found.p[0] > 0.0 && found.p[1] > 0.0;
        (found.converged && proper).then_some(found.p)
    }
}

/// The memory of one thread.
struct Drawing {
    problem: SurfaceProblem,
    w: Workspace,
    /// How often each run was drawn.
    times: Vec<f64>,
    /// The places of the runs that were drawn.
    drawn: Vec<usize>,
}

/// Fitted losses and centred residuals to draw from.
struct Drawn {
    fitted: Vec<f64>,
    residuals: Vec<f64>,
    weights: Vec<f64>,
    scale: Residuals,
}

impl Drawn {
    fn new(fit: &FitResult, problem: &SurfaceProblem, w: &mut Workspace, p: &Point) -> Drawn {
        let data = &problem.data;
        let scale = fit.settings().residuals;
        let fitted: Vec<f64> = (0..data.rows)
            .map(|i| {
                let n = p[0] * (-p[3] * data.x[i]).exp();
                let d = p[1] * (-p[4] * data.z[i]).exp();
                (p[2] + n + d) * data.unit
            })
            .collect();
        w.value(data, p, Rho::Squared);
        let mean = w.r[..data.rows].iter().sum::<f64>() / data.rows as f64;
        // Residuals of a fit are smaller than the noise by √(1 − p/n) on average (Davison & Hinkley
        // 1997, §6.2.3).
        let free = fit.settings().free_count() as f64;
        let inflation = (data.rows as f64 / (data.rows as f64 - free).max(1.0)).sqrt();
        // Observed minus fitted, in standard deviations of a run.
        let residuals = (w.r[..data.rows].iter())
            .map(|r| inflation * (mean - r))
            .collect();
        let weights = (0..data.rows)
            .map(|i| match scale {
                Residuals::Log => data.slope[i],
                Residuals::Relative => data.slope[i] * data.y[i],
                Residuals::Absolute => data.slope[i] / data.unit,
            })
            .collect();
        Drawn {
            fitted,
            residuals,
            weights,
            scale,
        }
    }

    fn put(&self, rng: &mut impl RngCore, problem: &mut SurfaceProblem) {
        for i in 0..self.fitted.len() {
            let r = self.residuals[below(rng, self.residuals.len())] / self.weights[i];
            let loss = match self.scale {
                Residuals::Log => self.fitted[i] * r.exp(),
                Residuals::Relative => self.fitted[i] * (1.0 + r).max(1e-6),
                Residuals::Absolute => (self.fitted[i] + r).max(1e-6 * self.fitted[i]),
            };
            problem.data.set_loss(i, loss, self.weights[i]);
        }
    }
}
