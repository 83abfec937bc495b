//! A table in Python: paths of files, or columns in memory. Columns become CSV with every number
//! kept exactly, so that one reader serves both.

use crate::error::raised;
use crate::keywords::usage;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyFloat, PyList, PyString};
use scalewise::tables::{Gather, Source};
use scalewise::{Error, Result};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Marks the text of a table in a place where a path is also accepted.
pub const TEXT: &str = "\u{0}csv\n";

/// A table that is not read yet.
#[pyclass(frozen, module = "scalewise._scalewise")]
#[derive(Debug)]
pub struct Table {
    rows: Arc<Rows>,
}

/// The table without Python objects.
#[derive(Debug)]
pub struct Rows {
    name: String,
    from: From,
}

#[derive(Debug)]
enum From {
    Paths(Vec<PathBuf>, Gather),
    Memory(Vec<u8>),
}

#[pymethods]
impl Table {
    /// Files, folders or patterns.
    #[staticmethod]
    #[pyo3(signature = (paths, run_from=None, log_line=Vec::new()))]
    fn paths(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        run_from: Option<&str>,
        log_line: Vec<String>,
    ) -> PyResult<Table> {
        let gather = || -> Result<Gather> {
            let lines = log_line.iter().map(|line| line.parse());
            let gather = Gather::default().log_lines(lines.collect::<Result<Vec<_>>>()?);
            Ok(match run_from {
                Some(rule) => gather.run_from(rule.parse()?),
                None => gather,
            })
        };
        let named = paths.iter().map(|path| path.to_string_lossy().into_owned());
        let name = named.collect::<Vec<_>>().join(" ");
        let gather = gather().map_err(|error| raised(py, error))?;
        Ok(Table::of(name, From::Paths(paths, gather)))
    }

    /// Columns with their names: bytes are 8-byte floats in native byte order, bytearrays are
    /// 8-byte integers, and lists hold texts, numbers or None.
    #[staticmethod]
    #[pyo3(signature = (columns, name, blank_nan=false))]
    fn columns(
        py: Python<'_>,
        columns: Vec<(Bound<'_, PyString>, Bound<'_, PyAny>)>,
        name: String,
        blank_nan: bool,
    ) -> PyResult<Table> {
        let all: Vec<(String, Column<'_>)> = columns
            .into_iter()
            .map(|(name, cells)| Ok((name.to_string_lossy().into_owned(), Column::of(&cells)?)))
            .collect::<PyResult<_>>()?;
        let rows = all.first().map_or(0, |(_, column)| column.len());
        if let Some((name, column)) = all.iter().find(|(_, column)| column.len() != rows) {
            let message = format!(
                "column '{name}' has {} values and '{}' has {rows}",
                column.len(),
                all[0].0
            );
            let error = usage(message).with_hint("give columns of one length");
            return Err(raised(py, error));
        }
        let mut text = csv::WriterBuilder::new().from_writer(Vec::new());
        let mut write = || -> PyResult<()> {
            text.write_record(all.iter().map(|(name, _)| name.as_str()))
                .map_err(unwritten)?;
            let mut cell = String::new();
            for row in 0..rows {
                for (_, column) in &all {
                    cell.clear();
                    column.put(row, blank_nan, &mut cell)?;
                    text.write_field(&cell).map_err(unwritten)?;
                }
                text.write_record(None::<&[u8]>).map_err(unwritten)?;
            }
            Ok(())
        };
        write()?;
        let bytes = text
            .into_inner()
            .map_err(|e| unwritten(e.into_error().into()))?;
        Ok(Table::of(name, From::Memory(bytes)))
    }

    /// A stream of Arrow: any object with `__arrow_c_stream__`.
    #[staticmethod]
    fn stream(py: Python<'_>, stream: &Bound<'_, PyAny>, name: String) -> PyResult<Table> {
        let bytes = crate::arrow::as_csv(stream).map_err(|error| match error {
            crate::arrow::Failed::Python(error) => error,
            crate::arrow::Failed::Arrow(error) => {
                let error = Error::new(scalewise::ErrorKind::Data, error.to_string())
                    .at(&name, None, None)
                    .with_hint("give plain columns: numbers, texts, times or categories");
                raised(py, error)
            }
        })?;
        Ok(Table::of(name, From::Memory(bytes)))
    }

    /// The bytes of a file, compressed or not.
    #[staticmethod]
    fn bytes(bytes: Vec<u8>, name: String) -> Table {
        Table::of(name, From::Memory(bytes))
    }

    /// The same table with another name in messages, if it is in memory.
    fn named(&self, name: String) -> Table {
        match &self.rows.from {
            From::Memory(bytes) => Table::of(name, From::Memory(bytes.clone())),
            From::Paths(paths, how) => Table::of(
                self.rows.name.clone(),
                From::Paths(paths.clone(), how.clone()),
            ),
        }
    }

    /// A table in memory as text, for a place where a path is also accepted.
    fn text<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        match &self.rows.from {
            From::Memory(bytes) => {
                let text = format!("{TEXT}{}", String::from_utf8_lossy(bytes));
                Some(PyString::new(py, &text))
            }
            From::Paths(..) => None,
        }
    }
}

