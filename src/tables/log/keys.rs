//! The keys of JSON objects and their columns.

use super::limits::{LONGEST_ROW, MOST_COLUMNS};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

type Object = Map<String, Value>;

/// The keys met so far, as a tree of nested keys, so that each column's full name is built only
/// once.
#[derive(Default)]
pub(super) struct Keys {
    root: Node,
    header: Vec<String>,
    columns: HashMap<String, usize>,
    /// How many keys there are, and the bytes of all keys and names.
    count: usize,
    bytes: usize,
}

/// A key: the column of its values, and the keys of its nested objects.
#[derive(Default)]
struct Node {
    column: Option<usize>,
    inside: HashMap<String, Node>,
}

impl Keys {
    /// Adds the new keys of an object, or returns which limit they exceed.
    pub(super) fn learn(&mut self, object: &Object) -> Result<(), String> {
        let mut root = std::mem::take(&mut self.root);
        let learnt = self.learn_inside(&mut root, object, &mut Vec::new());
        self.root = root;
        learnt
    }

    fn learn_inside<'o>(
        &mut self,
        node: &mut Node,
        object: &'o Object,
        path: &mut Vec<&'o str>,
    ) -> Result<(), String> {
        for (key, value) in object {
            let key = key.trim();
            if !node.inside.contains_key(key) {
                self.make_room(1, key.len())?;
                node.inside.insert(key.to_owned(), Node::default());
            }
            let Some(inner) = node.inside.get_mut(key) else {
                continue;
            };
            path.push(key);
            match value {
                Value::Object(object) => self.learn_inside(inner, object, path)?,
                _ if inner.column.is_none() => inner.column = Some(self.column(path)?),
                _ => {}
            }
            path.pop();
        }
        Ok(())
    }

    /// The column named by a path of keys.
    fn column(&mut self, path: &[&str]) -> Result<usize, String> {
        self.make_room(0, path.iter().map(|key| key.len() + 1).sum())?;
        let begin = path.iter().position(|key| !key.is_empty());
        let name = path[begin.unwrap_or(path.len())..].join(".");
        let next = self.header.len();
        let column = *self.columns.entry(name.clone()).or_insert(next);
        if column == next {
            self.header.push(name);
        }
        Ok(column)
    }

    fn make_room(&mut self, keys: usize, bytes: usize) -> Result<(), String> {
        self.count += keys;
        self.bytes += bytes;
        if self.count > MOST_COLUMNS {
            return Err(format!("more than {MOST_COLUMNS} different keys"));
        }
        if self.bytes > LONGEST_ROW {
            let limit = LONGEST_ROW >> 20;
            return Err(format!(
                "the names of the columns take more than {limit} MiB"
            ));
        }
        Ok(())
    }

    /// The names of the columns; no more keys are learnt afterwards.
    pub(super) fn take_header(&mut self) -> Vec<String> {
        std::mem::take(&mut self.header)
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The cells of an object, by growing column; if a column has several, the last.
    pub(super) fn cells<'o>(&self, object: &'o Object) -> Vec<(usize, Cow<'o, str>)> {
        let mut cells = Vec::new();
        cells_inside(&self.root, object, &mut cells);
        // The sort is stable: cells of one column keep their order.
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        cells
    }
}

fn cells_inside<'o>(node: &Node, object: &'o Object, cells: &mut Vec<(usize, Cow<'o, str>)>) {
    for (key, value) in object {
        // A file that grew while it was read may have keys without a column.
        let Some(inner) = node.inside.get(key.trim()) else {
            continue;
        };
        match (value, inner.column) {
            (Value::Object(object), _) => cells_inside(inner, object, cells),
            (value, Some(column)) => cells.push((column, text(value))),
            (_, None) => {}
        }
    }
}

/// The cell of a value.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) if number.is_f64() => {
            Cow::Owned(format!("{:?}", number.as_f64().unwrap_or(f64::NAN)))
        }
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object {
        serde_json::from_str(text).unwrap_or_default()
    }

    #[test]
    fn names_are_joined_by_points_and_the_last_of_equals_counts() {
        let mut keys = Keys::default();
        let one = object(r#"{"a.b": 1, "a": {"b": 2, " c ": {"d": "x"}, "": 3}, "": {"e": 4}}"#);
        assert_eq!(keys.learn(&one), Ok(()));
        let cells = keys.cells(&one);
        let texts: Vec<(usize, &str)> = cells.iter().map(|(k, text)| (*k, &**text)).collect();
        assert_eq!(keys.take_header(), ["e", "a.", "a.c.d", "a.b"]);
        assert_eq!(texts, [(0, "4"), (1, "3"), (2, "x"), (3, "1")]);
    }

    #[test]
    fn long_names_of_many_columns_are_refused_before_they_are_made() {
        // Each inner key would make a name of about 1 MiB.
        let inner: Vec<String> = (0..100).map(|k| format!("\"k{k}\":1")).collect();
        let outer = "p".repeat(1 << 20);
        let mut keys = Keys::default();
        let refused = keys.learn(&object(&format!("{{\"{outer}\":{{{}}}}}", inner.join(","))));
        assert_eq!(
            refused,
            Err("the names of the columns take more than 64 MiB".to_owned())
        );
        assert!(keys.header.len() < 64);
    }

    #[test]
    fn too_many_keys_are_refused() {
        let mut keys = Keys::default();
        let mut refused = Ok(());
        for k in 0..=MOST_COLUMNS / 1000 {
            let some: Vec<String> = (0..1000).map(|j| format!("\"{k} {j}\":1")).collect();
            refused = keys.learn(&object(&format!("{{{}}}", some.join(","))));
        }
        assert_eq!(refused, Err("more than 1048576 different keys".to_owned()));
    }
}
