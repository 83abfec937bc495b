//! Laws side by side in words and numbers.

use super::answer::{Among, Shown};
use super::backtest::what_was_tested;
use super::check::of_findings;
use super::document::{Block, Document, fact};
use super::fit::{data_line, findings};
use super::rows::{names, records};
use crate::ask::{CompareAnswer, CompareRequest, Trust};
use crate::backtest::{Compared, Comparison};
use crate::csv_text::CsvText;
use crate::number::digits;
use crate::runs::Dataset;
use crate::said::Said;

impl Shown for CompareAnswer {
    fn document(&self) -> Document {
        comparison(&self.data, &self.comparison)
    }

    fn table(&self) -> String {
        comparison_csv(&self.comparison)
    }

    fn trust(&self) -> Trust {
        of_findings(&self.data.findings)
    }
}

impl Among for CompareAnswer {
    type Request = CompareRequest;
    const NAME: &'static str = "compare";

    fn columns(_: &CompareRequest) -> Vec<&'static str> {
        COLUMNS[..COLUMNS.len() - 1].to_vec()
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = records(&self.table());
        // The reason belongs to the whole series and replaces that of a law. A law that was left
        // out says so in its status.
        rows.iter_mut().for_each(|row| {
            if let (Some(reason), Some(status)) = (row.pop(), row.last_mut())
                && !reason.is_empty()
            {
                *status += &format!(": {reason}");
            }
        });
        rows
    }

    fn head(_: &CompareRequest) -> Vec<String> {
        names([
            "forecasts",
            "best law",
            "mean |error|",
            "second",
            "mean |error|",
        ])
    }

    fn line(&self) -> Vec<String> {
        let mut cells = vec![self.comparison.forecasts.to_string()];
        for place in 0..2 {
            let law = self.comparison.ranked.get(place);
            cells.push(law.map_or(String::new(), |law| law.name.clone()));
            cells.push(law.map_or(String::new(), |law| as_percent(law.mae)));
        }
        cells
    }
}

fn as_percent(value: f64) -> String {
    format!("{:.2} %", Said(100.0 * value))
}

fn comparison(data: &Dataset, comparison: &Comparison) -> Document {
    let facts = vec![
        fact("Data", data_line(data)),
        fact(
            "Test",
            format!(
                "{} forecasts of larger runs from {} and more smaller ones, up to {} times beyond: {}",
                comparison.forecasts,
                comparison.smallest,
                digits(comparison.farthest, 3),
                what_was_tested(&comparison.chosen)
            ),
        ),
    ];
    let head = [
        "law",
        "mean |error|",
        "RMS error",
        "bias",
        "parameters",
        "residual sd",
        "AICc",
        "BIC",
    ];
    let mut blocks = vec![
        Block::Facts(facts),
        Block::table(&head, &[0], comparison.ranked.iter().map(row)),
        Block::text(
            "Ranked by the error of forecasts of runs that were held out. Residuals and criteria are of the fit to all runs: \
             they reward a form for bending through the runs, not for what it says beyond them.",
        ),
    ];
    blocks.extend(findings(&data.findings));
    for (name, why) in &comparison.left_out {
        blocks.push(Block::Text(format!("Left out: {name} {why}.")));
    }
    blocks.into()
}

fn row(c: &Compared) -> Vec<String> {
    let or_none = |v: Option<String>| v.unwrap_or_else(|| "n/a".to_owned());
    vec![
        c.name.clone(),
        as_percent(c.mae),
        as_percent(c.rmse),
        format!("{:+.2} %", Said(100.0 * c.bias)),
        or_none(c.parameters.map(|p| p.to_string())),
        or_none(c.residual_sd.map(as_percent)),
        or_none(c.aicc.map(|v| format!("{:.1}", Said(v)))),
        or_none(c.bic.map(|v| format!("{:.1}", Said(v)))),
    ]
}

/// The columns of a comparison's CSV: those of a compared law, and the reason why another was not
/// compared.
const COLUMNS: [&str; 10] = [
    "name",
    "parameters",
    "mae",
    "rmse",
    "bias",
    "residual_sd",
    "aicc",
    "bic",
    "status",
    "reason",
];

/// The comparison as CSV at full precision. A law that was left out has a row without numbers, with
/// the status `left-out` and the reason.
fn comparison_csv(comparison: &Comparison) -> String {
    let mut table = CsvText::under(&COLUMNS);
    for compared in &comparison.ranked {
        table.row((compared, "ok", ""));
    }
    for (name, reason) in &comparison.left_out {
        table.row((name, [""; 7], "left-out", reason));
    }
    table.into_text()
}
