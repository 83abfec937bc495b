//! How often a larger model solves problems.

use super::size::{each_once, same_number, same_size, targets};
use super::table::{CountChoice, is_default};
use super::{Ask, BUCKETS, LEVELS, Trust, Withheld, usage};
use crate::capability::{
    Capability, CapabilityFit, Curve, CurveForecast, Estimator, PassAt, PassInterval, PassQuantity,
    PassStanding, Rule, TradeOff, Turning, Verdict,
};
use crate::error::Result;
use crate::fit::{Diagnosis, Severity};
use crate::forecast::Grade;
use crate::interval::{Abstention, check_levels};
use crate::progress::Progress;
use crate::remedy::Setting;
use crate::runs::CountTable;
use crate::size::Size;
use serde::Serialize;

/// The code of a target that lies where the law has no value.
const OUT_OF_RANGE: &str = "out-of-range";

request!(
    /// Which problems are used, and how they are measured.
    pub struct ProblemChoice {
        /// The rule for using problems; the default is the likelihood of every count.
        #[serde(skip_serializing_if = "is_default")]
        [into] rule: Option<Rule>,
        /// How −ln p is estimated from counts, for the rules that estimate each problem by itself.
        #[serde(skip_serializing_if = "is_default")]
        [into] estimator: Option<Estimator>,
        /// Number of difficulty buckets.
        buckets: usize = BUCKETS,
        /// How many of the hardest problems are left out.
        #[serde(skip_serializing_if = "is_default")]
        hardest: usize,
        /// The chance level.
        #[serde(skip_serializing_if = "is_default")]
        [into] chance: Option<f64>,
        /// Seed of the split into halves.
        seed: u64,
    }
);

impl ProblemChoice {
    /// Fits a table.
    pub(super) fn fit(&self, table: &CountTable) -> Result<Capability> {
        let mut fit = CapabilityFit::new()
            .buckets(self.buckets)
            .hardest(self.hardest)
            .chance(self.chance)
            .seed(self.seed);
        if let Some(rule) = self.rule {
            fit = fit.rule(rule);
        }
        match table {
            CountTable::Counts(counts) => {
                if let Some(estimator) = self.estimator {
                    if self.rule.is_none_or(|rule| rule == Rule::Likelihood) {
                        let message =
                            "an estimator is for the rules that estimate each problem by itself";
                        return Err(usage(message)
                            .with_hint(
                                "use the rule 'solved-by-all' or 'split', or give no estimator",
                            )
                            .with_remedy(Setting::Rule.to("solved-by-all"))
                            .with_remedy(Setting::Rule.to("split")));
                    }
                    fit = fit.estimator(estimator);
                }
                fit.run(counts)
            }
            CountTable::Rates(rates) => {
                if self.rule.is_some() || self.estimator.is_some() || self.hardest > 0 {
                    return Err(usage(
                        "a rule, an estimator and the hardest problems need counts for every problem, and the table holds rates",
                    )
                    .with_hint("leave them out, or give one row a model and problem"));
                }
                fit.run_rates(rates)
            }
        }
    }
}

