//! Forecasts fixed in advance, and found again.

use super::question::Question;
use super::series::{OfSeries, by};
use super::size::each_once;
use super::version1;
use super::{
    AllocateAnswer, AllocateRequest, Ask, CapabilityAnswer, CapabilityRequest, ForecastAnswer,
    ForecastRequest, Trust, Withheld, usage,
};
use crate::capability::Rule;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::Diagnosis;
use crate::ledger::{Agreement, DataUsed, Entry, Prediction, Registration, Subject, Time, made_by};
use crate::progress::Silent;
use crate::runs::Dataset;
use crate::said::Said;
use crate::tables::{CountOptions, Rows, Series, Source, fitted_counts};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Asks for a question to be answered once and for all.
///
/// ```
/// use scalewise::ask::{self, ForecastRequest, Outcome, Question, RegisterRequest, ScoreRequest, Stamp};
/// use scalewise::tables::Source;
/// let compute = [1e18, 1e19, 1e20, 1e21, 1e22];
/// let loss = [3.1, 2.74, 2.46, 2.25, 2.1];
/// let table = Source::columns(&[("compute", &compute), ("loss", &loss)], "my runs")?;
/// let at = vec!["100x".parse()?];
/// let question = Question::Forecast(ForecastRequest { at, ..ForecastRequest::default() });
/// let stamp = Stamp { at: "2026-03-01T12:00:00Z".parse()?, machine: "a laptop".into() };
/// let entry = RegisterRequest::new(question).answer(&table, &stamp)?.entry;
///
/// let verified = ask::verify(&entry, "entry", Some(&table), "a laptop")?;
/// assert!(verified.agreement.is_some());
///
/// let came_true = Outcome { prediction: None, actual: 1.88 };
/// let request = ScoreRequest { outcomes: vec![came_true], trained_after: None };
/// let scored = request.answer(&entry, "entry", "2026-06-01T12:00:00Z".parse()?)?;
/// assert_eq!(scored.score.scores.len(), 1);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    /// Columns that tell series apart, each of which has predictions of its own in the one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The question.
    pub question: Question,
    /// What will count as the outcome; it follows from the question where it is not said.
    #[serde(skip)]
    pub outcome: Option<String>,
}

/// When and where an entry is made, which no library can know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Time,
    /// Instruction set and system, which decide the last digits.
    pub machine: String,
}

/// An entry, and how far its numbers can be relied on.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterAnswer {
    /// The entry.
    pub entry: Entry,
    /// How far its numbers can be relied on.
    pub trust: Trust,
    /// Series without a prediction, and why.
    pub without: Vec<(String, String)>,
}

/// What was found about an entry, beside that its bytes are what they were.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyAnswer {
    /// The entry.
    pub entry: Entry,
    /// Whether this version made it.
    pub same_version: bool,
    /// Whether this version on this machine made it, so that every bit has to be the same.
    pub same_program: bool,
    /// Rows of the table that would be used today and were not registered; absent without the table.
    pub joined: Option<usize>,
    /// How the forecast that was derived again compares; absent without the table. It is different only where another
    /// version made the entry: its method has changed since.
    pub agreement: Option<Agreement>,
}

/// Series without a prediction, and why.
type Without = Vec<(String, String)>;

/// The rows that a question uses.
struct Used {
    /// The line of each, and its compute.
    rows: Vec<(u64, f64)>,
    /// Series of which no row can be used, and why.
    unread: Without,
}

/// What a question answers.
struct Answered {
    predictions: Vec<Prediction>,
    result: Value,
    outcome: String,
    settled: Question,
    trust: Trust,
    without: Vec<(String, String)>,
}

/// What is made of the answer for one table or series.
struct Part {
    predictions: Vec<Prediction>,
    result: Value,
    about: About,
    settled: Question,
    trust: Trust,
    forbidden: Option<Forbidden>,
}

/// Why a prediction is not given.
struct Forbidden {
    code: String,
    why: String,
    hint: Option<String>,
}

