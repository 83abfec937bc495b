//! What to train with a budget if the number of unique tokens is limited.

use super::allocate::AllocateRequest;
use super::allocated::Cost;
use super::likelihood::{log_densities, sum};
use super::named_findings::first_named;
use super::size::{each_once, positives, targets};
use super::{SURFACE, Trust, usage};
use crate::allocation::{
    Allocation, AllocationInterval, AllocationMethod, Capped, Flops, FlopsSaid, Standing,
    largest_run,
};
use crate::backtest::rolling_origin;
use crate::error::{ErrorKind, Result};
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::Grade;
use crate::interval::check_levels;
use crate::law::{self, Input, Law};
use crate::number::compute;
use crate::progress::Progress;
use crate::remedy::Setting;
use crate::runs::Dataset;
use serde::Serialize;

/// Smallest difference in `evidence` that clearly separates two laws (Raftery 1995: 6 is strong on
/// the scale of twice the logarithm).
const CLEAR: f64 = 3.0;

/// Allocations under a cap on unique tokens, by one law or several.
#[derive(Debug, Clone, Serialize)]
pub struct CappedAnswer {
    format: &'static str,
    version: u32,
    /// Fitted runs.
    pub(crate) runs: usize,
    /// The index of the law that the runs prefer.
    pub(crate) preferred: usize,
    /// Whether it is clearly better than the next.
    pub(crate) clear: bool,
    /// The laws in the order in which they were named.
    pub(crate) laws: Vec<OfLaw>,
    /// What was asked.
    #[serde(skip)]
    pub(crate) request: AllocateRequest,
}

/// The fit and allocations of one law of repeated tokens.
#[derive(Debug, Clone, Serialize)]
pub struct OfLaw {
    pub(crate) law: String,
    pub(crate) status: FitStatus,
    pub(crate) diagnoses: Vec<Diagnosis>,
    pub(crate) flops: String,
    pub(crate) cost_model: FlopsSaid,
    /// Root mean squared residual.
    pub(crate) noise: f64,
    /// Log-likelihood less half of ln(runs) per parameter (Schwarz 1978), relative to the preferred
    /// law.
    pub(crate) evidence: f64,
    /// Mean |ln(forecast ÷ loss)| of the larger runs; absent if only one law was asked for.
    pub(crate) rolling_origin: Option<f64>,
    /// The fit.
    #[serde(skip)]
    pub(crate) fit: FitResult,
    pub(crate) allocations: Vec<CappedAt>,
}

/// The allocation for one budget and one cap.
#[derive(Debug, Clone, Serialize)]
pub struct CappedAt {
    /// Most unique tokens; absent without a cap.
    pub(crate) cap: Option<f64>,
    /// The allocation.
    pub(crate) best: Allocation,
    /// Unique tokens among its tokens.
    pub(crate) unique: f64,
    /// How often each unique token is seen.
    pub(crate) epochs: f64,
    /// The relative increase of the loss over that of the same budget without a cap.
    pub(crate) paid: f64,
    pub(crate) cost: Cost,
    /// Compute ÷ largest fitted compute.
    pub(crate) extrapolation: f64,
    /// Delta intervals on N*, D* and L*.
    pub(crate) intervals: Vec<AllocationInterval>,
    pub(crate) grade: Grade,
    pub(crate) because: String,
    #[serde(skip)]
    pub(crate) found: Vec<Diagnosis>,
}

impl CappedAt {
    /// The budget and the cap.
    fn place(&self) -> String {
        let cap = self
            .cap
            .map(|cap| format!(" and {} unique tokens", compute(cap)));
        format!(
            "{} FLOP{}",
            compute(self.best.compute),
            cap.unwrap_or_default()
        )
    }
}

impl CappedAnswer {
    /// The law that the runs prefer.
    pub(crate) fn best(&self) -> &OfLaw {
        &self.laws[self.preferred]
    }

    /// How far the answers of the preferred law can be relied on.
    pub(crate) fn trust(&self) -> Trust {
        let own = self.best();
        let good = |at: &CappedAt| at.grade >= Grade::Moderate;
        match own.allocations.iter().all(good) {
            _ if own.allocations.is_empty() => Trust::Refused,
            true => Trust::Trustworthy,
            false => Trust::NotTrustworthy,
        }
    }
}

