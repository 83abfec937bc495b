//! A set of problems with their own exponents: the metric, the mean pass rate and pass@k at any
//! compute.
//!
//! The metric is the mean over problems of E\[λ_i(C)\]. Beyond the largest model no problem gets
//! harder: a rising slope counts as zero. The level is fitted to the metrics of the models, with
//! more weight on the larger ones. A line through the differences from this curve gives the scatter
//! of the models and the uncertainty of their mean slope.

use super::exponents::{Exponents, Own};
use super::line::Line;
use crate::fit::central_quantile;
use nalgebra::DMatrix;
use statrs::distribution::{ContinuousCDF, Normal};

/// Weight of a model for the level: (C/C_max) to this power.
const MEMORY: f64 = 0.5;
/// Smallest relative error of a metric when the level is fitted.
const LEVEL: f64 = 0.03;
/// At 90 % the interval reaches the law with one exponent. Above the point it also reaches the
/// curve on which this share of the gain beyond the largest model is missing.
const FLATTENS: f64 = 0.3;
/// Fewest values of compute for a calibrated interval.
const LEAST_MODELS: usize = 4;

/// A set of problems with their own exponents.
#[derive(Debug, Clone)]
pub(super) struct Trend {
    center: f64,
    last: f64,
    tau: f64,
    /// Variance of the slopes over problems.
    slopes: f64,
    problems: Vec<Own>,
    /// ln of the metric of the models minus ln of the metric of the curve.
    level: f64,
    /// The line through the differences of the models from the curve.
    line: Line,
    /// Number of different values of compute.
    models: usize,
}

/// The distribution of ln λ of one problem at a compute: a normal level at the largest model, and a
/// normal slope from there.
struct Path {
    mean: f64,
    variance: f64,
    slope: f64,
    slope_variance: f64,
    shared: f64,
    distance: f64,
}

impl Path {
    /// E\[λ^power\].
    fn moment(&self, power: f64) -> f64 {
        let (mean, variance) = (power * self.mean, power * power * self.variance);
        if self.distance <= 0.0 {
            return (mean + 0.5 * variance).exp();
        }
        let (h, shared, own) = (
            power * self.distance,
            power * self.shared,
            self.slope_variance,
        );
        let normal = Normal::standard();
        let unit = own.sqrt().max(1e-12);
        let falling = mean + h * self.slope + 0.5 * (variance + 2.0 * h * shared + h * h * own);
        let falls = log_below(-(self.slope + shared + h * own) / unit);
        let rises = normal.cdf((self.slope + shared) / unit);
        (falling + falls).exp() + (mean + 0.5 * variance).exp() * rises
    }

    /// E\[f(ln λ)\] with a further scatter of ln λ that leaves the mean of λ unchanged.
    fn mean_of(&self, tau: f64, mut f: impl FnMut(f64) -> [f64; 2]) -> [f64; 2] {
        let given = match self.slope_variance > 0.0 {
            true => self.shared / self.slope_variance,
            false => 0.0,
        };
        let left = (self.variance - given * self.shared).max(0.0);
        let scatter = (left + tau * tau).sqrt();
        let mut sum = [0.0; 2];
        for (z, weight) in GAUSS_HERMITE {
            let off = z * self.slope_variance.sqrt();
            let moved = match self.distance > 0.0 {
                true => (self.slope + off).min(0.0) * self.distance,
                false => 0.0,
            };
            let center = self.mean + given * off + moved - 0.5 * tau * tau;
            for (z, other) in GAUSS_HERMITE {
                let value = f(center + z * scatter);
                sum[0] += weight * other * value[0];
                sum[1] += weight * other * value[1];
            }
        }
        sum
    }
}

impl Trend {
    /// The trend of some problems. `x` and `y` are ln C and ln metric of the models.
    pub(super) fn new(
        all: &Exponents,
        problems: &[usize],
        x: &[f64],
        y: &[f64],
        errors: &DMatrix<f64>,
    ) -> Trend {
        let mut different = x.to_vec();
        different.sort_by(f64::total_cmp);
        different.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
        let mut trend = Trend {
            center: all.center,
            last: all.last,
            tau: all.tau,
            slopes: all.variance,
            problems: problems.iter().map(|&i| all.problems[i]).collect(),
            level: 0.0,
            line: Line::general(x, y, errors),
            models: different.len(),
        };
        let off: Vec<f64> = x
            .iter()
            .zip(y)
            .map(|(x, y)| y - trend.log_metric(*x))
            .collect();
        let weights = x.iter().enumerate().map(|(m, x)| {
            let known = errors[(m, m)].max(0.0) + LEVEL * LEVEL;
            (MEMORY * (x - all.last)).exp() / known
        });
        let weights: Vec<f64> = weights.collect();
        let sum = weights.iter().zip(&off).map(|(w, d)| w * d).sum::<f64>();
        trend.level = sum / weights.iter().sum::<f64>();
        trend.line = Line::general(x, &off, errors);
        trend
    }

