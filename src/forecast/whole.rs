//! The methods that assume no one law, with the runs' own back-test: made once a fit.

use super::curve::Curve;
use super::free::{Free, FreeAt};
use super::grade::Grade;
use super::own_backtest;
use super::widths::Widths;
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

/// What the calibrated interval at one target is made of, for the study that chooses its widths.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Anatomy {
    at: FreeAt,
}

impl Anatomy {
    /// `None` where no member exists.
    #[must_use]
    pub fn of(fit: &FitResult, x: f64) -> Option<Anatomy> {
        let at = Free::new(fit, &[Method::Calibrated])?.at(x, &[Method::Calibrated]);
        at.with_widths(&Widths::MEASURED)?;
        Some(Anatomy { at })
    }

    /// Lower end, point and upper end of the 90 % interval with these widths.
    #[must_use]
    pub fn interval(&self, widths: &Widths) -> Option<[f64; 3]> {
        let band = self.at.with_widths(widths)?;
        Some([band.lower, band.point, band.upper])
    }

    /// The grade that a forecast with this interval has.
    #[must_use]
    pub fn grade(&self, widths: &Widths) -> Option<Grade> {
        let band = self.at.with_widths(widths)?;
        Some(Grade::of_curve(&band, self.at.falls()))
    }
}
