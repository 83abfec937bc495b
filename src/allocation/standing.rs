//! How far an allocation can be relied on: its grade, and findings in addition to those of the fit.

use super::budget_findings::budget_findings;
use super::cost_findings::cost_findings;
use super::counted::{Counting, Own};
use super::flops::Flops;
use super::quantity::AllocationQuantity;
use super::sensitivity::one_run_decides;
use super::uncertainty::{AllocationMethod, Uncertainty};
use crate::code::Code;
use crate::finding::{Diagnosis, Severity};
use crate::fit::{FitResult, FitStatus};
use crate::forecast::Grade;
use crate::forecast::request::far_beyond;
use crate::number::digits;
use crate::numeric::Allocation;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::said::{Said, decades};

/// Level of the interval that decides the grade, whatever levels are requested.
pub(crate) const LEVEL: f64 = 0.9;
/// Factor from N* to the farther end of its 90 % interval, at most, for the grades high and
/// moderate.
const HIGH: f64 = 1.25;
const MODERATE: f64 = 3.0;
/// Factors by which D*/N* lies outside the ratios of the runs, for a note and for a warning.
const RATIO_OUTSIDE: (f64, f64) = (1.1, 2.0);
/// A column whose largest number is smaller than this is not a number of parameters or tokens.
const FEWEST: f64 = 1e4;
/// A budget below this share of the smallest run is probably a mistake.
const BELOW: f64 = 0.1;

/// How far an allocation can be relied on.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub grade: Grade,
    pub because: String,
    /// Findings in addition to those of the fit.
    pub found: Vec<Diagnosis>,
}

/// The largest run in the unit of budgets. If the units of the compute column are suspect, the cost
/// of a run is computed from N and D.
pub(crate) fn largest_run(fit: &FitResult, flops: &Flops) -> f64 {
    sizes(fit, flops).fold(0.0, f64::max)
}

fn smallest_run(fit: &FitResult, flops: &Flops) -> f64 {
    sizes(fit, flops).fold(f64::INFINITY, f64::min)
}

/// Whether the units of the compute column are suspect.
fn has_suspect_units(fit: &FitResult) -> bool {
    let mut found = fit.diagnoses().iter();
    found.any(|d| d.code == Code::UnitsSuspect)
}

fn sizes<'a>(fit: &'a FitResult, flops: &'a Flops) -> impl Iterator<Item = f64> + 'a {
    let by_column = match flops {
        // The compute of such runs is 6ND, or is not the one that is counted.
        Flops::Fitted(_, Counting::Budget) => false,
        Flops::Fitted(..) => true,
        _ => !has_suspect_units(fit),
    };
    fit.fitted_runs().map(move |run| {
        let counted = run.params.zip(run.tokens).map(|(n, d)| flops.cost(n, d));
        let counted = counted.filter(|cost| *cost > 0.0 && cost.is_finite());
        counted.filter(|_| !by_column).unwrap_or(run.x)
    })
}

impl Uncertainty<'_> {
    /// How far the allocation can be relied on; `own` has the runs with the compute they are
    /// counted by.
    pub(crate) fn standing(&self, best: &Allocation, own: &Own) -> Standing {
        let (fit, flops) = (self.fit(), self.counting());
        let mut found = doubts(fit, flops, own, best);
        found.extend(one_run_decides(self, best, LEVEL));
        let factor = best.compute / largest_run(fit, flops);
        let (grade, because) = graded(fit, self.reach(best), factor, &found);
        Standing {
            grade,
            because,
            found,
        }
    }

    /// The outer ends of the delta and the profile interval of N*, in units of N*; absent if one of
    /// the ends is absent.
    fn reach(&self, best: &Allocation) -> Option<(f64, f64)> {
        let methods = [AllocationMethod::Delta, AllocationMethod::Profile];
        let asked = self.at(best.compute).level(LEVEL).methods(&methods);
        let all = asked.of(AllocationQuantity::Params);
        let ends = all.iter().map(|i| Some((i.lower?, i.upper?)));
        let ends: Vec<(f64, f64)> = ends.collect::<Option<_>>()?;
        let lower = ends.iter().map(|e| e.0).reduce(f64::min)?;
        let upper = ends.iter().map(|e| e.1).reduce(f64::max)?;
        Some((lower / best.params, upper / best.params))
    }
}

/// Findings about the best allocation of a budget, in addition to those of the fit, for any law.
pub(super) fn doubts(
    fit: &FitResult,
    flops: &Flops,
    own: &Own,
    best: &Allocation,
) -> Vec<Diagnosis> {
    let runs: Vec<&Run> = fit.fitted_runs().collect();
    let extent = (smallest_run(fit, flops), largest_run(fit, flops));
    let mut found = of_split(&runs, extent, best);
    // Suspect units have their own finding.
    if !has_suspect_units(fit) {
        found.extend(cost_findings(flops, own, &[best.params]));
    }
    let counted = matches!(flops, Flops::Fitted(..));
    found.extend(budget_findings(&runs, own.named, counted));
    found
}

/// What speaks against a split of a budget, from the runs alone; `extent` has the smallest and the
/// largest of them in the unit of budgets.
pub(crate) fn of_split(runs: &[&Run], extent: (f64, f64), best: &Allocation) -> Vec<Diagnosis> {
    let mut found: Vec<Diagnosis> = units_of_sizes(runs).into_iter().collect();
    found.extend(of_budget(best.compute, extent));
    found.extend(ratio_of_sizes(runs, best));
    found
}

