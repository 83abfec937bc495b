//! Constants that were chosen by leaving one schedule out on published curves: `docs/curves.md`.

use super::laws::{CurveLaw, Known, published_responses};
use super::member::AllTold;
use super::path::Path;

/// What calibration chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// The share of the known steps that is left out in the beginning.
    pub skip: f64,
    /// What no law describes, as a share of the loss: blocks of many points weigh no more.
    pub misfit: f64,
    /// Blocks weigh by this power of the sum of the rates until them.
    pub lateness: f64,
    /// Times the standard error of the laws and between them.
    pub spread: f64,
    /// The share of the change to come that is uncertain.
    pub change: f64,
    /// A share of the loss that is always uncertain.
    pub least: f64,
    /// The amplitude of falls in published curves, as a share of A·S^(−α), and its deviation.
    pub amplitude: (f64, f64),
    /// ln α of published curves, and its deviation.
    pub exponent: (f64, f64),
    /// How far evidence decides between laws: 1 is as a mixture does, 0 gives equal weights.
    pub evidence: f64,
    /// How far rolling origins decide between laws: weights go with this power of their errors.
    pub rolling: f64,
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning {
            skip: 0.05,
            misfit: 1e-3,
            lateness: 0.0,
            spread: 1.0,
            change: 0.1,
            least: 1e-3,
            amplitude: (0.5, 0.6),
            exponent: (-0.73, 0.4),
            evidence: 0.0,
            rolling: 0.0,
        }
    }
}

/// Rolling errors below this are alike.
const LEAST_ROLLING: f64 = 5e-4;

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
        let responses = published_responses(steps).into_iter();
        let responses = responses.map(|(law, response)| known(law, Some(response)));
        responses.chain(plain).collect()
    }

    /// The weights of the laws, which add up to 1.
    pub(super) fn weights(
        &self,
        all: &AllTold,
        rolling: impl Fn(CurveLaw) -> Option<f64>,
    ) -> Vec<f64> {
        let highest = all.told.iter().map(|t| t.evidence);
        let highest = highest.fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = all
            .told
            .iter()
            .map(|told| {
                let error = rolling(told.law).unwrap_or(1.0).max(LEAST_ROLLING);
                (self.evidence * (told.evidence - highest)).exp() * error.powf(-self.rolling)
            })
            .collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    }
}
