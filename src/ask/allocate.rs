//! What to train with a budget.

use super::SURFACE;
use super::law::LawChoice;
use super::size::{each_once, positive, positives, same_number, same_size, targets};
use super::table::{RunTable, is_default};
use super::{Ask, FLOPS, LEVEL, REPLICATES, Trust, usage};
use crate::allocation::{
    Allocation, AllocationInterval, AllocationIntervals, AllocationMethod, AllocationQuantity,
    Bootstrap, Flops, InferenceAware, Resampling, SensitivityRow, Standing, Surface, Uncertainty,
    largest_run, sensitivity,
};
use crate::error::Result;
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::Grade;
use crate::interval::check_levels;
use crate::progress::{Progress, Silent};
use crate::remedy::Setting;
use crate::runs::{CurveKind, Dataset};
use crate::size::Size;
use serde::Serialize;

/// FLOP in a PF-day.
const PF_DAY: f64 = 8.64e19;
/// FLOP in an hour of 1 PFLOP/s.
const PFLOP_HOUR: f64 = 3.6e18;
/// Losses this much above the best count as flat.
pub const FLAT: f64 = 0.001;

request!(
    /// Asks for the parameters and tokens that reach the lowest loss with a budget.
    pub struct AllocateRequest of Dataset, AllocateAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted; E + A/N^alpha + B/D^beta where none is named.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Budgets.
        #[serde(skip_serializing_if = "is_default")]
        [list Size] compute: Vec<Size>,
        /// Parameters whose budget is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] params: Vec<f64>,
        /// Tokens whose budget is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] tokens: Vec<f64>,
        /// D/N whose budget is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] ratio: Vec<f64>,
        /// FLOP of a run: `6nd`, `column` (fitted to the column of the compute), or a formula of N
        /// and D.
        [into] flops: String = FLOPS.to_owned(),
        /// Tokens of inference that are counted too, at 2N FLOP each.
        #[serde(skip_serializing_if = "is_default")]
        [into] inference_tokens: Option<f64>,
        /// Money for an hour of 1 PFLOP/s.
        #[serde(skip_serializing_if = "is_default")]
        [into] price: Option<f64>,
        /// Level of the intervals.
        level: f64 = LEVEL,
        /// Whether the intervals of a budget hold all at once.
        #[serde(skip_serializing_if = "is_default")]
        joint: bool,
        /// Methods of the intervals.
        [list AllocationMethod] methods: Vec<AllocationMethod> = AllocationMethod::ALL.to_vec(),
        /// What the bootstrap draws.
        resample: Resampling = Resampling::Cases,
        /// Refits of the bootstrap, 50 or more.
        replicates: usize = REPLICATES,
        /// Seed of the bootstrap.
        seed: u64,
        /// Whether the table is made that shows how the answer depends on the objective and on
        /// single runs.
        sensitivity: bool = true,
        /// Give numbers even where a diagnosis refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

/// Which quantity is given, and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given {
    /// `compute`, `params`, `tokens` or `ratio`.
    pub(crate) what: &'static str,
    /// Its value.
    pub(crate) value: f64,
}

/// One question and its answer.
#[derive(Debug, Clone, Serialize)]
pub struct AllocationAt {
    /// What was given: `compute`, `params`, `tokens` or `ratio`.
    pub(crate) given: &'static str,
    /// The allocation.
    pub(crate) best: Allocation,
    /// a and b in N* ∝ C^a, D* ∝ C^b there.
    pub(crate) growth: (f64, f64),
    /// What training costs.
    pub(crate) cost: Cost,
    /// Range of N within 0.1 % of the best loss at this compute.
    pub(crate) flat_params: (f64, f64),
    /// Compute ÷ largest fitted compute.
    pub(crate) extrapolation: f64,
    /// Intervals on N*, D* and L* at this compute, and on a and b too where they hold together.
    pub(crate) intervals: Vec<AllocationInterval>,
    /// The allocation that counts inference too.
    pub(crate) inference: Option<InferenceAware>,
    /// What training and inference cost then.
    pub(crate) inference_cost: Option<Cost>,
    /// How far the allocation can be relied on.
    pub(crate) grade: Grade,
    /// Why it has that grade.
    pub(crate) because: String,
    /// What speaks against it besides what was found against the fit.
    #[serde(skip)]
    pub(crate) found: Vec<Diagnosis>,
}

