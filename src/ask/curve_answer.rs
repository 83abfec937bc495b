//! The answer of a forecast of the end of a training run.

use super::Trust;
use super::curve_request::CurveRequest;
use crate::curve::hidden::{
    BestParameters, CurveAt, CurveForecast, CurveInterval, CurveLaw, Source,
};
use crate::finding::{Diagnosis, Severity};
use crate::runs::{Excluded, LogAxis, RunLog};
use serde::Serialize;

/// The loss at the end of a training run.
#[derive(Debug, Clone)]
pub struct CurveAnswer {
    pub(crate) request: CurveRequest,
    /// The log without its points.
    pub(crate) log: RunLog,
    /// The digest of its points.
    pub(crate) digest: String,
    /// Some of its points, for a chart.
    pub(crate) shown: Vec<(f64, f64)>,
    /// The learning rate over the run, as far as it is known.
    pub(crate) rates: Vec<(f64, f64)>,
    pub(crate) forecast: CurveForecast,
}

impl CurveAnswer {
    /// The loss at the end.
    #[must_use]
    pub fn point(&self) -> f64 {
        self.forecast.point
    }

    /// The ends of the interval of this level, if it was asked for.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let found = self.forecast.intervals.iter().find(|i| i.level == level)?;
        Some((found.lower, found.upper))
    }

    /// The step at which the run will end.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.forecast.end
    }

    /// The last step of the log.
    #[must_use]
    pub fn now(&self) -> f64 {
        self.forecast.now
    }

    /// The findings.
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        &self.forecast.findings
    }

    /// The finding that forbids the numbers, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        let refuses = |d: &&Diagnosis| d.severity == Severity::Refuse;
        let found = self.forecast.findings.iter().find(refuses);
        found.filter(|_| !self.request.force)
    }

    /// How far the answer can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let warns = |d: &Diagnosis| d.severity != Severity::Note;
        match self.refusal() {
            Some(_) => Trust::Refused,
            None if self.forecast.findings.iter().any(warns) => Trust::NotTrustworthy,
            None => Trust::Trustworthy,
        }
    }

    /// The interval of the highest level.
    pub(crate) fn widest(&self) -> Option<&CurveInterval> {
        self.forecast.intervals.first()
    }
}

/// The name of a source in files.
pub(crate) fn source_name(source: &Source) -> &'static str {
    match source {
        Source::Recipe => "recipe",
        Source::Published => "published",
    }
}

#[derive(Serialize)]
struct Interval {
    level: f64,
    kind: crate::interval::Kind,
    method: &'static str,
    lower: f64,
    upper: f64,
}

#[derive(Serialize)]
struct Law<'a> {
    law: CurveLaw,
    weight: f64,
    point: f64,
    stderr: f64,
    rolling_error: Option<f64>,
    parameters: Parameters<'a>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    floor: f64,
    reducible: f64,
    exponent: f64,
    amplitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<&'a crate::curve::hidden::Response>,
}

impl<'a> From<&'a BestParameters> for Parameters<'a> {
    fn from(best: &'a BestParameters) -> Parameters<'a> {
        Parameters {
            floor: best.floor,
            reducible: best.reducible,
            exponent: best.exponent,
            amplitude: best.amplitude,
            response: best.response.as_ref(),
        }
    }
}

/// The forecast at a step, as in files.
#[derive(Serialize)]
pub(super) struct At {
    x: f64,
    point: f64,
    lower: f64,
    upper: f64,
    rate: f64,
}

impl From<&CurveAt> for At {
    fn from(at: &CurveAt) -> At {
        At {
            x: at.step,
            point: at.point,
            lower: at.interval.0,
            upper: at.interval.1,
            rate: at.rate,
        }
    }
}

#[derive(Serialize)]
struct Restart {
    from: f64,
    to: f64,
}

#[derive(Serialize)]
struct Spike {
    from: f64,
    to: f64,
    height: f64,
}

#[derive(Serialize)]
struct Points {
    read: usize,
    used: usize,
    independent: f64,
    left_out_until: f64,
    blank: usize,
    unwanted: usize,
    sigma: f64,
    autocorrelation: f64,
}

/// The columns that were read; a log in memory has none.
#[derive(Serialize)]
struct Columns<'a> {
    x: Option<&'a str>,
    loss: Option<&'a str>,
    lr: Option<&'a str>,
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    axis: LogAxis,
    columns: Columns<'a>,
    now: f64,
    end: f64,
    schedule: Option<&'a str>,
    point: Option<f64>,
    intervals: Vec<Interval>,
    laws: Vec<Law<'a>>,
    response_from: &'static str,
    rate_fallen: [f64; 2],
    points: Points,
    restarts: Vec<Restart>,
    spikes: Vec<Spike>,
    findings: &'a [Diagnosis],
    curve: Vec<At>,
    excluded: &'a [Excluded],
    digest: &'a str,
}

serialized!(CurveAnswer, |answer| {
    let f = &answer.forecast;
    let refused = answer.refusal().is_some();
    Json {
        format: "scalewise.curve",
        version: 1,
        axis: answer.log.axis,
        columns: Columns {
            x: answer.log.x_column.as_deref(),
            loss: answer.log.loss_column.as_deref(),
            lr: answer.log.lr_column.as_deref(),
        },
        now: f.now,
        end: f.end,
        schedule: answer.request.schedule.as_deref(),
        point: Some(f.point).filter(|_| !refused),
        intervals: f
            .intervals
            .iter()
            .filter(|_| !refused)
            .map(|i| Interval {
                level: i.level,
                kind: i.kind,
                method: i.method,
                lower: i.lower,
                upper: i.upper,
            })
            .collect(),
        laws: f
            .laws
            .iter()
            .filter(|_| !refused)
            .map(|told| Law {
                law: told.law,
                weight: told.weight,
                point: told.point,
                stderr: told.deviation,
                rolling_error: told.rolling,
                parameters: (&told.parameters).into(),
            })
            .collect(),
        response_from: source_name(&f.source),
        rate_fallen: [f.fallen.0, f.fallen.1],
        points: Points {
            read: f.read,
            used: f.used,
            independent: f.worth,
            left_out_until: f.left_out_until,
            blank: answer.log.blank,
            unwanted: answer.log.unwanted,
            sigma: f.noise.sigma,
            autocorrelation: f.noise.correlation,
        },
        restarts: f
            .restarts
            .iter()
            .map(|r| Restart {
                from: r.from,
                to: r.to,
            })
            .collect(),
        spikes: f
            .spikes
            .iter()
            .map(|s| Spike {
                from: s.from,
                to: s.to,
                height: s.height,
            })
            .collect(),
        findings: &f.findings,
        curve: f.curve.iter().filter(|_| !refused).map(At::from).collect(),
        excluded: &answer.log.excluded,
        digest: &answer.digest,
    }
});
