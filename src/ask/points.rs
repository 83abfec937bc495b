//! The values of a law of several columns at points and at the held-out runs.

use super::law::LawChoice;
use super::size::each_once;
use super::table::{RunTable, is_default};
use super::{Ask, CURVE, LEVELS, REPLICATES, Trust, usage};
use crate::error::Result;
use crate::fit::{Diagnosis, FitResult, FitStatus, argument};
use crate::forecast::{AtPoints, Refits};
use crate::interval::{Abstention, Interval, Kind, Method, check_levels};
use crate::law::{Input, Law};
use crate::progress::{Listener, Progress, Silent};
use crate::runs::{Dataset, Run};
use crate::text::{list, quoted};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

request!(
    /// Asks for the values of a law of any columns at points and at the held-out runs.
    ///
    /// Every interval holds only if the law is exactly right. Three methods give one: delta,
    /// profile and bootstrap. There is no published record of how often such forecasts came true.
    ///
    /// ```
    /// use scalewise::{Dataset, ask::{LawChoice, PointsRequest}};
    /// let (s, mut loss) = ([1.0, 2.0, 3.0, 4.0, 6.0, 8.0], Vec::new());
    /// for (k, s) in s.iter().enumerate() {
    ///     loss.push(2.0 + 1.0 / (1.0 + s) + if k % 2 == 0 { 1e-3 } else { -1e-3 });
    /// }
    /// let data = Dataset::of_columns(&loss)?.column("S", &s)?;
    /// let answer = PointsRequest::default()
    ///     .fit(LawChoice::default().law("L = a + b/(1 + S)"))
    ///     .at([[("S".to_owned(), 16.0)].into()])
    ///     .of(&data)?;
    /// assert!((answer.points()[0].point().unwrap() - (2.0 + 1.0 / 17.0)).abs() < 2e-3);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct PointsRequest of Dataset, PointsAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Each point as a value for every column of the law; C, N, D and U are compute,
        /// parameters, tokens and unique tokens.
        [list BTreeMap<String, f64>] at: Vec<BTreeMap<String, f64>>,
        /// Levels of the intervals.
        [into] levels: Vec<f64> = LEVELS.to_vec(),
        /// Methods of the intervals: delta, profile and bootstrap.
        #[serde(skip_serializing_if = "is_delta")]
        [list Method] methods: Vec<Method> = vec![Method::Delta],
        /// Kinds of interval.
        #[serde(skip_serializing_if = "are_all_kinds")]
        [list Kind] kinds: Vec<Kind> = Kind::ALL.to_vec(),
        /// Refits of the method bootstrap, 50 or more.
        #[serde(skip_serializing_if = "is_replicates")]
        replicates: usize = REPLICATES,
        /// Seed of the bootstrap.
        #[serde(skip_serializing_if = "is_default")]
        seed: u64,
        /// Give numbers even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

// Entries registered before methods could be chosen must keep their form.
fn is_delta(methods: &[Method]) -> bool {
    methods == [Method::Delta]
}

fn are_all_kinds(kinds: &[Kind]) -> bool {
    kinds == Kind::ALL
}

fn is_replicates(replicates: &usize) -> bool {
    *replicates == REPLICATES
}

/// The values of a law at points.
#[derive(Debug, Clone)]
pub struct PointsAnswer {
    pub(crate) fit: FitResult,
    /// The methods of the intervals, as requested.
    pub(crate) methods: Vec<Method>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) points: Vec<PointAt>,
    pub(crate) force: bool,
    /// The number of refits and the seed of the bootstrap, if one was asked for.
    refits: Option<(usize, u64)>,
}

