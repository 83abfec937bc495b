//! `scalewise register`: a forecast fixed in advance.

use super::args::{About, RegisterArgs};
use super::give::say;
use super::outcome::Outcome;
use super::printer::Printer;
use super::{clock, input};
use crate::files::{self, Existing};
use scalewise::Result;
use scalewise::ask::{Question, RegisterRequest, Stamp};
use scalewise::report;
use scalewise::tables::Source;
use std::path::Path;

pub fn run(args: &RegisterArgs, printer: &Printer) -> Result<Outcome> {
    match args {
        RegisterArgs::Forecast(args) => {
            let q = &args.question;
            let question = Question::Forecast(q.request()?);
            register(
                question,
                q.by.as_deref(),
                &q.input,
                &args.output,
                &args.about,
                printer,
            )
        }
        RegisterArgs::Capability(args) => {
            let q = &args.question;
            let question = Question::Capability(q.request()?);
            register(
                question,
                q.by.as_deref(),
                &q.input,
                &args.output,
                &args.about,
                printer,
            )
        }
        RegisterArgs::Allocate(args) => {
            let q = &args.question;
            let question = Question::Allocation(q.request()?);
            register(
                question,
                q.by.as_deref(),
                &q.input,
                &args.output,
                &args.about,
                printer,
            )
        }
    }
}

fn register(
    question: Question,
    by: Option<&str>,
    input: &Path,
    output: &Path,
    about: &About,
    printer: &Printer,
) -> Result<Outcome> {
    let request = RegisterRequest {
        by: by.map(str::to_owned),
        outcome: about.outcome.clone(),
        question,
    };
    let source = Source::open(input)?;
    if input::looks_like_json(&source.opening()) {
        return Err(
            input::usage("a law file does not hold its rows as they are written")
                .with_hint("register the table of runs instead"),
        );
    }
    let stamp = Stamp {
        at: about.registered_at.map_or_else(clock::now, Ok)?,
        machine: clock::machine(),
    };
    let bar = printer.progress("forecasting");
    let answer = request.answer(&source, &stamp)?;
    drop(bar);
    say(
        "more series lack predictions: the entry says why",
        answer
            .without
            .iter()
            .map(|(series, why)| format!("series '{series}': {why}")),
        printer,
    );
    let entry = &answer.entry;
    if output.as_os_str() == "-" {
        printer.out(entry.text())?;
    } else {
        files::write(output, entry.text().as_bytes(), Existing::Never)?;
        printer.out(&report::registered(entry).to_text(true))?;
        printer.note(&format!("wrote {}", output.display()));
        printer.next(&format!(
            "publish the digest; later: scalewise score {} --actual VALUE",
            output.display()
        ));
    }
    Ok(match Outcome::from(answer.trust) {
        Outcome::Refused => Outcome::NotTrustworthy,
        other => other,
    })
}

/// A file's name without its folders, which are nobody's business in an entry that is published.
pub fn name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy())
        .into_owned()
}
