//! `scalewise register`: registers a forecast in advance.

use super::args::{ExternalArgs, RegisterArgs, Registered};
use super::give::say;
use super::outcome::Outcome;
use super::printer::Printer;
use super::{clock, input, typed_points};
use crate::files::{self, Existing};
use scalewise::Result;
use scalewise::ask::{ExternalForecast, Question, RegisterRequest, Stamp};
use scalewise::internal::{self, registered};
use scalewise::ledger::{Entry, Time};
use scalewise::tables::Source;
use std::path::Path;

pub fn run(args: &RegisterArgs, printer: &Printer) -> Result<Outcome> {
    match args {
        RegisterArgs::Forecast(args) => {
            let q = &args.question;
            let question = match typed_points::are_given(&q.at) {
                true => q.question_of_points()?,
                false => Question::Forecast(q.request()?),
            };
            args.register(
                question,
                q.by.as_deref(),
                &q.gather.open(&q.input)?,
                printer,
            )
        }
        RegisterArgs::Capability(args) => {
            let q = &args.question;
            let source = q.gather.open(&q.input)?;
            if q.of_scores(&source)? {
                let question = Question::Scores(q.scores()?);
                return args.register(question, None, &source, printer);
            }
            let question = Question::Capability(q.request()?);
            args.register(question, q.by.as_deref(), &source, printer)
        }
        RegisterArgs::Curve(args) => {
            let q = &args.question;
            let question = Question::Curve(q.request()?);
            let source = q.gather.open(std::slice::from_ref(&q.input))?;
            args.register(question, None, &source, printer)
        }
        RegisterArgs::External(args) => external(args, printer),
        RegisterArgs::Allocate(args) => {
            let q = &args.question;
            let question = Question::Allocation(q.request()?);
            args.register(
                question,
                q.by.as_deref(),
                &q.gather.open(&q.input)?,
                printer,
            )
        }
    }
}

impl<Q> Registered<Q> {
    fn register(
        &self,
        question: Question,
        by: Option<&str>,
        source: &Source<'_>,
        printer: &Printer,
    ) -> Result<Outcome> {
        let mut request = RegisterRequest::new(question);
        if let Some(by) = by {
            request = request.by(by);
        }
        if let Some(outcome) = &self.about.outcome {
            request = request.outcome(outcome);
        }
        if input::looks_like_json(&source.opening()) {
            return Err(
                input::usage("a law file does not hold its rows as they are written")
                    .with_hint("register the table of runs instead"),
            );
        }
        let stamp = stamp(self.about.registered_at)?;
        let bar = printer.progress("forecasting");
        let answer = request.answer(source, &stamp)?;
        drop(bar);
        say(
            "more series lack predictions: the entry says why",
            answer
                .without()
                .iter()
                .map(|(series, why)| format!("series '{series}': {why}")),
            printer,
        );
        write(
            answer.entry(),
            &self.output,
            "publish the digest; later",
            printer,
        )?;
        Ok(match Outcome::from(answer.trust()) {
            Outcome::Refused => Outcome::NotTrustworthy,
            other => other,
        })
    }
}

fn external(args: &ExternalArgs, printer: &Printer) -> Result<Outcome> {
    let forecast = ExternalForecast::default()
        .who(&args.who)
        .source(&args.source)
        .published(&args.published)
        .note(args.note.as_deref().unwrap_or_default())
        .compute(input::positive("--at", &args.at)?)
        .point(input::positive("--point", &args.point)?);
    let entry = forecast.entry(&stamp(args.registered_at)?)?;
    write(&entry, &args.output, "when it has come true", printer)?;
    Ok(Outcome::Done)
}

/// The time and machine of an entry.
fn stamp(at: Option<Time>) -> Result<Stamp> {
    let at = at.map_or_else(clock::now, Ok)?;
    Ok(Stamp::new(at, internal::machine()))
}

/// Writes an entry to a new file, or to standard output.
fn write(entry: &Entry, output: &Path, next: &str, printer: &Printer) -> Result<()> {
    if output.as_os_str() == "-" {
        return printer.out(entry.text()).map(drop);
    }
    files::write(output, entry.text().as_bytes(), Existing::Never)?;
    printer.out(&registered(entry).to_text(true))?;
    printer.note(&format!("wrote {}", output.display()));
    printer.next(&format!(
        "{next}: scalewise score {} --actual VALUE",
        output.display()
    ));
    Ok(())
}
