//! A column of a row group, read batch by batch.

use super::cell::text;
use super::schema::{Named, Nested, Place, is_group};
use crate::tables::log::typed::{Column, Texts, Values};
use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::RowGroupReader;
use parquet::record::reader::{ReaderIter, TreeBuilder};
use parquet::record::{Field, Row};
use parquet::schema::types::{ColumnDescPtr, Type};
use std::mem::take;
use std::sync::Arc;

/// A column whose first values may have been read.
pub(super) enum Open {
    Leaf(Box<Leaf>),
    Nested(Rows),
}

impl Open {
    pub(super) fn new(column: &Named, group: &dyn RowGroupReader) -> Result<Open> {
        Ok(match &column.place {
            Place::Leaf(leaf) => Open::Leaf(Box::new(Leaf {
                reader: group.get_column_reader(*leaf)?,
                about: group.metadata().column(*leaf).column_descr_ptr(),
                levels: Vec::new(),
            })),
            Place::Nested(nested) => Open::Nested(Rows {
                rows: TreeBuilder::new().as_iter(Arc::clone(&nested.schema), group)?,
                nested: nested.clone(),
            }),
        })
    }

    /// Skips this many rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<()> {
        match self {
            Open::Leaf(leaf) => leaf.skip(rows),
            Open::Nested(nested) => (0..rows).try_for_each(|_| nested.next().map(|_| ())),
        }
    }

    /// Reads this many rows into `column`, replacing its contents.
    pub(super) fn read(&mut self, rows: usize, column: &mut Column) -> Result<()> {
        match self {
            Open::Leaf(leaf) => leaf.read(rows, column),
            Open::Nested(nested) => nested.read(rows, column),
        }
    }
}

/// A column of the file that has at most one value a row.
pub(super) struct Leaf {
    reader: ColumnReader,
    about: ColumnDescPtr,
    levels: Vec<i16>,
}

impl Leaf {
    fn skip(&mut self, rows: usize) -> Result<()> {
        let skipped = match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int32ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int64ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::Int96ColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FloatColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::DoubleColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::ByteArrayColumnReader(reader) => reader.skip_records(rows),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => reader.skip_records(rows),
        };
        enough(skipped?, rows)
    }

    fn read(&mut self, rows: usize, column: &mut Column) -> Result<()> {
        let before = take(&mut column.values);
        let Leaf {
            reader,
            about,
            levels,
        } = self;
        column.values = match reader {
            ColumnReader::BoolColumnReader(reader) => {
                of_fields(reader, rows, levels, |v| Ok(Field::convert_bool(about, v)))
            }
            ColumnReader::Int32ColumnReader(reader) => match about.converted_type() {
                ConvertedType::NONE | ConvertedType::INT_32 => {
                    signed(reader, rows, levels, before, i64::from)
                }
                // Only the lowest bits count.
                ConvertedType::INT_16 => {
                    signed(reader, rows, levels, before, |v| i64::from(v as i16))
                }
                ConvertedType::INT_8 => {
                    signed(reader, rows, levels, before, |v| i64::from(v as i8))
                }
                ConvertedType::UINT_32 => {
                    signed(reader, rows, levels, before, |v| i64::from(v as u32))
                }
                ConvertedType::UINT_16 => {
                    signed(reader, rows, levels, before, |v| i64::from(v as u16))
                }
                ConvertedType::UINT_8 => {
                    signed(reader, rows, levels, before, |v| i64::from(v as u8))
                }
                _ => of_fields(reader, rows, levels, |v| Ok(Field::convert_int32(about, v))),
            },
            ColumnReader::Int64ColumnReader(reader) => match about.converted_type() {
                ConvertedType::NONE | ConvertedType::INT_64 => {
                    let mut values = match before {
                        Values::Signed(values) => values,
                        _ => Vec::new(),
                    };
                    batch(reader, rows, levels, &mut values)?;
                    Ok(Values::Signed(values))
                }
                ConvertedType::UINT_64 => {
                    let mut values = Vec::new();
                    batch(reader, rows, levels, &mut values)?;
                    let unsigned = values.into_iter().map(i64::cast_unsigned);
                    Ok(Values::Unsigned(unsigned.collect()))
                }
                _ => of_fields(reader, rows, levels, |v| Ok(Field::convert_int64(about, v))),
            },
            ColumnReader::Int96ColumnReader(reader) => {
                of_fields(reader, rows, levels, |v| Ok(Field::convert_int96(about, v)))
            }
            ColumnReader::FloatColumnReader(reader) => {
                let mut values = Vec::new();
                batch(reader, rows, levels, &mut values)?;
                Ok(Values::Real(values.into_iter().map(f64::from).collect()))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                let mut values = match before {
                    Values::Real(values) => values,
                    _ => Vec::new(),
                };
                batch(reader, rows, levels, &mut values)?;
                Ok(Values::Real(values))
            }
            ColumnReader::ByteArrayColumnReader(reader) => match about.converted_type() {
                ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => {
                    let mut values = match before {
                        Values::Strings(values) => values,
                        _ => Vec::new(),
                    };
                    batch(reader, rows, levels, &mut values)?;
                    refuse_other_bytes(&values)?;
                    Ok(Values::Strings(values))
                }
                _ => of_fields(reader, rows, levels, |v| {
                    Field::convert_byte_array(about, v)
                }),
            },
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                of_fields(reader, rows, levels, |v| {
                    Field::convert_byte_array(about, v.into())
                })
            }
        }?;
        column.place(levels, about.max_def_level());
        Ok(())
    }
}

