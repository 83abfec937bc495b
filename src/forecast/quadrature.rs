//! Quadrature: deterministic Bayes over plateau → power law → soft floor, with a discrepancy
//! process.
//!
//! The law is A + b·g in units of the loss, with u = ln(C/C_max). The shape g = ((1 + e^{p(u−D)}) /
//! (1 + e^{−pD}))^{−c/p} is flat below the onset D and a power law of exponent c above it (g =
//! e^{−cu} without an onset). A = φ·y_min·e^{−εu} is a floor that may sink slowly. The rest is a
//! Brownian motion in u, which allows the curve to drift further the further it is extrapolated.
//! For each cell of a grid over (c, p, D, φ, ε) the scale b and the noise are integrated in closed
//! form (weighted least squares in the whitened runs). Cells are averaged with their posterior
//! weights.
//!
//! The constants of the grid and the prior were found by a search over about 2,500 settings on
//! published learning curves and simulated laws, so figures on those curves are in-sample.

mod grid;
mod whitening;

use super::abstain::Abstain;
use super::band::Band;
use super::curve::Curve;
use crate::fit::Code;
use crate::numeric::{exp_of, ln_all, widest};
use grid::{Floor, Onset, SINKING, floors, onsets, slopes};
use whitening::{Shared, dot, kappa};

/// Fewest different values of compute.
const FEWEST: usize = 4;
/// Prior scale of the noise, squared.
const NOISE_FLOOR: f64 = 1e-6;
/// Cells with ln weight this far below the best are not kept: they are negligible.
const NEGLIGIBLE: f64 = 40.0;
/// Cells with a smaller share of the total weight are left out.
const LEAST_WEIGHT: f64 = 1e-9;
/// Factor of the posterior standard deviation in the 90 % interval.
const SPREAD: f64 = 1.5;
/// Error of any form per unit of u, and the normal quantile of a 90 % interval.
const FORM_ERROR: f64 = 1.645 * 0.012;

/// The grid over one curve: everything that does not depend on the target.
#[derive(Debug, Clone)]
pub(crate) struct Quadrature {
    shared: Shared,
    floors: Vec<Floor>,
    /// Each onset with its bend at every run.
    onsets: Vec<(Onset, Vec<f64>)>,
    shapes: Vec<Shape>,
    /// The cells that are not negligible.
    cells: Vec<Cell>,
    smallest: f64,
    /// Number of runs that the noise is estimated from, including those that its prior counts for.
    runs: f64,
    /// Logarithm of the sum of all weights.
    log_evidence: f64,
}

/// Which cells of the grid are computed.
#[derive(Debug, Clone, Copy)]
enum Keep {
    /// Those that may not be negligible.
    Weighty,
    All,
}

/// A known noise counts as this many runs.
const RUNS_OF_NOISE: f64 = 4.0;

/// A shape g of the grid.
#[derive(Debug, Clone)]
struct Shape {
    onset: usize,
    slope: f64,
    /// |L⁻¹g/y|².
    vv: f64,
    /// Product of L⁻¹g/y with the covariance with any target beyond the runs.
    with_k: f64,
}

/// A shape with a floor.
#[derive(Debug, Clone, Copy)]
struct Cell {
    shape: u32,
    floor: u32,
    log_weight: f64,
    /// Weight relative to the best cell; 0 until [`Quadrature::weigh`] sets it.
    weight: f64,
    /// Scale of the shape.
    scale: f64,
    /// Residual sum of squares with the prior of the noise.
    spare: f64,
}

/// The prediction of a cell for a target: weight, mean and variance of ln L.
struct Said {
    weight: f64,
    mean: f64,
    variance: f64,
}

impl Quadrature {
    pub(crate) fn new(curve: &Curve) -> Result<Quadrature, Abstain> {
        let distinct = curve.groups().len();
        if curve.held.is_none() && distinct < FEWEST {
            return Err(Abstain::new(
                Code::TooFewRuns,
                format!("{distinct} runs at different places are too few"),
            ));
        }
        let mut quadrature = Quadrature::of(curve, Keep::Weighty);
        quadrature.weigh();
        Ok(quadrature)
    }

