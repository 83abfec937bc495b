//! Files of random types: the typed columns must give what the row interface of the parquet crate
//! gives.

use super::super::raw::{NextRow, RawRow};
use super::super::read_part::ReadPart;
use super::columnar::{Columnar, Sizes};
use super::schema::is_group;
use crate::Result;
use crate::quantity::parse_quantity;
use ::parquet::basic::Compression;
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use ::parquet::file::properties::{WriterProperties, WriterVersion};
use ::parquet::file::reader::SerializedFileReader;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::record::reader::RowIter;
use ::parquet::record::{Field, Row};
use ::parquet::schema::parser::parse_message_type;
use ::parquet::schema::types::{ColumnDescriptor, Type};
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::fs::File;
use std::io::{Seek, Write};
use std::sync::Arc;

/// Every type that a column may have. Groups come last, since values in them are rarer.
const SCHEMA: &str = "message table {
    optional boolean yes;
    required int32 i32;
    optional int32 i8 (INT_8);
    optional int32 i16 (INT_16);
    optional int32 u8 (UINT_8);
    optional int32 u16 (UINT_16);
    required int32 u32 (UINT_32);
    optional int32 day (DATE);
    optional int32 ms (TIME_MILLIS);
    optional int32 cents (DECIMAL(9,2));
    optional int64 i64;
    required int64 step;
    optional int64 u64 (UINT_64);
    optional int64 at_ms (TIMESTAMP_MILLIS);
    optional int64 at_us (TIMESTAMP_MICROS);
    optional int64 us (TIME_MICROS);
    optional int64 long_cents (DECIMAL(18,4));
    optional int96 at_ns;
    optional float f32;
    required double loss;
    optional double f64;
    optional binary text (UTF8);
    required binary run (UTF8);
    optional binary json (JSON);
    optional binary enumerated (ENUM);
    optional binary bytes;
    optional binary big (DECIMAL(20,3));
    optional fixed_len_byte_array(2) half (FLOAT16);
    optional fixed_len_byte_array(5) fixed_cents (DECIMAL(10,3));
    optional fixed_len_byte_array(4) fixed;
    optional group eval {
        optional double loss;
        required int32 step;
        optional group inner { optional binary name (UTF8); }
    }
    optional group list (LIST) { repeated group list { optional int64 element; } }
    optional group map (MAP) {
        repeated group key_value { required binary key (UTF8); optional int32 value; }
    }
    repeated int32 several;
}";

/// What a row has in one column of the file: definition and repetition levels, and whether each
/// stands for a value.
struct Levels {
    definition: Vec<i16>,
    repetition: Vec<i16>,
}

/// A generator for the choices that the columns of a group share.
fn seeded(seed: u64, column: &str) -> ChaCha8Rng {
    let name = column.bytes().fold(seed, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    ChaCha8Rng::seed_from_u64(name)
}

fn levels(rows: usize, about: &ColumnDescriptor, seed: u64) -> Levels {
    let path = about.path().parts();
    // Columns of one group agree on where it is null and how many entries it has.
    let mut group = seeded(seed, &path[0]);
    let mut own = seeded(seed, &path.join("."));
    let (most, repeated) = (about.max_def_level(), about.max_rep_level() > 0);
    let mut levels = Levels {
        definition: Vec::new(),
        repetition: Vec::new(),
    };
    for _ in 0..rows {
        let here = group.next_u32();
        // The outermost field is null in a quarter of the rows.
        if (path.len() > 1 || repeated) && here.is_multiple_of(4) {
            levels.definition.push(0);
            levels.repetition.push(0);
            continue;
        }
        let entries = match repeated {
            true => here as usize / 4 % 4,
            false => 1,
        };
        if entries == 0 {
            levels
                .definition
                .push((most - 1).min(1).min(path.len() as i16 - 1));
            levels.repetition.push(0);
        }
        // Below this level, the row would lack what its group has.
        let least = match (repeated, path.len()) {
            (true, 1) => most,
            (true, _) => 2,
            (false, 1) => 0,
            (false, _) => 1,
        };
        for entry in 0..entries {
            let span = (most - least.min(most) + 1) as u32;
            let below = if own.next_u32().is_multiple_of(3) {
                own.next_u32() % span
            } else {
                0
            };
            levels.definition.push(most - below as i16);
            levels.repetition.push(i16::from(entry > 0));
        }
    }
    levels
}

/// Few different numbers, so that dictionaries are used, and the extremes of each type.
fn bits(rng: &mut ChaCha8Rng) -> u64 {
    match rng.next_u32() % 8 {
        0 => u64::MAX,
        1 => 1 << 63,
        2 => rng.next_u64(),
        3 => 9_007_199_254_740_993,
        _ => rng.next_u64() % 12,
    }
}

fn real(rng: &mut ChaCha8Rng) -> f64 {
    const ENDS: [f64; 9] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.0,
        0.0,
        f64::MAX,
        f64::MIN_POSITIVE / 8.0,
        1e16,
        0.1,
    ];
    match rng.next_u32() % 4 {
        0 => ENDS[rng.next_u32() as usize % ENDS.len()],
        1 => f64::from_bits(rng.next_u64()),
        _ => f64::from(rng.next_u32() % 40_000) / 1e4,
    }
}

