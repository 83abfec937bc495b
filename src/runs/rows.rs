//! Rows of a table as text.

/// One row as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 1-based line in the file.
    pub line: u64,
    /// Trimmed text of its cells.
    pub cells: Vec<String>,
}

/// Rows of a table as text, sorted by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, one cell per column.
    pub rows: Vec<Row>,
}
