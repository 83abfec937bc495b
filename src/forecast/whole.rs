//! The methods that assume no one law, with the runs' own back-test: made once a fit.

use super::curve::Curve;
use super::free::Free;
use super::own_backtest;
use crate::fit::FitResult;
use crate::interval::Method;
use std::borrow::Cow;

impl Free {
    /// `None` when every method asked for rests on the fitted law, losses have no logarithm, or the
    /// curve wanted is not the middle of the runs.
    pub(super) fn new<'a>(fit: &'a FitResult, methods: &[Method]) -> Option<Cow<'a, Free>> {
        let of_no_use = fit.signed() || fit.settings().objective.is_quantile();
        if methods.iter().all(|m| m.parametric()) || of_no_use {
            return None;
        }
        if methods.contains(&Method::Calibrated) {
            return Some(fit.kept.get_or_make(|| Free::whole(Curve::of(fit))));
        }
        Some(Cow::Owned(Free::of_curve(Curve::of(fit), methods)))
    }

    /// Everything, with the runs' own back-test.
    pub(crate) fn whole(curve: Curve) -> Free {
        let widening = own_backtest::widening(&curve.condensed());
        Free::of_curve(curve, &[Method::Calibrated]).widened(widening)
    }
}
