//! A stream of Arrow as CSV. Only this file has `unsafe` code, since Arrow's interface uses
//! pointers (Arrow C stream interface and its `PyCapsule` protocol).
#![allow(unsafe_code)]

use crate::table::put_number;
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::types::{Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// Why there is no table.
pub enum Failed {
    Python(PyErr),
    Arrow(ArrowError),
}

impl From<PyErr> for Failed {
    fn from(error: PyErr) -> Failed {
        Failed::Python(error)
    }
}

impl From<ArrowError> for Failed {
    fn from(error: ArrowError) -> Failed {
        Failed::Arrow(error)
    }
}

impl From<csv::Error> for Failed {
    fn from(error: csv::Error) -> Failed {
        Failed::Arrow(ArrowError::CsvError(error.to_string()))
    }
}

/// # Errors
/// When it is not a stream, or a column has a type without a text form.
pub fn as_csv(stream: &Bound<'_, PyAny>) -> Result<Vec<u8>, Failed> {
    let reader = reader(stream)?;
    let mut text = csv::WriterBuilder::new().from_writer(Vec::new());
    let schema = reader.schema();
    text.write_record(schema.fields().iter().map(|field| field.name().trim()))?;
    for batch in reader {
        rows(&batch?, &mut text)?;
    }
    text.into_inner()
        .map_err(|error| Failed::from(csv::Error::from(error.into_error())))
}

fn reader(stream: &Bound<'_, PyAny>) -> Result<ArrowArrayStreamReader, Failed> {
    let capsule = stream.call_method0("__arrow_c_stream__")?;
    let capsule = capsule.cast::<PyCapsule>().map_err(PyErr::from)?;
    let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: by the protocol a capsule of this name holds an ArrowArrayStream that is valid until
    // it is released. `from_raw` moves it out and leaves a released one behind, which is what the
    // capsule expects when it is dropped; `capsule` lives until then.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) };
    Ok(ArrowArrayStreamReader::try_new(stream)?)
}

fn rows(batch: &RecordBatch, text: &mut csv::Writer<Vec<u8>>) -> Result<(), Failed> {
    let options = FormatOptions::new();
    let arrays: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(in_utc)
        .collect::<Result<_, _>>()?;
    let columns: Vec<Column<'_>> = arrays
        .iter()
        .map(|array| Column::of(array.as_ref(), &options))
        .collect::<Result<_, ArrowError>>()?;
    let mut cell = String::new();
    for row in 0..batch.num_rows() {
        for column in &columns {
            cell.clear();
            column.put(row, &mut cell)?;
            text.write_field(&cell)?;
        }
        text.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// Times with a zone are instants: they are written in UTC, which needs no list of zones.
fn in_utc(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        DataType::Timestamp(unit, Some(_)) => {
            let instants = cast(array, &DataType::Int64)?;
            cast(
                &instants,
                &DataType::Timestamp(*unit, Some("+00:00".into())),
            )
        }
        _ => Ok(array.clone()),
    }
}

/// A column, and how its cells are converted to text.
struct Column<'a> {
    array: &'a dyn Array,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Half,
    Single,
    Double,
    Other(ArrayFormatter<'a>),
}

impl<'a> Column<'a> {
    fn of(array: &'a dyn Array, options: &FormatOptions<'a>) -> Result<Column<'a>, ArrowError> {
        let kind = match array.data_type() {
            DataType::Float16 => Kind::Half,
            DataType::Float32 => Kind::Single,
            DataType::Float64 => Kind::Double,
            _ => Kind::Other(ArrayFormatter::try_new(array, options)?),
        };
        Ok(Column { array, kind })
    }

    fn put(&self, row: usize, cell: &mut String) -> Result<(), ArrowError> {
        if self.array.is_null(row) {
            return Ok(());
        }
        // The stored number in full; a single-precision number is not shortened.
        match &self.kind {
            Kind::Half => put_number(
                self.array.as_primitive::<Float16Type>().value(row).into(),
                cell,
            ),
            Kind::Single => {
                put_number(
                    self.array.as_primitive::<Float32Type>().value(row).into(),
                    cell,
                );
            }
            Kind::Double => put_number(self.array.as_primitive::<Float64Type>().value(row), cell),
            Kind::Other(formatter) => formatter.value(row).write(cell)?,
        }
        Ok(())
    }
}
