//! Findings about the budgets of the three approaches.

use super::REPLICATES;
use super::isoflop_row::Influence;
use crate::allocation::{Budget, Counting, OFF_CENTRE, Outcome, PowerLine, Way};
use crate::code::Code;
use crate::fit::{Diagnosis, Severity};
use crate::number::compute;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::said::Said;

/// Budgets that differ by less are equal up to rounding.
const ROUNDING: f64 = 1e-3;
/// Share of draws without a minimum from which a warning is given.
const FAILED: f64 = 0.01;
/// Smallest bias that is reported.
const BIASED: f64 = 0.02;

/// Findings about the grouping of the runs. The way used comes first in `ways`.
pub(super) fn of_ways(ways: &[Way]) -> Option<Diagnosis> {
    let (used, others) = ways.split_first()?;
    // A way that ranks higher was not used.
    let rank = |counting: Counting| match counting {
        Counting::Budget => 0,
        Counting::Compute => 1,
        Counting::SixNd | Counting::Formula => 2,
    };
    let passed = others
        .iter()
        .find(|way| rank(way.counting) < rank(used.counting))?;
    let message = format!(
        "by {} {} of {} budgets have 4 sizes or more, and by {} {} of {}, so that the runs are grouped \
         by {}",
        passed.counting.called(),
        passed.usable,
        passed.budgets,
        used.counting.called(),
        used.usable,
        used.budgets,
        used.counting.called()
    );
    Some(
        Diagnosis::new(
            Code::GroupedOtherwise,
            Severity::Note,
            message,
            "name the column of the budgets, or widen the tolerance, to group otherwise",
        )
        .with_remedy(Setting::BudgetCol),
    )
}

/// Where a minimum lies among the sizes of its budget.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Smaller,
    Larger,
}

/// Findings about the minima.
pub(super) fn of_budgets(budgets: &[Budget]) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    let unused = budgets.iter().filter_map(|budget| {
        let (why, params) = match &budget.outcome {
            Outcome::Concave => ("is concave", None),
            Outcome::AtEdge(minimum) => ("at the edge of", Some(minimum.params)),
            Outcome::Unbracketed { params } => ("outside", Some(*params)),
            Outcome::Minimum(_) | Outcome::TooFew { .. } => return None,
        };
        let what = format!("the parabola of {}", compute(budget.compute));
        let Some(params) = params else {
            return Some((None, format!("{what} {why}")));
        };
        let side = match params.ln() < budget.centre {
            true => Side::Smaller,
            false => Side::Larger,
        };
        let params = format_quantity(params);
        let end = match side {
            Side::Smaller => "smallest",
            Side::Larger => "largest",
        };
        let words = format!("{what} has its minimum {params} {why} its sizes, by the {end}");
        Some((Some(side), words))
    });
    let unused: Vec<(Option<Side>, String)> = unused.collect();
    if !unused.is_empty() {
        let has = |side: Side| unused.iter().any(|(of, _)| *of == Some(side));
        let hint = match (has(Side::Smaller), has(Side::Larger)) {
            (true, false) => "add smaller sizes to these budgets, where the loss still falls",
            (false, true) => "add larger sizes to these budgets, where the loss still falls",
            _ => "add sizes on the side where the loss still falls",
        };
        let words: Vec<&str> = unused.iter().map(|(_, words)| words.as_str()).collect();
        found.push(Diagnosis::new(
            Code::MinimaNotUsed,
            Severity::Warn,
            format!(
                "{}; Approach 2 does not use {}",
                words.join(", "),
                if unused.len() == 1 { "it" } else { "them" }
            ),
            hint,
        ));
    }
    let off = budgets.iter().filter(|budget| {
        let off = budget.minimum().map(|minimum| minimum.off_centre.abs());
        off.is_some_and(|off| off > OFF_CENTRE)
    });
    let off: Vec<(String, bool)> = off
        .map(|budget| {
            let below = budget.minimum().is_some_and(|m| m.off_centre < 0.0);
            (compute(budget.compute), below)
        })
        .collect();
    if !off.is_empty() {
        let below = |(_, below): &(String, bool)| *below;
        let all: Vec<&str> = off.iter().map(|(words, _)| words.as_str()).collect();
        found.push(Diagnosis::new(
            Code::MinimaOffCentre,
            Severity::Warn,
            format!(
                "the minimum lies far from the middle of the sizes at {}",
                all.join(", ")
            ),
            match (off.iter().all(below), off.iter().any(below)) {
                (true, _) => "add smaller sizes to these budgets",
                (_, false) => "add larger sizes to these budgets",
                _ => "add sizes on the side of the minimum that has fewer",
            },
        ));
    }
    found
}

