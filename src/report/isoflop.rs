//! The three approaches in words and numbers.

use super::answer::{Among, Shown};
use super::document::{Block, Document, Fact, fact};
use super::fit::{data_line, findings};
use super::grade::tone;
use super::rows::{csv, names};
use crate::allocation::{
    AllocationInterval, AllocationMethod, AllocationQuantity, Minimum, Outcome, Way,
};
use crate::ask::{
    ApproachRow, Influence, IsoflopAnswer, IsoflopRequest, REPLICATES, Trust, each_once,
};
use crate::fit::{Diagnosis, Severity};
use crate::forecast::Grade;
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
            params_lower: end(r, AllocationQuantity::Params, |i| i.lower),
            params_upper: end(r, AllocationQuantity::Params, |i| i.upper),
            tokens_lower: end(r, AllocationQuantity::Tokens, |i| i.lower),
            tokens_upper: end(r, AllocationQuantity::Tokens, |i| i.upper),
            grade: r.grade.map(Grade::name),
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
        names([
            "compute", "N* by 1", "N* by 2", "N* by 3", "grade", "warnings",
        ])
    }

    /// The three approaches at the last budget, with the widest intervals of N*.
    fn line(&self) -> Vec<String> {
        let last = &self.rows[self.rows.len().saturating_sub(3)..];
        let mut cells = vec![last.first().map_or(String::new(), |r| compute(r.compute))];
        let sizes = last.iter().map(|row| match row.params {
            None => "none".to_owned(),
            Some(params) => {
                let of_params = row.intervals.iter();
                let of_params = of_params.filter(|i| i.quantity == AllocationQuantity::Params);
                let widest = of_params.max_by(|p, q| reach(p).total_cmp(&reach(q)));
                let ends = widest.map_or_else(String::new, |i| format!(" {}", ends(i)));
                format!("{}{ends}", format_quantity(params))
            }
        });
        cells.extend(sizes);
        let least = last.iter().filter_map(|row| row.grade).min();
        cells.push(least.map_or("none", Grade::name).to_owned());
        let warnings = found(self);
        let warnings = warnings.iter().filter(|d| d.severity != Severity::Note);
        let codes = each_once(warnings.map(|d| d.code.as_str()), |a, b| a == b);
        cells.push(codes.join(" "));
        cells
    }
}

/// The upper end of an interval divided by its lower end.
fn reach(interval: &AllocationInterval) -> f64 {
    let ends = interval.upper.zip(interval.lower);
    ends.map_or(f64::INFINITY, |(upper, lower)| upper / lower)
}

/// All findings.
fn found(answer: &IsoflopAnswer) -> Vec<Diagnosis> {
    let fit = answer.fit.iter().flat_map(|fit| fit.diagnoses());
    answer.findings.iter().chain(fit).cloned().collect()
}

/// An end of the first interval of a quantity.
fn end(
    row: &ApproachRow,
    quantity: AllocationQuantity,
    end: impl Fn(&AllocationInterval) -> Option<f64>,
) -> Option<f64> {
    let mut all = row.intervals.iter();
    all.find(|i| i.quantity == quantity).and_then(end)
}

fn isoflop(report: &IsoflopAnswer) -> Document {
    let with = report.budgets.iter().filter(|b| b.any_minimum().is_some());
    let used = report
        .budgets
        .iter()
        .filter(|b| b.minimum().is_some())
        .count();
    let (found, with) = (report.budgets.len(), with.count());
    let unused = match used < with {
        true => format!(", {used} of them used"),
        false => String::new(),
    };
    let mut facts = vec![
        fact("Data", data_line(&report.data)),
        fact(
            "Budgets",
            format!("{found} found, {with} with a minimum between the sizes sampled{unused}"),
        ),
        fact("Grouped by", ways(&report.ways)),
        fact("FLOP", report.flops.describe()),
    ];
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
    let mut blocks = vec![Block::Facts(facts), budget_table(report)];
    let change = |one: &&Influence| one.change.ln_1p().abs();
    let mut influence = report.influence.iter();
    let first = influence.next();
    let most = influence.fold(first, |most, one| {
        most.filter(|m| change(m) >= change(&one)).or(Some(one))
    });
    if let Some(one) = most {
        blocks.push(Block::text(format!(
            "Without {} N* at {} moves by {:+.1} %, more than without any other budget.",
            compute(one.budget),
            compute(one.compute),
            Said(100.0 * one.change)
        )));
    }
    blocks.push(approach_table(&report.rows, report.request.level));
    if report.surface.is_some() {
        blocks.push(Block::text("bias: the error of N* that parabolas make on the fitted surface at these sizes without any noise; \
             D* is off the other way. The surface has none."));
    }
    blocks.extend(interval_table(report));
    if report.failures > 0 {
        blocks.push(Block::text(format!(
            "In {} of {} draws of the bootstrap a parabola has no minimum between its sizes; they count as beyond both ends.",
            report.failures, REPLICATES
        )));
    }
    blocks.extend(because(&report.rows));
    blocks.extend(findings(&self::found(report)));
    blocks.into()
}

/// Why the answers have their grades.
fn because(rows: &[ApproachRow]) -> Option<Block> {
    let graded = rows.iter().filter_map(|row| {
        let words = format!(
            "{}: {}",
            row.grade?.name().to_uppercase(),
            row.because.as_ref()?
        );
        let name = format!("Approach {} at {}", row.approach, compute(row.compute));
        Some((name, words, tone(row.grade?)))
    });
    let facts: Vec<Fact> = graded.collect();
    (!facts.is_empty()).then_some(Block::Facts(facts))
}

