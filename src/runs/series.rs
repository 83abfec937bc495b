//! One of many series in a table.

use super::dataset::Dataset;
use crate::Result;

/// One of many series in a table: a curve, or the counts of one benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<T = Dataset> {
    /// The value of the column that distinguishes the series; values of several columns are joined
    /// by ` / `.
    pub key: String,
    /// Its data, or the reason why it cannot be used; other series are not affected.
    pub data: Result<T>,
}

impl<T> Series<T> {
    /// The same series with its data converted.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Series<U> {
        Series {
            key: self.key,
            data: self.data.map(make),
        }
    }
}
