//! The grid over shapes and floors, and its prior.

use super::super::curve::Curve;
use super::super::held::Slope;

/// Exponents c: this many, log-spaced over the range.
pub(super) const SLOPES: usize = 12;
pub(super) const SLOPE_RANGE: (f64, f64) = (0.05, 2.5);
/// Sharpness p of the onset.
pub(super) const SHARPNESS: [f64; 3] = [1.0, 2.0, 4.0];
/// Positions D of the onset: this many, evenly from below the smallest run to `LAST_ONSET`.
pub(super) const ONSETS: usize = 7;
pub(super) const LAST_ONSET: f64 = -1.5;
/// Prior weight of no onset at all.
pub(super) const NO_ONSET: f64 = 0.1;
/// Floor as a share φ of the smallest loss.
pub(super) const FLOORS: [f64; 9] = [0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.87, 0.93, 0.97];
/// Prior weight of no floor, relative to that of all floors.
pub(super) const NO_FLOOR: f64 = 0.02;
/// Exponents ε with which the floor sinks, and their prior weights.
pub(super) const SINKING: [(f64, f64); 3] = [(0.0, 0.8), (0.03, 0.1), (0.075, 0.1)];

/// A = share·y_min·e^(−εu).
#[derive(Debug, Clone)]
pub(super) struct Floor {
    pub(super) share: f64,
    pub(super) sinking: usize,
    pub(super) log_prior: f64,
}

/// The floors of the grid; only the subtracted one if it is known to be the floor of the curve.
pub(super) fn floors(curve: &Curve) -> Vec<Floor> {
    if curve.held.is_some_and(|held| held.only) {
        return vec![Floor {
            share: 0.0,
            sinking: 0,
            log_prior: 0.0,
        }];
    }
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

/// Prior weights of the floors: φ² times the spacing of the grid there (a density that rises as
/// φ²).
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

/// Where the plateau ends, if there is one: g = e^(−c·bend(u)).
#[derive(Debug, Clone)]
pub(super) struct Onset {
    /// Sharpness p and position D.
    place: Option<(f64, f64)>,
    pub(super) log_prior: f64,
}

impl Onset {
    /// (ln(1 + e^{p(u−D)}) − ln(1 + e^{−pD}))/p: 0 at u = 0, slope 1 above the onset, flat below.
    pub(super) fn bend(&self, u: f64) -> f64 {
        match self.place {
            None => u,
            Some((p, onset)) => (softplus(p * (u - onset)) - softplus(-p * onset)) / p,
        }
    }
}

/// Prior weight of no onset if the floor is known.
const NO_ONSET_ABOVE_FLOOR: f64 = 0.5;

/// The places where a plateau may end. Knowledge of the exponent rules out a plateau, since it is
/// about a law without one.
pub(super) fn onsets(curve: &Curve) -> impl Iterator<Item = Onset> {
    let (none, placed) = match curve.held.filter(|held| held.only) {
        None => (NO_ONSET, ONSETS),
        Some(held) if held.slope == Slope::Open => (NO_ONSET_ABOVE_FLOOR, ONSETS),
        Some(_) => (1.0, 0),
    };
    onsets_from(curve.u[0], none, placed)
}

fn onsets_from(first: f64, none: f64, count: usize) -> impl Iterator<Item = Onset> {
    let start = first - 0.5;
    let each = 1.0 / (SHARPNESS.len() * ONSETS) as f64;
    let placed = SHARPNESS.into_iter().flat_map(move |p| {
        (0..count).map(move |k| {
            let t = k as f64 / (ONSETS - 1) as f64;
            Onset {
                place: Some((p, start + t * (LAST_ONSET - start))),
                log_prior: each.ln(),
            }
        })
    });
    std::iter::once(Onset {
        place: None,
        log_prior: none.ln(),
    })
    .chain(placed)
}

/// The exponents c with their log prior: Student's t with three degrees of freedom in ln c.
pub(super) fn slopes(curve: &Curve) -> Vec<(f64, f64)> {
    match curve.held.filter(|held| held.only) {
        None => log_spaced(SLOPES, SLOPE_RANGE, (0.5, 0.4)),
        Some(held) => slopes_above_floor(held.slope),
    }
}

fn log_spaced(count: usize, range: (f64, f64), (middle, spread): (f64, f64)) -> Vec<(f64, f64)> {
    let step = (range.1 / range.0).ln() / (count - 1).max(1) as f64;
    let one = |k: usize| {
        let log_slope = range.0.ln() + k as f64 * step;
        let z = (log_slope - middle.ln()) / spread;
        (log_slope.exp(), -2.0 * (z * z / 3.0).ln_1p())
    };
    (0..count).map(one).collect()
}

/// Above a known floor the runs determine the exponent well, so the grid is finer. The prior is
/// wide around the exponents of published ladders above their floors, 0.06 to 0.4.
const FINE: usize = 80;
const FINE_RANGE: (f64, f64) = (0.01, 2.5);
const ABOVE_FLOOR: (f64, f64) = (0.15, 0.7);
/// Exponents to try around a prior: this many on either side, and this many per standard deviation.
const PLACES: i32 = 12;
const PLACES_A_DEVIATION: f64 = 4.0;
/// A prior is wide if its standard deviation is more than this share of its mean.
const WIDE: f64 = 0.35;

fn slopes_above_floor(slope: Slope) -> Vec<(f64, f64)> {
    match slope {
        Slope::Open => log_spaced(FINE, FINE_RANGE, ABOVE_FLOOR),
        Slope::Between(low, high) => {
            let range = (low.max(1e-4), high.clamp(1e-4, FINE_RANGE.1));
            let count = if range.0 < range.1 { FINE } else { 1 };
            log_spaced(count, range, ABOVE_FLOOR)
        }
        // For a wide prior the even places would be too coarse among small exponents.
        Slope::Normal { mean, sd } if sd > WIDE * mean => log_spaced(FINE, FINE_RANGE, ABOVE_FLOOR)
            .into_iter()
            .map(|(slope, _)| (slope, slope.ln() - 0.5 * ((slope - mean) / sd).powi(2)))
            .collect(),
        Slope::Normal { mean, sd } => (-PLACES..=PLACES)
            .map(|k| f64::from(k) / PLACES_A_DEVIATION)
            .map(|z| (mean + z * sd, -0.5 * z * z))
            .filter(|(slope, _)| *slope > 0.0)
            .collect(),
    }
}

/// ln(1 + e^z) without overflow.
fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}
