//! `scalewise register`: a forecast fixed in advance.

use super::args::{RegisterArgs, Registered};
use super::printer::Printer;
use super::question::{Question, used};
use super::{Outcome, clock, input};
use crate::error::Result;
use crate::files::{self, Existing};
use crate::ledger::{DataUsed, Entry, Registration};
use crate::report;
use crate::tables::{Rows, read_bytes};
use std::path::Path;

pub fn run(args: &RegisterArgs, printer: &Printer) -> Result<Outcome> {
    match args {
        RegisterArgs::Forecast(args) => register(args, printer),
        RegisterArgs::Capability(args) => register(args, printer),
        RegisterArgs::Allocate(args) => register(args, printer),
    }
}

fn register<Q: Question>(args: &Registered<Q>, printer: &Printer) -> Result<Outcome> {
    let bar = printer.progress("forecasting");
    let (entry, trustworthy) = entry(args)?;
    drop(bar);
    if args.output.as_os_str() == "-" {
        printer.out(entry.text())?;
    } else {
        files::write(&args.output, entry.text().as_bytes(), Existing::Never)?;
        printer.out(&report::registered(&entry).to_text(true))?;
        printer.note(&format!("wrote {}", args.output.display()));
        printer.next(&format!(
            "publish the digest; later: scalewise score {} --actual VALUE",
            args.output.display()
        ));
    }
    Ok(if trustworthy {
        Outcome::Done
    } else {
        Outcome::NotTrustworthy
    })
}

/// The entry, and whether nothing was found against it.
fn entry<Q: Question>(args: &Registered<Q>) -> Result<(Entry, bool)> {
    let path = args.question.input();
    let bytes = read_bytes(path)?;
    if input::looks_like_json(&bytes) {
        return Err(
            input::usage("a law file does not hold its rows as they are written")
                .with_hint("register the table of runs instead"),
        );
    }
    let rows = Rows::read(&bytes, &path.to_string_lossy(), None)?;
    let (used, largest) = used(&args.question, rows, &path.to_string_lossy(), f64::INFINITY)?;
    let source = name(path);
    let answer = args.question.answer(used.to_csv().as_bytes(), &source)?;
    for (k, prediction) in answer.predictions.iter().enumerate() {
        if answer.predictions[..k]
            .iter()
            .any(|p| p.id == prediction.id)
        {
            return Err(input::usage(format!(
                "{} is asked for twice",
                prediction.id
            )));
        }
    }
    let mut settings = args.settings.clone();
    for (flag, values) in answer.defaults {
        settings.entry(flag.to_owned()).or_insert(values);
    }
    let registered_at = args.about.registered_at.map_or_else(clock::now, Ok)?;
    let entry = Registration {
        subject: Q::SUBJECT,
        registered_at,
        made_by: crate::ledger::made_by(),
        machine: clock::machine(),
        outcome: args.about.outcome.clone().unwrap_or(answer.outcome),
        data: DataUsed::of(&used, &source, largest),
        settings,
        predictions: answer.predictions,
        result: answer.result,
    }
    .seal()?;
    Ok((entry, answer.trustworthy))
}

/// A file's name without its folders, which are nobody's business in an entry that is published.
pub fn name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy())
        .into_owned()
}
