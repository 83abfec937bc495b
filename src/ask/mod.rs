//! Every use case: one typed request, one typed answer.
//!
//! A request is plain data that can be written to a file. It holds everything that determines the
//! numbers: how the table is read, the law, the objective, the targets, the levels, the methods and
//! the seed. All its defaults are defined here. Its method `of` takes data in memory, and `answer`
//! takes a table. An answer is data too: [`crate::report`] and [`crate::chart`] show it and compute
//! nothing.
//!
//! ```
//! use scalewise::{Dataset, ask::ForecastRequest};
//! let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
//! let answer = ForecastRequest::default().at(["100x".parse()?]).of(&Dataset::from_runs(runs)?)?;
//! let forecast = answer.forecasts().next().unwrap();
//! assert!((forecast.extrapolation - 100.0).abs() < 1e-9);
//! # Ok::<(), scalewise::Error>(())
//! ```

#[macro_use]
mod request;

mod allocate;
mod allocate_formula;
mod allocated;
mod backtest;
mod branches;
mod by_floor;
mod came_true;
mod capability;
mod capability_what_if;
mod capped;
mod cells;
mod cells_answer;
mod checked;
mod compare;
#[cfg(feature = "tables")]
mod conventions;
mod curve;
mod curve_answer;
mod curve_follow;
mod curve_recipe;
mod curve_request;
mod curve_schedule;
mod curves;
mod defaults;
mod evidence;
mod external;
mod fit;
mod forecast;
mod isoflop;
mod isoflop_findings;
mod isoflop_grades;
mod isoflop_lines;
mod isoflop_row;
mod law;
mod likelihood;
#[cfg(feature = "tables")]
mod log_reading;
mod log_table;
mod model_size;
mod named_findings;
mod observed;
mod optimum;
mod optimum_answer;
mod optimum_standing;
#[cfg(feature = "tables")]
mod options;
mod other_sizes;
mod plan;
mod plan_answer;
mod plan_points;
mod plan_pool;
mod plan_request;
mod plot;
mod points;
mod predicted;
mod question;
#[cfg(feature = "tables")]
mod read;
mod recipe;
mod register;
mod report;
mod score;
mod score_grades;
mod scores;
mod scores_answer;
#[cfg(feature = "tables")]
mod scores_data;
mod scores_groups;
mod scores_json;
mod scores_request;
mod scores_shown;
mod scores_what_if;
mod series;
mod size;
mod surface;
mod table;
#[cfg(feature = "tables")]
mod table_evidence;
#[cfg(feature = "tables")]
mod targets;
mod verify;
mod version1;
mod versus;
mod versus_answer;
#[cfg(feature = "tables")]
mod versus_data;
mod versus_sides;
mod what_if;
mod what_if_surface;

pub use crate::plan::Design;
pub use crate::scores::hidden::ScoreLaw;
pub use allocate::{AllocateAnswer, AllocateRequest};
pub use allocated::AllocationAt;
pub use backtest::{BacktestAnswer, BacktestRequest};
pub use capability::{CapabilityAnswer, CapabilityRequest, ProblemChoice};
#[doc(hidden)]
pub use capped::CappedAnswer;
pub use compare::{CompareAnswer, CompareRequest};
#[cfg(feature = "tables")]
#[doc(hidden)]
pub use conventions::ConventionsAnswer;
pub use curve_answer::CurveAnswer;
pub use curve_follow::{CurveFollow, CurveUpdate};
pub use curve_recipe::{RecipeAnswer, RecipeRequest, SchedulesAnswer, SchedulesRequest};
pub use curve_request::CurveRequest;
pub use curves::CurvesAnswer;
pub(crate) use curves::{RunAtEnd, RunState};
pub use external::ExternalForecast;
pub use fit::{FitAnswer, FitRequest};
pub use forecast::{ForecastAnswer, ForecastRequest, Withheld};
pub use isoflop::{IsoflopAnswer, IsoflopRequest};
pub use isoflop_row::ApproachRow;
pub use law::{LawChoice, ObjectiveName};
pub use log_table::LogTable;
pub use model_size::ModelSize;
pub use observed::Observed;
pub use optimum::OptimumRequest;
pub use optimum_answer::{OptimumAnswer, OptimumAt, OptimumValue};
pub use plan_answer::PlanAnswer;
pub use plan_request::PlanRequest;
pub use plot::PlotAnswer;
pub use points::{PointAt, PointsAnswer, PointsRequest};
pub use question::Question;
#[cfg(feature = "tables")]
pub use read::{AskTable, answer_by};
pub use recipe::Recipe;
pub use register::{RegisterAnswer, RegisterRequest, Stamp};
pub use report::{ReportAnswer, ReportKind, ReportRequest};
pub use score::{Actual, ScoreAnswer, ScoreRequest};
pub use scores_answer::ScoresAnswer;
pub use scores_request::{ScoresRequest, Suite};
pub use surface::SurfaceAnswer;
pub use table::{CountChoice, RunTable};
pub use verify::{VerifyAnswer, VerifyRequest};
pub use versus::VersusRequest;
pub use versus_answer::VersusAnswer;

