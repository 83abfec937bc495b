//! Writing results where the user wants them, but never over what cannot be made again.

use super::input::{looks_like_json, usage};
use super::invocation;
use super::printer::Printer;
use crate::error::{Error, ErrorKind, Result};
use crate::files::{self, Existing};
use std::io::Read;
use std::path::Path;

/// Prints a result, or writes it where `-o` says.
///
/// # Errors
/// As for [`save`], and when standard output cannot be written.
pub fn emit(output: Option<&Path>, text: &str, printer: &Printer) -> Result<()> {
    match output {
        Some(path) if path.as_os_str() != "-" => save(path, text.as_bytes(), printer),
        _ => printer.out(text).map(|_| ()),
    }
}

/// Writes a result over whatever result was there before.
///
/// # Errors
/// When the file is an input of this very command, or a law file, an entry or a score; and as for writing any file.
pub fn save(path: &Path, bytes: &[u8], printer: &Printer) -> Result<()> {
    if path.is_file() && invocation::naming(path) > 1 {
        return Err(usage(format!(
            "'{}' is an input of this command and would be lost",
            path.display()
        ))
        .with_hint("name another file"));
    }
    if is_kept(path) {
        let message = "it is a law file, a registered entry or a score, and is not overwritten";
        return Err(Error::new(ErrorKind::Io, message)
            .at(&path.to_string_lossy(), None, None)
            .with_hint("name another file"));
    }
    files::write(path, bytes, Existing::Replace)?;
    printer.note(&format!("wrote {}", path.display()));
    Ok(())
}

fn is_kept(path: &Path) -> bool {
    let mut opening = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(4096).read_to_end(&mut opening));
    let says = |what: &str| String::from_utf8_lossy(&opening).contains(what);
    path.is_file()
        && read.is_ok()
        && looks_like_json(&opening)
        && [
            "\"scalewise.law\"",
            "\"scalewise.registered\"",
            "\"scalewise.score\"",
        ]
        .iter()
        .any(|what| says(what))
}
