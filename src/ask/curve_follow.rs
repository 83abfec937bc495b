//! Follows a training run while it continues.

use super::curve::points;
use super::curve_request::CurveRequest;
use crate::curve::hidden::{CurvePoint, Follow};
use crate::error::{ErrorKind, Result};
use crate::interval::check_levels;
use crate::runs::RunLog;
use serde::Serialize;

/// The forecast at a new point of a running training run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurveUpdate {
    /// The last step.
    pub at: f64,
    /// The loss there.
    pub loss: f64,
    /// The step at which the run will end.
    pub end: f64,
    /// The forecast loss at the end.
    pub point: f64,
    /// The highest requested level, and the ends of its interval.
    pub level: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// The change of the forecast since the previous one.
    pub change: Option<f64>,
}

/// Follows a run: takes its log as it grows.
#[derive(Debug, Clone)]
pub struct CurveFollow {
    request: CurveRequest,
    follow: Follow,
    /// The points taken so far.
    taken: Vec<CurvePoint>,
    /// Whether one of them is at the end.
    ended: bool,
    last: Option<f64>,
    /// The name of the run, and its learning rate after the rows taken so far.
    #[cfg(feature = "tables")]
    read: (String, Option<f64>),
}

impl CurveFollow {
    /// Follows a run for this request.
    ///
    /// # Errors
    /// When the request is invalid.
    pub fn new(request: &CurveRequest) -> Result<CurveFollow> {
        check_levels(&request.levels)?;
        let question = request.question(request.given_schedule()?)?;
        Ok(CurveFollow {
            request: request.clone(),
            follow: Follow::new(question),
            taken: Vec::new(),
            ended: false,
            last: None,
            #[cfg(feature = "tables")]
            read: (String::new(), None),
        })
    }

    /// Whether the run has reached its end.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes a log that may have grown since the last time. A log that was rewritten is taken from
    /// its beginning. `None` if nothing is new, or there are too few points yet.
    ///
    /// # Errors
    /// As for a forecast of the whole log.
    pub fn take(&mut self, log: &RunLog) -> Result<Option<CurveUpdate>> {
        let points = points(log);
        let grown = points.len() >= self.taken.len()
            && self.taken.last() == self.taken.len().checked_sub(1).map(|k| &points[k]);
        if !grown {
            *self = CurveFollow::new(&self.request)?;
        }
        #[cfg(feature = "tables")]
        {
            self.read = (log.name.clone(), log.last_lr);
        }
        let known = self.taken.len();
        self.push(&points[known..])
    }

    /// Takes the later rows of the log alone, below its opening. The answer is the same as for the
    /// whole log. `None` if the whole log has to be taken, and nothing was taken.
    ///
    /// # Errors
    /// As for a forecast of the whole log.
    #[cfg(feature = "tables")]
    #[doc(hidden)]
    pub fn take_more(
        &mut self,
        rows: &crate::tables::Source<'_>,
        opening: &crate::tables::Opening,
    ) -> Result<Option<Option<CurveUpdate>>> {
        let (name, lr) = &self.read;
        // Errors in these rows are told where the whole log is read.
        let Ok(Some(more)) = self.request.log.read_more(rows, opening, *lr) else {
            return Ok(None);
        };
        // The first learning rate also holds for the rows before it.
        let is_first_rate = lr.is_none() && more.last_lr.is_some();
        let is_other_run = !more.is_empty() && more.name != *name;
        if is_first_rate || is_other_run {
            return Ok(None);
        }
        self.read.1 = more.last_lr.or(*lr);
        self.push(&points(&more)).map(Some)
    }

    /// Takes further points.
    fn push(&mut self, new: &[CurvePoint]) -> Result<Option<CurveUpdate>> {
        let end = self.request.end;
        self.taken.extend(new);
        self.ended |= new.iter().any(|p| p.step >= end);
        let before = |p: &&CurvePoint| p.step < end;
        let Some(last) = new.iter().rev().find(before).copied() else {
            return Ok(None);
        };
        for point in new.iter().filter(before) {
            self.follow.push(*point);
        }
        let forecast = match self.follow.forecast() {
            Ok(forecast) => forecast,
            Err(error) if error.kind() == ErrorKind::NoFit => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(widest) = forecast.intervals.first() else {
            return Ok(None);
        };
        let change = self.last.map(|before| forecast.point - before);
        self.last = Some(forecast.point);
        Ok(Some(CurveUpdate {
            at: last.step,
            loss: last.loss,
            end: forecast.end,
            point: forecast.point,
            level: widest.level,
            lower: widest.lower,
            upper: widest.upper,
            change,
        }))
    }
}
