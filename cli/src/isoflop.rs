//! `scalewise isoflop`: compares the three approaches to compute-optimal training.

use super::args::IsoflopArgs;
use super::give::{Out, for_one_series};
use super::outcome::Outcome;
use super::printer::Printer;
use super::{input, picture};
use scalewise::Result;
use scalewise::ask::{Ask, AskTable, IsoflopAnswer, IsoflopRequest};
use scalewise::chart;

impl IsoflopArgs {
    fn request(&self) -> Result<IsoflopRequest> {
        let table = self.data.table()?.force(self.data.table.force);
        Ok(IsoflopRequest::default()
            .table(table)
            .flops(self.flops.clone())
            .fit(self.fit.choice()?)
            .compute(input::sizes("--compute", &self.compute)?)
            .tolerance(self.tolerance)
            .level(self.level))
    }
}

pub fn run(args: &IsoflopArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let source = args.gather.open(&args.input)?;
    if let Some(by) = &args.by {
        for_one_series(by, &[(args.plot.is_some(), "--plot")])?;
        return Out::from(&args.result).many::<IsoflopAnswer>(&request, &source, by, printer);
    }
    let bar = printer.progress("fitting");
    let answer = request.watched(&request.read(&source)?, &bar)?;
    drop(bar);
    if let Some(path) = &args.plot {
        let chart = chart::isoflops(answer.budgets(), answer.line());
        picture::write(path, &chart, &args.look, None, printer)?;
    }
    args.result.give(&answer, printer)
}
