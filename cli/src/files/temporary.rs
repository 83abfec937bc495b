//! Files that are being written: unnamed if the system supports it, otherwise with a temporary
//! name.

use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why a file was not written.
#[derive(Debug)]
pub(super) enum Failure {
    /// A file of this name exists and must be kept.
    Exists,
    /// No file can be made in its folder.
    Folder(ErrorKind),
    /// Its bytes cannot be written, or it cannot be renamed.
    File(Error),
}

/// The existing temporary names. Names are created and removed only while this is locked.
static NAMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The list stays consistent even if a thread panicked while it was locked.
fn names() -> MutexGuard<'static, Vec<PathBuf>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every temporary file of this process. While the result is held no new one can be
/// created, so a caller that holds it until the process ends leaves none behind.
#[must_use]
pub(crate) fn remove_all() -> impl Sized {
    let mut names = names();
    for name in names.drain(..) {
        // If removing fails now, it would fail later, too.
        let _ = std::fs::remove_file(name);
    }
    names
}

/// Writes a file that gets its name once it is complete and synced.
pub(super) fn write(
    folder: &Path,
    path: &Path,
    bytes: &[u8],
    replace: bool,
) -> Result<(), Failure> {
    match unnamed::file(folder) {
        Ok(file) => without_name(file, folder, path, bytes, replace),
        // Not every system and file system supports unnamed files.
        Err(_) => with_name(folder, path, bytes, replace),
    }
}

/// Writes to an unnamed file, which vanishes with its process, even if that is killed.
fn without_name(
    mut file: std::fs::File,
    folder: &Path,
    path: &Path,
    bytes: &[u8],
    replace: bool,
) -> Result<(), Failure> {
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(Failure::File)?;
    let linked = match unnamed::link(&file, path) {
        Err(e) if replace && e.kind() == ErrorKind::AlreadyExists => put_over(&file, folder, path),
        linked => linked,
    };
    match linked {
        Ok(()) => Ok(()),
        Err(e) if !replace && e.kind() == ErrorKind::AlreadyExists => Err(Failure::Exists),
        // The file cannot be named, for example because there is no /proc.
        Err(_) => with_name(folder, path, bytes, replace),
    }
}

/// Puts an unnamed file in the place of another. A link cannot replace a file, but a rename can, so
/// a temporary name exists briefly between the two.
fn put_over(file: &std::fs::File, folder: &Path, path: &Path) -> std::io::Result<()> {
    let _locked = names();
    let named = builder().make_in(folder, |name| unnamed::link(file, name))?;
    named.persist(path)?;
    Ok(())
}

/// Writes to a file with a temporary name until it is complete.
fn with_name(folder: &Path, path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    let mut file = {
        let mut names = names();
        let file = builder()
            .tempfile_in(folder)
            .map_err(|e| Failure::Folder(e.kind()))?;
        names.push(file.path().to_owned());
        file
    };
    let temporary = file.path().to_owned();
    let written = file
        .write_all(bytes)
        .and_then(|()| file.as_file().sync_all());
    let mut names = names();
    names.retain(|name| *name != temporary);
    written.map_err(Failure::File)?;
    let persisted = match replace {
        true => file.persist(path),
        false => file.persist_noclobber(path),
    };
    match persisted {
        Ok(_) => Ok(()),
        Err(e) if !replace && e.error.kind() == ErrorKind::AlreadyExists => Err(Failure::Exists),
        Err(e) => Err(Failure::File(e.error)),
    }
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".scalewise-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file has mode 0600; the result must have the mode that the umask gives.
        builder.permissions(std::fs::Permissions::from_mode(ALL_BUT_UMASK));
    }
    builder
}

/// Mode of a new file before the umask.
#[cfg(unix)]
const ALL_BUT_UMASK: u32 = 0o666;

#[cfg(target_os = "linux")]
mod unnamed {
    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
    use std::fs::File;
    use std::io::Result;
    use std::os::fd::AsRawFd;
    use std::path::Path;

    /// Creates an unnamed file in this folder.
    pub(super) fn file(folder: &Path) -> Result<File> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let opened = open(folder, flags, Mode::from(super::ALL_BUT_UMASK))?;
        Ok(File::from(opened))
    }

    /// Gives the file a name that does not exist yet.
    pub(super) fn link(file: &File, name: &Path) -> Result<()> {
        let itself = format!("/proc/self/fd/{}", file.as_raw_fd());
        Ok(linkat(CWD, itself, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod unnamed {
    use std::fs::File;
    use std::io::{ErrorKind, Result};
    use std::path::Path;

    /// Only Linux has unnamed files.
    pub(super) fn file(_: &Path) -> Result<File> {
        Err(ErrorKind::Unsupported.into())
    }

    pub(super) fn link(_: &File, _: &Path) -> Result<()> {
        Err(ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Mutex, PoisonError};

    /// Serialises these tests, since one of them removes every temporary file of the process.
    static ALONE: Mutex<()> = Mutex::new(());

    fn all(folder: &Path) -> Vec<PathBuf> {
        let files = std::fs::read_dir(folder).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    }

    #[test]
    fn either_way_a_file_is_made_kept_or_replaced_and_nothing_else_is_left() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        type Write = fn(&Path, &Path, &[u8], bool) -> Result<(), Failure>;
        for write in [write as Write, with_name as Write] {
            let folder = tempfile::tempdir().unwrap();
            let (folder, path) = (folder.path(), folder.path().join("file"));
            write(folder, &path, b"first", true).unwrap();
            write(folder, &path, b"second", true).unwrap();
            let refused = write(folder, &path, b"third", false);
            assert!(matches!(refused, Err(Failure::Exists)), "{refused:?}");
            let other = folder.join("other");
            write(folder, &other, b"fourth", false).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), b"second");
            assert_eq!(std::fs::read(&other).unwrap(), b"fourth");
            assert_eq!(all(folder).len(), 2);
            let nowhere = folder.join("no/such/folder");
            let refused = write(&nowhere, &nowhere.join("file"), b"", true);
            assert!(matches!(refused, Err(Failure::Folder(ErrorKind::NotFound))));
        }
    }

    #[test]
    fn temporary_files_are_removed_before_the_process_ends() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".scalewise-test");
        std::fs::write(&path, "half of it").unwrap();
        names().push(path.clone());
        drop(remove_all());
        assert_eq!(all(folder.path()), Vec::<PathBuf>::new());
        assert!(!names().contains(&path));
    }
}
