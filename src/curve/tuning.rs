//! Constants that were chosen by leaving one schedule out on published curves: `docs/curves.md`.

use super::laws::{CurveLaw, Known, published_responses};
use super::missed::Missed;
use super::path::Path;

/// What calibration chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// The share of the known steps that is left out in the beginning.
    pub skip: f64,
    /// What no law describes, as a share of the loss: blocks of many points weigh no more.
    pub misfit: f64,
    /// What no law describes, as a share of the loss, and how many independent points a run is
    /// worth at the most.
    pub discrepancy: (f64, f64),
    /// Blocks weigh by this power of the sum of the rates until them.
    pub lateness: f64,
    /// Times the standard error of the laws and between them.
    pub spread: f64,
    /// The share of the change to come that is uncertain.
    pub change: f64,
    /// The share of what falls to come are expected to bring that is uncertain, whatever the past
    /// says of earlier falls: by published curves, and by a recipe.
    pub transfer: (f64, f64),
    /// A share of the loss that is always uncertain.
    pub least: f64,
    /// The amplitude of falls in published curves, as a share of A·S^(−α), and its deviation.
    pub amplitude: (f64, f64),
    /// ln α of published curves, and its deviation.
    pub exponent: (f64, f64),
    /// The share of what the laws missed of the later part of the past, beyond what they claimed,
    /// that intervals are widened by, and the most that they are.
    pub widened: (f64, f64),
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning {
            skip: 0.05,
            misfit: 1e-3,
            discrepancy: (1e-3, 12.0),
            lateness: 1.5,
            spread: 1.0,
            change: 0.1,
            transfer: (0.5, 0.1),
            least: 1e-3,
            amplitude: (0.8, 0.5),
            exponent: (-0.73, 0.2),
            widened: (1.0, 2.0),
        }
    }
}

impl Tuning {
    /// What published curves say of a run, for every law.
    pub(super) fn published(&self, path: &Path) -> Vec<Known> {
        let steps = (path.end - path.warmed_up).max(f64::MIN_POSITIVE);
        let known = |law: CurveLaw, response| Known {
            law,
            response,
            exponent: self.exponent,
            amplitude: self.amplitude,
            at: path.sum(path.end),
        };
        let plain = [CurveLaw::PowerInSum, CurveLaw::PowerInSteps];
        let plain = plain.map(|law| known(law, None));
        let responses = published_responses(steps, false).into_iter();
        let responses = responses.map(|(law, response)| known(law, Some(response)));
        responses.chain(plain).collect()
    }

    /// By how much intervals are widened where the laws missed the later part of what is known by
    /// more than they claimed.
    pub(super) fn widening(&self, missed: &[Missed]) -> f64 {
        let all: Vec<f64> = missed.iter().filter_map(Missed::standardised).collect();
        let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
        let (share, most) = self.widened;
        (1.0 + share * (mean - 1.0).max(0.0)).min(most)
    }
}
