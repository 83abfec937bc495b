//! Registers forecasts in advance.

use super::evidence::{Evidence, InMemory};
use super::observed::Observed;
use super::predicted::value;
use super::question::{Question, Without};
use super::{Trust, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{DataUsed, Entry, Registration, Time, made_by};
use crate::remedy::Setting;
use crate::runs::Rows;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Asks to register the answer to a question.
///
/// ```
/// use scalewise::Dataset;
/// use scalewise::ask::{
///     Actual, ForecastRequest, Question, RegisterRequest, ScoreRequest, Stamp, VerifyRequest,
/// };
/// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
/// let data = Dataset::from_runs(runs)?;
/// let question = Question::Forecast(ForecastRequest::default().at(["100x".parse()?]));
/// let stamp = Stamp::new("2026-03-01T12:00:00Z".parse()?, "a laptop");
/// let registered = RegisterRequest::new(question).of(data.clone(), &stamp)?;
///
/// let verified = VerifyRequest::default().machine("a laptop").of(registered.entry(), data)?;
/// assert!(verified.agreement().is_some());
///
/// let request = ScoreRequest::default().outcomes([Actual::new(1.88)]);
/// let scored = request.of(registered.entry(), "2026-06-01T12:00:00Z".parse()?)?;
/// assert_eq!(scored.score().scores().len(), 1);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<String>,
    pub(super) question: Question,
    #[serde(skip)]
    outcome: Option<String>,
}

/// When and where an entry is made, which the library cannot know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub(super) at: Time,
    pub(super) machine: String,
}

impl Stamp {
    /// `machine` is the instruction set and operating system, which affect the last digits.
    #[must_use]
    pub fn new(at: Time, machine: impl Into<String>) -> Stamp {
        Stamp {
            at,
            machine: machine.into(),
        }
    }
}

/// An entry, and how far its numbers can be relied on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegisterAnswer {
    entry: Entry,
    trust: Trust,
    without: Without,
}

impl RegisterAnswer {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// How far its numbers can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// Series without a prediction, and why.
    #[must_use]
    pub fn without(&self) -> &[(String, String)] {
        &self.without
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

    /// Columns that name series, each of which has its own predictions in the one entry.
    #[must_use]
    pub fn by(mut self, by: impl Into<String>) -> RegisterRequest {
        self.by = Some(by.into());
        self
    }

    /// What will count as the outcome; by default it follows from the question.
    #[must_use]
    pub fn outcome(mut self, outcome: impl Into<String>) -> RegisterRequest {
        self.outcome = Some(outcome.into());
        self
    }

    /// Answers the question from runs or pass counts in memory, and registers the answer.
    ///
    /// # Errors
    /// As for the question, and when the answer cannot be scored or has no number.
    pub fn of(&self, data: impl Into<Observed>, stamp: &Stamp) -> Result<RegisterAnswer> {
        self.on_evidence(&InMemory(&data.into()), stamp)
    }

    /// Answers the question and registers the answer.
    pub(super) fn on_evidence(
        &self,
        evidence: &impl Evidence,
        stamp: &Stamp,
    ) -> Result<RegisterAnswer> {
        let (question, by) = (&self.question, self.by.as_deref());
        question.check()?;
        let rows = evidence.rows(None)?;
        let (used, largest, unread, blocked) = used(self, evidence, rows, f64::INFINITY)?;
        if let Some(blocked) = blocked {
            return Err(blocked);
        }
        let source = base_name(evidence.name());
        let answered = question.answered(evidence.given(question, by, &used, source)?, by)?;
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
}

/// A name without its folders, which should not appear in a published entry.
pub(super) fn base_name(source: &str) -> &str {
    let end = source.rsplit(['/', '\\']).next();
    end.filter(|name| !name.is_empty()).unwrap_or(source)
}

/// Keeps the rows that a question uses, up to the compute `largest`. Also returns the largest
/// compute among them, the series without any, and the finding that forbids their use.
pub(super) fn used(
    request: &RegisterRequest,
    evidence: &impl Evidence,
    mut rows: Rows,
    largest: f64,
) -> Result<(Rows, f64, Without, Option<Error>)> {
    let found = evidence.used(&request.question, request.by.as_deref(), &rows)?;
    let used = found.rows.into_iter().filter(|(_, c)| *c <= largest);
    let used: Vec<(u64, f64)> = used.collect();
    let lines: HashSet<u64> = used.iter().map(|(line, _)| *line).collect();
    rows.rows.retain(|row| lines.contains(&row.line));
    match used.iter().map(|(_, c)| *c).reduce(f64::max) {
        Some(largest) => Ok((rows, largest, found.unread, found.blocked)),
        None => Err(Error::new(ErrorKind::Data, "no row is used")
            .at(evidence.name(), None, None)
            .with_hint(
                "raise the compute below which runs are fitted, or loosen the conditions on rows",
            )
            .with_remedy(Setting::FitBelow)
            .with_remedy(Setting::Where)
            .with_remedy(Setting::Exclude)),
    }
}
