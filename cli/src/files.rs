//! Writing files whole or not at all.

mod temporary;

use scalewise::{Error, ErrorKind, Result};
use std::io::{ErrorKind as ErrorKindOfIo, Write};
use std::path::Path;
use temporary::Failure;

pub(crate) use temporary::remove_all;

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

/// Writes `bytes` to a file without a name or with a temporary one beside `path`, and gives it its
/// name when it is whole, so that no reader ever sees a part of it. Then the folder is synced, so
/// that the name outlives a crash of the machine. A symbolic link is followed; a device or a pipe
/// is written to, never replaced.
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
    let replace = existing == Existing::Replace;
    temporary::write(folder, path, bytes, replace).map_err(|failure| match failure {
        Failure::Exists => exists(&name, existing),
        Failure::Folder(ErrorKindOfIo::NotFound) => {
            failed("its folder does not exist".to_owned()).with_hint("make the folder first")
        }
        // The whole error would name the temporary file, which nobody asked for.
        Failure::Folder(kind) => failed(format!("cannot write in its folder: {kind}")),
        Failure::File(cause) => failed(format!("cannot be written: {cause}")),
    })?;
    sync(folder).map_err(|e| {
        failed(format!(
            "it is written, but its folder cannot be synced: {e}"
        ))
    })
}

/// Makes the name of a new file outlive a crash of the machine.
#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    let opened = match std::fs::File::open(folder) {
        // Files can be made in a folder that may not be read, but such a folder cannot be synced.
        Err(e) if e.kind() == ErrorKindOfIo::PermissionDenied => return Ok(()),
        opened => opened?,
    };
    match opened.sync_all() {
        // Some file systems do not sync folders, and say so in one of these two ways.
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

/// Only Unix has a way to sync a folder.
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
