//! The JSON forms in which pandas writes a table, besides lists of objects.

use super::super::roles;
use super::objects::Object;
use serde_json::Value;

/// The column for row labels.
const INDEX: &str = "index";

/// The rows of a table written as lists, by columns, or by rows; `None` if the object is none of
/// these.
pub(super) fn rows(object: &Object) -> Option<Vec<Object>> {
    split(object)
        .or_else(|| lists(object))
        .or_else(|| nested(object))
}

/// `{"columns": […], "index": […], "data": [[…], …]}`.
fn split(object: &Object) -> Option<Vec<Object>> {
    let names = texts(object.get("columns")?)?;
    let data = object.get("data")?.as_array()?;
    let row = |values: &Value| {
        let values = values
            .as_array()
            .filter(|values| values.len() == names.len())?;
        Some(names.iter().cloned().zip(values.iter().cloned()).collect())
    };
    data.iter().map(row).collect()
}

/// `[["compute", "loss"], [1e18, 3.1], …]`: column names, then rows.
pub(super) fn rows_below_names(all: &[Value]) -> Option<Vec<Object>> {
    let (names, rows) = all.split_first()?;
    let names = names.as_array()?.iter();
    let names: Vec<&str> = names.map(Value::as_str).collect::<Option<_>>()?;
    let row = |values: &Value| -> Option<Object> {
        let values = values
            .as_array()
            .filter(|values| values.len() == names.len())?;
        let cells = names.iter().zip(values);
        Some(
            cells
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        )
    };
    let rows: Vec<Object> = rows.iter().map(row).collect::<Option<_>>()?;
    (!rows.is_empty()).then_some(rows)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    value.as_array()?.iter().map(text).collect()
}

/// `{"compute": […], "loss": […]}`.
fn lists(object: &Object) -> Option<Vec<Object>> {
    let columns: Option<Vec<(&String, &Vec<Value>)>> = object
        .iter()
        .map(|(name, values)| Some((name, values.as_array()?)))
        .collect();
    let columns = columns?;
    let length = columns.first()?.1.len();
    if length == 0 || columns.iter().any(|column| column.1.len() != length) {
        return None;
    }
    let row = |k: usize| -> Object {
        let cells = columns
            .iter()
            .map(|(name, values)| ((*name).clone(), values[k].clone()));
        cells.collect()
    };
    Some((0..length).map(row).collect())
}

/// `{"compute": {"0": …, "1": …}, "loss": {…}}`, or the same by rows.
fn nested(object: &Object) -> Option<Vec<Object>> {
    let parts: Option<Vec<(&String, &Object)>> = object
        .iter()
        .map(|(name, value)| Some((name, value.as_object()?)))
        .collect();
    let parts = parts?;
    let inner = parts.first()?.1;
    if inner.is_empty()
        || inner
            .values()
            .any(|value| value.is_object() || value.is_array())
    {
        return None;
    }
    match by_columns(&parts) {
        true => {
            // Every column must have the same labels.
            let mut labels: Vec<&String> = inner.keys().collect();
            let has_all = |part: &(&String, &Object)| {
                part.1.len() == labels.len()
                    && labels.iter().all(|label| part.1.contains_key(*label))
            };
            if !parts.iter().all(has_all) {
                return None;
            }
            in_order(&mut labels);
            let row = |label: &&String| {
                let cells = parts.iter().filter_map(|(name, column)| {
                    Some(((*name).clone(), column.get(*label)?.clone()))
                });
                labelled(label, cells.collect())
            };
            Some(labels.iter().map(row).collect())
        }
        false => {
            let mut parts = parts;
            if parts.iter().all(|part| number(part.0).is_some()) {
                parts.sort_by_key(|part| number(part.0));
            }
            Some(
                parts
                    .into_iter()
                    .map(|(label, row)| labelled(label, row.clone()))
                    .collect(),
            )
        }
    }
}

/// Whether the outer keys name columns. Row labels are mostly numbers; if neither side has numbers,
/// the side with usual column names has the columns.
fn by_columns(parts: &[(&String, &Object)]) -> bool {
    let (mut inner, mut outer) = (parts[0].1.keys(), parts.iter().map(|part| part.0));
    if inner.all(|key| number(key).is_some()) {
        return true;
    }
    !outer.clone().all(|key| number(key).is_some()) && outer.any(|key| roles::is_usual(key))
}

fn number(label: &str) -> Option<u64> {
    label.parse().ok()
}

fn in_order(labels: &mut [&String]) {
    if labels.iter().all(|label| number(label).is_some()) {
        labels.sort_by_key(|label| number(label));
    }
}

/// A row with its label, unless the label is only its number.
fn labelled(label: &str, mut row: Object) -> Object {
    if number(label).is_none() {
        row.entry(INDEX).or_insert_with(|| Value::from(label));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(document: &str) -> String {
        let rows = rows(&serde_json::from_str(document).unwrap());
        rows.map_or("none".to_owned(), |rows| {
            rows.iter()
                .map(|row| serde_json::to_string(row).unwrap())
                .collect()
        })
    }

    #[test]
    fn every_orientation_gives_the_same_rows() {
        let rows = r#"{"compute":1,"loss":3.5}{"compute":2,"loss":3.1}"#;
        for document in [
            r#"{"columns":["compute","loss"],"index":[0,1],"data":[[1,3.5],[2,3.1]]}"#,
            r#"{"compute":[1,2],"loss":[3.5,3.1]}"#,
            r#"{"compute":{"0":1,"1":2},"loss":{"0":3.5,"1":3.1}}"#,
            r#"{"0":{"compute":1,"loss":3.5},"1":{"compute":2,"loss":3.1}}"#,
        ] {
            assert_eq!(text(document), rows, "{document}");
        }
    }

    #[test]
    fn lists_below_names_are_rows() {
        let rows = |text: &str| {
            let all: Vec<Value> = serde_json::from_str(text).unwrap();
            rows_below_names(&all).map(|rows| serde_json::to_string(&rows).unwrap())
        };
        let found = rows(r#"[["compute","loss"],[1,3.5],[2,3.1]]"#);
        assert_eq!(
            found.unwrap(),
            r#"[{"compute":1,"loss":3.5},{"compute":2,"loss":3.1}]"#
        );
        assert!(rows("[[1,2],[3,4]]").is_none() && rows(r#"[["a"],[1,2]]"#).is_none());
    }

    #[test]
    fn labels_that_are_names_are_kept_and_numbers_are_put_in_order() {
        assert_eq!(
            text(r#"{"compute":{"a":1,"b":2}}"#),
            r#"{"compute":1,"index":"a"}{"compute":2,"index":"b"}"#
        );
        assert_eq!(
            text(r#"{"small":{"loss":1},"large":{"loss":2}}"#),
            r#"{"index":"large","loss":2}{"index":"small","loss":1}"#
        );
        assert_eq!(
            text(r#"{"loss":{"10":3,"9":2}}"#),
            r#"{"loss":2}{"loss":3}"#
        );
        assert_eq!(text(r#"{"a":1}"#), "none");
        assert_eq!(text(r#"{"a":[1,2],"b":[1]}"#), "none");
    }
}
