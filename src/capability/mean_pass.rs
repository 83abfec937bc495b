//! The mean pass rate of a set of problems. It is larger than the exponential of the mean log pass
//! rate (Jensen's inequality).

use super::curve::{About, Curve, PassInterval, PassQuantity};
use super::trend::{Pass, Trend, on_logits};
use crate::fit::central_quantile;
use crate::interval::{Interval, Kind, Method};

impl Curve {
    /// The mean pass rate, with intervals like those of the metric; absent if only the rates of a
    /// benchmark are known.
    pub(super) fn mean_pass_rate(
        &self,
        compute: f64,
        law: f64,
        calibrated: Option<f64>,
        intervals: &[PassInterval],
    ) -> Option<PassQuantity> {
        if let Some(trend) = &self.trend {
            let pass = TrendPass {
                trend,
                x: compute.ln(),
                law: law.ln(),
                k: 1.0,
            };
            return Some(pass.quantity(intervals));
        }
        let center = |i: &PassInterval| match i.interval.method {
            Method::Calibrated => calibrated.unwrap_or(law),
            _ => law,
        };
        (!self.difficulties.is_empty()).then(|| PassQuantity {
            value: self.mean_pass(law).0,
            calibrated: calibrated.map(|metric| self.mean_pass(metric).0),
            intervals: intervals
                .iter()
                .map(|i| self.mean_pass_interval(center(i), i))
                .collect(),
            standing: None,
        })
    }

    /// The mean of exp(−λ) over problems whose mean λ is `metric`, and its variance due to the
    /// uncertainty of the single difficulties.
    fn mean_pass(&self, metric: f64) -> (f64, f64) {
        let n = self.difficulties.len() as f64;
        let tau = self.problem_scatter.unwrap_or(0.0);
        let rate = |d: f64| -> f64 {
            if tau <= 0.0 {
                return (-d * metric).exp();
            }
            // Gauss–Hermite with five nodes. The mean effect of the scatter is already part of the
            // metric.
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
        // Rounding may raise the sum of the weights above 1.
        ((mean / n).min(1.0), variance / (n * n))
    }

    /// The metric's interval transformed to the mean pass rate, and widened on the logit scale by
    /// the uncertainty of the difficulties.
    fn mean_pass_interval(&self, metric: f64, i: &PassInterval) -> PassInterval {
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

/// pass@k from problems with their own exponents, at one compute.
pub(super) struct TrendPass<'a> {
    pub(super) trend: &'a Trend,
    /// ln C.
    pub(super) x: f64,
    /// ln of the metric on the law with one exponent.
    pub(super) law: f64,
    pub(super) k: f64,
}

impl TrendPass<'_> {
    /// The rate, with intervals of the same levels, kinds and methods as these.
    pub(super) fn quantity(&self, intervals: &[PassInterval]) -> PassQuantity {
        let at = self.trend.pass(self.x, 0.0, self.k);
        PassQuantity {
            value: at.mean,
            calibrated: self.trend.suffices().then_some(at.mean),
            intervals: intervals.iter().map(|i| self.interval(&at, i)).collect(),
            standing: None,
        }
    }

    /// The interval of the metric moves the level of all problems, and the uncertainty of single
    /// problems widens the result on the logit scale.
    fn interval(&self, at: &Pass, i: &PassInterval) -> PassInterval {
        let (trend, x, level) = (self.trend, self.x, i.interval.level);
        let (below, above) = match i.interval.method {
            Method::Calibrated => trend.half_widths(x, self.law, level),
            _ => {
                let of_model = i.interval.kind == Kind::Prediction;
                let half = trend.line_half_width(x, level, of_model);
                (half, half)
            }
        };
        let moved = |shift: f64| trend.pass(x, shift, self.k).mean;
        let (lower, upper) = (moved(above), moved(-below));
        let between = match i.about {
            About::ProblemsLikeThese => at.between / trend.size(),
            About::TheseProblems => 0.0,
        };
        let variance = at.variance + between;
        let (lower, upper) = on_logits(at.mean, (lower, upper), variance, level);
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
