//! `scalewise curve`: the end of a training run from its beginning.

use super::args::{CurveArgs, LogArgs};
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::save;
use super::words::flag;
use super::{input, invocation, plot};
use scalewise::ask::{CurveAnswer, CurveRequest, LogTable};
use scalewise::chart::{self, Theme};
use scalewise::internal::{curve_page, read_beside};
use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

impl LogArgs {
    /// How a log is read.
    pub fn table(&self) -> LogTable {
        let table = LogTable::default()
            .conditions(&self.filters)
            .exclude(&self.exclude)
            .axis(self.x);
        let table = input::with(table, &self.step_col, LogTable::step);
        let table = input::with(table, &self.tokens_col, LogTable::tokens);
        let table = input::with(table, &self.loss_col, LogTable::loss);
        let table = input::with(table, &self.lr_col, LogTable::lr);
        input::with(table, &self.decimal, LogTable::decimal)
    }
}

impl CurveArgs {
    /// What is asked.
    fn request(&self) -> Result<CurveRequest> {
        let skip = self.skip_until.as_deref();
        let mut request = CurveRequest::default()
            .log(self.log.table())
            .end(input::positive("--end", &self.end)?)
            .levels(self.level.all())
            .skip_until(skip.map(|s| input::number("--skip-until", s)).transpose()?)
            .laws(self.law.iter().copied())
            .force(self.force);
        request = input::with(request, &self.schedule, CurveRequest::schedule);
        if let Some(path) = &self.rates {
            request = request.rates(text(path)?);
        }
        Ok(request)
    }
}

/// The text of a file beside the log.
fn text(path: &Path) -> Result<String> {
    String::from_utf8(read_beside(path)?).map_err(|_| {
        Error::new(ErrorKind::Data, "it is not UTF-8")
            .at(&path.to_string_lossy(), None, None)
            .with_hint("save it as UTF-8")
    })
}

pub fn run(args: &CurveArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let bar = printer.progress("forecasting");
    let source = args.gather.open(std::slice::from_ref(&args.input))?;
    let answer: CurveAnswer = request.answer(&source)?;
    drop(bar);
    if let Some(path) = args.plot.as_ref().filter(|_| answer.refusal().is_none()) {
        plot::write_chart(path, &chart::curve(&answer), &Theme::light(), printer)?;
    }
    if let Some(path) = &args.page {
        let input = args.input.display().to_string();
        let page = curve_page(&answer, invocation::again(), &input);
        save(path, page.in_words(flag).to_html().as_bytes(), printer)?;
    }
    args.result.give(&answer, printer)
}
