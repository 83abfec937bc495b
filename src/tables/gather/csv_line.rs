//! Cells as a line of CSV that is read fast.

/// A line of CSV; only what needs quotes has them, since lines without any are read faster.
pub(super) fn line<'a>(cells: impl ExactSizeIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    let alone = cells.len() == 1;
    for (k, cell) in cells.enumerate() {
        if k > 0 {
            line.push(',');
        }
        let odd = cell.contains([',', '"', '\n', '\r', ';', '\t', '{', '[']);
        // A blank line would be no row.
        let quoted = odd || (alone && cell.is_empty());
        match quoted {
            false => line.push_str(cell),
            true => {
                line.push('"');
                // A line of the table is a line of the text, which its place is told by.
                line.push_str(&cell.replace('"', "\"\"").replace(['\n', '\r'], " "));
                line.push('"');
            }
        }
    }
    line.push('\n');
    line
}
