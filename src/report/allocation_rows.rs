//! Allocations as CSV, at full precision.

use super::rows::csv;
use crate::allocation::{AllocationInterval, AllocationQuantity};
use crate::ask::{AllocateAnswer, Allocations};
use crate::forecast::Grade;

table_row!(
    #[derive(Clone, Default)]
    pub(super) struct AllocationRow<'a> {
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
        grade: Option<Grade>,
        size: Option<f64>,
    }
);

/// Why an interval lacks an end.
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

/// One row per quantity, method and level, at full precision. The allocation that counts inference
/// has its own rows, without intervals. `status` is that of the fit, or `forced: CODE` if a finding
/// refuses the numbers but the request forces them. A question without an answer has rows with a
/// reason instead of a value.
pub(super) fn allocation_csv(report: &AllocateAnswer, found: &Allocations) -> String {
    let status = match report.fit.refusal() {
        Some(refusal) => format!("forced: {}", refusal.code),
        None => report.fit.status().name().to_owned(),
    };
    let mut rows = Vec::new();
    for answer in &found.answers {
        let row = |quantity: &'static str, value: f64| AllocationRow {
            given: answer.given,
            compute: Some(answer.best.compute),
            quantity,
            value: Some(value),
            joint: report.request.joint,
            extrapolation: Some(answer.extrapolation),
            grade: Some(answer.grade),
            status: &status,
            ..AllocationRow::default()
        };
        for quantity in AllocationQuantity::ALL {
            let value = match quantity {
                AllocationQuantity::Params => answer.best.params,
                AllocationQuantity::Tokens => answer.best.tokens,
                AllocationQuantity::Loss => answer.best.loss,
                AllocationQuantity::ParamsExponent => answer.growth.0,
                AllocationQuantity::TokensExponent => answer.growth.1,
                // The penalty belongs to a size and not to the allocation.
                AllocationQuantity::Penalty => continue,
            };
            let listed = answer.intervals.iter().chain(&found.exponents);
            let own: Vec<_> = listed.filter(|i| i.quantity == quantity).collect();
            if own.is_empty() {
                rows.push(row(quantity.name(), value));
            }
            rows.extend(own.into_iter().map(|i| AllocationRow {
                level: Some(i.level),
                method: Some(i.method.name()),
                lower: i.lower,
                upper: i.upper,
                note: note(i),
                ..row(quantity.name(), value)
            }));
        }
        if let Some(i) = &answer.inference {
            rows.push(row("inference-params", i.params));
            rows.push(row("inference-tokens", i.tokens));
            rows.push(row("inference-total-flop", i.total()));
        }
        for size in answer.sizes.iter().filter(|size| size.asked) {
            let at = &size.at;
            let of = |quantity, value| AllocationRow {
                size: Some(at.params),
                ..row(quantity, value)
            };
            rows.push(of("size-tokens", at.tokens));
            rows.push(of("size-loss", at.loss));
            rows.extend(at.intervals.iter().map(|i| AllocationRow {
                level: Some(i.level),
                method: Some(i.method.name()),
                lower: Some(i.lower),
                upper: i.upper,
                ..of("size-penalty", at.penalty)
            }));
            rows.push(of("size-inference-flop", size.inference_flop));
            rows.extend(
                size.same_loss
                    .map(|cost| of("size-flop-for-loss", cost.flop)),
            );
            rows.extend(size.in_all.map(|cost| of("size-total-flop", cost.flop)));
        }
    }
    for question in &found.refused {
        rows.extend(
            AllocationQuantity::AT_COMPUTE
                .into_iter()
                .map(|quantity| AllocationRow {
                    given: question.given,
                    compute: (question.given == "compute").then_some(question.asked),
                    quantity: quantity.name(),
                    joint: report.request.joint,
                    status: "abstained: no-allocation",
                    note: &question.reason,
                    ..AllocationRow::default()
                }),
        );
    }
    csv(&AllocationRow::COLUMNS, rows)
}

/// The rows of [`allocation_csv`] without numbers, with the status `abstained: CODE`.
pub(super) fn withheld_csv(report: &AllocateAnswer) -> String {
    let (code, reason) = report
        .refusal()
        .map_or(("", ""), |d| (d.code.as_str(), d.message.as_str()));
    let status = format!("abstained: {code}");
    let mut rows = Vec::new();
    for given in &report.given {
        for quantity in AllocationQuantity::ALL {
            rows.extend(report.request.methods.iter().map(|method| AllocationRow {
                given: given.what,
                compute: (given.what == "compute").then_some(given.value),
                quantity: quantity.name(),
                level: Some(report.request.level),
                method: Some(method.name()),
                joint: report.request.joint,
                status: &status,
                note: reason,
                ..AllocationRow::default()
            }));
        }
    }
    csv(&AllocationRow::COLUMNS, rows)
}
