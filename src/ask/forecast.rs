//! The loss of larger runs.

use super::CURVE;
use super::by_floor::{ByFloor, by_floor};
use super::came_true::{WithActuals, held_out};
use super::fit::trust;
use super::law::LawChoice;
use super::size::{each_once, near_the_runs, positives, same_number, same_size, targets};
use super::table::{RunTable, is_default};
use super::{Ask, LEVEL, LEVELS, REPLICATES, Trust, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::{Forecast, Reach, Target};
use crate::interval::{Kind, Method, check_levels};
use crate::progress::{Progress, Silent};
use crate::remedy::Setting;
use crate::runs::{CurveKind, Dataset, Variable};
use crate::size::Size;
use serde::Serialize;

/// The code of a target at which the law has no value.
const NO_VALUE: &str = super::series::NO_FIT;

request!(
    /// Asks for the loss of larger runs.
    ///
    /// The default law is a saturating power law. The default methods are the calibrated interval
    /// and the intervals that hold if the law is exactly right.
    pub struct ForecastRequest of Dataset, ForecastAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Runs to forecast. If neither this nor a loss is given, the held-out runs are forecast.
        [list Size] at: Vec<Size>,
        /// Losses whose compute is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] reach: Vec<f64>,
        /// Levels of the intervals.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
        /// Kinds of interval.
        [list Kind] kinds: Vec<Kind> = vec![Kind::Prediction, Kind::Confidence],
        /// Methods of the intervals.
        [list Method] methods: Vec<Method> = Method::DEFAULT.to_vec(),
        /// Refits of the method bootstrap, 50 or more.
        replicates: usize = REPLICATES,
        /// Seed of the bootstrap.
        seed: u64,
        /// Give numbers even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
        /// Forecast the targets under each of five fixed floors.
        #[serde(skip_serializing_if = "is_default")]
        floors: bool,
    }
);

/// A target and its forecast, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetAnswer {
    /// The target, if it is a number.
    pub(crate) compute: Option<f64>,
    /// The forecast.
    pub(crate) forecast: std::result::Result<Forecast, Withheld>,
}

/// Why a number is not given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The code of the reason.
    pub(crate) code: String,
    /// The reason in words.
    pub(crate) reason: String,
}

impl Withheld {
    /// The code of the reason.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The reason in words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// Forecasts of one fit.
#[derive(Debug, Clone)]
pub struct ForecastAnswer {
    /// What was asked.
    pub(crate) request: ForecastRequest,
    /// The fit that the forecasts come from.
    pub(crate) fit: FitResult,
    /// One per target.
    pub(crate) targets: Vec<TargetAnswer>,
    /// One per requested loss; none if the fit is refused.
    pub(crate) reaches: Vec<Reach>,
    /// The targets with the floor fixed at values across its interval, if that was asked for.
    pub(crate) by_floor: Vec<ByFloor>,
}

impl ForecastAnswer {
    /// The fit that the forecasts come from.
    #[must_use]
    pub fn fit(&self) -> &FitResult {
        &self.fit
    }

    /// Why the other targets have no forecast.
    pub fn withheld(&self) -> impl Iterator<Item = &Withheld> {
        let targets = self.targets.iter();
        targets.filter_map(|t| t.forecast.as_ref().err())
    }

    /// One per requested loss; none if the fit is refused.
    #[must_use]
    pub fn reaches(&self) -> &[Reach] {
        &self.reaches
    }

    /// The first method of intervals that was asked for.
    #[doc(hidden)]
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        self.request.methods.first().copied()
    }

    /// The given forecasts.
    pub fn forecasts(&self) -> impl DoubleEndedIterator<Item = &Forecast> {
        self.targets.iter().filter_map(|t| t.forecast.as_ref().ok())
    }

    /// The finding that forbids every number, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.fit.refusal().filter(|_| !self.request.force)
    }

    /// How far the forecasts can be relied on: trustworthy if every target has a forecast of grade
    /// moderate or high.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let nothing = !self.targets.is_empty() && self.forecasts().next().is_none();
        if self.refusal().is_some() || nothing {
            Trust::Refused
        } else if self.targets.is_empty() {
            // A loss to reach has no grade.
            trust(&self.fit)
        } else {
            let good = |t: &TargetAnswer| t.forecast.as_ref().is_ok_and(Forecast::trustworthy);
            match self.targets.iter().all(good) {
                true => Trust::Trustworthy,
                false => Trust::NotTrustworthy,
            }
        }
    }
}

