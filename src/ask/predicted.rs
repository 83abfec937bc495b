//! The predictions of a question: the numbers, the whole result, and the wording of the outcome.

use super::observed::Observed;
use super::question::{Question, Without};
use super::series::{OfSeries, by};
use super::size::each_once;
use super::{
    AllocateAnswer, AllocateRequest, Ask, CapabilityAnswer, CapabilityRequest, CurveAnswer,
    CurveRequest, ForecastAnswer, ForecastRequest, PointsAnswer, PointsRequest, ScoresRequest,
    Suite, Trust, Withheld,
};
use crate::capability::Rule;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::Diagnosis;
use crate::ledger::Prediction;
use crate::progress::Silent;
use crate::remedy::Setting;
use crate::runs::{CountTable, Series};
use serde::Serialize;
use serde_json::{Value, json};

/// The answer to a question.
pub(super) struct Answered {
    pub(super) predictions: Vec<Prediction>,
    pub(super) result: Value,
    pub(super) outcome: String,
    pub(super) settled: Question,
    pub(super) trust: Trust,
    pub(super) without: Without,
}

/// The answer for one table or series.
struct Part {
    predictions: Vec<Prediction>,
    result: Value,
    about: About,
    settled: Question,
    trust: Trust,
    forbidden: Option<Forbidden>,
}

/// Why predictions are missing.
struct Forbidden {
    code: String,
    why: Error,
}

/// A finding forbids all predictions.
fn refused(found: &Diagnosis) -> Forbidden {
    Forbidden {
        code: found.code.to_string(),
        why: Error::new(
            ErrorKind::NoFit,
            format!("{}: {}", found.code, found.message),
        )
        .with_hint("force the numbers to have them all the same")
        .with_remedy(Setting::Force),
    }
}

/// One prediction is missing.
fn missing(why: &Withheld) -> Forbidden {
    Forbidden {
        code: why.code.clone(),
        why: Error::new(ErrorKind::NoFit, &why.reason),
    }
}

/// What the wording of the outcome needs.
#[derive(Debug, Clone, Default)]
struct About {
    column: String,
    unit: Option<String>,
    before: String,
}

impl Question {
    /// The answer from the given data, one element per series.
    pub(super) fn answered(
        &self,
        given: Vec<Series<Observed>>,
        by: Option<&str>,
    ) -> Result<Answered> {
        match self {
            Question::Forecast(q) => asked(q, each(given, Observed::runs), by, forecast),
            Question::Capability(q) => asked(q, each(given, Observed::counts), by, capability),
            Question::Allocation(q) => asked(q, each(given, Observed::runs), by, allocation),
            Question::Points(q) => asked(q, each(given, Observed::runs), by, points),
            Question::Scores(q) => return self.suite(q, each(given, Observed::counts)),
            Question::Curve(q) => each(given, Observed::log)
                .into_iter()
                .map(|run| whole(run, |log| end_of_run(q, q.of(&log)?)))
                .collect(),
        }
        .and_then(|parts| self.joined(parts, by))
    }

    /// One answer for all tasks and their average.
    fn suite(&self, question: &ScoresRequest, given: Vec<Series<CountTable>>) -> Result<Answered> {
        let answer = question.of(&Suite::of(given)?)?;
        let mut without: Without = answer
            .failed
            .iter()
            .map(|(task, why)| (task.clone(), format!("no prediction: {why}")))
            .collect();
        for task in &answer.tasks {
            let mut none = task.forecasts.iter().filter_map(|f| f.as_ref().err());
            without.extend(none.next().map(|why| {
                let name = task.name().to_owned();
                (name, format!("no prediction: {}: {}", why.code, why.reason))
            }));
        }
        let predictions = answer.predictions();
        if predictions.is_empty() {
            let why = without.first().map_or("", |(_, why)| why.as_str());
            return Err(
                Error::new(ErrorKind::NoFit, format!("nothing is forecast: {why}"))
                    .with_hint("force the numbers to have them all the same")
                    .with_remedy(Setting::Force),
            );
        }
        let by = question.by.as_deref();
        Ok(Answered {
            outcome: self.outcome(&About::default(), &predictions, by),
            result: value(&answer)?,
            settled: Question::Scores(answer.request.clone().settled()),
            trust: match answer.trust() {
                Trust::Refused => Trust::NotTrustworthy,
                trust => trust,
            },
            predictions,
            without,
        })
    }

