//! The error type: what is wrong, where, and what to do about it.

use crate::remedy::{Remedy, Setting, hint_in_words};
use crate::seen::TableSeen;
use crate::text::one_line;
use std::fmt;

/// The kind of an error; it determines the exit code of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file could not be read or written, or an internal error: exit code 1.
    Io,
    /// A request that is invalid whatever the data: exit code 2.
    Usage,
    /// Data that cannot be used as they are: exit code 3.
    Data,
    /// Valid data that give no usable fit: exit code 4.
    NoFit,
    /// A computation that was stopped by
    /// [`Progress::cancelled`](crate::progress::Progress::cancelled): exit code 6.
    Cancelled,
}

impl ErrorKind {
    /// The process exit code for this kind of error.
    #[must_use]
    #[doc(hidden)]
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Io => 1,
            ErrorKind::Usage => 2,
            ErrorKind::Data => 3,
            ErrorKind::NoFit => 4,
            ErrorKind::Cancelled => 6,
        }
    }
}

/// An error with what is wrong, where (`file:line: column`), and what to do about it.
///
/// ```
/// use scalewise::{Error, ErrorKind};
/// let e = Error::new(ErrorKind::Data, "loss 'abc' is not a number")
///     .at("runs.csv", Some(5), Some("loss"))
///     .with_hint("correct the number, or leave the row out");
/// assert_eq!(e.to_string(), "runs.csv:5: loss: loss 'abc' is not a number");
/// assert_eq!(e.kind().exit_code(), 3);
/// ```
///
/// Its text is one line; control characters are escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    file: Option<String>,
    line: Option<u64>,
    column: Option<String>,
    setting: Option<Setting>,
    hint: Option<String>,
    remedies: Vec<Remedy>,
    /// The table whose columns the error is about; its columns stay empty until the table is
    /// inspected.
    table: Option<TableSeen>,
}

impl Error {
    /// An error of `kind` with a one-line `message` in lower case and without a full stop.
    #[doc(hidden)]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            setting: None,
            hint: None,
            remedies: Vec::new(),
            table: None,
        }))
    }

    /// Sets the place: the file's name as the user gave it, the 1-based line, the column's name.
    #[must_use]
    #[doc(hidden)]
    pub fn at(mut self, file: &str, line: Option<u64>, column: Option<&str>) -> Error {
        self.0.file = Some(file.to_owned());
        self.0.line = line;
        self.0.column = column.map(str::to_owned);
        self
    }

    /// The line of its place.
    #[cfg(feature = "tables")]
    pub(crate) fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The same error at the line of another file, from which the row comes.
    #[cfg(feature = "tables")]
    pub(crate) fn moved_to(mut self, file: &str, line: u64) -> Error {
        (self.0.file, self.0.line) = (Some(file.to_owned()), Some(line));
        self
    }

    /// Sets the setting that is wrong.
    #[must_use]
    pub(crate) fn about(mut self, setting: Setting) -> Error {
        self.0.setting = Some(setting);
        self
    }

    /// Sets the hint on what the user can do about it.
    #[must_use]
    #[doc(hidden)]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds a setting that helps; the hint explains it.
    #[must_use]
    pub(crate) fn with_remedy(mut self, remedy: impl Into<Remedy>) -> Error {
        self.0.remedies.push(remedy.into());
        self
    }

    /// Takes the hint and the remedies of an error that this one describes more precisely.
    #[must_use]
    pub(crate) fn with_advice_of(mut self, other: &Error) -> Error {
        self.0.hint.clone_from(&other.0.hint);
        self.0.remedies.clone_from(&other.0.remedies);
        self
    }

    /// Marks the error as one about the columns of a table, so that they are shown.
    #[must_use]
    pub(crate) fn about_columns(mut self) -> Error {
        self.0.table.get_or_insert_default();
        self
    }

    /// Whether it is about the columns of a table.
    #[must_use]
    pub(crate) fn is_about_columns(&self) -> bool {
        self.0.table.is_some()
    }

    /// Sets the inspected table whose columns it is about.
    #[must_use]
    pub(crate) fn with_table(mut self, table: TableSeen) -> Error {
        self.0.table = Some(table);
        self
    }

    /// The inspected table whose columns it is about.
    #[must_use]
    #[doc(hidden)]
    pub fn table(&self) -> Option<&TableSeen> {
        let table = self.0.table.as_ref();
        table.filter(|table| !table.columns.is_empty())
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the user can do about it, if known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The settings that the hint is about.
    #[must_use]
    pub fn remedies(&self) -> &[Remedy] {
        &self.0.remedies
    }

    /// The name of the setting that is wrong, if a single one is.
    #[must_use]
    pub fn setting(&self) -> Option<&'static str> {
        self.0.setting.map(Setting::name)
    }

    /// The message without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same error in the words of an interface: `word` gives the form of a setting, and of its
    /// value if it has one, for its users.
    #[must_use]
    #[doc(hidden)]
    pub fn in_words(mut self, word: impl Fn(&Remedy) -> String) -> Error {
        let inner = &mut *self.0;
        if let Some(hint) = &mut inner.hint {
            *hint = hint_in_words(hint, &inner.remedies, &word);
        }
        if let Some(setting) = inner.setting.take() {
            inner.message = format!("{}: {}", word(&setting.into()), inner.message);
        }
        self
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
        if let Some(setting) = self.setting() {
            write!(f, "{setting}: ")?;
        }
        f.write_str(&one_line(&self.0.message))
    }
}

impl std::error::Error for Error {}

/// The result of all fallible functions of this crate.
pub type Result<T> = std::result::Result<T, Error>;