/// A finding forbids all predictions.
fn refused(found: &Diagnosis) -> Forbidden {
    Forbidden {
        code: found.code.clone(),
        why: format!("{}: {}", found.code, found.message),
        hint: Some("give numbers all the same with --force".to_owned()),
    }
}

/// A prediction is missing.
fn missing(why: &Withheld) -> Forbidden {
    Forbidden {
        code: why.code.clone(),
        why: why.reason.clone(),
        hint: None,
    }
}

/// What the words of the outcome need.
#[derive(Debug, Clone, Default)]
struct About {
    column: String,
    unit: Option<String>,
    before: String,
}

impl Question {
    fn subject(&self) -> Subject {
        match self {
            Question::Forecast(_) => Subject::Forecast,
            Question::Capability(_) => Subject::Capability,
            Question::Allocation(_) => Subject::Allocation,
        }
    }

    /// Refuses what cannot be registered.
    fn check(&self) -> Result<()> {
        let (asks, table) = match self {
            Question::Forecast(q) => (!q.at.is_empty(), Some(&q.table)),
            Question::Capability(q) => (!q.at.is_empty(), None),
            Question::Allocation(q) => (true, Some(&q.table)),
        };
        if !asks {
            return Err(usage("there is nothing to register")
                .with_hint("say what is predicted with --at 1e25 or --at 100x"));
        }
        if let Question::Forecast(q) = self
            && !q.reach.is_empty()
        {
            return Err(usage("the compute that reaches a loss is not scored")
                .with_hint("register the loss at a compute"));
        }
        let made = table.map(|table| &table.reshape);
        if made.is_some_and(|r| r.wide || r.join.is_some() || r.reduce.is_some()) {
            let message =
                "reshaping and joining make runs of many rows, and an entry is about single rows";
            return Err(usage(message)
                .with_hint("write the runs to a table with one row each, and register that"));
        }
        Ok(())
    }

    /// Lines of the rows that the fit uses, and the compute of each.
    fn used(&self, table: &Source<'_>, by: Option<&str>) -> Result<Used> {
        fn of(data: &Dataset) -> Vec<(u64, f64)> {
            data.fit_runs().map(|run| (run.line, run.compute)).collect()
        }
        fn each(series: Vec<Series<Dataset>>) -> Used {
            let (mut rows, mut unread) = (Vec::new(), Vec::new());
            for one in series {
                match one.data {
                    Ok(data) => rows.extend(of(&data)),
                    Err(why) => unread.push((one.key, format!("no prediction: {why}"))),
                }
            }
            Used { rows, unread }
        }
        let whole = |rows| Used {
            rows,
            unread: Vec::new(),
        };
        match (self, by) {
            (Question::Forecast(q), None) => Ok(whole(of(&q.read(table)?))),
            (Question::Allocation(q), None) => Ok(whole(of(&q.read(table)?))),
            (Question::Forecast(q), Some(by)) => Ok(each(q.read_by(table, by)?)),
            (Question::Allocation(q), Some(by)) => Ok(each(q.read_by(table, by)?)),
            (Question::Capability(q), by) => {
                let options = CountOptions {
                    by: by.map(str::to_owned),
                    ..q.table.options()?
                };
                let rows = fitted_counts(&table.read()?, table.name(), &options)?;
                Ok(whole(rows))
            }
        }
    }

    /// The answer from a table.
    fn answered(&self, table: &Source<'_>, by: Option<&str>) -> Result<Answered> {
        match self {
            Question::Forecast(q) => asked(q, table, by, forecast),
            Question::Capability(q) => asked(q, table, by, capability),
            Question::Allocation(q) => asked(q, table, by, allocation),
        }
        .map(|parts| self.joined(parts, by))?
    }