    /// One answer from all parts.
    fn joined(&self, parts: Vec<OfSeries<Part>>, by: Option<&str>) -> Result<Answered> {
        let mut predictions = Vec::new();
        let mut without = Vec::new();
        let mut results = Vec::new();
        let (mut about, mut settled, mut trusts) = (None, None, Vec::new());
        for part in parts {
            let (mut status, mut reason) = (part.status(), part.reason);
            let Some(mut made) = part.result else {
                results.push(json!({
                    "series": part.series, "status": status, "reason": reason, "result": null,
                }));
                without.push((part.series, format!("no prediction: {reason}")));
                continue;
            };
            if let Some(forbidden) = made.forbidden {
                let what = match made.predictions.is_empty() {
                    true => {
                        status = format!("abstained: {}", forbidden.code);
                        "no prediction"
                    }
                    false => "not every prediction",
                };
                without.push((part.series.clone(), format!("{what}: {}", forbidden.why)));
                reason = forbidden.why.message().to_owned();
            }
            if by.is_some() {
                for prediction in &mut made.predictions {
                    prediction.id = format!("{}/{}", part.series, prediction.id);
                }
            }
            trusts.push(made.trust);
            predictions.append(&mut made.predictions);
            let reason = (!reason.is_empty()).then_some(reason);
            results.push(json!({
                "series": part.series, "status": status, "reason": reason, "result": made.result,
            }));
            about.get_or_insert(made.about);
            settled.get_or_insert(made.settled);
        }
        if predictions.is_empty() {
            let why = without.first().map_or("", |(_, why)| why.as_str());
            return Err(Error::new(
                ErrorKind::NoFit,
                format!("no series gives a forecast: {why}"),
            )
            .with_hint("forecast each series first to see what is wrong with it")
            .with_remedy(Setting::By));
        }
        let result = match by {
            None => results
                .pop()
                .and_then(|mut element| element.get_mut("result").map(Value::take))
                .unwrap_or_default(),
            Some(by) => json!({
                "format": "scalewise.series", "version": 1, "verb": self.subject().name(), "by": by,
                "series": results,
            }),
        };
        Ok(Answered {
            outcome: self.outcome(&about.unwrap_or_default(), &predictions, by),
            settled: settled.unwrap_or_else(|| self.clone()),
            trust: match Trust::of_all(trusts.into_iter()) {
                Trust::Trustworthy if !without.is_empty() => Trust::NotTrustworthy,
                trust => trust,
            },
            predictions,
            result,
            without,
        })
    }

    /// What counts as the outcome, unless the user says so.
    fn outcome(&self, about: &About, predictions: &[Prediction], by: Option<&str>) -> String {
        let (of_series, computes) = match by {
            // Every series has computes of its own, which the names of the predictions say.
            Some(by) => (
                format!(" of each series ({by})"),
                "the compute that the prediction names".to_owned(),
            ),
            None => {
                let all = predictions.iter().map(|p| match p.compute {
                    Some(compute) => format!("{compute:e}"),
                    None => p.id.split('@').next_back().unwrap_or_default().to_owned(),
                });
                let once = each_once(all, String::eq).join(", ");
                (String::new(), once)
            }
        };
        let before = match (by, self) {
            (None, Question::Forecast(_)) => about.before.as_str(),
            (None, Question::Points(_) | Question::Curve(_)) => "",
            (None, _) => "compute ",
            (Some(_), _) => "",
        };
        match self {
            Question::Forecast(_) => format!(
                "the loss (column '{}', in {}) of the first run{of_series} trained with {before}{computes}, made and measured like the registered runs",
                about.column,
                about.unit.as_deref().unwrap_or("its unit"),
            ),
            Question::Points(_) => format!(
                "{}{of_series} of the first run at {}, made and measured like the registered runs",
                about.column,
                match by {
                    Some(_) => "the point that the prediction names",
                    None => computes.as_str(),
                }
            ),
            Question::Curve(_) => format!(
                "the loss (column '{}') that the same log has at {computes}, the end of the run",
                about.column,
            ),
            Question::Capability(_) => format!(
                "pass rates{of_series} of the first model trained with {before}{computes}, on the same problems, sampled and estimated like those of the registered models"
            ),
            Question::Scores(_) => format!(
                "the scores{of_series} of the first model trained with {before}{computes}, evaluated like the registered models"
            ),
            Question::Allocation(_) => format!(
                "the parameters, tokens and loss{of_series} that runs made like the registered ones show to be best at {before}{computes}"
            ),
        }
    }
}

