//! Asks a request of every series of a table.

use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Listener, Progress};
use crate::runs::Series;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// The code of a series whose rows give no fit at all.
pub(crate) const NO_FIT: &str = "no-fit";

/// The result for one series.
#[derive(Debug, Clone, PartialEq)]
pub struct OfSeries<R> {
    /// The series.
    pub series: String,
    /// The code of the reason why there is no result, if there is none.
    pub code: Option<String>,
    /// The reason in words; empty if there is a result.
    pub reason: String,
    /// The result, if any.
    pub result: Option<R>,
}

impl<R> OfSeries<R> {
    /// `ok`, or `abstained: CODE`.
    #[must_use]
    pub fn status(&self) -> String {
        match &self.code {
            None => "ok".to_owned(),
            Some(code) => format!("abstained: {code}"),
        }
    }
}

/// Applies `make` to every series on all cores, and keeps their order. A series that fails does not
/// affect the others, but an error that concerns all of them ends the whole.
///
/// # Errors
/// When `make` fails with [`ErrorKind::Usage`] or [`ErrorKind::Io`], or `progress` cancels it.
pub fn by<T: Send, R: Send>(
    series: Vec<Series<T>>,
    progress: &dyn Progress,
    make: impl Fn(&str, T) -> Result<R> + Sync,
) -> Result<Vec<OfSeries<R>>> {
    progress.expect(series.len());
    let made: Vec<(String, Result<R>)> = series
        .into_par_iter()
        .map(|s| {
            let data = Listener(progress).go_on().and(s.data);
            let made = data.and_then(|data| make(&s.key, data));
            progress.step();
            (s.key, made)
        })
        .collect();
    made.into_iter()
        .map(|(series, made)| match made {
            Err(e) if e.kind() == ErrorKind::Cancelled => Err(e),
            Err(e) if matches!(e.kind(), ErrorKind::Usage | ErrorKind::Io) => {
                let message = format!("series '{series}': {e}");
                Err(Error::new(e.kind(), message).with_advice_of(&e))
            }
            Err(e) => Ok(OfSeries {
                series,
                code: Some(NO_FIT.to_owned()),
                reason: e.to_string(),
                result: None,
            }),
            Ok(result) => Ok(OfSeries {
                series,
                code: None,
                reason: String::new(),
                result: Some(result),
            }),
        })
        .collect()
}