    /// One answer of all parts.
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
                reason = forbidden.why;
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
            .with_hint("look at them with scalewise forecast --by"));
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
                let all = predictions.iter().map(|p| format!("{:e}", p.compute));
                let once = each_once(all, String::eq).join(", ");
                (String::new(), once)
            }
        };
        let before = match (by, self) {
            (None, Question::Forecast(_)) => about.before.as_str(),
            (None, _) => "compute ",
            (Some(_), _) => "",
        };
        match self {
            Question::Forecast(_) => format!(
                "the loss (column '{}', in {}) of the first run{of_series} trained with {before}{computes}, made and measured like the registered runs",
                about.column,
                about.unit.as_deref().unwrap_or("its unit"),
            ),
            Question::Capability(_) => format!(
                "pass rates{of_series} of the first model trained with {before}{computes}, on the same problems, sampled and estimated like those of the registered models"
            ),
            Question::Allocation(_) => format!(
                "the parameters, tokens and loss{of_series} that runs made like the registered ones show to be best at {before}{computes}"
            ),
        }
    }
}

/// Asks a question of a table, or of each of its series.
fn asked<Q: Ask>(
    question: &Q,
    table: &Source<'_>,
    columns: Option<&str>,
    part: impl Fn(&Q, Q::Answer) -> Result<Part> + Sync,
) -> Result<Vec<OfSeries<Part>>> {
    let Some(columns) = columns else {
        let made = part(question, question.answer(table)?)?;
        if let Some(forbidden) = made.forbidden {
            let error = Error::new(ErrorKind::NoFit, forbidden.why);
            return Err(match forbidden.hint {
                Some(hint) => error.with_hint(hint),
                None => error,
            });
        }
        return Ok(vec![OfSeries {
            series: String::new(),
            code: None,
            reason: String::new(),
            result: Some(made),
        }]);
    };
    by(question.read_by(table, columns)?, &Silent, |_, data| {
        part(question, question.of(data, &Silent)?)
    })
}

fn value(answer: &impl Serialize) -> Result<Value> {
    serde_json::to_value(answer).map_err(|e| {
        let message = format!("the result cannot be written as JSON: {e}");
        Error::new(ErrorKind::Io, message)
    })
}

