//! `scalewise backtest`: what earlier forecasts of this curve would have been worth.

use super::args::{BacktestArgs, Format};
use super::check::json;
use super::printer::Printer;
use super::save::save;
use super::{Outcome, input};
use crate::backtest::{Backtest, ByFit, backtest};
use crate::data::{Dataset, Source};
use crate::error::Result;
use crate::forecast::Method;
use crate::law::Input;
use crate::report::{self, BacktestReport};
use serde::Serialize;

pub fn run(args: &BacktestArgs, printer: &Printer) -> Result<Outcome> {
    let law = args.fit.law()?;
    if law.inputs() != [Input::Compute] {
        return Err(input::usage(format!(
            "law '{}' is not a function of compute alone",
            law.name()
        )));
    }
    let options = args.data.options(Some(law))?;
    let data = Dataset::from_source(&Source::open(&args.input)?, &options)?;
    let by_fit = ByFit {
        fit: args.fit.fit()?,
        method: args.method.into(),
        level: args.level,
        force: args.force,
    };
    let tested = backtest(&data, args.level, args.min_runs, &by_fit)?;
    let report = BacktestReport {
        data: &data,
        law,
        method: by_fit.method,
        tested: &tested,
    };
    let text = match args.format {
        Format::Text => report::backtest(&report).to_text(args.output.is_none()),
        Format::Markdown => report::backtest(&report).to_markdown(),
        Format::Csv => report::backtest_csv(&tested),
        Format::Json => json(&Json {
            format: "scalewise.backtest",
            version: 1,
            law: law.name(),
            formula: law.formula(),
            method: by_fit.method,
            digest: data.digest(),
            backtest: &tested,
        })?,
    };
    match &args.output {
        Some(path) if path.as_os_str() != "-" => {
            save(path, text.as_bytes(), printer)?;
            Ok(Outcome::Done)
        }
        _ => printer.out(&text),
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    formula: &'a str,
    method: Method,
    digest: String,
    #[serde(flatten)]
    backtest: &'a Backtest,
}
