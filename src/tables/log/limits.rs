//! How much of a table is held in memory, and how large its parts may be.

/// So much is held in memory of a table that is not read row by row.
pub(in crate::tables) const MEMORY: usize = 2 << 30;

/// A document with rows inside is held whole, as text and as values that take some times as much.
pub(in crate::tables) const DOCUMENT: usize = 256 << 20;

/// No row is longer than this many bytes; what has no end must not fill the memory.
pub(super) const LONGEST_ROW: usize = 64 << 20;

/// Columns that a table may have: what has more is no table, and each costs memory.
pub(super) const MOST_COLUMNS: usize = 1 << 20;
