//! The ends of several training runs at once: a ladder from runs that are still in progress.

use super::Trust;
use super::branches::{Branch, branches};
use super::curve::points;
use super::curve_answer::CurveAnswer;
use super::curve_request::CurveRequest;
use crate::curve::hidden::ended;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Severity;
use crate::runs::{Carried, Excluded, LogAxis, RunLog};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;
use std::collections::BTreeMap;

/// Why a trunk is no point of a ladder.
const CONSTANT: &str =
    "its learning rate does not decay: its branches are the points of the ladder";

/// The losses of several runs at their ends.
///
/// ```
/// use scalewise::{ask::CurveRequest, runs::RunLog};
/// let steps: Vec<f64> = (1..=100).map(|k| 50.0 * f64::from(k)).collect();
/// let losses: Vec<f64> = steps.iter().map(|t| 2.0 + 30.0 * t.powf(-0.5)).collect();
/// let run = RunLog::of(&steps, &losses)?;
/// let request = CurveRequest::default().end(10_000.0).schedule("constant");
/// let answer = request.of_all(&[run])?;
/// assert!((answer.points()[0].unwrap_or_default() - 2.3).abs() < 0.02);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CurvesAnswer {
    pub(crate) runs: Vec<RunAtEnd>,
}

/// One of the runs.
#[derive(Debug, Clone)]
pub(crate) struct RunAtEnd {
    pub(crate) log: RunLog,
    /// The last step of the log.
    pub(crate) now: f64,
    pub(crate) end: Option<f64>,
    pub(crate) state: RunState,
    /// The run whose trunk it shares, and how many branches with a loss do so.
    pub(crate) trunk: Option<(String, usize)>,
}

/// What is known about the end of a run.
#[derive(Debug, Clone)]
pub(crate) enum RunState {
    /// The run has ended: its last loss, and the standard deviation of the noise.
    Ended { loss: f64, sigma: f64 },
    /// The end is forecast.
    Forecast(Box<CurveAnswer>),
    /// Nothing is known, for this reason.
    Unknown(String),
}

impl RunAtEnd {
    /// The loss at the end, and its standard deviation. For branches of one trunk it is larger by
    /// the root of their number, so that together they count as one run. The reason is that one log
    /// does not show how far their errors are alike.
    pub(crate) fn loss(&self) -> Option<(f64, f64)> {
        let (loss, sigma) = match &self.state {
            RunState::Ended { loss, sigma } => (*loss, *sigma),
            RunState::Forecast(answer) => (answer.point(), answer.forecast.deviation),
            RunState::Unknown(_) => return None,
        };
        match &self.trunk {
            Some((_, branches)) => Some((loss, sigma * (*branches as f64).sqrt())),
            None => Some((loss, sigma)),
        }
    }

    /// The value of a column of the log at the end of the run.
    pub(crate) fn carried(&self, name: &str) -> Option<String> {
        let (_, carried) = self.log.carried.iter().find(|(own, _)| own == name)?;
        match (carried, self.end) {
            (Carried::Same(cell), _) => Some(cell.clone()),
            (Carried::Grows(ratio), Some(end)) => Some(format!("{:?}", ratio * end)),
            (Carried::Grows(_), None) => None,
        }
    }
}

impl CurveRequest {
    /// Answers for each of several runs, on all cores. A run without an answer does not affect the
    /// others.
    ///
    /// # Errors
    /// When the request is invalid for any of the runs.
    pub fn of_all(&self, logs: &[RunLog]) -> Result<CurvesAnswer> {
        let all = branches(logs, self.log.by.as_deref());
        let runs = all.into_par_iter().map(|branch| self.at_end(branch));
        let runs: Vec<Result<RunAtEnd>> = runs.collect();
        let mut runs: Vec<RunAtEnd> = runs.into_iter().collect::<Result<_>>()?;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for run in runs.iter().filter(|run| run.loss().is_some()) {
            if let Some((trunk, _)) = &run.trunk {
                *counts.entry(trunk.clone()).or_default() += 1;
            }
        }
        for (trunk, count) in runs.iter_mut().filter_map(|run| run.trunk.as_mut()) {
            *count = counts.get(trunk).copied().unwrap_or(1);
        }
        Ok(CurvesAnswer { runs })
    }

    /// Reads the runs of a log, which its column [`by`](super::LogTable::by) names, and answers for
    /// each.
    ///
    /// # Errors
    /// As for [`CurveRequest::of_all`], and when the log cannot be read.
    #[cfg(feature = "tables")]
    pub fn answer_all(&self, table: &crate::tables::Source<'_>) -> Result<CurvesAnswer> {
        self.of_all(&self.log.read_all(table)?)
    }

