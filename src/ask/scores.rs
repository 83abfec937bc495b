//! The scores of larger models on the tasks of a benchmark.

use super::model_size::ModelSize;
use super::scores_answer::{Actual, ScoreCurves, ScoreForecast, ScoresAnswer, TaskAnswer};
use super::scores_groups;
use super::scores_request::{ScoresRequest, Suite};
use super::size::{each_once, near_the_runs, same_number, target};
use super::{Ask, Withheld, usage};
use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, Severity};
use crate::interval::check_levels;
use crate::progress::Progress;
use crate::remedy::Setting;
use crate::runs::{PassRate, PassRates, Role};
use crate::scores::hidden::{
    HeldOut, Sampling, ScoreTarget, TaskFit, TaskRun, average, combined, errors, findings, origins,
    together,
};

impl ScoresRequest {
    /// Answers the request.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the request is invalid. An error in one
    /// task is reported beside the other tasks.
    pub fn of(&self, suite: &Suite) -> Result<ScoresAnswer> {
        self.watched(suite, &crate::progress::Silent)
    }

    /// The requested models; multiples refer to the largest fitted model of all tasks.
    fn targets(&self, suite: &Suite, largest: f64) -> Result<Vec<ScoreTarget>> {
        let same = |a: &ScoreTarget, b: &ScoreTarget| {
            let sizes = match (a.size, b.size) {
                (Some(a), Some(b)) => same_number(&a.0, &b.0) && same_number(&a.1, &b.1),
                (a, b) => a.is_none() == b.is_none(),
            };
            same_number(&a.compute, &b.compute) && sizes
        };
        if self.at.is_empty() {
            let rates = suite
                .tasks
                .iter()
                .filter_map(|task| task.data.as_ref().ok());
            let actuals = rates.flat_map(|rates| &rates.rates);
            let actuals = actuals.filter(|rate| rate.role == Role::Actual);
            return Ok(each_once(actuals.map(of_rate), same));
        }
        let at = |size: &ModelSize| {
            Ok(match *size {
                ModelSize::Compute(size) => ScoreTarget {
                    compute: target(size, largest)?,
                    size: None,
                },
                ModelSize::Trained { params, tokens } => ScoreTarget {
                    compute: target(crate::size::Size::Of(6.0 * params * tokens), largest)?,
                    size: Some((params, tokens)),
                },
            })
        };
        let all: Result<Vec<ScoreTarget>> = self.at.iter().map(at).collect();
        Ok(each_once(all?, same))
    }

    fn task(&self, name: &str, rates: &PassRates, targets: &[ScoreTarget]) -> TaskAnswer {
        let fitted = rates.rates.iter().filter(|rate| rate.role == Role::Fit);
        let runs: Vec<TaskRun> = fitted.map(|rate| self.run(rate)).collect();
        let laws = self.chosen();
        let fit = TaskFit::new(&runs, &laws);
        let mut diagnoses = rates.findings.clone();
        diagnoses.extend(findings(&runs, &fit));
        diagnoses.extend(no_law(&fit));
        let refusal = diagnoses.iter().find(|d| d.severity == Severity::Refuse);
        let refuses = refusal.is_some();
        let refusal = refusal.filter(|_| !self.force).cloned();
        let held_out = HeldOut::of(&runs, &laws);
        // A refusal already says that no law describes the scores.
        let misses = held_out.filter(|_| !refuses);
        let misses = misses.and_then(|held_out| held_out.finding());
        diagnoses.extend(misses.clone());
        let forecast = |target: &ScoreTarget| match &refusal {
            Some(found) => Err(Withheld {
                code: found.code.to_string(),
                reason: found.message.clone(),
            }),
            None => self.forecast(&fit, target, misses.as_ref()),
        };
        let actual = |rate: &PassRate| Actual {
            model: rate.model.clone(),
            target: of_rate(rate),
            score: rate.rate,
        };
        let actuals = rates.rates.iter().filter(|rate| rate.role == Role::Actual);
        TaskAnswer {
            task: name.to_owned(),
            forecasts: targets.iter().map(forecast).collect(),
            actuals: actuals.map(actual).collect(),
            rolling: origins(&runs, &laws),
            held_out,
            models: rates
                .rates
                .iter()
                .filter(|r| r.role == Role::Fit)
                .cloned()
                .collect(),
            rows: rates.rows,
            excluded: rates.excluded.clone(),
            score_name: rates.rate_name.clone(),
            notes: rates.notes.clone(),
            diagnoses,
            refusal,
            fit,
        }
    }