/// Many draws without a minimum mean that the minima are poorly determined.
pub(super) fn of_draws(failures: usize, level: f64) -> Option<Diagnosis> {
    let share = failures as f64 / REPLICATES as f64;
    (share > FAILED).then(|| {
        let bootstrap = match share < 0.5 * (1.0 - level) {
            true => "",
            false => ", so that the bootstrap gives no interval",
        };
        Diagnosis::new(
            Code::MinimaUncertain,
            Severity::Warn,
            format!(
                "with the noise of the runs a parabola has no minimum between its sizes in {:.0} % \
                 of the draws{bootstrap}",
                Said(100.0 * share)
            ),
            "add sizes farther from the minima, where the loss rises by more than the noise",
        )
    })
}

/// Different values of the budget column that were merged into one budget.
pub(super) fn of_merged(runs: &[&Run], budgets: &[Budget]) -> Option<Diagnosis> {
    let values = |budget: &Budget| {
        let of = |run: &&&Run| {
            let same =
                |one: &(f64, f64, f64)| Some(one.0) == run.params && Some(one.1) == run.tokens;
            budget.runs.iter().any(same)
        };
        let mut all: Vec<f64> = runs
            .iter()
            .filter(of)
            .filter_map(|run| run.budget)
            .collect();
        all.sort_by(f64::total_cmp);
        all.dedup_by(|p, q| (*p / *q - 1.0).abs() < ROUNDING);
        all
    };
    let merged = budgets.iter().map(values).find(|values| values.len() > 1)?;
    let shown: Vec<String> = merged.iter().take(4).map(|value| compute(*value)).collect();
    let more = match merged.len() > shown.len() {
        true => ", ...",
        false => "",
    };
    Some(
        Diagnosis::new(
            Code::BudgetsMerged,
            Severity::Note,
            format!("the budgets {}{more} are taken for one", shown.join(", ")),
            "narrow the tolerance to tell them apart",
        )
        .with_remedy(Setting::Tolerance.to("0.001")),
    )
}

/// A bias of the parabolas of more than half the interval of N* means that N* may be off.
pub(super) fn of_bias(
    line: Option<&PowerLine>,
    bias: Option<&PowerLine>,
    computes: &[f64],
    level: f64,
) -> Option<Diagnosis> {
    let (line, bias) = (line?, bias?);
    let beyond = |at: &&f64| {
        let reach = line.reach(**at, level);
        reach.is_some_and(|(half, _)| bias.params(**at).ln().abs() > 0.5 * half)
    };
    let off = |at: &f64| bias.params(*at).ln().abs();
    let most = computes
        .iter()
        .filter(beyond)
        .max_by(|p, q| off(p).total_cmp(&off(q)))?;
    let share = bias.params(*most) - 1.0;
    (share.abs() > BIASED).then(|| {
        Diagnosis::new(
            Code::ParabolaBiased,
            Severity::Warn,
            format!(
                "at these sizes parabolas put N* at {} {:+.0} % off on the fitted surface; the interval \
                 of Approach 2 is widened by it",
                compute(*most),
                Said(100.0 * share)
            ),
            "use Approach 3, which has no such error, or sizes that are closer to the minimum",
        )
    })
}

/// The budget whose removal moves N* most, if it moves beyond the interval of N*.
pub(super) fn of_influence(
    influence: &[Influence],
    line: Option<&PowerLine>,
    level: f64,
) -> Option<Diagnosis> {
    let line = line?;
    let beyond = |one: &&Influence| {
        let reach = line.reach(one.compute, level);
        reach.is_some_and(|(half, _)| one.change.ln_1p().abs() > half)
    };
    let most = influence.iter().filter(beyond);
    let most = most.max_by(|p, q| p.change.ln_1p().abs().total_cmp(&q.change.ln_1p().abs()))?;
    Some(Diagnosis::new(
        Code::OneBudgetDecides,
        Severity::Warn,
        format!(
            "without {} N* at {} moves by {:+.0} %, beyond its interval",
            compute(most.budget),
            compute(most.compute),
            Said(100.0 * most.change)
        ),
        "check the runs of this budget, or add budgets",
    ))
}