    fn of(curve: &Curve, keep: Keep) -> Quadrature {
        let shared = Shared::new(curve);
        let smallest = curve.y.iter().copied().fold(f64::INFINITY, f64::min);
        let floors = floors(curve);
        let slopes = slopes(curve);
        let prior = NoisePrior::of(curve);
        let mut row = Row::new(&floors, smallest, &shared);
        let onsets: Vec<(Onset, Vec<f64>)> = onsets(curve)
            .map(|onset| {
                let bends = curve.u.iter().map(|u| onset.bend(*u)).collect();
                (onset, bends)
            })
            .collect();
        let mut shapes = Vec::with_capacity(onsets.len() * slopes.len());
        let mut cells: Vec<Cell> = Vec::with_capacity(shapes.capacity() * floors.len());
        let mut top = f64::NEG_INFINITY;
        let mut v = vec![0.0; curve.u.len()];
        for (place, (onset, bends)) in onsets.iter().enumerate() {
            for (slope, log_prior) in &slopes {
                shared.shape(curve, *slope, bends, &mut v);
                let vv = dot(&v, &v);
                let log_prior = log_prior + onset.log_prior;
                let sums = ShapeSums {
                    vv,
                    with_ones: dot(&v, &shared.ones),
                    with_floors: std::array::from_fn(|e| dot(&v, &shared.floors[e])),
                    log_weight: log_prior - shared.log_determinant - 0.5 * vv.ln(),
                };
                widest(
                    #[inline(always)]
                    || row.integrate(&sums, prior.squares),
                );
                let shape = shapes.len() as u32;
                for (k, log_prior) in row.log_priors.iter().enumerate() {
                    let (scale, spare) = (row.scale[k], row.spare[k]);
                    // The logarithms are valid for normal numbers only.
                    if !(scale > 0.0 && scale.is_normal() && spare.is_normal()) {
                        continue;
                    }
                    let log_weight = sums.log_weight + log_prior
                        - row.log_scale[k]
                        - 0.5 * prior.runs * row.log_spare[k];
                    let weighty = match keep {
                        Keep::Weighty => log_weight >= top - NEGLIGIBLE,
                        Keep::All => true,
                    };
                    if weighty && log_weight.is_finite() {
                        top = top.max(log_weight);
                        cells.push(Cell {
                            shape,
                            floor: k as u32,
                            log_weight,
                            weight: 0.0,
                            scale,
                            spare,
                        });
                    }
                }
                shapes.push(Shape {
                    onset: place,
                    slope: *slope,
                    vv,
                    with_k: dot(&v, &shared.beyond.k),
                });
            }
        }
        Quadrature {
            runs: prior.runs,
            log_evidence: f64::NEG_INFINITY,
            shared,
            floors,
            onsets,
            shapes,
            cells,
            smallest,
        }
    }

    /// Sets the weights and drops the negligible cells, which are nearly all.
    fn weigh(&mut self) {
        let logs: Vec<f64> = self.cells.iter().map(|cell| cell.log_weight).collect();
        let (weights, log_sum) = weights(logs);
        self.log_evidence = log_sum;
        for (cell, weight) in self.cells.iter_mut().zip(weights) {
            cell.weight = weight;
        }
        self.cells.retain(|cell| cell.weight > 0.0);
        self.cells.shrink_to_fit();
    }

    /// Logarithm of the probability density of the losses, up to a constant that is the same for
    /// every subtracted floor.
    pub(crate) fn log_evidence(&self, curve: &Curve) -> f64 {
        self.log_evidence - curve.y.iter().map(|y| y.ln()).sum::<f64>()
    }