fn repeats(law: &dyn Law) -> bool {
    law.inputs().contains(&Input::UniqueTokens)
}

impl AllocateRequest {
    /// The laws that are named.
    fn laws(&self) -> Vec<String> {
        let name = self.fit.law.as_deref().unwrap_or(SURFACE);
        each_once(
            name.split(super::OR).map(|law| law.trim().to_owned()),
            String::eq,
        )
    }

    /// Whether the law, or that of the fit, is one of repeated tokens.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no such law, when laws of both kinds are named, and when
    /// a cap is given to another law.
    #[doc(hidden)]
    pub fn is_of_repeats(&self, fit: Option<&FitResult>) -> Result<bool> {
        let all = match fit {
            Some(fit) => vec![repeats(fit.law())],
            None => {
                let of = |name: &String| law::named(name).map(|law| repeats(&*law));
                self.laws().iter().map(of).collect::<Result<Vec<bool>>>()?
            }
        };
        let needs = |message: &str| {
            Err(usage(message)
                .with_hint("choose the law 'data-constrained' or 'bounded-repeat'")
                .with_remedy(Setting::Law.to("data-constrained")))
        };
        match (all.iter().all(|of| *of), all.len()) {
            (false, 2..) => needs("only laws of repeated tokens can be compared"),
            (false, _) if !self.unique.is_empty() => {
                needs("a cap on unique tokens needs a law of repeated tokens")
            }
            (all, _) => Ok(all),
        }
    }

    /// The request for the first of its laws, which decides how a table is read.
    #[doc(hidden)]
    #[must_use]
    pub fn of_first_law(&self) -> AllocateRequest {
        self.of_law(&self.laws()[0])
    }

    /// The request for one of its laws. A parameter that only other laws have is held or bounded
    /// only in those.
    fn of_law(&self, law: &str) -> AllocateRequest {
        let mut one = self.clone();
        one.fit.law = Some(law.to_owned());
        let has = |law: &str, name: &str| {
            let law = law::named(law).ok();
            law.is_some_and(|law| law.parameters().iter().any(|p| p.name == name))
        };
        let laws = self.laws();
        let own = |name: &str| has(law, name) || !laws.iter().any(|other| has(other, name));
        one.fit.fix.retain(|name, _| own(name));
        one.fit.bounds.retain(|name, _| own(name));
        one
    }

    /// Refuses what cannot be asked of a law of repeated tokens.
    fn check_of_repeats(&self) -> Result<()> {
        let others = [&self.params, &self.tokens, &self.ratio];
        if self.compute.is_empty() || others.iter().any(|all| !all.is_empty()) {
            return Err(
                usage("with a law of repeated tokens, only budgets can be given")
                    .with_hint("give budgets such as 1e22 or 100x, and caps on the unique tokens")
                    .with_remedy(Setting::Compute),
            );
        }
        let untold = [
            (!self.sizes.is_empty(), "what other sizes cost"),
            (self.inference_tokens.is_some(), "what inference costs"),
            (self.joint, "intervals that hold all at once"),
        ];
        if let Some((_, what)) = untold.iter().find(|(asked, _)| *asked) {
            let message = format!("a law of repeated tokens does not tell {what}");
            return Err(usage(message)
                .with_hint("leave that out, or choose the law 'chinchilla'")
                .with_remedy(Setting::Law.to("chinchilla")));
        }
        let all = self.methods == AllocationMethod::ALL;
        let other = self.methods.iter().find(|m| **m != AllocationMethod::Delta);
        if let Some(other) = other.filter(|_| !all) {
            let message = format!(
                "a law of repeated tokens has intervals by the delta method, and none by {}",
                other.name()
            );
            return Err(usage(message)
                .with_hint("leave the method out")
                .with_remedy(Setting::Methods.to("delta")));
        }
        Ok(())
    }

