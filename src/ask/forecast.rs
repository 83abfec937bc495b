//! The loss of larger runs.

use super::fit::trust;
use super::law::{CURVE, LawChoice};
use super::size::{each_once, positives, same_number, same_size, targets};
use super::table::{RunTable, is_default};
use super::{Ask, LEVEL, LEVELS, REPLICATES, Trust, runs_by, usage};
use crate::error::{ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::{Forecast, Reach, Target};
use crate::interval::{Kind, Method, check_levels};
use crate::progress::Progress;
use crate::remedy::Setting;
use crate::runs::{Dataset, Variable};
use crate::size::Size;
use crate::tables::{Series, Source};
use serde::{Deserialize, Serialize, Serializer};

/// The code of a target that the law has no value for.
const NO_VALUE: &str = super::series::NO_FIT;

/// Asks for the loss of larger runs.
///
/// The law is a saturating power law where none is named. Where no method is named, the calibrated interval and those
/// that hold if the law is exactly right are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastRequest {
    /// How the table is read.
    #[serde(skip_serializing_if = "is_default")]
    pub table: RunTable,
    /// The law and how it is fitted.
    #[serde(skip_serializing_if = "is_default")]
    pub fit: LawChoice,
    /// Runs to forecast.
    pub at: Vec<Size>,
    /// Losses whose compute is asked for.
    #[serde(skip_serializing_if = "is_default")]
    pub reach: Vec<f64>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Kinds of interval.
    pub kinds: Vec<Kind>,
    /// Methods of the intervals.
    pub methods: Vec<Method>,
    /// Refits of the method bootstrap, 50 or more.
    pub replicates: usize,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Give numbers even where a diagnosis refuses them.
    #[serde(skip_serializing_if = "is_default")]
    pub force: bool,
}

impl Default for ForecastRequest {
    fn default() -> ForecastRequest {
        ForecastRequest {
            table: RunTable::default(),
            fit: LawChoice::default(),
            at: Vec::new(),
            reach: Vec::new(),
            levels: LEVELS.to_vec(),
            kinds: vec![Kind::Prediction, Kind::Confidence],
            methods: Method::DEFAULT.to_vec(),
            replicates: REPLICATES,
            seed: 0,
            force: false,
        }
    }
}

/// A target and its forecast, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetAnswer {
    /// The target, where it is a number.
    pub compute: Option<f64>,
    /// The forecast.
    pub forecast: std::result::Result<Forecast, Withheld>,
}

/// Why a number is not given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// The code of the reason.
    pub code: String,
    /// The reason in words.
    pub reason: String,
}

/// Forecasts of one fit.
#[derive(Debug, Clone)]
pub struct ForecastAnswer {
    /// What was asked.
    pub request: ForecastRequest,
    /// The fit that the forecasts come from.
    pub fit: FitResult,
    /// One a target.
    pub targets: Vec<TargetAnswer>,
    /// One a loss that was asked for; none where the fit is refused.
    pub reaches: Vec<Reach>,
}

impl ForecastAnswer {
    /// The forecasts that are given.
    pub fn forecasts(&self) -> impl DoubleEndedIterator<Item = &Forecast> {
        self.targets.iter().filter_map(|t| t.forecast.as_ref().ok())
    }

    /// The finding that forbids every number, unless they were asked for all the same.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.fit.refusal().filter(|_| !self.request.force)
    }

    /// How far the forecasts can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let nothing = !self.targets.is_empty() && self.forecasts().next().is_none();
        if self.refusal().is_some() || nothing {
            Trust::Refused
        } else if trust(&self.fit) == Trust::Trustworthy
            && self.forecasts().all(Forecast::trustworthy)
            && self.targets.iter().all(|t| t.forecast.is_ok())
        {
            Trust::Trustworthy
        } else {
            Trust::NotTrustworthy
        }
    }
}

impl ForecastRequest {
    /// The same with every list without repetitions.
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

    /// Refuses a request that asks nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] then.
    pub fn check(&self) -> Result<()> {
        match self.at.is_empty() && self.reach.is_empty() {
            true => Err(usage("there is nothing to forecast")
                .with_hint("give a target such as 1e25 or 100x, or a loss to be reached")
                .with_remedy(Setting::At)
                .with_remedy(Setting::Reach)),
            false => Ok(()),
        }
    }

