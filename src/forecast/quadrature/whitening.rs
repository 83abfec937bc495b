//! Covariance of the runs under noise and a drifting discrepancy, and its square root.

use super::super::curve::Curve;
use super::grid::SINKING;

/// Variance of the discrepancy per unit of u, relative to that of the noise.
const DRIFT: f64 = 10.0;
/// The discrepancy starts this far before the smallest run.
const LEAD: f64 = 0.5;

/// Sums over the whitened runs that every cell shares.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    /// Innovations gain and scale of each run: L⁻¹ in O(n).
    gain: Vec<(f64, f64)>,
    pub(super) log_determinant: f64,
    /// L⁻¹ of ones and of e^(−εu)/y, one per sinking exponent.
    pub(super) ones: Vec<f64>,
    pub(super) floors: [Vec<f64>; SINKING.len()],
    /// Covariance with any target beyond the runs.
    pub(super) beyond: Covariance,
}

/// Covariance of the runs with a target.
#[derive(Debug, Clone)]
pub(super) struct Covariance {
    /// L⁻¹ applied to it.
    pub(super) k: Vec<f64>,
    pub(super) ones_k: f64,
    pub(super) floor_k: [f64; SINKING.len()],
    /// k·k.
    explained: f64,
}

/// Time of the discrepancy at u. It runs faster close to a known floor, where the same share of the
/// loss is a larger share of the excess over the floor.
fn tau(curve: &Curve, u: f64) -> f64 {
    if curve.held.is_none() {
        return u - curve.u[0] + LEAD;
    }
    let speed = |i: usize| curve.noise_at(curve.y[i]).powi(2);
    let last = curve.u.len() - 1;
    let mut time = LEAD * speed(0);
    for i in 0..last {
        if u <= curve.u[i + 1] {
            return time + (u - curve.u[i]) * speed(i + 1);
        }
        time += (curve.u[i + 1] - curve.u[i]) * speed(i + 1);
    }
    time + (u - curve.u[last]) * speed(last)
}

impl Shared {
    pub(super) fn new(curve: &Curve) -> Shared {
        let n = curve.u.len();
        // S = I + DRIFT·min(τ_i, τ_j) is a Brownian motion seen through white noise: its Cholesky
        // factor whitens by the innovations of a Kalman filter.
        let mut gain = Vec::with_capacity(n);
        let (mut variance, mut before) = (0.0, 0.0);
        let mut log_determinant = 0.0;
        for (&u, &y) in curve.u.iter().zip(&curve.y) {
            variance += DRIFT * (tau(curve, u) - before);
            before = tau(curve, u);
            let total = variance + curve.noise_at(y).powi(2);
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
    pub(super) fn covariance(&self, curve: &Curve, distance: f64) -> Covariance {
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

    /// v ← L⁻¹g/y of the shape with this slope, whose bends are given.
    pub(super) fn shape(&self, curve: &Curve, slope: f64, bends: &[f64], v: &mut [f64]) {
        for ((slot, bend), y) in v.iter_mut().zip(bends).zip(&curve.y) {
            *slot = (-slope * bend).exp() / y;
        }
        self.whiten(v);
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

/// Prior variance at the target, with `noise` of a run there, minus what the runs explain of it.
pub(super) fn kappa(curve: &Curve, distance: f64, covariance: &Covariance, noise: f64) -> f64 {
    noise + DRIFT * tau(curve, distance) - covariance.explained
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
