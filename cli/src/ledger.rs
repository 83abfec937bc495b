//! `scalewise ledger`: all entries of a folder and their outcomes.

use super::args::Format;
use super::args::LedgerArgs;
use super::outcome::Outcome;
use super::picture;
use super::printer::Printer;
use scalewise::Result;
use scalewise::chart;
use scalewise::internal::entry_files;
use scalewise::ledger::Ledger;

pub fn run(args: &LedgerArgs, printer: &Printer) -> Result<Outcome> {
    let ledger = Ledger::read(entry_files(&args.folder)?);
    for (file, reason) in ledger.skipped() {
        printer.note(&format!("skipped: {file}: {reason}"));
    }
    if let Some(path) = &args.plot {
        let own = Some((560, 460));
        picture::write(path, &chart::ledger(&ledger), &args.look, own, printer)?;
    }
    let outcome = args.result.give(&ledger, printer)?;
    let shown = args.result.to_screen() && args.result.format == Format::Text;
    if shown && args.plot.is_none() {
        printer.out(&picture::drawn(&chart::ledger(&ledger)))?;
    }
    Ok(outcome)
}
