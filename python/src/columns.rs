//! The table of an answer as columns: numbers if every cell is one, otherwise texts.

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray,
};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::sync::Arc;

/// The cells of a column; a blank one is `None`.
#[derive(Debug, IntoPyObject)]
pub enum Column {
    Whole(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

/// Columns that are always texts, even if every cell is blank or looks like a number, so that
/// answers for different series have the same types.
const TEXTS: [&str; 31] = [
    "about",
    "bucket",
    "column",
    "example",
    "file",
    "findings",
    "formula",
    "given",
    "grade",
    "id",
    "in_advance",
    "inside",
    "joint",
    "kind",
    "law",
    "method",
    "model",
    "name",
    "note",
    "params_col",
    "problem",
    "quantity",
    "reason",
    "registered_at",
    "role",
    "run",
    "scope",
    "series",
    "status",
    "type",
    "verdict",
];

/// Columns of whole numbers.
const WHOLE: [&str; 6] = [
    "abstained",
    "approach",
    "forecasts",
    "line",
    "runs",
    "solved",
];

/// The columns of a table of CSV that this program wrote.
pub fn columns(text: &str) -> Vec<(String, Column)> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(_) => return Vec::new(),
    };
    let mut cells: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
    for row in reader.records().map_while(Result::ok) {
        for (column, cell) in cells.iter_mut().zip(row.iter()) {
            column.push((!cell.is_empty()).then(|| cell.to_owned()));
        }
    }
    let column = |(name, cells): (String, Vec<Option<String>>)| {
        let column = typed(&name, cells);
        (name, column)
    };
    names.into_iter().zip(cells).map(column).collect()
}

fn typed(name: &str, cells: Vec<Option<String>>) -> Column {
    if TEXTS.contains(&name) {
        return Column::Texts(cells);
    }
    if WHOLE.contains(&name)
        && let Some(whole) = read(&cells)
    {
        return Column::Whole(whole);
    }
    match read(&cells) {
        Some(numbers) => Column::Numbers(numbers),
        None => Column::Texts(cells),
    }
}

/// All cells as numbers; `None` if one of them is not a number.
fn read<T: std::str::FromStr>(cells: &[Option<String>]) -> Option<Vec<Option<T>>> {
    let read = |cell: &Option<String>| match cell {
        None => Some(None),
        Some(text) => text.parse().ok().map(Some),
    };
    cells.iter().map(read).collect()
}

/// The columns as a stream of one batch of Arrow.
///
/// # Errors
/// When they differ in length, which columns of a table never do.
pub fn stream(py: Python<'_>, columns: Vec<(String, Column)>) -> PyResult<Bound<'_, PyCapsule>> {
    let array = |(name, column): (String, Column)| {
        let array: ArrayRef = match column {
            Column::Whole(cells) => Arc::new(Int64Array::from(cells)),
            Column::Numbers(cells) => Arc::new(Float64Array::from(cells)),
            Column::Texts(cells) => Arc::new(StringArray::from(cells)),
        };
        (name, array, true)
    };
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(array));
    let batch = batch.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    let schema = batch.schema();
    let batches = RecordBatchIterator::new([Ok(batch)], schema);
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}
