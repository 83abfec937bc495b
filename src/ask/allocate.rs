//! What to train with a budget.

use super::SURFACE;
use super::allocated::{AllocationAt, Cost, RefusedQuestion};
use super::law::LawChoice;
use super::named_findings::first_named;
use super::size::{each_once, positive, positives, same_number, same_size, targets};
use super::table::{RunTable, is_default};
use super::{Ask, FLOPS, LEVEL, REPLICATES, Trust, usage};
use crate::allocation::{
    Allocation, AllocationInterval, AllocationIntervals, AllocationMethod, AllocationQuantity,
    Bootstrap, Flops, FlopsSaid, Own, Resampling, SensitivityRow, Standing, Surface, Uncertainty,
    largest_run, sensitivity,
};
use crate::error::Result;
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::Grade;
use crate::interval::check_levels;
use crate::number::compute;
use crate::progress::{Progress, Silent};
use crate::remedy::Setting;
use crate::runs::{CurveKind, Dataset};
use crate::size::Size;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

/// Losses this much above the best count as flat.
pub const FLAT: f64 = 0.001;

request!(
    /// Asks for the parameters and tokens that reach the lowest loss with a budget.
    pub struct AllocateRequest of Dataset, AllocateAnswer {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted; the default is E + A/N^alpha + B/D^beta.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Budgets.
        #[serde(skip_serializing_if = "is_default")]
        [list Size] compute: Vec<Size>,
        /// Parameters whose optimal budget is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] params: Vec<f64>,
        /// Tokens whose optimal budget is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] tokens: Vec<f64>,
        /// Ratios D/N whose optimal budget is asked for.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] ratio: Vec<f64>,
        /// FLOP of a run: `6nd`, `column` (fitted to the column of the compute), or a formula of N
        /// and D.
        [into] flops: String = FLOPS.to_owned(),
        /// Caps on the unique tokens, for a law of repeated tokens.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] unique: Vec<f64>,
        /// Sizes whose loss and cost are computed at every budget.
        #[serde(skip_serializing_if = "is_default")]
        [list f64] sizes: Vec<f64>,
        /// Tokens of inference, counted at 2N FLOP each.
        #[serde(skip_serializing_if = "is_default")]
        [into] inference_tokens: Option<f64>,
        /// Money for an hour of 1 PFLOP/s.
        #[serde(skip_serializing_if = "is_default")]
        [into] price: Option<f64>,
        /// Level of the intervals.
        level: f64 = LEVEL,
        /// Whether the intervals of a budget hold jointly.
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
        /// Whether to compute how the answer depends on the objective, on single runs and on the
        /// size.
        sensitivity: bool = true,
        /// Give numbers even if a finding forbids them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);

/// Largest accepted number of inference tokens; beyond it the cost could overflow.
const MOST_TOKENS: f64 = 1e100;

/// Which quantity is given, and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Given {
    /// `compute`, `params`, `tokens` or `ratio`.
    pub(crate) what: &'static str,
    /// Its value.
    pub(crate) value: f64,
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
    /// The given quantities, each once.
    pub(crate) given: Vec<Given>,
    /// What the fit gives; absent if the fit is refused.
    pub(crate) found: Option<Allocations>,
}

/// The allocations that a surface gives.
#[derive(Debug, Clone)]
pub struct Allocations {
    /// The surface.
    pub(crate) surface: Surface,
    /// The answered questions.
    pub(crate) answers: Vec<AllocationAt>,
    /// The questions without an answer.
    pub(crate) refused: Vec<RefusedQuestion>,
    /// Intervals of the exponents a and b.
    pub(crate) exponents: Vec<AllocationInterval>,
    /// The refits behind the bootstrap intervals.
    pub(crate) bootstrap: Option<Bootstrap>,
    /// How the first answer depends on the objective and on single runs.
    pub(crate) sensitivity: Vec<SensitivityRow>,
    /// Requested methods that give no interval.
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

    /// The finding that forbids every number, unless the request forces them.
    #[must_use]
    pub fn refusal(&self) -> Option<&Diagnosis> {
        self.fit.refusal().filter(|_| !self.request.force)
    }

    /// The answered questions.
    #[must_use]
    pub fn answers(&self) -> &[AllocationAt] {
        self.found.as_ref().map_or(&[], |found| &found.answers)
    }

    /// Findings about the fit and the answers. If several answers have the same finding, that of
    /// the largest budget is kept, and names it unless all of them have it.
    #[must_use]
    pub(crate) fn diagnoses(&self) -> Vec<Diagnosis> {
        let mut farthest: Vec<&AllocationAt> = self.answers().iter().collect();
        farthest.sort_by(|a, b| b.best.compute.total_cmp(&a.best.compute));
        let each = farthest.into_iter();
        let each: Vec<_> = each
            .map(|a| (format!("{} FLOP", compute(a.best.compute)), &a.found[..]))
            .collect();
        let about = first_named(&each);
        self.fit.diagnoses().iter().cloned().chain(about).collect()
    }

    /// How far the answers can be relied on: refused if a question has no answer, trustworthy if
    /// each answer has grade moderate or high.
    #[must_use]
    pub fn trust(&self) -> Trust {
        // If the numbers of a refused fit are forced, their grades decide.
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

    /// Refuses a request that asks for nothing.
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

    /// The fitted runs with their own values of compute.
    pub(super) fn own(&self, fit: &FitResult) -> Own {
        Own::of(fit.runs_in_order(), self.table.columns.budget.is_some())
    }

    /// Answers for a law that is already fitted.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when nothing is asked, a number or a formula
    /// is invalid, or the law is not a surface.
    #[doc(hidden)]
    pub fn of_fit(&self, fit: FitResult) -> Result<AllocateAnswer> {
        self.of_fit_watched(fit, &Silent)
    }

    fn of_fit_watched(&self, fit: FitResult, progress: &dyn Progress) -> Result<AllocateAnswer> {
        self.check()?;
        // Refuses a cap that the law cannot use.
        self.is_of_repeats(Some(&fit))?;
        check_levels(&[self.level])?;
        let own = self.own(&fit);
        let flops = Flops::of(&self.flops, &own)?;
        let given = self.given(largest_run(&fit, &flops))?;
        let request = AllocateRequest {
            compute: each_once(self.compute.iter().copied(), same_size),
            params: each_once(self.params.iter().copied(), same_number),
            tokens: each_once(self.tokens.iter().copied(), same_number),
            ratio: each_once(self.ratio.iter().copied(), same_number),
            sizes: positives("a size", &self.sizes)?,
            methods: each_once(self.methods.iter().copied(), AllocationMethod::eq),
            ..self.clone()
        };
        if let Some(price) = self.price {
            positive("a price", price)?;
        }
        if let Some(tokens) = self.inference_tokens {
            let tokens = positive("a number of tokens of inference", tokens)?;
            if tokens > MOST_TOKENS {
                return Err(usage(format!(
                    "no model reads {tokens:e} tokens: their cost is no number that can be written"
                ))
                .with_hint("give the tokens that the model will read in all, such as 2T"));
            }
        }
        let found = match fit.refusal().filter(|_| !self.force) {
            Some(_) => None,
            None => Some(request.found(&fit, &flops, (&given, &own), progress)?),
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
        (given, own): (&[Given], &Own),
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
        let mut without_tokens = Vec::new();
        let mut one = |(given, best): (&'static str, Allocation)| {
            let sizes = self.other_sizes(&uncertainty, &best);
            without_tokens.extend(self.too_large(&uncertainty, &best));
            let asked = self.intervals(&uncertainty, best.compute);
            // With a formula for the cost, the exponents differ from budget to budget.
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
            } = uncertainty.standing(&best, own);
            AllocationAt {
                given,
                cost: Cost::new(best.compute, self.price),
                growth: flops.growth(&surface, &best),
                flat_params: flops.flat_range(&surface, &best, FLAT),
                extrapolation: best.compute / largest,
                intervals: match self.joint {
                    true => asked.joint(),
                    false => (quantities.par_iter().flat_map_iter(|q| asked.of(*q))).collect(),
                },
                inference_cost: inference.map(|i| Cost::new(i.total(), self.price)),
                inference,
                sizes,
                best,
                grade,
                because,
                found,
            }
        };
        let answers: Vec<AllocationAt> = best.into_iter().map(&mut one).collect();
        refused.extend(without_tokens);
        let exponents: Vec<AllocationInterval> = AllocationQuantity::EXPONENTS
            .into_par_iter()
            .filter(|_| !self.joint && flops.is_power())
            .flat_map_iter(|q| self.intervals(&uncertainty, fit.largest_fitted()).of(q))
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
    /// Absent if the runs are of several sizes.
    #[serde(skip_serializing_if = "CurveKind::is_ladder")]
    curve: CurveKind,
    /// Absent if the fit is refused.
    surface: Option<Surface>,
    flops: String,
    cost_model: FlopsSaid,
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
        cost_model: answer.flops.said(),
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
