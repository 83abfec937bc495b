//! The description of a table: its columns, their content, and settings that may help to read it.

use crate::remedy::Remedy;
use serde::Serialize;

/// The description of a table, whether or not it can be read as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableSeen {
    /// The kind of the table.
    pub kind: TableKind,
    /// Number of rows inspected.
    pub rows: usize,
    /// Whether these are all rows.
    pub whole: bool,
    /// Every column, in the order of the file.
    pub columns: Vec<ColumnSeen>,
    /// Settings that may make it readable.
    pub choices: Vec<Remedy>,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// One row per run.
    Runs,
    /// One row per step of a run.
    TrainingCurves,
    /// One column per run, besides a column of steps.
    OneColumnARun,
    /// One row per model and problem.
    PassCounts,
    /// One row per sample.
    Samples,
    /// One row per model, with a score.
    Scores,
    /// None of these, by the names of the columns.
    #[default]
    Unknown,
}

/// The description of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnSeen {
    /// Its name.
    pub name: String,
    /// The content of its cells.
    pub holds: Holds,
    /// Smallest and largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// The shortest cell that is not blank, and the alphabetically first of several; may be empty.
    pub example: String,
    /// Its role according to its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// The unit in its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// `Eq` holds because the range has finite numbers, which equal themselves.
impl Eq for ColumnSeen {}

/// The content of the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Nothing.
    Empty,
    /// Mostly numbers.
    Number,
    /// Other text.
    Text,
}

impl Holds {
    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Holds::Empty => "empty",
            Holds::Number => "number",
            Holds::Text => "text",
        }
    }
}

impl TableKind {
    /// Its description, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            TableKind::Runs => "runs, one row each",
            TableKind::TrainingCurves => "training curves, one row a step of a run",
            TableKind::OneColumnARun => "training curves, one column a run",
            TableKind::PassCounts => "pass counts, one row a model and problem",
            TableKind::Samples => "samples, one row each",
            TableKind::Scores => "scores, one row a model",
            TableKind::Unknown => "not clear from the names of the columns",
        }
    }
}