request!(
    /// Asks for the pass rates of larger models.
    pub struct CapabilityRequest of CountTable, CapabilityAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: CountChoice,
        /// Which problems are used.
        #[serde(skip_serializing_if = "is_default")]
        problems: ProblemChoice,
        /// Models to forecast.
        [list Size] at: Vec<Size>,
        /// Levels of the intervals.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
        /// Numbers of samples k of which pass@k is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list u64] pass_at: Vec<u64>,
        /// Give numbers even if the verdict is against them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

/// The forecasts of one curve, one per target.
pub(crate) type CurveForecasts = Vec<std::result::Result<CurveForecast, Withheld>>;

/// A capability with its forecasts.
#[derive(Debug, Clone)]
pub struct CapabilityAnswer {
    /// What was asked.
    pub(crate) request: CapabilityRequest,
    /// The fit.
    pub(crate) fit: Capability,
    /// The compute of each target.
    pub(crate) targets: Vec<f64>,
    /// Forecasts of all problems together.
    pub(crate) overall: CurveForecasts,
    /// Forecasts of the problems that every fitted model solved.
    pub(crate) solved_by_all: CurveForecasts,
    /// Forecasts of each bucket.
    pub(crate) buckets: Vec<CurveForecasts>,
    /// pass@k of all problems together, at the fitted models and the targets.
    pub(crate) pass_at: Vec<PassAt>,
    /// Other targets, for a page.
    pub(crate) what_if: Option<CapabilityWhatIf>,
}

/// The forecasts at targets around the largest requested one.
#[derive(Debug, Clone)]
pub(crate) struct CapabilityWhatIf {
    /// The targets, from the largest fitted model on.
    pub(crate) targets: Vec<f64>,
    /// The index of the requested target.
    pub(crate) asked: usize,
    /// All problems together first, then each bucket: its name and its forecasts.
    pub(crate) choices: Vec<(String, CurveForecasts)>,
}

impl CapabilityAnswer {
    /// The fit.
    #[must_use]
    pub fn fit(&self) -> &Capability {
        &self.fit
    }

    /// The given forecasts of all problems together.
    pub fn forecasts(&self) -> impl Iterator<Item = &CurveForecast> {
        self.overall.iter().filter_map(|f| f.as_ref().ok())
    }

    /// pass@k of all problems together, at the fitted models and the targets.
    #[must_use]
    pub fn pass_at(&self) -> &[PassAt] {
        &self.pass_at
    }

    /// Whether anything is forecast.
    #[doc(hidden)]
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.targets.is_empty()
    }

    /// The curves of all problems, of those that every fitted model solved, and of each bucket if
    /// there are several; each with its forecasts.
    #[must_use]
    pub(crate) fn curves(&self) -> Vec<(&Curve, &CurveForecasts)> {
        let mut curves = vec![(&self.fit.overall, &self.overall)];
        let solved = self.fit.solved_by_all.iter();
        curves.extend(solved.map(|curve| (curve, &self.solved_by_all)));
        if self.fit.buckets.len() > 1 {
            curves.extend(self.fit.buckets.iter().zip(&self.buckets));
        }
        curves
    }

    /// The highest level that was asked for.
    #[must_use]
    pub(crate) fn highest(&self) -> f64 {
        self.request.levels.iter().copied().fold(0.0, f64::max)
    }

    /// The finding that forbids every number, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.fit.overall.refusal().filter(|_| !self.request.force)
    }

    /// How far the forecasts can be relied on.
    #[must_use]
    pub fn trust(&self) -> Trust {
        let overall = &self.fit.overall;
        let mut found = overall.diagnoses.iter();
        let low = |forecast: &CurveForecast| {
            let standing = forecast.metric.standing.as_ref();
            standing.is_some_and(|standing| standing.grade < Grade::Moderate)
        };
        match overall.verdict() {
            Verdict::NotPredictable if !self.request.force => Trust::Refused,
            Verdict::NotPredictable => Trust::NotTrustworthy,
            _ if found.any(|d| d.severity > Severity::Note) => Trust::NotTrustworthy,
            _ if self.forecasts().any(low) => Trust::NotTrustworthy,
            _ => Trust::Trustworthy,
        }
    }
}

impl CapabilityRequest {
    /// The forecasts of a fit at these targets.
    ///
    /// # Errors
    /// When pass@k is asked for but cannot be computed.
    pub(super) fn of_fit(&self, fit: Capability, targets: Vec<f64>) -> Result<CapabilityAnswer> {
        let request = CapabilityRequest {
            at: each_once(self.at.iter().copied(), same_size),
            levels: each_once(self.levels.iter().copied(), same_number),
            ..self.clone()
        };
        let of = |curve: &Curve| request.forecasts(curve, &targets);
        let overall = of(&fit.overall);
        let mut ks = self.pass_at.clone();
        ks.sort_unstable();
        ks.dedup();
        let pass_at = match ks.is_empty() {
            true => Vec::new(),
            false => {
                let given: Vec<&CurveForecast> = overall.iter().flatten().collect();
                fit.pass_at(&ks, &given, &request.levels)?
            }
        };
        Ok(CapabilityAnswer {
            overall,
            pass_at,
            solved_by_all: fit.solved_by_all.as_ref().map_or(Vec::new(), of),
            buckets: fit.buckets.iter().map(of).collect(),
            what_if: None,
            targets,
            fit,
            request,
        })
    }
}

impl CapabilityRequest {
    /// The forecasts of a curve at these targets.
    pub(super) fn forecasts(&self, curve: &Curve, targets: &[f64]) -> CurveForecasts {
        let at = |target: &f64| {
            let made = curve.forecast(*target).levels(&self.levels);
            made.force(self.force).run().map_err(|error| Withheld {
                code: match curve.refusal() {
                    Some(found) => found.code.to_string(),
                    None => OUT_OF_RANGE.to_owned(),
                },
                reason: error.message().to_owned(),
            })
        };
        targets.iter().map(at).collect()
    }
}

impl Ask for CapabilityRequest {
    type Data = CountTable;
    type Answer = CapabilityAnswer;

    fn watched(&self, data: &CountTable, _progress: &dyn Progress) -> Result<CapabilityAnswer> {
        check_levels(&self.levels)?;
        let fit = self.problems.fit(data)?;
        let targets = targets(&self.at, fit.overall.largest_fitted())?;
        self.of_fit(fit, targets)
    }
}

#[derive(Serialize)]
struct JsonCurve<'a> {
    name: &'a str,
    problems: Vec<&'a str>,
    k: Option<f64>,
    alpha: Option<f64>,
    stderr: JsonErrors,
    problem_scatter: Option<f64>,
    model_scatter: Option<f64>,
    unsolved_share: f64,
    points: &'a [crate::capability::CurvePoint],
    forecasts: Vec<JsonForecast<'a>>,
    verdict: Verdict,
    forced: bool,
    diagnoses: &'a [Diagnosis],
}

