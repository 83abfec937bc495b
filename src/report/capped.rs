//! Allocations under a cap on unique tokens, in words and as CSV.

use super::answer::Shown;
use super::document::{Block, Document, Fact, fact};
use super::fit::{facts, findings};
use super::grade::tone;
use super::rows::csv;
use crate::allocation::{AllocationInterval, AllocationQuantity};
use crate::ask::{CappedAnswer, CappedAt, OfLaw, Trust};
use crate::forecast::Grade;
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::quantity::format_quantity;

table_row!(
    #[derive(Clone, Default)]
    struct CappedRow<'a> {
        law: &'a str,
        compute: Option<f64>,
        unique_cap: Option<f64>,
        quantity: &'a str,
        value: Option<f64>,
        level: Option<f64>,
        method: Option<&'a str>,
        lower: Option<f64>,
        upper: Option<f64>,
        extrapolation: Option<f64>,
        status: String,
        grade: Option<Grade>,
    }
);

impl Shown for CappedAnswer {
    fn document(&self) -> Document {
        let best = self.best();
        let mut top: Vec<Fact> = facts(&best.fit, self.request.force);
        top.push(fact("FLOP", best.flops.as_str()));
        let mut blocks = Vec::new();
        if self.laws.len() > 1 {
            blocks.extend([
                Block::Facts(vec![fact("Preferred", preference(self))]),
                laws(self),
            ]);
        }
        blocks.push(Block::Facts(top));
        if !best.allocations.is_empty() {
            blocks.push(table(best));
            blocks.push(Block::text(
                "Epochs say how often each unique token is seen, and above free how much the loss lies above that of the same \
                 budget with as many unique tokens as it can see.",
            ));
        }
        for at in &best.allocations {
            blocks.push(Block::Facts(answer_facts(self, at)));
            if !at.intervals.is_empty() {
                blocks.push(intervals(&at.intervals));
            }
        }
        if best.allocations.iter().any(|at| !at.intervals.is_empty()) {
            blocks.push(Block::text(
                "These are confidence intervals by the delta method, each on its own; they are of the law, not of a run, and hold \
                 if its form is exactly right.",
            ));
        }
        blocks.extend(findings(&best.diagnoses));
        Document::from(blocks).forced_if(self.request.force)
    }

    fn table(&self) -> String {
        let rows = self.laws.iter().flat_map(rows);
        csv(&CappedRow::COLUMNS, rows)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        let refusal = self.best().fit.refusal();
        let refusal = refusal.filter(|_| self.best().allocations.is_empty());
        refusal.map(super::answer::code_and_words)
    }
}

fn preference(answer: &CappedAnswer) -> String {
    let how = match answer.clear {
        true => "clearly",
        false => "but the runs cannot tell the laws apart",
    };
    format!("{}, {how}", answer.best().law)
}

fn laws(answer: &CappedAnswer) -> Block {
    let row = |of: &OfLaw| {
        vec![
            of.law.clone(),
            of.fit.settings().free_count().to_string(),
            format!("{} %", digits(100.0 * of.noise, 3)),
            of.rolling_origin.map_or_else(
                || "n/a".to_owned(),
                |error| format!("{} %", digits(100.0 * error, 3)),
            ),
            match of.evidence {
                0.0 => "0".to_owned(),
                below => digits(below, 3),
            },
            of.status.name().to_owned(),
        ]
    };
    let head = [
        "law",
        "free parameters",
        "noise",
        "rolling origin",
        "ln L - k/2 ln n",
        "status",
    ];
    Block::table(&head, &[0, 5], answer.laws.iter().map(row))
}

fn table(of: &OfLaw) -> Block {
    let row = |at: &CappedAt| {
        vec![
            compute(at.best.compute),
            at.cap.map_or_else(|| "none".to_owned(), format_quantity),
            short(at.best.params),
            short(at.best.tokens),
            digits(at.best.tokens / at.best.params, 3),
            digits(at.epochs, 3),
            digits(at.best.loss, 4),
            format!("{} %", digits(100.0 * at.paid.max(0.0), 2)),
            at.grade.name().to_owned(),
        ]
    };
    let head = [
        "compute",
        "unique tokens",
        "N*",
        "D*",
        "D/N",
        "epochs",
        "L*",
        "above free",
        "grade",
    ];
    Block::table(&head, &[8], of.allocations.iter().map(row))
}

