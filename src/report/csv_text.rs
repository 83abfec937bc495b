//! What a writer of CSV has written, as text.

/// Everything written; a writer to memory cannot fail.
pub(super) fn into_text(writer: csv::Writer<Vec<u8>>) -> String {
    writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}