/// The grade of an allocation and its reason. `factor` is the budget divided by the largest run,
/// and `reach` has the ends of the 90 % interval of N* in units of N*.
pub(super) fn graded(
    fit: &FitResult,
    reach: Option<(f64, f64)>,
    factor: f64,
    found: &[Diagnosis],
) -> (Grade, String) {
    if let Some(refusal) = fit.refusal() {
        return (Grade::Refused, refusal.message.clone());
    }
    let status = fit.status();
    let status = (status != FitStatus::Converged)
        .then(|| format!("the fit is {}", status.name().replace('-', " ")));
    let doubts = fit.diagnoses().iter().chain(found);
    graded_by("N*", reach, factor, status, doubts)
}

/// The same without a fit. `against` is a further reason for the lowest grade.
pub(crate) fn graded_by<'a>(
    of: &str,
    reach: Option<(f64, f64)>,
    factor: f64,
    against: Option<String>,
    doubts: impl Iterator<Item = &'a Diagnosis>,
) -> (Grade, String) {
    let (mut grade, mut because) = match reach {
        Some((below, above)) => {
            let grade = match (1.0 / below).max(above) {
                times if times <= HIGH => Grade::High,
                times if times <= MODERATE => Grade::Moderate,
                _ => Grade::Low,
            };
            let said = |end: f64| digits(end, 3);
            let words = format!(
                "the 90 % interval of {of} goes from {} to {} times {of}",
                said(below),
                said(above)
            );
            (grade, vec![words])
        }
        None => (
            Grade::Low,
            vec![format!("the runs give no 90 % interval of {of}")],
        ),
    };
    let mut lower = |to: Grade, why: String| {
        if to < grade || to == Grade::Low {
            grade = grade.min(to);
            because.push(why);
        }
    };
    if factor > 1.0 + 1e-9 {
        let times = digits(factor, 3);
        let why = format!(
            "the budget is {times} times the largest run, and allocations beyond their runs have no record"
        );
        lower(Grade::Moderate, why);
    }
    let doubts = doubts.filter(|d| d.severity == Severity::Warn);
    let against = against.into_iter().chain(doubts.map(|d| d.message.clone()));
    for why in against {
        lower(Grade::Low, why);
    }
    (grade, because.join("; "))
}

/// A warning for numbers of parameters or tokens that are too small.
fn units_of_sizes(runs: &[&Run]) -> Option<Diagnosis> {
    let largest = |of: fn(&Run) -> Option<f64>| {
        let all = runs.iter().filter_map(|run| of(run));
        all.reduce(f64::max)
    };
    let (params, tokens) = (largest(|run| run.params)?, largest(|run| run.tokens)?);
    let of = |largest: f64, what: &str| {
        let words = format!("{} {what}", format_quantity(largest));
        (largest < FEWEST).then_some(words)
    };
    let few: Vec<String> = [of(params, "parameters"), of(tokens, "tokens")]
        .into_iter()
        .flatten()
        .collect();
    (!few.is_empty()).then(|| {
        Diagnosis::new(
            Code::UnitsSuspect,
            Severity::Warn,
            format!(
                "the largest run has {}: the columns look as if they were in millions or billions",
                few.join(" and ")
            ),
            "write the unit into the heading, such as 'params (M)' or 'tokens (B)', or into the cells, such as 125M",
        )
        .with_remedy(Setting::ParamsCol)
        .with_remedy(Setting::TokensCol)
    })
}

fn below_runs(compute: f64, smallest: f64) -> Option<Diagnosis> {
    (compute < BELOW * smallest).then(|| {
        Diagnosis::new(
            Code::TargetBelowRuns,
            Severity::Warn,
            format!(
                "the budget lies {:.1} decades below the smallest run, where nothing was checked",
                Said(decades(compute, smallest))
            ),
            "give a budget in the unit of the runs, or ask by a number of parameters or of tokens",
        )
        .with_remedy(Setting::Params)
        .with_remedy(Setting::Tokens)
    })
}

/// What speaks against a budget beside the smallest and the largest run in its unit.
pub(crate) fn of_budget(budget: f64, (smallest, largest): (f64, f64)) -> Vec<Diagnosis> {
    let all = [below_runs(budget, smallest), far_beyond(budget / largest)];
    all.into_iter().flatten().collect()
}

fn ratio_of_sizes(runs: &[&Run], best: &Allocation) -> Option<Diagnosis> {
    let ratios = runs.iter();
    let ratios = ratios.filter_map(|run| Some(run.tokens? / run.params?));
    let words = ["D*/N*", "tokens to parameters"].map(str::to_owned);
    ratio_outside(ratios, best.tokens / best.params, words)
}

/// The best ratio may be one that no run had. `sign` stands for the ratio, and `of` names what is
/// divided.
pub(crate) fn ratio_outside(
    ratios: impl Iterator<Item = f64> + Clone,
    ratio: f64,
    [sign, of]: [String; 2],
) -> Option<Diagnosis> {
    let least = ratios.clone().reduce(f64::min)?;
    let most = ratios.reduce(f64::max)?;
    let (times, side, end) = match ratio {
        r if r > most => (r / most, "above", most),
        r => (least / r, "below", least),
    };
    let severity = match times > RATIO_OUTSIDE.1 {
        true => Severity::Warn,
        false => Severity::Note,
    };
    (times > RATIO_OUTSIDE.0).then(|| {
        Diagnosis::new(
            Code::RatioOutsideRuns,
            severity,
            format!(
                "{sign} = {} lies {side} the ratios of all runs, which go from {} to {}: {} times {}",
                digits(ratio, 3),
                digits(least, 3),
                digits(most, 3),
                digits(times, 3),
                match end == most {
                    true => "their largest",
                    false => "below their smallest",
                }
            ),
            format!("train runs with such a ratio of {of} before you rely on the split"),
        )
    })
}
