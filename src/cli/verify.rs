//! `scalewise verify`: whether an entry, its data and its forecast are still what was registered.

use super::args::VerifyArgs;
use super::args::{AllocateArgs, CapabilityArgs, ForecastArgs, Format};
use super::check::json;
use super::printer::Printer;
use super::question::{Question, used};
use super::{Outcome, clock, settings};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Agreement, Entry, Subject, TOLERANCE};
use crate::report::{self, Verified};
use crate::said::Said;
use crate::tables::{Rows, read_bytes, read_document};
use serde_json::{Value, json as object};
use std::path::Path;

pub fn run(args: &VerifyArgs, printer: &Printer) -> Result<Outcome> {
    let name = args.entry.to_string_lossy();
    let entry = Entry::read(&read_document(&args.entry)?, &name)?;
    let bar = printer.progress("forecasting again");
    let derived = match &args.data {
        Some(path) => Some(match entry.registration().subject {
            Subject::Forecast => again::<ForecastArgs>(&entry, &name, path),
            Subject::Capability => again::<CapabilityArgs>(&entry, &name, path),
            Subject::Allocation => again::<AllocateArgs>(&entry, &name, path),
        }?),
        None => None,
    };
    drop(bar);
    let verified = Verified {
        digest: entry.digest(),
        same_program: derived.is_some().then(|| same_program(&entry)),
        joined: derived.as_ref().map(|(_, joined)| *joined),
        agreement: derived.map(|(agreement, _)| agreement),
    };
    let text = match args.format {
        Format::Text => report::verified(&entry, &verified).to_text(true),
        Format::Markdown => report::verified(&entry, &verified).to_markdown(),
        Format::Json => json(&verified)?,
        Format::Csv => {
            return Err(super::input::usage("verify has no table to print")
                .with_hint("use --format text, markdown or json"));
        }
    };
    printer.out(&text)
}

/// Whether this program on this machine made the entry, so that every bit has to be the same.
fn same_program(entry: &Entry) -> bool {
    let made = entry.registration();
    (made.made_by.as_str(), made.machine.as_str())
        == (crate::ledger::made_by().as_str(), clock::machine().as_str())
}

/// Finds the used rows in the table and derives the forecast from them again.
/// Also counts the rows that would be used today and were not.
fn again<Q: Question>(entry: &Entry, name: &str, table: &Path) -> Result<(Agreement, usize)> {
    let made = entry.registration();
    let question: Q = settings::question(&made.settings, name)?;
    let source = table.to_string_lossy();
    let rows = Rows::read(&read_bytes(table)?, &source, Some(&made.data.columns))
        .map_err(|e| e.with_hint("it was there when the forecast was registered"))?;
    // They stand where they stood, whatever has joined them, or are found wherever they stand now.
    let in_place = made.data.restore(&made.data.in_place(&rows), &source);
    let now = used(&question, rows, &source, made.data.largest_compute).map(|(rows, _)| rows);
    let joined = now
        .as_ref()
        .map_or(0, |now| now.rows.len().saturating_sub(made.data.rows));
    let rows = match in_place {
        Ok(rows) => rows,
        Err(_) => made.data.restore(&now?, &source)?,
    };
    let answer = question.answer(rows.to_csv().as_bytes(), &made.data.source)?;
    let predictions = |of: &[crate::ledger::Prediction]| serde_json::to_value(of);
    let both =
        predictions(&made.predictions).and_then(|p| Ok((p, predictions(&answer.predictions)?)));
    let (registered, now) = both.map_err(|e| {
        Error::new(
            ErrorKind::Io,
            format!("the predictions cannot be compared: {e}"),
        )
    })?;
    let whole = |predictions: Value, result: &Value| object!({"predictions": predictions, "result": result});
    let agreement = Agreement::of(
        &whole(registered, &made.result),
        &whole(now, &answer.result),
    );
    Ok((judged(agreement, entry, name)?, joined))
}

/// The same program on the same machine owes the same bytes, any other the same numbers but for the last digits.
fn judged(agreement: Agreement, entry: &Entry, name: &str) -> Result<Agreement> {
    let made = entry.registration();
    let bad = |message: String| Err(Error::new(ErrorKind::Data, message).at(name, None, None));
    match agreement {
        Agreement::Identical => Ok(Agreement::Identical),
        Agreement::Within { largest, at } if same_program(entry) => bad(format!(
            "NOT THE SAME FORECAST: {} on {} gives other digits at {at} (relative {:.1e}), where every bit should be the same",
            made.made_by,
            made.machine,
            Said(largest)
        ))
        .map_err(|e| e.with_hint("the entry was made by other means, or edited and sealed again")),
        Agreement::Within { largest, at } => Ok(Agreement::Within { largest, at }),
        Agreement::Different { at, registered, now } => bad(format!(
            "NOT THE SAME FORECAST: {at} was registered as {}, and is derived as {} (more than {TOLERANCE:e} apart)",
            crate::text::excerpt(&registered),
            crate::text::excerpt(&now)
        ))
        .map_err(|e| match same_program(entry) {
            true => e.with_hint("the entry was made by other means, or edited and sealed again"),
            false => e.with_hint(format!(
                "it was made by {} on {}: verify it with that version",
                made.made_by, made.machine
            )),
        }),
    }
}
