//! The present time. Only this file reads the clock.

use scalewise::Result;
use scalewise::ledger::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// The system clock, to the second.
pub fn now() -> Result<Time> {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    };
    Time::from_unix(seconds)
}
