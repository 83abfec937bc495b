//! `scalewise verify`: whether an entry, its data and its forecast are still what was registered.

use super::args::VerifyArgs;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::ask::VerifyRequest;
use scalewise::internal::{self, read_document};
use scalewise::ledger::Entry;

pub fn run(args: &VerifyArgs, printer: &Printer) -> Result<Outcome> {
    let name = args.entry.to_string_lossy();
    let entry = Entry::read(&read_document(&args.entry)?, &name)?;
    let table = match args.data.is_empty() {
        true => None,
        false => Some(args.gather.open(&args.data)?),
    };
    let bar = printer.progress("forecasting again");
    let request = VerifyRequest::default().machine(internal::machine());
    let answer = match &table {
        Some(table) => request.answer(&entry, table)?,
        None => request.alone(&entry),
    };
    drop(bar);
    printer.out(&args.format.of(&answer, true)?)
}
