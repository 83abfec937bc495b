//! `scalewise laws`: the laws that can be fitted.

use super::args::{Format, LawsArgs};
use super::outcome::Outcome;
use super::printer::Printer;
use crate::error::Result;
use crate::law;
use crate::report::json;
use crate::report::{Block, Document};
use serde::Serialize;

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    formula: &'static str,
    parameters: Vec<&'static str>,
}

pub fn run(args: &LawsArgs, printer: &Printer) -> Result<Outcome> {
    let entries: Vec<Entry> = law::all()
        .iter()
        .map(|law| Entry {
            name: law.name(),
            formula: law.formula(),
            parameters: law.parameters().iter().map(|p| p.name).collect(),
        })
        .collect();
    let head = ["name", "formula", "parameters"]
        .map(str::to_owned)
        .to_vec();
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|e| {
            vec![
                e.name.to_owned(),
                e.formula.to_owned(),
                e.parameters.join(" "),
            ]
        })
        .collect();
    let text = match args.format {
        Format::Json => json(&entries)?,
        Format::Csv => {
            // The formulas of laws of several variables hold commas.
            let mut writer = csv::Writer::from_writer(Vec::new());
            for line in std::iter::once(&head).chain(&rows) {
                // Writing to a Vec cannot fail.
                let _ = writer.write_record(line);
            }
            String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
        }
        Format::Text | Format::Markdown => {
            let table = Block::Table {
                head,
                text: vec![true; 3],
                rows,
            };
            let document = Document {
                blocks: vec![table],
            };
            if args.format == Format::Text {
                document.to_text(false)
            } else {
                document.to_markdown()
            }
        }
    };
    printer.out(&text)
}
