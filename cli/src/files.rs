//! Writes files atomically.

mod temporary;

use scalewise::{Error, ErrorKind, Result};
use std::io::{ErrorKind as ErrorKindOfIo, Write};
use std::path::Path;
use temporary::Failure;

pub(crate) use temporary::remove_all;

/// What to do if the file already exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Keep it and fail; the user may allow to overwrite it.
    Keep,
    /// Keep it and fail; nobody may overwrite it.
    Never,
    /// Replace it.
    Replace,
}

/// Writes `bytes` to an unnamed or temporary file and gives it the name `path` when it is complete,
/// so that no reader ever sees a part of it. Then the folder is synced, so that the name survives a
/// crash of the machine. A symbolic link is followed. A device or a pipe is written to and never
/// replaced.
///
/// # Errors
/// [`ErrorKind::Io`] when the file exists and is to be kept, or cannot be written.
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<()> {
    let name = path.to_string_lossy();
    let failed = |why: String| Error::new(ErrorKind::Io, why).at(&name, None, None);
    if path.is_dir() {
        return Err(failed("it is a directory".to_owned()).with_hint("name a file"));
    }
    // Renaming would replace a symbolic link, or /dev/null for root, by a file.
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
    let replace = existing == Existing::Replace;
    temporary::write(folder, path, bytes, replace).map_err(|failure| match failure {
        Failure::Exists => exists(&name, existing),
        Failure::Folder(ErrorKindOfIo::NotFound) => {
            failed("its folder does not exist".to_owned()).with_hint("make the folder first")
        }
        // The full error would name the temporary file, which the user does not know.
        Failure::Folder(kind) => failed(format!("cannot write in its folder: {kind}")),
        Failure::File(cause) => failed(format!("cannot be written: {cause}")),
    })?;
    sync(folder).map_err(|e| {
        failed(format!(
            "it is written, but its folder cannot be synced: {e}"
        ))
    })
}

/// Makes the name of a new file survive a crash of the machine.
#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    let opened = match std::fs::File::open(folder) {
        // A folder may allow new files but no reading, and then it cannot be synced.
        Err(e) if e.kind() == ErrorKindOfIo::PermissionDenied => return Ok(()),
        opened => opened?,
    };
    match opened.sync_all() {
        // Some file systems cannot sync folders, and report it in one of these two ways.
        Err(e)
            if matches!(
                e.kind(),
                ErrorKindOfIo::InvalidInput | ErrorKindOfIo::Unsupported
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}

/// Only Unix can sync a folder.
#[cfg(not(unix))]
fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn exists(name: &str, existing: Existing) -> Error {
    Error::new(ErrorKind::Io, "it exists already and is not overwritten")
        .at(name, None, None)
        .with_hint(match existing {
            Existing::Never => "name another file",
            _ => "name another file, or add --overwrite",
        })
}

#[cfg(all(test, unix))]
mod tests {
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
    fn a_folder_that_may_not_be_read_can_be_written_in() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        std::fs::create_dir(&inside).unwrap();
        let mode = |mode| std::fs::set_permissions(&inside, std::fs::Permissions::from_mode(mode));
        mode(0o300).unwrap();
        let written = [Existing::Keep, Existing::Replace]
            .map(|existing| write(&inside.join("file"), b"bytes", existing));
        mode(0o700).unwrap();
        assert_eq!(written, [Ok(()), Ok(())]);
        assert_eq!(std::fs::read(inside.join("file")).unwrap(), b"bytes");
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