    fn run(&self, rate: &PassRate) -> TaskRun {
        TaskRun {
            compute: rate.compute,
            size: rate.size,
            score: rate.rate,
            sampling: match (rate.samples, rate.stderr) {
                (Some(n), _) if n > 1 => Sampling::Examples(n as f64),
                (_, Some(s)) if s > 0.0 => Sampling::StandardError(s),
                _ => Sampling::Unknown,
            },
            chance: self.chance.or(rate.chance).unwrap_or(0.0),
            loss: rate.loss,
        }
    }

    fn forecast(
        &self,
        fit: &TaskFit,
        target: &ScoreTarget,
        misses: Option<&Diagnosis>,
    ) -> std::result::Result<ScoreForecast, Withheld> {
        match combined(fit, target) {
            Some(made) => Ok(ScoreForecast::new(fit, target, made, &self.levels, misses)),
            None => {
                let none = no_law(fit).map(|found| found.message);
                let other =
                    || "none of the laws that were asked for applies to this model".to_owned();
                Err(Withheld {
                    code: Code::TooFewRuns.to_string(),
                    reason: none.unwrap_or_else(other),
                })
            }
        }
    }
}

/// The finding that none of the laws can be fitted, with the reason for each.
fn no_law(fit: &TaskFit) -> Option<Diagnosis> {
    let why = fit.without.iter();
    let why: Vec<String> = why
        .map(|(law, why)| format!("{}: {why}", law.name()))
        .collect();
    (fit.laws.is_empty() && !why.is_empty()).then(|| {
        Diagnosis::new(
            Code::TooFewRuns,
            Severity::Refuse,
            format!("no law can be fitted ({})", why.join("; ")),
            "measure models of more sizes, or choose another law",
        )
        .with_remedy(Setting::Law)
    })
}

/// The model of a row.
fn of_rate(rate: &PassRate) -> ScoreTarget {
    ScoreTarget {
        compute: rate.compute,
        size: rate.size,
    }
}

impl Ask for ScoresRequest {
    type Data = Suite;
    type Answer = ScoresAnswer;

