//! Findings about data or a fit: a named [`Diagnosis`] with its [`Severity`].

use crate::code::Code;
use crate::remedy::{Remedy, hint_in_words, known_remedies};
use crate::{Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// What a diagnosis means for the forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The forecast is given, but something should not be used: a parameter, an interval, or rows.
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

/// A named finding about data or a fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The code of the finding, for programs.
    pub code: Code,
    /// Its meaning for the forecast.
    pub severity: Severity,
    /// What was found, with its numbers.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// The settings that the hint is about.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "known_remedies"
    )]
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
        self.as_error(ErrorKind::NoFit)
    }

    /// The finding as an error of this kind.
    pub(crate) fn as_error(&self, kind: ErrorKind) -> Error {
        let message = format!("{}: {}", self.code, self.message);
        let error = Error::new(kind, message).with_hint(&self.hint);
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

    /// The hint in the words of an interface, as in [`Error::in_words`](crate::Error::in_words).
    #[must_use]
    pub(crate) fn hint_in_words(&self, word: impl Fn(&Remedy) -> String) -> String {
        hint_in_words(&self.hint, &self.remedies, word)
    }
}

/// Most lines that are listed.
const LINES: usize = 5;

/// The first few lines of rows as text: `lines 3, 4, 5, 6, 7 and 20 more`.
pub(crate) fn lines(of: impl IntoIterator<Item = u64>) -> String {
    let mut all: Vec<u64> = of.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    let shown: Vec<String> = all.iter().take(LINES).map(u64::to_string).collect();
    match all.len() {
        1 => format!("line {}", shown[0]),
        count if count > LINES => {
            format!("lines {} and {} more", shown.join(", "), count - LINES)
        }
        _ => format!("lines {}", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn five_lines_are_named_in_their_order() {
        assert_eq!(lines([7]), "line 7");
        assert_eq!(lines([9, 2, 9]), "lines 2, 9");
        assert_eq!(lines(2..27), "lines 2, 3, 4, 5, 6 and 20 more");
    }
}
