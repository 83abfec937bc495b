//! What a fall of the learning rate does to the loss, as time goes on.
//!
//! The laws differ in how fast a fall is answered. Each is a sum over the falls of the rate, and
//! the loss is lower by an amplitude times that sum.

use super::path::Path;
use serde::{Deserialize, Serialize};

/// How fast a fall of the rate is answered, between 0 at once and 1 in the end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Response {
    /// 1 − (1 + speed·rate^(−γ)·S)^(−β), S the sum of the rates since the fall: the multi-power law
    /// (arXiv 2503.12811). `rate` is the rate after the fall, and both count in units of the peak.
    MultiPower {
        /// For each step at the peak.
        speed: f64,
        /// The exponent of the answer.
        beta: f64,
        /// The exponent of the rate.
        gamma: f64,
    },
    /// 1 − λ^k, k steps after the fall: the annealing law (arXiv 2408.11029).
    Annealing {
        /// −1/ln λ, in steps.
        time: f64,
    },
    /// 1 − (1 + speed·S)^(−β): noise of the size of the rate that is forgotten with a power of the
    /// sum of the rates: the functional scaling law (arXiv 2509.19189).
    Forgetting {
        /// For each step at the peak.
        speed: f64,
        /// The exponent of the memory.
        beta: f64,
    },
}

/// Rates below this share of the peak count as this.
const LEAST_RATE: f64 = 1e-4;

impl Response {
    /// How far the rate's way from its peak to a step has been answered there: 0 where the rate has
    /// long been at its peak, and 1 where it has long been nothing.
    ///
    /// In both power laws the warm-up counts as well: its rise is answered as a fall is, the other
    /// way. The annealing law was published without it.
    pub(super) fn at(&self, path: &Path, step: f64) -> f64 {
        let s = path.sum(step);
        let until = path.changes.partition_point(|drop| drop.step < step);
        let changes = path.changes[..until].iter();
        let rise = 1.0 - path.first_rate();
        match *self {
            Response::MultiPower { speed, beta, gamma } => {
                let answered = changes.map(|drop| {
                    let x = speed * drop.rate.max(LEAST_RATE).powf(-gamma) * (s - drop.s);
                    drop.size * (1.0 - (1.0 + x.max(0.0)).powf(-beta))
                });
                rise + answered.sum::<f64>()
            }
            Response::Annealing { time } => {
                let falls = changes.skip(path.rises);
                let answered = falls.map(|drop| -drop.size * (-(step - drop.step) / time).exp_m1());
                answered.sum()
            }
            Response::Forgetting { speed, beta } => {
                let answered = changes.map(|drop| {
                    let x = speed * (s - drop.s);
                    drop.size * (1.0 - (1.0 + x.max(0.0)).powf(-beta))
                });
                rise + answered.sum::<f64>()
            }
        }
    }
}