impl Table {
    fn of(name: String, from: From) -> Table {
        Table {
            rows: Arc::new(Rows { name, from }),
        }
    }

    pub fn rows(&self) -> Arc<Rows> {
        self.rows.clone()
    }
}

impl Rows {
    /// # Errors
    /// When a file cannot be read.
    pub fn open(&self) -> Result<Source<'_>> {
        match &self.from {
            From::Paths(paths, how) => Source::gather(paths, how),
            From::Memory(bytes) => Ok(Source::bytes(bytes, &self.name)),
        }
    }
}

fn unwritten(error: csv::Error) -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err(format!("the table cannot be put together: {error}"))
}

/// The cells of a column.
enum Column<'py> {
    Numbers(Bound<'py, PyBytes>),
    Whole(Vec<u8>),
    Cells(Bound<'py, PyList>),
}

impl<'py> Column<'py> {
    fn of(cells: &Bound<'py, PyAny>) -> PyResult<Column<'py>> {
        if let Ok(numbers) = cells.cast::<PyBytes>() {
            return Ok(Column::Numbers(numbers.clone()));
        }
        if let Ok(whole) = cells.cast::<PyByteArray>() {
            return Ok(Column::Whole(whole.to_vec()));
        }
        Ok(Column::Cells(cells.cast::<PyList>()?.clone()))
    }

    fn len(&self) -> usize {
        match self {
            Column::Numbers(bytes) => bytes.as_bytes().len() / 8,
            Column::Whole(bytes) => bytes.len() / 8,
            Column::Cells(cells) => cells.len(),
        }
    }

    fn put(&self, row: usize, blank_nan: bool, cell: &mut String) -> PyResult<()> {
        let number = |number: f64, cell: &mut String| {
            if !(blank_nan && number.is_nan()) {
                put_number(number, cell);
            }
        };
        match self {
            Column::Numbers(bytes) => {
                let (numbers, _) = bytes.as_bytes().as_chunks::<8>();
                number(f64::from_ne_bytes(numbers[row]), cell);
            }
            Column::Whole(bytes) => {
                let (numbers, _) = bytes.as_chunks::<8>();
                // Writing to a text cannot fail.
                let _ = write!(cell, "{}", i64::from_ne_bytes(numbers[row]));
            }
            Column::Cells(cells) => {
                let value = cells.get_item(row)?;
                if let Ok(text) = value.cast::<PyString>() {
                    cell.push_str(&text.to_string_lossy());
                } else if let Ok(float) = value.cast::<PyFloat>() {
                    number(float.value(), cell);
                } else if !value.is_none() {
                    cell.push_str(&value.str()?.to_string_lossy());
                }
            }
        }
        Ok(())
    }
}

/// The shortest text that reads back as the same number.
pub fn put_number(number: f64, cell: &mut String) {
    // Writing to a text cannot fail.
    let _ = write!(cell, "{number:?}");
}
