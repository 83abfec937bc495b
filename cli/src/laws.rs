//! `scalewise laws`: the laws that can be fitted.

use super::args::LawsArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::internal::Laws;

pub fn run(args: &LawsArgs, printer: &Printer) -> Result<Outcome> {
    printer.out(&args.format.of(&Laws::all(), false)?)
}
