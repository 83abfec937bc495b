//! What was seen of a table: its columns, what they hold, and what may help to read it.

use crate::remedy::Remedy;
use serde::Serialize;

/// What was seen of a table, whether or not it can be read as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableSeen {
    /// What kind of table it is.
    pub kind: TableKind,
    /// Rows that were looked at.
    pub rows: usize,
    /// Whether there are no more rows.
    pub whole: bool,
    /// Every column, in the order of the file.
    pub columns: Vec<ColumnSeen>,
    /// Settings with which it may be read.
    pub choices: Vec<Remedy>,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableKind {
    /// One row a run.
    Runs,
    /// One row a step of a run.
    TrainingCurves,
    /// One column a run beside a column of steps.
    OneColumnARun,
    /// One row a model and problem.
    PassCounts,
    /// One row a sample.
    Samples,
    /// One row a model, with a score.
    Scores,
    /// None of these by the names of the columns.
    #[default]
    Unknown,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnSeen {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub holds: Holds,
    /// Smallest and largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// The shortest cell that is not blank, and of several the first by letters; may be empty.
    pub example: String,
    /// What it is taken for by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// The unit that its name gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// The range holds finite numbers, which equal themselves.
impl Eq for ColumnSeen {}

/// What the cells of a column are.
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
    /// What it is, in words.
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
