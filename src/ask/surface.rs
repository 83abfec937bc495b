//! The data of the pictures of a law of N and D: lines of equal loss, the efficient frontier, and
//! the allocation with its bands.

use super::plot::spaced;
use super::{AllocateAnswer, AllocationAt, OtherSize};
use crate::allocation::{
    Allocation, AllocationMethod, AllocationQuantity, AtSize, Flops, Surface, Uncertainty,
    inference_flop,
};
use crate::error::Result;
use crate::fit::{Diagnosis, FitResult};

/// Points of a curve: enough for a smooth line at any size.
pub(crate) const POINTS: usize = 81;
/// Lines of equal loss.
const CONTOURS: usize = 9;
/// How far beyond the largest run the pictures extend: that of the frontier, and that of the
/// allocation.
const BEYOND: (f64, f64) = (30.0, 1000.0);

/// A line of equal loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// The loss.
    pub(crate) loss: f64,
    /// Compute and parameters.
    pub(crate) points: Vec<(f64, f64)>,
}

/// The best parameters or tokens against compute.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BestLine {
    /// The part within the range of the runs.
    pub(crate) within: Vec<(f64, f64)>,
    /// The part beyond it.
    pub(crate) beyond: Vec<(f64, f64)>,
    /// Compute and the ends of the confidence interval by the delta method.
    pub(crate) band: Vec<(f64, f64, f64)>,
}

/// The cost of sizes other than the best at one budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Valley {
    /// The best allocation.
    pub(crate) best: Allocation,
    /// Parameters, and the excess loss over the best in per cent.
    pub(crate) line: Vec<(f64, f64)>,
    /// Parameters and the ends of the confidence interval by the delta method.
    pub(crate) band: Vec<(f64, f64, f64)>,
    /// The sizes in the table: parameters, and the excess loss in per cent.
    pub(crate) sizes: Vec<(f64, f64)>,
    /// The largest size of the runs.
    pub(crate) largest: f64,
    /// Cost curves: parameters, and the excess cost over the best size in per cent.
    pub(crate) costs: Vec<CostLine>,
}

/// The excess cost of sizes over the best one, in per cent.
#[derive(Debug, Clone, PartialEq)]
pub struct CostLine {
    /// The name of the cost.
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// The data of all pictures of a surface.
#[derive(Debug, Clone)]
pub struct SurfaceAnswer {
    /// The fit.
    pub(crate) fit: FitResult,
    /// How FLOP are counted.
    pub(crate) flops: Flops,
    /// Compute and parameters of each fitted run, in canonical order.
    pub(crate) runs: Vec<(f64, f64)>,
    /// a and b in N* ∝ C^a, D* ∝ C^b at the largest run.
    pub(crate) growth: Option<(f64, f64)>,
    /// Lines of equal loss.
    pub(crate) contours: Vec<Contour>,
    /// Compute shown with the contours.
    pub(crate) compute: (f64, f64),
    /// Parameters shown with the contours.
    pub(crate) params: (f64, f64),
    /// N* over the compute of the contours.
    pub(crate) frontier: BestLine,
    /// Level of the bands.
    pub(crate) level: f64,
    /// N* over the compute of the allocation.
    pub(crate) best_params: BestLine,
    /// D* over the compute of the allocation.
    pub(crate) best_tokens: BestLine,
    /// The cost of other sizes at the last requested budget.
    pub(crate) valley: Option<Valley>,
    /// Findings about the fit, and about the answers if the picture shows some.
    pub(crate) found: Vec<Diagnosis>,
    /// Computes without an optimum, and why.
    pub(crate) missing: Vec<(f64, String)>,
}

fn spread(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, 0.0), |(l, h), v| (l.min(v), h.max(v)))
}

