//! The one error type: what went wrong, where, and what to do about it.

use crate::text::one_line;
use std::fmt;

/// What an error is about; the command line's exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file could not be read or written, or an internal failure: exit code 1.
    Io,
    /// A request that makes no sense, whatever the data: exit code 2.
    Usage,
    /// Data that cannot be used as they are: exit code 3.
    Data,
    /// Valid data that give no usable fit: exit code 4.
    NoFit,
}

impl ErrorKind {
    /// The process exit code for this kind of error.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Io => 1,
            ErrorKind::Usage => 2,
            ErrorKind::Data => 3,
            ErrorKind::NoFit => 4,
        }
    }
}

/// An error that says what, where (`file:line: column`), and what to type next.
///
/// ```
/// use scalewise::{Error, ErrorKind};
/// let e = Error::new(ErrorKind::Data, "loss 'abc' is not a number")
///     .at("runs.csv", Some(5), Some("loss"))
///     .with_hint("leave the row out with --exclude 'loss = abc'");
/// assert_eq!(e.to_string(), "runs.csv:5: loss: loss 'abc' is not a number");
/// assert_eq!(e.kind().exit_code(), 3);
/// ```
///
/// Its text is one line: control characters in it are escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    file: Option<String>,
    line: Option<u64>,
    column: Option<String>,
    hint: Option<String>,
}

impl Error {
    /// An error of `kind` with a one-line `message` in lower case and without a final stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            hint: None,
        }))
    }

    /// Says where: the file's name as the user gave it, the 1-based line, the column's name.
    #[must_use]
    pub fn at(mut self, file: &str, line: Option<u64>, column: Option<&str>) -> Error {
        self.0.file = Some(file.to_owned());
        self.0.line = line;
        self.0.column = column.map(str::to_owned);
        self
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    /// What the error is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the user can do about it, if anything is known to help.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The message without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.0.file {
            write!(f, "{}:", one_line(file))?;
            if let Some(line) = self.0.line {
                write!(f, "{line}:")?;
            }
            write!(f, " ")?;
        }
        if let Some(column) = &self.0.column {
            write!(f, "{}: ", one_line(column))?;
        }
        f.write_str(&one_line(&self.0.message))
    }
}

impl std::error::Error for Error {}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;