    fn watched(&self, suite: &Suite, _progress: &dyn Progress) -> Result<ScoresAnswer> {
        check_levels(&self.levels)?;
        if let Some(chance) = self.chance.filter(|g| !(0.0..1.0).contains(g)) {
            let message =
                format!("the chance level must be at least 0 and below 1, and it is {chance}");
            return Err(usage(message).with_hint("give a fraction such as 0.25"));
        }
        // If no task can be read, there is no answer, and the first error is the reason.
        let mut unread = suite.tasks.iter().map(|task| task.data.as_ref().err());
        match unread.clone().next() {
            None => return Err(Error::new(ErrorKind::Data, "there is no score of any task")),
            Some(Some(first)) if unread.all(|error| error.is_some()) => return Err(first.clone()),
            Some(_) => {}
        }
        let request = ScoresRequest {
            levels: each_once(self.levels.iter().copied(), same_number),
            ..self.clone()
        };
        let rates = || {
            suite
                .tasks
                .iter()
                .filter_map(|task| task.data.as_ref().ok())
        };
        let fitted = rates().flat_map(|rates| &rates.rates);
        let fitted = fitted.filter(|rate| rate.role == Role::Fit);
        let largest = fitted.map(|rate| rate.compute).fold(0.0, f64::max);
        if largest == 0.0 {
            let message = "every model is kept out of the fit";
            return Err(Error::new(ErrorKind::Data, message)
                .with_hint("raise the upper limit of the fit, or hold out fewer models")
                .with_remedy(Setting::FitBelow));
        }
        let targets = request.targets(suite, largest)?;
        let computes = rates().flat_map(|rates| &rates.rates);
        let smallest = computes
            .map(|rate| rate.compute)
            .fold(f64::INFINITY, f64::min);
        near_the_runs(
            targets.iter().map(|target| target.compute).collect(),
            smallest,
        )?;
        let mut tasks = Vec::new();
        let mut failed = Vec::new();
        for task in &suite.tasks {
            match &task.data {
                Ok(rates) => tasks.push(request.task(&task.key, rates, &targets)),
                Err(why) => failed.push((task.key.clone(), why.to_string())),
            }
        }
        let groups = scores_groups::found(&mut tasks, request.by.as_deref());
        let counted = || {
            let all = tasks.iter().enumerate();
            let counted = all.filter(|(place, _)| scores_groups::counts(&groups, *place));
            counted.map(|(_, task)| task)
        };
        let correlation = together(
            &counted()
                .map(|task| errors(&task.fit.runs, &task.rolling))
                .collect::<Vec<_>>(),
        );
        let averages = (0..targets.len())
            .map(|k| {
                let all = counted().map(|task| task.forecasts[k].as_ref().ok());
                let all: Option<Vec<_>> = all.map(|f| f.map(|f| &f.combined)).collect();
                average(&all.filter(|_| failed.is_empty())?, correlation)
            })
            .collect();
        let first = rates().next();
        Ok(ScoresAnswer {
            source: first.map_or(String::new(), |r| r.source.clone()),
            compute_name: first.map_or(String::new(), |r| r.compute_name.clone()),
            largest,
            curves: tasks
                .iter()
                .map(|task| curves(task, &targets, request.main()))
                .collect(),
            targets,
            tasks,
            failed,
            groups,
            correlation,
            averages,
            what_if: None,
            request,
        })
    }
}

/// Points of a curve: enough for a smooth line.
const POINTS: usize = 33;

/// The curves for a chart of a task: what the laws together say from the smallest model to the
/// largest, and on from there to each target, with parameters and tokens growing geometrically.
/// Both are the mean of the same laws, because a single law over the models would not meet the
/// forecasts at the largest one.
fn curves(task: &TaskAnswer, targets: &[ScoreTarget], level: f64) -> ScoreCurves {
    let fit = &task.fit;
    let models = || fit.runs.iter().map(ScoreTarget::from);
    let by_compute = |a: &ScoreTarget, b: &ScoreTarget| a.compute.total_cmp(&b.compute);
    let mut curves = ScoreCurves::default();
    let (Some(first), Some(last)) = (models().min_by(by_compute), models().max_by(by_compute))
    else {
        return curves;
    };
    let path = |from: ScoreTarget, to: ScoreTarget| {
        let points = (0..POINTS).filter_map(move |k| {
            let at = between(&from, &to, k);
            let made = combined(fit, &at)?;
            let (lower, upper) = made.interval(level, crate::interval::Kind::Prediction);
            Some((at.compute, made.point(), lower, upper))
        });
        points.collect::<Vec<_>>()
    };
    let given = targets.iter().zip(&task.forecasts);
    let given = given.filter(|(t, f)| f.is_ok() && t.compute > last.compute);
    let beyond: Vec<ScoreTarget> = given.map(|(target, _)| *target).collect();
    // Without a size a target has fewer laws, and so have the models on the way to it.
    let size = match beyond.first() {
        Some(target) => last.size.filter(|_| target.size.is_some()),
        None => last.size,
    };
    let over_models = path(first, ScoreTarget { size, ..last });
    curves.law = over_models.iter().map(|(c, p, ..)| (*c, *p)).collect();
    curves.paths = beyond.iter().map(|target| path(last, *target)).collect();
    curves
}

/// One of the models between two models, at equal ratios. It has a size if both have one.
fn between(from: &ScoreTarget, to: &ScoreTarget, k: usize) -> ScoreTarget {
    let part = k as f64 / (POINTS - 1) as f64;
    let between = |a: f64, b: f64| a * (b / a).powf(part);
    let sizes = from.size.zip(to.size);
    ScoreTarget {
        compute: between(from.compute, to.compute),
        size: sizes.map(|(a, b)| (between(a.0, b.0), between(a.1, b.1))),
    }
}
