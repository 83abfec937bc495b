//! `scalewise allocate`: what to train with a budget.

use super::args::{AllocateArgs, FitArgs, Format, SurfaceView};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, fit, input, plot};
use crate::allocation::{
    Allocation, Flops, IntervalMethod, Quantity, QuantityInterval, SensitivityRow, Surface,
    Uncertainty, sensitivity,
};
use crate::chart;
use crate::error::Result;
use crate::files::{self, Existing};
use crate::fit::FitResult;
use crate::report::{self, AllocationReport, Answer};
use serde::Serialize;

pub fn run(args: &AllocateArgs, printer: &Printer) -> Result<Outcome> {
    let fit_args = if input::is_table(&args.input)? {
        fit_of_table(args)
    } else {
        args.fit.clone()
    };
    let result = input::fit_from(&args.input, &fit_args, &args.data, args.level)?;
    if result.refusal().is_some() && !args.force {
        printer.out(&fit::text(&result, Format::Text, false))?;
        printer.note("no allocation is given; --force gives one all the same");
        return Ok(Outcome::Refused);
    }
    let (report, uncertainty) = answer(args, &result)?;
    if let Some(path) = &args.plot {
        let picture = match args.view {
            SurfaceView::Contours => chart::contours(&result, &report.surface),
            SurfaceView::Allocation => chart::allocation(&uncertainty, &report.surface, args.level),
            SurfaceView::Residuals => {
                return residual_figure(args, printer, &report, path);
            }
        };
        plot::write_chart(path, &picture, printer)?;
    }
    emit(args, printer, &report)
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
        args.method.iter().map(|m| (*m).into()).collect()
    }
}

/// Everything that was asked of a fit.
pub fn answer<'a>(
    args: &AllocateArgs,
    result: &'a FitResult,
) -> Result<(AllocationReport<'a>, Uncertainty<'a>)> {
    if !(args.level > 0.0 && args.level < 1.0) {
        return Err(input::usage(format!(
            "a level lies between 0 and 1, not at {}",
            args.level
        )));
    }
    let surface = Surface::of(result)?;
    let flops = Flops::parse(&args.flops, result)?;
    let questions = questions(args, result, &surface, &flops)?;
    let mut uncertainty = Uncertainty::new(result)?;
    let methods = methods(args);
    if methods.contains(&IntervalMethod::Bootstrap) {
        uncertainty.resample(args.resample.into(), args.replicates, args.seed)?;
    }
    // The closed forms behind the intervals are those of 6ND.
    let exact = flops == Flops::SixNd;
    let answers: Vec<Answer> = questions
        .into_iter()
        .map(|(given, best)| Answer {
            given,
            best,
            flat_params: surface.flat_range(6.0 * best.params * best.tokens, report::FLAT),
            extrapolation: best.compute / result.largest_fitted(),
            intervals: if exact {
                let of = |q| uncertainty.intervals(q, best.compute, args.level, &methods);
                Quantity::AT_COMPUTE.into_iter().flat_map(of).collect()
            } else {
                Vec::new()
            },
            inference: None,
        })
        .map(|mut answer| -> Result<Answer> {
            if let Some(text) = &args.n_inference {
                let tokens = input::positive("--n-inference", text)?;
                answer.inference = Some(surface.inference_aware(answer.best.compute, tokens));
            }
            Ok(answer)
        })
        .collect::<Result<_>>()?;
    let exponents: Vec<QuantityInterval> = Quantity::EXPONENTS
        .into_iter()
        .flat_map(|q| uncertainty.intervals(q, result.largest_fitted(), args.level, &methods))
        .collect();
    let report = AllocationReport {
        fit: result,
        surface,
        flops,
        sensitivity: match answers.first() {
            Some(first) if args.format != Format::Csv => sensitivity(result, first.best.compute)?,
            _ => Vec::new(),
        },
        answers,
        exponents,
        bootstrap: uncertainty.bootstrap().cloned(),
        price: args.price,
    };
    Ok((report, uncertainty))
}

fn residual_figure(
    args: &AllocateArgs,
    printer: &Printer,
    report: &AllocationReport<'_>,
    path: &std::path::Path,
) -> Result<Outcome> {
    plot::write_figure(path, &chart::residuals(report.fit), (460, 400), printer)?;
    emit(args, printer, report)
}

fn emit(args: &AllocateArgs, printer: &Printer, report: &AllocationReport<'_>) -> Result<Outcome> {
    let text = match args.format {
        Format::Text => report::allocation(report).to_text(args.output.is_none()),
        Format::Markdown => report::allocation(report).to_markdown(),
        Format::Csv => report::allocation_csv(report),
        Format::Json => json(&Json::of(report))?,
    };
    match &args.output {
        Some(path) if path.as_os_str() != "-" => {
            files::write(path, text.as_bytes(), Existing::Replace)?;
            printer.note(&format!("wrote {}", path.display()));
        }
        _ => {
            printer.out(&text)?;
        }
    }
    Ok(fit::outcome(report.fit))
}

/// Every question with its allocation.
fn questions(
    args: &AllocateArgs,
    result: &FitResult,
    surface: &Surface,
    flops: &Flops,
) -> Result<Vec<(&'static str, Allocation)>> {
    let mut all = Vec::new();
    for text in &args.compute {
        let compute = input::target(text, result.largest_fitted())?;
        all.push(("compute", flops.optimal(surface, compute)?));
    }
    let priced = |mut made: Allocation| {
        made.compute = flops.cost(made.params, made.tokens);
        made
    };
    for text in &args.params {
        let n = input::positive("--params", text)?;
        all.push(("params", priced(surface.for_params(n))));
    }
    for text in &args.tokens {
        let d = input::positive("--tokens", text)?;
        all.push(("tokens", priced(surface.for_tokens(d))));
    }
    for text in &args.ratio {
        let ratio = input::positive("--ratio", text)?;
        let made = surface.for_ratio(ratio).ok_or_else(|| {
            input::usage(format!("no budget has D*/N* = {ratio}"))
                .with_hint("with equal exponents D*/N* is the same for every budget")
        })?;
        all.push(("ratio", priced(made)));
    }
    if all.is_empty() {
        return Err(input::usage("there is nothing to allocate").with_hint(
            "give a budget with --compute 1e22,1e24 or 100x, or one of --params, --tokens, --ratio",
        ));
    }
    Ok(all)
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
    surface: Surface,
    flops: String,
    params_exponent: f64,
    tokens_exponent: f64,
    exponents: &'a [QuantityInterval],
    allocations: &'a [Answer],
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
            format: "scalewise.allocation",
            version: 1,
            law: fit.law().name(),
            status: fit.status(),
            trustworthy: fit.trustworthy(),
            diagnoses: fit.diagnoses(),
            digest: fit.data().digest(),
            surface: report.surface,
            flops: report.flops.describe(),
            params_exponent: report.surface.params_exponent(),
            tokens_exponent: report.surface.tokens_exponent(),
            exponents: &report.exponents,
            allocations: &report.answers,
            bootstrap: report.bootstrap.as_ref().map(|b| Refits {
                resampling: b.resampling,
                replicates: b.asked,
                failures: b.failures,
            }),
            sensitivity: &report.sensitivity,
        }
    }
}
