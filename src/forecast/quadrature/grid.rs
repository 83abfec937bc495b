//! The grid over shapes and floors, and its prior.

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

pub(super) fn floors() -> Vec<Floor> {
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

pub(super) fn onsets(first: f64) -> impl Iterator<Item = Onset> {
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
pub(super) fn slopes() -> [(f64, f64); SLOPES] {
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
