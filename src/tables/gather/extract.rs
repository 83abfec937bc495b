//! The rows of a JSON document of a known format.

use super::format::{Format, Shape};
use super::known::FORMATS;
use super::objects::Object;
use serde_json::Value;

/// The format of an object: a document, or the first line of many.
pub(super) fn format_of(object: &Object, shape: Shape) -> Option<&'static Format> {
    let fits = |format: &&Format| {
        format.shape == shape && format.has.iter().all(|path| at(object, path).is_some())
    };
    FORMATS.iter().find(fits)
}

/// The value at a path of an object.
fn at<'o>(object: &'o Object, path: &str) -> Option<&'o Value> {
    let mut keys = path.split('.');
    let first = value_of(object, keys.next()?)?;
    keys.try_fold(first, |value, key| value_of(value.as_object()?, key))
}

/// The value of a key; for `*`, the only value of the object.
fn value_of<'o>(object: &'o Object, key: &str) -> Option<&'o Value> {
    match key {
        "*" if object.len() == 1 => object.values().next(),
        _ => object.get(key),
    }
}

impl Format {
    /// The rows of a document. A value in the place of a row that is not an object is skipped.
    pub(super) fn rows_of(&self, document: Object) -> Vec<Object> {
        let root = |path: &str| {
            path.strip_prefix('/')
                .and_then(|path| at(&document, path))
                .cloned()
        };
        let of_root: Vec<(&str, Value)> = self
            .columns
            .iter()
            .filter_map(|(name, path)| Some((*name, root(path)?)))
            .collect();
        let keyed: Vec<Keyed<'_>> = self
            .columns
            .iter()
            .filter_map(|(name, path)| Keyed::new(&document, name, path))
            .collect();
        let steps: Vec<&str> = match self.rows {
            "" => Vec::new(),
            rows => rows.split('.').collect(),
        };
        let mut rows = Vec::new();
        collect(Value::Object(document), &steps, &mut Vec::new(), &mut rows);
        rows.into_iter()
            .map(|mut row| {
                let found = keyed.iter().filter_map(|keyed| keyed.of(&row));
                let found: Vec<(String, Value)> = found.collect();
                for (name, value) in found {
                    row.entry(name).or_insert(value);
                }
                self.made(row, &of_root)
            })
            .collect()
    }

    /// A row with its columns.
    fn made(&self, row: Object, of_root: &[(&str, Value)]) -> Object {
        let mut columns = Object::new();
        for (name, path) in self.columns {
            let own = (!path.starts_with('/')).then(|| at(&row, path)).flatten();
            if let (Some(value), false) = (own, columns.contains_key(*name)) {
                columns.insert((*name).to_owned(), self.meant(value));
            }
        }
        for (name, value) in of_root {
            columns.entry(*name).or_insert_with(|| self.meant(value));
        }
        for (key, value) in row {
            match value {
                Value::Object(inside) if self.lifted.contains(&&*key) => columns.extend(inside),
                value if self.kept.is_empty() || self.kept.contains(&&*key) => {
                    let name = self
                        .without
                        .iter()
                        .find_map(|ending| key.strip_suffix(ending));
                    columns.insert(name.unwrap_or(&key).to_owned(), value);
                }
                _ => {}
            }
        }
        for (name, needed, word) in self.needs {
            let other = columns
                .get(*needed)
                .filter(|cell| cell.as_str() != Some(word));
            if let (Some(other), true) = (other.cloned(), columns.contains_key(*name)) {
                columns.insert((*name).to_owned(), other);
            }
        }
        columns
    }

    fn meant(&self, value: &Value) -> Value {
        let word = value
            .as_str()
            .and_then(|text| self.words.iter().find(|word| word.0 == text));
        word.map_or_else(|| value.clone(), |word| Value::from(word.1))
    }
}

/// A column whose value lies in the document below a key, and the key is a cell of the row.
struct Keyed<'f> {
    name: &'f str,
    /// The cell that is the key, and the path below it.
    cell: &'f str,
    below: &'f str,
    values: Object,
}

impl<'f> Keyed<'f> {
    fn new(document: &Object, name: &'f str, path: &'f str) -> Option<Keyed<'f>> {
        let (above, rest) = path.strip_prefix('/')?.split_once(".{")?;
        let (cell, below) = rest.split_once("}.")?;
        let values = at(document, above)?.as_object()?.clone();
        Some(Keyed {
            name,
            cell,
            below,
            values,
        })
    }

    fn of(&self, row: &Object) -> Option<(String, Value)> {
        let key = row.get(self.cell)?.as_str()?;
        let value = at(self.values.get(key)?.as_object()?, self.below)?;
        Some((self.name.to_owned(), value.clone()))
    }
}

/// Walks to the rows; `bound` holds the columns that keys on the way define.
fn collect(
    value: Value,
    steps: &[&str],
    bound: &mut Vec<(String, String)>,
    rows: &mut Vec<Object>,
) {
    let Some((step, rest)) = steps.split_first() else {
        if let Value::Object(mut row) = value {
            for (name, key) in bound.iter() {
                row.entry(name.clone())
                    .or_insert_with(|| Value::from(key.as_str()));
            }
            rows.push(row);
        }
        return;
    };
    let (key, each) = match step.strip_suffix("[]") {
        Some(key) => (key, true),
        None => (*step, false),
    };
    let mut inner = |value: Value, bound: &mut Vec<(String, String)>| match value {
        Value::Array(all) if each => {
            all.into_iter()
                .for_each(|one| collect(one, rest, bound, rows));
        }
        one => collect(one, rest, bound, rows),
    };
    let Value::Object(mut object) = value else {
        return;
    };
    match key.strip_prefix('{').and_then(|key| key.strip_suffix('}')) {
        Some(name) => {
            for (key, value) in object {
                bound.push((name.to_owned(), key));
                inner(value, bound);
                bound.pop();
            }
        }
        None => {
            if let Some(value) = object.remove(key) {
                inner(value, bound);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::PLAIN;
    use super::*;

    fn object(text: &str) -> Object {
        serde_json::from_str(text).unwrap()
    }

    fn text(rows: Vec<Object>) -> String {
        rows.iter()
            .map(|row| serde_json::to_string(row).unwrap() + "\n")
            .collect()
    }

    #[test]
    fn rows_lie_in_lists_and_objects_and_keep_the_keys_on_the_way() {
        let format = Format {
            rows: "eval.{problem}[]",
            columns: &[("model", "/about.model"), ("ok", "scores.*.value")],
            words: &[("C", "1")],
            kept: &["problem"],
            ..PLAIN
        };
        let document = r#"{"about":{"model":"m"},"eval":{
            "a":[{"scores":{"s":{"value":"C"}},"long":1},{"scores":{"s":{"value":0}}}],"b":7}}"#;
        assert_eq!(
            text(format.rows_of(object(document))),
            "{\"model\":\"m\",\"ok\":\"1\",\"problem\":\"a\"}\n{\"model\":\"m\",\"ok\":0,\"problem\":\"a\"}\n"
        );
    }

    #[test]
    fn a_document_may_be_one_row_with_parts_of_it_lifted() {
        let format = Format {
            lifted: &["summary"],
            without: &[",none"],
            ..PLAIN
        };
        let document = r#"{"config":{"lr":1},"summary":{"loss":2},"acc,none":3}"#;
        assert_eq!(
            text(format.rows_of(object(document))),
            "{\"acc\":3,\"config\":{\"lr\":1},\"loss\":2}\n"
        );
    }
}
