//! The table reader: bytes of any format and size to rows.
//!
//! A [`Source`] opens as a [`Stream`] of rows, which are read one by one, all at once by [`read`],
//! or in parallel by [`Stream::in_parts`].
//!
//! ```text
//! source (a file, a pipe, bytes) -> unpack (gzip, Zstandard) -> window (bytes as they arrive)
//!   -> records (CSV), json_lines, parquet -> stream (rows of any format)
//!   -> whole (held in memory), parts (read at the same time)
//! ```
//!
//! Rows without quotes are split off in `block`s, whose `marks` say where cells end; other rows are
//! `held` in one text. Both are private to this folder.

mod block;
mod complaint;
mod decimal;
mod held;
mod json_lines;
mod keys;
mod limits;
mod marks;
mod origin;
#[cfg(feature = "parquet")]
mod parquet;
mod parts;
mod raw;
mod read_part;
mod record;
mod records;
mod source;
mod stream;
#[cfg(feature = "parquet")]
mod typed;
mod unpack;
mod whole;
mod window;

pub(super) use complaint::{bad, too_large};
pub use decimal::Decimal;
pub(super) use json_lines::without_nan;
pub(super) use limits::{DOCUMENT, MEMORY};
pub(super) use origin::Origin;
pub(crate) use raw::Delimiter;
pub(super) use raw::{NextRow, RawRow, RawTable, RowView};
pub(super) use read_part::ReadPart;
pub(super) use record::record;
pub use source::{Source, read_bytes, read_document};
pub(super) use stream::Stream;
pub(super) use whole::{hold, read, read_with};
pub(super) use window::line_ends;