/// The value of a law at one point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointAt {
    /// The value of each column, in the order of the law.
    #[serde(serialize_with = "as_map")]
    pub(crate) at: Vec<(String, f64)>,
    /// The outcome, for a law of several outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    /// The line of the run, for a held-out run.
    pub(crate) line: Option<u64>,
    /// The law's value; `None` if it has none there.
    pub(crate) point: Option<f64>,
    /// The observed value, for a held-out run.
    pub(crate) observed: Option<f64>,
    /// For each positive column outside the fitted range, the ratio to its largest or smallest
    /// fitted value.
    #[serde(serialize_with = "as_map")]
    pub(crate) beyond: Vec<(String, f64)>,
    /// Those of them that lie below the smallest.
    #[serde(skip)]
    pub(crate) below: Vec<String>,
    pub(crate) intervals: Vec<Interval>,
    pub(crate) abstentions: Vec<Abstention>,
}

impl PointAt {
    /// The value of each column, in the order of the law.
    #[must_use]
    pub fn at(&self) -> &[(String, f64)] {
        &self.at
    }

    /// The outcome, for a law of several outcomes.
    #[must_use]
    pub fn outcome(&self) -> Option<&str> {
        self.outcome.as_deref()
    }

    /// The law's value; `None` if it has none there.
    #[must_use]
    pub fn point(&self) -> Option<f64> {
        self.point
    }

    /// The observed value, for a held-out run.
    #[must_use]
    pub fn observed(&self) -> Option<f64> {
        self.observed
    }

    /// Its intervals.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// The intervals that are not given, and why.
    #[must_use]
    pub fn abstentions(&self) -> &[Abstention] {
        &self.abstentions
    }

    /// The relative error: prediction less observation, divided by the observation.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        let (point, observed) = (self.point?, self.observed?);
        (observed != 0.0).then(|| (point - observed) / observed.abs())
    }
}

impl PointsAnswer {
    /// The law with its runs.
    #[must_use]
    pub fn fit(&self) -> &FitResult {
        &self.fit
    }

    /// The requested points, then the held-out runs.
    #[must_use]
    pub fn points(&self) -> &[PointAt] {
        &self.points
    }

    /// The finding that forbids the numbers, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.fit.refusal().filter(|_| !self.force)
    }

    /// How far the numbers can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        match (self.refusal(), self.fit.trustworthy()) {
            (Some(_), _) => Trust::Refused,
            (None, true) => Trust::Trustworthy,
            (None, false) => Trust::NotTrustworthy,
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    law: &'a FitResult,
    forecasts: &'a [PointAt],
    #[serde(skip_serializing_if = "Option::is_none")]
    replicates: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

serialized!(PointsAnswer, |answer| Json {
    law: &answer.fit,
    forecasts: &answer.points,
    replicates: answer.refits.map(|refits| refits.0),
    seed: answer.refits.map(|refits| refits.1),
});

/// What an entry holds besides its predictions.
#[derive(Serialize)]
pub(super) struct Said<'a> {
    law: &'a str,
    formula: String,
    status: FitStatus,
    trustworthy: bool,
    parameters: Vec<Value<'a>>,
    diagnoses: &'a [Diagnosis],
    digest: String,
    forecasts: &'a [PointAt],
}

#[derive(Serialize)]
struct Value<'a> {
    name: &'a str,
    value: f64,
    stderr: Option<f64>,
}

impl PointsAnswer {
    /// What an entry holds besides its predictions.
    pub(super) fn said(&self) -> Said<'_> {
        let fit = &self.fit;
        let parameters = fit.parameters().iter().map(|p| Value {
            name: &p.name,
            value: p.value,
            stderr: p.stderr,
        });
        Said {
            law: fit.law().name(),
            formula: fit.formula(),
            status: fit.status(),
            trustworthy: self.trust() == Trust::Trustworthy,
            parameters: parameters.collect(),
            diagnoses: fit.diagnoses(),
            digest: fit.data().digest(),
            forecasts: &self.points,
        }
    }
}

