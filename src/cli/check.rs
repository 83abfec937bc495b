//! `scalewise check`: how a table is understood.

use super::Outcome;
use super::args::{CheckArgs, Format};
use super::printer::Printer;
use crate::data::{Source, read_source};
use crate::error::{Error, ErrorKind, Result};
use crate::report;

pub fn run(args: &CheckArgs, printer: &Printer) -> Result<Outcome> {
    let source = Source::open(&args.input)?;
    let (_, understanding) = read_source(&source, &args.data.options(None)?)?;
    let text = match args.format {
        Format::Text => report::check(&understanding).to_text(true),
        Format::Markdown => report::check(&understanding).to_markdown(),
        Format::Json => json(&understanding)?,
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            let failed = |e: csv::Error| Error::new(ErrorKind::Io, e.to_string());
            writer.write_record(["column", "role"]).map_err(failed)?;
            for column in &understanding.columns {
                writer
                    .write_record([&column.name, column.role])
                    .map_err(failed)?;
            }
            String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
        }
    };
    let outcome = printer.out(&text)?;
    printer.next(&format!("scalewise fit {} -o law.json", source.name()));
    Ok(outcome)
}

/// Pretty JSON with a final newline.
pub fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|e| {
            Error::new(
                ErrorKind::Io,
                format!("the result cannot be written as JSON: {e}"),
            )
        })
}
