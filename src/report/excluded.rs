//! The rows of a table that were not used.

use super::document::Block;
use crate::finding::lines;
use crate::runs::Excluded;
use std::collections::HashMap;

/// The excluded rows with their lines and reasons, under the heading `because`. If there are more
/// than `most`, rows with the same reason share a line of the table, and at most `most` reasons are
/// listed.
pub(super) fn excluded(excluded: &[Excluded], most: usize, because: &str) -> Vec<Block> {
    if excluded.is_empty() {
        return Vec::new();
    }
    if excluded.len() <= most {
        let rows = excluded
            .iter()
            .map(|e| vec![e.line.to_string(), e.reason.clone()]);
        return vec![Block::table(&["line", because], &[1], rows)];
    }
    let mut reasons: Vec<(&str, Vec<u64>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in excluded {
        let reason = without_place(&row.reason);
        let place = *places.entry(reason).or_insert(reasons.len());
        match reasons.get_mut(place) {
            Some((_, lines)) => lines.push(row.line),
            None => reasons.push((reason, vec![row.line])),
        }
    }
    let count = reasons.len();
    let rows = reasons.into_iter().take(most).map(|(reason, of)| {
        let count = of.len().to_string();
        vec![lines(of), count, reason.to_owned()]
    });
    let mut blocks = vec![Block::table(&["", "rows", because], &[0, 2], rows)];
    if count > most {
        let more = format!("and rows of {} more reasons", count - most);
        blocks.push(Block::Text(more));
    }
    blocks
}

/// A reason without the file and the line at its end, which rows of several files have.
fn without_place(reason: &str) -> &str {
    let place = |(start, rest): (&str, &str)| {
        let line = rest.strip_suffix(')')?.rsplit_once(':')?.1;
        let is_line = !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit());
        is_line.then_some(start.len())
    };
    let end = reason.rsplit_once(" (").and_then(place);
    &reason[..end.unwrap_or(reason.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: u64, reason: impl Fn(u64) -> String) -> Vec<Excluded> {
        let row = |line| Excluded {
            line,
            reason: reason(line),
        };
        (2..count + 2).map(row).collect()
    }

    #[test]
    fn many_rows_are_listed_by_their_reasons() {
        let of_files = rows(30, |line| format!("loss is blank (a b/c.csv:{line})"));
        let few = excluded(&of_files[..3], 5, "because");
        assert!(matches!(&few[..], [Block::Table { rows, .. }] if rows.len() == 3));
        let many = excluded(&of_files, 5, "because");
        let [Block::Table { rows: listed, .. }] = &many[..] else {
            panic!("{many:?}");
        };
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0][1..], ["30", "loss is blank"]);
        // What is no place stays, and reasons beyond the limit are counted.
        let other = rows(30, |line| format!("lr is not a number ('{line}')"));
        let many = excluded(&other, 5, "because");
        assert!(matches!(&many[1], Block::Text(text) if text.contains("25 more reasons")));
    }
}
