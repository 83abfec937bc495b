//! The description of a file format: how to recognise it, where its rows are, and what its columns
//! mean.

/// A format of another program. To support one more, add an entry to [`super::known::FORMATS`].
#[derive(Debug)]
pub(super) struct Format {
    /// What messages call it.
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// What every file of the format has: paths in a document or in the first object of JSON Lines,
    /// or all column names of a delimited table.
    pub(super) has: &'static [&'static str],
    /// The path to the rows of a document: keys separated by points, `[]` for each element of a
    /// list, `{name}` for each value of an object, whose key becomes the cell of the column `name`.
    pub(super) rows: &'static str,
    /// The columns of a document: their names, and the paths to their value from the row, or from
    /// the document with a leading `/`. `*` stands for the only key, and `{name}` for the row's
    /// cell in the column `name`. The first path with a value counts; a value of the row under the
    /// column's own name comes before all.
    pub(super) columns: &'static [(&'static str, &'static str)],
    /// Objects of a row whose keys become columns without the object's name as prefix.
    pub(super) lifted: &'static [&'static str],
    /// The columns of a document that are kept; empty keeps all.
    pub(super) kept: &'static [&'static str],
    /// Triples (column, other, word): unless the cell of `other` is `word`, it replaces that of
    /// `column`.
    pub(super) needs: &'static [(&'static str, &'static str, &'static str)],
    /// Endings of column names that carry no meaning.
    pub(super) without: &'static [&'static str],
    /// Words of the format, and what they mean in the columns above.
    pub(super) words: &'static [(&'static str, &'static str)],
    /// What the name of the file (or of its folder, if that is the run) says, as a regular
    /// expression over the name without its ending. The group `run` names the run, the group
    /// `value` names the column `Value`, and other groups become columns.
    pub(super) file: &'static str,
    pub(super) run: Run,
}

/// How a format is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One JSON value per file.
    Document,
    /// One JSON object per line.
    Lines,
    /// Columns with separators.
    Delimited,
}

/// What identifies a run in the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// The rows identify it, or nothing does.
    InRows,
    /// The file is one run.
    File,
    /// The folder of the file is one run.
    Folder,
}

/// Defaults for the fields that an entry omits.
pub(super) const PLAIN: Format = Format {
    name: "",
    shape: Shape::Document,
    has: &[],
    rows: "",
    columns: &[],
    lifted: &[],
    kept: &[],
    needs: &[],
    without: &[],
    words: &[],
    file: "",
    run: Run::InRows,
};
