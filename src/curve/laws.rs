//! The laws of a loss curve, and the prior knowledge of their parameters.

use super::response::Response;
use serde::{Deserialize, Serialize};

/// A law of the loss along a run.
///
/// Each is L = L0 + A·S^(−α) − B·F, where S is the sum of the learning rates (or the number of
/// steps) and F is the response to the falls of the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CurveLaw {
    /// The multi-power law (arXiv 2503.12811).
    MultiPower,
    /// The annealing law (arXiv 2408.11029).
    Annealing,
    /// The functional scaling law (arXiv 2509.19189).
    Functional,
    /// L0 + A·S^(−α) in the sum of the rates, without a response to falls.
    PowerInSum,
    /// L0 + A·t^(−α) in steps.
    PowerInSteps,
}

impl CurveLaw {
    /// Every law.
    pub const ALL: [CurveLaw; 5] = [
        CurveLaw::MultiPower,
        CurveLaw::Annealing,
        CurveLaw::Functional,
        CurveLaw::PowerInSum,
        CurveLaw::PowerInSteps,
    ];

    /// The laws with a response to falls of the rate.
    pub const WITH_SCHEDULE: [CurveLaw; 3] = [
        CurveLaw::MultiPower,
        CurveLaw::Annealing,
        CurveLaw::Functional,
    ];

    /// Its name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CurveLaw::MultiPower => "multi-power",
            CurveLaw::Annealing => "annealing",
            CurveLaw::Functional => "functional",
            CurveLaw::PowerInSum => "power-in-sum",
            CurveLaw::PowerInSteps => "power-in-steps",
        }
    }

    /// Its formula, to show to people.
    #[must_use]
    pub fn formula(self) -> &'static str {
        match self {
            CurveLaw::MultiPower => {
                "L0 + A·S^(−α) − B·Σ Δη·(1 − (1 + C·η^(−γ)·S_k)^(−β)), over the falls Δη of the rate"
            }
            CurveLaw::Annealing => {
                "L0 + A·S^(−α) − B·Σ Δη·(1 − λ^k), over the falls Δη of the rate, k steps ago"
            }
            CurveLaw::Functional => {
                "L0 + A·S^(−α) − B·Σ Δη·(1 − (1 + C·S_k)^(−β)), over the falls Δη of the rate"
            }
            CurveLaw::PowerInSum => "L0 + A·S^(−α), S the sum of the learning rates",
            CurveLaw::PowerInSteps => "L0 + A·t^(−α), t in steps",
        }
    }
}

/// The prior of a run, if it follows a law with this response to falls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Known {
    pub law: CurveLaw,
    pub response: Option<Response>,
    /// ln α and its standard deviation.
    pub exponent: (f64, f64),
    /// The amplitude of the falls as a share of A·S^(−α) at S = `at`, and its relative standard
    /// deviation.
    pub amplitude: (f64, f64),
    /// The sum of the rates, in units of the peak, to which the amplitude refers.
    pub at: f64,
}

/// The responses of published curves, for a run of so many steps after its warm-up.
///
/// The multi-power law was published with γ = 0.65, β = 0.59 and a speed of 3,000 to 9,000 in units
/// of the length of its runs, the annealing law with times of 1,000 steps or less.
pub(super) fn published_responses(steps: f64, many: bool) -> Vec<(CurveLaw, Response)> {
    // A single run shows little of the response, so three are enough; several runs choose among
    // more.
    let spread = |low: f64, high: f64| {
        let count = if many { 9 } else { 3 };
        (0..count).map(move |k| low * (high / low).powf(f64::from(k) / f64::from(count - 1)))
    };
    let mut responses = Vec::new();
    for speed in spread(1e3, 25e3) {
        let response = Response::MultiPower {
            speed: speed / steps,
            beta: 0.59,
            gamma: 0.65,
        };
        responses.push((CurveLaw::MultiPower, response));
    }
    for time in spread(0.005, 0.1) {
        let time = time * steps;
        responses.push((CurveLaw::Annealing, Response::Annealing { time }));
    }
    for (low, beta) in [(300.0, 0.5), (100.0, 1.0)] {
        for speed in spread(low, 10.0 * low) {
            let speed = speed / steps;
            let response = Response::Forgetting { speed, beta };
            responses.push((CurveLaw::Functional, response));
        }
    }
    responses
}
