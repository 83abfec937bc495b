//! `scalewise isoflop`: the three approaches to compute-optimal training, side by side.

use super::args::{Format, IsoflopArgs};
use super::check::json;
use super::printer::Printer;
use super::{Outcome, input, plot};
use crate::allocation::{
    Budget, Flops, IntervalMethod, PowerLine, Quantity, SIX, Surface, Uncertainty, approach1,
    approach2, approach2_line_bias, budgets,
};
use crate::chart;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::interval::check_levels;
use crate::quantity::format_quantity;
use crate::report::{self, ApproachRow, IsoflopReport};
use crate::runs::Dataset;
use crate::said::Said;
use crate::tables::Source;
use serde::Serialize;

pub fn run(args: &IsoflopArgs, printer: &Printer) -> Result<Outcome> {
    let mut fit_args = args.fit.clone();
    fit_args.law.get_or_insert_with(|| "chinchilla".to_owned());
    if !(args.tolerance > 0.0 && args.tolerance < 1.0) {
        return Err(input::usage(format!(
            "--tolerance lies between 0 and 1, not at {}",
            Said(args.tolerance)
        )));
    }
    check_levels(&[args.level])?;
    let options = args.data.options(Some(fit_args.law()?))?;
    let source = args.input.to_string_lossy();
    let bar = printer.progress("fitting");
    let data = Dataset::from_source(&Source::open(&args.input)?, &options)?;
    let fitted = fit_args.fit()?.level(args.level).run(&data);
    let surface = fitted.as_ref().map_err(Clone::clone).and_then(usable);
    drop(bar);
    let found = budgets(data.fit_runs(), args.tolerance, surface.as_ref().ok())?;
    let line = approach2(&found);
    let bias = approach2_line_bias(&found);
    let largest = data
        .fit_runs()
        .filter_map(|r| Some(SIX * r.params? * r.tokens?))
        .fold(0.0, f64::max);
    let computes = input::targets("--compute", &args.compute, largest)?;
    let first = approach1(data.fit_runs());
    let mut rows = Vec::new();
    for &compute in &computes {
        rows.push(line_row(
            1,
            "envelope of curves",
            &first,
            None,
            compute,
            args.level,
        ));
        let second = line.ok_or_else(|| "fewer than two budgets have a minimum".to_owned());
        rows.push(line_row(
            2,
            "parabola a budget",
            &second,
            bias.as_ref(),
            compute,
            args.level,
        ));
        rows.push(surface_row(&fitted, &surface, compute, args.level));
    }
    let report = IsoflopReport {
        source: source.into_owned(),
        budgets: found,
        line,
        surface: surface.ok(),
        fit: fitted.as_ref().ok(),
        rows,
        level: args.level,
    };
    let text = match args.result.format {
        Format::Text => report::isoflop(&report).to_text(args.result.output.is_none()),
        Format::Markdown => report::isoflop(&report).to_markdown(),
        Format::Csv => report::isoflop_csv(&report),
        Format::Json => json(&Json {
            format: "scalewise.isoflop",
            version: 1,
            tolerance: args.tolerance,
            budgets: &report.budgets,
            line: report.line,
            surface: report.surface,
            approaches: &report.rows,
        })?,
    };
    if let Some(path) = &args.plot {
        plot::write_chart(
            path,
            &chart::isoflops(&report.budgets, report.line.as_ref()),
            printer,
        )?;
    }
    args.result.emit(&text, printer)?;
    let answered = |approach| {
        let mut of = report.rows.iter().filter(|r| r.approach == approach);
        of.any(|r| r.params.is_some())
    };
    Ok(if !answered(2) && !answered(3) {
        Outcome::Refused
    } else if answered(2) && report.fit.is_some_and(FitResult::trustworthy) {
        Outcome::Done
    } else {
        Outcome::NotTrustworthy
    })
}

fn line_row(
    approach: u8,
    name: &'static str,
    line: &std::result::Result<PowerLine, String>,
    bias: Option<&PowerLine>,
    compute: f64,
    level: f64,
) -> ApproachRow {
    let sizes = line.as_ref().map_err(Clone::clone).and_then(|line| {
        let params = line.params(compute);
        let tokens = compute / (SIX * params);
        if params >= 1.0 && tokens >= 1.0 {
            Ok((params, tokens))
        } else {
            Err(format!(
                "the line has its optimum at N* = {}, D* = {}, below one parameter or one token",
                format_quantity(params),
                format_quantity(tokens)
            ))
        }
    });
    ApproachRow {
        approach,
        name,
        exponent: line.as_ref().ok().map(|l| l.exponent),
        interval: line.as_ref().ok().and_then(|l| l.interval(level)),
        compute,
        params: sizes.as_ref().ok().map(|s| s.0),
        tokens: sizes.as_ref().ok().map(|s| s.1),
        bias_params: bias.map(|b| b.params(compute) - 1.0),
        status: match sizes {
            Ok(_) => "ok".to_owned(),
            Err(why) => format!("refused: {why}"),
        },
    }
}

/// The surface of a fit that no diagnosis refuses.
fn usable(fit: &FitResult) -> Result<Surface> {
    match fit.refusal() {
        None => Surface::of(fit),
        Some(d) => Err(Error::new(ErrorKind::NoFit, d.code.clone())),
    }
}

fn surface_row(
    fitted: &Result<FitResult>,
    surface: &Result<Surface>,
    compute: f64,
    level: f64,
) -> ApproachRow {
    let best = surface
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|s| Flops::SixNd.optimal(s, compute));
    let interval = fitted.as_ref().ok().and_then(|fit| {
        surface.as_ref().ok()?;
        let uncertainty = Uncertainty::new(fit).ok()?;
        let quantity = Quantity::ParamsExponent;
        let methods = [IntervalMethod::Profile, IntervalMethod::Delta];
        let found = uncertainty.intervals(quantity, compute, level, &methods);
        found.iter().find_map(|i| Some((i.lower?, i.upper?)))
    });
    ApproachRow {
        approach: 3,
        name: "surface",
        exponent: surface.as_ref().ok().map(Surface::params_exponent),
        interval,
        compute,
        params: best.as_ref().ok().map(|b| b.params),
        tokens: best.as_ref().ok().map(|b| b.tokens),
        bias_params: None,
        status: match best {
            Ok(_) => "ok".to_owned(),
            Err(e) => format!("refused: {}", e.message()),
        },
    }
}

#[derive(Serialize)]
struct Json<'a> {
    format: &'static str,
    version: u32,
    tolerance: f64,
    budgets: &'a [Budget],
    line: Option<PowerLine>,
    surface: Option<Surface>,
    approaches: &'a [ApproachRow],
}
