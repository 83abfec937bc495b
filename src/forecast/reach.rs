//! The inverse question: what compute reaches a given loss?

use super::prepared::Prepared;
use super::request::ForecastBuilder;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::interval::{Kind, Method};
use crate::numeric::bisect;
use crate::runs::Variable;
use crate::said::Said;
use serde::Serialize;

/// The compute at which the law reaches a loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reach {
    /// The requested loss.
    pub loss: f64,
    /// Where the point of a forecast reaches the loss, which is the number to quote; `None` if it
    /// does not.
    pub recommended: Option<f64>,
    /// Where the fitted law reaches the loss; `None` if it does not.
    #[serde(rename = "compute")]
    pub x: Option<f64>,
    /// The quantity that `x` is a value of.
    #[serde(skip)]
    pub(crate) variable: Variable,
    /// The same for the intervals.
    pub intervals: Vec<ReachInterval>,
}

/// The compute values at which an interval of the law covers the loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReachInterval {
    /// Nominal probability.
    pub level: f64,
    /// Of the curve or of a new run.
    pub kind: Kind,
    /// How it was made.
    pub method: Method,
    /// Smallest compute whose interval covers the loss; `None` if it is not found above 10⁻⁶ of the
    /// smallest fitted run, or no interval covers the loss. The search begins at the smallest
    /// fitted run if its interval lies above the loss.
    pub lower: Option<f64>,
    /// Largest such compute; `None` if these data give no limit.
    pub upper: Option<f64>,
    /// Whether any compute's interval covers the loss.
    pub attainable: bool,
}

/// How far beyond the largest run the search goes, in decades.
const FARTHEST_DECADES: f64 = 30.0;

/// A loss to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss(f64);

impl FitResult {
    /// Asks for the compute at which the law reaches `loss`. [`ForecastBuilder::run`] computes it.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Kind, Method, law::Saturating};
    /// let runs = [1e18, 1e19, 1e20, 1e21].map(|c: f64| (c, 20.0 * c.powf(-0.1) + 1.5));
    /// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
    /// let reach = fit.reach(1.6).levels(&[0.9]).kinds(&[Kind::Confidence]).methods(&[Method::Delta]);
    /// let reach = reach.run()?;
    /// assert!((reach.x.unwrap() / 1.024e23 - 1.0).abs() < 1e-6);
    /// // What is recommended does not assume that the law goes on exactly.
    /// assert!(reach.recommended.unwrap() > 1e22);
    /// assert!(fit.reach(1.4).methods(&[]).run()?.x.is_none());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    #[must_use]
    pub fn reach(&self, loss: f64) -> ForecastBuilder<'_, Loss> {
        ForecastBuilder::new(self, Loss(loss))
    }
}

impl ForecastBuilder<'_, Loss> {
    /// Computes where the law reaches the loss, and the set of compute values whose intervals cover
    /// it (inversion of the intervals of [`FitResult::forecast`]).
    ///
    /// # Errors
    /// As for a forecast; [`ErrorKind::Usage`] for a loss that is not positive.
    pub fn run(&self) -> Result<Reach> {
        let (fit, Loss(loss)) = (self.fit, self.question);
        if !(loss > 0.0 && loss.is_finite()) {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "a loss to reach must be positive and finite, not {}",
                    Said(loss)
                ),
            ));
        }
        self.check()?;
        let prepared = Prepared::new(fit, &self.methods, self.refits)?;
        let low = fit.smallest_fitted().log10() - 6.0;
        let high = (fit.largest_fitted().log10() + FARTHEST_DECADES).min(300.0);
        let x = crossing(&|x| Some(fit.predict(&[x])), loss, low, high)
            .ok()
            .map(exp10);
        let recommended = match prepared.is_recommended(fit.largest_fitted()) {
            true => crossing(&|x| prepared.point(x), loss, low, high)
                .ok()
                .map(exp10),
            false => x,
        };
        let mut intervals = Vec::new();
        for &method in &self.methods {
            for &level in &self.levels {
                for &kind in &self.kinds {
                    let at = |x: f64| prepared.bounds(method, x, level, kind).ok();
                    if at(fit.largest_fitted()).is_none() {
                        continue;
                    }
                    // A compute is covered while lower(C) ≤ loss ≤ upper(C); both fall at first.
                    // Far below the runs an interval may be so wide that its lower end is below any
                    // loss.
                    let smallest = fit.smallest_fitted();
                    let from = match at(smallest) {
                        Some((lower, _)) if lower > loss => smallest.log10(),
                        _ => low,
                    };
                    let first = crossing(&|x| at(x).map(|bounds| bounds.0), loss, from, high);
                    let last = crossing(&|x| at(x).map(|bounds| bounds.1), loss, low, high);
                    intervals.push(ReachInterval {
                        level,
                        kind,
                        method,
                        lower: first.ok().map(exp10),
                        upper: last.ok().map(exp10),
                        attainable: !matches!(first, Err(Side::StaysAbove)),
                    });
                }
            }
        }
        Ok(Reach {
            loss,
            recommended,
            x,
            variable: fit.variable(),
            intervals,
        })
    }
}

fn exp10(x: f64) -> f64 {
    10f64.powf(x)
}

/// Why a falling function does not cross a value.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    StaysAbove,
    StartsBelow,
}

/// log₁₀ of the first compute in (10^low, 10^high) where `f` has fallen to `value`.
fn crossing(
    f: &dyn Fn(f64) -> Option<f64>,
    value: f64,
    low: f64,
    high: f64,
) -> std::result::Result<f64, Side> {
    const STEP: f64 = 0.5;
    let above = |x: f64| f(exp10(x)).is_none_or(|v| v > value);
    if !above(low) {
        return Err(Side::StartsBelow);
    }
    let mut left = low;
    while left < high {
        let right = (left + STEP).min(high);
        if !above(right) {
            return Ok(bisect(left, right, above).1);
        }
        left = right;
    }
    Err(Side::StaysAbove)
}
