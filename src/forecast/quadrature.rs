//! Quadrature: deterministic Bayes over plateau → power law → soft floor, with a discrepancy process.
//!
//! The law is A + b·g in units of the loss, with u = ln(C/C_max):
//! g = ((1 + e^{p(u−D)}) / (1 + e^{−pD}))^{−c/p} is flat below the onset D and a power law of exponent c
//! above it (g = e^{−cu} without an onset), A = φ·y_min·e^{−εu} a floor that may sink slowly. What no
//! such law explains is a Brownian motion in u, so that the curve may drift further the further it
//! is extrapolated. For each cell of a grid over (c, p, D, φ, ε) the scale b and the noise
//! are integrated in closed form (weighted least squares in the whitened runs); cells are averaged with their
//! posterior weights.
//!
//! The constants of the grid and the prior were found by a search over about 2,500 settings on
//! published learning curves and simulated laws: figures on those curves are in-sample.

use super::Abstain;
use super::curve::Curve;
use crate::fit::code;

/// Fewest different values of compute.
const FEWEST: usize = 4;
/// Variance of the discrepancy per unit of u, relative to that of the noise.
const DRIFT: f64 = 10.0;
/// The discrepancy starts this far below the smallest run.
const LEAD: f64 = 0.5;
/// Prior scale of the noise, squared.
const NOISE_FLOOR: f64 = 1e-6;
/// Exponents c: this many, log-spaced over the range.
const SLOPES: usize = 12;
const SLOPE_RANGE: (f64, f64) = (0.05, 2.5);
/// Sharpness p of the onset.
const SHARPNESS: [f64; 3] = [1.0, 2.0, 4.0];
/// Positions D of the onset: this many, evenly from below the smallest run to `LAST_ONSET`.
const ONSETS: usize = 7;
const LAST_ONSET: f64 = -1.5;
/// Prior weight of no onset at all.
const NO_ONSET: f64 = 0.1;
/// Floor as a share φ of the smallest loss.
const FLOORS: [f64; 9] = [0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.87, 0.93, 0.97];
/// Prior weight of no floor, relative to that of all floors.
const NO_FLOOR: f64 = 0.02;
/// Exponents ε with which the floor sinks, and their prior weights.
const SINKING: [(f64, f64); 3] = [(0.0, 0.8), (0.03, 0.1), (0.075, 0.1)];
/// Cells this far below the best in ln weight have no share in the sum of all.
const NEGLIGIBLE: f64 = 40.0;
/// A cell of less weight than this is left out.
const LEAST_WEIGHT: f64 = 1e-9;
/// Factor of the posterior standard deviation in the 90 % interval.
const SPREAD: f64 = 1.5;
/// Error of any form per unit of u, and the normal quantile of a 90 % interval.
const FORM_ERROR: f64 = 1.645 * 0.012;

/// A point and the ends of its 90 % prediction interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Band {
    pub point: f64,
    pub lower: f64,
    pub upper: f64,
}

/// The grid over one curve: all of it that does not depend on the target is made once.
#[derive(Debug, Clone)]
pub(crate) struct Quadrature {
    shared: Shared,
    floors: Vec<Floor>,
    shapes: Vec<Shape>,
    /// The cells that have a share in the sum of all.
    cells: Vec<Cell>,
    smallest: f64,
    runs: usize,
}

/// Sums over the whitened runs that every cell shares.
#[derive(Debug, Clone)]
struct Shared {
    /// Innovations gain and scale of each run: L⁻¹ in O(n).
    gain: Vec<(f64, f64)>,
    log_determinant: f64,
    /// L⁻¹ of ones and of e^(−εu)/y, one a sinking exponent.
    ones: Vec<f64>,
    floors: [Vec<f64>; SINKING.len()],
    /// Covariance with any target beyond the runs.
    beyond: Covariance,
}

