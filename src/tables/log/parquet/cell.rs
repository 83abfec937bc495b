//! The text of a value.

use parquet::record::Field;

/// A value as the cell of a table. Strings stay as they are; missing values are blank.
pub(super) fn text(value: &Field) -> String {
    match value {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        other => match number(other) {
            Some(value) => written(value),
            None => other.to_string(),
        },
    }
}

/// A decimal number, exactly as stored. A single-precision number is not shortened.
fn number(value: &Field) -> Option<f64> {
    match value {
        Field::Float16(value) => Some(f64::from(*value)),
        Field::Float(value) => Some(f64::from(*value)),
        Field::Double(value) => Some(*value),
        _ => None,
    }
}

/// The shortest text that reads back as the same number.
pub(super) fn written(value: f64) -> String {
    format!("{value:?}")
}