impl SurfaceAnswer {
    /// The data of the pictures of the surface behind allocations, including the findings about
    /// these.
    ///
    /// # Errors
    /// As for [`SurfaceAnswer::of`].
    #[doc(hidden)]
    pub fn behind(answer: &AllocateAnswer, level: f64) -> Result<SurfaceAnswer> {
        let shown = SurfaceAnswer::of(answer.fit.clone(), answer.flops.clone(), level)?;
        Ok(SurfaceAnswer {
            found: answer.diagnoses(),
            valley: answer
                .answers()
                .last()
                .and_then(|at| valley(answer, at, level)),
            ..shown
        })
    }

    /// The data of the pictures of a fitted surface, with bands of this level.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the law is not a surface.
    pub fn of(fit: FitResult, flops: Flops, level: f64) -> Result<SurfaceAnswer> {
        let uncertainty = Uncertainty::new(&fit)?.flops(flops.clone());
        let surface = *uncertainty.surface();
        let runs: Vec<(f64, f64)> = fit
            .runs_in_order()
            .iter()
            .filter_map(|r| Some((flops.cost(r.params?, r.tokens?), r.params?)))
            .collect();
        let (c_low, c_high) = spread(runs.iter().map(|r| r.0));
        let (n_low, n_high) = spread(runs.iter().map(|r| r.1));
        let compute = (c_low / 1.5, c_high * BEYOND.0);
        let mut missing = Vec::new();
        let mut best = |c: f64| match uncertainty.optimal(c) {
            Ok(best) => Some(best),
            Err(why) => {
                missing.push((c, why.message().to_owned()));
                None
            }
        };
        let (worst, last) = (best(compute.0), best(compute.1));
        let most = last.as_ref().map_or(0.0, |best| best.params);
        let growth = best(c_high).map(|at| flops.growth(&surface, &at));
        type Value = fn(&Allocation) -> f64;
        let mut line = |from: f64, largest: f64, to: f64, value: Value| {
            let mut part = |from: f64, to: f64| -> Vec<(f64, f64)> {
                spaced(from, to, POINTS)
                    .filter_map(|c| Some((c, value(&best(c)?))))
                    .collect()
            };
            BestLine {
                within: part(from, largest),
                beyond: part(largest, to),
                band: Vec::new(),
            }
        };
        let (low, largest) = (fit.smallest_fitted(), fit.largest_fitted());
        let high = largest * BEYOND.1;
        let frontier = line(compute.0, c_high, compute.1, |a| a.params);
        let band = |quantity| -> Vec<(f64, f64, f64)> {
            let at = |c: f64| {
                let asked = uncertainty.at(c).level(level);
                let found = asked.methods(&[AllocationMethod::Delta]).of(quantity);
                let i = found.first()?;
                let lower = i.lower.or(i.below_one.0.then_some(1.0));
                Some((c, lower?, i.upper?))
            };
            spaced(low, high, POINTS).filter_map(at).collect()
        };
        let best_params = BestLine {
            band: band(AllocationQuantity::Params),
            ..line(low, largest, high, |a| a.params)
        };
        let best_tokens = BestLine {
            band: band(AllocationQuantity::Tokens),
            ..line(low, largest, high, |a| a.tokens)
        };
        let contours = match (worst, last) {
            (Some(worst), Some(last)) => contours(&surface, &flops, worst.loss, last.loss),
            _ => Vec::new(),
        };
        missing.dedup_by(|a, b| a.1 == b.1);
        Ok(SurfaceAnswer {
            runs,
            growth,
            contours,
            compute,
            params: (n_low / 1.3, n_high.max(most) * 1.5),
            frontier,
            level,
            best_params,
            best_tokens,
            found: fit.diagnoses().to_vec(),
            valley: None,
            missing,
            flops,
            fit,
        })
    }
}

/// How far the sizes of the picture extend beyond those of the table, and those of the table from
/// the best one.
const BESIDE: (f64, f64) = (1.5, 16.0);

