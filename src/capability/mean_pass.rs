//! The mean pass rate of a set of problems, which is more than the exponential of the mean log
//! (Jensen).

use super::curve::{About, Curve, PassInterval};
use crate::fit::central_quantile;
use crate::interval::Interval;

impl Curve {
    /// The mean of exp(−λ) over problems whose mean λ is `metric`, and the variance of that mean
    /// from what is not known of the single difficulties.
    pub(super) fn mean_pass(&self, metric: f64) -> (f64, f64) {
        let n = self.difficulties.len() as f64;
        let tau = self.problem_scatter.unwrap_or(0.0);
        let rate = |d: f64| -> f64 {
            if tau <= 0.0 {
                return (-d * metric).exp();
            }
            // Gauss–Hermite with five nodes; the mean of the scatter is part of the metric already.
            GAUSS_HERMITE
                .iter()
                .map(|(z, w)| w * (-d * metric * (z * tau - 0.5 * tau * tau).exp()).exp())
                .sum()
        };
        let (mut mean, mut variance) = (0.0, 0.0);
        for problem in &self.difficulties {
            let (mut one, mut two) = (0.0, 0.0);
            for (d, weight) in problem {
                let p = rate(*d);
                one += weight * p;
                two += weight * p * p;
            }
            mean += one;
            variance += (two - one * one).max(0.0);
        }
        // The weights of the nodes add up to 1 but for rounding, and no rate is above 1.
        ((mean / n).min(1.0), variance / (n * n))
    }

    /// The metric's interval carried over to the mean pass rate, widened on the logit scale by what
    /// is not known of the difficulties.
    pub(super) fn mean_pass_interval(&self, metric: f64, i: &PassInterval) -> PassInterval {
        let (mean, variance) = self.mean_pass(metric);
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let mut spread = variance.sqrt() / (mean * (1.0 - mean));
        if i.about == About::ProblemsLikeThese {
            let n = self.difficulties.len() as f64;
            let squares: f64 = self
                .difficulties
                .iter()
                .flatten()
                .map(|(d, w)| w * (-2.0 * d * metric).exp())
                .sum();
            let between = (squares / n - mean * mean).max(0.0) / n;
            spread = (variance + between).sqrt() / (mean * (1.0 - mean));
        }
        let widened = |end: f64| {
            let (centre, off) = (logit(mean), logit(self.mean_pass(end).0) - logit(mean));
            let more = central_quantile(i.interval.level, None) * spread;
            let reach = off.hypot(more) * if end > metric { -1.0 } else { 1.0 };
            1.0 / (1.0 + (-(centre + reach)).exp())
        };
        let at_edge = mean <= 0.0 || mean >= 1.0 || !spread.is_finite();
        let (lower, upper) = if at_edge {
            (
                self.mean_pass(i.interval.upper).0,
                self.mean_pass(i.interval.lower).0,
            )
        } else {
            (widened(i.interval.upper), widened(i.interval.lower))
        };
        PassInterval {
            interval: Interval {
                lower,
                upper,
                ..i.interval
            },
            ..*i
        }
    }
}

/// Nodes and weights for a standard normal variable.
const GAUSS_HERMITE: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_69),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_65),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_65),
    (2.856_970_013_872_806, 0.011_257_411_327_720_69),
];