/// Converts the data of every series to the type that a question needs.
fn each<T>(given: Vec<Series<Observed>>, needed: fn(Observed) -> Result<T>) -> Vec<Series<T>> {
    let one = |series: Series<Observed>| Series {
        key: series.key,
        data: series.data.and_then(needed),
    };
    given.into_iter().map(one).collect()
}

/// Asks a question of every series, or of the whole table.
fn asked<Q: Ask>(
    question: &Q,
    given: Vec<Series<Q::Data>>,
    columns: Option<&str>,
    part: impl Fn(&Q, Q::Answer) -> Result<Part> + Sync,
) -> Result<Vec<OfSeries<Part>>> {
    if columns.is_some() {
        return by(given, &Silent, |_, data| {
            part(question, question.watched(&data, &Silent)?)
        });
    }
    let made = |data| part(question, question.watched(&data, &Silent)?);
    given.into_iter().map(|one| whole(one, made)).collect()
}

/// The answer for the whole table; an error ends it.
fn whole<T>(one: Series<T>, part: impl Fn(T) -> Result<Part>) -> Result<OfSeries<Part>> {
    let made = part(one.data?)?;
    match made.forbidden {
        Some(forbidden) => Err(forbidden.why),
        None => Ok(OfSeries {
            series: one.key,
            code: None,
            reason: String::new(),
            result: Some(made),
        }),
    }
}

/// An answer as it is stored in an entry.
pub(super) fn value(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|e| {
        let message = format!("the result cannot be written as JSON: {e}");
        Error::new(ErrorKind::Io, message)
    })
}

fn forecast(question: &ForecastRequest, answer: ForecastAnswer) -> Result<Part> {
    let fit = &answer.fit;
    if fit.signed() || answer.forecasts().any(|f| f.point <= 0.0) {
        return Err(not_scored());
    }
    let withheld = answer
        .targets
        .iter()
        .find_map(|t| t.forecast.as_ref().err());
    Ok(Part {
        predictions: answer.forecasts().map(Prediction::of_loss).collect(),
        result: value(&answer)?,
        about: About {
            column: fit.data().loss_column.clone().unwrap_or("loss".to_owned()),
            unit: fit.data().loss_unit.clone(),
            before: fit.variable().before(),
        },
        settled: Question::Forecast(ForecastRequest {
            fit: question.fit.clone().settled(fit),
            ..answer.request.clone()
        }),
        trust: answer.trust(),
        forbidden: match answer.refusal() {
            Some(found) => Some(refused(found)),
            None => withheld.map(missing),
        },
    })
}

/// The error for an outcome that may be zero or negative, which has no score.
fn not_scored() -> Error {
    let message = "a loss that may be zero or negative is not scored: scores are of its logarithm";
    Error::new(ErrorKind::Usage, message).with_hint("register a loss that is always positive")
}

