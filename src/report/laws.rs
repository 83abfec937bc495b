//! The laws that can be fitted.

use super::answer::Shown;
use super::document::{Block, Document};
use super::rows::csv;
use crate::ask::Trust;
use crate::law::{self, Law};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Listed {
    name: &'static str,
    formula: &'static str,
    parameters: Vec<String>,
    /// What its columns are, for a published law that is kept as a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'static str>,
    /// Where it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
}

/// A list of laws.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Laws(Vec<Listed>);

const COLUMNS: [&str; 5] = ["name", "formula", "parameters", "about", "source"];

fn names(law: &dyn Law) -> Vec<String> {
    law.parameters()
        .iter()
        .map(|p| p.name.to_string())
        .collect()
}

impl Laws {
    /// Every built-in law, then every published law that is kept as a formula.
    #[must_use]
    pub fn all() -> Laws {
        let built_in = law::all().iter().map(|law| Listed {
            name: law.name(),
            formula: law.formula(),
            parameters: names(law),
            about: None,
            source: None,
        });
        let presets = law::presets().iter().map(|preset| Listed {
            name: preset.name,
            formula: preset.formula,
            parameters: law::named(preset.name).map_or_else(|_| Vec::new(), |law| names(&*law)),
            about: Some(preset.about),
            source: Some(preset.source),
        });
        Laws(built_in.chain(presets).collect())
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |law: &Listed| {
            let (name, formula) = (law.name.to_owned(), law.formula.to_owned());
            let words = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let parameters = law.parameters.join(" ");
            vec![
                name,
                formula,
                parameters,
                words(law.about),
                words(law.source),
            ]
        };
        self.0.iter().map(row).collect()
    }
}

impl Shown for Laws {
    fn document(&self) -> Document {
        // What a published law is about is too long for a table that people read.
        let rows = self.rows().into_iter();
        let rows = rows.map(|row| [&row[..3], &row[4..]].concat());
        let head = [&COLUMNS[..3], &COLUMNS[4..]].concat();
        vec![Block::word_table(&head, rows)].into()
    }

    fn table(&self) -> String {
        csv(&COLUMNS, self.rows())
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }
}