pub(crate) use allocate::{Allocations, FLAT};
pub(crate) use allocated::{Cost, OtherSize, RefusedQuestion};
pub(crate) use came_true::{NEAR, actuals_at, main_interval, mean_actual};
pub(crate) use capability::CurveForecasts;
pub(crate) use capped::{CappedAt, OfLaw};
pub(crate) use cells_answer::Cell;
#[cfg(feature = "tables")]
pub(crate) use conventions::Convention;
pub(crate) use forecast::TargetAnswer;
pub(crate) use isoflop_row::Influence;
pub(crate) use plan_answer::{PlanStep, Planned, Widths as PlannedWidths};
pub(crate) use plot::spaced;
pub(crate) use points::name_of;
pub(crate) use report::{LossReport, ReportOf, SurfaceReport};
pub(crate) use score_grades::reasons;
pub(crate) use scores_answer::{ScoreCurves, ScoreForecast, TaskAnswer};
pub(crate) use series::NO_FIT;
pub(crate) use size::{each_once, same_number, same_size};
pub(crate) use surface::{BestLine, POINTS, Valley};
pub(crate) use versus_answer::{Compared, Fitted};
pub(crate) use what_if::{By, WhatIf, WhatIfAt};
pub(crate) use what_if_surface::{LeftOut, SurfaceWhatIf};

/// What the command line uses besides the public items.
pub(crate) mod hidden {
    pub use super::cells::Cells;
    pub use super::cells_answer::CellsAnswer;
    pub use super::checked::findings;
    pub use super::defaults::{
        BUCKETS, CURVE, FLOPS, ISOFLOP_BUDGET, LEVEL, LEVELS, MIN_RUNS, REPLICATES, SURFACE,
        TOLERANCE,
    };
    pub use super::law::law_named;
    pub use super::plot::PlotRequest;
    pub use super::points::variables_of;
    pub use super::score_grades::{SCORE_RECORD, score_grade};
    #[cfg(feature = "tables")]
    pub use super::scores_data::holds_scores;
    pub use super::series::{OfSeries, by};
    #[cfg(feature = "tables")]
    pub use super::targets::{NO_RUNS, Targets};
}

pub(crate) use hidden::*;

use crate::error::{Error, ErrorKind, Result};
use crate::progress::{Progress, Silent};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How far an answer can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// It can be relied on: each forecast has grade moderate or high, and the fit is optimal.
    Trustworthy,
    /// There are numbers, but they cannot be relied on without further evidence.
    NotTrustworthy,
    /// A finding forbids the numbers.
    Refused,
}

impl Trust {
    /// For several answers together: refused if all are, trustworthy if all are.
    #[doc(hidden)]
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

/// A request: what is asked of runs or pass counts.
#[doc(hidden)]
pub trait Ask: Serialize + DeserializeOwned + Sync {
    /// The type of the data.
    type Data: Send;
    /// The type of the answer.
    type Answer: Serialize;

    /// Answers the request, and reports progress.
    ///
    /// # Errors
    /// When the request is invalid, or the data give no fit at all. A fit that a finding refuses is
    /// an answer, not an error.
    fn watched(&self, data: &Self::Data, progress: &dyn Progress) -> Result<Self::Answer>;
}

/// Answers a request for each of many data sets, on all cores and in order. One that fails does not
/// affect the others.
pub fn of_each<Q: Ask>(request: &Q, data: &[Q::Data]) -> Vec<Result<Q::Answer>>
where
    Q::Data: Sync,
    Q::Answer: Send,
{
    data.par_iter()
        .map(|one| request.watched(one, &Silent))
        .collect()
}

/// Separates alternatives, each of which is answered.
const OR: char = '|';

/// The error for a request that is invalid for any data.
fn usage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Usage, message)
}
