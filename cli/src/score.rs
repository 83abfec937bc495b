//! `scalewise score`: scores a registered forecast by its outcome.

use super::args::Format;
use super::args::ScoreArgs;
use super::outcome::Outcome as Ended;
use super::printer::Printer;
use super::{clock, input};
use crate::files::{self, Existing};
use scalewise::ask::{Actual, ScoreRequest};
use scalewise::internal::read_document;
use scalewise::ledger::Entry;
use scalewise::{Error, ErrorKind, Result};

pub fn run(args: &ScoreArgs, printer: &Printer) -> Result<Ended> {
    let output = args.output.as_deref();
    let is_printed = output.is_some_and(|path| path.as_os_str() == "-");
    if is_printed && matches!(args.format, Format::Csv | Format::Markdown) {
        return Err(input::usage("-o - prints the score itself, which is JSON")
            .with_hint("leave --format out, or name a file for the score"));
    }
    let entry = Entry::read(&read_document(&args.entry)?, &args.entry.to_string_lossy())?;
    let outcomes = args
        .actual
        .iter()
        .map(|text| {
            let actual = |value: &str| input::number("--actual", value.trim()).map(Actual::new);
            match text.rsplit_once('=') {
                Some((id, value)) => Ok(actual(value)?.prediction(id.trim())),
                None => actual(text),
            }
        })
        .collect::<Result<Vec<_>>>()?;
    let scored_at = args.scored_at.map_or_else(clock::now, Ok)?;
    let request = ScoreRequest::default()
        .outcomes(outcomes)
        .trained_after(args.trained_after);
    let answer = request.of(&entry, scored_at)?;
    let score = answer.score();
    let path = match &args.output {
        Some(path) => path.clone(),
        None if args.entry.as_os_str() == "-" => {
            return Err(
                input::usage("an entry from standard input has no name to score")
                    .with_hint("say where the score goes with -o FILE"),
            );
        }
        None => args.entry.with_extension("score.json"),
    };
    // A pipe of this name, which may have come with the folder, would block.
    if args.output.is_none() && path.exists() && !path.is_file() {
        return Err(
            Error::new(ErrorKind::Io, "it exists already and is not a file")
                .at(&path.to_string_lossy(), None, None)
                .with_hint("say where the score goes with -o FILE"),
        );
    }
    if is_printed {
        return printer.out(score.text());
    }
    files::write(&path, score.text().as_bytes(), Existing::Never)?;
    printer.out(&args.format.of(&answer, true)?)?;
    printer.note(&format!("wrote {}", path.display()));
    Ok(Ended::Done)
}
