//! `scalewise fit`: a law from a table of runs.

use super::advice;
use super::args::{FitVerbArgs, Format};
use super::give::{Out, for_one_series};
use super::input;
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::refuse_record;
use crate::files::{self, Existing};
use scalewise::Result;
use scalewise::ask::{FitAnswer, FitRequest};
use scalewise::internal::Wanted;
use scalewise::report;

impl FitVerbArgs {
    fn request(&self) -> Result<FitRequest> {
        Ok(FitRequest::default()
            .table(self.data.table()?.force(self.data.table.force))
            .fit(self.fit.choice()?)
            .level(self.level))
    }
}

pub fn run(args: &FitVerbArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let source = args.gather.open(&args.input)?;
    if let Some(by) = &args.by {
        for_one_series(
            by,
            &[
                (args.exhaustive, "--exhaustive"),
                (args.verbose, "--verbose"),
                (args.overwrite, "--overwrite"),
            ],
        )?;
        let out = Out {
            format: args.format,
            output: args.output.as_deref(),
        };
        return out.many::<FitAnswer>(&request, &source, by, printer);
    }
    let bar = printer.progress("fitting");
    let answer = request.answer(&source)?;
    drop(bar);
    if let Some(path) = &args.output {
        let existing = if args.overwrite {
            Existing::Replace
        } else {
            Existing::Keep
        };
        refuse_record(path)?;
        files::write(path, answer.fit().to_json().as_bytes(), existing)?;
        printer.note(&format!("wrote {}", path.display()));
    }
    printer.out(&shown(&answer, args.format, args.verbose)?)?;
    if args.exhaustive {
        let bar = printer.progress("descending from the published starts");
        let found = answer.fit().exhaustive()?;
        drop(bar);
        printer.note(&format!(
            "published starts: {} of {} reach the objective {:.10e}, {} lose a term; the fit has {:.10e}",
            found.reached,
            found.starts,
            found.objective,
            found.trapped,
            answer.fit().objective()
        ));
    }
    printer.next(&match &args.output {
        Some(law) => {
            let law = input::typed(std::slice::from_ref(law));
            format!("scalewise forecast {law} --at 100x")
        }
        None => advice::going_on("forecast", &["--at", "100x"]),
    });
    Ok(answer.trust().into())
}

/// A fit in the requested format. `details` adds how it was made, every basin and every residual.
pub fn shown(answer: &FitAnswer, format: Format, details: bool) -> Result<String> {
    match (format.wanted(), details) {
        (Wanted::Document, true) => Ok(format.of_document(report::fit(answer.fit(), true), true)),
        _ => format.in_short(answer, true),
    }
}
