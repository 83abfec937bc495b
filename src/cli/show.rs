//! `scalewise show`: a law file again, without refitting.

use super::args::{Format, ShowArgs, ShowFormat};
use super::printer::Printer;
use super::{Outcome, fit, input};
use crate::error::Result;
use crate::report;
use crate::tables::read_document;

pub fn run(args: &ShowArgs, printer: &Printer) -> Result<Outcome> {
    let bytes = read_document(&args.input)?;
    let result = input::load(&bytes, &args.input.to_string_lossy(), printer)?;
    let own = || {
        input::usage(format!(
            "law '{}' is not one of the built-in ones",
            result.law().name()
        ))
    };
    let text = match args.format {
        ShowFormat::Text => fit::text(&result, Format::Text, args.verbose),
        ShowFormat::Json => fit::text(&result, Format::Json, args.verbose),
        ShowFormat::Csv => fit::text(&result, Format::Csv, args.verbose),
        ShowFormat::Markdown => fit::text(&result, Format::Markdown, args.verbose),
        ShowFormat::Python => report::python(&result).ok_or_else(own)?,
        ShowFormat::Latex => report::latex(&result).ok_or_else(own)? + "\n",
    };
    printer.out(&text)?;
    printer.next(&format!(
        "scalewise forecast {} --at 100x",
        args.input.display()
    ));
    Ok(fit::outcome(&result))
}