impl ForecastRequest {
    /// The variable of the targets.
    #[doc(hidden)]
    #[must_use]
    pub fn variable(&self) -> Variable {
        self.table.over
    }

    /// The same request with every list free of repetitions.
    pub(crate) fn once(&self) -> ForecastRequest {
        ForecastRequest {
            at: each_once(self.at.iter().copied(), same_size),
            reach: each_once(self.reach.iter().copied(), same_number),
            levels: each_once(self.levels.iter().copied(), same_number),
            kinds: each_once(self.kinds.iter().copied(), Kind::eq),
            methods: each_once(self.methods.iter().copied(), Method::eq),
            ..self.clone()
        }
    }

    /// Refuses a request that neither asks for anything nor holds out a run.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] in that case.
    #[doc(hidden)]
    pub fn check(&self) -> Result<()> {
        let holds = self.table.holds_out();
        match self.asks() || holds {
            true => Ok(()),
            false => Err(nothing_to_forecast()),
        }
    }

    fn asks(&self) -> bool {
        !(self.at.is_empty() && self.reach.is_empty())
    }

    /// Answers for a law that is already fitted.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when nothing is asked, or a target, a level or a number of refits is
    /// invalid.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<ForecastAnswer> {
        self.of_fit_watched(fit, &Silent)
    }

    fn of_fit_watched(&self, fit: FitResult, progress: &dyn Progress) -> Result<ForecastAnswer> {
        let computes = match self.asks() {
            true => {
                let at = targets(&self.at, fit.largest_fitted())?;
                match fit.variable() {
                    Variable::Compute => near_the_runs(at, fit.smallest_fitted())?,
                    _ => at,
                }
            }
            false => held_out(&fit),
        };
        if computes.is_empty() && !self.asks() {
            return Err(nothing_to_forecast());
        }
        let asked = computes.into_iter().map(Ok).collect();
        self.at_targets(fit, asked, progress)
    }

    /// Answers at these targets, of which some may be errors.
    pub(super) fn at_targets(
        &self,
        fit: FitResult,
        asked: Vec<std::result::Result<f64, Withheld>>,
        progress: &dyn Progress,
    ) -> Result<ForecastAnswer> {
        let request = self.once();
        check_levels(&request.levels)?;
        let losses = positives("a loss to reach", &request.reach)?;
        let refusal = fit.refusal().filter(|_| !request.force);
        let refused = refusal.map(|d| Withheld {
            code: d.code.to_string(),
            reason: d.message.clone(),
        });
        let one = |asked: std::result::Result<f64, Withheld>| {
            let (compute, forecast) = match (asked, &refused) {
                (Err(why), _) => (None, Err(why)),
                (Ok(compute), Some(why)) => (Some(compute), Err(why.clone())),
                (Ok(compute), None) => (Some(compute), request.forecast(&fit, compute, progress)?),
            };
            Ok(TargetAnswer { compute, forecast })
        };
        let targets = asked.into_iter().map(one).collect::<Result<Vec<_>>>()?;
        let refused_code = refused.as_ref().map(|why| why.code.clone());
        let reaches = match refused {
            Some(_) => Vec::new(),
            None => losses
                .into_iter()
                .map(|loss| {
                    fit.reach(loss)
                        .levels(&request.levels)
                        .kinds(&request.kinds)
                        .methods(&request.methods)
                        .refits(request.replicates, request.seed)
                        .progress(progress)
                        .run()
                })
                .collect::<Result<Vec<_>>>()?,
        };
        let places: Vec<f64> = targets.iter().filter_map(|t| t.compute).collect();
        let floors = request.floors && refused_code.is_none();
        let by_floor = match floors {
            true => by_floor(&fit, &places),
            false => Vec::new(),
        };
        Ok(ForecastAnswer {
            targets,
            by_floor,
            reaches,
            request,
            fit,
        })
    }

    fn forecast(
        &self,
        fit: &FitResult,
        compute: f64,
        progress: &dyn Progress,
    ) -> Result<std::result::Result<Forecast, Withheld>> {
        let made = fit
            .forecast(Target::at(compute))
            .levels(&self.levels)
            .kinds(&self.kinds)
            .methods(&self.methods)
            .refits(self.replicates, self.seed)
            .progress(progress)
            .force(self.force)
            .run();
        match made {
            Ok(forecast) => Ok(Ok(forecast)),
            Err(e) if e.kind() == ErrorKind::NoFit => Ok(Err(Withheld {
                code: NO_VALUE.to_owned(),
                reason: match e.hint() {
                    Some(hint) => format!("{e} ({hint})"),
                    None => e.to_string(),
                },
            })),
            Err(e) => Err(e),
        }
    }
}