    /// The band at u* = `distance` of the curve that the grid was made for.
    pub(crate) fn band(&self, curve: &Curve, distance: f64) -> Result<Band, Abstain> {
        let said = self.said(curve, distance);
        let band = match said.iter().all(Said::is_finite) {
            true => combine(&said, distance),
            // So far away, the kept cells may have no finite value.
            false => {
                let whole = Quadrature::of(curve, Keep::All);
                let said = whole.said(curve, distance);
                let finite = said
                    .into_iter()
                    .zip(&whole.cells)
                    .filter(|(s, _)| s.is_finite());
                let (mut said, logs): (Vec<Said>, Vec<f64>) =
                    finite.map(|(said, cell)| (said, cell.log_weight)).unzip();
                for (said, weight) in said.iter_mut().zip(weights(logs).0) {
                    said.weight = weight;
                }
                said.retain(|said| said.weight > 0.0);
                combine(&said, distance)
            }
        };
        band.ok_or_else(|| {
            Abstain::new(
                Code::NotConverged,
                "no cell of the quadrature has a finite weight",
            )
        })
    }

    /// The prediction of each cell for u* = `distance`.
    fn said(&self, curve: &Curve, distance: f64) -> Vec<Said> {
        // Beyond the runs, the covariance with the target equals that with the largest run.
        let within = (distance < 0.0).then(|| self.shared.covariance(curve, distance));
        let covariance = within.as_ref().unwrap_or(&self.shared.beyond);
        // A new run scatters like the largest one.
        let of_a_run = curve.y.last().map_or(1.0, |y| curve.noise_at(*y).powi(2));
        let kappa = kappa(curve, distance, covariance, of_a_run);
        let sunk = SINKING.map(|(epsilon, _)| (-epsilon * distance).exp());
        let n = self.runs;
        let bends: Vec<f64> = self.onsets.iter().map(|(o, _)| o.bend(distance)).collect();
        let mut v = vec![0.0; curve.u.len()];
        let mut last = None;
        let (mut at_target, mut with_k) = (0.0, 0.0);
        let mut said = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            let shape = &self.shapes[cell.shape as usize];
            if last != Some(cell.shape) {
                last = Some(cell.shape);
                at_target = (-shape.slope * bends[shape.onset]).exp();
                with_k = match &within {
                    None => shape.with_k,
                    Some(own) => {
                        let bends = &self.onsets[shape.onset].1;
                        self.shared.shape(curve, shape.slope, bends, &mut v);
                        dot(&v, &own.k)
                    }
                };
            }
            let floor = &self.floors[cell.floor as usize];
            let level = floor.share * self.smallest;
            let rk = covariance.ones_k - level * covariance.floor_k[floor.sinking];
            let value = level * sunk[floor.sinking] + cell.scale * at_target;
            let lever = at_target / value - with_k;
            let variance = cell.spare / n * (kappa + lever * lever / shape.vv);
            said.push(Said {
                weight: cell.weight,
                mean: value.ln() + rk - cell.scale * with_k,
                variance: variance * n / (n - 2.0).max(1.0),
            });
        }
        said
    }
}

impl Said {
    fn is_finite(&self) -> bool {
        self.mean.is_finite() && self.variance.is_finite()
    }
}

/// The weight of each cell, 0 if it is negligible, and the logarithm of the sum of all of them.
fn weights(mut logs: Vec<f64>) -> (Vec<f64>, f64) {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for log in &mut logs {
        *log -= top;
    }
    let mut weights = vec![0.0; logs.len()];
    exp_of(&logs, &mut weights);
    let all: f64 = weights.iter().sum();
    // Distant cells of tiny weight would count through their squared distance.
    for weight in &mut weights {
        if *weight <= LEAST_WEIGHT * all {
            *weight = 0.0;
        }
    }
    (weights, top + all.ln())
}

