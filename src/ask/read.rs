//! Requests that take a table: what each reads of it.

use super::observed::Observed;
use super::report::ReportKind;
use super::{
    AllocateRequest, Ask, BacktestRequest, CapabilityRequest, CompareRequest, FitRequest,
    ForecastRequest, IsoflopRequest, LawChoice, OptimumRequest, PlanRequest, PlotRequest,
    PointsRequest, ReportRequest, RunTable,
};
use super::{CURVE, SURFACE};
use crate::error::Result;
use crate::fit::{Code, Diagnosis};
use crate::interval::check_levels;
use crate::law::Law;
use crate::progress::Silent;
use crate::runs::{CountTable, Dataset, Excluded, Series};
use crate::tables::{
    ReadOptions, Source, WantedColumn, holds_counts, read_counts, read_counts_by, series_of,
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// A request that takes a table.
#[doc(hidden)]
pub trait AskTable: Ask {
    /// Reads the table, whatever the findings about it.
    ///
    /// # Errors
    /// When the request is invalid, or the table cannot be read.
    fn read_any(&self, table: &Source<'_>) -> Result<Self::Data>;

    /// Reads the series that the columns `by` name, whatever the findings about them.
    ///
    /// # Errors
    /// As for [`AskTable::read_any`]. An error in one series is in that series' result.
    fn read_any_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Self::Data>>>;

    /// The data, unless a finding says that they are not independent points of one curve and the
    /// request does not force their use.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::ErrorKind::Data) with that finding.
    fn usable(&self, data: Self::Data) -> Result<Self::Data>;

    /// Reads the table, and refuses rows that are not independent points of one curve.
    ///
    /// # Errors
    /// As for [`AskTable::read_any`] and [`AskTable::usable`].
    fn read(&self, table: &Source<'_>) -> Result<Self::Data> {
        self.usable(self.read_any(table)?)
    }

    /// As [`AskTable::read`], for the series of a table.
    ///
    /// # Errors
    /// As for [`AskTable::read_any_by`]. A finding that forbids one series is in that series'
    /// result.
    fn read_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Self::Data>>> {
        let usable = |one: Series<Self::Data>| Series {
            data: one.data.and_then(|data| self.usable(data)),
            key: one.key,
        };
        let series = self.read_any_by(table, by)?;
        Ok(series.into_iter().map(usable).collect())
    }

    /// The rows that were left out, and why.
    fn excluded(data: &Self::Data) -> &[Excluded];
}

/// Reads a table and answers a request for each series that the columns `by` name, on all cores and
/// in order of first appearance. A series that fails does not affect the others.
///
/// ```
/// use scalewise::{ask::{FitRequest, answer_by}, tables::Source};
/// let csv = b"family,flops,loss\n\
///     a,1e18,3.1\na,1e19,2.74\na,1e20,2.46\na,1e21,2.25\na,1e22,2.1\nb,1e18,3.2\n";
/// let table = Source::bytes(csv, "runs.csv");
/// let series = answer_by(&FitRequest::default(), &table, "family")?;
/// assert_eq!((series[0].key.as_str(), series[1].key.as_str()), ("a", "b"));
/// assert!(series[0].data.is_ok() && series[1].data.is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// When the request is invalid, or the table cannot be read.
pub fn answer_by<Q: AskTable>(
    request: &Q,
    table: &Source<'_>,
    by: &str,
) -> Result<Vec<Series<Q::Answer>>>
where
    Q::Answer: Send,
{
    let answered = |series: Series<Q::Data>| Series {
        data: series.data.and_then(|data| request.watched(&data, &Silent)),
        key: series.key,
    };
    let series = request.read_by(table, by)?;
    Ok(series.into_par_iter().map(answered).collect())
}

/// A request about runs.
pub trait OfRuns: Ask<Data = Dataset> {
    /// How a table is read. Checks first what is invalid for any table.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when the request is invalid.
    fn options(&self) -> Result<ReadOptions>;

    /// Whether the runs are used despite this finding.
    fn is_forced(&self, found: &Diagnosis) -> bool;
}

impl<Q: OfRuns> AskTable for Q {
    fn read_any(&self, table: &Source<'_>) -> Result<Dataset> {
        Dataset::from_source(table, &self.options()?)
    }

    fn read_any_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Dataset>>> {
        runs_by(table, by, self.options()?)
    }

    fn usable(&self, data: Dataset) -> Result<Dataset> {
        data.unless_blocked(|found| self.is_forced(found))
    }

    fn excluded(data: &Dataset) -> &[Excluded] {
        &data.excluded
    }
}

/// How a table is read for this fit. Losses may be zero or negative if no logarithm of them is
/// needed.
fn fitted(table: &RunTable, fit: &LawChoice, law: &dyn Law) -> Result<ReadOptions> {
    let columns = fit.further_columns()?.into_iter();
    let columns = columns.map(|(name, required)| WantedColumn { name, required });
    let mut options = table.options(Some(law))?;
    if options.loss_col.is_none() {
        options.loss_col = fit.outcome()?;
    }
    Ok(ReadOptions {
        negative_losses: fit.admits_negative(law),
        columns: columns.collect(),
        ..options
    })
}

fn runs_by(table: &Source<'_>, by: &str, mut options: ReadOptions) -> Result<Vec<Series<Dataset>>> {
    options.by = Some(by.to_owned());
    series_of(table, &options)
}

impl OfRuns for FitRequest {
    fn options(&self) -> Result<ReadOptions> {
        fitted(&self.table, &self.fit, &*self.fit.law_or(CURVE)?)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.table.force
    }
}

impl OfRuns for PointsRequest {
    fn options(&self) -> Result<ReadOptions> {
        fitted(&self.table, &self.fit, &*self.fit.law_or(CURVE)?)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.force || self.table.force
    }
}

impl OfRuns for PlanRequest {
    fn options(&self) -> Result<ReadOptions> {
        fitted(&self.table, &self.fit, &*self.fit.law_or(CURVE)?)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.force || self.table.force
    }
}

impl OfRuns for OptimumRequest {
    fn options(&self) -> Result<ReadOptions> {
        fitted(&self.table, &self.fit, &*self.fit.law_or(CURVE)?)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.force || self.table.force
    }
}

impl OfRuns for ForecastRequest {
    fn options(&self) -> Result<ReadOptions> {
        fitted(&self.table, &self.fit, &*self.fit.law_or(CURVE)?)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.force || self.table.force
    }
}

impl OfRuns for PlotRequest {
    fn options(&self) -> Result<ReadOptions> {
        fitted(&self.table, &self.fit, &*self.fit.curve()?)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.table.force
    }
}

impl OfRuns for BacktestRequest {
    fn options(&self) -> Result<ReadOptions> {
        let options = self.table.options(Some(&*self.fit.curve()?))?;
        self.by_fit()?;
        Ok(options)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.force || self.table.force
    }
}

impl OfRuns for CompareRequest {
    fn options(&self) -> Result<ReadOptions> {
        self.chosen()?;
        self.table.options(None)
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.table.force
    }
}

impl OfRuns for AllocateRequest {
    fn options(&self) -> Result<ReadOptions> {
        self.check()?;
        self.table.options(Some(&*self.fit.law_or(SURFACE)?))
    }

    fn is_forced(&self, _: &Diagnosis) -> bool {
        self.force || self.table.force
    }
}

impl OfRuns for IsoflopRequest {
    fn options(&self) -> Result<ReadOptions> {
        self.check()?;
        self.table.options(Some(&*self.fit.law_or(SURFACE)?))
    }

    /// One of the approaches uses training curves.
    fn is_forced(&self, found: &Diagnosis) -> bool {
        self.table.force || found.code == Code::SeveralSteps
    }
}

impl AskTable for CapabilityRequest {
    fn read_any(&self, table: &Source<'_>) -> Result<CountTable> {
        check_levels(&self.levels)?;
        let read = read_counts(&table.read()?, table.name(), &self.table.options()?);
        let mut counts = table.placed(read)?;
        table.place_in(&mut counts);
        Ok(counts)
    }

    fn read_any_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<CountTable>>> {
        check_levels(&self.levels)?;
        let mut options = self.table.options()?;
        options.by = Some(by.to_owned());
        table.placed(read_counts_by(&table.read()?, table.name(), &options))
    }

    fn usable(&self, data: CountTable) -> Result<CountTable> {
        data.unless_blocked(self.force || self.table.force)
    }

    fn excluded(data: &CountTable) -> &[Excluded] {
        match data {
            CountTable::Counts(counts) => &counts.excluded,
            CountTable::Rates(rates) => &rates.excluded,
        }
    }
}

impl ReportRequest {
    /// The kind of the data: the one that the request sets, or the one that the table's beginning
    /// and the law show.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when there is no law of that name.
    #[doc(hidden)]
    pub fn kind_of(&self, opening: &[u8]) -> Result<ReportKind> {
        match self.kind {
            Some(kind) => Ok(kind),
            None if self.counts.columns.of_counts() || holds_counts(opening) => {
                Ok(ReportKind::Capability)
            }
            None => self.kind_by_law(),
        }
    }

    /// How a table of runs is read; `None` if the table holds pass counts.
    fn options(&self, table: &Source<'_>) -> Result<Option<ReadOptions>> {
        check_levels(&self.levels)?;
        match self.kind_of(&table.opening())? {
            ReportKind::Capability => Ok(None),
            _ => {
                let law = self.fit.law_or(self.default_law())?;
                fitted(&self.table, &self.fit, &*law).map(Some)
            }
        }
    }
}

impl AskTable for ReportRequest {
    fn read_any(&self, table: &Source<'_>) -> Result<Observed> {
        Ok(match self.options(table)? {
            None => Observed::Counts(self.of_counts().read_any(table)?),
            Some(options) => Observed::Runs(Dataset::from_source(table, &options)?),
        })
    }

    fn read_any_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Observed>>> {
        fn all<T>(series: Vec<Series<T>>, make: fn(T) -> Observed) -> Vec<Series<Observed>> {
            series.into_iter().map(|one| one.map(make)).collect()
        }
        Ok(match self.options(table)? {
            None => all(self.of_counts().read_any_by(table, by)?, Observed::Counts),
            Some(options) => all(runs_by(table, by, options)?, Observed::Runs),
        })
    }

    fn usable(&self, data: Observed) -> Result<Observed> {
        let (runs, counts) = (self.table.force, self.counts.force);
        Ok(match data {
            Observed::Runs(data) => Observed::Runs(data.unless_blocked(|_| self.force || runs)?),
            Observed::Counts(table) => {
                Observed::Counts(table.unless_blocked(self.force || counts)?)
            }
            Observed::Log(log) => Observed::Log(log),
        })
    }

    fn excluded(data: &Observed) -> &[Excluded] {
        match data {
            Observed::Runs(data) => &data.excluded,
            Observed::Counts(table) => CapabilityRequest::excluded(table),
            Observed::Log(log) => &log.excluded,
        }
    }
}
