//! `scalewise show`: prints a law file without refitting.

use super::args::{Format, ShowArgs, ShowFormat};
use super::outcome::Outcome;
use super::printer::Printer;
use super::{fit, input};
use scalewise::Result;
use scalewise::ask::FitAnswer;
use scalewise::internal::read_document;
use scalewise::report;

pub fn run(args: &ShowArgs, printer: &Printer) -> Result<Outcome> {
    let bytes = read_document(&args.input)?;
    let fit = input::load(&bytes, &args.input.to_string_lossy(), printer)?;
    let answer = FitAnswer::of(fit);
    let own = || {
        input::usage(format!(
            "law '{}' is not one of the built-in ones",
            answer.fit().law().name()
        ))
    };
    let shown = |format| fit::shown(&answer, format, args.verbose);
    let text = match args.format {
        ShowFormat::Text => shown(Format::Text)?,
        ShowFormat::Json => shown(Format::Json)?,
        ShowFormat::Csv => shown(Format::Csv)?,
        ShowFormat::Markdown => shown(Format::Markdown)?,
        ShowFormat::Python => report::python(answer.fit()).ok_or_else(own)?,
        ShowFormat::Latex => report::latex(answer.fit()).ok_or_else(own)? + "\n",
    };
    printer.out(&text)?;
    printer.next(&format!(
        "scalewise forecast {} --at 100x",
        input::typed(std::slice::from_ref(&args.input))
    ));
    Ok(answer.trust().into())
}
