//! A run that has reached its end.

use super::condense::condensed;
use super::log::{Cleaned, Point};
use super::noise::scatter;

/// The loss of a run at its end, and the standard deviation of the noise of that point; `None` if
/// the log does not reach the end.
#[must_use]
pub fn ended(points: &[Point], end: f64) -> Option<(f64, f64)> {
    let cleaned = Cleaned::new(points).points;
    let count = cleaned.partition_point(|p| p.step <= end);
    let last = cleaned[..count].last()?;
    if last.step < end && count == cleaned.len() {
        return None;
    }
    let until = &cleaned[..count];
    Some((
        last.loss,
        scatter(until, &condensed(until)).sigma * last.loss,
    ))
}
