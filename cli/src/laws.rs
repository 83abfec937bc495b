//! `scalewise laws`: the laws that can be fitted.

use super::args::LawsArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::internal::Laws;

pub fn run(args: &LawsArgs, printer: &Printer) -> Result<Outcome> {
    let laws = match &args.name {
        Some(name) => Laws::named(name)?,
        None => Laws::all(),
    };
    printer.out(&args.format.of(&laws, false)?)
}