fn forecast(question: &ForecastRequest, answer: ForecastAnswer) -> Result<Part> {
    let fit = &answer.fit;
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

fn capability(_: &CapabilityRequest, answer: CapabilityAnswer) -> Result<Part> {
    let fit = &answer.fit;
    let mut predictions = Vec::new();
    for (k, overall) in answer.overall.iter().enumerate() {
        // The result says why a bucket has none.
        let Ok(overall) = overall else { continue };
        predictions.extend(Prediction::of_curve(&fit.overall.name, overall));
        // Where there is one bucket it is all problems.
        let buckets = fit.buckets.iter().zip(&answer.buckets);
        for (bucket, forecasts) in buckets.filter(|_| fit.buckets.len() > 1) {
            if let Some(Ok(forecast)) = forecasts.get(k) {
                predictions.extend(Prediction::of_curve(&bucket.name, forecast));
            }
        }
    }
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
        why: question.reason.clone(),
        hint: question.hint.clone(),
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

/// A name without its folders, which are nobody's business in an entry that is published.
fn base_name(source: &str) -> &str {
    let end = source.rsplit(['/', '\\']).next();
    end.filter(|name| !name.is_empty()).unwrap_or(source)
}

/// Leaves the rows that a question uses, up to the compute `largest`. Says the largest compute among them, and which series
/// have none.
fn used(
    question: &Question,
    by: Option<&str>,
    mut rows: Rows,
    source: &str,
    largest: f64,
) -> Result<(Rows, f64, Without)> {
    let text = rows.to_csv();
    let found = question.used(&Source::bytes(text.as_bytes(), source), by)?;
    let used = found.rows.into_iter().filter(|(_, c)| *c <= largest);
    let used: Vec<(u64, f64)> = used.collect();
    let lines: HashSet<u64> = used.iter().map(|(line, _)| *line).collect();
    rows.rows.retain(|row| lines.contains(&row.line));
    match used.iter().map(|(_, c)| *c).reduce(f64::max) {
        Some(largest) => Ok((rows, largest, found.unread)),
        None => Err(Error::new(ErrorKind::Data, "no row is used")
            .at(source, None, None)
            .with_hint("raise --fit-below, or loosen --where and --exclude")),
    }
}

impl RegisterRequest {
    /// A question about a whole table.
    #[must_use]
    pub fn new(question: Question) -> RegisterRequest {
        RegisterRequest {
            by: None,
            question,
            outcome: None,
        }
    }

    /// Answers the question and fixes the answer.
    ///
    /// # Errors
    /// As for the question, and when it asks what cannot be scored or gives no number.
    pub fn answer(&self, table: &Source<'_>, stamp: &Stamp) -> Result<RegisterAnswer> {
        let (question, by) = (&self.question, self.by.as_deref());
        question.check()?;
        let rows = Rows::read(&table.read()?, table.name(), None)?;
        let (used, largest, unread) = used(question, by, rows, table.name(), f64::INFINITY)?;
        let source = base_name(table.name());
        let text = used.to_csv();
        let answered = question.answered(&Source::bytes(text.as_bytes(), source), by)?;
        let mut known = HashSet::new();
        if let Some(twice) = answered.predictions.iter().find(|p| !known.insert(&p.id)) {
            return Err(usage(format!("{} is asked for twice", twice.id)));
        }
        let settled = RegisterRequest {
            by: self.by.clone(),
            question: answered.settled,
            outcome: None,
        };
        let entry = Registration {
            subject: question.subject(),
            registered_at: stamp.at,
            made_by: made_by(),
            machine: stamp.machine.clone(),
            outcome: self.outcome.clone().unwrap_or(answered.outcome),
            data: DataUsed::of(&used, source, largest),
            request: value(&settled)?,
            predictions: answered.predictions,
            result: answered.result,
        }
        .seal()?;
        Ok(RegisterAnswer {
            entry,
            trust: match unread.is_empty() {
                false if answered.trust == Trust::Trustworthy => Trust::NotTrustworthy,
                _ => answered.trust,
            },
            without: [unread, answered.without].concat(),
        })
    }

    /// The request that an entry holds.
    fn of(entry: &Entry, name: &str) -> Result<RegisterRequest> {
        let made = entry.registration();
        let bad = |why: String| {
            Error::new(
                ErrorKind::Data,
                format!("its request is not understood: {why}"),
            )
            .at(name, None, None)
            .with_hint("verify it with the version that made it")
        };
        if entry.version() == 1 {
            let question = version1::question(made.subject, &made.request).map_err(bad)?;
            return Ok(RegisterRequest::new(question));
        }
        let request: RegisterRequest =
            serde_json::from_value(made.request.clone()).map_err(|e| bad(e.to_string()))?;
        if request.question.subject() != made.subject {
            return Err(bad(format!(
                "it asks for a {}, and the entry is about a {}",
                request.question.subject().name(),
                made.subject.name()
            )));
        }
        let checked = request.question.check();
        checked.map_err(|e| bad(e.message().to_owned()))?;
        Ok(request)
    }
}

/// Looks for the rows of an entry in a table and derives its forecast again. Without a table only the entry itself is
/// looked at, which was done when it was read.
///
/// `name` is the name of the entry in errors, `machine` what [`Stamp::machine`] would be here.
///
/// # Errors
/// [`ErrorKind::Data`] when the rows are not what they were, or this version made the entry and derives another forecast.
pub fn verify(
    entry: &Entry,
    name: &str,
    table: Option<&Source<'_>>,
    machine: &str,
) -> Result<VerifyAnswer> {
    let made = entry.registration();
    let same_version = made.made_by == made_by();
    let mut answer = VerifyAnswer {
        entry: entry.clone(),
        same_version,
        same_program: same_version && made.machine == machine,
        joined: None,
        agreement: None,
    };
    let Some(table) = table else {
        return Ok(answer);
    };
    let request = RegisterRequest::of(entry, name)?;
    let (question, by) = (&request.question, request.by.as_deref());
    let source = table.name();
    let rows = Rows::read(&table.read()?, source, Some(&made.data.columns))
        .map_err(|e| e.with_hint("it was there when the forecast was registered"))?;
    // They stand where they stood, whatever has joined them, or are found wherever they stand now.
    let in_place = made.data.restore(&made.data.in_place(&rows), source);
    let now = used(question, by, rows, source, made.data.largest_compute);
    let now = now.map(|(rows, ..)| rows);
    let now = now.map_err(|error| match error.kind() {
        ErrorKind::Usage => senseless(&error, name),
        _ => error,
    });
    let joined = now.as_ref();
    answer.joined = Some(joined.map_or(0, |now| now.rows.len().saturating_sub(made.data.rows)));
    let rows = match in_place {
        Ok(rows) => rows,
        Err(_) => made.data.restore(&now?, source)?,
    };
    let text = rows.to_csv();
    let again = question.answered(&Source::bytes(text.as_bytes(), &made.data.source), by);
    let agreement = match again {
        Ok(again) => compared(entry, &again, same_version)?,
        // A request that makes no sense to this version made none to another one either.
        Err(error) if error.kind() == ErrorKind::Usage => return Err(senseless(&error, name)),
        Err(error) if !same_version => Agreement::Different {
            at: "the forecast".to_owned(),
            registered: "given".to_owned(),
            now: format!("not given: {error}"),
        },
        Err(error) => return Err(error),
    };
    answer.agreement = Some(judged(agreement, entry, name, &answer)?);
    Ok(answer)
}

/// The request of an entry makes no sense.
fn senseless(error: &Error, name: &str) -> Error {
    let message = format!("its request makes no sense: {}", error.message());
    Error::new(ErrorKind::Data, message)
        .at(name, None, None)
        .with_hint("verify it with the version that made it")
}

/// The registered numbers beside those that were derived again. Another version may say more beside them.
fn compared(entry: &Entry, again: &Answered, same_version: bool) -> Result<Agreement> {
    let made = entry.registration();
    let predictions = |of: &[Prediction]| {
        match same_version {
        true => value(&of),
        // An earlier version may have said less of a prediction than its point and its intervals.
        false => Ok(of
            .iter()
            .map(|p| json!({"id": p.id, "compute": p.compute, "point": p.point, "intervals": p.intervals}))
            .collect()),
    }
    };
    let (mut registered, mut now) = (
        json!({"predictions": predictions(&made.predictions)?}),
        json!({"predictions": predictions(&again.predictions)?}),
    );
    if same_version {
        registered["result"] = made.result.clone();
        now["result"] = again.result.clone();
    }
    Ok(Agreement::of(&registered, &now))
}

/// The same version on the same machine owes the same bits, on any other the same numbers but for the last digits.
fn judged(
    agreement: Agreement,
    entry: &Entry,
    name: &str,
    found: &VerifyAnswer,
) -> Result<Agreement> {
    let made = entry.registration();
    let bad = |message: String| {
        let error = Error::new(ErrorKind::Data, message).at(name, None, None);
        Err(error.with_hint("the entry was made by other means, or edited and sealed again"))
    };
    match &agreement {
        Agreement::Within { largest, at } if found.same_program => bad(format!(
            "NOT THE SAME FORECAST: {} on {} gives other digits at {at} (relative {:.1e}), where every bit should be the same",
            made.made_by,
            made.machine,
            Said(*largest)
        )),
        Agreement::Different {
            at,
            registered,
            now,
        } if found.same_version => bad(format!(
            "NOT THE SAME FORECAST: {at} was registered as {}, and is derived as {} (more than {:e} apart)",
            crate::text::excerpt(registered),
            crate::text::excerpt(now),
            crate::ledger::TOLERANCE
        )),
        _ => Ok(agreement),
    }
}
