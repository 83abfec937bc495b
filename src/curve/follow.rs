//! Follows a run in progress: a new forecast at every point, at a small cost.

use super::answer::CurveForecast;
use super::forecast::{Log, forecast_log};
use super::log::{Cleaned, Point};
use super::missed::Missed;
use super::question::CurveQuestion;
use crate::error::Result;

/// Most points kept; if there are more, each pair of neighbours is replaced by its mean.
const HELD: usize = 2000;
/// Number of new points after which the errors of the laws in the past are computed again.
const AGAIN: usize = 64;

/// A run in progress.
///
/// A long log is kept as means of equal numbers of points, so the cost of a forecast does not grow
/// with the run.
#[derive(Debug, Clone)]
pub struct Follow {
    question: CurveQuestion,
    cleaned: Cleaned,
    /// Points that do not yet make up a mean.
    waiting: Vec<Point>,
    /// Number of points per mean.
    group: usize,
    read: usize,
    missed: Option<Vec<Missed>>,
    since: usize,
}

impl Follow {
    /// A run without points yet.
    #[must_use]
    pub fn new(question: CurveQuestion) -> Follow {
        Follow {
            question,
            cleaned: Cleaned::default(),
            waiting: Vec::new(),
            group: 1,
            read: 0,
            missed: None,
            since: 0,
        }
    }

    /// Adds the next point of the log.
    pub fn push(&mut self, point: Point) {
        self.read += 1;
        self.since += 1;
        let last = self.cleaned.points.last().map_or(-1.0, |p| p.step);
        let back = self.waiting.last().map_or(last, |p| p.step) >= point.step;
        if back || self.group == 1 {
            // A restart discards the waiting points after it; the rest is as in any log.
            self.waiting.retain(|p| p.step < point.step);
            self.cleaned.push(point);
        } else if point.loss.is_finite() && point.loss > 0.0 && point.step.is_finite() {
            self.waiting.push(point);
            if self.waiting.len() >= self.group {
                let mean = mean(&self.waiting);
                self.waiting.clear();
                self.cleaned.push(mean);
            }
        } else {
            self.cleaned.unusable += 1;
        }
        if self.cleaned.points.len() > HELD {
            self.group *= 2;
            let pairs = self.cleaned.points.chunks(2).map(mean).collect();
            self.cleaned.points = pairs;
        }
    }

    /// The forecast from the points so far.
    ///
    /// # Errors
    /// As for [`super::hidden::forecast_curve`].
    pub fn forecast(&mut self) -> Result<CurveForecast> {
        let mut cleaned = self.cleaned.clone();
        if !self.waiting.is_empty() {
            cleaned.push(mean(&self.waiting));
        }
        cleaned.leave_out_spikes();
        if self.since >= AGAIN {
            self.missed = None;
            self.since = 0;
        }
        let log = Log {
            cleaned: &cleaned,
            read: self.read,
            group: self.group,
            missed: self.missed.as_deref(),
        };
        let (forecast, missed) = forecast_log(&log, &self.question)?;
        self.missed = Some(missed);
        Ok(forecast)
    }
}

/// The mean of some points, with the learning rate of the last one.
fn mean(points: &[Point]) -> Point {
    let count = points.len().max(1) as f64;
    Point {
        step: points.iter().map(|p| p.step / count).sum(),
        loss: points.iter().map(|p| p.loss / count).sum(),
        lr: points.last().and_then(|p| p.lr),
    }
}
