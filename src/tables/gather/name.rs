//! Names of files.

use std::path::Path;

/// The name of a file or folder without those above it.
pub(super) fn file_name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("")
}

/// Endings that name a file's format and not its run.
const ENDINGS: [&str; 12] = [
    ".gz", ".zst", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".log",
    ".txt", ".out",
];

/// The name of a file without such endings.
pub(super) fn stem(name: &str) -> &str {
    let mut stem = name;
    while let Some(short) = ENDINGS.iter().find_map(|ending| stem.strip_suffix(ending)) {
        stem = short;
    }
    if stem.is_empty() { name } else { stem }
}
