//! `scalewise ledger`: all entries of a folder and how they turned out.

use super::args::Format;
use super::args::LedgerArgs;
use super::outcome::Outcome;
use super::plot;
use super::printer::Printer;
use scalewise::chart::{self, Theme};
use scalewise::internal::read_document;
use scalewise::ledger::Ledger;
use scalewise::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

pub fn run(args: &LedgerArgs, printer: &Printer) -> Result<Outcome> {
    let files = entries(&args.folder)?;
    let ledger = Ledger::read(files.iter().map(|path| (name(path), read(path))));
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

/// A file's name without its folders.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The bytes of a file. A pipe is not read, because nobody may ever write to it, nor is a device,
/// which may never end.
fn read(path: &Path) -> Result<Vec<u8>> {
    match path.metadata() {
        Ok(about) if !about.is_file() && !about.is_dir() => Err(Error::new(
            ErrorKind::Io,
            "it is a pipe or a device, and only regular files are read",
        )),
        _ => read_document(path),
    }
}

/// The JSON files of a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e: std::io::Error| {
        Error::new(ErrorKind::Io, format!("cannot be read: {e}"))
            .at(&folder.to_string_lossy(), None, None)
            .with_hint("name the folder that holds the entries")
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"))
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