fn combine(cells: &[Said], distance: f64) -> Option<Band> {
    if cells.is_empty() {
        return None;
    }
    let total: f64 = cells.iter().map(|c| c.weight).sum();
    let mean = cells.iter().map(|c| c.weight * c.mean).sum::<f64>() / total;
    let (mut below, mut above) = (0.0, 0.0);
    for cell in cells {
        let d = cell.mean - mean;
        below += cell.weight * (cell.variance + 2.0 * d.min(0.0).powi(2));
        above += cell.weight * (cell.variance + 2.0 * d.max(0.0).powi(2));
    }
    let form = (FORM_ERROR * distance).powi(2);
    let half = |sum: f64| (SPREAD * SPREAD * sum / total + form).sqrt();
    let band = Band {
        point: mean.exp(),
        lower: (mean - half(below)).exp(),
        upper: (mean + half(above)).exp(),
    };
    (band.lower > 0.0 && band.upper.is_finite()).then_some(band)
}

/// The prior of the noise: a scaled inverse χ² distribution.
struct NoisePrior {
    /// Number of runs plus those that the prior counts for.
    runs: f64,
    /// Sum of squares of the runs that the prior counts for.
    squares: f64,
}

impl NoisePrior {
    fn of(curve: &Curve) -> NoisePrior {
        let runs = curve.u.len() as f64;
        match curve.held.and_then(|held| held.noise) {
            None => NoisePrior {
                runs,
                squares: NOISE_FLOOR,
            },
            Some(noise) => NoisePrior {
                runs: runs + RUNS_OF_NOISE,
                squares: NOISE_FLOOR + RUNS_OF_NOISE * noise * noise,
            },
        }
    }
}

/// What the cells of one shape need of every floor, and room for their sums.
struct Row {
    levels: Vec<f64>,
    sinking: Vec<usize>,
    log_priors: Vec<f64>,
    /// |L⁻¹(1 − A/y)|².
    squares: Vec<f64>,
    /// Scale of the shape, and its logarithm.
    scale: Vec<f64>,
    log_scale: Vec<f64>,
    /// Residual sum of squares with the prior of the noise, and its logarithm.
    spare: Vec<f64>,
    log_spare: Vec<f64>,
}

impl Row {
    fn new(floors: &[Floor], smallest: f64, shared: &Shared) -> Row {
        let ones_ones = dot(&shared.ones, &shared.ones);
        let ones_floor = shared.floors.each_ref().map(|f| dot(f, &shared.ones));
        let floor_floor = shared.floors.each_ref().map(|f| dot(f, f));
        let levels: Vec<f64> = floors.iter().map(|floor| floor.share * smallest).collect();
        let squares = floors.iter().zip(&levels).map(|(floor, level)| {
            let e = floor.sinking;
            ones_ones + level * (level * floor_floor[e] - 2.0 * ones_floor[e])
        });
        let room = || vec![0.0; floors.len()];
        Row {
            squares: squares.collect(),
            sinking: floors.iter().map(|floor| floor.sinking).collect(),
            log_priors: floors.iter().map(|floor| floor.log_prior).collect(),
            levels,
            scale: room(),
            log_scale: room(),
            spare: room(),
            log_spare: room(),
        }
    }

    /// Integrates the scale and the noise of every cell of a shape in closed form.
    #[inline(always)]
    fn integrate(&mut self, shape: &ShapeSums, prior: f64) {
        for k in 0..self.levels.len() {
            let vr = shape.with_ones - self.levels[k] * shape.with_floors[self.sinking[k]];
            let b = vr / shape.vv;
            self.scale[k] = b;
            self.spare[k] = prior + (self.squares[k] - b * vr).max(0.0);
        }
        ln_all(&self.scale, &mut self.log_scale);
        ln_all(&self.spare, &mut self.log_spare);
    }
}

/// Sums of one shape g over the whitened runs.
struct ShapeSums {
    vv: f64,
    with_ones: f64,
    with_floors: [f64; SINKING.len()],
    /// Logarithm of what the weights of all its cells have in common.
    log_weight: f64,
}
