//! The forecast of the end of a run.

use super::laws::CurveLaw;
use super::log::{Restart, Spike};
use super::member::BestParameters;
use super::noise::Noise;
use crate::finding::Diagnosis;
use crate::interval::Kind;

/// Where the information comes from that the past of a run does not give.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An earlier run of the same recipe.
    Recipe,
    /// Published families of curves; the intervals have the width that this transfer needs.
    Published,
}

/// The name of this interval method in files.
pub const METHOD: &str = "curve-laws";

/// A prediction interval of a loss as the run logs it, noise included.
///
/// Its half-width combines the spread of the laws and of their parameters, a share of the change
/// that is still to come, and the scatter of the points. The shares were calibrated on published
/// curves.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CurveInterval {
    /// Nominal probability.
    pub level: f64,
    /// The kind: a prediction interval, of a logged loss.
    pub kind: Kind,
    /// `curve-laws`.
    pub method: &'static str,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// The forecast of the end of a run by one law.
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
    /// Root mean square of its relative errors when it forecasts the later part of the known points
    /// from the earlier part.
    pub rolling: Option<f64>,
    /// Its most likely parameters.
    pub parameters: BestParameters,
}

/// The forecast at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CurveAt {
    /// The step.
    pub step: f64,
    /// The loss.
    pub point: f64,
    /// The ends of its interval at the first requested level.
    pub interval: (f64, f64),
    /// The learning rate, as a share of the peak.
    pub rate: f64,
}

/// The forecast of the end of a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CurveForecast {
    /// The last known step.
    pub now: f64,
    /// The step of the forecast.
    pub end: f64,
    /// The loss at the end.
    pub point: f64,
    /// The standard deviation of a logged loss there.
    pub deviation: f64,
    /// Intervals at the requested levels.
    pub intervals: Vec<CurveInterval>,
    /// The laws, highest weight first.
    pub laws: Vec<LawTold>,
    /// The forecast from the last known step to the end.
    pub curve: Vec<CurveAt>,
    /// The scatter of the points.
    pub noise: Noise,
    /// Number of points read.
    pub read: usize,
    /// Number of points used.
    pub used: usize,
    /// Number of independent points that they are worth.
    pub worth: f64,
    /// Points at or before this step are left out: the warm-up, and the beginning that the laws do
    /// not describe.
    pub left_out_until: f64,
    /// By how much the rate falls, as a share of its peak: until now, and until the end.
    pub fallen: (f64, f64),
    /// Where the response to falls comes from.
    pub source: Source,
    /// The factor that the intervals were widened by because the laws missed the later part of the
    /// known points by more than they claimed.
    pub widening: f64,
    /// Where the run went back to an earlier step.
    pub restarts: Vec<Restart>,
    /// The points taken for spikes.
    pub spikes: Vec<Spike>,
    /// The findings.
    pub findings: Vec<Diagnosis>,
}
