//! `scalewise curve`: forecasts the end of a training run from its beginning.

use super::args::{CurveArgs, CurveFitArgs, CurveVerbArgs, LevelArgs, LogArgs, ShownArgs};
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::{refuse_record, save};
use super::words::flag;
use super::{curve_follow, input, invocation, picture};
use crate::files::{self, Existing};
use scalewise::ask::{
    CurveAnswer, CurveRequest, LogTable, RecipeRequest, SchedulesAnswer, SchedulesRequest,
};
use scalewise::chart;
use scalewise::internal::{
    Shown, curve_page, read_beside, read_document, recipe_chart, recipe_page, schedules_chart,
    schedules_page,
};
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
    /// The request.
    pub fn request(&self) -> Result<CurveRequest> {
        let skip = self.skip_until.as_deref();
        let end = self.end.as_deref();
        let end = end.map(|end| input::positive("--end", end));
        let table = input::with(self.log.table(), &self.by, LogTable::by);
        let table = input::with(table, &self.trunk_col, LogTable::trunk);
        let mut request = CurveRequest::default()
            .log(input::with(table, &self.end_col, LogTable::end))
            .end(end.transpose()?.unwrap_or_default())
            .levels(self.level.all())
            .skip_until(skip.map(|s| input::number("--skip-until", s)).transpose()?)
            .laws(self.law.iter().copied())
            .force(self.force);
        request = input::with(request, &self.schedule, CurveRequest::schedule);
        if let Some(path) = &self.rates {
            request = request.rates(text(path)?);
        }
        if let Some(path) = &self.prior {
            request = request.prior(document(path)?);
        }
        Ok(request)
    }
}

/// The text of a file given beside the log.
fn text(path: &Path) -> Result<String> {
    String::from_utf8(read_beside(path)?).map_err(|_| {
        Error::new(ErrorKind::Data, "it is not UTF-8")
            .at(&path.to_string_lossy(), None, None)
            .with_hint("save it as UTF-8")
    })
}

pub fn run(args: &CurveVerbArgs, printer: &Printer) -> Result<Outcome> {
    match args {
        CurveVerbArgs::End(args) => end(args, printer),
        CurveVerbArgs::Fit(args) => fit(args, printer),
        CurveVerbArgs::Forecast(args) => {
            let schedules = std::slice::from_ref(&args.schedule);
            let request = schedules_request(&args.end, schedules, &args.level)?;
            let answer = request_of(&request, &args.input)?;
            show(&answer, &args.shown, &args.input, printer)?;
            args.result.give(&answer, printer)
        }
        CurveVerbArgs::Compare(args) => {
            let request = schedules_request(&args.end, &args.schedule, &args.level)?;
            let answer = request_of(&request, &args.input)?;
            show(&answer, &args.shown, &args.input, printer)?;
            args.result.give(&answer, printer)
        }
    }
}

/// Writes the picture and the page of schedules where they are asked for.
fn show(
    answer: &SchedulesAnswer,
    shown: &ShownArgs,
    input: &Path,
    printer: &Printer,
) -> Result<()> {
    if let Some(path) = &shown.plot {
        picture::write(path, &schedules_chart(answer), &shown.look, None, printer)?;
    }
    if let Some(path) = &shown.page {
        let page = schedules_page(answer, invocation::again(), &input.display().to_string());
        save(path, page.in_words(flag).to_html().as_bytes(), printer)?;
    }
    Ok(())
}

fn end(args: &CurveArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    if args.follow {
        return curve_follow::run(args, &request, printer);
    }
    let bar = printer.progress("forecasting");
    let source = args.gather.open(std::slice::from_ref(&args.input))?;
    if args.by.is_some() {
        let answer = request.answer_all(&source)?;
        drop(bar);
        return args.result.give(&answer, printer);
    }
    let answer: CurveAnswer = request.answer(&source)?;
    drop(bar);
    if let Some(path) = args
        .shown
        .plot
        .as_ref()
        .filter(|_| answer.refusal().is_none())
    {
        picture::write(
            path,
            &chart::curve(&answer),
            &args.shown.look,
            None,
            printer,
        )?;
    }
    if let Some(path) = &args.shown.page {
        let input = args.input.display().to_string();
        let page = curve_page(&answer, invocation::again(), &input);
        save(path, page.in_words(flag).to_html().as_bytes(), printer)?;
    }
    let outcome = args.result.give(&answer, printer)?;
    if args.shown.page.is_none() && args.result.is_read() && answer.refusal().is_none() {
        printer.next(&invocation::with("--page page.html"));
    }
    Ok(outcome)
}

/// Learns a recipe from complete runs.
fn fit(args: &CurveFitArgs, printer: &Printer) -> Result<Outcome> {
    let mut request = RecipeRequest::default().log(args.log.table());
    request = input::with(request, &args.schedule, RecipeRequest::schedule);
    if let Some(path) = &args.rates {
        request = request.rates(text(path)?);
    }
    let table = input::with(args.log.table(), &args.by, LogTable::by);
    let bar = printer.progress("fitting");
    let mut logs = Vec::new();
    for path in &args.input {
        let source = args.gather.open(std::slice::from_ref(path))?;
        match &args.by {
            Some(_) => logs.extend(table.read_all(&source)?),
            None => logs.push(table.read(&source)?),
        }
    }
    let answer = request.of(&logs)?;
    drop(bar);
    if let Some(path) = &args.output {
        let existing = match args.overwrite {
            true => Existing::Replace,
            false => Existing::Keep,
        };
        refuse_record(path)?;
        files::write(path, answer.to_json().as_bytes(), existing)?;
        printer.note(&format!("wrote {}", path.display()));
    }
    if let Some(path) = &args.shown.plot {
        picture::write(
            path,
            &recipe_chart(&answer),
            &args.shown.look,
            None,
            printer,
        )?;
    }
    if let Some(path) = &args.shown.page {
        let names: Vec<String> = args.input.iter().map(|p| p.display().to_string()).collect();
        let page = recipe_page(&answer, invocation::again(), &names.join(", "));
        save(path, page.in_words(flag).to_html().as_bytes(), printer)?;
    }
    printer.out(&args.format.of(&answer, true)?)?;
    Ok(Shown::trust(&answer).into())
}

fn schedules_request(
    end: &str,
    schedules: &[String],
    level: &LevelArgs,
) -> Result<SchedulesRequest> {
    Ok(SchedulesRequest::default()
        .end(input::positive("--end", end)?)
        .schedules(schedules)
        .levels(level.all()))
}

fn request_of(request: &SchedulesRequest, path: &Path) -> Result<SchedulesAnswer> {
    request.of_named(&document(path)?, &path.to_string_lossy())
}

/// The text of a recipe.
fn document(path: &Path) -> Result<String> {
    String::from_utf8(read_document(path)?).map_err(|_| {
        Error::new(ErrorKind::Data, "not a recipe: it is not UTF-8")
            .at(&path.to_string_lossy(), None, None)
            .with_hint("name a file that `scalewise curve fit` wrote")
    })
}
