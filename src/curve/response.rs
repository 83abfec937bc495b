//! The response of the loss to falls of the learning rate.
//!
//! The laws differ in how fast the loss responds to a fall. Each response is a sum over the falls
//! of the rate; the loss is lower by an amplitude times that sum.

use super::path::Path;
use serde::{Deserialize, Serialize};

/// The response to a fall of the rate: 0 right after the fall and 1 in the end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Response {
    /// 1 − (1 + speed·rate^(−γ)·S)^(−β), where S is the sum of the rates since the fall and `rate`
    /// the rate after it, both in units of the peak: the multi-power law (arXiv 2503.12811).
    MultiPower {
        /// The speed per step at the peak.
        speed: f64,
        /// The exponent β.
        beta: f64,
        /// The exponent γ of the rate.
        gamma: f64,
    },
    /// 1 − λ^k after k steps since the fall: the annealing law (arXiv 2408.11029).
    Annealing {
        /// −1/ln λ, in steps.
        time: f64,
    },
    /// 1 − (1 + speed·S)^(−β): noise in proportion to the rate, forgotten as a power of the sum of
    /// the rates: the functional scaling law (arXiv 2509.19189).
    Forgetting {
        /// The speed per step at the peak.
        speed: f64,
        /// The exponent β of the memory.
        beta: f64,
    },
}

/// Rates below this share of the peak count as this share.
const LEAST_RATE: f64 = 1e-4;

impl Response {
    /// The response at a step to all changes of the rate: 0 if the rate has long been at its peak,
    /// and 1 if it has long been zero.
    ///
    /// Both power laws also count the warm-up: its rise acts as a fall of the opposite sign. The
    /// annealing law was published without it.
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
