//! Errors as Python exceptions, one class per kind, with suggestions in terms of Python keywords.

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyboardInterrupt};
use pyo3::prelude::*;
use scalewise::{Error, ErrorKind, Remedy};

create_exception!(
    scalewise,
    ScalewiseError,
    PyException,
    "What went wrong, where, and what to do."
);
create_exception!(
    scalewise,
    UsageError,
    ScalewiseError,
    "A call that makes no sense, whatever the data."
);
create_exception!(
    scalewise,
    DataError,
    ScalewiseError,
    "Data that cannot be used as they are."
);
create_exception!(
    scalewise,
    NoFitError,
    ScalewiseError,
    "Valid data that give no usable fit."
);
create_exception!(
    scalewise,
    FileError,
    ScalewiseError,
    "A file that cannot be read or written."
);

/// A setting as a keyword of a call, with its value if it has one.
pub fn word(remedy: &Remedy) -> String {
    remedied(remedy.setting(), remedy.value())
}

/// As [`word`], from the parts of a setting.
pub fn remedied(setting: &str, value: Option<&str>) -> String {
    let name = keyword(setting);
    let Some(value) = value else {
        return match name {
            "force" | "lr_decay_ahead" | "wide" => format!("{name}=True"),
            _ => name.to_owned(),
        };
    };
    match (name, value.split_once('=')) {
        ("fix" | "bound" | "prior" | "let", Some((of, value))) => {
            let value = match name {
                "let" => format!("{value:?}"),
                "bound" => range(value),
                _ => value.to_owned(),
            };
            format!("{name}={{\"{of}\": {value}}}")
        }
        _ => match value.parse::<f64>() {
            Ok(_) => format!("{name}={value}"),
            Err(_) => format!("{name}={value:?}"),
        },
    }
}

/// Two ends as a pair.
fn range(written: &str) -> String {
    let end = |end: &str| match end.is_empty() {
        true => "None".to_owned(),
        false => end.to_owned(),
    };
    match written.split_once("..") {
        Some((low, high)) => format!("({}, {})", end(low), end(high)),
        None => written.to_owned(),
    }
}

/// The keyword of a setting: the name of the flag of the command line.
pub fn keyword(setting: &str) -> &str {
    match setting {
        "bounds" => "bound",
        "levels" => "level",
        "methods" => "method",
        other => other,
    }
}

/// Most columns of a table that are shown with an error about them.
const COLUMNS: usize = 12;

/// An error of the library as an exception with its parts as attributes.
pub fn raised(py: Python<'_>, error: Error) -> PyErr {
    let remedies: Vec<(String, Option<String>)> = error
        .remedies()
        .iter()
        .map(|remedy| {
            let value = remedy.value().map(str::to_owned);
            (keyword(remedy.setting()).to_owned(), value)
        })
        .collect();
    let columns = error
        .table()
        .map(|seen| scalewise::internal::column_lines(seen, COLUMNS).join("\n"));
    let kind = error.kind();
    let error = error.in_words(word);
    let mut text = error.to_string();
    if let Some(hint) = error.hint() {
        text = format!("{text}\n  hint: {hint}");
    }
    if let Some(columns) = &columns {
        text = format!("{text}\n{columns}");
    }
    let exception = match kind {
        ErrorKind::Usage => UsageError::new_err(text),
        ErrorKind::Data => DataError::new_err(text),
        ErrorKind::NoFit => NoFitError::new_err(text),
        ErrorKind::Cancelled => PyKeyboardInterrupt::new_err(text),
        _ => FileError::new_err(text),
    };
    let value = exception.value(py);
    // If an attribute cannot be set, the exception is raised without it.
    let _ = value.setattr("message", error.message());
    let _ = value.setattr("hint", error.hint());
    let _ = value.setattr("remedies", remedies);
    exception
}
