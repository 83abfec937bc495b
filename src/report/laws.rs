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
    parameters: Vec<&'static str>,
}

/// A list of laws.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Laws(Vec<Listed>);

const COLUMNS: [&str; 3] = ["name", "formula", "parameters"];

impl Laws {
    /// Every built-in law.
    #[must_use]
    pub fn all() -> Laws {
        let listed = law::all().iter().map(|law| Listed {
            name: law.name(),
            formula: law.formula(),
            parameters: law.parameters().iter().map(|p| &*p.name).collect(),
        });
        Laws(listed.collect())
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let row = |law: &Listed| {
            let (name, formula) = (law.name.to_owned(), law.formula.to_owned());
            vec![name, formula, law.parameters.join(" ")]
        };
        self.0.iter().map(row).collect()
    }
}

impl Shown for Laws {
    fn document(&self) -> Document {
        vec![Block::word_table(&COLUMNS, self.rows())].into()
    }

    fn table(&self) -> String {
        csv(&COLUMNS, self.rows())
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }
}
