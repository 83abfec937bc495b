//! Spreadsheets: the first sheet that holds a table.

use crate::Result;
use crate::tables::log::{RawTable, Source};

pub(super) const NAME: &str = "spreadsheet";

#[cfg(feature = "xlsx")]
mod reader {
    use super::{RawTable, Result, Source};
    use crate::Error;
    use crate::tables::gather::csv_line::line;
    use crate::tables::log::{MEMORY, bad};
    use crate::text::quoted;
    use calamine::{Data, Reader, open_workbook_auto_from_rs};
    use std::io::Cursor;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    const ZIP: &[u8] = b"PK\x03\x04";
    const OLD: &[u8] = b"\xd0\xcf\x11\xe0";

    /// Whether the file is a workbook of Excel or OpenDocument.
    pub(in crate::tables::gather) fn is_one(source: &Source<'_>) -> Result<bool> {
        let head = source.head()?;
        Ok(head.starts_with(ZIP) || head.starts_with(OLD))
    }

    /// The first sheet with more than one row, as CSV.
    pub(in crate::tables::gather) fn read(source: &Source<'_>) -> Result<RawTable> {
        let bytes = source.packed_up_to(MEMORY)?;
        // A damaged workbook must not end the program.
        let text = catch_unwind(AssertUnwindSafe(|| text(bytes, source.name())));
        let text = text.unwrap_or_else(|_| Err(damaged(source.name(), "it is damaged")))?;
        crate::tables::log::read(&Source::bytes(text.as_bytes(), source.name()))
    }

    fn damaged(source: &str, cause: &str) -> Error {
        bad(
            source,
            None,
            format!("the spreadsheet cannot be read: {cause}"),
        )
        .with_hint("save the sheet as CSV")
    }

    fn text(bytes: Vec<u8>, source: &str) -> Result<String> {
        let failed = |cause: calamine::Error| damaged(source, &cause.to_string());
        let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(failed)?;
        for name in book.sheet_names() {
            let sheet = book.worksheet_range(&name).map_err(failed)?;
            if sheet.height() < 2 {
                continue;
            }
            let cell = |cell: &Data| match cell {
                Data::Empty | Data::Error(_) => String::new(),
                Data::Float(value) => format!("{value:?}"),
                other => other.to_string(),
            };
            let rows = sheet.rows().map(|row| {
                let cells: Vec<String> = row.iter().map(cell).collect();
                line(cells.iter().map(String::as_str))
            });
            return Ok(rows.collect());
        }
        Err(
            bad(source, None, "no sheet has a header and rows below it").with_hint(format!(
                "the sheets are {}: name the columns in the first row",
                book.sheet_names()
                    .iter()
                    .map(|n| quoted(n))
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
        )
    }
}

#[cfg(feature = "xlsx")]
pub(super) use reader::{is_one, read};

/// Without the feature, the reader of compressed files reports what to do.
#[cfg(not(feature = "xlsx"))]
pub(super) fn is_one(_: &Source<'_>) -> Result<bool> {
    Ok(false)
}

#[cfg(not(feature = "xlsx"))]
pub(super) fn read(source: &Source<'_>) -> Result<RawTable> {
    crate::tables::log::read(source)
}
