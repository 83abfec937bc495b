//! The forecasts of the scores of a suite.

use super::score_grades::{record, score_grade};
use super::scores_request::ScoresRequest;
use super::{Trust, Withheld};
use crate::capability::Verdict;
use crate::code::Code;
use crate::fit::{Diagnosis, Severity};
use crate::forecast::Grade;
use crate::interval::{Interval, Kind, Method};
use crate::ledger::Prediction;
use crate::runs::{Excluded, PassRate};
use crate::scores::hidden::{Average, Combined, Group, HeldOut, ScoreTarget, Step, TaskFit};

/// Prediction intervals of these levels, whose ends `ends` gives.
fn calibrated(levels: &[f64], ends: impl Fn(f64) -> (f64, f64)) -> Vec<Interval> {
    let made = |level: &f64| {
        let (lower, upper) = ends(*level);
        Interval {
            level: *level,
            kind: Kind::Prediction,
            method: Method::Calibrated,
            lower,
            upper,
        }
    };
    levels.iter().map(made).collect()
}

/// The forecast of one task for one model.
#[derive(Debug, Clone)]
pub(crate) struct ScoreForecast {
    /// The model.
    pub(crate) target: ScoreTarget,
    /// Target compute ÷ that of the largest fitted model.
    pub(crate) extrapolation: f64,
    /// The mean of the laws.
    pub(crate) combined: Combined,
    /// Its intervals, inside (0, 1).
    pub(crate) intervals: Vec<Interval>,
    /// How far it can be relied on.
    pub(crate) grade: Grade,
    /// Why it has that grade.
    pub(crate) because: String,
    /// The record of forecasts of its grade; absent if something else than the width of its
    /// interval decides the grade, because no such forecast is in the record.
    pub(crate) record: Option<String>,
}

impl ScoreForecast {
    pub(super) fn new(
        fit: &TaskFit,
        target: &ScoreTarget,
        combined: Combined,
        levels: &[f64],
        misses: Option<&Diagnosis>,
    ) -> ScoreForecast {
        let extrapolation = target.compute / fit.largest();
        let intervals = calibrated(levels, |level| combined.interval(level, Kind::Prediction));
        let (mut grade, mut because) = score_grade(&combined, extrapolation);
        if let Some(misses) = misses {
            grade = Grade::Low;
            because += &format!(
                "; but forecasts of this table's own larger models were too far off ({})",
                misses.code
            );
        }
        ScoreForecast {
            target: *target,
            extrapolation,
            intervals,
            grade,
            because,
            record: misses.is_none().then(|| record(grade, extrapolation)),
            combined,
        }
    }

    /// The score.
    pub(crate) fn point(&self) -> f64 {
        self.combined.point()
    }
}

/// The curves for a chart of a task.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScoreCurves {
    /// Compute and score by the mean of the laws, over the fitted models.
    pub(crate) law: Vec<(f64, f64)>,
    /// One per target: compute, the forecast, and the ends of its interval.
    pub(crate) paths: Vec<Vec<(f64, f64, f64, f64)>>,
}

/// A held-out model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Actual {
    /// Its name.
    pub(crate) model: String,
    /// Its size.
    pub(crate) target: ScoreTarget,
    /// Its score.
    pub(crate) score: f64,
}

/// The answer for one task.
#[derive(Debug, Clone)]
pub(crate) struct TaskAnswer {
    /// Its name; empty if the table has only one task.
    pub(crate) task: String,
    /// The laws.
    pub(crate) fit: TaskFit,
    /// The models that were fitted, as they were read.
    pub(crate) models: Vec<PassRate>,
    /// Rows read.
    pub(crate) rows: usize,
    /// Rows left out.
    pub(crate) excluded: Vec<Excluded>,
    /// The name of the column of scores.
    pub(crate) score_name: String,
    /// How the table was understood, such as which of several metrics was used.
    pub(crate) notes: Vec<String>,
    /// The findings.
    pub(crate) diagnoses: Vec<Diagnosis>,
    /// The finding that forbids the numbers.
    pub(crate) refusal: Option<Diagnosis>,
    /// One per target.
    pub(crate) forecasts: Vec<Result<ScoreForecast, Withheld>>,
    /// Models with known scores that are not fitted.
    pub(crate) actuals: Vec<Actual>,
    /// Forecasts of the largest models from the others.
    pub(crate) rolling: Vec<Step>,
    /// How the larger models came out, each forecast from all smaller ones.
    pub(crate) held_out: Option<HeldOut>,
}

impl TaskAnswer {
    /// The name of the task, or a substitute if it has none.
    pub(crate) fn name(&self) -> &str {
        match self.task.is_empty() {
            true => "all",
            false => &self.task,
        }
    }

    /// The verdict on its scores.
    pub(crate) fn verdict(&self) -> Verdict {
        Verdict::of(&self.diagnoses)
    }

    /// Whether its larger models do not lie where the smaller ones say.
    pub(crate) fn missed(&self) -> bool {
        let mut found = self.diagnoses.iter();
        found.any(|d| d.code == Code::HeldOutMisses)
    }

