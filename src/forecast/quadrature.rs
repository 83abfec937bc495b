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

/// Sums over the whitened runs that every cell shares.
struct Shared {
    /// Innovations gain and scale of each run: L⁻¹ in O(n).
    gain: Vec<(f64, f64)>,
    /// L⁻¹ applied to the covariance with the target.
    k: Vec<f64>,
    /// 1 + prior variance at the target − k·k.
    kappa: f64,
    log_determinant: f64,
    /// L⁻¹ of ones and of e^(−εu)/y, one a sinking exponent.
    ones: Vec<f64>,
    floors: [Vec<f64>; SINKING.len()],
}

/// The band at u* = `distance`.
pub(crate) fn band(curve: &Curve, distance: f64) -> Result<Band, Abstain> {
    let n = curve.u.len();
    let distinct = curve.groups().len();
    if distinct < FEWEST {
        return Err(Abstain::new(
            code::TOO_FEW_RUNS,
            format!("{distinct} runs at different places are too few"),
        ));
    }
    let shared = Shared::new(curve, distance);
    let smallest = curve.y.iter().copied().fold(f64::INFINITY, f64::min);
    let dots = FloorDots::new(&shared);
    let mut cells: Vec<Cell> = Vec::with_capacity(7_400);
    let mut v = vec![0.0; n];
    let mut bends = vec![0.0; n];
    let slopes = slopes();
    for onset in onsets(curve.u[0]) {
        for (slot, u) in bends.iter_mut().zip(&curve.u) {
            *slot = onset.bend(*u);
        }
        let bend_at_target = onset.bend(distance);
        for (slope, log_prior) in &slopes {
            for ((slot, bend), y) in v.iter_mut().zip(&bends).zip(&curve.y) {
                *slot = (-slope * bend).exp() / y;
            }
            shared.whiten(&mut v);
            let vv = dot(&v, &v);
            let sums = ShapeSums {
                vv,
                log_root: 0.5 * vv.ln(),
                with_k: dot(&v, &shared.k),
                with_ones: dot(&v, &shared.ones),
                with_floors: std::array::from_fn(|e| dot(&v, &shared.floors[e])),
                at_target: (-slope * bend_at_target).exp(),
                log_prior: log_prior + onset.log_prior,
            };
            for floor in &dots.floors {
                cells.extend(sums.cell(floor, smallest, &shared, &dots, n, distance));
            }
        }
    }
    combine(&cells, distance).ok_or_else(|| {
        Abstain::new(
            code::NOT_CONVERGED,
            "no cell of the quadrature has a finite weight",
        )
    })
}

/// One cell: log weight, mean and variance of ln L at the target.
struct Cell {
    log_weight: f64,
    mean: f64,
    variance: f64,
}

