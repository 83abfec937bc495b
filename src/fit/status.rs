//! The verdict: [`FitStatus`] and named [`Diagnosis`] entries.

use crate::code::Code;
use crate::remedy::{Remedy, hint_in_words};
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// Our verdict on a fit, not the optimiser's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FitStatus {
    /// A minimum inside the bounds.
    Converged,
    /// A parameter lies on a bound.
    AtBound,
    /// The data determine the parameters so badly that rounding decides them.
    IllConditioned,
    /// Another basin explains the data about as well, or the best one was reached by chance.
    StartsDisagree,
    /// No minimum was reached.
    NotConverged,
}

impl FitStatus {
    /// Its name in files.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            FitStatus::Converged => "converged",
            FitStatus::AtBound => "at-bound",
            FitStatus::IllConditioned => "ill-conditioned",
            FitStatus::StartsDisagree => "starts-disagree",
            FitStatus::NotConverged => "not-converged",
        }
    }
}

/// What a diagnosis means for the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The forecast is given; do not trust it without reading this.
    Warn,
    /// No forecast is given.
    Refuse,
}

impl Severity {
    /// Its name in files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warn => "warn",
            Severity::Refuse => "refuse",
        }
    }
}

/// A named finding about a fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// What was found, for programs.
    pub code: Code,
    /// What it means for the forecast.
    pub severity: Severity,
    /// What was found, with its numbers.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The settings that the hint is about.
    #[serde(skip_serializing_if = "Vec::is_empty", skip_deserializing)]
    pub remedies: Vec<Remedy>,
}

impl Diagnosis {
    pub(crate) fn new(
        code: Code,
        severity: Severity,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Diagnosis {
        Diagnosis {
            code,
            severity,
            message: message.into(),
            hint: hint.into(),
            remedies: Vec::new(),
        }
    }

    /// The finding as an error, for callers that need a number.
    pub(crate) fn to_error(&self) -> Error {
        let message = format!("{}: {}", self.code, self.message);
        let error = Error::new(ErrorKind::NoFit, message).with_hint(&self.hint);
        self.remedies
            .iter()
            .cloned()
            .fold(error, Error::with_remedy)
    }

    /// Adds a setting that helps.
    pub(crate) fn with_remedy(mut self, remedy: impl Into<Remedy>) -> Diagnosis {
        self.remedies.push(remedy.into());
        self
    }

    /// The hint in the words of a face, as in [`Error::in_words`](crate::Error::in_words).
    #[must_use]
    pub(crate) fn hint_in_words(&self, word: impl Fn(&Remedy) -> String) -> String {
        hint_in_words(&self.hint, &self.remedies, word)
    }
}
