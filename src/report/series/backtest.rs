//! Back-tests of many series.

use super::{OfSeries, csv_of, table_of};
use crate::backtest::{Backtest, Scores};
use crate::number::digits;
use crate::report::backtest::{LINE, SCORES, lines, score_cells};
use crate::report::document::{Block, Document};
use crate::runs::by_name;

/// The lines of every series' back-test, at full precision.
#[must_use]
pub fn backtests_csv(all: &[OfSeries<Backtest>]) -> String {
    csv_of(&LINE, all, lines)
}

/// One row a series, and all of them together.
#[must_use]
pub fn backtests_table(source: &str, all: &[OfSeries<Backtest>]) -> Document {
    let mut head: Vec<String> = vec!["cuts".to_owned(), "forecasts".to_owned()];
    head.extend(SCORES.map(str::to_owned));
    head.push("to widen".to_owned());
    let mut document = table_of(source, &head, all, |tested| {
        let mut cells = vec![
            tested.cuts.len().to_string(),
            tested.total.forecasts.to_string(),
        ];
        cells.extend(score_cells(&tested.total));
        cells.push(match tested.widening.factor {
            Some(factor) => digits(factor, 3),
            None => "n/a".to_owned(),
        });
        cells
    });
    // In the order of their names, so that the means do not depend on the order of rows.
    let mut named: Vec<(&str, &Backtest)> = all
        .iter()
        .filter_map(|of| Some((of.series.as_str(), of.result.as_ref()?)))
        .collect();
    named.sort_by(|a, b| by_name(a.0, b.0));
    let tested: Vec<&Backtest> = named.into_iter().map(|(_, tested)| tested).collect();
    let together = Scores::pooled(tested.iter().map(|t| &t.total));
    if let (Some(Block::Table { rows, .. }), true) = (document.blocks.last_mut(), tested.len() > 1)
    {
        let cuts: usize = tested.iter().map(|t| t.cuts.len()).sum();
        let mut row = vec![
            "all".to_owned(),
            cuts.to_string(),
            together.forecasts.to_string(),
        ];
        row.extend(score_cells(&together));
        row.extend([String::new(), "every forecast counts once".to_owned()]);
        rows.push(row);
    }
    document
}
