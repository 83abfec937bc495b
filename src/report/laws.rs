//! The laws that can be fitted.

use super::answer::Shown;
use super::document::{Block, Document, fact};
use super::rows::csv;
use crate::ask::Trust;
use crate::law::{self, Law};
use crate::number::digits;
use crate::text::{closest, quoted};
use crate::{Error, ErrorKind, Result};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Listed {
    name: &'static str,
    formula: &'static str,
    parameters: Vec<String>,
    /// The meaning of its columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'static str>,
    /// The publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
}

/// The meaning of the columns of the built-in laws, and each law's publication.
const BUILT_IN: [(&str, &str, &str); 11] = [
    (
        "saturating",
        "C: training compute in FLOP; L: the loss; c: the irreducible loss",
        "OpenAI 2023 (GPT-4), arXiv 2303.08774",
    ),
    (
        "power",
        "C: training compute in FLOP; L: the loss",
        "Kaplan et al. 2020, arXiv 2001.08361",
    ),
    (
        "shifted",
        "C: training compute in FLOP; L: the loss; d: a compute that every run has beside its own",
        "Zhai et al. 2021, arXiv 2106.04560",
    ),
    (
        "m3",
        "C: training compute in FLOP, or the size of the data; L: the error",
        "Alabdulmohsin et al. 2022, arXiv 2209.06640",
    ),
    (
        "m4",
        "C: training compute in FLOP, or the size of the data; L: the error, at most l0",
        "Alabdulmohsin et al. 2022, arXiv 2209.06640",
    ),
    (
        "broken",
        "C: training compute in FLOP; L: the loss; d: where the exponent changes",
        "Caballero et al. 2022, arXiv 2210.14891",
    ),
    (
        "chinchilla",
        "N: parameters; D: training tokens; L: the loss",
        "Hoffmann et al. 2022, arXiv 2203.15556",
    ),
    (
        "chinchilla-tied",
        "N: parameters; D: training tokens; L: the loss; both exponents are equal",
        "Hoffmann et al. 2022, arXiv 2203.15556; tied by Muennighoff et al. 2023, arXiv 2305.16264",
    ),
    (
        "kaplan",
        "N: parameters; D: training tokens; L: the loss",
        "Kaplan et al. 2020, arXiv 2001.08361",
    ),
    (
        "data-constrained",
        "N: parameters; D: training tokens with repeats; U: unique tokens; L: the loss",
        "Muennighoff et al. 2023, arXiv 2305.16264",
    ),
    (
        "bounded-repeat",
        "N: parameters; D: training tokens with repeats; U: unique tokens; L: the loss",
        "arXiv 2605.09189",
    ),
];

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

fn about(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    BUILT_IN.iter().find(|known| known.0 == name)
}

/// Everything about one law, with the range of each parameter.
fn explained(law: &Listed) -> Vec<Block> {
    let mut facts = vec![
        fact("Law", law.name),
        fact("Formula", law.formula),
        fact("Columns", law.about.unwrap_or_default()),
        fact("Source", law.source.unwrap_or_default()),
    ];
    let mut blocks = Vec::new();
    if let Ok(known) = law::named(law.name) {
        if let Some(latex) = known.latex() {
            facts.push(fact("LaTeX", latex));
        }
        let end = |value: f64| match value.is_finite() {
            true => digits(value, 4),
            false => String::new(),
        };
        let rows = known
            .parameters()
            .iter()
            .map(|p| vec![p.name.to_string(), end(p.lower), end(p.upper)]);
        blocks.push(Block::word_table(
            &["parameter", "at least", "at most"],
            rows,
        ));
    }
    blocks.insert(0, Block::Facts(facts));
    blocks
}

impl Laws {
    /// Every built-in law, then every published law stored as a formula.
    #[must_use]
    pub fn all() -> Laws {
        let built_in = law::all().iter().map(|law| Listed {
            name: law.name(),
            formula: law.formula(),
            parameters: names(law),
            about: about(law.name()).map(|known| known.1),
            source: about(law.name()).map(|known| known.2),
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

    /// The law of this name.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no such law.
    pub fn named(name: &str) -> Result<Laws> {
        let all = Laws::all().0.into_iter();
        let found: Vec<Listed> = all.filter(|law| law.name == name).collect();
        if !found.is_empty() {
            return Ok(Laws(found));
        }
        let names = Laws::all().0.into_iter().map(|law| law.name);
        let names: Vec<&str> = names.collect();
        let error = Error::new(
            ErrorKind::Usage,
            format!("there is no law {}", quoted(name)),
        );
        Err(match closest(name, names.iter().copied()) {
            Some(near) => error.with_hint(format!("did you mean {}?", quoted(near))),
            None => error.with_hint(format!("the laws are {}", names.join(", "))),
        })
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
        if let [law] = self.0.as_slice() {
            return explained(law).into();
        }
        // The description of a published law is too long for a table for people.
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
