//! A fact of a document: a name, its value, and its meaning.

use serde::Serialize;

/// The meaning of a fact. Colour repeats it and never carries it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tone {
    /// Nothing special.
    Plain,
    /// As desired.
    Good,
    /// Needs attention.
    Bad,
}

impl Tone {
    /// Good, or else bad.
    pub(super) fn good_if(good: bool) -> Tone {
        if good { Tone::Good } else { Tone::Bad }
    }
}

/// A name, its value, and its meaning.
pub(crate) type Fact = (String, String, Tone);

/// A fact with plain meaning.
pub(super) fn fact(name: &str, value: impl Into<String>) -> Fact {
    (name.to_owned(), value.into(), Tone::Plain)
}
