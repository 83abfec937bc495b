//! The data of a one-page report.

use super::came_true::main_interval;
use super::capability::{CapabilityAnswer, CapabilityRequest, CapabilityWhatIf, ProblemChoice};
use super::law::LawChoice;
use super::observed::Observed;
use super::table::{CountChoice, RunTable, is_default};
use super::what_if::WhatIf;
use super::what_if_surface::SurfaceWhatIf;
use super::{
    AllocateAnswer, AllocateRequest, Ask, BacktestAnswer, FLOPS, ForecastAnswer, ForecastRequest,
    LEVEL, LEVELS, ModelSize, PlotAnswer, PointsAnswer, PointsRequest, ScoresAnswer, ScoresRequest,
    Suite, SurfaceAnswer, Trust, usage,
};
use super::{CURVE, MIN_RUNS, SURFACE};
use crate::backtest::{ByFit, backtest};
use crate::error::Result;
use crate::fit::{Drawn, Fit, FitResult};
use crate::forecast::{Forecast, measured};
use crate::interval::{Interval, Kind, Method, check_levels};
use crate::law::{self, Input};
use crate::progress::Progress;
use crate::runs::{CountTable, Dataset, Role, Series};
use crate::size::Size;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::join;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cuts of the back-test; more would take too long for a report.
const CUTS: usize = 5;
/// Further laws drawn with the fitted one.
const BESIDE: [&str; 4] = ["shifted", "m3", "m4", "broken"];
/// Without a target, a report forecasts a run of this multiple of the largest one.
const BEYOND: f64 = 10.0;

/// What kind of data a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReportKind {
    /// Losses against compute.
    Loss,
    /// Losses against parameters and tokens.
    Surface,
    /// Pass counts or scores.
    Capability,
}

request!(
    /// Asks for the data of a report.
    pub struct ReportRequest of Observed, ReportAnswer {
        /// The kind of data; by default the columns and the law decide.
        #[serde(skip_serializing_if = "is_default")]
        [into] kind: Option<ReportKind>,
        /// How a table of runs is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law of a table of runs.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// How a table of pass counts is read.
        #[serde(skip_serializing_if = "is_default")]
        counts: CountChoice,
        /// Which problems of a table of pass counts are used.
        #[serde(skip_serializing_if = "is_default")]
        problems: ProblemChoice,
        /// Runs to forecast. The default is the largest held-out run, or else ten times the largest
        /// run; for scores, every held-out model.
        #[serde(skip_serializing_if = "is_default")]
        [list ModelSize] at: Vec<ModelSize>,
        /// Points to forecast by a law of several columns, as in
        /// [`PointsRequest`](super::PointsRequest).
        #[serde(skip_serializing_if = "is_default")]
        [list BTreeMap<String, f64>] points: Vec<BTreeMap<String, f64>>,
        /// FLOP of a run, for a law of N and D: `6nd` (the default), `k`, `column` or a formula.
        #[serde(skip_serializing_if = "is_default")]
        [into] flops: Option<String>,
        /// Levels of the intervals.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
        /// Give numbers even if a finding forbids them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

/// The data for a law of one variable.
#[derive(Debug, Clone)]
pub struct LossReport {
    /// The forecasts, and the fit they come from.
    pub(crate) forecast: ForecastAnswer,
    /// The law and its runs with a band.
    pub(crate) picture: PlotAnswer,
    /// The farthest target with intervals at many levels.
    pub(crate) fan: Option<Forecast>,
    /// Other laws through the same runs, or why there is none; each with its name.
    pub(crate) others: Vec<(&'static str, std::result::Result<Drawn, String>)>,
    /// Other targets, single methods, and one run less; `None` without a forecast to compare with.
    pub(crate) what_if: Option<WhatIf>,
    /// The back-test, or why nothing was tested.
    pub(crate) tested: std::result::Result<BacktestAnswer, String>,
}

impl LossReport {
    /// The interval to quote of the farthest forecast.
    pub(crate) fn quoted(&self) -> Option<&Interval> {
        main_interval(self.forecast.forecasts().next_back()?)
    }
}

/// The data for a law of N and D.
#[derive(Debug, Clone)]
pub struct SurfaceReport {
    /// The allocation, and the fit it comes from.
    pub(crate) allocation: AllocateAnswer,
    /// The surface with its runs, or why it is not drawn.
    pub(crate) picture: std::result::Result<SurfaceAnswer, String>,
    /// Other budgets, and one run less.
    pub(crate) what_if: Option<SurfaceWhatIf>,
}

// The answer that the report is about.
serialized!(LossReport, |report| report.forecast);
serialized!(SurfaceReport, |report| report.allocation);

/// The data of a report; its JSON is the answer that the report is about.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct ReportAnswer {
    pub(crate) about: ReportOf,
}

/// The data of a report, by its kind.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum ReportOf {
    /// A law of one variable.
    Loss(Box<LossReport>),
    /// A law of N and D.
    Surface(Box<SurfaceReport>),
    /// Pass counts.
    Capability(Box<CapabilityAnswer>),
    /// Scores.
    Scores(Box<ScoresAnswer>),
    /// A law of several columns.
    Points(Box<PointsAnswer>),
}

impl ReportAnswer {
    /// How far the numbers can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        match &self.about {
            ReportOf::Loss(report) => report.forecast.trust(),
            ReportOf::Surface(report) => report.allocation.trust(),
            ReportOf::Capability(answer) => answer.trust(),
            ReportOf::Scores(answer) => answer.trust(),
            ReportOf::Points(answer) => answer.trust(),
        }
    }

    /// The runs, where the report is about runs.
    #[doc(hidden)]
    #[must_use]
    pub fn runs(&self) -> Option<&Dataset> {
        match &self.about {
            ReportOf::Loss(report) => Some(report.forecast.fit.data()),
            ReportOf::Surface(report) => Some(report.allocation.fit.data()),
            ReportOf::Points(answer) => Some(answer.fit.data()),
            ReportOf::Capability(_) | ReportOf::Scores(_) => None,
        }
    }
}

