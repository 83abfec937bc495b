//! `scalewise ledger`: all entries of a folder and their outcomes.

use super::args::Format;
use super::args::LedgerArgs;
use super::outcome::Outcome;
use super::plot;
use super::printer::Printer;
use scalewise::Result;
use scalewise::chart::{self, Theme};
use scalewise::internal::entry_files;
use scalewise::ledger::Ledger;

pub fn run(args: &LedgerArgs, printer: &Printer) -> Result<Outcome> {
    let ledger = Ledger::read(entry_files(&args.folder)?);
    for (file, reason) in ledger.skipped() {
        printer.note(&format!("skipped: {file}: {reason}"));
    }
    if let Some(path) = &args.plot {
        let theme = Theme::light().size(560, 460);
        plot::write_chart(path, &chart::ledger(&ledger), &theme, printer)?;
    }
    let outcome = args.result.give(&ledger, printer)?;
    let shown = args.result.to_screen() && args.result.format == Format::Text;
    if shown && args.plot.is_none() {
        printer.out(&plot::drawn(&chart::ledger(&ledger)))?;
    }
    Ok(outcome)
}
