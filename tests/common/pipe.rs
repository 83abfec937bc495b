//! Named pipes.

use std::path::Path;

/// Makes a named pipe.
pub fn make(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}
