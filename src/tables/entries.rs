//! The files of a folder of registered entries and scores.

use super::log::read_document;
use crate::error::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Every `.json` file of a folder in order of name: its name, and its bytes or the error of reading
/// them.
///
/// # Errors
/// [`ErrorKind::Io`] when the folder cannot be read.
pub fn entry_files(folder: &Path) -> Result<Vec<(String, Result<Vec<u8>>)>> {
    let failed = |e: std::io::Error| {
        Error::new(ErrorKind::Io, format!("cannot be read: {e}"))
            .at(&folder.to_string_lossy(), None, None)
            .with_hint("name the folder that holds the entries")
    };
    let files = entry_paths(folder).map_err(failed)?;
    Ok(files.iter().map(|path| (name(path), read(path))).collect())
}

/// The files of a folder that may be entries or scores, sorted by their names.
///
/// # Errors
/// When the folder cannot be read.
pub fn entry_paths(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
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

/// A file's name without its folders.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The bytes of a file. Pipes and devices are refused, because reading one may never end.
fn read(path: &Path) -> Result<Vec<u8>> {
    match path.metadata() {
        Ok(about) if !about.is_file() && !about.is_dir() => Err(Error::new(
            ErrorKind::Io,
            "it is a pipe or a device, and only regular files are read",
        )),
        _ => read_document(path),
    }
}
