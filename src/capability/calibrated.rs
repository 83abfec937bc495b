//! The recommended forecast of the metric. If single problems are modelled, it is from the trend of
//! their own exponents, otherwise from the law-free methods for losses.

use super::line::OnLine;
use super::trend::Trend;
use crate::forecast::{Abstain, FreeAt};
use crate::interval::Method;

/// The recommended forecast at one target.
pub(super) enum Calibrated<'a> {
    /// From problems with their own exponents.
    Trend {
        trend: &'a Trend,
        x: f64,
        law: OnLine,
    },
    /// From the law-free methods for losses.
    Free {
        free: Box<FreeAt>,
        /// The law, if its errors are known.
        law: Option<OnLine>,
    },
}

impl Calibrated<'_> {
    pub(super) fn point(&self) -> Option<f64> {
        match self {
            Calibrated::Trend { trend, x, .. } => Some(trend.log_metric(*x).exp()),
            Calibrated::Free { free, .. } => free.point(Method::Calibrated),
        }
    }

    /// The ends of the prediction interval of the metric.
    pub(super) fn bounds(&self, level: f64) -> Result<(f64, f64), Abstain> {
        match self {
            Calibrated::Trend { trend, x, law } => {
                let point = trend.log_metric(*x);
                let (below, above) = trend.half_widths(*x, law.log, level);
                // Include the interval of the law, since all problems may have the same exponent.
                let half = law.half_width(level, true);
                let lower = (point - below).min(law.log - half);
                let upper = (point + above).max(law.log + half);
                Ok((lower.exp(), upper.exp()))
            }
            Calibrated::Free { free, law } => {
                let (lower, upper) = free.bounds(Method::Calibrated, level)?;
                // These methods expect a floor. Include the interval of the law, which has none and
                // may be right.
                Ok(law.map_or((lower, upper), |at| {
                    let (law, half) = (at.log.exp(), at.half_width(level, true).exp());
                    (lower.min(law / half), upper.max(law * half))
                }))
            }
        }
    }
}
