//! Allocations in words.

use super::allocation_rows::{AllocationRow, allocation_csv, withheld_csv};
use super::answer::{Among, Shown, code_and_words};
use super::document::{Block, Document, Fact, Tone, fact};
use super::fit::{facts, findings, fit};
use super::grade::tone;
use super::rows::names;
use super::sizes::sizes;
use crate::allocation::{
    AllocationInterval, AllocationMethod, AllocationQuantity, Resampling, SensitivityRow,
};
use crate::ask::{
    AllocateAnswer, AllocateRequest, AllocationAt, Allocations, Cost, FLAT, RefusedQuestion, Trust,
};
use crate::fit::FitResult;
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::quantity::format_quantity;
use crate::said::Said;

impl Shown for AllocateAnswer {
    fn document(&self) -> Document {
        match &self.found {
            Some(found) => allocation(self, found).forced_if(self.request.force),
            None => fit(&self.fit, false),
        }
    }

    fn table(&self) -> String {
        match &self.found {
            Some(found) => allocation_csv(self, found),
            None => withheld_csv(self),
        }
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        let refused = self.found.as_ref().and_then(|f| f.refused.first());
        // If other questions are answered, the row of this one gives the reason.
        let none = refused.filter(|_| self.answers().is_empty());
        let none = none.map(|r| ("no-allocation".to_owned(), r.reason.clone()));
        self.refusal().map(code_and_words).or(none)
    }
}

impl Among for AllocateAnswer {
    type Request = AllocateRequest;
    const NAME: &'static str = "allocate";

    fn columns(_: &AllocateRequest) -> Vec<&'static str> {
        AllocationRow::COLUMNS.to_vec()
    }

    fn head(_: &AllocateRequest) -> Vec<String> {
        names(["compute", "N*", "D*", "L*", "times the largest", "grade"])
    }

    /// The last answer.
    fn line(&self) -> Vec<String> {
        match self.answers().last() {
            Some(answer) => vec![
                compute(answer.best.compute),
                short(answer.best.params),
                short(answer.best.tokens),
                digits(answer.best.loss, 4),
                digits(answer.extrapolation, 3),
                answer.grade.name().to_owned(),
            ],
            None => vec![String::new(); 6],
        }
    }
}

/// The grade of the last answer and the reason for it, for the top of a page.
pub(super) fn graded(report: &AllocateAnswer) -> Option<(String, Tone)> {
    let answer = report.answers().last()?;
    let grade = answer.grade.name().to_uppercase();
    let words = format!("{grade}. Because: {}.", answer.because);
    Some((words, tone(answer.grade)))
}

/// The first interval of a size, such as `20.7B to 402B`.
pub(super) fn interval_of(answer: &AllocationAt, quantity: AllocationQuantity) -> Option<String> {
    let i = answer.intervals.iter().find(|i| i.quantity == quantity)?;
    let end = |end: Option<f64>, below_one: bool| match end {
        Some(value) => short(value),
        None if below_one => "below 1".to_owned(),
        None => "no limit".to_owned(),
    };
    let (lower, upper) = (end(i.lower, i.below_one.0), end(i.upper, i.below_one.1));
    Some(format!("{lower} to {upper}"))
}

/// The compute of an answer, and the given quantity if that is another.
pub(super) fn budget(answer: &AllocationAt) -> String {
    let from = match answer.given {
        "compute" => String::new(),
        given => format!(" (from the {given} given)"),
    };
    format!("{} FLOP{from}", compute(answer.best.compute))
}

/// The last answer in one line.
pub(super) fn in_one_line(report: &AllocateAnswer) -> String {
    let Some(found) = &report.found else {
        let why = report.refusal().map_or("", |d| &d.message);
        return format!("No number is given: {why}");
    };
    let Some(answer) = found.answers.last() else {
        return match found.refused.last() {
            Some(refused) => format!("No allocation is given: {}", refused.reason),
            None => "No budget was asked for.".to_owned(),
        };
    };
    let interval = |quantity, show: &dyn Fn(f64) -> String| {
        let own = answer.intervals.iter().find(|i| i.quantity == quantity);
        let i = own.filter(|i| i.lower.is_some() || i.upper.is_some())?;
        let end = |end: Option<f64>, below_one: bool| match end {
            Some(value) => show(value),
            None if below_one => "below 1".to_owned(),
            None => "no limit".to_owned(),
        };
        Some(format!(
            " ({} {} confidence interval {} to {})",
            percent(i.level),
            i.method.name(),
            end(i.lower, i.below_one.0),
            end(i.upper, i.below_one.1)
        ))
    };
    format!(
        "With {} train {} parameters{} on {} tokens: loss {}{}",
        budget(answer),
        short(answer.best.params),
        interval(AllocationQuantity::Params, &short).unwrap_or_default(),
        short(answer.best.tokens),
        digits(answer.best.loss, 4),
        interval(AllocationQuantity::Loss, &|v| digits(v, 4)).unwrap_or_default()
    )
}