/// Names and numbers as a map, in their order.
fn as_map<S: Serializer>(
    pairs: &[(String, f64)],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// The name of an argument of a law, as used in points.
pub(crate) fn name_of(law: &dyn Law, input: Input) -> &str {
    match input {
        Input::Compute => "C",
        Input::Params => "N",
        Input::Tokens => "D",
        Input::UniqueTokens => "U",
        Input::Column(k) => law.columns().get(k).map_or("", String::as_str),
    }
}

impl PointsRequest {
    /// Answers for a law that is already fitted.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when a point lacks a column of the law or has
    /// an unknown one, or a level is invalid.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<PointsAnswer> {
        self.of_fit_watched(fit, &Silent)
    }

    /// As [`PointsRequest::of_fit`], with progress for every refit.
    ///
    /// # Errors
    /// As for [`PointsRequest::of_fit`], and [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled)
    /// if `progress` cancels it.
    #[doc(hidden)]
    pub fn of_fit_watched(&self, fit: FitResult, progress: &dyn Progress) -> Result<PointsAnswer> {
        check_levels(&self.levels)?;
        let methods = self.each_method()?;
        let drawn = methods.contains(&Method::Bootstrap);
        let refused = fit.refusal().is_some() && !self.force;
        let asked = self.at.iter().map(|at| arguments(fit.law(), at));
        let asked: Vec<Vec<f64>> = asked.collect::<Result<_>>()?;
        let mut points = Vec::new();
        if !refused {
            let refits = Refits {
                replicates: self.replicates,
                seed: self.seed,
                listener: Listener(progress),
            };
            let law = AtPoints::new(&fit, &methods, refits)?;
            let each = asked.iter().flat_map(|x| of_outcomes(fit.law(), x));
            points.extend(each.map(|x| self.point(&fit, &law, &x, None)));
            points.extend(fit.data().actuals_in_order().into_iter().filter_map(|run| {
                let inputs = fit.law().inputs().iter();
                let inputs = inputs.map(|input| argument(fit.law(), *input, run));
                let x = inputs.collect::<Option<Vec<f64>>>()?;
                Some(self.point(&fit, &law, &x, Some(run)))
            }));
        }
        Ok(PointsAnswer {
            fit,
            methods,
            kinds: self.kinds.clone(),
            points,
            force: self.force,
            refits: drawn.then_some((self.replicates, self.seed)),
        })
    }

    /// Only the fit.
    ///
    /// # Errors
    /// As for [`FitRequest`](super::FitRequest).
    #[doc(hidden)]
    pub fn fitted(&self, data: &Dataset) -> Result<FitResult> {
        self.fit.fit_for(CURVE, data)?.run(data)
    }

    /// The methods, each once.
    fn each_method(&self) -> Result<Vec<Method>> {
        let Some(other) = self.methods.iter().find(|method| !method.parametric()) else {
            return Ok(each_once(self.methods.iter().copied(), Method::eq));
        };
        let message = format!(
            "the method {} is for laws of one variable, and this law is one of several columns",
            other.name()
        );
        Err(usage(message).with_hint("ask for delta, profile or bootstrap"))
    }

    fn point(
        &self,
        fit: &FitResult,
        law_at: &AtPoints<'_>,
        x: &[f64],
        run: Option<&Run>,
    ) -> PointAt {
        let law = fit.law();
        let inputs = law.asked_inputs();
        let names = inputs.iter().map(|input| name_of(law, *input).to_owned());
        let place = x.get(inputs.len()).map(|place| *place as usize);
        let value = fit.predict(x);
        let admitted = value > 0.0 || fit.settings().admit_negative(law);
        let has_value = value.is_finite() && admitted;
        let (intervals, abstentions) = match has_value {
            true => law_at.at(x, &self.levels, &self.kinds),
            false => (Vec::new(), Vec::new()),
        };
        PointAt {
            at: names.zip(x.iter().copied()).collect(),
            outcome: place.and_then(|place| law.several().get(place).cloned()),
            line: run.map(Run::line),
            point: has_value.then_some(value),
            observed: run.map(Run::loss),
            below: below(fit, x),
            beyond: beyond(fit, x),
            intervals,
            abstentions,
        }
    }
}

