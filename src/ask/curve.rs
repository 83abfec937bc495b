//! Forecasts the end of a training run from its beginning.

use super::curve_answer::CurveAnswer;
use super::curve_request::CurveRequest;
use super::curve_schedule::schedule;
use super::usage;
use crate::curve::hidden::{CurvePoint, CurveQuestion, Recipe, Schedule, forecast_curve};
use crate::error::{Error, ErrorKind, Result};
use crate::interval::check_levels;
use crate::number::digits;
use crate::remedy::Setting;
use crate::runs::{LogAxis, LogPoint, RunLog};
use crate::said::Said;
use crate::text::quoted;

/// Most points of the log that are shown.
const SHOWN: usize = 400;
/// An end beyond this multiple of the last step is taken to be in another unit.
const FARTHEST: f64 = 1e4;
/// A step below this share of the previous one starts the run anew.
const BEGINNING: f64 = 0.3;
/// More starts than this are several runs and not restarts of one.
const MOST_RUNS: usize = 3;

impl CurveRequest {
    /// Answers the request.
    ///
    /// # Errors
    /// When the request is invalid, or the log has no law that can be continued.
    pub fn of(&self, log: &RunLog) -> Result<CurveAnswer> {
        check_levels(&self.levels)?;
        let schedule = self.given_schedule()?;
        let asked = self.at_end_of(log);
        asked.check_end(log)?;
        self.check_runs(log)?;
        let question = asked.question(schedule.clone())?;
        let forecast = forecast_curve(&points(log), &question)?;
        Ok(CurveAnswer {
            request: self.clone(),
            shown: shown(log),
            rates: rates(log, schedule.as_ref(), asked.end),
            log: RunLog {
                points: Vec::new(),
                ..log.clone()
            },
            digest: log.digest(),
            forecast,
        })
    }

    /// The same request with the end from the log's own column, if none is asked for.
    pub(super) fn at_end_of(&self, log: &RunLog) -> CurveRequest {
        match log.end.filter(|_| self.end == 0.0) {
            Some(end) => self.clone().end(end),
            None => self.clone(),
        }
    }

    /// Why a run has no end although a column should give it.
    pub(super) fn without_end(&self) -> String {
        let column = self.log.end.as_deref().unwrap_or_default();
        format!(
            "no row of the run has a positive number in column {}",
            quoted(column)
        )
    }

    /// Reads a log and answers the request.
    ///
    /// # Errors
    /// As for [`CurveRequest::of`], and when the log cannot be read.
    #[cfg(feature = "tables")]
    pub fn answer(&self, table: &crate::tables::Source<'_>) -> Result<CurveAnswer> {
        self.of(&self.read(table)?)
    }

    /// Reads a log.
    ///
    /// # Errors
    /// When the log cannot be read, or has several runs.
    #[cfg(feature = "tables")]
    #[doc(hidden)]
    pub fn read(&self, table: &crate::tables::Source<'_>) -> Result<RunLog> {
        self.log.read(table)
    }

    pub(super) fn given_schedule(&self) -> Result<Option<Schedule>> {
        schedule(self.schedule.as_deref(), self.rates.as_deref())
    }

    fn check_end(&self, log: &RunLog) -> Result<()> {
        if !(self.end > 0.0 && self.end.is_finite()) {
            let message = match self.end == 0.0 && self.log.end.is_some() {
                true => self.without_end(),
                false => format!(
                    "the end must be positive and finite, not {}",
                    Said(self.end)
                ),
            };
            return Err(usage(message)
                .with_hint("give the last step of the run")
                .with_remedy(Setting::End));
        }
        let last = log.points.iter().map(|p| p.x).fold(0.0, f64::max);
        if self.end > FARTHEST * last && !self.force {
            let message = format!(
                "the end {:e} is more than 10,000 times the last {} {}",
                self.end,
                log.axis.name(),
                digits(last, 6)
            );
            let error = usage(message);
            return Err(match log.has_tokens {
                true => error
                    .with_hint("say that it is in tokens, or give a step")
                    .with_remedy(Setting::X.to(LogAxis::Tokens.name())),
                false => error
                    .with_hint("give the end in what the log counts")
                    .with_remedy(Setting::End),
            });
        }
        Ok(())
    }

    /// Refuses a log whose steps show several runs in sequence.
    fn check_runs(&self, log: &RunLog) -> Result<()> {
        let begins = |pair: &[LogPoint]| pair[1].x < BEGINNING * pair[0].x;
        let count = 1 + log.points.windows(2).filter(|pair| begins(pair)).count();
        if count <= MOST_RUNS || self.force {
            return Ok(());
        }
        let message = format!(
            "the log begins again {} times: it looks like {count} runs, and a forecast is about one",
            count - 1
        );
        Err(Error::new(ErrorKind::Data, message)
            .at(&log.source, None, None)
            .with_hint("choose the rows of one run")
            .with_remedy(Setting::Where)
            .with_remedy(Setting::Force))
    }

    pub(super) fn question(&self, schedule: Option<Schedule>) -> Result<CurveQuestion> {
        let mut question = CurveQuestion::new(self.end);
        question.schedule = schedule;
        question.recipe = match &self.prior {
            Some(text) => {
                let recipe = Recipe::from_json(text, "the prior");
                Some(recipe.map_err(|error| error.about(Setting::Prior))?)
            }
            None => None,
        };
        // The curve's band has the first level.
        question.levels = self.levels.clone();
        question.levels.sort_by(|a, b| b.total_cmp(a));
        question.levels.dedup();
        question.skip_until = self.skip_until;
        question.laws = self.laws.clone();
        Ok(question)
    }
}

/// The points in the form that the laws take.
pub(super) fn points(log: &RunLog) -> Vec<CurvePoint> {
    let point = |p: &LogPoint| CurvePoint {
        step: p.x,
        loss: p.loss,
        lr: p.lr,
    };
    log.points.iter().map(point).collect()
}

/// Some of the points, evenly spaced by index, for a chart.
fn shown(log: &RunLog) -> Vec<(f64, f64)> {
    let points = &log.points;
    let every = points.len().div_ceil(SHOWN).max(1);
    let mut some: Vec<(f64, f64)> = points
        .iter()
        .step_by(every)
        .map(|p| (p.x, p.loss))
        .collect();
    some.extend(points.last().map(|p| (p.x, p.loss)));
    some
}

/// The learning rate over the run as far as it is known: from the log, then from the schedule.
/// Rates of a schedule without a peak are fractions of the peak.
fn rates(log: &RunLog, schedule: Option<&Schedule>, end: f64) -> Vec<(f64, f64)> {
    let logged: Vec<(f64, f64)> = log
        .points
        .iter()
        .filter_map(|p| Some((p.x, p.lr?)))
        .collect();
    let every = logged.len().div_ceil(SHOWN).max(1);
    let mut all: Vec<(f64, f64)> = logged.iter().step_by(every).copied().collect();
    all.extend(logged.last());
    let highest = all.iter().map(|p| p.1).fold(0.0, f64::max);
    let from = all.last().map_or(0.0, |p| p.0);
    if let Some(schedule) = schedule {
        let scale = match schedule.peak {
            None if highest > 0.0 => highest,
            _ => 1.0,
        };
        let steps = (0..=SHOWN).map(|k| from + (end - from) * k as f64 / SHOWN as f64);
        all.extend(steps.map(|step| (step, scale * schedule.rate(step, end))));
    }
    all
}
