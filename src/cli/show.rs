//! `scalewise show`: a law file again, without refitting.

use super::args::ShowArgs;
use super::printer::Printer;
use super::{Outcome, fit, input};
use crate::data::read_bytes;
use crate::error::Result;

pub fn run(args: &ShowArgs, printer: &Printer) -> Result<Outcome> {
    let bytes = read_bytes(&args.input)?;
    let result = input::load(&bytes, &args.input.to_string_lossy())?;
    printer.out(&fit::text(&result, args.format, args.verbose))?;
    printer.next(&format!(
        "scalewise forecast {} --at 100x",
        args.input.display()
    ));
    Ok(fit::outcome(&result))
}
