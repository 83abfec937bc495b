//! One of many series.

use super::dataset::Dataset;
use crate::Result;

/// One of the many that a table holds: a curve, or what was counted of one benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<T = Dataset> {
    /// The value of the column that tells the series apart; of several columns, with ` / ` between.
    pub key: String,
    /// What it holds, or why this series cannot be used; the others are not affected.
    pub data: Result<T>,
}

impl<T> Series<T> {
    /// The same series with something else made of what it holds.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Series<U> {
        Series {
            key: self.key,
            data: self.data.map(make),
        }
    }
}
