//! The forecasts of the scores of a suite as JSON.

use super::Withheld;
use super::scores_answer::{ScoreForecast, ScoresAnswer, TaskAnswer};
use crate::capability::Verdict;
use crate::fit::{Diagnosis, Severity};
use crate::forecast::Grade;
use crate::interval::Interval;
use crate::runs::Excluded;
use crate::scores::hidden::{HeldOut, Member, ScoreTarget};
use serde::Serialize;

#[derive(Serialize)]
struct JsonMember {
    law: &'static str,
    weight: f64,
    point: f64,
    lower: f64,
    upper: f64,
}

#[derive(Serialize)]
struct JsonForecast<'a> {
    compute: f64,
    params: Option<f64>,
    tokens: Option<f64>,
    extrapolation: f64,
    point: Option<f64>,
    grade: Option<Grade>,
    because: Option<&'a str>,
    intervals: &'a [Interval],
    members: Vec<JsonMember>,
    actual: Option<f64>,
    withheld: Option<&'a Withheld>,
}

#[derive(Serialize)]
struct JsonModel<'a> {
    model: &'a str,
    line: u64,
    compute: f64,
    score: f64,
    chance: f64,
}

#[derive(Serialize)]
struct JsonLaw {
    law: &'static str,
    parameters: std::collections::BTreeMap<&'static str, f64>,
    scatter: f64,
    converged: bool,
}

/// How the larger models came out, each forecast from all smaller ones.
#[derive(Serialize)]
struct JsonHeldOut {
    models: usize,
    inside: usize,
    level: f64,
    p_misses: f64,
    mean_error: f64,
    p_mean: f64,
}

#[derive(Serialize)]
struct JsonTask<'a> {
    task: &'a str,
    models: Vec<JsonModel<'a>>,
    laws: Vec<JsonLaw>,
    laws_without: Vec<(&'static str, &'a str)>,
    forecasts: Vec<JsonForecast<'a>>,
    verdict: Verdict,
    notes: &'a [String],
    held_out: Option<JsonHeldOut>,
    diagnoses: &'a [Diagnosis],
    forced: bool,
    rows: usize,
    excluded: &'a [Excluded],
}

#[derive(Serialize)]
struct JsonAverage {
    compute: f64,
    point: Option<f64>,
    intervals: Vec<Interval>,
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    source: &'a str,
    compute_name: &'a str,
    by: Option<&'a str>,
    tasks: Vec<JsonTask<'a>>,
    failed: &'a [(String, String)],
    averages: Vec<JsonAverage>,
    error_correlation: Option<f64>,
    /// Tasks that aggregate others and are not counted in the average.
    not_averaged: Vec<&'a str>,
}

impl TaskAnswer {
    fn json_forecast<'a>(
        &'a self,
        target: &ScoreTarget,
        of: &'a Result<ScoreForecast, Withheld>,
        largest: f64,
    ) -> JsonForecast<'a> {
        let made = of.as_ref().ok();
        let members = made.map_or(Vec::new(), |f| {
            f.combined.members.iter().map(member).collect()
        });
        JsonForecast {
            compute: target.compute,
            params: target.size.map(|s| s.0),
            tokens: target.size.map(|s| s.1),
            extrapolation: made.map_or(target.compute / largest, |f| f.extrapolation),
            point: made.map(ScoreForecast::point),
            grade: made.map(|f| f.grade),
            because: made.map(|f| f.because.as_str()),
            intervals: made.map_or(&[], |f| &f.intervals),
            members,
            actual: self.actual(target).map(|a| a.score),
            withheld: of.as_ref().err(),
        }
    }
}

fn member(m: &Member) -> JsonMember {
    JsonMember {
        law: m.law.name(),
        weight: m.weight,
        point: m.point,
        lower: m.delta.0,
        upper: m.delta.1,
    }
}

fn held_out(one: HeldOut) -> JsonHeldOut {
    JsonHeldOut {
        models: one.models,
        inside: one.inside,
        level: HeldOut::LEVEL,
        p_misses: one.of_misses,
        mean_error: one.mean,
        p_mean: one.of_mean,
    }
}

serialized!(ScoresAnswer, |answer| {
    Json {
        format: "scalewise.scores",
        version: 1,
        source: &answer.source,
        compute_name: &answer.compute_name,
        by: answer.request.by.as_deref(),
        tasks: answer
            .tasks
            .iter()
            .map(|one| JsonTask {
                task: &one.task,
                models: one
                    .models
                    .iter()
                    .zip(&one.fit.runs)
                    .map(|(m, run)| JsonModel {
                        model: &m.model,
                        line: m.line,
                        compute: m.compute,
                        score: m.rate,
                        chance: run.chance,
                    })
                    .collect(),
                laws: one
                    .fit
                    .laws
                    .iter()
                    .map(|law| JsonLaw {
                        law: law.law.name(),
                        parameters: law.named(one.fit.chance()).into_iter().collect(),
                        scatter: law.scatter,
                        converged: law.converged,
                    })
                    .collect(),
                laws_without: one
                    .fit
                    .without
                    .iter()
                    .map(|(l, w)| (l.name(), w.as_str()))
                    .collect(),
                forecasts: (answer.targets.iter().zip(&one.forecasts))
                    .map(|(t, f)| one.json_forecast(t, f, answer.largest))
                    .collect(),
                verdict: one.verdict(),
                notes: &one.notes,
                held_out: one.held_out.map(held_out),
                diagnoses: &one.diagnoses,
                forced: answer.request.force
                    && one.diagnoses.iter().any(|d| d.severity == Severity::Refuse),
                rows: one.rows,
                excluded: &one.excluded,
            })
            .collect(),
        failed: &answer.failed,
        averages: answer
            .averages
            .iter()
            .zip(&answer.targets)
            .filter(|_| answer.tasks.len() > 1)
            .map(|(average, target)| JsonAverage {
                compute: target.compute,
                point: average.map(|a| a.point),
                intervals: average.map_or(Vec::new(), |a| answer.average_intervals(&a)),
            })
            .collect(),
        error_correlation: (answer.tasks.len() > 1).then_some(answer.correlation),
        not_averaged: answer.not_counted(),
    }
});