fn valley(answer: &AllocateAnswer, at: &AllocationAt, level: f64) -> Option<Valley> {
    let uncertainty = Uncertainty::new(&answer.fit).ok()?;
    let uncertainty = uncertainty.flops(answer.flops.clone());
    let best = at.best;
    let near =
        |size: &&OtherSize| size.asked || (size.at.params / best.params).ln().abs() < BESIDE.1.ln();
    let sizes = at.sizes.iter().filter(near);
    let sizes: Vec<(f64, f64)> = sizes
        .map(|size| (size.at.params, 100.0 * size.at.penalty))
        .collect();
    let (low, high) = spread(sizes.iter().map(|size| size.0).chain([best.params]));
    let methods = [AllocationMethod::Delta];
    let points = spaced(low / BESIDE.0, high * BESIDE.0, POINTS);
    let points: Vec<_> = points
        .filter_map(|n| uncertainty.at_size(&best, n, level, &methods))
        .collect();
    let runs = answer.fit.fitted_runs();
    let largest = runs.filter_map(|run| run.params).fold(0.0, f64::max);
    let band = points.iter().filter_map(|at| {
        let i = at.intervals.first()?;
        Some((at.params, 100.0 * i.lower, 100.0 * i.upper?))
    });
    Some(Valley {
        best,
        band: band.collect(),
        line: points
            .iter()
            .map(|at| (at.params, 100.0 * at.penalty))
            .collect(),
        sizes,
        largest,
        costs: costs(answer, &best, &points),
    })
}

/// Largest excess cost in per cent that is drawn.
const DEAREST: f64 = 300.0;

/// The excess cost of training to the best loss, of inference, and of both together.
fn costs(answer: &AllocateAnswer, best: &Allocation, points: &[AtSize]) -> Vec<CostLine> {
    let line = |name: String, of: &dyn Fn(&AtSize) -> Option<f64>| CostLine {
        name,
        points: (points.iter())
            .filter_map(|at| Some((at.params, 100.0 * (of(at)? - 1.0))))
            .filter(|(_, more)| *more <= DEAREST)
            .collect(),
    };
    let mut all = vec![
        line("inference FLOP a token".to_owned(), &|at| {
            Some(at.params / best.params)
        }),
        line("training FLOP for L*".to_owned(), &|at| {
            Some(at.same_loss? / best.compute)
        }),
    ];
    if let Some(tokens) = answer.request.inference_tokens {
        let total = |params: f64| best.compute + inference_flop(params) * tokens;
        let what = match answer.request.price {
            Some(_) => "money of training and use",
            None => "FLOP of training and use",
        };
        all.push(line(what.to_owned(), &|at| {
            Some(total(at.params) / total(best.params))
        }));
    }
    all
}

/// Lines of equal loss between two losses, evenly spaced in the logarithm of the reducible loss.
fn contours(surface: &Surface, flops: &Flops, worst: f64, best: f64) -> Vec<Contour> {
    let (low, high) = (best - surface.e, worst - surface.e);
    (0..CONTOURS)
        .map(|k| {
            let part = k as f64 / (CONTOURS - 1) as f64;
            let reducible = low * 1.02 * (high / low).powf(part);
            Contour {
                loss: surface.e + reducible,
                points: contour(surface, flops, reducible),
            }
        })
        .collect()
}

/// (C, N) at one loss: the share of the N term runs from nearly all to nearly none.
fn contour(surface: &Surface, flops: &Flops, reducible: f64) -> Vec<(f64, f64)> {
    const REACH: f64 = 12.0;
    (0..=8 * POINTS)
        .map(|k| {
            let logit = REACH * (2.0 * k as f64 / (8 * POINTS) as f64 - 1.0);
            let (of_n, of_d) = (1.0 / (1.0 + logit.exp()), 1.0 / (1.0 + (-logit).exp()));
            let n = (surface.a / (reducible * of_n)).powf(1.0 / surface.alpha);
            let d = (surface.b / (reducible * of_d)).powf(1.0 / surface.beta);
            (flops.cost(n, d), n)
        })
        .collect()
}
