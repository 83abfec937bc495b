//! The writer of all tables for programs: rows as CSV, in which numbers are finite or blank.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Bytes that never occur in UTF-8 text.
const CELL: u8 = 0xff;
const END: u8 = 0xfe;
/// Capacity for one row, in bytes.
const ROW: usize = 256;

/// A table being written.
pub(crate) struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    /// A table whose header is the field names of its rows.
    pub(crate) fn new() -> CsvText {
        CsvText(csv::Writer::from_writer(Vec::new()))
    }

    /// A table with its own header.
    pub(crate) fn under(header: &[&str]) -> CsvText {
        let mut builder = csv::WriterBuilder::new();
        let mut made = CsvText(builder.has_headers(false).from_writer(Vec::new()));
        made.record(header);
        made
    }

    /// The cells of one row, as text.
    pub(crate) fn cells(row: impl Serialize) -> Vec<String> {
        let mut builder = csv::WriterBuilder::new();
        builder.has_headers(false).buffer_capacity(ROW);
        // No text contains these bytes, so no cell needs quotes.
        builder.quote_style(csv::QuoteStyle::Never).delimiter(CELL);
        builder.terminator(csv::Terminator::Any(END));
        let mut made = CsvText(builder.from_writer(Vec::with_capacity(ROW)));
        made.row(row);
        let bytes = made.0.into_inner().unwrap_or_default();
        let row = bytes.strip_suffix(&[END]).unwrap_or(&bytes);
        let cells = row.split(|byte| *byte == CELL);
        cells
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect()
    }

    /// Adds a row. A number that is not finite becomes a blank cell.
    pub(crate) fn row(&mut self, row: impl Serialize) {
        // Writing to a Vec cannot fail, and rows of one type have the same length.
        let _ = self.0.serialize(Finite(row));
    }

    /// Adds a row of texts.
    pub(crate) fn record<T: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = T>) {
        // Writing to a Vec cannot fail.
        let _ = self.0.write_record(cells);
    }

    /// The text of the table.
    pub(crate) fn into_text(self) -> String {
        self.0
            .into_inner()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

/// A value whose numbers are written only if they are finite.
struct Finite<T>(T);

impl<T: Serialize> Serialize for Finite<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Blanking(serializer))
    }
}

/// A serializer that forwards everything except numbers that are not finite.
struct Blanking<S>(S);

macro_rules! hand_on {
    ($($name:ident($type:ty))*) => {
        $(fn $name(self, value: $type) -> Result<S::Ok, S::Error> {
            self.0.$name(value)
        })*
    };
}

impl<S: Serializer> Serializer for Blanking<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Blanking<S::SerializeSeq>;
    type SerializeTuple = Blanking<S::SerializeTuple>;
    type SerializeTupleStruct = Blanking<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Blanking<S::SerializeTupleVariant>;
    type SerializeMap = Blanking<S::SerializeMap>;
    type SerializeStruct = Blanking<S::SerializeStruct>;
    type SerializeStructVariant = Blanking<S::SerializeStructVariant>;

    hand_on! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_char(char) serialize_str(&str) serialize_bytes(&[u8]) serialize_unit_struct(&'static str)
    }

    fn serialize_f32(self, value: f32) -> Result<S::Ok, S::Error> {
        match value.is_finite() {
            true => self.0.serialize_f32(value),
            false => self.0.serialize_none(),
        }
    }

    fn serialize_f64(self, value: f64) -> Result<S::Ok, S::Error> {
        match value.is_finite() {
            true => self.0.serialize_f64(value),
            false => self.0.serialize_none(),
        }
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Finite(value))
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Finite(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0
            .serialize_newtype_variant(name, index, variant, &Finite(value))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        self.0.serialize_seq(len).map(Blanking)
    }

    fn serialize_tuple(self, len: usize) -> Result<Self::SerializeTuple, S::Error> {
        self.0.serialize_tuple(len).map(Blanking)
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        self.0.serialize_tuple_struct(name, len).map(Blanking)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        self.0
            .serialize_tuple_variant(name, index, variant, len)
            .map(Blanking)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        self.0.serialize_map(len).map(Blanking)
    }

    fn serialize_struct(
        self,
        name: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, len).map(Blanking)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        self.0
            .serialize_struct_variant(name, index, variant, len)
            .map(Blanking)
    }
}

macro_rules! hand_on_parts {
    ($($part:ident: $add:ident($($key:ident)?))*) => {
        $(impl<S: $part> $part for Blanking<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $add<T: Serialize + ?Sized>(
                &mut self,
                $($key: &'static str,)?
                value: &T,
            ) -> Result<(), S::Error> {
                self.0.$add($($key,)? &Finite(value))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })*
    };
}

hand_on_parts! {
    SerializeSeq: serialize_element()
    SerializeTuple: serialize_element()
    SerializeTupleStruct: serialize_field()
    SerializeTupleVariant: serialize_field()
    SerializeStruct: serialize_field(key)
    SerializeStructVariant: serialize_field(key)
}

impl<S: SerializeMap> SerializeMap for Blanking<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Finite(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Row<'a> {
        name: &'a str,
        value: f64,
        more: Option<f64>,
        count: u64,
    }

    #[test]
    fn no_number_is_infinite_or_none_and_words_stay() {
        let mut table = CsvText::new();
        for value in [1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            table.row(Row {
                name: "inf",
                value,
                more: Some(value),
                count: 3,
            });
        }
        let wanted = "name,value,more,count\ninf,1.5,1.5,3\ninf,,,3\ninf,,,3\ninf,,,3\n";
        assert_eq!(table.into_text(), wanted);
        let mut nested = CsvText::under(&["series", "name", "value", "more", "count", "last"]);
        let row = Row {
            name: "x",
            value: f64::NAN,
            more: None,
            count: 0,
        };
        nested.row(("NaN", row, (f64::INFINITY,)));
        assert_eq!(
            nested.into_text(),
            "series,name,value,more,count,last\nNaN,x,,,0,\n"
        );
    }

    #[test]
    fn cells_are_what_a_reader_of_the_row_finds() {
        let row = ("a \"b\", c\nd", 1e22, f64::NAN, None::<f64>, "", "−ÿ", 7u64);
        let mut table = CsvText::under(&["1", "2", "3", "4", "5", "6", "7"]);
        table.row(row);
        let text = table.into_text();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let read: Vec<csv::StringRecord> = reader.records().filter_map(Result::ok).collect();
        assert_eq!(read.len(), 1);
        assert_eq!(CsvText::cells(row), read[0].iter().collect::<Vec<_>>());
    }

    #[test]
    fn finite_numbers_are_written_as_the_csv_crate_writes_them() {
        for value in [0.1, 1e22, 1.0, 5e-324, -2.5e-7, 123_456_789.25] {
            let mut plain = csv::Writer::from_writer(Vec::new());
            assert!(plain.serialize((value, "a,b")).is_ok());
            let bytes = plain.into_inner().unwrap_or_default();
            let mut ours = CsvText::new();
            ours.row((value, "a,b"));
            assert_eq!(ours.into_text().into_bytes(), bytes);
        }
    }
}
