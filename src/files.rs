//! Writing files whole or not at all.

use crate::error::{Error, ErrorKind, Result};
use std::io::Write;
use std::path::Path;

/// What to do when the file is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Leave it alone and fail.
    Keep,
    /// The same, for what nobody may replace.
    Never,
    /// Replace it.
    Replace,
}

/// Writes `bytes` to a temporary file beside `path` and renames it, so that no reader ever sees a
/// part of it. A symbolic link is followed; a device or a pipe is written to, never replaced.
///
/// # Errors
/// [`ErrorKind::Io`] when the file exists and is to be kept, or cannot be written.
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<()> {
    let name = path.to_string_lossy();
    let failed = |why: String| Error::new(ErrorKind::Io, why).at(&name, None, None);
    if path.is_dir() {
        return Err(failed("it is a directory".to_owned()).with_hint("name a file"));
    }
    // Renaming onto a link would cut it, and onto /dev/null, for root, take the machine's own away.
    let resolved = path.canonicalize();
    let path = resolved.as_deref().unwrap_or(path);
    if path.metadata().is_ok_and(|m| !m.is_file()) {
        return std::fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut special| special.write_all(bytes))
            .map_err(|e| failed(format!("cannot be written: {e}")));
    }
    if existing != Existing::Replace && path.exists() {
        return Err(exists(&name, existing));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if existing != Existing::Replace {
        match unnamed(folder, path, bytes) {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(exists(&name, existing));
            }
            // Not every system has such files: the next best is a temporary name.
            Err(_) => {}
        }
    }
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The temporary file's own 0600 would stay on the result; this leaves it to the umask.
        builder.permissions(std::fs::Permissions::from_mode(ALL_BUT_UMASK));
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
        Existing::Replace => file.persist(path),
        Existing::Keep | Existing::Never => file.persist_noclobber(path),
    };
    match persisted {
        Ok(_) => Ok(()),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(exists(&name, existing))
        }
        Err(e) => Err(failed(format!("cannot be written: {}", e.error))),
    }
}

/// Mode of a new file before the umask.
#[cfg(unix)]
const ALL_BUT_UMASK: u32 = 0o666;

/// Writes a file that gets its name, one that nothing has yet, when it is whole. Until then it vanishes with the process
/// that makes it: one that is killed leaves nothing, not even a temporary file.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
    use std::os::fd::AsRawFd;
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let mut file = std::fs::File::from(open(folder, flags, Mode::from(ALL_BUT_UMASK))?);
    file.write_all(bytes)?;
    file.sync_all()?;
    let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, itself, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path, _: &Path, _: &[u8]) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

fn exists(name: &str, existing: Existing) -> Error {
    Error::new(ErrorKind::Io, "it exists already and is not overwritten")
        .at(name, None, None)
        .with_hint(match existing {
            Existing::Never => "name another file",
            _ => "name another file, or add --force",
        })
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"new", Existing::Replace).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert!(write(&link, b"newer", Existing::Keep).is_err());
    }

    #[test]
    fn a_pipe_is_written_to_and_not_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|s| s.success()));
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe)
        });
        write(&pipe, b"bytes", Existing::Keep).unwrap();
        assert!(pipe.metadata().unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap().unwrap(), b"bytes");
    }
}