    fn paths(&self, x: f64) -> impl Iterator<Item = Path> + '_ {
        let t = x.min(self.last) - self.center;
        let distance = (x - self.last).max(0.0);
        self.problems.iter().map(move |own| {
            let c = &own.covariance;
            Path {
                mean: self.level + own.mode[0] + own.mode[1] * t,
                variance: c[(0, 0)] + 2.0 * t * c[(0, 1)] + t * t * c[(1, 1)],
                slope: own.mode[1],
                slope_variance: c[(1, 1)],
                shared: c[(0, 1)] + t * c[(1, 1)],
                distance,
            }
        })
    }

    /// ln of the metric at ln C.
    pub(super) fn log_metric(&self, x: f64) -> f64 {
        let sum = self.paths(x).map(|path| path.moment(1.0)).sum::<f64>();
        (sum / self.problems.len() as f64).ln()
    }

    /// Variance of [`Trend::log_metric`] due to the uncertainty of the single problems.
    fn variance(&self, x: f64) -> f64 {
        let (mut sum, mut squares) = (0.0, 0.0);
        for path in self.paths(x) {
            let mean = path.moment(1.0);
            sum += mean;
            squares += (path.moment(2.0) - mean * mean).max(0.0);
        }
        squares / (sum * sum)
    }

    /// The number of problems.
    pub(super) fn size(&self) -> f64 {
        self.problems.len() as f64
    }

    /// Whether there are enough models for a calibrated forecast.
    pub(super) fn suffices(&self) -> bool {
        self.models >= LEAST_MODELS
    }

    /// Half-widths of the calibrated interval of ln metric, below and above. `law` is ln of the
    /// metric on the law with one exponent.
    pub(super) fn half_widths(&self, x: f64, law: f64, level: f64) -> (f64, f64) {
        let normal = central_quantile(level, None);
        let single = normal * self.variance(x).sqrt();
        let known = self.line_half_width(x, level, true).hypot(single);
        let point = self.log_metric(x);
        let share = normal / central_quantile(0.9, None);
        let either = known.hypot(share * (point - law));
        let gained = (self.log_metric(self.last) - point).max(0.0);
        (either, either.hypot(share * FLATTENS * gained))
    }

    /// Half-width of an interval of ln metric due to the scatter of the models and the uncertainty
    /// of their mean slope. The sampling error of the mean slope counts only as far as the slopes
    /// of the problems come from their common distribution.
    pub(super) fn line_half_width(&self, x: f64, level: f64, of_model: bool) -> f64 {
        let (mut leaning, mut sum) = (0.0, 0.0);
        for path in self.paths(x) {
            let mean = path.moment(1.0);
            leaning += mean * path.slope_variance / self.slopes;
            sum += mean;
        }
        let at = self.line.at(x).sampled(leaning / sum);
        at.half_width(level, of_model)
    }

    /// The mean over problems of 1 − (1 − p)^k at ln C, with every ln λ moved by `shift`. With it,
    /// its variance due to the uncertainty of the single problems, and the variance between
    /// problems.
    pub(super) fn pass(&self, x: f64, shift: f64, k: f64) -> Pass {
        let n = self.problems.len() as f64;
        let (mut mean, mut variance, mut squares) = (0.0, 0.0, 0.0);
        for path in self.paths(x) {
            let [one, two] = path.mean_of(self.tau, |log| {
                let pass = passes((log + shift).exp(), k);
                [pass, pass * pass]
            });
            mean += one;
            squares += two;
            variance += (two - one * one).max(0.0);
        }
        // Rounding may raise the sum of the weights above 1.
        let mean = (mean / n).min(1.0);
        Pass {
            mean,
            variance: variance / (n * n),
            between: (squares / n - mean * mean).max(0.0),
        }
    }
}

/// ln of the probability that a standard normal variable is below z, even if that probability
/// underflows.
fn log_below(z: f64) -> f64 {
    match z > -30.0 {
        true => Normal::standard().cdf(z).ln(),
        false => -0.5 * z * z - (-z * std::f64::consts::TAU.sqrt()).ln(),
    }
}

/// A mean of rates over problems.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    pub(super) mean: f64,
    pub(super) variance: f64,
    pub(super) between: f64,
}

/// The interval of a rate with these ends, widened on the logit scale by a variance of the rate.
pub(super) fn on_logits(rate: f64, ends: (f64, f64), variance: f64, level: f64) -> (f64, f64) {
    let more = central_quantile(level, None) * variance.sqrt() / (rate * (1.0 - rate));
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let inside = |p: f64| p > 0.0 && p < 1.0;
    if !(inside(ends.0) && inside(ends.1) && more.is_finite()) {
        return ends;
    }
    let center = logit(rate);
    let widened = |end: f64, direction: f64| {
        let reach = (logit(end) - center).hypot(more);
        1.0 / (1.0 + (-(center + direction * reach)).exp())
    };
    (widened(ends.0, -1.0), widened(ends.1, 1.0))
}

/// 1 − (1 − p)^k for p = e^(−λ).
pub(super) fn passes(lambda: f64, k: f64) -> f64 {
    if k == 1.0 {
        return (-lambda).exp();
    }
    // ln(1 − p), accurate for small p and for p close to one.
    let log = match lambda > std::f64::consts::LN_2 {
        true => (-(-lambda).exp()).ln_1p(),
        false => (-(-lambda).exp_m1()).ln(),
    };
    -(k * log).exp_m1()
}

/// Nine nodes and weights for a standard normal variable.
const GAUSS_HERMITE: [(f64, f64); 9] = [
    (-4.512_745_863_399_783, 2.234_584_400_774_660_7e-05),
    (-3.205_429_002_856_47, 0.002_789_141_321_231_769_2),
    (-2.076_847_978_677_83, 0.049_916_406_765_217_82),
    (-1.023_255_663_789_132_6, 0.244_097_502_894_939_53),
    (0.0, 0.406_349_206_349_206_35),
    (1.023_255_663_789_132_6, 0.244_097_502_894_939_53),
    (2.076_847_978_677_83, 0.049_916_406_765_217_82),
    (3.205_429_002_856_47, 0.002_789_141_321_231_769_2),
    (4.512_745_863_399_783, 2.234_584_400_774_660_7e-05),
];
