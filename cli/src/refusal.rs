//! Writes a refusal in the requested format if the data allow no result, so that programs that read
//! JSON or CSV get the reason too.

use super::args::Format;
use super::printer::Printer;
use super::save::emit_table;
use clap::ArgMatches;
use scalewise::Remedy;
use scalewise::internal::json;
use scalewise::{Error, Result};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The verb whose `-o` is the law file, which never holds a refusal.
const FIT: &str = "fit";
/// The status of data without any fit, as in tables of many series.
const STATUS: &str = "abstained: no-fit";

/// What `--format json` prints instead of a result.
#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    verb: &'a str,
    status: &'static str,
    trustworthy: bool,
    reason: String,
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    remedies: &'a [Remedy],
}

/// Prints or writes the refusal if a program reads the result; people see it on standard error.
///
/// # Errors
/// When it cannot be printed or written.
pub fn emit(matches: &ArgMatches, error: &Error, printer: &Printer) -> Result<()> {
    let Some((verb, given)) = matches.subcommand() else {
        return Ok(());
    };
    let output = path(given, "output").filter(|_| verb != FIT);
    let (format, text) = match format(given, output.as_deref()).as_deref() {
        Some("csv") => (Format::Csv, csv(error)),
        Some("json") => (Format::Json, json(&document(verb, error))?),
        _ => return Ok(()),
    };
    emit_table(output.as_deref(), format, &text, printer)
}

fn document<'a>(verb: &'a str, error: &'a Error) -> Json<'a> {
    Json {
        format: "scalewise.refusal",
        version: 1,
        verb,
        status: STATUS,
        trustworthy: false,
        reason: error.to_string(),
        hint: error.hint(),
        remedies: error.remedies(),
    }
}

fn csv(error: &Error) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to a Vec cannot fail.
    let _ = writer.write_record(["status", "reason"]);
    let _ = writer.write_record([STATUS, &error.to_string()]);
    String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
}

fn path(given: &ArgMatches, id: &str) -> Option<PathBuf> {
    given.try_get_one::<PathBuf>(id).ok().flatten().cloned()
}

/// The requested format, or that of the file's name if there is no such flag.
fn format(given: &ArgMatches, output: Option<&Path>) -> Option<String> {
    let asked = given.try_get_raw("format").ok().flatten();
    let asked = asked.and_then(|mut words| words.next());
    let named = || output.and_then(Path::extension);
    let word = asked.or_else(named)?.to_string_lossy();
    Some(word.to_ascii_lowercase())
}
