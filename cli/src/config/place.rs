//! The location of the config file, and errors about it.

use clap::{Arg, ValueHint};
use scalewise::{Error, ErrorKind};

/// The name of the config file.
pub const FILE: &str = "scalewise.toml";

/// An error about the file.
pub fn wrong(message: impl Into<String>, line: Option<u64>) -> Error {
    Error::new(ErrorKind::Usage, message).at(FILE, line, None)
}

/// Whether the value of a flag is a path.
pub fn is_path(arg: &Arg) -> bool {
    matches!(
        arg.get_value_hint(),
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath | ValueHint::ExecutablePath
    )
}
