//! The parts of an output that must not depend on the order of the rows.

use super::table;
use serde_json::Value;

/// A text without line numbers, digests and times.
pub fn without_lines(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = ["line ", "lines ", "sha256:", "<td>", "<td class=\"n\">"]
        .iter()
        .filter_map(|word| Some(rest.find(word)? + word.len()))
        .min()
    {
        kept.push_str(&rest[..at]);
        let several = rest[..at].ends_with("lines ");
        let ends = rest[at..].find(|c: char| {
            !c.is_ascii_hexdigit() && c != '-' && c != ',' && !(several && c == ' ')
        });
        let end = at + ends.unwrap_or(rest.len() - at);
        // A cell of digits alone may be a line.
        let cell = rest[..at].ends_with('>') && !rest[end..].starts_with("</td>");
        kept.push_str(if cell { &rest[at..end] } else { "#" });
        rest = &rest[end..];
    }
    kept + rest
}

/// A document without the parts that may depend on the order of the file.
fn without_order(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, value| {
                let listed = key == "runs" && value.is_array() && value[0].get("line").is_some();
                let digest = value
                    .as_str()
                    .is_some_and(|text| text.starts_with("sha256:"));
                !listed
                    && !digest
                    && !["excluded", "line", "lines", "without"].contains(&key.as_str())
            });
            if map.get("head").is_some_and(|head| head[0] == "line") {
                let rows = map.get_mut("rows").and_then(Value::as_array_mut);
                for row in rows.into_iter().flatten() {
                    row[0].take();
                }
            }
            map.values_mut().for_each(without_order);
        }
        Value::Array(list) => list.iter_mut().for_each(without_order),
        Value::String(text) => *text = without_lines(text),
        _ => {}
    }
}

/// What must not depend on the order of the rows.
pub fn comparable(command: &str, text: &str) -> String {
    if let Ok(mut value) = serde_json::from_str::<Value>(text) {
        without_order(&mut value);
        return serde_json::to_string_pretty(&value).unwrap();
    }
    if command.contains("--format csv")
        && text
            .lines()
            .next()
            .is_some_and(|head| head.contains("line"))
    {
        let rows = table(text).into_iter().map(|mut row| {
            row.remove("line");
            let mut cells: Vec<_> = row.into_iter().collect();
            cells.sort();
            format!("{cells:?}\n")
        });
        return rows.collect();
    }
    let of_table = |line: &str| match line
        .strip_prefix("| ")
        .and_then(|rest| rest.split_once('|'))
    {
        Some((first, rest)) if first.trim().bytes().all(|b| b.is_ascii_digit()) => rest.to_owned(),
        _ => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().map(of_table).collect();
    // Line numbers of two digits make columns wider.
    let words = without_lines(&lines.join("\n"));
    let one_space = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    words.lines().map(|line| one_space(line) + "\n").collect()
}
