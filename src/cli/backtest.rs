//! `scalewise backtest`: what earlier forecasts of this curve would have been worth.

use super::args::{BacktestArgs, Format};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, input, series};
use crate::backtest::{Backtest, ByFit, MOST_CUTS, backtest, backtest_within};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::forecast::not_measured;
use crate::interval::Method;
use crate::law::{Input, Law};
use crate::report::{self, BacktestReport};
use crate::runs::{Dataset, Variable};
use crate::tables::Source;
use serde::Serialize;

pub fn run(args: &BacktestArgs, printer: &Printer) -> Result<Outcome> {
    if let Some(by) = &args.by {
        return series::backtest::run(args, by, printer);
    }
    let law = law(args)?;
    let options = args.data.options(Some(law))?;
    let by_fit = by_fit(args)?;
    let bar = printer.progress("testing");
    let data = Dataset::from_source(&Source::open(&args.input)?, &options)?;
    let (level, least) = (args.level, args.min_runs);
    let tested = backtest_within(&data, level, least, MOST_CUTS, &by_fit, &bar)
        .map_err(|error| explained(error, &data, args, &by_fit))?;
    drop(bar);
    let report = BacktestReport {
        data: &data,
        law,
        method: by_fit.method,
        tested: &tested,
    };
    let text = match args.result.format {
        Format::Text => report::backtest(&report).to_text(args.result.output.is_none()),
        Format::Markdown => report::backtest(&report).to_markdown(),
        Format::Csv => report::backtest_csv(&tested),
        Format::Json => json(&document(&data, args, &tested)?)?,
    };
    args.result.emit(&text, printer)?;
    Ok(Outcome::Done)
}

/// The law to fit, which has to be one of compute.
pub fn law(args: &BacktestArgs) -> Result<&'static dyn Law> {
    let law = args.fit.law()?;
    if law.inputs() == [Input::Compute] {
        return Ok(law);
    }
    Err(input::usage(format!(
        "law '{}' is not a function of compute alone",
        law.name()
    )))
}

/// How the smaller runs forecast the larger ones.
pub fn by_fit(args: &BacktestArgs) -> Result<ByFit> {
    let method: Method = args.method.into();
    if let Some(reason) = not_measured(method, args.level) {
        let message = format!("there is no {} interval to test: {reason}", method.name());
        return Err(input::usage(message)
            .with_hint("choose another level with --level, or --method delta or profile"));
    }
    Ok(ByFit {
        fit: args.fit.fit()?,
        method,
        level: args.level,
        force: args.force,
    })
}

/// Why nothing could be tested, where it is that the fits are refused: forced, they forecast something.
pub fn explained(error: Error, data: &Dataset, args: &BacktestArgs, by_fit: &ByFit) -> Error {
    let forced = ByFit {
        force: true,
        ..by_fit.clone()
    };
    let refused = error.kind() == ErrorKind::NoFit
        && !by_fit.force
        && backtest(data, args.level, args.min_runs, &forced).is_ok();
    let fit = by_fit.fit.run(data).ok();
    match fit
        .as_ref()
        .and_then(FitResult::refusal)
        .filter(|_| refused)
    {
        Some(found) => {
            let message = format!(
                "nothing to test, since fits of these runs are refused: {}: {}",
                found.code, found.message
            );
            Error::new(ErrorKind::NoFit, message)
                .at(&data.source, None, None)
                .with_hint("--force tests them all the same")
        }
        None => error,
    }
}

/// What `--format json` prints.
pub fn document<'a>(data: &Dataset, args: &BacktestArgs, tested: &'a Backtest) -> Result<Json<'a>> {
    let law = law(args)?;
    Ok(Json {
        format: "scalewise.backtest",
        version: 1,
        law: law.name(),
        formula: data.variable.written(law.formula()),
        variable: data.variable,
        method: args.method.into(),
        digest: data.digest(),
        backtest: tested,
    })
}

/// A back-test for programs.
#[derive(Serialize)]
pub struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    formula: String,
    /// What every `compute` here is, where it is something else.
    #[serde(skip_serializing_if = "Variable::is_compute")]
    variable: Variable,
    method: Method,
    digest: String,
    #[serde(flatten)]
    backtest: &'a Backtest,
}
