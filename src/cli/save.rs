//! Writing results where the user wants them, but never over what cannot be made again.

use super::input::{looks_like_json, usage};
use super::printer::Printer;
use crate::error::{Error, ErrorKind, Result};
use crate::files::{self, Existing};
use std::io::Read;
use std::path::Path;

/// Writes a result over whatever result was there before.
///
/// # Errors
/// When the file is an input of this very command, or a law file, an entry or a score; and as for writing any file.
pub fn save(path: &Path, bytes: &[u8], printer: &Printer) -> Result<()> {
    if is_input(path) {
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

/// Whether another word of the command line names the same file.
fn is_input(path: &Path) -> bool {
    let Ok(there) = path.canonicalize() else {
        return false;
    };
    let named = std::env::args().skip(1).filter(|word| {
        let value = match word.starts_with("--") {
            true => word.split_once('=').map_or("", |(_, value)| value),
            false => word.as_str(),
        };
        Path::new(value)
            .canonicalize()
            .is_ok_and(|p| p == there && p.is_file())
    });
    named.count() > 1
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
