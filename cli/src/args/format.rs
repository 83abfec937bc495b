//! How results are printed.

use crate::words::flag;
use clap::ValueEnum;
use scalewise::Result;
use scalewise::internal::{Brief, Shown, Wanted};
use scalewise::report::Document;

/// When to do something that depends on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// The words for how to see a whole answer.
const HOW: &str = "-v shows";

/// How to print a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Csv,
    Markdown,
}

impl Format {
    /// The form of an answer that this format needs.
    pub fn wanted(self) -> Wanted {
        match self {
            Format::Text | Format::Markdown => Wanted::Document,
            Format::Csv => Wanted::Table,
            Format::Json => Wanted::Json,
        }
    }

    /// A document in this format.
    pub fn of_document(self, document: Document, to_screen: bool) -> String {
        let document = document.in_words(flag);
        match self {
            Format::Markdown => document.to_markdown(),
            _ => document.to_text(to_screen),
        }
    }

    /// The answer in short, if this format has a shorter form.
    pub fn in_short(self, answer: &impl Brief, to_screen: bool) -> Result<String> {
        match self {
            Format::Text => Ok(self.of_document(answer.brief(HOW), to_screen)),
            _ => self.of(answer, to_screen),
        }
    }

    /// Any answer in this format.
    pub fn of(self, answer: &impl Shown, to_screen: bool) -> Result<String> {
        Ok(match self.wanted() {
            Wanted::Document => self.of_document(answer.document(), to_screen),
            Wanted::Table => answer.table(),
            Wanted::Json => answer.json()?,
        })
    }
}