impl ReportRequest {
    /// The kind of report for a table of runs, by the law.
    pub(super) fn kind_by_law(&self) -> Result<ReportKind> {
        let of_params = match &self.fit.law {
            // The page of a surface shows the compute-optimal allocation; that of a formula shows
            // points.
            Some(_) => {
                let law = self.fit.law_or(CURVE)?;
                law.typed().is_none() && law.inputs().contains(&Input::Params)
            }
            None => false,
        };
        Ok(match of_params {
            true => ReportKind::Surface,
            false => ReportKind::Loss,
        })
    }

    /// The default law.
    pub(super) fn default_law(&self) -> &'static str {
        match self.kind {
            Some(ReportKind::Surface) => SURFACE,
            _ => CURVE,
        }
    }

    /// The requested sizes, for everything except scores.
    fn named(&self) -> Result<Vec<Size>> {
        let size = |model: &ModelSize| match model {
            ModelSize::Compute(size) => Ok(*size),
            ModelSize::Trained { params, tokens } if self.kind != Some(ReportKind::Surface) => {
                Ok(Size::Of(6.0 * params * tokens))
            }
            ModelSize::Trained { .. } => {
                let message =
                    format!("{model}: this page splits a compute between parameters and tokens");
                Err(usage(message).with_hint("give the compute, such as 1e24 or 100x"))
            }
        };
        self.at.iter().map(size).collect()
    }

    fn sizes(&self, largest: f64, actual: impl Iterator<Item = f64>) -> Result<Vec<Size>> {
        if !self.at.is_empty() {
            return self.named();
        }
        let farthest = actual.filter(|c| *c > largest).reduce(f64::max);
        Ok(vec![Size::Of(farthest.unwrap_or(BEYOND * largest))])
    }

    /// The data of a report for a law that is already fitted.
    ///
    /// # Errors
    /// When a target or a level is invalid.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<ReportAnswer> {
        check_levels(&self.levels)?;
        if fit.law().typed().is_some() && fit.law().inputs() != [Input::Compute] {
            let request = PointsRequest::default()
                .table(self.table.clone())
                .fit(self.fit.clone())
                .at(self.points.iter().cloned())
                .levels(self.levels.clone())
                .force(self.force);
            let about = ReportOf::Points(Box::new(request.of_fit(fit)?));
            return Ok(ReportAnswer { about });
        }
        if !self.points.is_empty() {
            return Err(usage(
                "points such as N=1e9,S=8 are for laws of several columns that are formulas",
            )
            .with_hint("name the compute alone, such as 1e24 or 100x"));
        }
        let actual = fit.data().actuals().map(|run| run.x);
        let at = self.sizes(fit.largest_fitted(), actual)?;
        let about = match fit.law().inputs() == [Input::Compute] {
            true => ReportOf::Loss(Box::new(self.loss(fit, at)?)),
            false => ReportOf::Surface(Box::new(self.surface(fit, at)?)),
        };
        Ok(ReportAnswer { about })
    }

    fn loss(&self, fit: FitResult, at: Vec<Size>) -> Result<LossReport> {
        let request = ForecastRequest {
            table: self.table.clone(),
            fit: self.fit.clone(),
            at,
            levels: self.levels.clone(),
            force: self.force,
            floors: true,
            ..ForecastRequest::default()
        };
        let forecast = || -> Result<_> {
            let forecast = request.of_fit(fit.clone())?;
            let fan = match forecast.forecasts().next_back() {
                Some(last) => {
                    let levels = (1..20).map(|k| f64::from(k) * 0.05).chain([0.98]);
                    let many = ForecastRequest {
                        at: vec![Size::Of(last.x)],
                        levels: levels.collect(),
                        kinds: vec![Kind::Prediction],
                        floors: false,
                        ..request.clone()
                    };
                    let fan = many.of_fit(forecast.fit.clone())?;
                    fan.forecasts().next().cloned()
                }
                None => None,
            };
            let quoted = forecast.forecasts().next_back().and_then(main_interval);
            let (level, method) =
                quoted.map_or((LEVEL, Method::Calibrated), |i| (i.level, i.method));
            let picture = PlotAnswer::of_answer(&forecast, level, method);
            let last = forecast.forecasts().next_back();
            let what_if = last.and_then(|last| WhatIf::of(&forecast.fit, last, level, self.force));
            Ok((forecast, fan, picture, what_if))
        };
        let ((made, others), tested) = join(
            || join(forecast, || others(&fit)),
            || self.tested(&fit).map_err(|error| error.to_string()),
        );
        let (forecast, fan, picture, what_if) = made?;
        Ok(LossReport {
            forecast,
            picture,
            fan,
            others,
            what_if,
            tested,
        })
    }

    fn tested(&self, fit: &FitResult) -> Result<BacktestAnswer> {
        let levels = self.levels.iter().copied();
        let level = levels.filter(|l| measured().contains(l)).reduce(f64::max);
        let level = level.unwrap_or(LEVEL);
        let law = LawChoice::default().law(fit.law().name()).law_or(CURVE)?;
        // Calibrated intervals depend on the runs and on what is held or known of the law, not on
        // other settings of the fit.
        let asked = match fit.settings().are_informed(fit.law()) {
            true => Fit::again(fit),
            false => Fit::shared(Arc::clone(&law)),
        };
        let by_fit = ByFit::new(asked).level(level).force(self.force);
        let data = fit.data().clone();
        let tested = backtest(&data, &by_fit)
            .level(level)
            .smallest(MIN_RUNS)
            .most_cuts(CUTS)
            .run()?;
        Ok(BacktestAnswer {
            data,
            law,
            method: Method::Calibrated,
            tested,
        })
    }

    fn surface(&self, fit: FitResult, at: Vec<Size>) -> Result<SurfaceReport> {
        let request = AllocateRequest {
            table: self.table.clone(),
            fit: self.fit.clone(),
            compute: at,
            flops: self.flops.clone().unwrap_or_else(|| FLOPS.to_owned()),
            level: self.levels.iter().copied().fold(0.0, f64::max),
            force: self.force,
            ..AllocateRequest::default()
        };
        let allocation = request.of_fit(fit)?;
        let picture = SurfaceAnswer::behind(&allocation, LEVEL);
        Ok(SurfaceReport {
            picture: picture.map_err(|error| error.to_string()),
            what_if: SurfaceWhatIf::of(&allocation),
            allocation,
        })
    }

    fn capability(&self, table: &CountTable) -> Result<CapabilityAnswer> {
        check_levels(&self.levels)?;
        let request = CapabilityRequest {
            at: self.named()?,
            ..self.of_counts()
        };
        let fit = request.problems.fit(table)?;
        let actual = fit.models.iter().filter(|m| m.role == "actual");
        let largest = fit.overall.largest_fitted();
        let sizes = self.sizes(largest, actual.map(|m| m.compute))?;
        let targets = super::size::targets(&sizes, largest)?;
        let mut answer = request.of_fit(fit, targets)?;
        answer.what_if = CapabilityWhatIf::of(&answer);
        Ok(answer)
    }

    /// The request by which pass counts are read.
    pub(super) fn of_counts(&self) -> CapabilityRequest {
        CapabilityRequest {
            table: self.counts.clone(),
            problems: self.problems.clone(),
            at: Vec::new(),
            levels: self.levels.clone(),
            pass_at: Vec::new(),
            force: self.force,
        }
    }

    /// The request for scores of the tasks that the columns `by` name.
    pub(crate) fn of_scores(&self, by: Option<&str>) -> Result<ScoresRequest> {
        let unused = ProblemChoice {
            chance: self.problems.chance,
            ..ProblemChoice::default()
        };
        if self.problems != unused {
            return Err(
                usage("the table has one score a model, and no problems to choose from")
                    .with_hint("leave out how problems are chosen, measured and grouped"),
            );
        }
        Ok(ScoresRequest {
            table: self.counts.clone(),
            by: by.map(str::to_owned),
            chance: self.problems.chance,
            laws: Vec::new(),
            at: self.at.clone(),
            levels: self.levels.clone(),
            force: self.force,
        })
    }

    /// The data of a report on scores.
    pub(crate) fn scores(&self, suite: &Suite, by: Option<&str>) -> Result<ReportAnswer> {
        let mut request = self.of_scores(by)?;
        let mut rates = suite
            .tasks
            .iter()
            .filter_map(|task| task.data.as_ref().ok());
        let known = rates.any(|task| task.rates.iter().any(|rate| rate.role == Role::Actual));
        if request.at.is_empty() && !known {
            request.at = vec![ModelSize::Compute(Size::Times(BEYOND))];
        }
        let mut answer = request.of(suite)?;
        answer.what_if = request.what_if(suite, &answer).map(Box::new);
        let about = ReportOf::Scores(Box::new(answer));
        Ok(ReportAnswer { about })
    }
}

