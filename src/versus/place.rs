//! A recipe against the base at one compute.

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
    /// Lower end; absent where there is none above zero.
    pub(crate) lower: Option<f64>,
    /// Upper end; absent where there is none: the base may never reach that loss.
    pub(crate) upper: Option<f64>,
}

impl MultiplierInterval {
    /// Whether 1 lies inside.
    pub(crate) fn holds_one(&self) -> bool {
        self.lower.is_none_or(|lower| lower <= 1.0) && self.upper.is_none_or(|upper| upper >= 1.0)
    }
}

/// Why a multiplier, or an interval of it, is not given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct NoMultiplier {
    /// The method, where one of several says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<Method>,
    /// The code of the reason.
    pub(crate) code: Code,
    /// The reason in words.
    pub(crate) reason: String,
}

/// What can be said of a recipe against the base at a compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// The whole interval lies above 1.
    Better,
    /// The whole interval lies below 1.
    Worse,
    /// The interval holds 1.
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

/// A recipe against the base at one compute, or one N and D.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Place {
    /// The compute of the recipe.
    pub(crate) compute: f64,
    /// Its parameters, where the multiplier is one of tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) params: Option<f64>,
    /// Its tokens likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tokens: Option<f64>,
    /// How far it lies beyond the largest compute that both have runs at.
    pub(crate) extrapolation: f64,
    /// How much compute, or how many tokens, the base needs for the loss that the recipe has there,
    /// as a multiple.
    pub(crate) multiplier: Option<f64>,
    /// What can be said.
    pub(crate) verdict: Verdict,
    /// Intervals of the multiplier.
    pub(crate) intervals: Vec<MultiplierInterval>,
    /// Why there is no multiplier, or why a method gives no interval.
    pub(crate) abstentions: Vec<NoMultiplier>,
    /// The loss of the base there.
    pub(crate) base_loss: f64,
    /// The loss of the recipe there.
    pub(crate) loss: f64,
    /// The loss of the base less that of the recipe.
    pub(crate) difference: f64,
    /// Its intervals, by the delta method.
    pub(crate) difference_intervals: Vec<LossInterval>,
    /// One-sided confidence that the law of the recipe lies below that of the base there.
    pub(crate) probability_better: Option<f64>,
    /// What these runs could have shown; absent where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) power: Option<Power>,
}

impl Place {
    /// The interval that decides: of the first method that gives one at this level.
    pub(crate) fn main(&self, level: f64) -> Option<&MultiplierInterval> {
        self.intervals.iter().find(|i| i.level == level)
    }
}
