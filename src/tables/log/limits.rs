//! Limits on the memory that a table takes and on the size of its parts.

/// Most bytes held in memory of a table that is not read row by row.
pub(in crate::tables) const MEMORY: usize = 2 << 30;

/// Largest document that is parsed whole: its values take several times the memory of its text.
pub(in crate::tables) const DOCUMENT: usize = 256 << 20;

/// Longest row in bytes, so that an endless line does not fill the memory.
pub(super) const LONGEST_ROW: usize = 64 << 20;

/// Most columns of a table, since each costs memory.
pub(super) const MOST_COLUMNS: usize = 1 << 20;
