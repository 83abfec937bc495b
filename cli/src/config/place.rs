//! Where defaults are looked for, and what is wrong there.

use clap::{Arg, ValueHint};
use scalewise::{Error, ErrorKind};

/// The name of the config file.
pub const FILE: &str = "scalewise.toml";

/// Something is wrong in the file.
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
