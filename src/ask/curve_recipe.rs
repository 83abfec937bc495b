//! Laws learnt from complete runs of a recipe, and their forecasts for new schedules.

use super::curve::points;
use super::curve_answer::At;
use super::curve_schedule::{parsed, schedule};
use super::log_table::LogTable;
use super::table::is_default;
use super::{LEVELS, Trust, usage};
use crate::curve::hidden::{
    BestStart, Comparison, Recipe, RecipeRun, RunCourse, Schedule, ScheduleShape, ScheduleTold,
};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Diagnosis, Severity};
use crate::interval::check_levels;
use crate::remedy::Setting;
use crate::runs::{Excluded, LogAxis, RunLog};
use crate::said::Said;
use serde::Serialize;

request!(
    /// Asks for the laws that complete runs of one recipe teach for its other runs.
    ///
    /// ```
    /// use scalewise::{ask::RecipeRequest, runs::RunLog};
    /// let steps: Vec<f64> = (1..=100).map(|k| 50.0 * f64::from(k)).collect();
    /// let losses: Vec<f64> = steps.iter().map(|t| 2.0 + 30.0 * t.powf(-0.5)).collect();
    /// let run = RunLog::of(&steps, &losses)?;
    /// let answer = RecipeRequest::default().schedule("constant").of(&[run])?;
    /// assert!(answer.to_json().contains("scalewise.curve-recipe"));
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct RecipeRequest {
        /// How the logs are read.
        #[serde(skip_serializing_if = "is_default")]
        log: LogTable,
        /// The schedule of the learning rate, if the logs have no rates.
        #[serde(skip_serializing_if = "is_default")]
        [text] schedule: Option<String>,
        /// The text of a table of learning rates by step, in place of a schedule.
        #[serde(skip_serializing_if = "is_default")]
        [text] rates: Option<String>,
    }
);

impl RecipeRequest {
    /// Fits the laws to the runs jointly.
    ///
    /// # Errors
    /// When there is no run, or no law can be fitted to the runs.
    pub fn of(&self, logs: &[RunLog]) -> Result<RecipeAnswer> {
        let schedule = schedule(self.schedule.as_deref(), self.rates.as_deref())?;
        let called = |(k, log): (usize, &RunLog)| match (log.name.is_empty(), &*log.source) {
            (false, _) => log.name.clone(),
            (true, "") => format!("run {}", k + 1),
            (true, source) => source.to_owned(),
        };
        let run = |(k, log): (usize, &RunLog)| RecipeRun {
            name: called((k, log)),
            points: points(log),
            schedule: schedule.clone(),
            size: log.size,
        };
        let runs: Vec<RecipeRun> = logs.iter().enumerate().map(run).collect();
        if runs.is_empty() {
            return Err(usage("there is no run to learn from").with_hint("give the log of one"));
        }
        let (mut recipe, courses) = Recipe::fit_with_courses(&runs)?;
        recipe.axis = axis(logs)?;
        Ok(RecipeAnswer {
            document: recipe.to_json()?,
            recipe,
            courses,
            excluded: logs.iter().flat_map(|log| log.excluded.clone()).collect(),
        })
    }
}

/// What all logs count.
fn axis(logs: &[RunLog]) -> Result<LogAxis> {
    let axis = logs.first().map(|log| log.axis).unwrap_or_default();
    match logs.iter().find(|log| log.axis != axis) {
        None => Ok(axis),
        Some(other) => {
            let message = format!(
                "some logs count {}, and this one counts {}",
                counted(axis),
                counted(other.axis)
            );
            Err(Error::new(ErrorKind::Data, message)
                .at(&other.source, None, None)
                .with_hint("say what all of them count")
                .with_remedy(Setting::X))
        }
    }
}

fn counted(axis: LogAxis) -> &'static str {
    match axis {
        LogAxis::Step => "steps",
        LogAxis::Tokens => "tokens",
    }
}

/// The laws learnt from complete runs of a recipe.
#[derive(Debug, Clone)]
pub struct RecipeAnswer {
    pub(crate) recipe: Recipe,
    pub(crate) document: String,
    /// The runs beside the laws.
    pub(crate) courses: Vec<RunCourse>,
    pub(crate) excluded: Vec<Excluded>,
}

impl RecipeAnswer {
    /// The document that later requests take.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.document.clone()
    }

    /// The rows that were left out, and why.
    #[must_use]
    pub fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }

    /// The findings.
    #[doc(hidden)]
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        &self.recipe.findings
    }

    /// How far the recipe can be relied on.
    pub(crate) fn trust(&self) -> Trust {
        trust_of(self.findings())
    }
}

// The digest is that of the document's own bytes.
serialized!(RecipeAnswer, |answer| {
    serde_json::from_str::<serde_json::Value>(&answer.document).unwrap_or_default()
});

request!(
    /// Asks for the loss at the end of runs with these schedules, by the laws learnt from complete
    /// runs of the recipe.
    ///
    /// ```
    /// use scalewise::{ask::{RecipeRequest, SchedulesRequest}, runs::RunLog};
    /// let steps: Vec<f64> = (1..=100).map(|k| 50.0 * f64::from(k)).collect();
    /// let losses: Vec<f64> = steps.iter().map(|t| 2.0 + 30.0 * t.powf(-0.5)).collect();
    /// let run = RunLog::of(&steps, &losses)?;
    /// let recipe = RecipeRequest::default().schedule("constant").of(&[run])?.to_json();
    /// let answer = SchedulesRequest::default().end(10_000.0).schedules(["constant"]).of(&recipe)?;
    /// assert!((answer.points()[0] - 2.3).abs() < 0.02);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct SchedulesRequest {
        /// The step at which the runs will end.
        end: f64,
        /// The schedules; differences are relative to the first.
        [texts] schedules: Vec<String>,
        /// Levels of the intervals.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
    }
);

