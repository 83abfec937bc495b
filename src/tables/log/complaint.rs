//! Errors about a table as a whole.

use super::limits::{LONGEST_ROW, MEMORY};
use super::raw::{Delimiter, RowView};
use super::unpack::Packed;
use crate::remedy::Setting;
use crate::text::{EXCERPT, excerpt, shell_word};
use crate::{Error, ErrorKind};
use std::io;

/// The error for a table that would fill the memory.
pub(in crate::tables) fn too_large(source: &str, line: u64) -> Error {
    let message = format!("the table takes more than {} GiB of memory", MEMORY >> 30);
    bad(source, Some(line), message)
        .with_hint("training curves of any length are read row by row where they are reduced to one loss a run")
        .with_remedy(Setting::Reduce.to("last"))
}

pub(in crate::tables) fn bad(source: &str, line: Option<u64>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Data, message).at(source, line, None)
}

/// The error for a row that is too long.
pub(super) fn endless_row(source: &str, line: u64) -> Error {
    let message = format!("a row is longer than {} MiB", LONGEST_ROW >> 20);
    bad(source, Some(line), message)
        .with_hint("close its quotes, and end every row with a line break")
}

/// The error for a row that is not as wide as the header.
pub(super) fn ragged(
    row: &RowView<'_>,
    expected: usize,
    delimiter: Delimiter,
    source: &str,
) -> Error {
    let found = row.width();
    let fields = if expected == 1 { "field" } else { "fields" };
    let separator = char::from(delimiter.byte()).to_string();
    // Every cell but the first has at least a separator, and one more character shows that the line
    // continues.
    let shown = found.min(EXCERPT + 2);
    let cells: Vec<&str> = (0..shown).map(|k| row.written(k)).collect();
    let text = excerpt(&cells.join(&separator));
    let message = format!("expected {expected} {fields}, found {found}: '{text}'");
    let hint = if expected == 1 {
        "the first line has to name the columns: remove a title or a comment above it"
    } else if found > expected {
        "remove the extra field, or put quotes around a field that contains the separator"
    } else {
        "add the missing field; leave it blank between two separators if it is not known"
    };
    bad(source, Some(row.line), message).with_hint(hint)
}

/// The error of a reader in plain words.
pub(super) fn unreadable(name: &str, cause: &io::Error) -> Error {
    let packed = cause
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Packed>());
    if let Some(packed) = packed {
        return Error::new(ErrorKind::Data, packed.message.clone())
            .at(&excerpt(name), None, None)
            .with_hint(packed.hint.replace("FILE", &shell_word(name)));
    }
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
        .at(&excerpt(name), None, None)
        .with_hint(hint)
}