fn string(rng: &mut ChaCha8Rng) -> ByteArray {
    const TEXTS: [&str; 7] = [
        "",
        "width-64",
        "\u{e9}\u{1f600}",
        " a, \"b\"\n",
        "1e5",
        "NaN",
        "x",
    ];
    match rng.next_u32() % 3 {
        0 => ByteArray::from(format!("run {}", rng.next_u32()).as_str()),
        _ => ByteArray::from(TEXTS[rng.next_u32() as usize % TEXTS.len()]),
    }
}

fn write(column: &mut ColumnWriter<'_>, rows: usize, about: &ColumnDescriptor, seed: u64) {
    let Levels {
        definition,
        repetition,
    } = levels(rows, about, seed);
    let most = about.max_def_level();
    let count = definition.iter().filter(|level| **level == most).count();
    let rng = &mut seeded(seed, about.name());
    // Dates and times that a calendar has.
    let timed = about.converted_type().to_string().contains("TIME");
    let dated = timed || about.converted_type().to_string() == "DATE";
    let (definition, repetition) = (Some(&definition[..]), Some(&repetition[..]));
    macro_rules! put {
        ($writer:expr, $value:expr) => {{
            let values: Vec<_> = (0..count).map(|_| $value).collect();
            $writer
                .write_batch(&values, definition, repetition)
                .unwrap();
        }};
    }
    match column {
        ColumnWriter::BoolColumnWriter(writer) => put!(writer, rng.next_u32().is_multiple_of(2)),
        ColumnWriter::Int32ColumnWriter(writer) if dated => {
            put!(writer, (rng.next_u32() % 86_400) as i32)
        }
        ColumnWriter::Int32ColumnWriter(writer) => put!(writer, bits(rng) as i32),
        ColumnWriter::Int64ColumnWriter(writer) if timed => {
            put!(writer, (rng.next_u64() % 3_000_000_000_000) as i64)
        }
        ColumnWriter::Int64ColumnWriter(writer) => put!(writer, bits(rng) as i64),
        ColumnWriter::Int96ColumnWriter(writer) => put!(writer, {
            let mut value = Int96::new();
            value.set_data(rng.next_u32(), 0, 2_440_588 + rng.next_u32() % 40_000);
            value
        }),
        ColumnWriter::FloatColumnWriter(writer) => put!(writer, real(rng) as f32),
        ColumnWriter::DoubleColumnWriter(writer) => put!(writer, real(rng)),
        ColumnWriter::ByteArrayColumnWriter(writer) => put!(writer, string(rng)),
        ColumnWriter::FixedLenByteArrayColumnWriter(writer) => put!(writer, {
            let bytes = bits(rng).to_be_bytes();
            let length = about.type_length() as usize;
            FixedLenByteArray::from(ByteArray::from(bytes[8 - length..].to_vec()))
        }),
    }
}

#[derive(Debug, Clone)]
struct Kind {
    groups: Vec<usize>,
    seed: u64,
    dictionary: bool,
    packed: Compression,
    version: WriterVersion,
    page: usize,
}

fn kinds() -> impl Strategy<Value = Kind> {
    let packed = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::GZIP(Default::default())),
    ];
    let versions = prop_oneof![
        Just(WriterVersion::PARQUET_1_0),
        Just(WriterVersion::PARQUET_2_0)
    ];
    let groups = proptest::collection::vec(0..60_usize, 0..5);
    let all = (
        groups,
        any::<u64>(),
        any::<bool>(),
        packed,
        versions,
        1..40_usize,
    );
    all.prop_map(|(groups, seed, dictionary, packed, version, page)| Kind {
        groups,
        seed,
        dictionary,
        packed,
        version,
        page,
    })
}

fn file(kind: &Kind) -> File {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let how = WriterProperties::builder()
        .set_dictionary_enabled(kind.dictionary)
        .set_compression(kind.packed)
        .set_writer_version(kind.version)
        .set_write_batch_size(kind.page.div_ceil(2))
        .set_data_page_row_count_limit(kind.page);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(how.build())).unwrap();
    for (k, rows) in kind.groups.iter().enumerate() {
        let mut group = writer.next_row_group().unwrap();
        let mut leaf = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            let about = parse_message_type(SCHEMA).unwrap();
            let about = ::parquet::schema::types::SchemaDescriptor::new(Arc::new(about));
            write(
                column.untyped(),
                *rows,
                &about.column(leaf),
                kind.seed ^ k as u64,
            );
            column.close().unwrap();
            leaf += 1;
        }
        group.close().unwrap();
    }
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&writer.into_inner().unwrap()).unwrap();
    file.rewind().unwrap();
    file
}

/// All cells, read by the row interface.
fn by_row(file: File) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(file).unwrap();
    let schema = parse_message_type(SCHEMA).unwrap();
    RowIter::from_file_into(Box::new(reader))
        .map(|row| {
            let mut cells = Vec::new();
            of_fields(schema.get_fields(), Some(&row.unwrap()), &mut cells);
            cells
        })
        .collect()
}

