//! Parquet: the rows of a file of columns (feature `parquet`), which have the lines that they would
//! have as CSV.

use super::complaint::bad;
use super::raw::RawRow;
use super::record::record;
use crate::text::excerpt;
use crate::{Error, Result};
use parquet::basic::{ConvertedType, Repetition};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows in their order.
pub(super) struct Columnar {
    rows: RowIter<'static>,
    schema: Type,
    source: String,
    number: u64,
}

impl Columnar {
    /// The rows and the names of the columns of a file. Groups become columns such as `eval.loss`.
    pub(super) fn open(file: File, name: &str) -> Result<(Columnar, Vec<String>)> {
        let (rows, schema) = guarded(name, 0, || {
            let reader = SerializedFileReader::new(file)?;
            let schema = reader.metadata().file_metadata().schema().clone();
            Ok((RowIter::from_file_into(Box::new(reader)), schema))
        })?;
        let mut header = Vec::new();
        for field in schema.get_fields() {
            names("", field, &mut header);
        }
        let columns = Columnar {
            rows,
            schema,
            source: name.to_owned(),
            number: 0,
        };
        Ok((columns, header))
    }

    /// A file as CSV, for what reads text; only the beginning once it has `enough` bytes.
    pub(super) fn as_csv(file: File, name: &str, enough: usize) -> Result<Vec<u8>> {
        let (mut columns, header) = Columnar::open(file, name)?;
        let mut text = record(header.iter().map(String::as_str));
        let mut row = RawRow::default();
        while text.len() < enough && columns.next(&mut row)? {
            text += &record((0..row.width()).map(|k| row.written(k)));
        }
        Ok(text.into_bytes())
    }

    /// The next row, in place of the one that `row` held; `false` after the last.
    pub(super) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        self.number += 1;
        let rows = &mut self.rows;
        let next = guarded(&self.source, self.number + 1, || rows.next().transpose())?;
        let Some(next) = next else {
            return Ok(false);
        };
        row.line = self.number + 1;
        row.clear();
        cells(self.schema.get_fields(), Some(&next), row);
        Ok(true)
    }
}

/// What a reader gives; where a damaged file makes it panic, an error.
fn guarded<T>(
    source: &str,
    line: u64,
    read: impl FnOnce() -> std::result::Result<T, ParquetError>,
) -> Result<T> {
    let damaged = |cause: String| -> Error {
        let message = format!("the Parquet data cannot be read: {}", excerpt(&cause));
        bad(source, (line > 0).then_some(line), message)
            .with_hint("write it again uncompressed or with Snappy or gzip, or as CSV")
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|cause| damaged(cause.to_string())),
        Err(_) => Err(damaged("it is damaged".to_owned())),
    }
}

/// Whether a field has columns of its own, and is not itself one (lists and maps are).
fn is_group(field: &Type) -> bool {
    let about = field.get_basic_info();
    let repeated = about.has_repetition() && about.repetition() == Repetition::REPEATED;
    field.is_group() && !repeated && about.converted_type() == ConvertedType::NONE
}

fn names(prefix: &str, field: &Type, header: &mut Vec<String>) {
    let name = match prefix {
        "" => field.name().trim().to_owned(),
        _ => format!("{prefix}.{}", field.name().trim()),
    };
    if is_group(field) {
        for inner in field.get_fields() {
            names(&name, inner, header);
        }
    } else {
        header.push(name);
    }
}

/// Adds a cell for every column of the fields; of a group that is null, blank ones.
fn cells(fields: &[std::sync::Arc<Type>], values: Option<&Row>, row: &mut RawRow) {
    let mut values = values.map(Row::get_column_iter);
    for field in fields {
        let value = values.as_mut().and_then(Iterator::next).map(|(_, v)| v);
        if is_group(field) {
            let inner = match value {
                Some(Field::Group(inner)) => Some(inner),
                _ => None,
            };
            cells(field.get_fields(), inner, row);
        } else {
            row.add(&value.map_or(String::new(), text));
        }
    }
}

fn text(value: &Field) -> String {
    match value {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        // In full: the number that is stored, not the shortest that is like it in single precision.
        Field::Float16(value) => format!("{:?}", f64::from(*value)),
        Field::Float(value) => format!("{:?}", f64::from(*value)),
        Field::Double(value) => format!("{value:?}"),
        other => other.to_string(),
    }
}
