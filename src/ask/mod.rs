//! Every use case: one typed request, one typed answer.
//!
//! A request is plain data that can be written to a file. It holds everything that decides the numbers: how the table is
//! read, the law, the objective, the targets, the levels, the methods and the seed. Whatever it leaves out has a default
//! that stands here and nowhere else. The table itself is a [`Source`], which may be columns in
//! memory. An answer is data too: [`crate::report`] and [`crate::chart`] show it and compute nothing.
//!
//! ```
//! use scalewise::{ask::{Ask, ForecastRequest}, tables::Source};
//! let compute = [1e18, 1e19, 1e20, 1e21, 1e22];
//! let loss = [3.1, 2.74, 2.46, 2.25, 2.1];
//! let table = Source::columns(&[("compute", &compute), ("loss", &loss)], "my runs")?;
//! let request = ForecastRequest { at: vec!["100x".parse()?], ..ForecastRequest::default() };
//! let answer = request.answer(&table)?;
//! let forecast = answer.forecasts().next().unwrap();
//! assert!((forecast.extrapolation - 100.0).abs() < 1e-9);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod allocate;
mod backtest;
mod capability;
mod compare;
mod fit;
mod forecast;
mod isoflop;
mod law;
mod plot;
mod predicted;
mod question;
mod register;
mod report;
mod score;
mod series;
mod size;
mod surface;
mod table;
mod targets;
mod verify;
mod version1;

pub use allocate::{
    AllocateAnswer, AllocateRequest, AllocationAt, Allocations, Cost, FLAT, Given, RefusedQuestion,
};
pub use backtest::{BacktestAnswer, BacktestRequest};
pub use capability::{
    CapabilityAnswer, CapabilityRequest, CountChoice, CountColumns, CurveForecasts, ProblemChoice,
};
pub use compare::{CompareAnswer, CompareRequest};
pub use fit::{FitAnswer, FitRequest};
pub use forecast::{ForecastAnswer, ForecastRequest, TargetAnswer, Withheld};
pub use isoflop::{ApproachRow, IsoflopAnswer, IsoflopRequest};
pub use law::{CURVE, LawChoice, ObjectiveName, SURFACE, law_named};
pub(crate) use plot::spaced;
pub use plot::{PlotAnswer, PlotRequest};
pub use question::Question;
pub use register::{RegisterAnswer, RegisterRequest, Stamp};
pub use report::{
    LossReport, ReportAnswer, ReportData, ReportKind, ReportRequest, SurfaceReport, main_interval,
};
pub use score::{Outcome, ScoreAnswer, ScoreRequest};
pub(crate) use series::NO_FIT;
pub use series::{OfSeries, by};
pub(crate) use size::{each_once, same_number, same_size};
pub(crate) use surface::POINTS;
pub use surface::{BestLine, Contour, SurfaceAnswer};
pub use table::{LossUnits, Reshaping, RowChoice, RunColumns, RunTable};
pub use targets::{NO_RUNS, NO_TARGET, Targets};
pub use verify::{VerifyAnswer, verify};

use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Progress, Silent};
use crate::runs::{CountTable, Dataset, Excluded};
use crate::tables::{ReadOptions, Series, Source, series_of};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Levels of the intervals where none are asked for.
pub const LEVELS: [f64; 2] = [0.8, 0.9];
/// The level where there is room for one.
pub const LEVEL: f64 = 0.9;
/// Refits of a bootstrap where no number is asked for.
pub const REPLICATES: usize = 1000;

/// Fewest runs that a back-test forecasts from, where no number is asked for.
pub const MIN_RUNS: usize = 3;
/// Difficulty buckets where no number is asked for.
pub const BUCKETS: usize = 6;
/// Runs whose 6ND agree within this fraction share an IsoFLOP budget, where no tolerance is asked for.
pub const TOLERANCE: f64 = 0.1;
/// The budget that the three approaches answer for where none is asked for.
pub const ISOFLOP_BUDGET: &str = "100x";
/// How FLOP are counted where it is not said: 6ND.
pub const FLOPS: &str = "6nd";

/// How far an answer can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// Nothing was found against it.
    Trustworthy,
    /// There are numbers, and something was found against them.
    NotTrustworthy,
    /// A finding forbids the numbers.
    Refused,
}

impl Trust {
    /// Of several answers together: refused if each is, trustworthy if each is.
    #[must_use]
    pub fn of_all(all: impl Iterator<Item = Trust>) -> Trust {
        let all: Vec<Trust> = all.collect();
        let is_all = |trust: Trust| all.iter().all(|one| *one == trust);
        match (is_all(Trust::Trustworthy), is_all(Trust::Refused)) {
            (true, _) => Trust::Trustworthy,
            (false, true) => Trust::Refused,
            (false, false) => Trust::NotTrustworthy,
        }
    }
}

/// A request: what is asked of a table.
pub trait Ask: Serialize + DeserializeOwned + Sync {
    /// What is read of the table.
    type Data: LeavesOut + Send;
    /// What is answered.
    type Answer: Serialize;

    /// Reads the table.
    ///
    /// # Errors
    /// When the request is not understood, or the table cannot be read.
    fn read(&self, table: &Source<'_>) -> Result<Self::Data>;

    /// Reads the series of a table, told apart by the columns `by`.
    ///
    /// # Errors
    /// As [`Ask::read`]; what is wrong with one series is that series' own error.
    fn read_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Self::Data>>>;

    /// Answers for what was read.
    ///
    /// # Errors
    /// When the request makes no sense, or the data give no fit at all. A fit that a finding refuses is an answer.
    fn of(&self, data: Self::Data, progress: &dyn Progress) -> Result<Self::Answer>;

    /// Reads the table and answers.
    ///
    /// # Errors
    /// As [`Ask::read`] and [`Ask::of`].
    fn answer(&self, table: &Source<'_>) -> Result<Self::Answer> {
        self.of(self.read(table)?, &Silent)
    }
}

/// What is read of a table, with the rows that are left out.
pub trait LeavesOut {
    /// The rows that are left out, and why.
    fn excluded(&self) -> &[Excluded];
}

impl LeavesOut for Dataset {
    fn excluded(&self) -> &[Excluded] {
        &self.excluded
    }
}

impl LeavesOut for CountTable {
    fn excluded(&self) -> &[Excluded] {
        match self {
            CountTable::Counts(counts) => &counts.excluded,
            CountTable::Rates(rates) => &rates.excluded,
        }
    }
}

/// The series of a table of runs.
fn runs_by(table: &Source<'_>, by: &str, mut options: ReadOptions) -> Result<Vec<Series<Dataset>>> {
    options.by = Some(by.to_owned());
    series_of(table, &options)
}

/// A request that makes no sense, whatever the data.
fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}
