//! Rows of tables for programs.

use crate::csv_text::CsvText;
use serde::Serialize;

/// Rows as CSV under a header.
pub(super) fn csv(header: &[&str], rows: impl IntoIterator<Item = impl Serialize>) -> String {
    let mut table = CsvText::under(header);
    rows.into_iter().for_each(|row| table.row(row));
    table.into_text()
}

/// The cells of rows, as in [`csv`] but without quotes.
pub(super) fn cells(rows: impl IntoIterator<Item = impl Serialize>) -> Vec<Vec<String>> {
    let one = |row| CsvText::cells(row);
    rows.into_iter().map(one).collect()
}

/// The rows of a CSV text without its header.
pub(super) fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().filter_map(std::result::Result::ok);
    rows.map(|row| row.iter().map(str::to_owned).collect())
        .collect()
}

/// Owned names of columns.
pub(super) fn names<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

/// Defines a row of a table for programs, whose `COLUMNS` are the names of its fields.
macro_rules! table_row {
    ($(#[$about:meta])* $seen:vis struct $name:ident $(<$of:lifetime>)? {
        $($(#[$what:meta])* $shown:vis $field:ident: $type:ty,)*
    }) => {
        $(#[$about])*
        #[derive(serde::Serialize)]
        $seen struct $name $(<$of>)? {
            $($(#[$what])* $shown $field: $type,)*
        }

        impl $(<$of>)? $name $(<$of>)? {
            /// The names of its columns.
            $seen const COLUMNS: [&'static str; [$(stringify!($field)),*].len()] =
                [$(stringify!($field)),*];
        }
    };
}