#[derive(Serialize)]
struct JsonForecast<'a> {
    compute: f64,
    extrapolation: f64,
    metric: f64,
    calibrated_metric: Option<f64>,
    intervals: &'a [PassInterval],
    /// Grade, reasons and record.
    #[serde(flatten)]
    standing: Option<&'a PassStanding>,
    abstentions: &'a [Abstention],
    geometric_mean_pass_rate: &'a PassQuantity,
    mean_pass_rate: Option<&'a PassQuantity>,
}

impl<'a> From<&'a CurveForecast> for JsonForecast<'a> {
    fn from(f: &'a CurveForecast) -> JsonForecast<'a> {
        JsonForecast {
            compute: f.compute,
            extrapolation: f.extrapolation,
            metric: f.metric.value,
            calibrated_metric: f.metric.calibrated,
            intervals: &f.metric.intervals,
            standing: f.metric.standing.as_ref(),
            abstentions: &f.abstentions,
            geometric_mean_pass_rate: &f.geometric_mean_pass_rate,
            mean_pass_rate: f.mean_pass_rate.as_ref(),
        }
    }
}

#[derive(Serialize)]
struct JsonErrors {
    k: Option<f64>,
    ln_alpha: Option<f64>,
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    formula: &'static str,
    source: &'a str,
    compute_name: &'a str,
    rule: Option<Rule>,
    estimator: Option<Estimator>,
    verdict: Verdict,
    forced: bool,
    models: &'a [crate::capability::ModelRow],
    problems: usize,
    zero_cells: usize,
    hardest_left_out: usize,
    trade_off: &'a [TradeOff],
    overall: JsonCurve<'a>,
    solved_by_all: Option<JsonCurve<'a>>,
    buckets: Vec<JsonCurve<'a>>,
    #[serde(skip_serializing_if = "<[PassAt]>::is_empty")]
    pass_at: &'a [PassAt],
    turning: &'a [Turning],
    diagnoses: &'a [Diagnosis],
    rows: usize,
    excluded: &'a [crate::runs::Excluded],
}

impl CapabilityAnswer {
    fn json_curve<'a>(&'a self, c: &'a Curve, forecasts: &'a CurveForecasts) -> JsonCurve<'a> {
        let fit = &self.fit;
        JsonCurve {
            name: &c.name,
            problems: fit.counts.as_ref().map_or(Vec::new(), |table| {
                c.problems
                    .iter()
                    .map(|&i| table.problems[i].as_str())
                    .collect()
            }),
            k: c.exponent().map(|k| k.0).filter(|k| k.is_finite()),
            alpha: c.alpha().map(|a| a.0).filter(|a| a.is_finite()),
            stderr: JsonErrors {
                k: c.exponent().and_then(|k| k.1),
                ln_alpha: c.alpha().and_then(|a| a.1),
            },
            problem_scatter: c.problem_scatter,
            model_scatter: c.model_scatter(),
            unsolved_share: c.unsolved_share,
            points: &c.points,
            forecasts: forecasts
                .iter()
                .filter_map(|f| f.as_ref().ok())
                .map(JsonForecast::from)
                .collect(),
            verdict: c.verdict(),
            forced: self.request.force && c.refusal().is_some(),
            diagnoses: &c.diagnoses,
        }
    }
}

serialized!(CapabilityAnswer, |answer| {
    let fit = &answer.fit;
    let buckets = fit.buckets.iter().zip(&answer.buckets);
    Json {
        format: "scalewise.capability",
        version: 1,
        formula: if fit.rule.is_some() {
            "-E[ln pass_rate(C)] = alpha*C^(-k)"
        } else {
            "-ln(pass_rate(C)) = alpha*C^(-k)"
        },
        source: &fit.source,
        compute_name: &fit.compute_name,
        rule: fit.rule,
        estimator: fit.estimator,
        verdict: fit.verdict(),
        forced: answer.request.force && fit.overall.refusal().is_some(),
        models: &fit.models,
        problems: fit.problems,
        zero_cells: fit.zero_cells,
        hardest_left_out: fit.hardest,
        trade_off: &fit.trade_off,
        overall: answer.json_curve(&fit.overall, &answer.overall),
        solved_by_all: fit
            .solved_by_all
            .as_ref()
            .map(|c| answer.json_curve(c, &answer.solved_by_all)),
        buckets: buckets
            .map(|(c, forecasts)| answer.json_curve(c, forecasts))
            .collect(),
        pass_at: &answer.pass_at,
        turning: &fit.turning,
        diagnoses: &fit.overall.diagnoses,
        rows: fit.rows,
        excluded: &fit.excluded,
    }
});
