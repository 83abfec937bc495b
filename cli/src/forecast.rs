//! `scalewise forecast`: the loss of larger runs.

use super::args::{ForecastArgs, Format};
use super::give::{Out, for_one_series, say, say_failed};
use super::outcome::Outcome;
use super::printer::Printer;
use super::save::emit_table;
use super::{input, invocation, picture, points};
use scalewise::Method;
use scalewise::Result;
use scalewise::ask::{Ask, AskTable, ForecastAnswer, ForecastRequest, PlotAnswer};
use scalewise::chart;
use scalewise::internal::{
    self, SeriesJson, Targets, Wanted, at_targets, json, read_beside, targets_csv,
    targets_document, together,
};
use scalewise::law::Input;

impl ForecastArgs {
    /// The request.
    pub fn request(&self) -> Result<ForecastRequest> {
        let mut request = ForecastRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .at(input::sizes("--at", &self.at)?)
            .reach(input::positives("--reach", &self.reach)?)
            .levels(self.levels.all())
            .floors(self.verbose)
            .force(self.data.table.force);
        if let Some(kind) = self.kind {
            request = request.kinds([kind]);
        }
        if !self.method.is_empty() {
            request = request.methods(self.method.clone());
        }
        if let Some(replicates) = self.replicates {
            request = request.replicates(replicates);
        }
        if let Some(seed) = self.seed {
            request = request.seed(seed);
        }
        Ok(request)
    }
}

impl ForecastArgs {
    /// Whether `report` accepts the same arguments.
    fn has_a_page(&self) -> bool {
        let own = !self.method.is_empty()
            || self.kind.is_some()
            || self.replicates.is_some()
            || self.seed.is_some()
            || self.plot.is_some()
            || self.verbose;
        !own && self.result.is_read() && self.reach.is_empty() && !self.at.is_empty()
    }
}

pub fn run(args: &ForecastArgs, printer: &Printer) -> Result<Outcome> {
    let has_columns =
        args.at.iter().any(|at| at.contains('=')) || !args.fit.choice()?.is_plain_curve()?;
    match &args.by {
        Some(_) if has_columns => {
            return Err(input::usage(
                "--by is for laws of one variable, and this law is one of several columns",
            )
            .with_hint("forecast one series at a time: leave the others out with --where"));
        }
        Some(by) => return many(args, by, printer),
        None if has_columns => return of_columns(args, printer),
        None => {}
    }
    let request = args.request()?;
    if args.result.format == Format::Csv && !args.at.is_empty() && !args.reach.is_empty() {
        return Err(
            input::usage("--at and --reach give tables with different columns")
                .with_hint("ask for one of them at a time with --format csv"),
        );
    }
    let bar = printer.progress("forecasting");
    let source = args.gather.open(&args.input)?;
    let answer = match input::law_file(&source, &args.fit, &args.data, None, printer)? {
        Some(fit) if fit.law().inputs() != [Input::Compute] => {
            return points::run(args, fit, printer);
        }
        Some(fit) => request.of_fit(fit)?,
        None => {
            // A request that asks for nothing is refused before a long table is read.
            request.check()?;
            request.watched(&request.read(&source)?, &bar)?
        }
    };
    drop(bar);
    give(args, &answer, printer)
}

/// Forecasts by a law that may use other columns than compute.
fn of_columns(args: &ForecastArgs, printer: &Printer) -> Result<Outcome> {
    let source = args.gather.open(&args.input)?;
    let fit = match input::law_file(&source, &args.fit, &args.data, None, printer)? {
        Some(fit) => Some(fit),
        None => args.fit_of_columns(&source)?,
    };
    match fit {
        Some(fit) if fit.law().inputs() != [Input::Compute] => points::run(args, fit, printer),
        Some(fit) => give(args, &args.request()?.of_fit(fit)?, printer),
        // The law uses only compute, so the error about the point's text is returned.
        None => Err(args.request().err().unwrap_or_else(|| {
            input::usage("a point such as N=1e9,S=8 is for laws of several columns")
        })),
    }
}

fn give(args: &ForecastArgs, answer: &ForecastAnswer, printer: &Printer) -> Result<Outcome> {
    let method = answer.method();
    let shown = |level: f64, method: Method| PlotAnswer::of_answer(answer, level, method);
    let refused = answer.refusal().is_some();
    if let Some(path) = args.plot.as_ref().filter(|_| !refused) {
        let level = args.levels.highest();
        let shown = shown(level, method.unwrap_or(Method::Calibrated));
        picture::write(path, &chart::scaling(&shown), &args.look, None, printer)?;
    }
    let outcome = args.result.give_short(answer, args.verbose, printer)?;
    for why in answer.withheld().filter(|_| !refused) {
        printer.note(&format!("warning: no forecast: {}", why.reason()));
    }
    if !refused && args.has_a_page() {
        printer.next(&invocation::as_report());
    }
    if refused {
        printer.note("no forecast is given; --force gives one anyway");
    } else if args.verbose && args.result.is_read() && printer.is_watched() {
        let small = picture::small(&shown(internal::LEVEL, Method::Calibrated));
        printer.out(&format!("\n{small}"))?;
    }
    Ok(outcome)
}

/// `--by COLUMN`: forecasts larger runs of every series, at the same targets or at those of a
/// table.
fn many(args: &ForecastArgs, by: &str, printer: &Printer) -> Result<Outcome> {
    for_one_series(
        by,
        &[
            (!args.reach.is_empty(), "--reach"),
            (args.plot.is_some(), "--plot"),
            (args.verbose, "--verbose"),
        ],
    )?;
    let request = args.request()?;
    let targets = match (&args.targets, args.at.is_empty()) {
        (None, false) => Targets::same(&input::sizes("--at", &args.at)?)?,
        (Some(path), true) => {
            Targets::read(&read_beside(path)?, &path.to_string_lossy(), by, &request)?
        }
        (None, true) if request.check().is_ok() => Targets::HeldOut,
        _ => {
            let message = "--by needs either --targets FILE or --at C, or runs that are held out";
            return Err(input::usage(message));
        }
    };
    let out = Out::from(&args.result);
    let table = args.gather.open(&args.input)?;
    let series = out.series(&request, &table, by, printer)?;
    super::give::say_excluded::<ForecastRequest>(&series, printer);
    say(
        "more targets are no numbers: their rows say no-target",
        targets.without_a_number().map(|e| e.to_string()),
        printer,
    );
    let place = args.targets.iter().map(|path| path.display().to_string());
    let place = place.collect::<String>();
    let bar = printer.progress("forecasting");
    let wanted = out.format.wanted();
    let all = at_targets(&request, &targets, &place, series, wanted, &bar)?;
    drop(bar);
    say_failed(&all, printer);
    let text = match args.result.format.wanted() {
        Wanted::Json => json(&SeriesJson::new("forecast", by, &all))?,
        Wanted::Table => targets_csv(&request, &targets, &all),
        Wanted::Document => {
            let document = targets_document(&request, &targets, &all);
            args.result
                .format
                .of_document(document, args.result.output.is_none())
        }
    };
    emit_table(out.output, out.format, &text, printer)?;
    Ok(together(&all).into())
}
