//! Cells as a line of CSV.

/// Every cell is quoted, so readers need not guess the separator.
pub(in crate::tables) fn record<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = cells
        .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
        .collect();
    quoted.join(",") + "\n"
}
