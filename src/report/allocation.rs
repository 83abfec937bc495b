//! Allocations in words and numbers.

use super::answer::{Among, Answer};
use super::document::{Block, Document};
use super::fit::{fact, facts, findings, fit};
use crate::allocation::{
    AllocationInterval, AllocationQuantity, Flops, Resampling, SensitivityRow,
};
use crate::ask::{
    AllocateAnswer, AllocateRequest, AllocationAt, Allocations, Cost, FLAT, RefusedQuestion, Trust,
};
use crate::csv_text::CsvText;
use crate::fit::FitResult;
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::quantity::format_quantity;
use crate::said::Said;
use serde::Serialize;

impl Answer for AllocateAnswer {
    fn document(&self) -> Document {
        match &self.found {
            Some(found) => allocation(self, found),
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
        let refusal = self.refusal();
        let refused = self.found.as_ref().and_then(|f| f.refused.first());
        // Where other questions are answered, the row of this one says why it is not.
        let none = refused.filter(|_| self.answers().is_empty());
        let none = none.map(|r| ("no-allocation".to_owned(), r.reason.clone()));
        refusal
            .map(|d| (d.code.to_string(), d.message.clone()))
            .or(none)
    }
}

impl Among for AllocateAnswer {
    type Request = AllocateRequest;
    const NAME: &'static str = "allocate";

    fn columns(_: &AllocateRequest) -> Vec<String> {
        COLUMNS.map(str::to_owned).to_vec()
    }

    fn head(_: &AllocateRequest) -> Vec<String> {
        ["compute", "N*", "D*", "L*", "times the largest"]
            .map(str::to_owned)
            .to_vec()
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
            ],
            None => vec![String::new(); 5],
        }
    }
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
        let (i, lower, upper) = own.and_then(|i| Some((i, i.lower?, i.upper?)))?;
        Some(format!(
            " ({} {} confidence interval {} to {})",
            percent(i.level),
            i.method.name(),
            show(lower),
            show(upper)
        ))
    };
    format!(
        "With {} FLOP train {} parameters{} on {} tokens: loss {}{}",
        compute(answer.best.compute),
        short(answer.best.params),
        interval(AllocationQuantity::Params, &short).unwrap_or_default(),
        short(answer.best.tokens),
        digits(answer.best.loss, 4),
        interval(AllocationQuantity::Loss, &|v| digits(v, 4)).unwrap_or_default()
    )
}

fn allocation(report: &AllocateAnswer, found: &Allocations) -> Document {
    let mut top = facts(&report.fit);
    top.push(fact("FLOP", report.flops.describe()));
    if let Some(answer) = found.answers.first() {
        let (a, b) = answer.growth;
        let at = match report.flops {
            Flops::Formula(_) => format!(" at {} FLOP", compute(answer.best.compute)),
            _ => String::new(),
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
             absolute deviations, the bootstrap 50 refits that reach a minimum, of which some lie beyond the ends.",
            names.join(", ")
        )));
    }
    if let Some(b) = &found.bootstrap {
        blocks.push(Block::Text(format!(
            "Bootstrap: {} refits of resampled {}, {} failed.",
            b.asked,
            format!("{:?}", b.resampling).to_lowercase(),
            b.failures
        )));
        if b.resampling == Resampling::Cases && has_repeated_groups(&report.fit) {
            blocks.push(Block::Text(
                "Several runs share a group and were drawn one by one; resampling clusters draws groups whole, as \
                 checkpoints of one training run need."
                    .to_owned(),
            ));
        }
    }
    if let (Some(answer), false) = (found.answers.first(), found.sensitivity.is_empty()) {
        blocks.push(Block::Text(format!(
            "What the answer at {} FLOP depends on:",
            compute(answer.best.compute)
        )));
        blocks.push(sensitivity_table(&found.sensitivity));
        blocks.extend(depends(found, answer).map(Block::Text));
    }
    blocks.extend(findings(report.fit.diagnoses()));
    Document { blocks }
}