fn allocation(report: &AllocateAnswer, found: &Allocations) -> Document {
    let mut top = facts(&report.fit, report.request.force);
    top.push(fact("FLOP", report.flops.describe()));
    if let Some(answer) = found.answers.first() {
        let (a, b) = answer.growth;
        let at = match report.flops.is_power() {
            true => String::new(),
            false => format!(" at {} FLOP", compute(answer.best.compute)),
        };
        top.push(fact(
            "Growth",
            format!("N* ~ C^{:.3}, D* ~ C^{:.3}{at}", Said(a), Said(b)),
        ));
    }
    let mut blocks = vec![Block::Facts(top)];
    if !found.exponents.is_empty() {
        blocks.push(intervals(&found.exponents));
    }
    for answer in &found.answers {
        blocks.push(Block::Facts(answer_facts(report, answer)));
        if !answer.intervals.is_empty() {
            blocks.push(intervals(&answer.intervals));
        }
        blocks.extend(sizes(&report.request, answer));
    }
    blocks.extend(found.refused.iter().map(refusal));
    if found.answers.iter().any(|a| !a.intervals.is_empty()) {
        let hold = if report.request.joint {
            "These confidence intervals hold together for one budget, with the probability given for all five at once"
        } else {
            "These are confidence intervals, each on its own, not all at once"
        };
        blocks.push(Block::Text(format!(
            "{hold}; they are of the surface, not of a run, and hold if its form is exactly right."
        )));
    }
    if !found.without.is_empty() {
        let names: Vec<&str> = found.without.iter().map(|m| m.name()).collect();
        blocks.push(Block::Text(format!(
            "No {} interval: delta and profile need three degrees of freedom, a profile another objective than least \
             absolute deviations, the bootstrap one degree of freedom and 50 refits that reach a \
             minimum, of which some lie beyond the ends.",
            names.join(", ")
        )));
    }
    let is_given = !found.without.contains(&AllocationMethod::Bootstrap);
    if let Some(b) = found.bootstrap.as_ref().filter(|_| is_given) {
        blocks.push(Block::Text(format!(
            "Bootstrap: {} refits of resampled {}, {} failed.",
            b.asked,
            format!("{:?}", b.resampling).to_lowercase(),
            b.failures
        )));
        if b.resampling == Resampling::Cases && has_repeated_groups(&report.fit) {
            blocks.push(Block::text("Several runs share a group and were drawn one by one; resampling clusters draws groups whole, as \
                 checkpoints of one training run need."));
        }
    }
    if let (Some(answer), false) = (found.answers.first(), found.sensitivity.is_empty()) {
        blocks.push(Block::Text(format!(
            "What the answer at {} FLOP depends on:",
            compute(answer.best.compute)
        )));
        blocks.push(sensitivity_table(&found.sensitivity));
        let depends = depends(found, answer);
        blocks.extend(depends.map(|words| Block::Text(format!("WARNING: {words}"))));
    }
    blocks.extend(findings(&report.diagnoses()));
    blocks.into()
}

/// Whether there are several groups, of which at least one has several fitted runs.
fn has_repeated_groups(fit: &FitResult) -> bool {
    let names: Vec<&str> = fit
        .fitted_runs()
        .filter_map(|r| r.group.as_deref())
        .collect();
    let different: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    different.len() > 1 && different.len() < names.len()
}

fn answer_facts(report: &AllocateAnswer, answer: &AllocationAt) -> Vec<Fact> {
    let best = &answer.best;
    let mut facts = vec![
        fact(
            "Compute",
            format!(
                "{}: {} times the largest fitted run",
                budget(answer),
                digits(answer.extrapolation, 3)
            ),
        ),
        fact("N*", format!("{} parameters", format_quantity(best.params))),
        fact(
            "D*",
            format!(
                "{} tokens, D/N = {}",
                format_quantity(best.tokens),
                digits(best.tokens / best.params, 3)
            ),
        ),
        fact("L*", digits(best.loss, 5)),
        (
            "Grade".to_owned(),
            answer.grade.name().to_uppercase(),
            tone(answer.grade),
        ),
        fact("Because", answer.because.as_str()),
        fact(
            "Flat",
            format!(
                "any N from {} to {} raises the loss by less than {}",
                format_quantity(answer.flat_params.0),
                format_quantity(answer.flat_params.1),
                percent(FLAT)
            ),
        ),
        fact("Cost", cost(&answer.cost, report.request.price)),
    ];
    if let Some(i) = &answer.inference {
        facts.push(fact(
            "Inference",
            format!(
                "for {} tokens of use, N = {} and D = {} reach the same loss with {} FLOP in all, {} less than the compute-optimal model",
                format_quantity(i.inference_tokens),
                format_quantity(i.params),
                format_quantity(i.tokens),
                compute(i.total()),
                percent((1000.0 * (1.0 - i.total() / i.compute_optimal_total)).round() / 1000.0),
            ),
        ));
    }
    if let Some(total) = &answer.inference_cost {
        facts.push(fact("In all", cost(total, report.request.price)));
    }
    facts
}

