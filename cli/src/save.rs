//! Writes results, but never over files that cannot be made again.

use super::args::Format;
use super::input::{looks_like_json, usage};
use super::printer::Printer;
use crate::files::{self, Existing};
use scalewise::internal::Wanted;
#[cfg(feature = "parquet")]
use scalewise::internal::parquet;
use scalewise::tables::Source;
use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

/// Prints a result, or writes it to the file of `-o`.
///
/// # Errors
/// As for [`save`], and when standard output cannot be written.
pub fn emit(output: Option<&Path>, text: &str, printer: &Printer) -> Result<()> {
    match output {
        Some(path) if path.as_os_str() != "-" => save(path, text.as_bytes(), printer),
        _ => printer.out(text).map(|_| ()),
    }
}

/// As [`emit`], but a CSV table is written as Parquet if the file's name says so.
///
/// # Errors
/// As for [`emit`] and [`check_table`].
pub fn emit_table(
    output: Option<&Path>,
    format: Format,
    text: &str,
    printer: &Printer,
) -> Result<()> {
    check_table(output, format)?;
    #[cfg(feature = "parquet")]
    if let Some(path) = output.filter(|path| is_parquet(path)) {
        let failed = |why| {
            let message = format!("the table cannot be written as Parquet: {why}");
            Error::new(ErrorKind::Io, message).at(&path.to_string_lossy(), None, None)
        };
        return save(path, &parquet(text).map_err(failed)?, printer);
    }
    emit(output, text, printer)
}

/// Checks whether a Parquet file is requested that cannot be made.
///
/// # Errors
/// When the name is that of a Parquet file, but the result is not a table or this build cannot
/// write Parquet.
pub fn check_table(output: Option<&Path>, format: Format) -> Result<()> {
    let Some(path) = output.filter(|path| is_parquet(path)) else {
        return Ok(());
    };
    let (message, hint) = match format.wanted() {
        Wanted::Table if cfg!(feature = "parquet") => return Ok(()),
        Wanted::Table => (
            "this program was built without Parquet",
            "install with it: cargo install scalewise-cli --features parquet; or name a file that ends in .csv",
        ),
        _ => (
            "a Parquet file holds a table",
            "ask for one with --format csv, or name a file that ends otherwise",
        ),
    };
    Err(usage(format!("-o {}: {message}", path.display())).with_hint(hint))
}

fn is_parquet(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("parquet"))
}

/// Writes a result, which may replace an earlier result.
///
/// # Errors
/// As for [`refuse_kept`], and as for writing any file.
pub fn save(path: &Path, bytes: &[u8], printer: &Printer) -> Result<()> {
    refuse_kept(path)?;
    files::write(path, bytes, Existing::Replace)?;
    printer.note(&format!("wrote {}", path.display()));
    Ok(())
}

/// Refuses to write a result over a file that cannot be made again.
///
/// # Errors
/// When the file is a law file, a recipe, an entry or a score.
pub fn refuse_kept(path: &Path) -> Result<()> {
    let message =
        "it is a law file, a recipe, a registered entry or a score, and is not overwritten";
    refuse(path, &[&[LAW, RECIPE], &RECORDS[..]].concat(), message)
}

/// Refuses to write a law file over an entry or a score, even if the user forces it.
///
/// # Errors
/// When the file is one of the two.
pub fn refuse_record(path: &Path) -> Result<()> {
    let message = "it is a registered entry or a score, and is never overwritten";
    refuse(path, &RECORDS, message)
}

const LAW: &str = "\"scalewise.law\"";
const RECIPE: &str = "\"scalewise.curve-recipe\"";
const RECORDS: [&str; 2] = ["\"scalewise.registered\"", "\"scalewise.score\""];

fn refuse(path: &Path, formats: &[&str], message: &str) -> Result<()> {
    if !begins_with(path, formats) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Io, message)
        .at(&path.to_string_lossy(), None, None)
        .with_hint("name another file"))
}

/// Whether a file, compressed or not, is a document of one of these formats.
fn begins_with(path: &Path, formats: &[&str]) -> bool {
    // Reading a pipe or a terminal would block.
    if !path.is_file() {
        return false;
    }
    let opening = Source::open(path).map_or_else(|_| Vec::new(), |source| source.opening());
    let opening = opening.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&opening);
    let text = String::from_utf8_lossy(&opening[..opening.len().min(4096)]);
    looks_like_json(opening) && formats.iter().any(|format| text.contains(format))
}