impl AllocationAt {
    /// The allocation.
    #[must_use]
    pub fn best(&self) -> &Allocation {
        &self.best
    }

    /// Intervals on N*, D* and L* at this compute, and on a and b too where they hold together.
    #[must_use]
    pub fn intervals(&self) -> &[AllocationInterval] {
        &self.intervals
    }

    /// Compute ÷ largest fitted compute.
    #[must_use]
    pub fn extrapolation(&self) -> f64 {
        self.extrapolation
    }
}

/// A question that has no answer.
#[derive(Debug, Clone, Serialize)]
pub struct RefusedQuestion {
    /// What was given: `compute`, `params`, `tokens` or `ratio`.
    pub(crate) given: &'static str,
    /// Its value.
    pub(crate) asked: f64,
    /// Why there is no answer.
    pub(crate) reason: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

/// A cost in its units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cost {
    /// FLOP.
    pub(crate) flop: f64,
    /// PF-days of 8.64e19 FLOP.
    pub(crate) pf_days: f64,
    /// Money, where a price of the FLOP is known.
    pub(crate) money: Option<f64>,
}

impl Cost {
    /// `price` is that of an hour of 1 PFLOP/s.
    fn new(flop: f64, price: Option<f64>) -> Cost {
        Cost {
            flop,
            pf_days: flop / PF_DAY,
            money: price.map(|price| flop / PFLOP_HOUR * price),
        }
    }
}

/// Allocations of one fit.
#[derive(Debug, Clone)]
pub struct AllocateAnswer {
    /// What was asked.
    pub(crate) request: AllocateRequest,
    /// The fit.
    pub(crate) fit: FitResult,
    /// How FLOP are counted.
    pub(crate) flops: Flops,
    /// What was given, each once.
    pub(crate) given: Vec<Given>,
    /// What the fit says; absent where it is refused.
    pub(crate) found: Option<Allocations>,
}

/// What a surface says.
#[derive(Debug, Clone)]
pub struct Allocations {
    /// The surface.
    pub(crate) surface: Surface,
    /// One a question that has an answer.
    pub(crate) answers: Vec<AllocationAt>,
    /// The questions that have none.
    pub(crate) refused: Vec<RefusedQuestion>,
    /// Intervals on the exponents a and b.
    pub(crate) exponents: Vec<AllocationInterval>,
    /// The refits behind the bootstrap intervals.
    pub(crate) bootstrap: Option<Bootstrap>,
    /// How the first answer depends on the objective and on single runs.
    pub(crate) sensitivity: Vec<SensitivityRow>,
    /// Methods that were asked for and give no interval.
    pub(crate) without: Vec<AllocationMethod>,
}

impl AllocateAnswer {
    /// The fit.
    #[must_use]
    pub fn fit(&self) -> &FitResult {
        &self.fit
    }

    /// How FLOP are counted.
    #[doc(hidden)]
    #[must_use]
    pub fn flops(&self) -> &Flops {
        &self.flops
    }

    /// The finding that forbids every number, unless they were asked for all the same.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.fit.refusal().filter(|_| !self.request.force)
    }

    /// The questions that have an answer.
    #[must_use]
    pub fn answers(&self) -> &[AllocationAt] {
        self.found.as_ref().map_or(&[], |found| &found.answers)
    }

    /// What was found against the fit and against the answers; where several answers have the same
    /// finding, that of the largest budget.
    #[must_use]
    pub(crate) fn diagnoses(&self) -> Vec<Diagnosis> {
        let mut farthest: Vec<&AllocationAt> = self.answers().iter().collect();
        farthest.sort_by(|a, b| b.best.compute.total_cmp(&a.best.compute));
        let mut about: Vec<Diagnosis> = Vec::new();
        for found in farthest.into_iter().flat_map(|answer| &answer.found) {
            if about.iter().all(|other| other.code != found.code) {
                about.push(found.clone());
            }
        }
        self.fit.diagnoses().iter().cloned().chain(about).collect()
    }

    /// How far the answers can be relied on: trustworthy if each has grade moderate or high.
    #[must_use]
    pub fn trust(&self) -> Trust {
        // Where the fit is refused, the numbers were asked for all the same, and are given.
        let good = |answer: &AllocationAt| answer.grade >= Grade::Moderate;
        match &self.found {
            None => Trust::Refused,
            Some(found) if !found.refused.is_empty() => Trust::Refused,
            Some(found) if found.answers.iter().all(good) => Trust::Trustworthy,
            Some(_) => Trust::NotTrustworthy,
        }
    }
}

