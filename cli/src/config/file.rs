//! Reads the config file of the current folder, if it is a regular file of bounded size.

use super::place::{FILE, wrong};
use scalewise::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest size in bytes; a larger file cannot be one of defaults.
const LARGEST: usize = 1 << 20;

/// The text of the config file, if there is one.
///
/// # Errors
/// When it is not a regular file, cannot be read, is larger than 1 MiB or is not UTF-8.
pub fn read() -> Result<Option<String>> {
    let path = Path::new(FILE);
    if path
        .symlink_metadata()
        .is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
    {
        return Ok(None);
    }
    // Opening a pipe would wait for a writer, and reading a device may never end.
    if !path.metadata().map_err(|e| unreadable(&e))?.is_file() {
        let error = failed("it is not a regular file, and only such a file can hold defaults");
        return Err(error.with_hint("rename it or move it away"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes))
        .map_err(|e| unreadable(&e))?;
    if bytes.len() > LARGEST {
        let message = format!("it is larger than {} MiB", LARGEST >> 20);
        return Err(failed(&message).with_hint("defaults take a few lines: move the rest away"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(e) => {
            let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            let line = 1 + valid.iter().filter(|b| **b == b'\n').count() as u64;
            Err(wrong("it is not UTF-8", Some(line)).with_hint("save it as UTF-8"))
        }
    }
}

fn unreadable(error: &std::io::Error) -> Error {
    failed(&format!("it cannot be read: {error}")).with_hint("rename it or move it away")
}

fn failed(message: &str) -> Error {
    Error::new(ErrorKind::Io, message).at(FILE, None, None)
}
