//! The recommended forecast of the metric: by exponents of the problems' own where single problems
//! are modelled, otherwise by the methods for losses.

use super::line::OnLine;
use super::trend::Trend;
use crate::forecast::{Abstain, FreeAt};
use crate::interval::Method;

/// The recommended forecast at one target.
pub(super) enum Calibrated<'a> {
    /// Every problem with an exponent of its own.
    Trend {
        trend: &'a Trend,
        x: f64,
        law: OnLine,
    },
    /// The methods for losses, which assume no one law.
    Free {
        free: Box<FreeAt>,
        /// The law where its errors are known.
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
                // Problems may have one exponent after all.
                let half = law.half_width(level, true);
                let lower = (point - below).min(law.log - half);
                let upper = (point + above).max(law.log + half);
                Ok((lower.exp(), upper.exp()))
            }
            Calibrated::Free { free, law } => {
                let (lower, upper) = free.bounds(Method::Calibrated, level)?;
                // These methods expect a floor, as losses have; the law has none, and may be right.
                Ok(law.map_or((lower, upper), |at| {
                    let (law, half) = (at.log.exp(), at.half_width(level, true).exp());
                    (lower.min(law / half), upper.max(law * half))
                }))
            }
        }
    }
}
