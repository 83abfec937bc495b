//! The law-free methods with the back-test on the runs, made once per fit.

use super::abstain::Abstain;
use super::curve::Curve;
use super::free::{Free, FreeAt};
use super::grade::Grade;
use super::informed::Informed;
use super::knowledge::Knowledge;
use super::own_backtest;
use super::widths::Widths;
use crate::fit::FitResult;
use crate::interval::Method;
use std::borrow::Cow;

/// The law-free methods for a fit.
#[derive(Debug, Clone)]
pub(crate) enum Whole {
    /// From the runs alone.
    Plain(Box<Free>),
    /// With knowledge besides the runs.
    Informed(Informed),
    /// The knowledge is about something that the methods cannot use.
    Nothing(Abstain),
}

impl Whole {
    /// `None` if every requested method assumes the fitted law, losses have no logarithm, or the
    /// curve is a quantile.
    pub(super) fn new<'a>(fit: &'a FitResult, methods: &[Method]) -> Option<Cow<'a, Whole>> {
        let of_no_use = fit.signed() || fit.settings().objective.is_quantile();
        if methods.iter().all(|m| m.parametric()) || of_no_use {
            return None;
        }
        if methods.contains(&Method::Calibrated) {
            let all = &[Method::Calibrated];
            return Some(fit.kept.get_or_make(|| Whole::of(fit, all)));
        }
        Some(Cow::Owned(Whole::of(fit, methods)))
    }

    fn of(fit: &FitResult, methods: &[Method]) -> Whole {
        let curve = Curve::of(fit);
        let informed = match Knowledge::of(fit) {
            Err(why) => Err(why),
            Ok(Some(knowledge)) => Informed::new(&curve, &knowledge, methods),
            Ok(None) if methods.contains(&Method::Calibrated) => {
                return Whole::Plain(Box::new(Free::whole(curve)));
            }
            Ok(None) => return Whole::Plain(Box::new(Free::of_curve(curve, methods))),
        };
        match informed {
            Ok(informed) => Whole::Informed(informed),
            Err(why) => Whole::Nothing(why),
        }
    }

    /// The results of these methods at `x`.
    pub(crate) fn at(&self, x: f64, methods: &[Method]) -> FreeAt {
        match self {
            Whole::Plain(free) => free.at(x, methods),
            Whole::Informed(informed) => informed.at(x, methods),
            Whole::Nothing(why) => FreeAt::nothing(why),
        }
    }

    /// Whether knowledge besides the runs is used or refused.
    pub(super) fn is_informed(&self) -> bool {
        !matches!(self, Whole::Plain(_))
    }
}

impl Free {
    /// All methods, with the back-test on the runs.
    pub(crate) fn whole(curve: Curve) -> Free {
        let widening = own_backtest::widening(&curve.condensed());
        Free::of_curve(curve, &[Method::Calibrated]).widened(widening)
    }
}

impl Free {
    /// All methods, with the factor of another back-test: that of the same runs without the assumed
    /// ones.
    pub(crate) fn with_widening(curve: Curve, widening: f64) -> Free {
        Free::of_curve(curve, &[Method::Calibrated]).widened(widening)
    }

    /// The factor by which the back-test on the runs widens the calibrated interval.
    pub(crate) fn own_widening(curve: &Curve) -> f64 {
        own_backtest::widening(&curve.condensed())
    }
}

/// The components of the calibrated interval at one target, for the study that chooses its widths.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Anatomy {
    at: FreeAt,
}

impl Anatomy {
    /// `None` if no member exists.
    #[must_use]
    pub fn of(fit: &FitResult, x: f64) -> Option<Anatomy> {
        let at = Whole::new(fit, &[Method::Calibrated])?.at(x, &[Method::Calibrated]);
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