/// Covariance of the runs with a target.
#[derive(Debug, Clone)]
struct Covariance {
    /// L⁻¹ applied to it.
    k: Vec<f64>,
    ones_k: f64,
    floor_k: [f64; SINKING.len()],
    /// k·k.
    explained: f64,
}

/// A shape g of the grid.
#[derive(Debug, Clone)]
struct Shape {
    onset: Onset,
    slope: f64,
    /// |L⁻¹g/y|².
    vv: f64,
    /// Its product with the covariance with any target beyond the runs.
    with_k: f64,
}

/// A shape with a floor.
#[derive(Debug, Clone, Copy)]
struct Cell {
    shape: u32,
    floor: u32,
    log_weight: f64,
    /// Scale of the shape.
    scale: f64,
    /// Residual sum of squares with the prior of the noise.
    spare: f64,
}

/// What a cell says of a target: its log weight, mean and variance of ln L.
struct Said {
    log_weight: f64,
    mean: f64,
    variance: f64,
}

impl Quadrature {
    pub(crate) fn new(curve: &Curve) -> Result<Quadrature, Abstain> {
        let distinct = curve.groups().len();
        if distinct < FEWEST {
            return Err(Abstain::new(
                code::TOO_FEW_RUNS,
                format!("{distinct} different values of compute are too few"),
            ));
        }
        let mut quadrature = Quadrature::whole(curve);
        quadrature.thin();
        Ok(quadrature)
    }

    /// With every cell of the grid.
    fn whole(curve: &Curve) -> Quadrature {
        let shared = Shared::new(curve);
        let dots = FloorDots::new(&shared);
        let smallest = curve.y.iter().copied().fold(f64::INFINITY, f64::min);
        let floors = floors();
        let slopes = slopes();
        let mut cells: Vec<Cell> = Vec::with_capacity(7_400);
        let mut shapes = Vec::with_capacity(SLOPES * (1 + SHARPNESS.len() * ONSETS));
        let mut bends = vec![0.0; curve.u.len()];
        let mut v = vec![0.0; curve.u.len()];
        for onset in onsets(curve.u[0]) {
            for (slot, u) in bends.iter_mut().zip(&curve.u) {
                *slot = onset.bend(*u);
            }
            for (slope, log_prior) in &slopes {
                for ((slot, bend), y) in v.iter_mut().zip(&bends).zip(&curve.y) {
                    *slot = (-slope * bend).exp() / y;
                }
                shared.whiten(&mut v);
                let vv = dot(&v, &v);
                let sums = ShapeSums {
                    vv,
                    log_root: 0.5 * vv.ln(),
                    with_ones: dot(&v, &shared.ones),
                    with_floors: std::array::from_fn(|e| dot(&v, &shared.floors[e])),
                    log_prior: log_prior + onset.log_prior,
                };
                let shape = shapes.len() as u32;
                for (k, floor) in floors.iter().enumerate() {
                    let cell = sums.cell(floor, smallest, &shared, &dots, v.len());
                    cells.extend(cell.map(|cell| Cell {
                        shape,
                        floor: k as u32,
                        ..cell
                    }));
                }
                shapes.push(Shape {
                    onset: onset.clone(),
                    slope: *slope,
                    vv,
                    with_k: dot(&v, &shared.beyond.k),
                });
            }
        }
        Quadrature {
            runs: v.len(),
            shared,
            floors,
            shapes,
            cells,
            smallest,
        }
    }

    /// Leaves out the cells that [`combine`] would leave out: nearly all.
    fn thin(&mut self) {
        let said = |cell: &Cell| Said {
            log_weight: cell.log_weight,
            mean: 0.0,
            variance: 0.0,
        };
        let all: Vec<Said> = self.cells.iter().map(said).collect();
        let mut keep = vec![false; all.len()];
        for (k, _) in weighed(&all) {
            keep[k] = true;
        }
        let mut flags = keep.into_iter();
        self.cells.retain(|_| flags.next().unwrap_or(false));
        self.cells.shrink_to_fit();
    }