fn nothing_to_forecast() -> Error {
    usage("there is nothing to forecast")
        .with_hint(
            "give a target such as 1e25 or 100x, or a loss to be reached, or hold out the runs \
             that are to be forecast",
        )
        .with_remedy(Setting::At)
        .with_remedy(Setting::Reach)
        .with_remedy(Setting::FitBelow)
}

impl Ask for ForecastRequest {
    type Data = Dataset;
    type Answer = ForecastAnswer;

    fn watched(&self, data: &Dataset, progress: &dyn Progress) -> Result<ForecastAnswer> {
        let fit = self.fit.fit_for(CURVE, data)?.level(LEVEL).run(data)?;
        self.of_fit_watched(fit, progress)
    }
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    value: f64,
    stderr: Option<f64>,
}

#[derive(Serialize)]
struct Missing<'a> {
    compute: Option<f64>,
    #[serde(flatten)]
    why: &'a Withheld,
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    formula: String,
    /// The variable that the fields named `compute` hold, if it is another.
    #[serde(skip_serializing_if = "Variable::is_compute")]
    variable: Variable,
    /// Absent if the runs are of several sizes.
    #[serde(skip_serializing_if = "CurveKind::is_ladder")]
    curve: CurveKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_unit: Option<&'a str>,
    status: FitStatus,
    trustworthy: bool,
    parameters: Vec<Parameter<'a>>,
    diagnoses: &'a [Diagnosis],
    digest: String,
    forecasts: Vec<WithActuals<'a>>,
    /// Targets without a forecast although the fit allows one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<Missing<'a>>,
    reach: &'a [Reach],
    /// Absent if it was not asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    by_floor: &'a [ByFloor],
    /// The refits and the seed of the bootstrap; absent if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    replicates: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

serialized!(ForecastAnswer, |answer| {
    let fit = &answer.fit;
    let parameters = fit.parameters().iter().map(|p| Parameter {
        name: &p.name,
        value: p.value,
        stderr: p.stderr,
    });
    let missing = answer.targets.iter().filter_map(|t| {
        Some(Missing {
            compute: t.compute,
            why: t.forecast.as_ref().err()?,
        })
    });
    let request = &answer.request;
    let drawn = request.methods.contains(&Method::Bootstrap);
    let made = answer.forecasts();
    Json {
        format: "scalewise.forecast",
        version: 1,
        law: fit.law().name(),
        formula: fit.formula(),
        variable: fit.variable(),
        curve: fit.data().curve,
        loss_unit: fit.data().loss_unit.as_deref(),
        status: fit.status(),
        trustworthy: answer.trust() == Trust::Trustworthy,
        parameters: parameters.collect(),
        diagnoses: fit.diagnoses(),
        digest: fit.data().digest(),
        forecasts: made.map(|f| WithActuals::of(fit, f)).collect(),
        // If the fit is refused, its findings already say why there are no forecasts.
        withheld: match answer.refusal() {
            Some(_) => Vec::new(),
            None => missing.collect(),
        },
        reach: &answer.reaches,
        by_floor: &answer.by_floor,
        replicates: drawn.then_some(request.replicates),
        seed: drawn.then_some(request.seed),
    }
});
