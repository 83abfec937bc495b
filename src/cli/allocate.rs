//! `scalewise allocate`: what to train with a budget.

use super::args::{AllocateArgs, FitArgs, Format, SurfaceView};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, fit, input, plot};
use crate::allocation::{
    Allocation, Flops, IntervalMethod, Quantity, QuantityInterval, Resampling, SensitivityRow,
    Surface, Uncertainty, sensitivity,
};
use crate::chart;
use crate::error::Result;
use crate::fit::{Diagnosis, FitResult};
use crate::interval::check_levels;
use crate::report::{self, AllocationReport, Answer, Cost, RefusedQuestion, Withheld};
use crate::said::Said;
use crate::tables::Source;
use serde::Serialize;
use std::path::Path;

pub fn run(args: &AllocateArgs, printer: &Printer) -> Result<Outcome> {
    let source = Source::open(&args.input)?;
    let fit_args = if input::looks_like_json(&source.opening()) {
        args.fit.clone()
    } else {
        fit_of_table(args)
    };
    let bar = printer.progress("fitting");
    let result = input::fit_of(&source, &fit_args, &args.data, args.level, printer)?;
    drop(bar);
    let targets = targets(args, result.largest_fitted())?;
    if let Some(refusal) = result.refusal().filter(|_| !args.force) {
        return refused(args, printer, &result, refusal, targets);
    }
    let bar = printer.progress("refitting");
    let (report, uncertainty) = answer(args, &result)?;
    drop(bar);
    let text = text(args, &report)?;
    // Without an answer there is nothing to draw.
    if let Some(path) = args.plot.as_ref().filter(|_| !report.answers.is_empty()) {
        draw(args, path, &report, &uncertainty, printer)?;
    }
    args.result.emit(&text, printer)?;
    if !report.refused.is_empty() {
        return Ok(Outcome::Refused);
    }
    Ok(match fit::outcome(report.fit) {
        // The numbers were asked for in spite of the refusal, and are given.
        Outcome::Refused => Outcome::NotTrustworthy,
        other => other,
    })
}

/// No number is given: the report of the fit says why, and so does every row of a table.
fn refused(
    args: &AllocateArgs,
    printer: &Printer,
    result: &FitResult,
    refusal: &Diagnosis,
    targets: Vec<Target>,
) -> Result<Outcome> {
    let to_screen = args.result.output.is_none();
    let budget = |(given, value): Target| (given, (given == "compute").then_some(value));
    let text = match args.result.format {
        Format::Text => report::fit(result, false).to_text(to_screen),
        Format::Markdown => report::fit(result, false).to_markdown(),
        Format::Csv => report::withheld_csv(&Withheld {
            code: &refusal.code,
            reason: &refusal.message,
            questions: targets.into_iter().map(budget).collect(),
            level: args.level,
            methods: methods(args),
            joint: args.joint,
        }),
        Format::Json => json(&Json::refused(
            result,
            Flops::parse(&args.flops, result)?.describe(),
        ))?,
    };
    args.result.emit(&text, printer)?;
    printer.note("no allocation is given; --force gives one all the same");
    Ok(Outcome::Refused)
}

/// How a table is fitted: by a surface unless told otherwise.
pub fn fit_of_table(args: &AllocateArgs) -> FitArgs {
    let mut fit = args.fit.clone();
    fit.law.get_or_insert_with(|| "chinchilla".to_owned());
    fit
}

/// The methods asked for.
pub fn methods(args: &AllocateArgs) -> Vec<IntervalMethod> {
    if args.method.is_empty() {
        IntervalMethod::ALL.to_vec()
    } else {
        let asked = args.method.iter().map(|m| (*m).into());
        input::each_once(asked, IntervalMethod::eq)
    }
}

