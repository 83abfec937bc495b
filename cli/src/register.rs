//! `scalewise register`: a forecast fixed in advance.

use super::args::{RegisterArgs, Registered};
use super::give::say;
use super::outcome::Outcome;
use super::printer::Printer;
use super::{clock, input, typed_points};
use crate::files::{self, Existing};
use scalewise::Result;
use scalewise::ask::{Question, RegisterRequest, Stamp};
use scalewise::internal::{self, registered};
use scalewise::tables::Source;

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
        let at = self.about.registered_at.map_or_else(clock::now, Ok)?;
        let stamp = Stamp::new(at, internal::machine());
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
        let entry = answer.entry();
        let output = self.output.as_path();
        if output.as_os_str() == "-" {
            printer.out(entry.text())?;
        } else {
            files::write(output, entry.text().as_bytes(), Existing::Never)?;
            printer.out(&registered(entry).to_text(true))?;
            printer.note(&format!("wrote {}", output.display()));
            printer.next(&format!(
                "publish the digest; later: scalewise score {} --actual VALUE",
                output.display()
            ));
        }
        Ok(match Outcome::from(answer.trust()) {
            Outcome::Refused => Outcome::NotTrustworthy,
            other => other,
        })
    }
}
