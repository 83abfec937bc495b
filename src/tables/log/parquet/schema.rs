//! The columns of a table in a Parquet file, by the fields of its schema.

use parquet::basic::{ConvertedType, Repetition};
use parquet::errors::Result;
use parquet::schema::types::{SchemaDescriptor, Type};
use std::sync::Arc;

/// A column of the table.
pub(super) struct Named {
    /// Of a field in a group, `group.field`.
    pub(super) name: String,
    pub(super) place: Place,
}

/// Where in the file the values of a column are.
#[derive(Clone)]
pub(super) enum Place {
    /// In this column of the file.
    Leaf(usize),
    /// In several: a list or a map.
    Nested(Nested),
}

/// A list or a map, which is read row by row.
#[derive(Clone)]
pub(super) struct Nested {
    /// The schema of the outermost field that it is in.
    pub(super) schema: Arc<SchemaDescriptor>,
    /// Its place among the columns of the table that this field makes.
    pub(super) place: usize,
}

/// The columns of a table. Groups become columns such as `eval.loss`.
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

/// Whether a field has columns of its own, and is not itself one (lists and maps are).
pub(super) fn is_group(field: &Type) -> bool {
    let about = field.get_basic_info();
    field.is_group() && !is_repeated(field) && about.converted_type() == ConvertedType::NONE
}

/// Whether a row may have several values of what is no group of columns.
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

/// Shows every field that is a column, and its name, in the order of the file.
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
