//! Named pipes.

use std::path::Path;

/// Makes one.
pub fn make(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}
