//! Laws side by side in words and numbers.

use super::backtest::what_was_tested;
use super::csv_text::into_text;
use super::document::{Block, Document};
use super::fit::{data_line, fact};
use super::number::digits;
use crate::backtest::{Compared, Comparison};
use crate::data::Dataset;

/// What `compare` prints.
#[must_use]
pub fn comparison(data: &Dataset, comparison: &Comparison) -> Document {
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
    ]
    .map(str::to_owned)
    .to_vec();
    let mut text = vec![false; head.len()];
    text[0] = true;
    let rows = comparison.ranked.iter().map(row).collect();
    let mut blocks = vec![Block::Facts(facts), Block::Table { head, text, rows }];
    blocks.push(Block::Text(
        "Ranked by the error of forecasts of runs that were held out. Residuals and criteria are of the fit to all runs: \
         they reward a form for bending through the runs, not for what it says beyond them."
            .to_owned(),
    ));
    for (name, why) in &comparison.left_out {
        blocks.push(Block::Text(format!("Left out: {name} {why}.")));
    }
    Document { blocks }
}

fn row(c: &Compared) -> Vec<String> {
    let percent = |v: f64| format!("{:.2} %", 100.0 * v);
    let or_none = |v: Option<String>| v.unwrap_or_else(|| "n/a".to_owned());
    vec![
        c.name.clone(),
        percent(c.mae),
        percent(c.rmse),
        format!("{:+.2} %", 100.0 * c.bias),
        or_none(c.parameters.map(|p| p.to_string())),
        or_none(c.residual_sd.map(percent)),
        or_none(c.aicc.map(|v| format!("{v:.1}"))),
        or_none(c.bic.map(|v| format!("{v:.1}"))),
    ]
}

/// The comparison as CSV, at full precision.
#[must_use]
pub fn comparison_csv(comparison: &Comparison) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for compared in &comparison.ranked {
        // Writing to a Vec cannot fail.
        let _ = writer.serialize(compared);
    }
    into_text(writer)
}
