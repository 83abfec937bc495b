//! The inverse question: what compute reaches a given loss?

use super::free::Free;
use super::prepared::Solver;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{FitResult, Inference};
use crate::interval::{Kind, Method, check_levels};
use crate::law::Input;
use crate::said::Said;
use serde::Serialize;

/// The compute at which the law reaches a loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reach {
    /// The loss asked for.
    pub loss: f64,
    /// The compute where the fitted law reaches it; `None`: not attainable, the law stays above.
    pub compute: Option<f64>,
    /// The same for the ends of the intervals.
    pub intervals: Vec<ReachInterval>,
}

/// The compute values at which an interval of the law covers the loss.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReachInterval {
    /// Nominal probability.
    pub level: f64,
    /// Of the curve or of a new run.
    pub kind: Kind,
    /// How it was made.
    pub method: Method,
    /// Smallest compute whose interval covers the loss; `None`: none found above 10⁻⁶ of the
    /// smallest fitted run, or not attainable at all.
    pub lower: Option<f64>,
    /// Largest such compute; `None`: without limit, as far as these data tell.
    pub upper: Option<f64>,
    /// Whether any compute's interval covers the loss.
    pub attainable: bool,
}

/// How far beyond the largest run the inverse question is followed, in decades.
const FARTHEST_DECADES: f64 = 30.0;

impl FitResult {
    /// The compute at which the law reaches `loss`, with the set of compute values whose intervals
    /// cover it (inversion of the intervals of [`FitResult::forecast`]).
    ///
    /// # Errors
    /// As for a forecast; [`ErrorKind::Usage`] for a loss that is not positive.
    ///
    /// ```
    /// use scalewise::{Dataset, Fit, Kind, Method, law::Saturating};
    /// let runs = [1e18, 1e19, 1e20, 1e21].map(|c: f64| (c, 20.0 * c.powf(-0.1) + 1.5));
    /// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
    /// let reach = fit.reach(1.6, &[0.9], &[Kind::Confidence], &[Method::Delta])?;
    /// assert!((reach.compute.unwrap() / 1.024e23 - 1.0).abs() < 1e-6);
    /// assert!(fit.reach(1.4, &[], &[], &[])?.compute.is_none());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub fn reach(
        &self,
        loss: f64,
        levels: &[f64],
        kinds: &[Kind],
        methods: &[Method],
    ) -> Result<Reach> {
        if !(loss > 0.0 && loss.is_finite()) {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "a loss to reach must be positive and finite, not {}",
                    Said(loss)
                ),
            ));
        }
        if self.law().inputs() != [Input::Compute] {
            return Err(Error::new(
                ErrorKind::Usage,
                format!(
                    "law '{}' is not a function of compute alone",
                    self.law().name()
                ),
            ));
        }
        check_levels(levels)?;
        self.refuse()?;
        let inference = self.inference()?;
        let low = self.smallest_fitted().log10() - 6.0;
        let high = (self.largest_fitted().log10() + FARTHEST_DECADES).min(300.0);
        let compute = crossing(&|x| Some(self.predict(&[x])), loss, low, high)
            .ok()
            .map(exp10);
        let free = Free::new(self, methods);
        let mut intervals = Vec::new();
        for &method in methods {
            for &level in levels {
                for &kind in kinds {
                    let at = |x: f64| match &free {
                        Some(free) if !method.parametric() => {
                            let bounds = free.at(x, methods).bounds(method, level).ok();
                            bounds.filter(|_| method.gives(kind))
                        }
                        _ => self.bounds_at(&inference, x, level, kind, method),
                    };
                    if at(self.largest_fitted()).is_none() {
                        continue;
                    }
                    // A compute is covered while lower(C) ≤ loss ≤ upper(C); both fall at first.
                    let first = crossing(&|x| at(x).map(|bounds| bounds.0), loss, low, high);
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
            compute,
            intervals,
        })
    }

    fn bounds_at(
        &self,
        inference: &Inference,
        compute: f64,
        level: f64,
        kind: Kind,
        method: Method,
    ) -> Option<(f64, f64)> {
        let point = self.predict(&[compute]);
        let mut solver = Solver::new(self, inference, method, compute, point);
        solver.bounds(level, kind).ok()
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
            let (mut left, mut right) = (left, right);
            for _ in 0..60 {
                let middle = 0.5 * (left + right);
                if above(middle) {
                    left = middle;
                } else {
                    right = middle;
                }
            }
            return Ok(right);
        }
        left = right;
    }
    Err(Side::StaysAbove)
}
