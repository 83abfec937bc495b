//! The cost of sizes other than the best at the same budget, in words.

use super::document::Block;
use crate::ask::{AllocateRequest, AllocationAt, Cost, OtherSize};
use crate::number::{compute, digits, percent};
use crate::quantity::format_quantity;

/// The table, its meaning, and a sentence for each requested size.
pub(super) fn sizes(request: &AllocateRequest, answer: &AllocationAt) -> Vec<Block> {
    if answer.sizes.is_empty() {
        return Vec::new();
    }
    let level = percent(request.level);
    let title = format!("{level} interval");
    let mut head = vec!["N", "D", "D/N", "loss", "above L*", title.as_str()];
    head.extend(["training for L*", "inference a token"]);
    let of_use = request.inference_tokens.is_some();
    let priced = request.price.is_some();
    head.extend(of_use.then_some("training and use"));
    head.extend((of_use && priced).then_some("money"));
    let one = |size: &OtherSize| {
        let at = &size.at;
        let saved = at.params / answer.best.params - 1.0;
        let mut row = vec![
            short(at.params),
            short(at.tokens),
            digits(at.tokens / at.params, 3),
            digits(at.loss, 4),
            in_percent(at.penalty),
            interval(size).unwrap_or_else(|| "n/a".to_owned()),
            size.same_loss.as_ref().map_or_else(
                || "never".to_owned(),
                |cost| more(cost.flop / answer.best.compute - 1.0),
            ),
            format!("{} ({})", compute(three(size.inference_flop)), more(saved)),
        ];
        row.extend(
            size.in_all
                .map(|cost| format!("{} FLOP", compute(three(cost.flop)))),
        );
        row.extend(size.in_all.and_then(|cost| cost.money).map(short));
        row
    };
    let rows = answer.sizes.iter().map(one);
    let mut blocks = vec![
        Block::Text(format!(
            "What another size costs at {} FLOP of training{}:",
            compute(answer.best.compute),
            answer.cost.money.map_or_else(String::new, |m| format!(" ({} in money)", short(m)))
        )),
        Block::table(&head, &[5], rows),
        Block::Text(
            "Each size is trained on the tokens that the budget leaves. Above L* is how much its loss lies above the best one, \
             with the widest of the intervals asked for; training for L* is how much more training FLOP it needs for the best loss."
                .to_owned(),
        ),
    ];
    let asked = answer.sizes.iter().filter(|size| size.asked);
    blocks.extend(asked.map(|size| Block::Text(sentence(size, answer))));
    blocks
}

fn sentence(size: &OtherSize, answer: &AllocationAt) -> String {
    if short(size.at.params) == short(answer.best.params) {
        return format!(
            "{} is the best size, to three digits.",
            short(size.at.params)
        );
    }
    let ends = interval(size).map_or_else(String::new, |ends| format!(" {ends}"));
    let inference = match size.at.params / answer.best.params - 1.0 {
        saved if saved < 0.0 => format!("saves {} at inference", in_percent(-saved)),
        more => format!("costs {} more at inference", in_percent(more)),
    };
    let in_all = size.in_all.as_ref().map_or_else(String::new, in_all);
    format!(
        "{} instead of {} costs {}{ends} in loss and {inference}{in_all}.",
        short(size.at.params),
        short(answer.best.params),
        in_percent(size.at.penalty),
    )
}

fn in_all(cost: &Cost) -> String {
    let flop = compute(three(cost.flop));
    let money = cost.money.map(|m| format!(" or {} in money", short(m)));
    let money = money.unwrap_or_default();
    format!("; training and use together take {flop} FLOP{money}")
}

/// The widest of the intervals.
fn interval(size: &OtherSize) -> Option<String> {
    let all = &size.at.intervals;
    let lower = all.iter().map(|i| i.lower).reduce(f64::min)?;
    let upper = all.iter().map(|i| i.upper).collect::<Option<Vec<f64>>>();
    let upper = upper.and_then(|ends| ends.into_iter().reduce(f64::max));
    let upper = upper.map_or_else(|| "no limit".to_owned(), in_percent);
    Some(format!("[{}, {upper}]", in_percent(lower)))
}

/// A fraction in per cent, with two significant digits and at most two decimals.
fn in_percent(share: f64) -> String {
    let value = 100.0 * share;
    let places = match value.abs() {
        v if v >= 10.0 => 0,
        v if v >= 1.0 => 1,
        _ => 2,
    };
    format!("{value:.places$} %")
}

/// A fraction in per cent with its sign.
fn more(share: f64) -> String {
    match share {
        share if share.abs() < 5e-5 => "0 %".to_owned(),
        share if share > 0.0 => format!("+{}", in_percent(share)),
        share => in_percent(share),
    }
}

fn three(value: f64) -> f64 {
    digits(value, 3).parse().unwrap_or(value)
}

fn short(value: f64) -> String {
    format_quantity(three(value))
}