/// What was given, its value, and the allocation or why there is none.
type Question = (&'static str, f64, Result<Allocation>);

/// What is asked of a surface.
struct Asked {
    questions: Vec<Question>,
    flops: Flops,
    methods: Vec<IntervalMethod>,
    resample: (Resampling, usize, u64),
    level: f64,
    joint: bool,
    inference_tokens: Option<f64>,
    price: Option<f64>,
    sensitivity: bool,
}

/// Everything that was asked of a fit.
pub fn answer<'a>(
    args: &AllocateArgs,
    result: &'a FitResult,
) -> Result<(AllocationReport<'a>, Uncertainty<'a>)> {
    check_levels(&[args.level])?;
    let price = match args.price {
        Some(price) if !(price > 0.0 && price.is_finite()) => {
            return Err(input::usage(format!(
                "--price: {} is not positive and finite",
                Said(price)
            )));
        }
        price => price,
    };
    let flops = Flops::parse(&args.flops, result)?;
    let tokens = args.n_inference.as_ref();
    let asked = Asked {
        questions: questions(args, result, &Surface::of(result)?, &flops)?,
        flops,
        methods: methods(args),
        resample: (args.resample.into(), args.replicates, args.seed),
        level: args.level,
        joint: args.joint,
        inference_tokens: tokens
            .map(|text| input::positive("--n-inference", text))
            .transpose()?,
        price,
        sensitivity: args.result.format != Format::Csv,
    };
    answered(asked, result)
}

/// N*, D* and L* for budgets of 6ND FLOP, with every interval: what a report asks.
pub fn for_budgets<'a>(
    result: &'a FitResult,
    budgets: &[f64],
    level: f64,
) -> Result<AllocationReport<'a>> {
    let surface = Surface::of(result)?;
    let best = |c: &f64| ("compute", *c, Flops::SixNd.optimal(&surface, *c));
    let asked = Asked {
        questions: budgets.iter().map(best).collect(),
        flops: Flops::SixNd,
        methods: IntervalMethod::ALL.to_vec(),
        resample: (Resampling::Cases, 1000, 0),
        level,
        joint: false,
        inference_tokens: None,
        price: None,
        sensitivity: true,
    };
    Ok(answered(asked, result)?.0)
}

fn answered<'a>(
    asked: Asked,
    result: &'a FitResult,
) -> Result<(AllocationReport<'a>, Uncertainty<'a>)> {
    let Asked { flops, methods, .. } = asked;
    let surface = Surface::of(result)?;
    let mut uncertainty = Uncertainty::new(result)?.flops(flops.clone());
    if methods.contains(&IntervalMethod::Bootstrap) {
        let (resampling, replicates, seed) = asked.resample;
        uncertainty.resample(resampling, replicates, seed)?;
    }
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for (given, asked, best) in asked.questions {
        match best {
            Ok(best) => found.push((given, best)),
            Err(e) => refused.push(RefusedQuestion {
                given,
                asked,
                reason: e.message().to_owned(),
                hint: e.hint().map(str::to_owned),
            }),
        }
    }
    let answers: Vec<Answer> = found
        .into_iter()
        .map(|(given, best)| {
            let of = |q| uncertainty.intervals(q, best.compute, asked.level, &methods);
            // A formula's frontier bends: every budget has exponents of its own.
            let quantities = match flops {
                Flops::Formula(_) => &Quantity::ALL[..],
                _ => &Quantity::AT_COMPUTE[..],
            };
            let tokens = asked.inference_tokens;
            let inference = tokens.map(|t| flops.inference_aware(&surface, &best, t));
            Answer {
                given,
                cost: Cost::new(best.compute, asked.price),
                growth: flops.growth(&surface, &best),
                flat_params: flops.flat_range(&surface, &best, report::FLAT),
                extrapolation: best.compute / result.largest_fitted(),
                intervals: if asked.joint {
                    uncertainty.joint(best.compute, asked.level, &methods)
                } else {
                    quantities.iter().copied().flat_map(of).collect()
                },
                inference_cost: inference.map(|i| Cost::new(i.total(), asked.price)),
                inference,
                best,
            }
        })
        .collect();
    let exponents: Vec<QuantityInterval> = Quantity::EXPONENTS
        .into_iter()
        .filter(|_| !asked.joint && !matches!(flops, Flops::Formula(_)))
        .flat_map(|q| uncertainty.intervals(q, result.largest_fitted(), asked.level, &methods))
        .collect();
    let given = |method: &IntervalMethod| {
        let mut all = answers.iter().flat_map(|a| &a.intervals);
        all.any(|i| i.method == *method)
    };
    let report = AllocationReport {
        without: methods.iter().filter(|m| !given(m)).copied().collect(),
        fit: result,
        surface,
        flops,
        sensitivity: match answers.first() {
            Some(first) if asked.sensitivity => sensitivity(&uncertainty, first.best.compute)?,
            _ => Vec::new(),
        },
        answers,
        refused,
        exponents,
        bootstrap: uncertainty.bootstrap().cloned(),
        price: asked.price,
        joint: asked.joint,
    };
    Ok((report, uncertainty))
}