    /// Answers for a law that is fitted already.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when nothing is asked, or a target, a level or a number of refits makes no sense.
    pub fn of_fit(&self, fit: FitResult) -> Result<ForecastAnswer> {
        self.check()?;
        let computes = targets(&self.at, fit.largest_fitted())?;
        let asked = computes.into_iter().map(Ok).collect();
        self.at_targets(fit, asked)
    }

    /// Answers at these targets, of which some may be no numbers.
    pub(super) fn at_targets(
        &self,
        fit: FitResult,
        asked: Vec<std::result::Result<f64, Withheld>>,
    ) -> Result<ForecastAnswer> {
        let request = self.once();
        check_levels(&request.levels)?;
        let losses = positives("a loss to reach", &request.reach)?;
        let refusal = fit.refusal().filter(|_| !request.force);
        let refused = refusal.map(|d| Withheld {
            code: d.code.clone(),
            reason: d.message.clone(),
        });
        let one = |asked: std::result::Result<f64, Withheld>| {
            let (compute, forecast) = match (asked, &refused) {
                (Err(why), _) => (None, Err(why)),
                (Ok(compute), Some(why)) => (Some(compute), Err(why.clone())),
                (Ok(compute), None) => (Some(compute), request.forecast(&fit, compute)?),
            };
            Ok(TargetAnswer { compute, forecast })
        };
        let targets = asked.into_iter().map(one).collect::<Result<Vec<_>>>()?;
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
                        .run()
                })
                .collect::<Result<Vec<_>>>()?,
        };
        Ok(ForecastAnswer {
            targets,
            reaches,
            request,
            fit,
        })
    }

    fn forecast(
        &self,
        fit: &FitResult,
        compute: f64,
    ) -> Result<std::result::Result<Forecast, Withheld>> {
        let made = fit
            .forecast(Target::at(compute))
            .levels(&self.levels)
            .kinds(&self.kinds)
            .methods(&self.methods)
            .refits(self.replicates, self.seed)
            .force(self.force)
            .run();
        match made {
            Ok(forecast) => Ok(Ok(forecast)),
            Err(e) if e.kind() == ErrorKind::NoFit => Ok(Err(Withheld {
                code: NO_VALUE.to_owned(),
                reason: e.to_string(),
            })),
            Err(e) => Err(e),
        }
    }
}

impl Ask for ForecastRequest {
    type Data = Dataset;
    type Answer = ForecastAnswer;

    fn read(&self, table: &Source<'_>) -> Result<Dataset> {
        Dataset::from_source(table, &self.table.options(Some(self.fit.law(CURVE)?))?)
    }

    fn read_by(&self, table: &Source<'_>, by: &str) -> Result<Vec<Series<Dataset>>> {
        runs_by(table, by, self.table.options(Some(self.fit.law(CURVE)?))?)
    }

    fn of(&self, data: Dataset, _progress: &dyn Progress) -> Result<ForecastAnswer> {
        self.of_fit(self.fit.fit(CURVE)?.level(LEVEL).run(&data)?)
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
    /// What every `compute` here is, where it is something else.
    #[serde(skip_serializing_if = "Variable::is_compute")]
    variable: Variable,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_unit: Option<&'a str>,
    status: FitStatus,
    trustworthy: bool,
    parameters: Vec<Parameter<'a>>,
    diagnoses: &'a [Diagnosis],
    digest: String,
    forecasts: Vec<&'a Forecast>,
    /// Targets without a forecast, though the fit allows one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<Missing<'a>>,
    reach: &'a [Reach],
}

impl Serialize for ForecastAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let fit = &self.fit;
        let parameters = fit.parameters().iter().map(|p| Parameter {
            name: &p.name,
            value: p.value,
            stderr: p.stderr,
        });
        let missing = self.targets.iter().filter_map(|t| {
            Some(Missing {
                compute: t.compute,
                why: t.forecast.as_ref().err()?,
            })
        });
        Json {
            format: "scalewise.forecast",
            version: 1,
            law: fit.law().name(),
            formula: fit.formula(),
            variable: fit.variable(),
            loss_unit: fit.data().loss_unit.as_deref(),
            status: fit.status(),
            trustworthy: self.trust() == Trust::Trustworthy,
            parameters: parameters.collect(),
            diagnoses: fit.diagnoses(),
            digest: fit.data().digest(),
            forecasts: self.forecasts().collect(),
            // The findings of the fit say why there is none at all.
            withheld: match self.refusal() {
                Some(_) => Vec::new(),
                None => missing.collect(),
            },
            reach: &self.reaches,
        }
        .serialize(serializer)
    }
}