impl SchedulesRequest {
    /// Answers from the text of a recipe.
    ///
    /// # Errors
    /// When the text is not a recipe, or a schedule is invalid.
    pub fn of(&self, recipe: &str) -> Result<SchedulesAnswer> {
        self.of_named(recipe, "the recipe")
    }

    /// As [`SchedulesRequest::of`], with the recipe's name for messages.
    ///
    /// # Errors
    /// As for [`SchedulesRequest::of`].
    #[doc(hidden)]
    pub fn of_named(&self, recipe: &str, name: &str) -> Result<SchedulesAnswer> {
        check_levels(&self.levels)?;
        let recipe = Recipe::from_json(recipe, name)?;
        let read = |text: &String| Ok((text.clone(), parsed(text)?));
        let schedules: Vec<(String, Schedule)> =
            self.schedules.iter().map(read).collect::<Result<_>>()?;
        if !(self.end > 0.0 && self.end.is_finite()) {
            let message = format!(
                "the end must be positive and finite, not {}",
                Said(self.end)
            );
            return Err(usage(message).with_remedy(Setting::End));
        }
        if schedules.is_empty() {
            return Err(usage("there is no schedule to ask about")
                .with_hint("give one such as cosine:peak=3e-4,end=10%,warmup=2000")
                .with_remedy(Setting::Schedule));
        }
        let mut levels = self.levels.clone();
        levels.sort_by(|a, b| b.total_cmp(a));
        levels.dedup();
        let compared = recipe.compare(&schedules, self.end, &levels)?;
        let decays = |s: &Schedule| matches!(s.shape, ScheduleShape::ConstantThenDecay { .. });
        let starts = schedules.iter().filter(|(_, schedule)| decays(schedule));
        let best = |(name, schedule): &(String, Schedule)| {
            Ok((name.clone(), recipe.best_decay_start(schedule, self.end)?))
        };
        Ok(SchedulesAnswer {
            request: self.clone(),
            best: starts.map(best).collect::<Result<_>>()?,
            compared,
            recipe,
        })
    }
}

/// The loss at the end of runs with some schedules.
#[derive(Debug, Clone)]
pub struct SchedulesAnswer {
    pub(crate) request: SchedulesRequest,
    pub(crate) recipe: Recipe,
    pub(crate) compared: Comparison,
    /// The best start of the decay of each schedule with a constant phase, by the schedule's name.
    pub(crate) best: Vec<(String, BestStart)>,
}

impl SchedulesAnswer {
    /// The loss at the end with each schedule.
    #[must_use]
    pub fn points(&self) -> Vec<f64> {
        self.compared
            .schedules
            .iter()
            .map(|told| told.point)
            .collect()
    }

    /// The findings.
    #[must_use]
    pub fn findings(&self) -> &[Diagnosis] {
        &self.compared.findings
    }

    /// How far the answer can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        trust_of(&self.compared.findings)
    }
}

fn trust_of(findings: &[Diagnosis]) -> Trust {
    let warns = |d: &Diagnosis| d.severity != Severity::Note;
    match findings.iter().any(warns) {
        true => Trust::NotTrustworthy,
        false => Trust::Trustworthy,
    }
}

#[derive(Serialize)]
struct Ends {
    level: f64,
    kind: &'static str,
    method: &'static str,
    lower: f64,
    upper: f64,
}

impl From<&crate::curve::hidden::CurveInterval> for Ends {
    fn from(interval: &crate::curve::hidden::CurveInterval) -> Ends {
        Ends {
            level: interval.level,
            kind: interval.kind.name(),
            method: interval.method,
            lower: interval.lower,
            upper: interval.upper,
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    schedule: &'a str,
    point: f64,
    intervals: Vec<Ends>,
    difference: f64,
    differences: Vec<Ends>,
    curve: Vec<At>,
}

impl<'a> From<&'a ScheduleTold> for Told<'a> {
    fn from(told: &'a ScheduleTold) -> Told<'a> {
        Told {
            schedule: &told.name,
            point: told.point,
            intervals: told.intervals.iter().map(Ends::from).collect(),
            difference: told.difference,
            differences: told.differences.iter().map(Ends::from).collect(),
            curve: told.curve.iter().map(At::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct Best<'a> {
    schedule: &'a str,
    start: f64,
    point: f64,
    by_law: (f64, f64),
    flat: (f64, f64),
    losses: &'a [(f64, f64)],
    findings: &'a [Diagnosis],
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    end: f64,
    runs: &'a [crate::curve::hidden::RecipeRunSeen],
    missed: f64,
    schedules: Vec<Told<'a>>,
    best_decay_start: Vec<Best<'a>>,
    findings: &'a [Diagnosis],
}

serialized!(SchedulesAnswer, |answer| {
    let best = answer.best.iter().map(|(name, best)| Best {
        schedule: name,
        start: best.start,
        point: best.point,
        by_law: best.by_law,
        flat: best.flat,
        losses: &best.losses,
        findings: &best.findings,
    });
    Json {
        format: "scalewise.schedules",
        version: 1,
        end: answer.request.end,
        runs: &answer.recipe.runs,
        missed: answer.recipe.missed,
        schedules: answer.compared.schedules.iter().map(Told::from).collect(),
        best_decay_start: best.collect(),
        findings: &answer.compared.findings,
    }
});
