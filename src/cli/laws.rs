//! `scalewise laws`: the laws that can be fitted.

use super::Outcome;
use super::args::{Format, LawsArgs};
use super::check::json;
use super::printer::Printer;
use crate::error::Result;
use crate::law;
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
            let lines = std::iter::once(head.join(",")).chain(rows.iter().map(|r| r.join(",")));
            lines.map(|line| line + "\n").collect()
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