/// The grouping that was used, and the result of the others.
fn ways(ways: &[Way]) -> String {
    let made = |way: &Way| {
        format!(
            "{} ({} budget{}, {} of them with 4 sizes or more)",
            way.counting.called(),
            way.budgets,
            if way.budgets == 1 { "" } else { "s" },
            way.usable
        )
    };
    let all: Vec<String> = ways.iter().map(made).collect();
    match all.split_first() {
        None => String::new(),
        Some((used, [])) => used.clone(),
        Some((used, others)) => format!("{used}; not by {}", others.join(" or ")),
    }
}

fn budget_table(report: &IsoflopAnswer) -> Block {
    let last = report.rows.last().map_or(f64::NAN, |row| row.compute);
    let rows = report.budgets.iter().map(|b| {
        let mut row = vec![compute(b.compute), b.runs.len().to_string()];
        let same =
            |one: &&Influence| one.compute == last && compute(one.budget) == compute(b.compute);
        let without = report.influence.iter().find(same);
        let rest = match &b.outcome {
            Outcome::TooFew { sizes } => refused(format!(
                "refused: different sizes: {sizes}, and 4 are needed"
            )),
            Outcome::Concave => refused("refused: the parabola is concave".to_owned()),
            Outcome::Unbracketed { params } => refused(format!(
                "refused: its minimum {} lies outside the sizes",
                format_quantity(*params)
            )),
            Outcome::Minimum(m) => minimum(m, without, "ok"),
            Outcome::AtEdge(m) => minimum(m, None, "not used: at the edge of the sizes"),
        };
        row.extend(rest);
        row
    });
    let without = format!("N* at {} without it", compute(last));
    let head = [
        "budget",
        "runs",
        "N*",
        "std. error",
        "D*",
        "L*",
        "bias",
        &without,
        "status",
    ];
    Block::table(&head, &[8], rows)
}

fn minimum(m: &Minimum, without: Option<&Influence>, status: &str) -> Vec<String> {
    let change = |share: f64| format!("{:+.1} %", Said(100.0 * share));
    vec![
        format_quantity(m.params),
        m.stderr_ln_params
            .map_or_else(String::new, |s| format!("{:.1} %", Said(100.0 * s))),
        format_quantity(m.tokens),
        digits(m.loss, 4),
        m.bias_ln_params
            .map_or_else(String::new, |b| change(b.exp_m1())),
        without.map_or_else(String::new, |one| change(one.change)),
        status.to_owned(),
    ]
}

fn refused(why: String) -> Vec<String> {
    let mut cells = vec![String::new(); 6];
    cells.push(why);
    cells
}

/// Every interval of the approaches, one row per compute and method.
fn interval_table(report: &IsoflopAnswer) -> Option<Block> {
    let mut rows = Vec::new();
    for row in &report.rows {
        // Without noise the profile interval has no ends.
        let shown = row.intervals.iter();
        let shown = shown
            .filter(|i| i.lower.is_some() || i.upper.is_some() || i.below_one != (false, false));
        let methods = shown.map(|i| i.method);
        for method in each_once(methods, AllocationMethod::eq) {
            let of = |quantity| {
                let mut all = row.intervals.iter();
                all.find(|i| i.method == method && i.quantity == quantity)
            };
            let exponent = of(AllocationQuantity::ParamsExponent).and_then(|i| {
                let (low, high) = (i.lower?, i.upper?);
                Some(format!("[{:.3}, {:.3}]", Said(low), Said(high)))
            });
            rows.push(vec![
                format!("{} {}", row.approach, row.name),
                method.name().to_owned(),
                compute(row.compute),
                exponent.unwrap_or_default(),
                of(AllocationQuantity::Params).map_or_else(String::new, ends),
                of(AllocationQuantity::Tokens).map_or_else(String::new, ends),
            ]);
        }
    }
    let level = percent(report.request.level);
    let head = [
        "approach",
        &format!("{level} confidence"),
        "compute",
        "a",
        "N*",
        "D*",
    ];
    (!rows.is_empty()).then(|| Block::table(&head, &[0, 1, 3, 4, 5], rows))
}

/// An interval of a size in words.
fn ends(interval: &AllocationInterval) -> String {
    let end = |value: Option<f64>, below_one: bool| match (value, below_one) {
        (Some(value), _) => format_quantity(value),
        (None, true) => "below 1".to_owned(),
        (None, false) => "no limit".to_owned(),
    };
    let (low, high) = interval.below_one;
    format!(
        "[{}, {}]",
        end(interval.lower, low),
        end(interval.upper, high)
    )
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
            r.grade.map_or("", Grade::name).to_owned(),
            r.status.clone(),
        ]
    });
    let interval = format!("{} confidence", percent(level));
    let head = [
        "approach", "a", &interval, "compute", "N*", "D*", "D/N", "bias", "grade", "status",
    ];
    Block::table(&head, &[0, 2, 8, 9], rows)
}

table_row!(
    /// One row per approach and compute, at full precision.
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
        params_lower: Option<f64>,
        params_upper: Option<f64>,
        tokens_lower: Option<f64>,
        tokens_upper: Option<f64>,
        grade: Option<&'static str>,
    }
);
