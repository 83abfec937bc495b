//! Verifies an entry, its rows and its forecast.

use super::evidence::{Evidence, InMemory};
use super::observed::Observed;
use super::predicted::{Answered, value};
use super::register::{RegisterRequest, used};
use super::{usage, version1};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{AGREEMENT_TOLERANCE, Agreement, Entry, Prediction, Subject, made_by};
use crate::said::Said;
use crate::text::excerpt;
use serde_json::json;

request!(
    /// Asks whether a forecast is still the one that was registered.
    pub struct VerifyRequest {
        /// The present machine, in the form of a [`Stamp`](super::Stamp). It decides whether every
        /// bit must be the same.
        [into] machine: String,
    }
);

/// What was verified about an entry, besides that its bytes are unchanged.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyAnswer {
    pub(crate) entry: Entry,
    /// Whether this version of the program made it.
    pub(crate) same_version: bool,
    /// Whether this version on this machine made it, so that every bit must be the same.
    pub(crate) same_program: bool,
    pub(crate) joined: Option<usize>,
    pub(crate) agreement: Option<Agreement>,
}

impl VerifyAnswer {
    /// Adds what was found about its rows and its forecast.
    #[doc(hidden)]
    #[must_use]
    pub fn with(self, joined: Option<usize>, agreement: Option<Agreement>) -> VerifyAnswer {
        VerifyAnswer {
            joined,
            agreement,
            ..self
        }
    }

    /// Rows that would be used today but were not registered; absent if only the entry was checked.
    #[must_use]
    pub fn joined(&self) -> Option<usize> {
        self.joined
    }

    /// How the newly derived forecast compares; absent if only the entry was checked. It can differ
    /// only if another version made the entry, whose method has changed since.
    #[must_use]
    pub fn agreement(&self) -> Option<&Agreement> {
        self.agreement.as_ref()
    }
}

impl VerifyRequest {
    /// Checks only the entry, whose seal was checked when it was read.
    #[must_use]
    pub fn alone(&self, entry: &Entry) -> VerifyAnswer {
        let made = entry.registration();
        let same_version = made.made_by == made_by();
        VerifyAnswer {
            entry: entry.clone(),
            same_version,
            same_program: same_version && made.machine == self.machine,
            joined: None,
            agreement: None,
        }
    }

    /// Looks for the rows of an entry among runs or pass counts in memory, and derives its forecast
    /// again.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] when the rows have changed, or when this version made the entry but
    /// derives another forecast.
    pub fn of(&self, entry: &Entry, data: impl Into<Observed>) -> Result<VerifyAnswer> {
        self.on_evidence(entry, &InMemory(&data.into()))
    }

    /// Looks for the rows of an entry and derives its forecast again.
    pub(super) fn on_evidence(
        &self,
        entry: &Entry,
        evidence: &impl Evidence,
    ) -> Result<VerifyAnswer> {
        let made = entry.registration();
        if made.subject == Subject::External {
            let message = "others published this forecast: it cannot be derived again";
            return Err(usage(message)
                .at(entry.source(), None, None)
                .with_hint("verify the entry without a table"));
        }
        let answer = self.alone(entry);
        let same_version = answer.same_version;
        let request = request_of(entry)?;
        let (question, by) = (&request.question, request.by.as_deref());
        let source = evidence.name();
        let rows = evidence
            .rows(Some(&made.data.columns))
            .map_err(|e| e.with_hint("it was there when the forecast was registered"))?;
        // The rows are looked for where they were, even if others have joined them, and otherwise
        // anywhere.
        let in_place = made.data.restore(&made.data.in_place(&rows), source);
        let now = used(&request, evidence, rows, made.data.largest_compute);
        let now = now.map(|(rows, ..)| rows);
        let now = now.map_err(|error| match error.kind() {
            ErrorKind::Usage => senseless(&error, entry),
            _ => error,
        });
        let found = now.as_ref();
        let joined = found.map_or(0, |now| now.rows.len().saturating_sub(made.data.rows));
        let rows = match in_place {
            Ok(rows) => rows,
            Err(_) => made.data.restore(&now?, source)?,
        };
        let given = evidence.given(question, by, &rows, &made.data.source);
        let again = given.and_then(|given| question.answered(given, by));
        let agreement = match again {
            Ok(again) => compared(entry, &again, same_version)?,
            // A request that is invalid in this version was invalid in the other version, too.
            Err(error) if error.kind() == ErrorKind::Usage => return Err(senseless(&error, entry)),
            Err(error) if !same_version => Agreement::Different {
                at: "the forecast".to_owned(),
                registered: "given".to_owned(),
                now: format!("not given: {error}"),
            },
            Err(error) => return Err(error),
        };
        let agreement = judged(agreement, &answer)?;
        Ok(answer.with(Some(joined), Some(agreement)))
    }
}

/// The request that an entry holds.
fn request_of(entry: &Entry) -> Result<RegisterRequest> {
    let made = entry.registration();
    let bad = |why: String| {
        Error::new(
            ErrorKind::Data,
            format!("its request is not understood: {why}"),
        )
        .at(entry.source(), None, None)
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

/// The error for an entry whose request is invalid.
fn senseless(error: &Error, entry: &Entry) -> Error {
    let message = format!("its request makes no sense: {}", error.message());
    Error::new(ErrorKind::Data, message)
        .at(entry.source(), None, None)
        .with_hint("verify it with the version that made it")
}

/// Compares the registered numbers with those derived now. Another version may say more about them.
fn compared(entry: &Entry, again: &Answered, same_version: bool) -> Result<Agreement> {
    let made = entry.registration();
    // An earlier version may have recorded only the point and the intervals of a prediction.
    let less = |p: &Prediction| json!({"id": p.id, "compute": p.compute, "point": p.point, "intervals": p.intervals});
    let predictions = |of: &[Prediction]| match same_version {
        true => value(&of),
        false => Ok(of.iter().map(less).collect()),
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

/// The same version on the same machine must give the same bits; another must give the same numbers
/// up to the last digits.
fn judged(agreement: Agreement, found: &VerifyAnswer) -> Result<Agreement> {
    let entry = &found.entry;
    let made = entry.registration();
    let bad = |message: String| {
        let error = Error::new(ErrorKind::Data, message).at(entry.source(), None, None);
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
            excerpt(registered),
            excerpt(now),
            AGREEMENT_TOLERANCE
        )),
        _ => Ok(agreement),
    }
}
