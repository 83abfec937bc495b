//! What is said of the end of a run.

use super::laws::CurveLaw;
use super::log::{Restart, Spike};
use super::member::BestParameters;
use super::noise::Noise;
use crate::finding::Diagnosis;
use crate::interval::Kind;

/// Where what the past of a run cannot tell comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An earlier run of the same recipe.
    Recipe,
    /// Published families of curves, with the width that such a transfer needs.
    Published,
}

/// The name of the method of these intervals in files.
pub const METHOD: &str = "curve-laws";

/// A prediction interval of a loss: of what a run logs, with its noise.
///
/// Its half-width has the spread of the laws and of their parameters, a share of the change that is
/// still to come, and the scatter of the points; both shares were calibrated on published curves.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CurveInterval {
    /// Nominal probability.
    pub level: f64,
    /// Of a logged loss.
    pub kind: Kind,
    /// `curve-laws`.
    pub method: &'static str,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// What one law says of the end of a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LawTold {
    /// The law.
    pub law: CurveLaw,
    /// The loss at the end.
    pub point: f64,
    /// Its standard error if the law is right.
    pub deviation: f64,
    /// Its weight in the forecast.
    pub weight: f64,
    /// Root mean square of its relative errors when it forecast the later part of what is known
    /// from the earlier part.
    pub rolling: Option<f64>,
    /// Its most likely parameters.
    pub parameters: BestParameters,
}

/// The forecast at a step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CurveAt {
    /// The step.
    pub step: f64,
    /// The loss.
    pub point: f64,
    /// The ends of its interval of the first level that was asked for.
    pub interval: (f64, f64),
    /// The learning rate, as a share of the peak.
    pub rate: f64,
}

/// The forecast of the end of a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CurveForecast {
    /// The last step that was used.
    pub now: f64,
    /// The step that the forecast is about.
    pub end: f64,
    /// The loss at the end.
    pub point: f64,
    /// The standard deviation of a logged loss there.
    pub deviation: f64,
    /// Intervals of the levels that were asked for.
    pub intervals: Vec<CurveInterval>,
    /// The laws, the weightiest first.
    pub laws: Vec<LawTold>,
    /// The forecast from the last step to the end.
    pub curve: Vec<CurveAt>,
    /// The scatter of the points.
    pub noise: Noise,
    /// How many points were read.
    pub read: usize,
    /// How many points were used.
    pub used: usize,
    /// How many independent points they are worth.
    pub worth: f64,
    /// The points at and before this step are left out: the warm-up, and what the laws do not
    /// describe.
    pub left_out_until: f64,
    /// How many of the rate's falls, as a share of its peak, the run has seen, and will see.
    pub fallen: (f64, f64),
    /// Where the answer to falls comes from.
    pub source: Source,
    /// How many times the intervals were widened, because the laws missed the later part of what is
    /// known by more than they claimed.
    pub widening: f64,
    /// Where the run went back.
    pub restarts: Vec<Restart>,
    /// What was taken for spikes.
    pub spikes: Vec<Spike>,
    /// Everything that was found.
    pub findings: Vec<Diagnosis>,
}