    /// Answers under a cap on unique tokens, by each of the laws named.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when no budget is asked for or a number is invalid, and an error when a
    /// law cannot be fitted.
    #[doc(hidden)]
    pub fn capped(&self, data: &Dataset, progress: &dyn Progress) -> Result<CappedAnswer> {
        self.check_of_repeats()?;
        let names = self.laws();
        let several = names.len() > 1;
        let mut laws = Vec::new();
        for name in names {
            let one = self.of_law(&name);
            let tested =
                several.then(|| rolling_origin(data, one.fit.fit_or(SURFACE)?, false).map(Some));
            let tested = match tested {
                // No cut gives a forecast, so there is no mean error; the allocation does not need
                // one.
                Some(Err(error)) if error.kind() == ErrorKind::NoFit => None,
                Some(tested) => tested?,
                None => None,
            };
            progress.step();
            let fit = one.fit.fit_or(SURFACE)?.level(self.level).run(data)?;
            laws.push(self.of_repeats(fit, tested.and_then(|tested| tested.total.mae))?);
        }
        Ok(self.ranked(laws))
    }

    /// As [`AllocateRequest::capped`] for a law that is already fitted.
    ///
    /// # Errors
    /// As for [`AllocateRequest::capped`].
    #[doc(hidden)]
    pub fn capped_of_fit(&self, fit: FitResult) -> Result<CappedAnswer> {
        self.check_of_repeats()?;
        Ok(self.ranked(vec![self.of_repeats(fit, None)?]))
    }

    fn ranked(&self, mut laws: Vec<OfLaw>) -> CappedAnswer {
        let mut order: Vec<usize> = (0..laws.len()).collect();
        order.sort_by(|a, b| laws[*b].evidence.total_cmp(&laws[*a].evidence));
        let best = laws[order[0]].evidence;
        for law in &mut laws {
            law.evidence -= best;
        }
        CappedAnswer {
            format: "scalewise.capped-allocation",
            version: 1,
            runs: laws[0].fit.fitted_runs().count(),
            preferred: order[0],
            clear: order
                .get(1)
                .is_some_and(|next| laws[*next].evidence < -CLEAR),
            laws,
            request: self.clone(),
        }
    }

    fn of_repeats(&self, fit: FitResult, rolling_origin: Option<f64>) -> Result<OfLaw> {
        check_levels(&[self.level])?;
        let own = self.own(&fit);
        let flops = Flops::of(&self.flops, &own)?;
        let largest = largest_run(&fit, &flops);
        let budgets = targets(&self.compute, largest)?;
        let caps = positives("a number of unique tokens", &self.unique)?;
        let mut allocations = Vec::new();
        if fit.refusal().is_none() || self.force {
            let capped = Capped::new(&fit, &flops)?;
            for budget in budgets {
                let free = capped.optimal(budget, f64::INFINITY)?;
                let caps = caps.iter().map(|cap| Some(*cap)).chain([None]);
                for cap in caps {
                    let limit = cap.unwrap_or(f64::INFINITY);
                    let best = capped.optimal(budget, limit)?;
                    let Standing {
                        grade,
                        because,
                        found,
                    } = capped.standing(&best, limit, &own);
                    let unique = best.tokens.min(limit);
                    allocations.push(CappedAt {
                        cap,
                        unique,
                        epochs: best.tokens / unique,
                        paid: best.loss / free.loss - 1.0,
                        cost: Cost::new(budget, self.price),
                        extrapolation: budget / largest,
                        intervals: capped.intervals(&best, limit, self.level),
                        best,
                        grade,
                        because,
                        found,
                    });
                }
            }
        }
        let residuals = fit.residuals();
        let count = residuals.len() as f64;
        let squares = sum(residuals.iter().map(|r| r * r));
        let likelihood = sum(log_densities(&fit, &residuals).into_iter());
        let free = fit.settings().free_count() as f64;
        let mut diagnoses = fit.diagnoses().to_vec();
        let each = allocations.iter().rev();
        let each: Vec<_> = each
            .map(|at: &CappedAt| (at.place(), &at.found[..]))
            .collect();
        let known = |found: &Diagnosis| diagnoses.iter().any(|other| other.code == found.code);
        let about: Vec<Diagnosis> = first_named(&each)
            .into_iter()
            .filter(|d| !known(d))
            .collect();
        diagnoses.extend(about);
        Ok(OfLaw {
            law: fit.law().name().to_owned(),
            status: fit.status(),
            diagnoses,
            flops: flops.describe(),
            cost_model: flops.said(),
            noise: (squares / count).sqrt(),
            evidence: likelihood - 0.5 * free * count.ln(),
            rolling_origin,
            allocations,
            fit,
        })
    }
}
