//! Blocks of rows that are read at the same time and put together at once.

use super::block::Block;
use super::stream::Stream;
use crate::Error;

/// Blocks between two times of putting together, at least: on a busy machine, waiting for one another costs more than the
/// work.
const BLOCKS: usize = 64;

/// Blocks that arrived one after the other.
pub(super) struct Batch {
    pub(super) blocks: Vec<Block>,
    /// What the reading ended with.
    pub(super) failed: Option<Error>,
    /// Whether more blocks may follow; else rows do that cannot be split off, or none.
    pub(super) full: bool,
}

impl Batch {
    /// As many as are put together at once, or fewer.
    pub(super) fn arrived(rows: &mut Stream<'_>, spare: &mut Vec<Vec<u8>>) -> Batch {
        let most = BLOCKS.max(4 * rayon::current_num_threads());
        let mut blocks = Vec::with_capacity(most);
        let mut failed = None;
        while blocks.len() < most {
            match rows.block(spare) {
                Ok(Some(block)) => blocks.push(block),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        Batch {
            full: blocks.len() == most,
            blocks,
            failed,
        }
    }
}
