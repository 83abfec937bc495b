//! The comparison of a recipe with the base at one compute.

use super::power::Power;
use crate::code::Code;
use crate::interval::Method;
use serde::Serialize;

/// An interval of a multiplier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct MultiplierInterval {
    /// Nominal probability.
    pub(crate) level: f64,
    /// How it was made.
    pub(crate) method: Method,
    /// Lower end; absent if there is none above zero.
    pub(crate) lower: Option<f64>,
    /// Upper end; absent if there is none, since the base may never reach that loss.
    pub(crate) upper: Option<f64>,
}

impl MultiplierInterval {
    /// Whether 1 lies inside.
    pub(crate) fn holds_one(&self) -> bool {
        self.lower.is_none_or(|lower| lower <= 1.0) && self.upper.is_none_or(|upper| upper >= 1.0)
    }
}

/// Why a multiplier, or one of its intervals, is not given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct NoMultiplier {
    /// The method, if only that method has no interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<Method>,
    /// The code of the reason.
    pub(crate) code: Code,
    /// The reason in words.
    pub(crate) reason: String,
}

/// The verdict on a recipe against the base at one compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// The whole interval lies above 1.
    Better,
    /// The whole interval lies below 1.
    Worse,
    /// The interval contains 1.
    NotToldApart,
    /// There is no interval.
    NoInterval,
    /// The base never reaches the loss of the recipe.
    NeverReached,
}

/// A difference of losses with its interval at one level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct LossInterval {
    /// Nominal probability.
    pub(crate) level: f64,
    /// Lower end.
    pub(crate) lower: f64,
    /// Upper end.
    pub(crate) upper: f64,
}

/// The comparison of a recipe with the base at one compute, or at one N and D.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Place {
    /// The compute of the recipe.
    pub(crate) compute: f64,
    /// Its parameters, if the multiplier is one of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) params: Option<f64>,
    /// Its tokens, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tokens: Option<f64>,
    /// The compute divided by the largest at which both have runs.
    pub(crate) extrapolation: f64,
    /// How many times as much compute (or as many tokens) the base needs for the recipe's loss.
    pub(crate) multiplier: Option<f64>,
    /// The verdict.
    pub(crate) verdict: Verdict,
    /// Intervals of the multiplier.
    pub(crate) intervals: Vec<MultiplierInterval>,
    /// Why there is no multiplier, or why a method gives no interval.
    pub(crate) abstentions: Vec<NoMultiplier>,
    /// The loss of the base there.
    pub(crate) base_loss: f64,
    /// The loss of the recipe there.
    pub(crate) loss: f64,
    /// The loss of the base minus that of the recipe.
    pub(crate) difference: f64,
    /// Intervals of the difference, by the delta method.
    pub(crate) difference_intervals: Vec<LossInterval>,
    /// One-sided confidence that the recipe's law lies below the base's there.
    pub(crate) probability_better: Option<f64>,
    /// What these runs could have detected; absent unless requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) power: Option<Power>,
}

impl Place {
    /// The interval that decides: that of the first method with one at this level.
    pub(crate) fn main(&self, level: f64) -> Option<&MultiplierInterval> {
        self.intervals.iter().find(|i| i.level == level)
    }

    /// Whether it lies beyond the runs that both recipes have.
    pub(crate) fn is_beyond(&self) -> bool {
        self.extrapolation > 1.0 + 1e-9
    }
}
