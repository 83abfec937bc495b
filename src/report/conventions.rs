//! The same allocation under several conventions for counting parameters, in words.

use super::allocation_rows::AllocationRow;
use super::answer::Shown;
use super::document::{Block, Document, fact};
use super::rows::records;
use crate::allocation::{AllocationInterval, AllocationQuantity};
use crate::ask::{AllocationAt, Convention, ConventionsAnswer, Trust};
use crate::csv_text::CsvText;
use crate::number::{compute, digits};
use crate::quantity::format_quantity;
use crate::said::Said;
use crate::text::quoted;

impl Shown for ConventionsAnswer {
    fn document(&self) -> Document {
        let preferred = &self.conventions[self.preferred];
        let mut blocks = vec![
            Block::Heading(1, "Ways to count parameters".to_owned()),
            Block::Facts(vec![
                fact("Runs", runs(self)),
                fact("Preferred", preference(self)),
            ]),
            table(self),
            Block::text(
                "Every way is fitted to the same runs. ln L is the logarithm of the likelihood below that of the preferred way; \
                 rolling origin is the mean error of the larger runs forecast from the smaller ones, over many cuts.",
            ),
        ];
        if self.conventions.iter().any(counts_by_size) {
            blocks.push(Block::text(
                "A budget of 6ND counts the parameters of its own way, so that one budget buys different training in each row. \
                 Count FLOP by the compute column to compare N* at one cost.",
            ));
        }
        blocks.push(Block::Heading(
            1,
            format!("With parameters counted by {}", quoted(&preferred.params)),
        ));
        blocks.extend(Shown::document(&preferred.allocation).blocks);
        blocks.into()
    }

    /// The rows of every allocation, preceded by the convention.
    fn table(&self) -> String {
        let header = [&["params_col"], &AllocationRow::COLUMNS[..]].concat();
        let mut csv = CsvText::under(&header);
        for convention in &self.conventions {
            for row in records(&Shown::table(&convention.allocation)) {
                let cells = row.iter().map(String::as_str);
                csv.record([convention.params.as_str()].into_iter().chain(cells));
            }
        }
        csv.into_text()
    }

    fn trust(&self) -> Trust {
        self.trust()
    }

    fn forbidden(&self) -> Option<(String, String)> {
        self.conventions[self.preferred].allocation.forbidden()
    }
}

fn counts_by_size(convention: &Convention) -> bool {
    matches!(
        convention.allocation.flops(),
        crate::allocation::Flops::SixNd
    )
}

fn runs(answer: &ConventionsAnswer) -> String {
    match answer.left_out {
        0 => format!("{} fitted in every way", answer.runs),
        left => format!(
            "{} fitted in every way; {left} left out that some way has no number for",
            answer.runs
        ),
    }
}

fn preference(answer: &ConventionsAnswer) -> String {
    let best = &answer.conventions[answer.preferred];
    let name = quoted(&best.params);
    let Some(margin) = answer.margin else {
        return name;
    };
    let other = &answer.conventions[margin.to];
    let how = match margin.clear {
        true => "clearly",
        false => "but the runs cannot tell them apart",
    };
    let statistic = margin
        .vuong
        .map_or_else(String::new, |z| format!(" (Vuong's z = {:.1})", Said(z)));
    let mut words = format!(
        "{name} before {}, {how}{statistic}: ln L is higher by {}, a run's noise is {} % against {} %",
        quoted(&other.params),
        digits(margin.log_likelihood, 3),
        digits(100.0 * best.noise, 3),
        digits(100.0 * other.noise, 3),
    );
    let open = answer.conventions.iter().enumerate();
    let open = open.filter(|(k, c)| *k != answer.preferred && *k != margin.to && !c.clearly_worse);
    let open: Vec<String> = open.map(|(_, c)| quoted(&c.params)).collect();
    if !open.is_empty() {
        words += &format!("; nor are {} told from it", open.join(", "));
    }
    let tested = answer.conventions.iter();
    let tested = tested.filter_map(|c| Some((c.rolling_origin?, c)));
    let least = tested.min_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, least)) = least.filter(|(_, c)| c.params != best.params) {
        words += &format!(
            "; larger runs were forecast best with {}",
            quoted(&least.params)
        );
    }
    words
}

fn table(answer: &ConventionsAnswer) -> Block {
    let head = [
        "params",
        "compute",
        "N* ~ C^a",
        "D* ~ C^b",
        "N*",
        "D*",
        "D/N",
        "L*",
        "noise",
        "rolling origin",
        "ln L",
    ];
    let rows = answer.conventions.iter().flat_map(|convention| {
        let answers = convention.allocation.answers();
        let rows: Vec<Vec<String>> = match answers {
            [] => vec![row(convention, None)],
            some => some.iter().map(|at| row(convention, Some(at))).collect(),
        };
        rows
    });
    Block::table(&head, &[0, 2, 3, 4], rows)
}

fn row(convention: &Convention, at: Option<&AllocationAt>) -> Vec<String> {
    let allocation = &convention.allocation;
    let common = allocation.found.iter().flat_map(|found| &found.exponents);
    let listed: Vec<&AllocationInterval> = at
        .iter()
        .flat_map(|at| at.intervals())
        .chain(common)
        .collect();
    let interval = |quantity, show: &dyn Fn(f64) -> String| {
        let own = listed.iter().find(|i| i.quantity == quantity);
        let ends = own.and_then(|i| Some((i.lower?, i.upper?)));
        ends.map_or_else(String::new, |(lower, upper)| {
            format!(" [{}, {}]", show(lower), show(upper))
        })
    };
    let exponent = |quantity, value: f64| {
        let ends = interval(quantity, &|v| format!("{:.3}", Said(v)));
        format!("{:.3}{ends}", Said(value))
    };
    let mut cells = vec![convention.params.clone()];
    cells.extend(match at {
        Some(at) => {
            let best = at.best();
            vec![
                compute(best.compute),
                exponent(AllocationQuantity::ParamsExponent, at.growth.0),
                exponent(AllocationQuantity::TokensExponent, at.growth.1),
                short(best.params) + &interval(AllocationQuantity::Params, &short),
                short(best.tokens),
                digits(best.tokens / best.params, 3),
                digits(best.loss, 4),
            ]
        }
        None => {
            let why = allocation.refusal().map_or("none", |d| d.code.as_str());
            let mut none = vec![String::new(); 7];
            none[3] = format!("refused: {why}");
            none
        }
    });
    cells.push(format!("{} %", digits(100.0 * convention.noise, 3)));
    cells.push(convention.rolling_origin.map_or_else(
        || "n/a".to_owned(),
        |error| format!("{} %", digits(100.0 * error, 3)),
    ));
    cells.push(match convention.log_likelihood {
        0.0 => "0".to_owned(),
        below => digits(below, 3),
    });
    cells
}

fn short(value: f64) -> String {
    format_quantity(digits(value, 3).parse().unwrap_or(value))
}
