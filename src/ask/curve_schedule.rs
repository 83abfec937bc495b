//! Schedules in requests, given as a text or as a table of rates.

use super::usage;
use crate::curve::hidden::Schedule;
use crate::error::Result;
use crate::remedy::Setting;

/// The schedule from a text or a table; `None` if there is neither.
pub(super) fn schedule(text: Option<&str>, rates: Option<&str>) -> Result<Option<Schedule>> {
    match (text, rates) {
        (Some(_), Some(_)) => Err(usage("a schedule and a table of rates are given")
            .with_hint("give one of them")
            .with_remedy(Setting::Schedule)),
        (Some(text), None) => parsed(text).map(Some),
        (None, Some(rates)) => of_table(rates).map(Some),
        (None, None) => Ok(None),
    }
}

/// The schedule of a text.
pub(super) fn parsed(text: &str) -> Result<Schedule> {
    Schedule::parse(text).map_err(|error| error.about(Setting::Schedule))
}

#[cfg(feature = "tables")]
fn of_table(rates: &str) -> Result<Schedule> {
    let points = crate::tables::read_rates(rates.as_bytes(), "the schedule")?;
    Schedule::table(points).map_err(|error| error.about(Setting::Schedule))
}

#[cfg(not(feature = "tables"))]
fn of_table(_: &str) -> Result<Schedule> {
    Err(usage("this build reads no tables").with_hint("give a schedule as a text"))
}
