//! The only file of this module that reads anything.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::text::excerpt;
use crate::{Error, ErrorKind, Result};

/// The bytes of a file, or of standard input for `-`.
///
/// # Errors
/// When the file is missing, a directory, or not readable; each has its own message.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let name = excerpt(&path.to_string_lossy());
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        return match io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(cause) => Err(failure("standard input", &cause)),
        };
    }
    if path.is_dir() {
        return Err(Error::new(ErrorKind::Io, "is a directory, not a file")
            .at(&name, None, None)
            .with_hint("name one CSV file inside it"));
    }
    fs::read(path).map_err(|cause| failure(&name, &cause))
}

fn failure(name: &str, cause: &io::Error) -> Error {
    let (message, hint) = match cause.kind() {
        io::ErrorKind::NotFound => (
            "no such file".to_owned(),
            "check the path; '-' reads standard input",
        ),
        io::ErrorKind::PermissionDenied => (
            "permission denied".to_owned(),
            "make the file readable, for example with chmod u+r",
        ),
        _ => (
            format!("cannot be read: {cause}"),
            "copy the data to an ordinary file and name that one",
        ),
    };
    Error::new(ErrorKind::Io, message)
        .at(name, None, None)
        .with_hint(hint)
}
