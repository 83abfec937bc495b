//! Rows as they are written.

/// One row as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 1-based line in the file.
    pub line: u64,
    /// Trimmed text of its cells.
    pub cells: Vec<String>,
}

/// Rows of a table as they are written, by growing line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, one cell a column.
    pub rows: Vec<Row>,
}
