//! Findings in words, each with its hint.

use super::fact::{Fact, Tone};
use crate::fit::{Diagnosis, Severity};
use crate::remedy::Remedy;
use crate::text::{capitalised, one_line};
use serde::{Serialize, Serializer};

/// Findings, and whether the numbers that they forbid are given all the same.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    all: Vec<Diagnosis>,
    /// Whether the request overrides the findings that forbid numbers.
    pub(super) forced: bool,
}

impl From<Vec<Diagnosis>> for Found {
    fn from(all: Vec<Diagnosis>) -> Found {
        Found { all, forced: false }
    }
}

impl Found {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The findings as lines of text, with an empty line between them.
    pub(super) fn said(&self) -> String {
        let said = |found: &Diagnosis| {
            format!(
                "{}: {}: {}\nhint: {}\n",
                self.word(found.severity),
                one_line(found.code.as_str()),
                one_line(&found.message),
                one_line(&found.hint)
            )
        };
        let texts: Vec<String> = self.all.iter().map(said).collect();
        texts.join("\n")
    }

    /// The findings as facts.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let fact = |d: &Diagnosis| {
            let tone = match d.severity {
                Severity::Note => Tone::Plain,
                Severity::Warn | Severity::Refuse => Tone::Bad,
            };
            let text = format!("{}: {}. What to do: {}.", d.code, d.message, d.hint);
            (capitalised(self.word(d.severity)), text, tone)
        };
        self.all.iter().map(fact).collect()
    }

    /// Puts the hints in the words of an interface.
    pub(super) fn put_in_words(&mut self, word: &impl Fn(&Remedy) -> String) {
        for finding in &mut self.all {
            finding.hint = finding.hint_in_words(word);
        }
    }

    /// What a severity means for the numbers.
    fn word(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Note => "note",
            Severity::Warn => "warning",
            Severity::Refuse if self.forced => WOULD_BE_REFUSED,
            Severity::Refuse => "refused",
        }
    }
}

impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.facts().serialize(serializer)
    }
}

/// What is said of a finding that forbids numbers that are given all the same.
pub(super) const WOULD_BE_REFUSED: &str = "would be refused";
