//! The three approaches in words and numbers.

use super::answer::{Among, Shown};
use super::document::{Block, Document, fact};
use super::fit::findings;
use super::rows::{csv, names};
use crate::allocation::{Budget, OFF_CENTRE, Outcome};
use crate::ask::{ApproachRow, IsoflopAnswer, IsoflopRequest, Trust, each_once};
use crate::number::{compute, digits, percent};
use crate::quantity::format_quantity;
use crate::said::Said;

impl Shown for IsoflopAnswer {
    fn document(&self) -> Document {
        isoflop(self)
    }

    fn table(&self) -> String {
        let rows = self.rows.iter().map(|r| IsoflopRow {
            approach: r.approach,
            compute: r.compute,
            params: r.params,
            tokens: r.tokens,
            bias_params: r.bias_params,
            exponent: r.exponent,
            level: self.request.level,
            lower: r.interval.map(|i| i.0),
            upper: r.interval.map(|i| i.1),
            status: &r.status,
        });
        csv(&IsoflopRow::COLUMNS, rows)
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        if self.trust() != Trust::Refused {
            return None;
        }
        let refused = self.rows.iter().filter(|row| row.params.is_none());
        let why = refused.map(|row| format!("approach {}: {}", row.approach, row.status));
        let why = each_once(why, String::eq).join("; ");
        Some(("no-allocation".to_owned(), why))
    }
}

impl Among for IsoflopAnswer {
    type Request = IsoflopRequest;
    const NAME: &'static str = "isoflop";

    fn columns(_: &IsoflopRequest) -> Vec<&'static str> {
        IsoflopRow::COLUMNS.to_vec()
    }

    fn head(_: &IsoflopRequest) -> Vec<String> {
        names(["compute", "N* by 1", "N* by 2", "N* by 3"])
    }

    /// The three approaches at the last budget.
    fn line(&self) -> Vec<String> {
        let last = &self.rows[self.rows.len().saturating_sub(3)..];
        let mut cells = vec![last.first().map_or(String::new(), |r| compute(r.compute))];
        let sizes = last
            .iter()
            .map(|r| r.params.map_or("none".to_owned(), format_quantity));
        cells.extend(sizes);
        cells
    }
}

fn isoflop(report: &IsoflopAnswer) -> Document {
    let usable = report
        .budgets
        .iter()
        .filter(|b| matches!(b.outcome, Outcome::Minimum(_)))
        .count();
    let mut facts = vec![fact(
        "Budgets",
        format!(
            "{}: {} found, {usable} with a minimum between the sizes sampled",
            report.source,
            report.budgets.len()
        ),
    )];
    if let Some(s) = &report.surface {
        facts.push(fact(
            "Surface",
            format!(
                "E = {}, alpha = {}, beta = {}",
                digits(s.e, 4),
                digits(s.alpha, 4),
                digits(s.beta, 4)
            ),
        ));
    }
    let mut blocks = vec![Block::Facts(facts), budget_table(&report.budgets)];
    let off = report
        .budgets
        .iter()
        .filter(|b| matches!(&b.outcome, Outcome::Minimum(m) if m.off_centre.abs() > OFF_CENTRE));
    let off: Vec<String> = off.map(|b| compute(b.compute)).collect();
    if !off.is_empty() {
        blocks.push(Block::Verbatim(format!(
            "warning: off-centre: the minimum lies far from the middle of the sizes at {}\nhint: add runs on the other side of it",
            off.join(", ")
        )));
    }
    blocks.push(approach_table(&report.rows, report.request.level));
    if report.surface.is_some() {
        blocks.push(Block::text("bias: the error of N* that parabolas make on the fitted surface at these sizes without any noise; \
             D* is off the other way."));
    }
    if let Some(fit) = &report.fit {
        blocks.extend(findings(fit.diagnoses()));
    }
    blocks.into()
}

fn budget_table(budgets: &[Budget]) -> Block {
    let rows = budgets.iter().map(|b| {
        let mut row = vec![compute(b.compute), b.runs.len().to_string()];
        let rest = match &b.outcome {
            Outcome::Minimum(m) => vec![
                format_quantity(m.params),
                m.stderr_ln_params
                    .map_or_else(String::new, |s| format!("{:.1} %", Said(100.0 * s))),
                format_quantity(m.tokens),
                digits(m.loss, 4),
                m.bias_ln_params.map_or_else(String::new, |b| {
                    format!("{:+.1} %", Said(100.0 * b.exp_m1()))
                }),
                "ok".to_owned(),
            ],
            Outcome::TooFew { sizes } => {
                refused(format!("refused: {sizes} different sizes, 4 are needed"))
            }
            Outcome::Concave => refused("refused: the parabola is concave".to_owned()),
            Outcome::Unbracketed { params } => refused(format!(
                "refused: its minimum {} lies outside the sizes",
                format_quantity(*params)
            )),
        };
        row.extend(rest);
        row
    });
    let head = [
        "budget",
        "runs",
        "N*",
        "std. error",
        "D*",
        "L*",
        "bias",
        "status",
    ];
    Block::table(&head, &[7], rows)
}

fn refused(why: String) -> Vec<String> {
    let mut cells = vec![String::new(); 5];
    cells.push(why);
    cells
}

fn approach_table(list: &[ApproachRow], level: f64) -> Block {
    let rows = list.iter().map(|r| {
        let number = |v: Option<f64>| v.map_or_else(String::new, |v| digits(v, 3));
        let size = |v: Option<f64>| v.map_or_else(String::new, format_quantity);
        vec![
            format!("{} {}", r.approach, r.name),
            number(r.exponent),
            r.interval.map_or_else(String::new, |(l, u)| {
                format!("[{:.3}, {:.3}]", Said(l), Said(u))
            }),
            compute(r.compute),
            size(r.params),
            size(r.tokens),
            number(r.tokens.zip(r.params).map(|(d, n)| d / n)),
            r.bias_params
                .map_or_else(String::new, |b| format!("{:+.1} %", Said(100.0 * b))),
            r.status.clone(),
        ]
    });
    let interval = format!("{} confidence", percent(level));
    let head = [
        "approach", "a", &interval, "compute", "N*", "D*", "D/N", "bias", "status",
    ];
    Block::table(&head, &[0, 2, 8], rows)
}

table_row!(
    /// One row an approach and compute, at full precision.
    struct IsoflopRow<'a> {
        approach: u8,
        compute: f64,
        params: Option<f64>,
        tokens: Option<f64>,
        bias_params: Option<f64>,
        exponent: Option<f64>,
        level: f64,
        lower: Option<f64>,
        upper: Option<f64>,
        status: &'a str,
    }
);
