//! Cells as a line of CSV with few quotes, which is read fast.

/// A line of CSV. Only cells that need quotes have them, since lines without quotes are read
/// faster.
pub(super) fn line<'a>(cells: impl ExactSizeIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    let alone = cells.len() == 1;
    for (k, cell) in cells.enumerate() {
        if k > 0 {
            line.push(',');
        }
        let odd = cell.contains([',', '"', '\n', '\r', ';', '\t', '{', '[']);
        // A blank line would not count as a row.
        let quoted = odd || (alone && cell.is_empty());
        match quoted {
            false => line.push_str(cell),
            true => {
                line.push('"');
                // Line breaks are removed: each row must stay one line, because messages give line
                // numbers.
                line.push_str(&cell.replace('"', "\"\"").replace(['\n', '\r'], " "));
                line.push('"');
            }
        }
    }
    line.push('\n');
    line
}