fn points(question: &PointsRequest, answer: PointsAnswer) -> Result<Part> {
    let fit = &answer.fit;
    // Held-out runs are already known, so they are not predictions.
    let asked = || answer.points.iter().filter(|at| at.observed.is_none());
    if fit.signed() || asked().any(|at| at.point.is_some_and(|point| point <= 0.0)) {
        return Err(not_scored());
    }
    let none = asked().find(|at| at.point.is_none() || at.intervals.is_empty());
    let none = none.map(|at| match at.abstentions.first() {
        Some(why) => (why.code.as_str(), why.reason.clone()),
        None => ("no-value", "the law has no value there".to_owned()),
    });
    let column = fit.data().loss_column.as_deref().unwrap_or("loss");
    let predictions = asked().filter_map(|at| {
        let quantity = at.outcome().unwrap_or("loss");
        Some(Prediction::of_point(
            quantity,
            &at.at,
            at.point?,
            &at.intervals,
        ))
    });
    Ok(Part {
        predictions: predictions.collect(),
        result: value(&answer.said())?,
        about: About {
            column: match fit.law().several() {
                [] => format!("the loss (column '{column}')"),
                outcomes => outcomes.join(", "),
            },
            ..About::default()
        },
        settled: Question::Points(PointsRequest {
            fit: question.fit.clone().settled(fit),
            ..question.clone()
        }),
        trust: answer.trust(),
        forbidden: match (answer.refusal(), none) {
            (Some(found), _) => Some(refused(found)),
            (None, Some((code, reason))) => Some(Forbidden {
                code: code.to_owned(),
                why: Error::new(ErrorKind::NoFit, reason),
            }),
            (None, None) => None,
        },
    })
}

fn end_of_run(question: &CurveRequest, answer: CurveAnswer) -> Result<Part> {
    let axis = answer.log.axis;
    let column = answer.log.loss_column.as_deref().unwrap_or("loss");
    Ok(Part {
        predictions: vec![Prediction::of_end(axis, answer.end(), &answer.forecast)],
        result: value(&answer)?,
        about: About {
            column: column.to_owned(),
            ..About::default()
        },
        settled: Question::Curve(question.clone()),
        trust: answer.trust(),
        forbidden: answer.refusal().map(refused),
    })
}

fn capability(_: &CapabilityRequest, answer: CapabilityAnswer) -> Result<Part> {
    let fit = &answer.fit;
    let mut predictions = Vec::new();
    for (k, overall) in answer.overall.iter().enumerate() {
        // The result says why a bucket has no prediction.
        let Ok(overall) = overall else { continue };
        predictions.extend(Prediction::of_curve(&fit.overall.name, overall));
        // A single bucket holds all problems.
        let buckets = fit.buckets.iter().zip(&answer.buckets);
        for (bucket, forecasts) in buckets.filter(|_| fit.buckets.len() > 1) {
            if let Some(Ok(forecast)) = forecasts.get(k) {
                predictions.extend(Prediction::of_curve(&bucket.name, forecast));
            }
        }
    }
    predictions.extend(answer.pass_at.iter().filter_map(Prediction::of_pass_at));
    let withheld = answer.overall.iter().find_map(|f| f.as_ref().err());
    let mut settled = answer.request.clone();
    if let Some(rule) = fit.rule {
        settled.problems.rule.get_or_insert(rule);
        // The likelihood needs no estimator and refuses one.
        if let Some(estimator) = fit.estimator.filter(|_| rule != Rule::Likelihood) {
            settled.problems.estimator.get_or_insert(estimator);
        }
    }
    Ok(Part {
        predictions,
        result: value(&answer)?,
        about: About::default(),
        settled: Question::Capability(settled),
        trust: match fit.verdict() {
            crate::capability::Verdict::Predictable => Trust::Trustworthy,
            _ => Trust::NotTrustworthy,
        },
        forbidden: match answer.refusal() {
            Some(found) => Some(refused(found)),
            None => withheld.map(missing),
        },
    })
}

fn allocation(question: &AllocateRequest, answer: AllocateAnswer) -> Result<Part> {
    let answers = answer.answers().iter();
    let predictions = answers.flat_map(|a| Prediction::of_allocation(&a.best, &a.intervals));
    let mut unanswered = answer.found.iter().flat_map(|found| &found.refused);
    let none = unanswered.next().map(|question| Forbidden {
        code: "no-allocation".to_owned(),
        why: {
            let why = Error::new(ErrorKind::NoFit, &question.reason);
            match &question.hint {
                Some(hint) => why.with_hint(hint),
                None => why,
            }
        },
    });
    Ok(Part {
        predictions: predictions.collect(),
        result: value(&answer)?,
        about: About::default(),
        settled: Question::Allocation(AllocateRequest {
            fit: question.fit.clone().settled(&answer.fit),
            ..answer.request.clone()
        }),
        trust: answer.trust(),
        forbidden: answer.refusal().map(refused).or(none),
    })
}