impl AllocateRequest {
    fn given(&self, largest: f64) -> Result<Vec<Given>> {
        let mut all = Vec::new();
        let mut add = |what, values: Vec<f64>| {
            all.extend(values.into_iter().map(|value| Given { what, value }));
        };
        add("compute", targets(&self.compute, largest)?);
        add("params", positives("a number of parameters", &self.params)?);
        add("tokens", positives("a number of tokens", &self.tokens)?);
        add("ratio", positives("a ratio D/N", &self.ratio)?);
        Ok(all)
    }

    /// Refuses a request that asks nothing.
    pub(super) fn check(&self) -> Result<()> {
        let quantities = [&self.params, &self.tokens, &self.ratio];
        match self.compute.is_empty() && quantities.iter().all(|all| all.is_empty()) {
            true => Err(usage("there is nothing to allocate")
                .with_hint(
                    "give a budget such as 1e22 or 100x, or a number of parameters, of tokens, or of tokens a parameter",
                )
                .with_remedy(Setting::Compute)
                .with_remedy(Setting::Params)
                .with_remedy(Setting::Tokens)
                .with_remedy(Setting::Ratio)),
            false => Ok(()),
        }
    }

    /// Answers for a law that is fitted already.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when nothing is asked, or a number or a
    /// formula makes no sense, and when the law is no surface.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<AllocateAnswer> {
        self.of_fit_watched(fit, &Silent)
    }

    fn of_fit_watched(&self, fit: FitResult, progress: &dyn Progress) -> Result<AllocateAnswer> {
        self.check()?;
        check_levels(&[self.level])?;
        let flops = Flops::parse(&self.flops, &fit)?;
        let given = self.given(largest_run(&fit, &flops))?;
        let request = AllocateRequest {
            compute: each_once(self.compute.iter().copied(), same_size),
            params: each_once(self.params.iter().copied(), same_number),
            tokens: each_once(self.tokens.iter().copied(), same_number),
            ratio: each_once(self.ratio.iter().copied(), same_number),
            methods: each_once(self.methods.iter().copied(), AllocationMethod::eq),
            ..self.clone()
        };
        if let Some(price) = self.price {
            positive("a price", price)?;
        }
        if let Some(tokens) = self.inference_tokens {
            positive("a number of tokens of inference", tokens)?;
        }
        let found = match fit.refusal().filter(|_| !self.force) {
            Some(_) => None,
            None => Some(request.found(&fit, &flops, &given, progress)?),
        };
        Ok(AllocateAnswer {
            request,
            flops,
            given,
            found,
            fit,
        })
    }

    fn intervals<'u>(
        &self,
        uncertainty: &'u Uncertainty<'u>,
        compute: f64,
    ) -> AllocationIntervals<'u> {
        let asked = uncertainty.at(compute).level(self.level);
        asked.methods(&self.methods)
    }

    fn found(
        &self,
        fit: &FitResult,
        flops: &Flops,
        given: &[Given],
        progress: &dyn Progress,
    ) -> Result<Allocations> {
        let surface = Surface::of(fit)?;
        let largest = largest_run(fit, flops);
        let mut uncertainty = Uncertainty::new(fit)?
            .flops(flops.clone())
            .progress(progress);
        if self.methods.contains(&AllocationMethod::Bootstrap) {
            uncertainty.resample(self.resample, self.replicates, self.seed)?;
        }
        let (mut best, mut refused) = (Vec::new(), Vec::new());
        for asked in given {
            let found = match asked.what {
                "params" => flops.for_params(&surface, asked.value),
                "tokens" => flops.for_tokens(&surface, asked.value),
                "ratio" => flops.for_ratio(&surface, asked.value),
                _ => flops.optimal(&surface, asked.value),
            };
            match found {
                Ok(found) => best.push((asked.what, found)),
                Err(e) => refused.push(RefusedQuestion {
                    given: asked.what,
                    asked: asked.value,
                    reason: e.message().to_owned(),
                    hint: e.hint().map(str::to_owned),
                }),
            }
        }
        let one = |(given, best): (&'static str, Allocation)| {
            let asked = self.intervals(&uncertainty, best.compute);
            // A formula's frontier bends: every budget has exponents of its own.
            let quantities = match flops {
                bent if !bent.is_power() => &AllocationQuantity::ALL[..],
                _ => &AllocationQuantity::AT_COMPUTE[..],
            };
            let tokens = self.inference_tokens;
            let inference = tokens.map(|t| flops.inference_aware(&surface, &best, t));
            let Standing {
                grade,
                because,
                found,
            } = uncertainty.standing(&best);
            AllocationAt {
                given,
                cost: Cost::new(best.compute, self.price),
                growth: flops.growth(&surface, &best),
                flat_params: flops.flat_range(&surface, &best, FLAT),
                extrapolation: best.compute / largest,
                intervals: match self.joint {
                    true => asked.joint(),
                    false => quantities.iter().flat_map(|q| asked.of(*q)).collect(),
                },
                inference_cost: inference.map(|i| Cost::new(i.total(), self.price)),
                inference,
                best,
                grade,
                because,
                found,
            }
        };
        let answers: Vec<AllocationAt> = best.into_iter().map(one).collect();
        let exponents: Vec<AllocationInterval> = AllocationQuantity::EXPONENTS
            .into_iter()
            .filter(|_| !self.joint && flops.is_power())
            .flat_map(|q| self.intervals(&uncertainty, fit.largest_fitted()).of(q))
            .collect();
        let given = |method: &AllocationMethod| {
            let mut all = answers.iter().flat_map(|a| &a.intervals);
            all.any(|i| i.method == *method)
        };
        Ok(Allocations {
            without: self.methods.iter().filter(|m| !given(m)).copied().collect(),
            sensitivity: match answers.first() {
                Some(first) if self.sensitivity => sensitivity(&uncertainty, first.best.compute)?,
                _ => Vec::new(),
            },
            surface,
            answers,
            refused,
            exponents,
            bootstrap: uncertainty.bootstrap().cloned(),
        })
    }
}