    /// The band at u* = `distance` of the curve that the grid was made for.
    pub(crate) fn band(&self, curve: &Curve, distance: f64) -> Result<Band, Abstain> {
        let said = self.said(curve, distance);
        let band = match said.iter().all(Said::is_finite) {
            true => combine(&said, distance),
            // Cells that were left out may be all that is left so far away.
            false => {
                let mut said = Quadrature::whole(curve).said(curve, distance);
                said.retain(Said::is_finite);
                combine(&said, distance)
            }
        };
        band.ok_or_else(|| {
            Abstain::new(
                code::NOT_CONVERGED,
                "no cell of the quadrature has a finite weight",
            )
        })
    }

    /// What each cell says of u* = `distance`.
    fn said(&self, curve: &Curve, distance: f64) -> Vec<Said> {
        // Beyond the runs the covariance with the target is that with the largest of them.
        let within = (distance < 0.0).then(|| self.shared.covariance(curve, distance));
        let covariance = within.as_ref().unwrap_or(&self.shared.beyond);
        let kappa = 1.0 + DRIFT * tau(curve, distance) - covariance.explained;
        let sunk = SINKING.map(|(epsilon, _)| (-epsilon * distance).exp());
        let n = self.runs as f64;
        let mut last = None;
        let (mut at_target, mut with_k) = (0.0, 0.0);
        let mut said = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            let shape = &self.shapes[cell.shape as usize];
            if last != Some(cell.shape) {
                last = Some(cell.shape);
                at_target = (-shape.slope * shape.onset.bend(distance)).exp();
                with_k = match &within {
                    None => shape.with_k,
                    Some(own) => dot(&self.shared.shape(curve, shape), &own.k),
                };
            }
            let floor = &self.floors[cell.floor as usize];
            let level = floor.share * self.smallest;
            let rk = covariance.ones_k - level * covariance.floor_k[floor.sinking];
            let value = level * sunk[floor.sinking] + cell.scale * at_target;
            let lever = at_target / value - with_k;
            let variance = cell.spare / n * (kappa + lever * lever / shape.vv);
            said.push(Said {
                log_weight: cell.log_weight,
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

/// The cells with a share in the sum of all, each with its weight.
fn weighed(cells: &[Said]) -> Vec<(usize, f64)> {
    let top = cells
        .iter()
        .map(|c| c.log_weight)
        .fold(f64::NEG_INFINITY, f64::max);
    // Nearly all cells are far below: their exponentials need not be taken.
    let mut kept: Vec<(usize, f64)> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.log_weight > top - NEGLIGIBLE)
        .map(|(k, cell)| (k, (cell.log_weight - top).exp()))
        .collect();
    let all: f64 = kept.iter().map(|(_, w)| w).sum();
    // Far cells of no weight would still count through the square of their distance.
    kept.retain(|(_, w)| *w > LEAST_WEIGHT * all);
    kept
}

fn combine(cells: &[Said], distance: f64) -> Option<Band> {
    let kept = weighed(cells);
    if kept.is_empty() {
        return None;
    }
    let total: f64 = kept.iter().map(|(_, w)| w).sum();
    let mean = kept.iter().map(|(k, w)| w * cells[*k].mean).sum::<f64>() / total;
    let (mut below, mut above) = (0.0, 0.0);
    for (k, w) in &kept {
        let cell = &cells[*k];
        let d = cell.mean - mean;
        below += w * (cell.variance + 2.0 * d.min(0.0).powi(2));
        above += w * (cell.variance + 2.0 * d.max(0.0).powi(2));
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

/// Time of the discrepancy at u.
fn tau(curve: &Curve, u: f64) -> f64 {
    u - curve.u[0] + LEAD
}

impl Shared {
    fn new(curve: &Curve) -> Shared {
        let n = curve.u.len();
        // S = I + DRIFT·min(τ_i, τ_j) is a Brownian motion seen through white noise: its Cholesky
        // factor whitens by the innovations of a Kalman filter.
        let mut gain = Vec::with_capacity(n);
        let (mut variance, mut before) = (0.0, 0.0);
        let mut log_determinant = 0.0;
        for &u in &curve.u {
            variance += DRIFT * (tau(curve, u) - before);
            before = tau(curve, u);
            let total = variance + 1.0;
            let share = variance / total;
            gain.push((share, 1.0 / total.sqrt()));
            log_determinant += 0.5 * total.ln();
            variance *= 1.0 - share;
        }
        let mut shared = Shared {
            gain,
            log_determinant,
            ones: Vec::new(),
            floors: std::array::from_fn(|_| Vec::new()),
            beyond: Covariance {
                k: Vec::new(),
                ones_k: 0.0,
                floor_k: [0.0; SINKING.len()],
                explained: 0.0,
            },
        };
        let ones = shared.whitened(vec![1.0; n]);
        let floors = SINKING.map(|(epsilon, _)| {
            let rows = curve.u.iter().zip(&curve.y);
            shared.whitened(rows.map(|(u, y)| (-epsilon * u).exp() / y).collect())
        });
        (shared.ones, shared.floors) = (ones, floors);
        shared.beyond = shared.covariance(curve, 0.0);
        shared
    }

    /// With the target at u* = `distance`.
    fn covariance(&self, curve: &Curve, distance: f64) -> Covariance {
        let target = tau(curve, distance);
        let times = curve.u.iter().map(|&u| DRIFT * tau(curve, u).min(target));
        let k = self.whitened(times.collect());
        Covariance {
            ones_k: dot(&self.ones, &k),
            floor_k: std::array::from_fn(|e| dot(&self.floors[e], &k)),
            explained: dot(&k, &k),
            k,
        }
    }

    /// L⁻¹g/y.
    fn shape(&self, curve: &Curve, shape: &Shape) -> Vec<f64> {
        let rows = curve.u.iter().zip(&curve.y);
        let values = rows.map(|(u, y)| (-shape.slope * shape.onset.bend(*u)).exp() / y);
        self.whitened(values.collect())
    }

    fn whitened(&self, mut v: Vec<f64>) -> Vec<f64> {
        self.whiten(&mut v);
        v
    }

    /// v ← L⁻¹v.
    fn whiten(&self, v: &mut [f64]) {
        let mut state = 0.0;
        for (value, (share, scale)) in v.iter_mut().zip(&self.gain) {
            let innovation = *value - state;
            state += share * innovation;
            *value = innovation * scale;
        }
    }
}

/// What the floors contribute, whatever the shape.
struct FloorDots {
    ones_ones: f64,
    ones_floor: [f64; SINKING.len()],
    floor_floor: [f64; SINKING.len()],
}

/// A = share·y_min·e^(−εu).
#[derive(Debug, Clone)]
struct Floor {
    share: f64,
    sinking: usize,
    log_prior: f64,
}

impl FloorDots {
    fn new(shared: &Shared) -> FloorDots {
        FloorDots {
            ones_ones: dot(&shared.ones, &shared.ones),
            ones_floor: std::array::from_fn(|e| dot(&shared.floors[e], &shared.ones)),
            floor_floor: std::array::from_fn(|e| dot(&shared.floors[e], &shared.floors[e])),
        }
    }
}

fn floors() -> Vec<Floor> {
    let mut floors = Vec::with_capacity(1 + FLOORS.len() * SINKING.len());
    floors.push(Floor {
        share: 0.0,
        sinking: 0,
        log_prior: (NO_FLOOR / (1.0 + NO_FLOOR)).ln(),
    });
    for (share, weight) in FLOORS.into_iter().zip(floor_weights()) {
        for (sinking, (_, w)) in SINKING.iter().enumerate() {
            floors.push(Floor {
                share,
                sinking,
                log_prior: (weight * w).ln(),
            });
        }
    }
    floors
}

/// Prior weights of the floors: φ² times the spacing of the grid there (a density that rises as φ²).
fn floor_weights() -> [f64; FLOORS.len()] {
    let last = FLOORS.len() - 1;
    let weights: [f64; FLOORS.len()] = std::array::from_fn(|k| {
        let spacing = match k {
            0 => FLOORS[1] - FLOORS[0],
            k if k == last => FLOORS[k] - FLOORS[k - 1],
            k => 0.5 * (FLOORS[k + 1] - FLOORS[k - 1]),
        };
        FLOORS[k] * FLOORS[k] * spacing
    });
    let total = weights.iter().sum::<f64>() * (1.0 + NO_FLOOR);
    weights.map(|w| w / total)
}

/// Sums of one shape g over the whitened runs.
struct ShapeSums {
    vv: f64,
    log_root: f64,
    with_ones: f64,
    with_floors: [f64; SINKING.len()],
    log_prior: f64,
}

impl ShapeSums {
    /// The cell of this shape and floor, by the closed form; `None` where the scale b is not positive.
    fn cell(
        &self,
        floor: &Floor,
        smallest: f64,
        shared: &Shared,
        dots: &FloorDots,
        n: usize,
    ) -> Option<Cell> {
        let (e, level) = (floor.sinking, floor.share * smallest);
        let vr = self.with_ones - level * self.with_floors[e];
        let b = vr / self.vv;
        if b.is_nan() || b <= 0.0 {
            return None;
        }
        let rr = dots.ones_ones + level * (level * dots.floor_floor[e] - 2.0 * dots.ones_floor[e]);
        let spare = NOISE_FLOOR + (rr - b * vr).max(0.0);
        let log_weight = self.log_prior + floor.log_prior
            - shared.log_determinant
            - self.log_root
            - b.ln()
            - 0.5 * n as f64 * spare.ln();
        log_weight.is_finite().then_some(Cell {
            shape: 0,
            floor: 0,
            log_weight,
            scale: b,
            spare,
        })
    }
}

/// Where the plateau ends, if there is one: g = e^(−c·bend(u)).
#[derive(Debug, Clone)]
struct Onset {
    /// Sharpness p and position D.
    place: Option<(f64, f64)>,
    log_prior: f64,
}

impl Onset {
    /// (ln(1 + e^{p(u−D)}) − ln(1 + e^{−pD}))/p: 0 at u = 0, slope 1 above the onset, flat below.
    fn bend(&self, u: f64) -> f64 {
        match self.place {
            None => u,
            Some((p, onset)) => (softplus(p * (u - onset)) - softplus(-p * onset)) / p,
        }
    }
}

fn onsets(first: f64) -> impl Iterator<Item = Onset> {
    let start = first - 0.5;
    let each = 1.0 / (SHARPNESS.len() * ONSETS) as f64;
    let placed = SHARPNESS.into_iter().flat_map(move |p| {
        (0..ONSETS).map(move |k| {
            let t = k as f64 / (ONSETS - 1) as f64;
            Onset {
                place: Some((p, start + t * (LAST_ONSET - start))),
                log_prior: each.ln(),
            }
        })
    });
    std::iter::once(Onset {
        place: None,
        log_prior: NO_ONSET.ln(),
    })
    .chain(placed)
}

/// The exponents c with their log prior: Student's t with three degrees of freedom in ln c.
fn slopes() -> [(f64, f64); SLOPES] {
    let step = (SLOPE_RANGE.1 / SLOPE_RANGE.0).ln() / (SLOPES - 1) as f64;
    std::array::from_fn(|k| {
        let log_slope = SLOPE_RANGE.0.ln() + k as f64 * step;
        let z = (log_slope - 0.5_f64.ln()) / 0.4;
        (log_slope.exp(), -2.0 * (z * z / 3.0).ln_1p())
    })
}

/// ln(1 + e^z) without overflow.
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