    fn at_end(&self, branch: Branch) -> Result<RunAtEnd> {
        let log = &branch.log;
        let now = log.points.iter().map(|p| p.x).fold(0.0, f64::max);
        let asked = match branch.ended {
            true => self.clone().end(now),
            false => self.at_end_of(log),
        };
        let known = asked.end != 0.0;
        let state = match ended(&points(log), asked.end).filter(|_| known) {
            Some(_) if branch.is_constant => RunState::Unknown(CONSTANT.to_owned()),
            Some((loss, sigma)) => RunState::Ended { loss, sigma },
            None if !known && self.log.end.is_some() => RunState::Unknown(self.without_end()),
            None => match asked.of(log) {
                Ok(answer) => match answer.refusal() {
                    Some(found) => RunState::Unknown(format!("{}: {}", found.code, found.message)),
                    None => RunState::Forecast(Box::new(answer)),
                },
                Err(error) if error.kind() == ErrorKind::NoFit => {
                    RunState::Unknown(error.to_string())
                }
                Err(error) => {
                    let message = format!("run '{}': {}", log.name, error.message());
                    return Err(Error::new(error.kind(), message).with_advice_of(&error));
                }
            },
        };
        Ok(RunAtEnd {
            now,
            end: Some(asked.end).filter(|end| *end > 0.0),
            state,
            trunk: branch.trunk.map(|trunk| (trunk, 1)),
            log: RunLog {
                points: Vec::new(),
                ..branch.log
            },
        })
    }
}

impl CurvesAnswer {
    /// The loss at the end of each run, in the order in which they were read; `None` if unknown.
    #[must_use]
    pub fn points(&self) -> Vec<Option<f64>> {
        let loss = |run: &RunAtEnd| run.loss().map(|(loss, _)| loss);
        self.runs.iter().map(loss).collect()
    }

    /// How far the answer can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let known = self.runs.iter().filter(|run| run.loss().is_some()).count();
        let sound = |run: &RunAtEnd| match &run.state {
            RunState::Ended { .. } => true,
            RunState::Forecast(answer) => answer.trust() == Trust::Trustworthy,
            RunState::Unknown(_) => false,
        };
        match (known, self.runs.iter().all(sound)) {
            (0, _) => Trust::Refused,
            (_, true) => Trust::Trustworthy,
            (_, false) => Trust::NotTrustworthy,
        }
    }

    /// The rows that were left out, and why.
    #[must_use]
    pub fn excluded(&self) -> Vec<Excluded> {
        let all = self.runs.iter().flat_map(|run| &run.log.excluded);
        all.cloned().collect()
    }
}

#[derive(Serialize)]
struct OfRun<'a> {
    run: &'a str,
    axis: LogAxis,
    state: &'static str,
    now: f64,
    end: Option<f64>,
    point: Option<f64>,
    sigma: Option<f64>,
    trunk: Option<&'a str>,
    branches: Option<usize>,
    columns: serde_json::Map<String, serde_json::Value>,
    findings: Vec<String>,
    reason: Option<&'a str>,
    forecast: Option<&'a CurveAnswer>,
    excluded: &'a [Excluded],
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    runs: Vec<OfRun<'a>>,
}

impl<'a> From<&'a RunAtEnd> for OfRun<'a> {
    fn from(run: &'a RunAtEnd) -> OfRun<'a> {
        let forecast = match &run.state {
            RunState::Forecast(answer) => Some(&**answer),
            _ => None,
        };
        let cell = |name: &String| Some((name.clone(), run.carried(name)?.into()));
        OfRun {
            run: &run.log.name,
            axis: run.log.axis,
            state: run.state.name(),
            now: run.now,
            end: run.end,
            point: run.loss().map(|(loss, _)| loss),
            sigma: run.loss().map(|(_, sigma)| sigma),
            trunk: run.trunk.as_ref().map(|(trunk, _)| trunk.as_str()),
            branches: run.trunk.as_ref().map(|(_, count)| *count),
            columns: run
                .log
                .carried
                .iter()
                .filter_map(|(name, _)| cell(name))
                .collect(),
            findings: run.codes(),
            reason: match &run.state {
                RunState::Unknown(why) => Some(why),
                _ => None,
            },
            forecast,
            excluded: &run.log.excluded,
        }
    }
}

impl RunState {
    /// Its name in files.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            RunState::Ended { .. } => "ended",
            RunState::Forecast(_) => "forecast",
            RunState::Unknown(_) => "unknown",
        }
    }
}

impl RunAtEnd {
    /// The codes of the findings about its forecast.
    pub(crate) fn codes(&self) -> Vec<String> {
        let RunState::Forecast(answer) = &self.state else {
            return Vec::new();
        };
        let found = answer.findings().iter();
        let warned = found.filter(|d| d.severity != Severity::Note);
        warned.map(|d| d.code.to_string()).collect()
    }
}

serialized!(CurvesAnswer, |answer| Json {
    format: "scalewise.curves",
    version: 1,
    runs: answer.runs.iter().map(OfRun::from).collect(),
});
