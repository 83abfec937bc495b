//! `scalewise backtest`: how earlier forecasts of this curve would have turned out.

use super::args::BacktestArgs;
use super::give::Out;
use super::outcome::Outcome;
use super::printer::Printer;
use scalewise::Result;
use scalewise::ask::{Ask, AskTable, BacktestAnswer, BacktestRequest};

impl BacktestArgs {
    fn request(&self) -> Result<BacktestRequest> {
        Ok(BacktestRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .level(self.level)
            .method(self.method)
            .min_runs(self.min_runs)
            .force(self.data.table.force))
    }
}

pub fn run(args: &BacktestArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let source = args.gather.open(&args.input)?;
    if let Some(by) = &args.by {
        return Out::from(&args.result).many::<BacktestAnswer>(&request, &source, by, printer);
    }
    let bar = printer.progress("testing");
    let answer = request.watched(&request.read(&source)?, &bar)?;
    drop(bar);
    args.result.give(&answer, printer)
}