fn combine(cells: &[Cell], distance: f64) -> Option<Band> {
    let top = cells
        .iter()
        .map(|c| c.log_weight)
        .fold(f64::NEG_INFINITY, f64::max);
    if !top.is_finite() {
        return None;
    }
    // Nearly all cells are far below: their exponentials need not be taken.
    let mut kept: Vec<(f64, &Cell)> = cells
        .iter()
        .filter(|cell| cell.log_weight > top - NEGLIGIBLE)
        .map(|cell| ((cell.log_weight - top).exp(), cell))
        .collect();
    let all: f64 = kept.iter().map(|(w, _)| w).sum();
    // Far cells of no weight would still count through the square of their distance.
    kept.retain(|(w, _)| *w > LEAST_WEIGHT * all);
    let total: f64 = kept.iter().map(|(w, _)| w).sum();
    let mean = kept.iter().map(|(w, cell)| w * cell.mean).sum::<f64>() / total;
    let (mut below, mut above) = (0.0, 0.0);
    for (w, cell) in &kept {
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

impl Shared {
    fn new(curve: &Curve, distance: f64) -> Shared {
        let n = curve.u.len();
        let tau = |u: f64| u - curve.u[0] + LEAD;
        // S = I + DRIFT·min(τ_i, τ_j) is a Brownian motion seen through white noise: its Cholesky
        // factor whitens by the innovations of a Kalman filter.
        let mut gain = Vec::with_capacity(n);
        let (mut variance, mut before) = (0.0, 0.0);
        let mut log_determinant = 0.0;
        for &u in &curve.u {
            variance += DRIFT * (tau(u) - before);
            before = tau(u);
            let total = variance + 1.0;
            let share = variance / total;
            gain.push((share, 1.0 / total.sqrt()));
            log_determinant += 0.5 * total.ln();
            variance *= 1.0 - share;
        }
        let mut shared = Shared {
            gain,
            k: Vec::new(),
            kappa: 0.0,
            log_determinant,
            ones: Vec::new(),
            floors: std::array::from_fn(|_| Vec::new()),
        };
        let target = tau(distance);
        let whitened = |values: &mut dyn Iterator<Item = f64>| {
            let mut v: Vec<f64> = values.collect();
            shared.whiten(&mut v);
            v
        };
        let k = whitened(&mut curve.u.iter().map(|&u| DRIFT * tau(u).min(target)));
        let ones = whitened(&mut std::iter::repeat_n(1.0, n));
        let floors = SINKING.map(|(epsilon, _)| {
            let rows = curve.u.iter().zip(&curve.y);
            whitened(&mut rows.map(|(u, y)| (-epsilon * u).exp() / y))
        });
        shared.kappa = 1.0 + DRIFT * target - dot(&k, &k);
        (shared.k, shared.ones, shared.floors) = (k, ones, floors);
        shared
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
    floors: Vec<Floor>,
    ones_ones: f64,
    ones_k: f64,
    ones_floor: [f64; SINKING.len()],
    floor_floor: [f64; SINKING.len()],
    floor_k: [f64; SINKING.len()],
}

/// A = share·y_min·e^(−εu).
struct Floor {
    share: f64,
    sinking: usize,
    log_prior: f64,
}

impl FloorDots {
    fn new(shared: &Shared) -> FloorDots {
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
        let each = |other: &[f64]| std::array::from_fn(|e| dot(&shared.floors[e], other));
        FloorDots {
            floors,
            ones_ones: dot(&shared.ones, &shared.ones),
            ones_k: dot(&shared.ones, &shared.k),
            ones_floor: each(&shared.ones),
            floor_floor: std::array::from_fn(|e| dot(&shared.floors[e], &shared.floors[e])),
            floor_k: each(&shared.k),
        }
    }
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
    with_k: f64,
    with_ones: f64,
    with_floors: [f64; SINKING.len()],
    at_target: f64,
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
        distance: f64,
    ) -> Option<Cell> {
        let (e, level) = (floor.sinking, floor.share * smallest);
        let vr = self.with_ones - level * self.with_floors[e];
        let b = vr / self.vv;
        if b.is_nan() || b <= 0.0 {
            return None;
        }
        let rr = dots.ones_ones + level * (level * dots.floor_floor[e] - 2.0 * dots.ones_floor[e]);
        let rk = dots.ones_k - level * dots.floor_k[e];
        let spare = NOISE_FLOOR + (rr - b * vr).max(0.0);
        let log_weight = self.log_prior + floor.log_prior
            - shared.log_determinant
            - self.log_root
            - b.ln()
            - 0.5 * n as f64 * spare.ln();
        let value = level * (-SINKING[e].0 * distance).exp() + b * self.at_target;
        let lever = self.at_target / value - self.with_k;
        let variance = spare / n as f64 * (shared.kappa + lever * lever / self.vv);
        let cell = Cell {
            log_weight,
            mean: value.ln() + rk - b * self.with_k,
            variance: variance * n as f64 / (n as f64 - 2.0).max(1.0),
        };
        (cell.log_weight.is_finite() && cell.mean.is_finite() && cell.variance.is_finite())
            .then_some(cell)
    }
}

/// Where the plateau ends, if there is one: g = e^(−c·bend(u)).
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