/// Whether there are groups of several fitted runs, and more than one.
fn has_repeated_groups(fit: &FitResult) -> bool {
    let names: Vec<&str> = fit
        .fitted_runs()
        .filter_map(|r| r.group.as_deref())
        .collect();
    let different: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    different.len() > 1 && different.len() < names.len()
}

fn answer_facts(
    report: &AllocateAnswer,
    answer: &AllocationAt,
) -> Vec<(String, String, super::Tone)> {
    let best = &answer.best;
    let mut facts = vec![
        fact(
            "Compute",
            format!(
                "{} FLOP{}: {} times the largest fitted run",
                compute(best.compute),
                if answer.given == "compute" {
                    String::new()
                } else {
                    format!(" (from the {} given)", answer.given)
                },
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
        fact(
            "Flat",
            format!(
                "any N in {} to {} costs less than {} of the loss",
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

fn refusal(question: &RefusedQuestion) -> Block {
    let hint = question.hint.as_ref();
    Block::Verbatim(format!(
        "refused: {} {}: {}{}",
        question.given,
        format_quantity(question.asked),
        question.reason,
        hint.map_or_else(String::new, |hint| format!("\nhint: {hint}"))
    ))
}

fn cost(cost: &Cost, price: Option<f64>) -> String {
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
    let rows = list
        .iter()
        .map(|i| {
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
        })
        .collect();
    Block::Table {
        head: ["quantity", "method", "level", "confidence interval"]
            .map(str::to_owned)
            .to_vec(),
        text: vec![true, true, false, true],
        rows,
    }
}

/// A warning where another objective or fewer runs say something that no interval holds.
fn depends(found: &Allocations, answer: &AllocationAt) -> Option<String> {
    let rows = || found.sensitivity.iter().filter_map(|row| row.params);
    let (least, most) = (rows().reduce(f64::min)?, rows().reduce(f64::max)?);
    let own = || {
        let all = answer.intervals.iter();
        all.filter(|i| i.quantity == AllocationQuantity::Params)
    };
    let lower = own().filter_map(|i| i.lower).reduce(f64::min)?;
    let upper = own().filter_map(|i| i.upper).reduce(f64::max)?;
    (least < lower || most > upper).then(|| {
        format!(
            "WARNING: N* goes from {} to {} in this table, beyond every interval ({} to {}): the objective or a few runs decide, \
             and the intervals do not know it.",
            short(least),
            short(most),
            short(lower),
            short(upper)
        )
    })
}

/// Three digits, as people say them: 109B.
fn short(value: f64) -> String {
    format_quantity(digits(value, 3).parse().unwrap_or(value))
}

fn sensitivity_table(list: &[SensitivityRow]) -> Block {
    let rows = list
        .iter()
        .map(|row| {
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
        })
        .collect();
    Block::Table {
        head: [
            "objective",
            "runs",
            "alpha",
            "beta",
            "E",
            "N*",
            "D*",
            "D/N",
            "L*",
        ]
        .map(str::to_owned)
        .to_vec(),
        text: vec![true, true, false, false, false, false, false, false, false],
        rows,
    }
}

/// The columns of a [`Row`].
const COLUMNS: [&str; 12] = [
    "given",
    "compute",
    "quantity",
    "value",
    "level",
    "method",
    "joint",
    "lower",
    "upper",
    "extrapolation",
    "status",
    "note",
];

#[derive(Serialize)]
struct Row<'a> {
    given: &'a str,
    compute: Option<f64>,
    quantity: &'a str,
    value: Option<f64>,
    level: Option<f64>,
    method: Option<&'a str>,
    joint: bool,
    lower: Option<f64>,
    upper: Option<f64>,
    extrapolation: Option<f64>,
    status: &'a str,
    note: &'a str,
}

/// Why an interval has no number at an end.
fn note(i: &AllocationInterval) -> &'static str {
    let parameters = i.quantity == AllocationQuantity::Params;
    match (i.below_one, parameters) {
        ((false, false), _) => "",
        ((true, false), true) => "the lower end lies below one parameter",
        ((true, false), false) => "the lower end lies below one token",
        ((false, true), true) => "the upper end lies below one parameter",
        ((false, true), false) => "the upper end lies below one token",
        ((true, true), true) => "both ends lie below one parameter",
        ((true, true), false) => "both ends lie below one token",
    }
}

/// One row a quantity, method and level, at full precision; what counts inference too has rows of its
/// own, without intervals. `status` is that of the fit, or `forced: CODE` where a diagnosis refuses the numbers that were asked
/// for all the same. A question without an answer has rows without a value, and the reason.
fn allocation_csv(report: &AllocateAnswer, found: &Allocations) -> String {
    let status = match report.fit.refusal() {
        Some(refusal) => format!("forced: {}", refusal.code),
        None => report.fit.status().name().to_owned(),
    };
    let mut table = CsvText::new();
    for answer in &found.answers {
        let mut write = |quantity: &str, value: f64, i: Option<&AllocationInterval>| {
            table.row(Row {
                given: answer.given,
                compute: Some(answer.best.compute),
                quantity,
                value: Some(value),
                level: i.map(|i| i.level),
                method: i.map(|i| i.method.name()),
                joint: report.request.joint,
                lower: i.and_then(|i| i.lower),
                upper: i.and_then(|i| i.upper),
                extrapolation: Some(answer.extrapolation),
                status: &status,
                note: i.map_or("", note),
            });
        };
        for quantity in AllocationQuantity::ALL {
            let value = match quantity {
                AllocationQuantity::Params => answer.best.params,
                AllocationQuantity::Tokens => answer.best.tokens,
                AllocationQuantity::Loss => answer.best.loss,
                AllocationQuantity::ParamsExponent => answer.growth.0,
                AllocationQuantity::TokensExponent => answer.growth.1,
            };
            let listed = answer.intervals.iter().chain(&found.exponents);
            let own: Vec<_> = listed.filter(|i| i.quantity == quantity).collect();
            if own.is_empty() {
                write(quantity.name(), value, None);
            }
            own.into_iter()
                .for_each(|i| write(quantity.name(), value, Some(i)));
        }
        if let Some(i) = &answer.inference {
            write("inference-params", i.params, None);
            write("inference-tokens", i.tokens, None);
            write("inference-total-flop", i.total(), None);
        }
    }
    for question in &found.refused {
        for quantity in AllocationQuantity::AT_COMPUTE {
            table.row(Row {
                given: question.given,
                compute: (question.given == "compute").then_some(question.asked),
                quantity: quantity.name(),
                value: None,
                level: None,
                method: None,
                joint: report.request.joint,
                lower: None,
                upper: None,
                extrapolation: None,
                status: "abstained: no-allocation",
                note: &question.reason,
            });
        }
    }
    table.into_text()
}

/// The rows of [`allocation_csv`] without numbers, with `abstained: CODE` as their status.
fn withheld_csv(report: &AllocateAnswer) -> String {
    let (code, reason) = report
        .refusal()
        .map_or(("", ""), |d| (d.code.as_str(), d.message.as_str()));
    let status = format!("abstained: {code}");
    let mut table = CsvText::new();
    for given in &report.given {
        for quantity in AllocationQuantity::ALL {
            for method in &report.request.methods {
                table.row(Row {
                    given: given.what,
                    compute: (given.what == "compute").then_some(given.value),
                    quantity: quantity.name(),
                    value: None,
                    level: Some(report.request.level),
                    method: Some(method.name()),
                    joint: report.request.joint,
                    lower: None,
                    upper: None,
                    extrapolation: None,
                    status: &status,
                    note: reason,
                });
            }
        }
    }
    table.into_text()
}
