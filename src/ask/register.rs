//! Forecasts fixed in advance.

use super::predicted::value;
use super::question::{Question, Without};
use super::{Trust, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{DataUsed, Entry, Registration, Time, made_by};
use crate::remedy::Setting;
use crate::tables::{Rows, Source};
use serde::{Deserialize, Serialize};
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
}

/// A name without its folders, which are nobody's business in an entry that is published.
fn base_name(source: &str) -> &str {
    let end = source.rsplit(['/', '\\']).next();
    end.filter(|name| !name.is_empty()).unwrap_or(source)
}

/// Leaves the rows that a question uses, up to the compute `largest`. Says the largest compute among them, and which series
/// have none.
pub(super) fn used(
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
            .with_hint(
                "raise the compute below which runs are fitted, or loosen the conditions on rows",
            )
            .with_remedy(Setting::FitBelow)
            .with_remedy(Setting::Where)
            .with_remedy(Setting::Exclude)),
    }
}
