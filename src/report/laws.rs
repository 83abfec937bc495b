//! The laws that can be fitted.

use super::answer::Answer;
use super::document::{Block, Document};
use crate::ask::Trust;
use crate::csv_text::CsvText;
use crate::law::{self, Law};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Listed {
    name: &'static str,
    formula: &'static str,
    parameters: Vec<&'static str>,
}

/// A list of laws.
///
/// ```
/// use scalewise::report::{Answer, Laws};
/// assert!(Laws::all().table().contains("saturating,L(C) = a*C^b + c,a b c"));
/// ```
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

impl Answer for Laws {
    fn document(&self) -> Document {
        Document {
            blocks: vec![Block::Table {
                head: COLUMNS.map(str::to_owned).to_vec(),
                text: vec![true; 3],
                rows: self.rows(),
            }],
        }
    }

    fn table(&self) -> String {
        let mut table = CsvText::under(&COLUMNS);
        self.rows().iter().for_each(|row| table.record(row));
        table.into_text()
    }

    fn trust(&self) -> Trust {
        Trust::Trustworthy
    }
}
