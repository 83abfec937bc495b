//! What is known of a format: how it is recognised, where its rows are, and which column is what.

/// A format of another program. An entry of [`super::known::FORMATS`] is all that it takes to read
/// one more.
#[derive(Debug)]
pub(super) struct Format {
    /// What messages call it.
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    /// What every file of the format has: paths in a document or in the first object of JSON Lines;
    /// the names of the columns, all of them, of a delimited table.
    pub(super) has: &'static [&'static str],
    /// Where the rows of a document are: keys between points, `[]` for each element of a list,
    /// `{name}` for each value of an object, whose key becomes the cell of the column `name`.
    pub(super) rows: &'static str,
    /// Columns of a document: their names, and the path of their value from the row, or from the
    /// document with a leading `/`; `*` is the only key there is. The first path that has a value
    /// counts, and a value that the row itself has under this name comes before all. `{name}` is the
    /// key that is the row's cell of that name.
    pub(super) columns: &'static [(&'static str, &'static str)],
    /// Objects of a row whose keys become columns without the name of the object before them.
    pub(super) lifted: &'static [&'static str],
    /// The columns of a document that are kept; all where it is empty.
    pub(super) kept: &'static [&'static str],
    /// Columns with another one and a word of it: where that has another word, it is theirs too.
    pub(super) needs: &'static [(&'static str, &'static str, &'static str)],
    /// Endings of names that say nothing.
    pub(super) without: &'static [&'static str],
    /// What words of the format mean in the columns above.
    pub(super) words: &'static [(&'static str, &'static str)],
    /// What the name of the file, or of the folder where that is the run, says, as a regular
    /// expression over the name without its ending. The group `run` names the run, other groups
    /// become columns, and the group `value` names the column `Value`.
    pub(super) file: &'static str,
    pub(super) run: Run,
}

/// How a format is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One JSON value a file.
    Document,
    /// One JSON object a line.
    Lines,
    /// Columns with separators between.
    Delimited,
}

/// What the runs of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// Rows say it, or nobody does.
    InRows,
    /// The file is one run.
    File,
    /// The folder of the file is one run.
    Folder,
}

/// What an entry need not say.
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
