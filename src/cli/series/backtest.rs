//! `scalewise backtest --by COLUMN`: a back-test of every series.

use super::super::args::BacktestArgs;
use super::super::backtest::{by_fit, document, explained, law};
use super::super::printer::Printer;
use super::{Many, Outcome};
use crate::backtest::{Backtest, backtest};
use crate::error::Result;
use crate::report::{backtests_csv, backtests_table};

pub fn run(args: &BacktestArgs, by: &str, printer: &Printer) -> Result<Outcome> {
    let options = args.data.options(Some(law(args)?))?;
    let forecaster = by_fit(args)?;
    let source = args.input.to_string_lossy();
    let many = Many::new(
        "backtest",
        by,
        args.result.format,
        args.result.output.as_deref(),
        printer,
    )?;
    let series = many.runs(&args.input, options)?;
    let pieces = many.each(series, |key, data| {
        let tested = backtest(&data, args.level, args.min_runs, &forecaster)
            .map_err(|error| explained(error, &data, args, &forecaster))?;
        let document = document(&data, args, &tested)?;
        // No table shows the forecasts one by one.
        let kept = Backtest {
            forecasts: Vec::new(),
            ..tested.clone()
        };
        many.piece(key, kept, None, Outcome::Done, &document)
    })?;
    many.finish(pieces, backtests_csv, |all| backtests_table(&source, all))
}
