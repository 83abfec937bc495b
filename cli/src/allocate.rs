//! `scalewise allocate`: what to train with a budget.

use super::args::{AllocateArgs, Format, SurfaceView};
use super::give::{Out, for_one_series};
use super::outcome::Outcome;
use super::printer::Printer;
use super::{input, invocation, picture};
use scalewise::ask::{AllocateAnswer, AllocateRequest, Ask, AskTable, SurfaceAnswer};
use scalewise::chart;
use scalewise::tables::Source;
use scalewise::{FitResult, Result};
use std::path::Path;

impl AllocateArgs {
    /// What is asked.
    pub fn request(&self) -> Result<AllocateRequest> {
        let tokens = self.n_inference.as_deref();
        let tokens = tokens
            .map(|text| input::positive("--n-inference", text))
            .transpose()?;
        let request = AllocateRequest::default()
            .table(self.data.table()?)
            .fit(self.fit.choice()?)
            .compute(input::sizes("--compute", &self.compute)?)
            .params(input::positives("--params", &self.params)?)
            .tokens(input::positives("--tokens", &self.tokens)?)
            .ratio(input::positives("--ratio", &self.ratio)?)
            .unique(input::positives("--unique", &self.unique)?)
            .sizes(input::positives("--sizes", &self.sizes)?)
            .flops(self.flops.clone())
            .inference_tokens(tokens)
            .price(self.price)
            .level(self.level)
            .joint(self.joint)
            .resample(self.resample)
            .replicates(self.replicates)
            .seed(self.seed)
            // The CSV table does not include it.
            .sensitivity(self.result.format != Format::Csv)
            .force(self.data.table.force);
        Ok(match self.method.is_empty() {
            true => request,
            false => request.methods(self.method.clone()),
        })
    }
}

pub fn run(args: &AllocateArgs, printer: &Printer) -> Result<Outcome> {
    let request = args.request()?;
    let source = args.gather.open(&args.input)?;
    let by = args.by.as_deref();
    let fitted = input::law_file(&source, &args.fit, &args.data, by, printer)?;
    if request.is_of_repeats(fitted.as_ref())? {
        return of_repeats(args, &request, &source, fitted, printer);
    }
    if request.is_of_formula(fitted.as_ref())? {
        return of_formula(args, &request, &source, fitted, printer);
    }
    if let Some(by) = by {
        for_one_series(
            by,
            &[(args.plot.is_some(), "--plot"), (args.verbose, "--verbose")],
        )?;
        return Out::from(&args.result).many::<AllocateAnswer>(&request, &source, by, printer);
    }
    let bar = printer.progress("fitting");
    if fitted.is_none()
        && let Some(compared) = request.conventions(&source, &bar)?
    {
        drop(bar);
        if args.plot.is_some() {
            let message =
                "--plot draws one way to count parameters, and --params-col names several";
            return Err(input::usage(message).with_hint("name one of them in --params-col"));
        }
        return args.result.give(&compared, printer);
    }
    let answer = match fitted {
        Some(fit) => request.of_fit(fit)?,
        None => request.watched(&request.read(&source)?, &bar)?,
    };
    drop(bar);
    // Without an answer there is nothing to draw.
    if let Some(path) = args.plot.as_ref().filter(|_| !answer.answers().is_empty()) {
        draw(args, path, &answer, printer)?;
    }
    let outcome = args.result.give_short(&answer, args.verbose, printer)?;
    if answer.refusal().is_some() {
        printer.note("no allocation is given; --force gives one anyway");
    } else if args.plot.is_none() && args.result.is_read() {
        printer.next(&invocation::with("--plot frontier.svg"));
    }
    Ok(outcome)
}

/// Allocates by a law that is a formula: its lowest point at each budget.
fn of_formula(
    args: &AllocateArgs,
    request: &AllocateRequest,
    source: &Source<'_>,
    fitted: Option<FitResult>,
    printer: &Printer,
) -> Result<Outcome> {
    for (given, flag) in [(args.by.is_some(), "--by"), (args.plot.is_some(), "--plot")] {
        if given {
            let message = format!("{flag} is not for a law that is a formula");
            return Err(input::usage(message).with_hint("leave it out"));
        }
    }
    let request = request.of_formula()?;
    let fit = match fitted {
        Some(fit) => fit,
        None => request.fitted(&request.read(source)?)?,
    };
    args.result.give(&request.of_fit(fit)?, printer)
}

/// Allocates by a law of repeated tokens, under caps on unique tokens.
fn of_repeats(
    args: &AllocateArgs,
    request: &AllocateRequest,
    source: &Source<'_>,
    fitted: Option<FitResult>,
    printer: &Printer,
) -> Result<Outcome> {
    for (given, flag) in [(args.by.is_some(), "--by"), (args.plot.is_some(), "--plot")] {
        if given {
            let message = format!("{flag} is not for a law of repeated tokens");
            return Err(
                input::usage(message).with_hint("leave it out, or choose the law chinchilla")
            );
        }
    }
    let bar = printer.progress("fitting");
    let answer = match fitted {
        Some(fit) => request.capped_of_fit(fit)?,
        None => request.capped(&request.of_first_law().read(source)?, &bar)?,
    };
    drop(bar);
    args.result.give(&answer, printer)
}

fn draw(
    args: &AllocateArgs,
    path: &Path,
    answer: &AllocateAnswer,
    printer: &Printer,
) -> Result<()> {
    let shown = || SurfaceAnswer::behind(answer, args.level);
    let (chart, own) = match args.view {
        SurfaceView::Contours => (chart::contours(&shown()?), None),
        SurfaceView::Allocation => (chart::allocation(&shown()?), None),
        SurfaceView::Valley => (chart::valley(&shown()?), None),
        SurfaceView::Residuals => (chart::residuals(answer.fit()), Some((460, 400))),
    };
    picture::write(path, &chart, &args.look, own, printer)
}
