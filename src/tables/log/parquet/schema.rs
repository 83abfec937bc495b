//! The table columns of a Parquet file's schema.

use parquet::basic::{ConvertedType, Repetition};
use parquet::errors::Result;
use parquet::schema::types::{SchemaDescriptor, Type};
use std::sync::Arc;

/// A column of the table.
pub(super) struct Named {
    /// Nested fields are named `group.field`.
    pub(super) name: String,
    pub(super) place: Place,
}

/// Where in the file the values of a column are.
#[derive(Clone)]
pub(super) enum Place {
    /// In this column of the file.
    Leaf(usize),
    /// In several columns of the file: a list or a map.
    Nested(Nested),
}

/// A list or a map, read row by row.
#[derive(Clone)]
pub(super) struct Nested {
    /// The schema of the outermost field that it is in.
    pub(super) schema: Arc<SchemaDescriptor>,
    /// Its position among the table columns of this field.
    pub(super) place: usize,
}

/// The columns of a table. Fields of groups become columns such as `eval.loss`.
pub(super) fn columns(schema: &Type) -> Result<Vec<Named>> {
    let mut columns = Vec::new();
    let mut leaf = 0;
    for field in schema.get_fields() {
        let only = Type::group_type_builder(schema.name()).with_fields(vec![Arc::clone(field)]);
        let only = Arc::new(SchemaDescriptor::new(Arc::new(only.build()?)));
        let first = columns.len();
        walk("", field, &mut |name, field| {
            let here = leaf;
            leaf += leaves(field);
            let place = match is_nested(field) {
                false => Place::Leaf(here),
                true => Place::Nested(Nested {
                    schema: Arc::clone(&only),
                    place: columns.len() - first,
                }),
            };
            columns.push(Named { name, place });
        });
    }
    Ok(columns)
}

/// Whether a field's children are columns of their own (lists and maps are one column).
pub(super) fn is_group(field: &Type) -> bool {
    let about = field.get_basic_info();
    field.is_group() && !is_repeated(field) && about.converted_type() == ConvertedType::NONE
}

/// Whether a row may have several values of a field that is not a group of columns.
fn is_nested(field: &Type) -> bool {
    field.is_group() || is_repeated(field)
}

fn is_repeated(field: &Type) -> bool {
    let about = field.get_basic_info();
    about.has_repetition() && about.repetition() == Repetition::REPEATED
}

fn leaves(field: &Type) -> usize {
    match field.is_group() {
        true => field.get_fields().iter().map(|inner| leaves(inner)).sum(),
        false => 1,
    }
}

/// Calls `show` with the name of every field that is a column, in the order of the file.
fn walk(prefix: &str, field: &Type, show: &mut impl FnMut(String, &Type)) {
    let name = match prefix {
        "" => field.name().trim().to_owned(),
        _ => format!("{prefix}.{}", field.name().trim()),
    };
    if is_group(field) {
        for inner in field.get_fields() {
            walk(&name, inner, show);
        }
    } else {
        show(name, field);
    }
}