    /// The known score of a target.
    pub(crate) fn actual(&self, target: &ScoreTarget) -> Option<&Actual> {
        let near = |a: &&Actual| (a.target.compute / target.compute - 1.0).abs() < 1e-6;
        self.actuals.iter().find(near)
    }
}

/// The scores of a suite with their forecasts.
#[derive(Debug, Clone)]
pub struct ScoresAnswer {
    /// The request.
    pub(crate) request: ScoresRequest,
    /// The table.
    pub(crate) source: String,
    /// The column's name for compute.
    pub(crate) compute_name: String,
    /// The largest compute of the fitted models.
    pub(crate) largest: f64,
    /// The requested models.
    pub(crate) targets: Vec<ScoreTarget>,
    /// One per task.
    pub(crate) tasks: Vec<TaskAnswer>,
    /// Tasks that cannot be read, and why.
    pub(crate) failed: Vec<(String, String)>,
    /// The curves for a chart of each task.
    pub(crate) curves: Vec<ScoreCurves>,
    /// Tasks that aggregate others.
    pub(crate) groups: Vec<Group>,
    /// Correlation of the errors of two tasks.
    pub(crate) correlation: f64,
    /// The average of all tasks except aggregates, one per target; `None` if a task has no
    /// forecast.
    pub(crate) averages: Vec<Option<Average>>,
    /// Other targets, for a page.
    pub(crate) what_if: Option<Box<ScoresWhatIf>>,
}

/// The forecasts at targets around the last requested one, and the index of that one.
#[derive(Debug, Clone)]
pub(crate) struct ScoresWhatIf {
    pub(crate) asked: usize,
    pub(crate) answer: ScoresAnswer,
}

impl ScoresAnswer {
    /// The forecast score of a task for a target. The name is empty if the table has only one task.
    #[must_use]
    pub fn point(&self, task: &str, target: usize) -> Option<f64> {
        let task = self.tasks.iter().find(|one| one.task == task)?;
        let forecast = task.forecasts.get(target)?.as_ref().ok()?;
        Some(forecast.point())
    }

    /// The predictions that can be registered: every task's score, and the average.
    pub(super) fn predictions(&self) -> Vec<Prediction> {
        let mut all = Vec::new();
        for (place, target) in self.targets.iter().enumerate() {
            for task in &self.tasks {
                let Ok(made) = &task.forecasts[place] else {
                    continue;
                };
                let name = match task.task.is_empty() {
                    true => "score".to_owned(),
                    false => format!("{}/score", task.task),
                };
                let given = (target.compute, made.point());
                all.push(Prediction::of_score(&name, given, &made.intervals));
            }
            if let Some(average) = &self.averages[place] {
                let given = (target.compute, average.point);
                let intervals = self.average_intervals(average);
                all.push(Prediction::of_score("average/score", given, &intervals));
            }
        }
        all
    }

    /// Whether numbers are given although a finding forbids them.
    #[doc(hidden)]
    #[must_use]
    pub fn forced(&self) -> bool {
        let refuses = |d: &Diagnosis| d.severity == Severity::Refuse;
        let mut tasks = self.tasks.iter();
        self.request.force && tasks.any(|task| task.diagnoses.iter().any(refuses))
    }

    /// Whether anything is forecast.
    #[doc(hidden)]
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.targets.is_empty()
    }

    /// The tasks of the average whose larger models do not lie where the smaller ones say.
    pub(crate) fn missed(&self) -> impl Iterator<Item = &TaskAnswer> {
        self.counted().filter(|task| task.missed())
    }

    /// The level of the intervals that tables show.
    #[must_use]
    pub(crate) fn main(&self) -> f64 {
        self.request.main()
    }

    /// The only task of the table. A task that could not be read is a task too.
    pub(crate) fn only(&self) -> Option<&TaskAnswer> {
        match self.tasks.as_slice() {
            [only] if self.failed.is_empty() => Some(only),
            _ => None,
        }
    }

    /// How far the forecasts can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let of = |task: &TaskAnswer| {
            let graded = task.forecasts.iter().filter_map(|f| f.as_ref().ok());
            let low = graded.clone().any(|f| f.grade < Grade::Moderate);
            let warned = task.diagnoses.iter().any(|d| d.severity > Severity::Note);
            match &task.refusal {
                Some(_) => Trust::Refused,
                None if low || warned => Trust::NotTrustworthy,
                None if graded.count() < task.forecasts.len() => Trust::NotTrustworthy,
                None => Trust::Trustworthy,
            }
        };
        match Trust::of_all(self.tasks.iter().map(of)) {
            Trust::Trustworthy if !self.failed.is_empty() => Trust::NotTrustworthy,
            trust => trust,
        }
    }
}

impl ScoresAnswer {
    /// The intervals of the average at a target.
    #[must_use]
    pub(crate) fn average_intervals(&self, average: &Average) -> Vec<Interval> {
        calibrated(&self.request.levels, |level| {
            average.interval(level, Kind::Prediction)
        })
    }
}