pub(super) fn refusal(question: &RefusedQuestion) -> Block {
    let hint = question.hint.as_ref();
    Block::Verbatim(format!(
        "refused: {} {}: {}{}",
        question.given,
        format_quantity(question.asked),
        question.reason,
        hint.map_or_else(String::new, |hint| format!("\nhint: {hint}"))
    ))
}

pub(super) fn cost(cost: &Cost, price: Option<f64>) -> String {
    let mut text = format!(
        "{} FLOP = {} PF-days",
        compute(cost.flop),
        digits(cost.pf_days, 3)
    );
    if let (Some(money), Some(price)) = (cost.money, price) {
        text += &format!(
            " = {} at {price} for an hour of 1 PFLOP/s",
            format_quantity(money)
        );
    }
    text
}

fn intervals(list: &[AllocationInterval]) -> Block {
    let rows = list.iter().map(|i| {
        let spread = i.lower.zip(i.upper).map(|(l, u)| 0.25 * (u - l));
        let end = |v: Option<f64>, below_one: bool| match (v, i.quantity) {
            (None, _) if below_one => "below 1".to_owned(),
            (None, _) => "no limit".to_owned(),
            (Some(v), AllocationQuantity::Params | AllocationQuantity::Tokens) => {
                format_quantity(v)
            }
            (Some(v), _) => with_uncertainty(v, spread),
        };
        vec![
            i.quantity.name().to_owned(),
            i.method.name().to_owned(),
            percent(i.level),
            format!(
                "[{}, {}]",
                end(i.lower, i.below_one.0),
                end(i.upper, i.below_one.1)
            ),
        ]
    });
    let head = ["quantity", "method", "level", "confidence interval"];
    Block::table(&head, &[0, 1, 3], rows)
}

/// A warning if another objective or fewer runs move the answer out of all intervals.
pub(super) fn depends(found: &Allocations, answer: &AllocationAt) -> Option<String> {
    let rows = || found.sensitivity.iter().filter_map(|row| row.params);
    let (least, most) = (rows().reduce(f64::min)?, rows().reduce(f64::max)?);
    let own = || {
        let all = answer.intervals.iter();
        all.filter(|i| i.quantity == AllocationQuantity::Params)
    };
    let lower = own().filter_map(|i| i.lower).reduce(f64::min)?;
    let upper = own().filter_map(|i| i.upper).reduce(f64::max)?;
    // Without noise the intervals have no width, and any excess is rounding.
    (least < lower * (1.0 - 1e-6) || most > upper * (1.0 + 1e-6)).then(|| {
        format!(
            "N* goes from {} to {} with other objectives and fewer runs, beyond every interval \
             ({} to {}): the objective or a few runs decide, and the intervals do not know it.",
            short(least),
            short(most),
            short(lower),
            short(upper)
        )
    })
}

/// Three digits with a unit: 109B.
pub(super) fn short(value: f64) -> String {
    format_quantity(digits(value, 3).parse().unwrap_or(value))
}

fn sensitivity_table(list: &[SensitivityRow]) -> Block {
    let rows = list.iter().map(|row| {
        let number = |v: Option<f64>| v.map_or_else(|| "no fit".to_owned(), |v| digits(v, 3));
        let size = |v: Option<f64>| v.map_or_else(String::new, format_quantity);
        let runs = if row.without.is_empty() {
            "all".to_owned()
        } else {
            let lines: Vec<String> = row.without.iter().map(u64::to_string).collect();
            format!("without lines {}", lines.join(" "))
        };
        vec![
            row.objective.clone(),
            runs,
            number(row.surface.map(|s| s.alpha)),
            number(row.surface.map(|s| s.beta)),
            number(row.surface.map(|s| s.e)),
            size(row.params),
            size(row.tokens),
            number(row.tokens.zip(row.params).map(|(d, n)| d / n)),
            row.loss.map_or_else(String::new, |l| digits(l, 4)),
        ]
    });
    let head = [
        "objective",
        "runs",
        "alpha",
        "beta",
        "E",
        "N*",
        "D*",
        "D/N",
        "L*",
    ];
    Block::table(&head, &[0, 1], rows)
}