impl Ask for AllocateRequest {
    type Data = Dataset;
    type Answer = AllocateAnswer;

    fn watched(&self, data: &Dataset, progress: &dyn Progress) -> Result<AllocateAnswer> {
        let fit = self.fit.fit_or(SURFACE)?.level(self.level).run(data)?;
        self.of_fit_watched(fit, progress)
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    status: FitStatus,
    trustworthy: bool,
    diagnoses: Vec<Diagnosis>,
    digest: String,
    /// Absent where the runs are of several sizes.
    #[serde(skip_serializing_if = "CurveKind::is_ladder")]
    curve: CurveKind,
    /// Absent where the fit is refused.
    surface: Option<Surface>,
    flops: String,
    exponents: &'a [AllocationInterval],
    allocations: &'a [AllocationAt],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refused: &'a [RefusedQuestion],
    bootstrap: Option<Refits>,
    sensitivity: &'a [SensitivityRow],
}

#[derive(Serialize)]
struct Refits {
    resampling: Resampling,
    replicates: usize,
    failures: usize,
}

serialized!(AllocateAnswer, |answer| {
    let found = answer.found.as_ref();
    let bootstrap = found.and_then(|f| f.bootstrap.as_ref());
    Json {
        format: "scalewise.allocation",
        version: 1,
        law: answer.fit.law().name(),
        status: answer.fit.status(),
        trustworthy: answer.trust() == Trust::Trustworthy,
        diagnoses: answer.diagnoses(),
        digest: answer.fit.data().digest(),
        curve: answer.fit.data().curve,
        surface: found.map(|f| f.surface),
        flops: answer.flops.describe(),
        exponents: found.map_or(&[], |f| &f.exponents),
        allocations: answer.answers(),
        refused: found.map_or(&[], |f| &f.refused),
        bootstrap: bootstrap.map(|b| Refits {
            resampling: b.resampling,
            replicates: b.asked,
            failures: b.failures,
        }),
        sensitivity: found.map_or(&[], |f| &f.sensitivity),
    }
});