/// The names of the arguments of a law, as used in points.
#[must_use]
pub fn variables_of(law: &dyn Law) -> Vec<String> {
    let names = law.asked_inputs().iter().map(|input| name_of(law, *input));
    names.map(str::to_owned).collect()
}

/// The arguments of each outcome at a point.
fn of_outcomes(law: &dyn Law, x: &[f64]) -> Vec<Vec<f64>> {
    match law.several().len() {
        0 => vec![x.to_vec()],
        count => (0..count)
            .map(|place| [x, &[place as f64]].concat())
            .collect(),
    }
}

/// A point as the arguments of a law, without its outcome.
fn arguments(law: &dyn Law, at: &BTreeMap<String, f64>) -> Result<Vec<f64>> {
    let names: Vec<&str> = law
        .asked_inputs()
        .iter()
        .map(|input| name_of(law, *input))
        .collect();
    let of_law = || {
        format!(
            "the law {} is one of {}",
            quoted(law.name()),
            list(names.iter().copied())
        )
    };
    if let Some(other) = at.keys().find(|name| !names.contains(&name.as_str())) {
        let message = format!("a point has a value of {}, and {}", quoted(other), of_law());
        return Err(
            usage(message).with_hint("give a value for each column of the law, and no other")
        );
    }
    let value = |name: &&str| {
        let value = at.get(*name).ok_or_else(|| {
            usage(format!(
                "a point has no value of {}, and {}",
                quoted(name),
                of_law()
            ))
            .with_hint(format!("write a point as {}", example(&names)))
        })?;
        let is_size = matches!(*name, "C" | "N" | "D" | "U");
        match value.is_finite() && (!is_size || *value > 0.0) {
            true => Ok(*value),
            false => Err(usage(format!(
                "{name} of a point must be a finite number, and positive for C, N, D and U"
            ))),
        }
    };
    names.iter().map(value).collect()
}

fn example(names: &[&str]) -> String {
    let parts: Vec<String> = names.iter().map(|name| format!("{name}=1e3")).collect();
    parts.join(",")
}

/// The smallest and the largest fitted value of a column.
fn range(fit: &FitResult, input: Input) -> (f64, f64) {
    let runs = fit.fitted_runs();
    let fitted = runs.filter_map(|run| argument(fit.law(), input, run));
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    fitted.fold(start, |(l, h), v| (l.min(v), h.max(v)))
}

/// The columns that lie below all fitted runs.
fn below(fit: &FitResult, x: &[f64]) -> Vec<String> {
    let law = fit.law();
    let of = |(input, value): (&Input, &f64)| {
        (*value < range(fit, *input).0).then(|| name_of(law, *input).to_owned())
    };
    law.asked_inputs().iter().zip(x).filter_map(of).collect()
}

/// How far beyond the fitted runs each column with positive values lies.
fn beyond(fit: &FitResult, x: &[f64]) -> Vec<(String, f64)> {
    let law = fit.law();
    let of = |(input, value): (&Input, &f64)| {
        let (low, high) = range(fit, *input);
        let factor = match *value {
            value if value > high && high > 0.0 => value / high,
            value if value < low && value > 0.0 => low / value,
            _ => return None,
        };
        let name = name_of(law, *input).to_owned();
        factor.is_finite().then_some((name, factor))
    };
    law.asked_inputs().iter().zip(x).filter_map(of).collect()
}

impl Ask for PointsRequest {
    type Data = Dataset;
    type Answer = PointsAnswer;

    fn watched(&self, data: &Dataset, progress: &dyn Progress) -> Result<PointsAnswer> {
        self.of_fit_watched(self.fitted(data)?, progress)
    }
}