/// Other laws through the same runs.
fn others(fit: &FitResult) -> Vec<(&'static str, std::result::Result<Drawn, String>)> {
    BESIDE
        .into_par_iter()
        .filter(|name| *name != fit.law().name())
        .filter_map(|name| Some((name, Fit::new(law::by_name(name)?).drawn(fit.data()))))
        .map(|(name, made)| (name, made.map_err(|error| error.to_string())))
        .collect()
}

impl Ask for ReportRequest {
    type Data = Observed;
    type Answer = ReportAnswer;

    fn watched(&self, data: &Observed, _progress: &dyn Progress) -> Result<ReportAnswer> {
        match data {
            Observed::Counts(CountTable::Rates(rates)) => {
                let task = Series {
                    key: String::new(),
                    data: Ok(rates.clone()),
                };
                self.scores(&Suite { tasks: vec![task] }, None)
            }
            Observed::Counts(table) => {
                let about = ReportOf::Capability(Box::new(self.capability(table)?));
                Ok(ReportAnswer { about })
            }
            Observed::Runs(data) => {
                let fit = self.fit.fit_for(self.default_law(), data)?;
                self.of_fit(fit.level(LEVEL).run(data)?)
            }
            Observed::Log(_) => Err(usage(
                "a report is about runs or pass counts, not about a log",
            )
            .with_hint("ask for the page of its curve")),
        }
    }
}