fn of_fields(fields: &[Arc<Type>], values: Option<&Row>, cells: &mut Vec<String>) {
    let mut values = values.map(Row::get_column_iter);
    for field in fields {
        let value = values.as_mut().and_then(Iterator::next).map(|(_, v)| v);
        match (is_group(field), value) {
            (true, Some(Field::Group(inner))) => {
                of_fields(field.get_fields(), Some(inner), cells);
            }
            (true, _) => of_fields(field.get_fields(), None, cells),
            (false, value) => cells.push(match value {
                None | Some(Field::Null) => String::new(),
                Some(Field::Str(text)) => text.clone(),
                Some(Field::Float16(value)) => format!("{:?}", f64::from(*value)),
                Some(Field::Float(value)) => format!("{:?}", f64::from(*value)),
                Some(Field::Double(value)) => format!("{value:?}"),
                Some(other) => other.to_string(),
            }),
        }
    }
}

/// Sizes so small that a few rows are divided many times.
fn small(mut columns: Columnar) -> Columnar {
    columns.most = 3;
    columns.sizes = Sizes {
        most: 11,
        fewest: 2,
        chunk: 5,
        few: 3,
    };
    columns
}

/// Collects every row of a table in some columns.
struct Some {
    columns: Vec<usize>,
    changes: bool,
}

impl ReadPart for Some {
    type Part = Vec<(RawRow, Vec<String>)>;

    fn changes_rows(&self) -> bool {
        self.changes
    }

    fn columns(&self) -> Vec<usize> {
        self.columns.clone()
    }

    fn change(&self, row: &mut RawRow) -> Result<()> {
        row.add("changed");
        Ok(())
    }

    fn read<'r>(&self, rows: &mut impl NextRow<'r>) -> Result<Self::Part> {
        let mut all = Vec::new();
        while let Some(row) = rows.next() {
            for column in &self.columns {
                let (number, written) = (row.quantity(*column), parse_quantity(row.cell(*column)));
                let same = match (&number, &written) {
                    (Ok(a), Ok(b)) => a.to_bits() == b.to_bits(),
                    (a, b) => a == b,
                };
                assert!(same, "{number:?} {written:?}");
                assert_eq!(row.is_blank(*column), row.cell(*column).is_empty());
            }
            let cells = self.columns.iter().map(|k| row.written(*k).to_owned());
            all.push((row.owned(), cells.collect()));
        }
        Ok(all)
    }
}

fn cells(row: &RawRow) -> Vec<String> {
    (0..row.width())
        .map(|k| row.written(k).to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn typed_columns_have_the_cells_of_the_row_interface(
        kind in kinds(), wanted in proptest::collection::vec(0..36_usize, 1..5),
    ) {
        let file = file(&kind);
        let all = by_row(file.try_clone().unwrap());
        prop_assert_eq!(all.len(), kind.groups.iter().sum::<usize>());
        let (columns, header) = Columnar::open(file.try_clone().unwrap(), "t.parquet").unwrap();
        prop_assert_eq!(header.len(), 36);
        // One by one.
        let mut columns = small(columns);
        let mut row = RawRow::default();
        for (line, wanted) in (2..).zip(&all) {
            prop_assert!(columns.next(&mut row).unwrap());
            prop_assert_eq!(row.line, line);
            prop_assert_eq!(&cells(&row), wanted);
        }
        prop_assert!(!columns.next(&mut row).unwrap());
        // In parallel: some columns first, the others afterwards.
        let (columns, _) = Columnar::open(file.try_clone().unwrap(), "t.parquet").unwrap();
        let mut columns = small(columns);
        let mut found = Vec::new();
        let reader = Some { columns: wanted.clone(), changes: false };
        columns.in_parts(&reader, |part| { found.extend(part); Ok(()) }).unwrap();
        prop_assert_eq!(found.len(), all.len());
        for ((_, some), cells) in found.iter().zip(&all) {
            let cells: Vec<String> = wanted.iter().map(|k| cells[*k].clone()).collect();
            prop_assert_eq!(some, &cells);
        }
        let mut left: Vec<RawRow> = found.into_iter().map(|(row, _)| row).collect();
        left.retain(|row| (row.line ^ kind.seed).is_multiple_of(3));
        columns.complete(left.iter_mut().rev().collect()).unwrap();
        for row in &left {
            prop_assert_eq!(&cells(row), &all[row.line as usize - 2]);
        }
        // Rows that are changed first are read with every column.
        let mut found = Vec::new();
        let reader = Some { columns: wanted.clone(), changes: true };
        columns.in_parts(&reader, |part| { found.extend(part); Ok(()) }).unwrap();
        prop_assert_eq!(found.len(), all.len());
        for ((row, _), wanted) in found.iter().zip(&all) {
            prop_assert_eq!(&cells(row)[..36], &wanted[..]);
            prop_assert_eq!(row.written(36), "changed");
        }
    }
}