/// Reads the values of this many rows, and each row's level if values may be missing.
fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    values: &mut Vec<T::T>,
) -> Result<()> {
    levels.clear();
    values.clear();
    let (found, _, _) = reader.read_records(rows, Some(levels), None, values)?;
    enough(found, rows)
}

fn enough(found: usize, rows: usize) -> Result<()> {
    match found == rows {
        true => Ok(()),
        false => Err(ParquetError::General(format!(
            "there are {found} values for {rows} rows"
        ))),
    }
}

/// 32-bit integers as 64-bit ones.
fn signed<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    before: Values,
    wide: impl Fn(T::T) -> i64,
) -> Result<Values> {
    let mut narrow = Vec::new();
    batch(reader, rows, levels, &mut narrow)?;
    let mut values = match before {
        Values::Signed(values) => values,
        _ => Vec::new(),
    };
    values.clear();
    values.extend(narrow.into_iter().map(wide));
    Ok(Values::Signed(values))
}

/// Values of other types as text.
fn of_fields<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    field: impl Fn(T::T) -> Result<Field>,
) -> Result<Values> {
    let mut values = Vec::new();
    batch(reader, rows, levels, &mut values)?;
    let mut texts = Texts::default();
    for value in values {
        let field = field(value)?;
        texts.add(|all| all.push_str(&text(&field)));
    }
    Ok(Values::Texts(texts))
}

/// Refuses strings that are not UTF-8.
fn refuse_other_bytes(values: &[ByteArray]) -> Result<()> {
    let mut last: &[u8] = &[];
    for value in values {
        // Equal strings of a dictionary share one place in memory.
        if std::ptr::eq(value.data(), last) {
            continue;
        }
        last = value.data();
        if let Err(error) = std::str::from_utf8(last) {
            return Err(ParquetError::General(format!(
                "a string is not UTF-8: {error}"
            )));
        }
    }
    Ok(())
}

/// A column of lists or maps, which the parquet crate assembles row by row.
pub(super) struct Rows {
    rows: ReaderIter,
    nested: Nested,
}

impl Rows {
    fn next(&mut self) -> Result<Row> {
        let missing = || ParquetError::General("there are fewer values than rows".to_owned());
        self.rows.next().ok_or_else(missing)?
    }

    fn read(&mut self, rows: usize, column: &mut Column) -> Result<()> {
        let mut texts = Texts::default();
        let schema = Arc::clone(&self.nested.schema);
        for _ in 0..rows {
            let row = self.next()?;
            let mut cells = Vec::new();
            flat(schema.root_schema().get_fields(), Some(&row), &mut cells);
            let cell = cells.get(self.nested.place).copied().flatten();
            texts.add(|all| all.push_str(&cell.map_or(String::new(), text)));
        }
        column.values = Values::Texts(texts);
        column.place(&[], 0);
        Ok(())
    }
}

/// Adds the cells of every column of the fields; a null group has none.
fn flat<'r>(fields: &[Arc<Type>], values: Option<&'r Row>, cells: &mut Vec<Option<&'r Field>>) {
    let mut values = values.map(Row::get_column_iter);
    for field in fields {
        let value = values.as_mut().and_then(Iterator::next).map(|(_, v)| v);
        if is_group(field) {
            let inner = match value {
                Some(Field::Group(inner)) => Some(inner),
                _ => None,
            };
            flat(field.get_fields(), inner, cells);
        } else {
            cells.push(value);
        }
    }
}
