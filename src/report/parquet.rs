//! A table as Parquet, with the columns of its CSV (feature `parquet`).

use parquet::basic::{LogicalType, Repetition, Type as Stored};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::sync::Arc;

/// The name of the series column, which is always text.
const SERIES: &str = "series";
/// Other columns that are text even if all their cells are blank.
const WORDS: [&str; 10] = [
    "name", "kind", "method", "findings", "status", "reason", "scope", "about", "note", "grade",
];

/// One column of the table.
struct Column {
    name: String,
    cells: Vec<String>,
}

impl Column {
    /// Its numbers without the blank cells, or `None` for a column of text. A cell counts as a
    /// number only if that number would be written the same way (`007` would not).
    fn numbers(&self) -> Option<Vec<f64>> {
        let number = |cell: &String| {
            let value = cell.parse().ok().filter(|v: &f64| v.is_finite())?;
            (format!("{value}") == *cell || format!("{value:?}") == *cell).then_some(value)
        };
        let filled = self.cells.iter().filter(|cell| !cell.is_empty());
        let numbers: Option<Vec<f64>> = filled.map(number).collect();
        numbers.filter(|n| self.name != SERIES && !(n.is_empty() && WORDS.contains(&&*self.name)))
    }

    /// 1 for a filled cell, 0 for a blank one.
    fn levels(&self) -> Vec<i16> {
        let filled = |cell: &String| i16::from(!cell.is_empty());
        self.cells.iter().map(filled).collect()
    }

    fn field(&self) -> Result<Type, ParquetError> {
        let (stored, logical) = match self.numbers() {
            Some(_) => (Stored::DOUBLE, None),
            None => (Stored::BYTE_ARRAY, Some(LogicalType::String)),
        };
        Type::primitive_type_builder(&self.name, stored)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
    }

    fn write(&self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = self.levels();
        match writer {
            ColumnWriter::DoubleColumnWriter(writer) => {
                writer.write_batch(&self.numbers().unwrap_or_default(), Some(&levels), None)?;
            }
            ColumnWriter::ByteArrayColumnWriter(writer) => {
                let filled = self.cells.iter().filter(|cell| !cell.is_empty());
                let texts: Vec<ByteArray> = filled.map(|t| ByteArray::from(t.as_str())).collect();
                writer.write_batch(&texts, Some(&levels), None)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// A CSV table as a Parquet file without compression. A column has doubles if every cell is blank
/// or a number, otherwise text. The column `series`, and a blank column of words, have text too.
/// Blank cells are null.
///
/// # Errors
/// When `csv` has no header or rows of another width, or a column cannot be written.
pub fn parquet(csv: &str) -> Result<Vec<u8>, String> {
    let columns = columns(csv).map_err(|e| e.to_string())?;
    written(&columns).map_err(|e| e.to_string())
}

fn columns(csv: &str) -> Result<Vec<Column>, csv::Error> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let named = |name: &str| Column {
        name: name.to_owned(),
        cells: Vec::new(),
    };
    let mut columns: Vec<Column> = reader.headers()?.iter().map(named).collect();
    for record in reader.records() {
        for (column, cell) in columns.iter_mut().zip(&record?) {
            column.cells.push(cell.to_owned());
        }
    }
    Ok(columns)
}

fn written(columns: &[Column]) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(|column| column.field().map(Arc::new));
    let schema = Type::group_type_builder("table")
        .with_fields(fields.collect::<Result<_, _>>()?)
        .build()?;
    let properties = Arc::new(WriterProperties::default());
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties)?;
    let mut group = file.next_row_group()?;
    let mut columns = columns.iter();
    while let (Some(column), Some(mut writer)) = (columns.next(), group.next_column()?) {
        column.write(writer.untyped())?;
        writer.close()?;
    }
    group.close()?;
    file.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Source;

    #[test]
    fn the_table_comes_back() {
        let table = "series,n,note,empty\n007,1.5,\"a, b\",\n1e5,,,\n\u{e9},-0.1,1,\n";
        let packed = parquet(table).unwrap_or_default();
        let source = Source::bytes(&packed, "t.parquet");
        let text = String::from_utf8(source.read().unwrap_or_default());
        let text = text.unwrap_or_default();
        let (back, wanted) = (columns(&text), columns(table));
        let cells = |of: Result<Vec<Column>, _>| -> Vec<(String, Vec<String>)> {
            let of = of.unwrap_or_default().into_iter();
            of.map(|column| (column.name, column.cells)).collect()
        };
        assert_eq!(cells(back), cells(wanted));
        let kinds = columns(table).unwrap_or_default();
        let kinds: Vec<bool> = kinds.iter().map(|c| c.numbers().is_some()).collect();
        assert_eq!(kinds, [false, true, false, true]);
    }
}