fn draw(
    args: &AllocateArgs,
    path: &Path,
    report: &AllocationReport<'_>,
    uncertainty: &Uncertainty<'_>,
    printer: &Printer,
) -> Result<()> {
    let chart = match args.view {
        SurfaceView::Contours => chart::contours(uncertainty),
        SurfaceView::Allocation => chart::allocation(uncertainty, args.level),
        SurfaceView::Residuals => {
            let figure = chart::residuals(report.fit);
            return plot::write_figure(path, &figure, (460, 400), printer);
        }
    };
    plot::write_chart(path, &chart, printer)
}

fn text(args: &AllocateArgs, report: &AllocationReport<'_>) -> Result<String> {
    Ok(match args.result.format {
        Format::Text => report::allocation(report).to_text(args.result.output.is_none()),
        Format::Markdown => report::allocation(report).to_markdown(),
        Format::Csv => report::allocation_csv(report),
        Format::Json => json(&Json::of(report))?,
    })
}

/// Which quantity is given, and its value.
type Target = (&'static str, f64);

/// What is asked for, each once.
fn targets(args: &AllocateArgs, largest: f64) -> Result<Vec<Target>> {
    let mut all = Vec::new();
    let mut add = |given, values: Vec<f64>| all.extend(values.into_iter().map(|v| (given, v)));
    add(
        "compute",
        input::targets("--compute", &args.compute, largest)?,
    );
    add("params", input::positives("--params", &args.params)?);
    add("tokens", input::positives("--tokens", &args.tokens)?);
    add("ratio", input::positives("--ratio", &args.ratio)?);
    if all.is_empty() {
        return Err(input::usage("there is nothing to allocate").with_hint(
            "give a budget with --compute 1e22,1e24 or 100x, or one of --params, --tokens, --ratio",
        ));
    }
    Ok(all)
}

/// Every question with its allocation.
fn questions(
    args: &AllocateArgs,
    result: &FitResult,
    surface: &Surface,
    flops: &Flops,
) -> Result<Vec<Question>> {
    let allocation = |(given, value): Target| {
        let best = match given {
            "params" => flops.for_params(surface, value),
            "tokens" => flops.for_tokens(surface, value),
            "ratio" => flops.for_ratio(surface, value),
            _ => flops.optimal(surface, value),
        };
        (given, value, best)
    };
    let targets = targets(args, result.largest_fitted())?;
    Ok(targets.into_iter().map(allocation).collect())
}

/// What `--format json` prints.
#[derive(Serialize)]
pub struct Json<'a> {
    format: &'static str,
    version: u32,
    law: &'a str,
    status: crate::fit::FitStatus,
    trustworthy: bool,
    diagnoses: &'a [crate::fit::Diagnosis],
    digest: String,
    /// Absent where the fit is refused.
    surface: Option<Surface>,
    flops: String,
    exponents: &'a [QuantityInterval],
    allocations: &'a [Answer],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    refused: &'a [RefusedQuestion],
    bootstrap: Option<Refits>,
    sensitivity: &'a [SensitivityRow],
}

#[derive(Serialize)]
struct Refits {
    resampling: crate::allocation::Resampling,
    replicates: usize,
    failures: usize,
}

impl<'a> Json<'a> {
    pub fn of(report: &'a AllocationReport<'a>) -> Json<'a> {
        let fit = report.fit;
        Json {
            surface: Some(report.surface),
            exponents: &report.exponents,
            allocations: &report.answers,
            refused: &report.refused,
            bootstrap: report.bootstrap.as_ref().map(|b| Refits {
                resampling: b.resampling,
                replicates: b.asked,
                failures: b.failures,
            }),
            sensitivity: &report.sensitivity,
            ..Json::refused(fit, report.flops.describe())
        }
    }

    /// The same without any number.
    fn refused(fit: &'a FitResult, flops: String) -> Json<'a> {
        Json {
            format: "scalewise.allocation",
            version: 1,
            law: fit.law().name(),
            status: fit.status(),
            trustworthy: fit.trustworthy(),
            diagnoses: fit.diagnoses(),
            digest: fit.data().digest(),
            surface: None,
            flops,
            exponents: &[],
            refused: &[],
            allocations: &[],
            bootstrap: None,
            sensitivity: &[],
        }
    }
}