fn answer_facts(answer: &CappedAnswer, at: &CappedAt) -> Vec<Fact> {
    let cap = match at.cap {
        Some(cap) => format!("at most {} unique tokens", format_quantity(cap)),
        None => "no cap on unique tokens".to_owned(),
    };
    let mut money = String::new();
    if let (Some(cost), Some(price)) = (at.cost.money, answer.request.price) {
        money = format!(
            " = {} at {price} for an hour of 1 PFLOP/s",
            format_quantity(cost)
        );
    }
    vec![
        fact(
            "Compute",
            format!(
                "{} FLOP{money}: {} times the largest fitted run, {cap}",
                compute(at.best.compute),
                digits(at.extrapolation, 3)
            ),
        ),
        fact("N*", format!("{} parameters", short(at.best.params))),
        fact(
            "D*",
            format!(
                "{} tokens, {} of them unique, each seen {} times",
                short(at.best.tokens),
                short(at.unique),
                digits(at.epochs, 3)
            ),
        ),
        fact("L*", digits(at.best.loss, 5)),
        (
            "Grade".to_owned(),
            at.grade.name().to_uppercase(),
            tone(at.grade),
        ),
        fact("Because", at.because.as_str()),
    ]
}

fn intervals(list: &[AllocationInterval]) -> Block {
    let rows = list.iter().map(|i| {
        let spread = i.lower.zip(i.upper).map(|(l, u)| 0.25 * (u - l));
        let end = |v: Option<f64>| match (v, i.quantity) {
            (None, _) => "no limit".to_owned(),
            (Some(v), AllocationQuantity::Loss) => with_uncertainty(v, spread),
            (Some(v), _) => format_quantity(v),
        };
        vec![
            i.quantity.name().to_owned(),
            i.method.name().to_owned(),
            percent(i.level),
            format!("[{}, {}]", end(i.lower), end(i.upper)),
        ]
    });
    let head = ["quantity", "method", "level", "confidence interval"];
    Block::table(&head, &[0, 1, 3], rows)
}

fn rows(of: &OfLaw) -> Vec<CappedRow<'_>> {
    let status = match of.fit.refusal() {
        Some(refusal) if of.allocations.is_empty() => format!("abstained: {}", refusal.code),
        Some(refusal) => format!("forced: {}", refusal.code),
        None => of.status.name().to_owned(),
    };
    if of.allocations.is_empty() {
        return vec![CappedRow {
            law: &of.law,
            status,
            ..CappedRow::default()
        }];
    }
    let mut rows = Vec::new();
    for at in &of.allocations {
        let row = |quantity, value| CappedRow {
            law: &of.law,
            compute: Some(at.best.compute),
            unique_cap: at.cap,
            quantity,
            value: Some(value),
            extrapolation: Some(at.extrapolation),
            status: status.clone(),
            grade: Some(at.grade),
            ..CappedRow::default()
        };
        for (quantity, value) in [
            (AllocationQuantity::Params, at.best.params),
            (AllocationQuantity::Tokens, at.best.tokens),
            (AllocationQuantity::Loss, at.best.loss),
        ] {
            let own = at.intervals.iter().find(|i| i.quantity == quantity);
            rows.push(CappedRow {
                level: own.map(|i| i.level),
                method: own.map(|i| i.method.name()),
                lower: own.and_then(|i| i.lower),
                upper: own.and_then(|i| i.upper),
                ..row(quantity.name(), value)
            });
        }
        rows.push(row("unique-tokens", at.unique));
        rows.push(row("epochs", at.epochs));
        rows.push(row("above-free", at.paid));
    }
    rows
}

fn short(value: f64) -> String {
    format_quantity(digits(value, 3).parse().unwrap_or(value))
}
