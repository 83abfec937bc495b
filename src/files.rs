//! Writing files whole or not at all.

use crate::error::{Error, ErrorKind, Result};
use std::io::Write;
use std::path::Path;

/// What to do when the file is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and fail.
    Keep,
    /// Replace it.
    Replace,
}

/// Writes `bytes` to a temporary file beside `path` and renames it, so that no reader ever sees a
/// part of it.
///
/// # Errors
/// [`ErrorKind::Io`] when the file exists and is to be kept, or cannot be written.
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<()> {
    let name = path.to_string_lossy();
    let failed = |why: String| Error::new(ErrorKind::Io, why).at(&name, None, None);
    if path.is_dir() {
        return Err(failed("it is a directory".to_owned()).with_hint("name a file"));
    }
    if existing == Existing::Keep && path.exists() {
        return Err(exists(&name));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The temporary file's own 0600 would stay on the result; this leaves it to the umask.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder
        .prefix(".scalewise-")
        .tempfile_in(folder)
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => {
                failed("its folder does not exist".to_owned()).with_hint("make the folder first")
            }
            // The whole error would name the temporary file, which nobody asked for.
            kind => failed(format!("cannot write in its folder: {kind}")),
        })?;
    file.write_all(bytes)
        .and_then(|()| file.as_file().sync_all())
        .map_err(|e| failed(format!("cannot be written: {e}")))?;
    let persisted = match existing {
        Existing::Keep => file.persist_noclobber(path),
        Existing::Replace => file.persist(path),
    };
    match persisted {
        Ok(_) => Ok(()),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => Err(exists(&name)),
        Err(e) => Err(failed(format!("cannot be written: {}", e.error))),
    }
}

fn exists(name: &str) -> Error {
    Error::new(ErrorKind::Io, "it exists already and is not overwritten")
        .at(name, None, None)
        .with_hint("name another file, or add --force")
}
