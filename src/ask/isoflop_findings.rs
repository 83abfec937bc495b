//! What is found against the budgets of the three approaches.

use super::isoflop_row::Influence;
use crate::allocation::{Budget, Counting, OFF_CENTRE, Outcome, PowerLine, Way};
use crate::code::Code;
use crate::fit::{Diagnosis, Severity};
use crate::number::compute;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::said::Said;

/// A bias of less is not told.
const BIASED: f64 = 0.02;

/// What is found against the way in which the runs were grouped; the way used comes first.
pub(super) fn of_ways(ways: &[Way]) -> Option<Diagnosis> {
    let (used, others) = ways.split_first()?;
    // A way that comes before in the order of preference was passed over.
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

/// What is found against the minima.
pub(super) fn of_budgets(budgets: &[Budget]) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    let unused = budgets.iter().filter_map(|budget| {
        let why = match &budget.outcome {
            Outcome::Concave => "is concave".to_owned(),
            Outcome::AtEdge(minimum) => {
                format!(
                    "has its minimum {} at the edge of its sizes",
                    format_quantity(minimum.params)
                )
            }
            Outcome::Unbracketed { params } => {
                format!(
                    "has its minimum {} outside its sizes",
                    format_quantity(*params)
                )
            }
            Outcome::Minimum(_) | Outcome::TooFew { .. } => return None,
        };
        Some(format!("the parabola of {} {why}", compute(budget.compute)))
    });
    let unused: Vec<String> = unused.collect();
    if !unused.is_empty() {
        found.push(Diagnosis::new(
            Code::MinimaNotUsed,
            Severity::Warn,
            format!(
                "{}; Approach 2 does not use {}",
                unused.join(", "),
                if unused.len() == 1 { "it" } else { "them" }
            ),
            "add sizes on the side where the loss still falls",
        ));
    }
    let off = budgets.iter().filter(|budget| {
        let off = budget.minimum().map(|minimum| minimum.off_centre.abs());
        off.is_some_and(|off| off > OFF_CENTRE)
    });
    let off: Vec<String> = off.map(|budget| compute(budget.compute)).collect();
    if !off.is_empty() {
        found.push(Diagnosis::new(
            Code::MinimaOffCentre,
            Severity::Warn,
            format!(
                "the minimum lies far from the middle of the sizes at {}",
                off.join(", ")
            ),
            "add sizes on the other side of it",
        ));
    }
    found
}

/// The bias of the parabolas, where it is larger than half the interval of N* says that N* may be
/// off.
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

/// The budget without which N* moves most, where it moves beyond the interval of N*.
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
