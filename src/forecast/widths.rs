//! Half-widths of the calibrated interval, by the kind of curve and the number of runs.

use crate::runs::CurveKind;
use serde::Serialize;

/// The number of runs for which the factors below hold unchanged.
const RUNS: f64 = 8.0;
/// Half-widths fall with the number of runs as n^(−1/3) up to [`RUNS`] and as n^(−1/6) beyond,
/// since no published curve here has more than ten runs.
const FEW: f64 = 1.0 / 3.0;
const MANY: f64 = 1.0 / 6.0;
/// On curves other than ladders most outcomes outside the interval lie below it. The lower
/// half-width is multiplied by this, the upper one divided.
const TILT: f64 = 1.2;
/// The same for the steps of one run, where a decaying learning rate makes the loss fall faster
/// than before.
const TILT_OF_RUN: f64 = 1.4;

/// Factors on the base half-widths of the 90 % interval.
///
/// The factor of a kind is for narrow intervals. It rises to [`Widths::widest`] if the base
/// half-width is large compared with one unit of ln L. Chosen on published curves
/// (`docs/calibration.md`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[doc(hidden)]
pub struct Widths {
    /// Of runs of several sizes.
    pub ladder: f64,
    /// Of steps of one training run.
    pub training_run: f64,
    /// Of training sets of several sizes, of kinds measured on one source only, and of unknown
    /// kinds.
    pub widest: f64,
}

impl Widths {
    /// The factors in use.
    pub const MEASURED: Widths = Widths {
        ladder: 0.53,
        training_run: 0.47,
        widest: 0.84,
    };

    fn of_narrow(&self, kind: CurveKind) -> f64 {
        match kind {
            CurveKind::Ladder => self.ladder,
            CurveKind::TrainingRun => self.training_run,
            CurveKind::DatasetSize | CurveKind::Samples | CurveKind::Unknown => self.widest,
        }
    }

    /// Log half-widths below and above.
    pub(super) fn half_widths(
        &self,
        kind: CurveKind,
        points: usize,
        (below, above): (f64, f64),
    ) -> (f64, f64) {
        let runs = RUNS / points as f64;
        let by_runs = if runs >= 1.0 {
            runs.powf(FEW)
        } else {
            runs.powf(MANY)
        };
        let narrow = self.of_narrow(kind);
        let half = |base: f64| {
            let base = base * by_runs;
            base * (narrow + (self.widest - narrow) * base / (base + 1.0))
        };
        let tilt = match kind {
            CurveKind::Ladder => 1.0,
            CurveKind::TrainingRun => TILT_OF_RUN,
            _ => TILT,
        };
        (half(below) * tilt, half(above) / tilt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_runs_narrow_and_wide_intervals_share_one_factor() {
        let half = |kind, points, base| Widths::MEASURED.half_widths(kind, points, (base, base));
        let mut before = f64::INFINITY;
        for points in [4, 5, 8, 10, 24, 64] {
            let (below, above) = half(CurveKind::Ladder, points, 0.1);
            assert_eq!(below, above);
            assert!(below < before, "{points}");
            before = below;
        }
        let ladder = half(CurveKind::Ladder, 8, 0.02).0;
        assert!((ladder / 0.02 - 0.53).abs() < 0.01);
        assert!(half(CurveKind::Unknown, 8, 0.02).0 > 1.5 * ladder);
        let huge = half(CurveKind::Ladder, 8, 50.0).0 / half(CurveKind::Samples, 8, 50.0).1;
        assert!((huge / TILT - 1.0).abs() < 0.02);
    }
}
