//! A run that is still going on: its forecast at every new point, at a small cost.

use super::answer::CurveForecast;
use super::forecast::{Log, forecast_log};
use super::log::{Cleaned, Point};
use super::missed::Missed;
use super::question::CurveQuestion;
use crate::error::Result;

/// Points that are held; when there are more, each pair of neighbours becomes its mean.
const HELD: usize = 2000;
/// How far the laws miss the past is looked at again after so many points.
const AGAIN: usize = 64;

/// A run that is followed while it goes on.
///
/// A long log is held as means of equal numbers of points, so that a forecast costs the same
/// however long the run is.
#[derive(Debug, Clone)]
pub struct Follow {
    question: CurveQuestion,
    cleaned: Cleaned,
    /// Points that are not yet a mean.
    waiting: Vec<Point>,
    /// Points in a mean.
    group: usize,
    read: usize,
    missed: Option<Vec<Missed>>,
    since: usize,
}

impl Follow {
    /// A run of which nothing is known yet.
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

    /// Takes the next point of the log.
    pub fn push(&mut self, point: Point) {
        self.read += 1;
        self.since += 1;
        let last = self.cleaned.points.last().map_or(-1.0, |p| p.step);
        let back = self.waiting.last().map_or(last, |p| p.step) >= point.step;
        if back || self.group == 1 {
            // A restart takes back what waits, and is handled as in any log.
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

/// The mean of some points; the learning rate is that of the last.
fn mean(points: &[Point]) -> Point {
    let count = points.len().max(1) as f64;
    Point {
        step: points.iter().map(|p| p.step / count).sum(),
        loss: points.iter().map(|p| p.loss / count).sum(),
        lr: points.last().and_then(|p| p.lr),
    }
}
