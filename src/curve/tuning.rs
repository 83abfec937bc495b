//! Constants chosen on published curves by leaving one schedule out; see `docs/curves.md`.

use super::laws::{CurveLaw, Known, published_responses};
use super::missed::Missed;
use super::path::Path;

/// The constants chosen by calibration.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// The share of the known steps that is left out at the beginning.
    pub skip: f64,
    /// The misfit of the laws as a share of the loss, which limits the weight of blocks of many
    /// points.
    pub misfit: f64,
    /// The misfit of the laws as a share of the loss, and the most independent points that a run
    /// counts for.
    pub discrepancy: (f64, f64),
    /// The weight of a block is proportional to this power of the sum of the rates until it.
    pub lateness: f64,
    /// Factor on the standard deviation of the laws' forecasts, within and between laws.
    pub spread: f64,
    /// The uncertain share of the change still to come.
    pub change: f64,
    /// The uncertain share of the expected effect of falls still to come, whatever earlier falls of
    /// the run showed: with published curves, and with a recipe.
    pub transfer: (f64, f64),
    /// A share of the loss that is always uncertain.
    pub least: f64,
    /// The amplitude of falls in published curves as a share of A·S^(−α), and its relative standard
    /// deviation.
    pub amplitude: (f64, f64),
    /// ln α of published curves, and its standard deviation.
    pub exponent: (f64, f64),
    /// Intervals are widened by this share of the excess of the laws' errors in the past over what
    /// they claimed, up to the second number.
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
    /// The priors from published curves, for every law and response.
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

    /// The factor that intervals are widened by if the laws missed the later part of the known
    /// points by more than they claimed.
    pub(super) fn widening(&self, missed: &[Missed]) -> f64 {
        let all: Vec<f64> = missed.iter().filter_map(Missed::standardised).collect();
        let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
        let (share, most) = self.widened;
        (1.0 + share * (mean - 1.0).max(0.0)).min(most)
    }
}
